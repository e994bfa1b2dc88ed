import type { Target } from '../pack/config/config.ts';
import { runsInSplunk } from '../pack/config/enabled.ts';
import { definitionRate, sharedRate } from '../pack/load/room.ts';
import { scheduleHistogram } from '../pack/load/schedule-load.ts';
import type { Pack } from '../pack/pack.ts';
import { serverVersion } from '../pack/settings/server-version.ts';
import { noGroups } from '../pack/splunk/grouped/groups.ts';
import { isBroad } from '../pack/splunk/grouped/key.ts';
import { cronOf } from '../pack/splunk/schedule.ts';
import { counted } from '../source/plural.ts';

/** How many of a target's enabled detections start in a minute. */
export interface Load {
  /** In the worst minute; Graylog chooses the minutes itself. */
  readonly most?: number;
  readonly mean: number;
  readonly budget: number;
}

export const loadOf = (pack: Pack, target: Target, which: 'enabled' | 'all' = 'enabled'): Load =>
  target === 'splunk'
    ? {
        ...loadOfMinutes(searchesPerMinute(pack, which)),
        budget: pack.config.splunk.searchesPerMinute,
      }
    : graylogLoad(pack, which);

function graylogLoad(
  { config, graylog }: Pick<Pack, 'config' | 'graylog'>,
  which: 'enabled' | 'all',
): Load {
  const { minimumServerVersion, definitionsPerMinute } = config.graylog;
  const minimum = serverVersion(minimumServerVersion) ?? 0;
  const running = graylog.filter(({ detection }) => which === 'all' || detection.settings.enabled);
  const mean = running.reduce(
    (sum, one) => sum + definitionRate(one, minimum),
    sharedRate(graylog, minimum),
  );
  return { mean: tenths(mean), budget: definitionsPerMinute };
}

/** Of starts in each minute of an hour. */
export const loadOfMinutes = (
  minutes: readonly number[],
): { readonly most: number; readonly mean: number } => ({
  most: Math.max(0, ...minutes),
  mean: tenths(minutes.reduce((sum, count) => sum + count, 0) / 60),
});

/** Rounded to what a reader needs. */
export const tenths = (value: number): number => Math.round(value * 10) / 10;

/** Detections that run by themselves once the app is installed, or could. */
const singleOf = ({ splunk, groups }: Pack, which: 'enabled' | 'all'): Pack['splunk'] =>
  splunk.filter(
    ({ detection }) =>
      !groups.groupOf.has(detection.id) && (which === 'all' || runsInSplunk(detection)),
  );

/**
 * Cron expressions of the searches that run once the app is installed (or of all): those of groups,
 * and of the detections that are in none.
 */
export const scheduledCrons = (pack: Pack, which: 'enabled' | 'all'): string[] =>
  [...pack.groups.groups, ...singleOf(pack, which)].map(({ detection }) => cronOf(detection));

/** Searches that start in each of the 60 minutes of the worst hour. */
export const searchesPerMinute = (pack: Pack, which: 'enabled' | 'all'): readonly number[] =>
  scheduleHistogram(scheduledCrons(pack, which));

/** What grouping makes of the searches of detections. */
export interface GroupedLoad {
  readonly groups: number;
  /** Detections in them. */
  readonly detections: number;
  /**
   * Of the groups, those that read every event of their log source that is of the right kind: no
   * word or value is known that the events of their detections have.
   */
  readonly broad: { readonly groups: number; readonly detections: number };
  /** Detections that run by themselves, by id, and why. */
  readonly alone: readonly { readonly id: string; readonly reason: string }[];
  /** Bytes of the longest grouped search. */
  readonly longest: number;
  /** If each detection ran by itself. */
  readonly single: { readonly searches: number; readonly most: number; readonly mean: number };
}

/** Of the enabled detections, or of all. Undefined where detections are not grouped. */
export function groupedLoad(pack: Pack, which: 'enabled' | 'all'): GroupedLoad | undefined {
  if (pack.config.splunk.grouping === 'none') return undefined;
  const { groups, groupOf } = pack.groups;
  const single = scheduledCrons({ ...pack, groups: noGroups }, which);
  const broad = groups.filter(({ members }) => members.some(isBroad));
  return {
    groups: groups.length,
    detections: groupOf.size,
    broad: {
      groups: broad.length,
      detections: broad.reduce((sum, { members }) => sum + members.length, 0),
    },
    alone: aloneIn(pack, which),
    longest: groups.reduce((most, { search }) => Math.max(most, Buffer.byteLength(search)), 0),
    single: { searches: single.length, ...loadOfMinutes(scheduleHistogram(single)) },
  };
}

const isOff = 'it is switched off as delivered';

const aloneIn = (pack: Pack, which: 'enabled' | 'all'): GroupedLoad['alone'] =>
  singleOf(pack, which).map(({ detection }) => {
    const reason = runsInSplunk(detection) ? pack.groups.alone.get(detection.id) : undefined;
    return { id: detection.id, reason: reason ?? isOff };
  });

/** Maximum number of minutes over the budget that a message names. */
const namedMinutes = 5;

/** All minutes over the budget of `splunk.searchesPerMinute`, the worst first. */
function scheduleError(pack: Pack): string | undefined {
  const budget = pack.config.splunk.searchesPerMinute;
  const over = [...searchesPerMinute(pack, 'enabled').entries()].filter(
    ([, count]) => count > budget,
  );
  const [worst, ...others] = over.sort(([a, one], [b, other]) => other - one || a - b);
  if (!worst) return undefined;
  const [minute, count] = worst;
  const first =
    `${counted(count, 'search starts', 'searches start')} at minute ${minute}, ` +
    `${count - budget} more than the budget of ${budget}`;
  const next = others.slice(0, namedMinutes - 1).map(([at, starts]) => `${starts} at minute ${at}`);
  const more = others.length - next.length;
  return [
    first,
    ...next,
    ...(more > 0 ? [`and more than the budget at ${counted(more, 'other minute')}`] : []),
  ].join('; ');
}

/** What exceeds the budgets of the targets that the pack is built for. */
export function budgetErrors(pack: Pack): readonly string[] {
  const { targets } = pack.config;
  const { mean, budget } = graylogLoad(pack, 'enabled');
  const graylog =
    mean > budget
      ? [`${mean} event definitions run in a minute on average, more than the budget of ${budget}`]
      : [];
  const splunk = scheduleError(pack);
  return [
    ...(targets.includes('splunk') && splunk !== undefined ? [splunk] : []),
    ...(targets.includes('graylog') ? graylog : []),
  ];
}
