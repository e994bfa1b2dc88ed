import type { Alias, CorrelationRule } from '../../sigma/correlation/correlation.ts';
import { ProcessingFailure } from '../../work/processing-failure.ts';

/**
 * A correlation with its fields renamed: in its groups, the fields it counts, and those that its
 * aliases stand for. The names of aliases stay. One that becomes several keeps its name, and stands
 * for the first of them that an event has.
 */
export function applyToCorrelation(
  rule: CorrelationRule,
  rename: (field: string) => readonly string[] | undefined,
): CorrelationRule {
  const aliasNames = new Set(rule.aliases.map(({ name }) => name));
  const alternatives = new Map(rule.alternatives);
  const single = new Map<string, string>();
  const renamed = (field: string): string => {
    const known = rule.alternatives?.get(field);
    const names = known
      ? [...new Set(known.flatMap((name) => rename(name) ?? [name]))]
      : (rename(field) ?? [field]);
    const [only] = names;
    if (names.length === 1 && only !== undefined) {
      alternatives.delete(field);
      single.set(only, field);
      return only;
    }
    if (names.length === 0)
      throw new ProcessingFailure(
        `the field \`${field}\` of the correlation would become no field`,
        undefined,
        'Map it to a field.',
      );
    alternatives.set(field, names);
    return field;
  };
  const aliases = rule.aliases.map((alias): Alias => {
    return {
      ...alias,
      fields: new Map(
        [...alias.fields].map(([reference, field]) => [
          reference,
          alias.below?.has(reference) ? field : renamed(field),
        ]),
      ),
    };
  });
  // an alias is no field of the events, whatever they call one of that name
  const unlessAlias = (field: string): string => {
    if (aliasNames.has(field)) return field;
    const name = renamed(field);
    if (!aliasNames.has(name)) return name;
    const message =
      `the field \`${field}\` of the correlation would become \`${name}\`, which is one of its ` +
      'aliases';
    throw new ProcessingFailure(message, undefined, 'Give the alias another name.');
  };
  const changed = {
    ...rule,
    aliases,
    groupBy: rule.groupBy.map(unlessAlias),
    valueFields: rule.valueFields.map(unlessAlias),
  };
  for (const name of alternatives.keys()) {
    const other = single.get(name);
    if (other === undefined) continue;
    const message =
      `the field \`${other}\` of the correlation would become \`${name}\`, which stands for ` +
      'several fields';
    throw new ProcessingFailure(message, undefined, 'Map one of the two to another name.');
  }
  return alternatives.size === 0 ? changed : { ...changed, alternatives };
}
