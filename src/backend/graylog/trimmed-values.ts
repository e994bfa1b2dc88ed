import { type CompiledRule, detectionsBelow } from '../../query/compile.ts';
import { type Item, itemsOf } from '../../query/tree.ts';
import { type Pattern, patternText } from '../../sigma/value/pattern.ts';
import { diagnosticAt, type TargetDiagnostic } from '../backend.ts';
import type { GraylogOptions } from './settings.ts';

/**
 * A warning for each value of a rule that begins or ends with a blank where the value of a message
 * would have to: Graylog trims texts before it tests and stores them.
 */
export function trimmedDiagnostics(
  compiled: CompiledRule,
  { mode, textFields }: Pick<GraylogOptions, 'mode' | 'textFields'>,
): readonly TargetDiagnostic[] {
  // a search of words does not ask for the blanks around them
  const wordFields = mode === 'ingest' ? [] : textFields;
  const found = new Map<string, TargetDiagnostic>();
  for (const { query } of detectionsBelow(compiled))
    for (const item of itemsOf(query)) {
      const diagnostic = trimmedDiagnostic(item, wordFields);
      if (!diagnostic) continue;
      const place = JSON.stringify([item.file.path, item.span.start]);
      // modifiers such as windash make several patterns of a value
      if (!found.has(place)) found.set(place, diagnostic);
    }
  return [...found.values()];
}

function trimmedDiagnostic(
  item: Item,
  wordFields: readonly string[],
): TargetDiagnostic | undefined {
  const { field, test } = item;
  if (field === undefined || test.kind !== 'string' || !hasOuterBlank(test.pattern))
    return undefined;
  if (wordFields.includes(field)) return undefined;
  const message =
    `no message has \`${patternText(test.pattern)}\` in \`${field}\`: Graylog removes blanks at ` +
    'the ends of values';
  return diagnosticAt('TGT011', item, message);
}

/** Whether the first or the last character that a value needs is one that Java's `trim` removes. */
function hasOuterBlank(pattern: Pattern): boolean {
  const first = pattern[0];
  const last = pattern.at(-1);
  return (
    (typeof first === 'string' && first.charCodeAt(0) <= space) ||
    (typeof last === 'string' && last.charCodeAt(last.length - 1) <= space)
  );
}

const space = 0x20;
