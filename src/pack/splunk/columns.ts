import type { Place } from '../../backend/backend.ts';
import { searchField } from '../../backend/splunk/text.ts';
import type { AlertFields } from '../alert/fields.ts';
import { nobodyColumn } from './nobody.ts';

/** Columns that one result per entity always has. */
export const countColumns: ReadonlySet<string> = new Set(['count', 'firstTime', 'lastTime']);

/** Whether a search makes a column of this name, which hides the field of the events. */
export const isOwnColumn = (field: string): boolean =>
  field === '_time' || countColumns.has(field) || field.startsWith('sigpack_');

/** Maximum number of values of a field in a result. */
const mostValues = 50;

/** How all events of a run with the same entities become one result. */
export interface EntityResults {
  /** Entities, and other fields with a single value per result. */
  readonly by: readonly string[];
  readonly shown: AlertFields['shown'];
  /** The results are counts of events already. */
  readonly counted: boolean;
  /** Number of events that trigger an alert. */
  readonly threshold: number;
  /** The value of the column that distinguishes results that identify nobody. */
  readonly nobody?: string | undefined;
}

/**
 * The commands that do so. An event without one of the fields counts as `unknown`, as in the Common
 * Information Model: `BY` would drop it. Manual: Search Reference, "stats", "fillnull", "foreach".
 */
export function entityCommands(
  { by, shown, counted, threshold, nobody }: EntityResults,
  place: Place,
): readonly string[] {
  const group = by.map((field) => searchField(field, place));
  const values = shown
    .filter((field) => !by.includes(field) && !countColumns.has(field))
    .map((field) => searchField(field, place));
  const counts = counted
    ? 'sum(count) AS count min(firstTime) AS firstTime max(lastTime) AS lastTime'
    : 'count min(_time) AS firstTime max(_time) AS lastTime';
  const stats = [
    'stats',
    counts,
    ...values.map((field) => `values(${field}) AS ${field}`),
    'BY',
    ...group,
  ].join(' ');
  // before events are distinguished: one with several values of an entity is one event
  const events = counted ? 'sum(count)' : 'count';
  const enough =
    threshold > 1
      ? [`eventstats ${events} AS sigpack_events`, `where sigpack_events>=${threshold}`]
      : [];
  const bound =
    values.length > 0
      ? [`foreach ${values.join(' ')} [eval "<<FIELD>>"=mvindex('<<FIELD>>',0,${mostValues - 1})]`]
      : [];
  return [
    `fillnull value="unknown" ${group.join(' ')}`,
    ...enough,
    stats,
    ...bound,
    ...(nobody === undefined ? [] : [`eval ${nobodyColumn}=${nobody}`]),
  ];
}
