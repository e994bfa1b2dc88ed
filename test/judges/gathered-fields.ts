import { type Item, itemsOf, type Query } from '../../src/query/tree.ts';
import type { TestEvent } from '../matcher.ts';

type Mapping = Readonly<Record<string, unknown>>;
export type Properties = Readonly<Record<string, Mapping>>;

/** Events with fewer fields, and the mappings of these. */
export interface Gathered {
  readonly events: readonly TestEvent[];
  readonly properties: Properties;
}

/** Whether it searches texts in every field. */
export const searchesAllFields = (query: Query): boolean =>
  itemsOf(query).some(({ field }) => field === undefined);

/**
 * The events for queries that search every field: the node builds their regular expressions anew
 * for each field of the index. Fields that no query names become one for each mapping, with the
 * values of all of them.
 */
export function gatheredFields(
  events: readonly TestEvent[],
  properties: Properties,
  queries: readonly Query[],
): Gathered {
  const named = new Set(queries.flatMap((query) => itemsOf(query).flatMap(fieldsOf)));
  const places = new Map<string, string>();
  const placeOf = (name: string): string => {
    const mapping = JSON.stringify(properties[name] ?? null);
    const place = places.get(mapping) ?? `others_${places.size + 1}`;
    places.set(mapping, place);
    return place;
  };
  const gather = (event: TestEvent): TestEvent => {
    const fields: Record<string, unknown> = {};
    const values = new Map<string, unknown[]>();
    for (const [name, value] of Object.entries(event)) {
      if (named.has(name)) fields[name] = value;
      else {
        const place = placeOf(name);
        values.set(place, [...(values.get(place) ?? []), value]);
      }
    }
    return { ...fields, ...Object.fromEntries(values) };
  };
  const own = Object.entries(properties).map(([name, mapping]): [string, Mapping] => [
    named.has(name) ? name : placeOf(name),
    mapping,
  ]);
  return { events: events.map(gather), properties: Object.fromEntries(own) };
}

const fieldsOf = ({ field, test }: Item): readonly string[] =>
  [field, test.kind === 'field' ? test.other : undefined].filter((name) => name !== undefined);
