import type { AlertFields, Entity, ThreatObject } from './fields.ts';
import { withoutRelay } from './row.ts';
import type { AlertSource, Alternatives } from './table.ts';

/**
 * What a target's results call the first of these names that the product has; several where it
 * stands for several.
 */
export type Named = (names: Alternatives) => readonly string[];

/**
 * The fields of the table as the results of a target have them: what the product does not have is
 * left out.
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
  // a field that a product itself has for the machine names it
  const relays = new Set(
    entities.flatMap(({ names }) => (named(withoutRelay(names)).length > 0 ? [] : named(names))),
  );
  const marked = typed(entities).map(
    (entity): Entity => (relays.has(entity.field) ? { ...entity, relayed: true } : entity),
  );
  return alertOf(marked, typed(threatObjects), shown.flatMap(named));
}

/** An alert with these, and `shown` beside them. */
export function alertOf(
  entities: readonly Entity[],
  threatObjects: readonly ThreatObject[],
  shown: Iterable<string>,
): AlertFields {
  const columns = new Set([...entities, ...threatObjects].map(({ field }) => field));
  for (const field of shown) columns.add(field);
  return { entities, threatObjects, shown: [...columns] };
}

/**
 * Fields of a rule's own that an alert shows at most: what is busy is better told apart by hand.
 */
const mostOwn = 12;

/**
 * The alert with what the rule asks for, where results have a column of it. The same object where
 * that is shown anyway.
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
 * The same with what the rule asks for right behind the entities, where there is room for a few
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
