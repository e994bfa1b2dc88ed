import type { Alias, CorrelationRule } from '../sigma/correlation.ts';
import { ProcessingFailure } from './rule-in-process.ts';

/** A correlation with its fields renamed: in its groups, the fields it counts, and those that its aliases stand for. */
export function applyToCorrelation(rule: CorrelationRule, rename: (field: string) => readonly string[] | undefined): CorrelationRule {
  const aliasNames = new Set(rule.aliases.map(({ name }) => name));
  const single = (field: string, what: string): string => {
    const names = rename(field);
    if (!names) return field;
    const [only] = names;
    if (names.length === 1 && only !== undefined) return only;
    throw new ProcessingFailure(
      `the field \`${field}\` of ${what} would become ${names.length} fields: ${names.join(', ')}`,
      undefined,
      'Map it to one field.',
    );
  };
  const aliases = rule.aliases.map((alias): Alias => {
    return { ...alias, fields: new Map([...alias.fields].map(([reference, field]) => [reference, single(field, `the alias \`${alias.name}\``)])) };
  });
  return {
    ...rule,
    aliases,
    groupBy: rule.groupBy.flatMap((field) => (aliasNames.has(field) ? [field] : (rename(field) ?? [field]))),
    valueFields: rule.valueFields.map((field) => single(field, 'the condition')),
  };
}
