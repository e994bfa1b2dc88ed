import { selectionMatcher } from '../sigma/rule/condition.ts';
import { failed, ok, type Result } from '../source/result.ts';
import type { SourceFile } from '../source/span.ts';
import { nameAt, namesIn } from './names.ts';
import type { TextEdit } from './text-edit.ts';

/**
 * The edits that give the selection at an offset another name. The error is why that would change
 * what the rule means, or can't be done.
 */
export function renamedSelection(
  file: SourceFile,
  offset: number,
  name: string,
): Result<readonly TextEdit[], string> {
  const names = namesIn(file);
  const use = nameAt(names, offset);
  if (use?.kind !== 'selection') return failed('only selections can be renamed');
  if (!/^[\w.-]+$/.test(name)) return failed(`\`${name}\` is not a name of a selection`);
  if (/^(?:and|or|not|of|all|any|them|condition|timeframe|rules|\d+)$/i.test(name))
    return failed(`\`${name}\` has a meaning of its own in conditions`);
  const own = names.filter(({ document }) => document === use.document);
  if (own.some((other) => other.kind === 'selection' && other.name === name))
    return failed(`there is a selection \`${name}\` already`);
  const pattern = own.find((other) => {
    if (other.kind !== 'pattern') return false;
    const matches = selectionMatcher(other.name);
    return matches(use.name) !== matches(name);
  });
  if (pattern)
    return failed(`the condition would mean something else: \`${pattern.name}\` selects by name`);
  return ok(
    own
      .filter((other) => other.kind === 'selection' && other.name === use.name)
      .map(({ start, end }) => ({ start, end, text: name })),
  );
}
