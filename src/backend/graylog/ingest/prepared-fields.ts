import { foldedText } from '../pipeline-rule/print.ts';
import { fieldText, quoted } from '../pipeline-rule/text.ts';
import { foldedFields, isLastPart, type Prepared } from './free-tests.ts';
import { literalsOf } from './gate-clause.ts';
import { flaggedTexts, isFlaggable, literalMap, marked } from './literal-flags.ts';
import type { SourceGroup } from './source-group.ts';
import type { TemporaryFields } from './temporary-fields.ts';

/** A field with fewer literals is asked for each of them. */
const fewLiterals = 4;
/** A copy costs each message of a group of log sources as much as so many tests without it. */
const fewTests = 3;

/**
 * What to prepare: a copy of each field that is asked in folded spelling, flags of many literals.
 * A group of several log sources copies what enough of its rules ask for.
 */
export function preparedFor(group: SourceGroup, names: TemporaryFields): Prepared {
  const copied = copiedFields(group);
  const last = new Set<string>();
  const literals = new Map<string, Set<string>>();
  for (const { condition } of [{ condition: group.gate }, ...group.rules]) {
    for (const leaf of literalsOf(condition)) {
      if (!copied.has(leaf.field)) continue;
      if (isLastPart(leaf)) last.add(leaf.field);
      else if (isFlaggable(leaf)) {
        const known = literals.get(leaf.field) ?? new Set();
        literals.set(leaf.field, known);
        known.add(marked(leaf));
      }
    }
  }
  const flagged = new Map(
    [...literals]
      .filter(([, texts]) => texts.size >= fewLiterals)
      .map(([field, texts]) => [field, flaggedTexts(texts)] as const),
  );
  return { names, copied, last, flagged };
}

function copiedFields({ gate, rules, joined }: SourceGroup): ReadonlySet<string> {
  const tests = new Map<string, number>();
  for (const field of rules.flatMap(({ condition }) => foldedFields(condition)))
    tests.set(field, (tests.get(field) ?? 0) + 1);
  const enough = [...tests].filter(([, count]) => !joined || count > fewTests);
  return new Set([...foldedFields(gate), ...enough.map(([field]) => field)]);
}

/** What makes the copies and flags of a message. `begun`: fields that have a copy before. */
export function prepareActions(
  { names, copied, last, flagged }: Prepared,
  begun: ReadonlySet<string>,
): string {
  const copies = [...copied]
    .filter((field) => !begun.has(field))
    .sort()
    .map((field) => copyAction(field, names));
  const lasts = [...last].sort().map((field) => {
    const text = fieldText(names.folded(field));
    const part = `regex_replace(${quoted(beforeLast)}, ${text}, "")`;
    return `  set_field(${quoted(names.last(field))}, ${part});\n`;
  });
  const flags = [...flagged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, texts]) => {
      const map = literalMap(texts, fieldText(names.folded(field)));
      return `  set_fields(fields: ${map}, prefix: ${quoted(names.flags(field))});\n`;
    });
  return [...copies, ...lasts, ...flags].join('');
}

export const copyAction = (field: string, names: TemporaryFields): string =>
  `  set_field(${quoted(names.folded(field))}, ${foldedText(field)});\n`;

/** What is before the last backslash; a text without one is left as it is. */
const beforeLast = '(?s)\\A.*(?=\\\\)';
