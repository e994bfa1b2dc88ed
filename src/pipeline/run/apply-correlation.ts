import type { Alias, CorrelationRule } from '../../sigma/correlation/correlation.ts';
import { ProcessingError } from '../../work/processing-error.ts';

type Rename = (field: string) => readonly string[] | undefined;

/**
 * A correlation with its fields renamed: in its groups, in what it counts, and in its aliases,
 * whose names stay. A field that becomes several keeps its name, which then means the first of them
 * that an event has. Throws {@link ProcessingError} where names collide.
 */
export function applyToCorrelation(rule: CorrelationRule, rename: Rename): CorrelationRule {
  const renamer = createRenamer(rule, rename);
  const aliasNames = new Set(rule.aliases.map(({ name }) => name));
  const aliases = rule.aliases.map((alias) => renamedAlias(alias, renamer.nameOf));
  // an alias is not a field of the events, even where they have one of that name
  const unlessAlias = (field: string): string => {
    if (aliasNames.has(field)) return field;
    const name = renamer.nameOf(field);
    if (!aliasNames.has(name)) return name;
    throw new ProcessingError(
      `${fieldText(field)} would become \`${name}\`, which is one of its aliases`,
      undefined,
      'Give the alias another name.',
    );
  };
  const groupBy = rule.groupBy.map(unlessAlias);
  const valueFields = rule.valueFields.map(unlessAlias);
  const alternatives = renamer.alternatives();
  return {
    ...rule,
    aliases,
    groupBy,
    valueFields,
    ...(alternatives.size > 0 && { alternatives }),
  };
}

function renamedAlias(alias: Alias, nameOf: (field: string) => string): Alias {
  const fields = new Map(
    Array.from(alias.fields, ([reference, field]) => [
      reference,
      alias.below?.has(reference) ? field : nameOf(field),
    ]),
  );
  return { ...alias, fields };
}

interface Renamer {
  /** The only new name of a field, or its own where it has several. */
  readonly nameOf: (field: string) => string;
  /** Fields with several names. Throws where one of these fields is another's new name. */
  readonly alternatives: () => ReadonlyMap<string, readonly string[]>;
}

function createRenamer(rule: CorrelationRule, rename: Rename): Renamer {
  const alternatives = new Map(rule.alternatives);
  /** Fields by their only new name. */
  const renamedTo = new Map<string, string>();
  return {
    nameOf: (field) => {
      const known = rule.alternatives?.get(field);
      const names = known
        ? [...new Set(known.flatMap((name) => rename(name) ?? [name]))]
        : (rename(field) ?? [field]);
      const [only] = names;
      if (only === undefined)
        throw new ProcessingError(
          `${fieldText(field)} would become no field`,
          undefined,
          'Map it to a field.',
        );
      if (names.length === 1) {
        alternatives.delete(field);
        renamedTo.set(only, field);
        return only;
      }
      alternatives.set(field, names);
      return field;
    },
    alternatives: () => {
      for (const name of alternatives.keys()) {
        const other = renamedTo.get(name);
        if (other === undefined) continue;
        throw new ProcessingError(
          `${fieldText(other)} would become \`${name}\`, which stands for several fields`,
          undefined,
          'Map one of the two to another name.',
        );
      }
      return alternatives;
    },
  };
}

const fieldText = (field: string): string => `the field \`${field}\` of the correlation`;
