import { counted } from '../source/plural.ts';
import type { PlannedObject, Verb } from './plan.ts';

interface Noun {
  readonly one: string;
  readonly many: string;
}

const noun = (one: string, many = `${one}s`): Noun => ({ one, many });

const detection = noun('detection');

/** In the order in which they are counted: by the key of an object, see {@link InstallObject}. */
const splunkKinds: readonly (readonly [RegExp, Noun])[] = [
  [/^(?:saved\/searches|default\/savedsearches\.conf) /, detection],
  [/^(?:configs\/conf-macros|default\/macros\.conf) /, noun('macro')],
  [/^lookups[ /]/, noun('lookup')],
  [/^data\/transforms\/lookups /, noun('lookup definition')],
  [/^(?:data\/ui\/views |default\/data\/ui\/views\/)/, noun('dashboard')],
  [/^apps\/local /, noun('app')],
  [/^data\/ui\/nav /, noun('navigation menu')],
];

/** The name of a search for several detections begins with it. */
export const groupedSearch = 'grouped search ';
const groupedSearches = noun('grouped search', 'grouped searches');

/** By the name of an object, in a content pack. */
const graylogKinds: readonly (readonly [RegExp, Noun])[] = [
  [/^pipeline rule "/, noun('pipeline rule')],
  [/^pipeline "/, noun('pipeline')],
  [/^stream "/, noun('stream')],
  [/^notification "/, noun('notification')],
  [/^dashboard "/, noun('dashboard')],
];

const others: Readonly<Record<string, Noun>> = {
  graylog: noun('event definition'),
  elasticsearch: noun('watch', 'watches'),
  'splunk-cloud': noun('app'),
  'splunk-disk': noun('other file'),
};

/** `41 detections, 46 macros, 2 lookups`: objects of a kind of place. */
export function countsByKind(
  place: string,
  objects: Iterable<Pick<PlannedObject, 'key' | 'name'>>,
): string {
  const counts = new Map<Noun, number>();
  for (const one of objects) {
    const kind = kindOf(place, one);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const order = [
    ...splunkKinds.map(([, kind]) => kind),
    groupedSearches,
    ...Object.values(others),
    ...graylogKinds.map(([, kind]) => kind),
    other,
  ];
  return order
    .flatMap((kind) => {
      const count = counts.get(kind) ?? 0;
      return count === 0 ? [] : [counted(count, kind.one, kind.many)];
    })
    .join(', ');
}

const other = noun('object');

function kindOf(place: string, { key, name }: Pick<PlannedObject, 'key' | 'name'>): Noun {
  if (place.startsWith('splunk') && name.startsWith(groupedSearch)) return groupedSearches;
  const own = place.startsWith('splunk')
    ? splunkKinds.find(([pattern]) => pattern.test(key))
    : graylogKinds.find(([pattern]) => place === 'graylog' && pattern.test(name));
  return own?.[1] ?? others[place] ?? other;
}

/** The name with the kind before it, in the words of the product; a path of a file says its own. */
export function kindAndName(
  place: string,
  { key, name }: Pick<PlannedObject, 'key' | 'name'>,
): string {
  const kind = kindOf(place, { key, name });
  if (kind === detection) return `saved search ${name}`;
  return !place.startsWith('splunk') && kind === others[place]
    ? `${kind.one} ${JSON.stringify(name)}`
    : name;
}

/** Those that a reader asks about before all others. */
export const detectionsFirst = <T extends { readonly key: string; readonly name: string }>(
  place: string,
  objects: readonly T[],
): readonly T[] => {
  const isDetection = (one: T): boolean => kindOf(place, one) === detection;
  return [...objects.filter(isDetection), ...objects.filter((one) => !isDetection(one))];
};

/** What a plan does to how many of which kind, one entry for each verb that it has. */
export function verbCounts(
  place: string,
  objects: readonly PlannedObject[],
): ReadonlyMap<Verb, string> {
  return new Map(
    (['create', 'change', 'disable', 'remove'] as const).flatMap((verb): [Verb, string][] => {
      const counts = countsByKind(
        place,
        objects.filter((one) => one.verb === verb),
      );
      return counts === '' ? [] : [[verb, counts]];
    }),
  );
}
