import type { SearchMacro, SplunkDetection } from '../../model/detection.ts';

/** Names of the macros by which an admin changes detections that run together. */
export interface GroupMacros {
  /** Commands that each row of each grouped search goes through. */
  readonly rows: string;
  /** An expression: the severity of a result, or null. */
  readonly severity: string;
  /** By the id of a detection, an expression: the events that it leaves out. */
  readonly allow: ReadonlyMap<string, string>;
}

// where a name is taken, the next one has one more underscore
const allowEnd = /_allow_*$/;
const groupEnd = /_(?:allow|severity|all_detections)_*$/;

/** The macro that leaves events out of a detection in a group, by that of its own search. */
export const allowMacro = (filterMacro: string): string =>
  filterMacro.replace(/_filter$/, '_allow');
export const isAllowMacro = (name: string): boolean => allowEnd.test(name);
export const filterMacroOf = (allowMacro: string): string =>
  allowMacro.replace(allowEnd, '_filter');

/** Whether only grouped searches call a macro of this name. */
export const isGroupMacro = (appId: string, name: string): boolean =>
  name.startsWith(`${appId.toLowerCase()}_`) && groupEnd.test(name);

/** No two macros of the app share a name. */
export function groupMacros(
  appId: string,
  detections: readonly SplunkDetection[],
  members: readonly SplunkDetection[],
): GroupMacros {
  const taken = new Set(
    detections.flatMap(({ filterMacro, scopes }) => [
      filterMacro,
      ...scopes.map(({ macro }) => macro),
    ]),
  );
  const free = (wanted: string): string => {
    let name = wanted;
    while (taken.has(name)) name += '_';
    taken.add(name);
    return name;
  };
  const sorted = [...members].sort((a, b) => (a.filterMacro < b.filterMacro ? -1 : 1));
  const allow = new Map(
    sorted.map(({ detection, filterMacro }) => [detection.id, free(allowMacro(filterMacro))]),
  );
  const start = appId.toLowerCase();
  return { rows: free(`${start}_all_detections`), severity: free(`${start}_severity`), allow };
}

/** As macros.conf delivers them: they change nothing. */
export function deliveredMacros(
  { rows, severity, allow }: GroupMacros,
  nameOf: (id: string) => string,
): readonly SearchMacro[] {
  return [
    {
      name: rows,
      definition: 'search *',
      comment: 'Commands that each hit goes through, with its detection in sigma_rule.',
    },
    {
      name: severity,
      definition: 'null()',
      comment: 'Severity of a result: case(sigma_rule="...", "low"). Null: as delivered.',
    },
    ...[...allow].map(([id, name]) => ({
      name,
      definition: 'false()',
      comment: `What is not a hit of: ${nameOf(id)}. An expression; true() switches it off.`,
    })),
  ];
}
