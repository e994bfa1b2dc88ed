import {
  type CompiledCorrelation,
  type CompiledRule,
  detectionsBelow,
} from '../../../query/compile.ts';
import type { Alias, CorrelationRule } from '../../../sigma/correlation/correlation.ts';
import { placeOfType, refused } from '../../backend.ts';
import { evalField } from '../text.ts';
import { type Marks, markOf, newFieldName, numberOf } from './marks.ts';
import { newFieldSteps } from './new-fields.ts';

/**
 * The correlation with new fields in place of its aliases, so that it overwrites no field that
 * another correlation reads.
 */
export function withOwnFields(part: CompiledCorrelation, mark: string): CompiledCorrelation {
  const { rule } = part;
  const own = new Map(rule.aliases.map(({ name }, index) => [name, ownField(mark, index)]));
  const renamed = (name: string): string => own.get(name) ?? name;
  return {
    ...part,
    rule: {
      ...rule,
      groupBy: rule.groupBy.map(renamed),
      valueFields: rule.valueFields.map(renamed),
    },
  };
}

const ownField = (mark: string, index: number): string => `sigpack_a${numberOf(mark)}_${index + 1}`;

/** Sets the aliases of a correlation below another. */
export function ownFieldSteps(
  part: CompiledCorrelation,
  mark: string,
  marks: Marks,
): readonly string[] {
  return part.rule.aliases.map(
    (alias, index) => `eval ${ownField(mark, index)}=${aliasValue(part, alias, marks)}`,
  );
}

/** Sets the aliases under their names, which the results have. */
export function aliasSteps(part: CompiledCorrelation, marks: Marks): readonly string[] {
  const place = placeOfType(part.rule);
  return newFieldSteps(
    part.rule.aliases.map((alias) => ({
      name: alias.name,
      printed: newFieldName(alias.name, place),
      value: aliasValue(part, alias, marks),
      reads: [...alias.fields.values()],
    })),
    'sigpack_a',
  );
}

function aliasValue(part: CompiledCorrelation, alias: Alias, marks: Marks): string {
  checkRows(part, alias, marks);
  const cases = part.parts.map(
    (inner, index) =>
      `${markOf(inner, marks)}=1, ${sourceOf(part.rule, inner, index, alias, marks)}`,
  );
  return `case(${[...new Set(cases)].join(', ')})`;
}

/**
 * The field that an alias means in the events of a rule: one of theirs, or the one that the
 * correlation below set.
 */
export function sourceOf(
  rule: CorrelationRule,
  inner: CompiledRule,
  index: number,
  alias: Alias,
  marks: Marks,
): string {
  const reference = rule.rules[index]?.name ?? '';
  const field = alias.fields.get(reference) ?? '';
  if (!alias.below?.has(reference) || inner.kind === 'detection')
    return evalField(field, placeOfType(rule));
  const place = inner.rule.aliases.findIndex(({ name }) => name === field);
  return ownField(marks.get(inner) ?? '', place);
}

/**
 * A row is an event that one detection found. It can't have one field for that detection and
 * another for a correlation that is fulfilled there.
 */
function checkRows(part: CompiledCorrelation, alias: Alias, marks: Marks): void {
  const { rule, parts } = part;
  if (parts.every(({ kind }) => kind === 'detection')) return;
  const known = new Map<string, { readonly source: string; readonly name: string }>();
  for (const [index, inner] of parts.entries()) {
    const source = sourceOf(rule, inner, index, alias, marks);
    const name = rule.rules[index]?.name ?? '';
    for (const detection of detectionsBelow(inner)) {
      const mark = markOf(detection, marks);
      const before = known.get(mark);
      if (before && before.source !== source) {
        const message =
          `\`${alias.name}\` is one field for \`${before.name}\` and another for \`${name}\`, ` +
          'which look at the same events';
        throw refused(
          placeOfType(rule),
          message,
          'Name one field for both, or refer to rules that do not share another.',
        );
      }
      known.set(mark, { source, name });
    }
  }
}
