import type { AlertFields, Entity, ThreatObject } from './fields.ts';
import { withoutRelay } from './row.ts';
import type { AlertSource, Alternatives } from './table.ts';

/**
 * The name in the results of a target for the first of these names that the product has; several
 * names if the field is split.
 */
export type Named = (names: Alternatives) => readonly string[];

/**
 * The fields of the table as the results of a target have them, without those that the product
 * lacks.
 */
export function usualAlert(
  { entities, threatObjects, shown }: AlertSource,
  named: Named,
): AlertFields {
  const typed = <Type>(list: readonly { readonly names: Alternatives; readonly type: Type }[]) => {
    const found = new Map<string, { readonly field: string; readonly type: Type }>();
    for (const { names, type } of list)
      for (const field of named(names)) if (!found.has(field)) found.set(field, { field, type });
    return [...found.values()];
  };
  // a field that the product itself has for the machine identifies it
  const relays = new Set(
    entities.flatMap(({ names }) => (named(withoutRelay(names)).length > 0 ? [] : named(names))),
  );
  const marked = typed(entities).map(
    (entity): Entity => (relays.has(entity.field) ? { ...entity, relayed: true } : entity),
  );
  return alertOf(marked, typed(threatObjects), shown.flatMap(named));
}

/** An alert with these, and `shown` as additional columns. */
export function alertOf(
  entities: readonly Entity[],
  threatObjects: readonly ThreatObject[],
  shown: Iterable<string>,
): AlertFields {
  const columns = new Set([...entities, ...threatObjects].map(({ field }) => field));
  for (const field of shown) columns.add(field);
  return { entities, threatObjects, shown: [...columns] };
}

/** At most this many fields of the rule are shown: more make alerts hard to compare. */
const mostOwn = 12;

/**
 * Adds the fields of the rule that results have a column for. Returns the same object if all of
 * them are shown anyway.
 */
export function withOwnFields(
  alert: AlertFields,
  own: ReadonlySet<string>,
  columnOf: (field: string) => string | undefined,
): AlertFields {
  const { shown } = alert;
  const more: string[] = [];
  for (const field of own) {
    const column = columnOf(field);
    if (
      column !== undefined &&
      more.length < mostOwn &&
      !shown.includes(column) &&
      !more.includes(column)
    )
      more.push(column);
  }
  return more.length === 0 ? alert : { ...alert, shown: [...shown, ...more] };
}

/**
 * The same with the fields of the rule right behind the entities, for alerts with room for a few
 * fields only.
 */
export function ownFieldsFirst(
  { entities, threatObjects, shown }: AlertFields,
  own: ReadonlySet<string>,
  isShown: (field: string) => boolean,
): AlertFields {
  const fields = new Set(entities.map(({ field }) => field));
  for (const field of own) if (isShown(field)) fields.add(field);
  for (const field of shown) fields.add(field);
  return { entities, threatObjects, shown: [...fields] };
}
