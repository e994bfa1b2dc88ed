import type { CorrelationRule } from '../../../sigma/correlation/correlation.ts';

/**
 * Groups that were seen before and have had no event for a timespan, each once: in the run that
 * decides on the moment at which the timespan is over. `event`: true of the rows that break a
 * silence.
 */
export function silentGroups(
  { timespan }: CorrelationRule,
  event: string,
  by: string,
  lead: number,
): readonly string[] {
  const over = `_time+${timespan}`;
  return [
    `where ${event}`,
    // newest first, so that the row before is the next event
    'sort 0 -_time',
    `streamstats current=f window=1 global=f last(_time) AS sigpack_n${by}`,
    'addinfo',
    `where ${over}>=info_min_time+${lead} AND ${over}<info_max_time AND (isnull(sigpack_n) ` +
      `OR sigpack_n-_time>${timespan})`,
    `stats max(_time) AS _time count AS sigpack_hits${by}`,
  ];
}

/**
 * A row where some window is empty, or where an event is `decided` on. Silence is between two
 * events, from the earliest moment that counts to the first event, and from the last one to the end
 * of the search.
 */
export function silentWindows(
  { timespan }: CorrelationRule,
  event: string,
  decided: string,
  lead: number,
): readonly string[] {
  const start = lead === timespan ? 'info_min_time' : `(info_min_time+${lead - timespan})`;
  return [
    `eval sigpack_t=if(${event}, _time, null())`,
    'streamstats current=f last(sigpack_t) AS sigpack_p',
    'addinfo',
    `eval sigpack_gap=sigpack_t-max(coalesce(sigpack_p, 0), ${start}), sigpack_hit=if(` +
      `${decided}, _time, null())`,
    'stats count(sigpack_hit) AS sigpack_hits max(sigpack_hit) AS _time max(sigpack_gap) AS ' +
      'sigpack_gap max(sigpack_t) AS sigpack_last',
    'addinfo',
    'eval sigpack_silence=max(coalesce(sigpack_gap, 0), ' +
      `info_max_time-max(coalesce(sigpack_last, 0), ${start}))`,
    `where sigpack_hits>0 OR sigpack_silence>${timespan}`,
    'eval _time=coalesce(_time, info_max_time)',
    'table _time sigpack_hits sigpack_silence',
  ];
}
