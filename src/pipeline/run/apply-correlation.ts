import type { Alias, CorrelationRule } from '../../sigma/correlation/correlation.ts';
import { ProcessingFailure } from '../../work/processing-failure.ts';

/**
 * A correlation with its fields renamed: in its groups, in what it counts, and in its aliases,
 * whose names stay. A field that becomes several keeps its name, which then means the first of them
 * that an event has. Throws {@link ProcessingFailure} where names collide.
 */
export function applyToCorrelation(
  rule: CorrelationRule,
  rename: (field: string) => readonly string[] | undefined,
): CorrelationRule {
  const aliasNames = new Set(rule.aliases.map(({ name }) => name));
  const alternatives = new Map(rule.alternatives);
  /** Fields by the only name that they were given. */
  const renamedTo = new Map<string, string>();
  const renamed = (field: string): string => {
    const known = rule.alternatives?.get(field);
    const names = known
      ? [...new Set(known.flatMap((name) => rename(name) ?? [name]))]
      : (rename(field) ?? [field]);
    const [only] = names;
    if (names.length === 1 && only !== undefined) {
      alternatives.delete(field);
      renamedTo.set(only, field);
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
  const aliases = rule.aliases.map(
    (alias): Alias => ({
      ...alias,
      fields: new Map(
        [...alias.fields].map(([reference, field]) => [
          reference,
          alias.below?.has(reference) ? field : renamed(field),
        ]),
      ),
    }),
  );
  // an alias is not a field of the events, even where they have one of that name
  const unlessAlias = (field: string): string => {
    if (aliasNames.has(field)) return field;
    const name = renamed(field);
    if (!aliasNames.has(name)) return name;
    const what = `the field \`${field}\` of the correlation`;
    throw new ProcessingFailure(
      `${what} would become \`${name}\`, which is one of its aliases`,
      undefined,
      'Give the alias another name.',
    );
  };
  const changed = {
    ...rule,
    aliases,
    groupBy: rule.groupBy.map(unlessAlias),
    valueFields: rule.valueFields.map(unlessAlias),
  };
  for (const name of alternatives.keys()) {
    const other = renamedTo.get(name);
    if (other === undefined) continue;
    const what = `the field \`${other}\` of the correlation`;
    throw new ProcessingFailure(
      `${what} would become \`${name}\`, which stands for several fields`,
      undefined,
      'Map one of the two to another name.',
    );
  }
  return alternatives.size === 0 ? changed : { ...changed, alternatives };
}
