import { splunkLead } from '../../backend/splunk/correlation/correlation.ts';
import { cronGaps } from '../cron/gaps.ts';
import { overlapError, spanText } from '../cron/overlap.ts';
import type { PackDetection } from '../model/detection.ts';
import { confValue } from '../render/conf-text.ts';
import { relativeSpan } from '../settings/relative-time.ts';
import { isTrue } from '../settings/splunk-boolean.ts';
import { ownSuppression } from './alert.ts';
import { cronOf, splunkSchedule } from './schedule.ts';

/** An unexpected effect of a key of `splunk.savedsearch` on a search. */
export interface OverrideError {
  readonly key: string;
  readonly code: 'TGT008' | 'TGT010';
  readonly message: string;
  readonly hint?: string;
}

/** The kind of the results of a search, and their known columns. */
export interface SearchResults {
  readonly kind: 'entity' | 'raw' | 'group';
  /** Only called for the few detections that override what distinguishes their results. */
  readonly columns: () => ReadonlySet<string>;
}

/** Finds overrides that contradict the search, its schedule or each other. */
export function overrideErrors(
  detection: PackDetection,
  results: SearchResults,
): readonly OverrideError[] {
  const { savedsearch } = detection.settings.splunk;
  if (Object.keys(savedsearch).length === 0) return [];
  return [
    ...countErrors(detection, results),
    ...throttleErrors(detection, results),
    ...windowErrors(detection),
  ];
}

function countErrors(
  { settings }: PackDetection,
  { kind }: SearchResults,
): readonly OverrideError[] {
  if (kind !== 'entity') return [];
  const usual: Readonly<Record<string, string>> = {
    counttype: 'number of events',
    relation: 'greater than',
    quantity: '0',
  };
  return Object.entries(usual).flatMap(([key, value]): readonly OverrideError[] => {
    const own = settings.splunk.savedsearch[key];
    if (own === undefined || own.trim().toLowerCase() === value) return [];
    const message =
      `\`${key}\` is about results, and a result is all events of a run with the same ` +
      'entities: events are not counted by it';
    return [
      {
        key,
        code: 'TGT010',
        message,
        hint: 'Use `threshold`, which counts events, or set `splunk.results: raw`.',
      },
    ];
  });
}

function throttleErrors(
  detection: PackDetection,
  { columns }: SearchResults,
): readonly OverrideError[] {
  const { savedsearch } = detection.settings.splunk;
  const found: OverrideError[] = [];
  const throttledBy = savedsearch['alert.suppress.fields'];
  const digest = savedsearch['alert.digest_mode'];
  const own = ownSuppression(detection);
  const given = savedsearch['alert.suppress'];
  const isOn = given === undefined ? own !== undefined : isTrue(given);
  const fields = throttledBy === undefined ? (own?.fields ?? []) : namesIn(throttledBy);
  if (isOn && digest !== undefined && isTrue(digest) && fields.length > 0) {
    const message =
      `\`alert.digest_mode\` makes one alert of all results, and after it all are held back, ` +
      `whatever ${fields.join(', ')} are`;
    found.push({
      key: 'alert.digest_mode',
      code: 'TGT010',
      message,
      hint: 'Leave it out, or set `suppress: { fields: [] }` or `suppress: { period: 0 }`.',
    });
  }
  for (const key of ['alert.suppress.fields', 'alert.suppress.period']) {
    if (isOn || savedsearch[key] === undefined) continue;
    found.push({
      key,
      code: 'TGT010',
      message: `\`${key}\` changes nothing: no alert is held back`,
      hint: 'Set `suppress` with its `period`.',
    });
  }
  if (isOn && own === undefined && savedsearch['alert.suppress.period'] === undefined) {
    found.push({
      key: 'alert.suppress',
      code: 'TGT010',
      message: '`alert.suppress` has no period',
      hint: 'Set `suppress` with its `period`.',
    });
  }
  const known = isOn && throttledBy !== undefined ? columns() : undefined;
  const missing = known ? fields.filter((field) => !known.has(field)) : [];
  if (missing.length > 0) {
    const message =
      `no result is known to have ${missing.map((name) => `\`${name}\``).join(', ')}: one ` +
      'alert may hold back all others';
    found.push({
      key: 'alert.suppress.fields',
      code: 'TGT010',
      message,
      hint: 'Use `suppress.fields`, whose names go through the pipelines.',
    });
  }
  return found;
}

/** The fields in a value of `alert.suppress.fields`. */
export const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
    .filter((name) => name !== '');

function windowErrors(detection: PackDetection): readonly OverrideError[] {
  const { savedsearch } = detection.settings.splunk;
  const { window } = splunkSchedule(detection);
  const [key] = ['dispatch.earliest_time', 'dispatch.latest_time'].filter(
    (name) => savedsearch[name] !== undefined,
  );
  if (key === undefined) return [];
  const earliest = confValue(savedsearch['dispatch.earliest_time'] ?? window.earliest);
  const latest = confValue(savedsearch['dispatch.latest_time'] ?? window.latest);
  const length = relativeSpan(earliest, latest);
  const gaps = cronGaps(cronOf(detection));
  if (length === undefined || gaps === undefined) return [];
  const hint = 'Use `window` and `delay`, which fit the schedule, or set both times and `cron`.';
  if (length <= 0)
    return [
      {
        key,
        code: 'TGT010',
        message:
          `the search looks from ${earliest} to ${latest}, where no event can be: it never ` +
          'finds one',
        hint,
      },
    ];
  const lead = splunkLead(detection.lookBack ?? 0);
  const decided = length - lead;
  if (decided < gaps.longest) {
    const over = decided <= 0 ? 'nothing' : spanText(decided);
    const message =
      `runs come up to ${spanText(gaps.longest)} apart and ` +
      `${lead > 0 ? 'decide on' : 'look at'} ${over}: what comes in between is never found`;
    return [{ key, code: 'TGT010', message, hint }];
  }
  if (Object.keys(savedsearch).some((name) => name.startsWith('alert.suppress'))) return [];
  const repeats = overlapError(
    decided,
    gaps,
    detection.settings.suppress?.period ?? 0,
    lead > 0 ? 'decide on windows that end in the last' : undefined,
  );
  return repeats === undefined ? [] : [{ key, code: 'TGT008', message: repeats }];
}
