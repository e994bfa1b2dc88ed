import type { Level } from '../sigma/rule/rule.ts';
import type { PackConfig, Target } from './config/config.ts';
import { runsInSplunk } from './config/enabled.ts';
import type { Published } from './config/published.ts';
import { byPlace, isForced } from './load/order.ts';
import { definitionRate, meanRate, minutesOfDays, type Room, sharedRate } from './load/room.ts';
import { cronRate } from './load/schedule-load.ts';
import type { GraylogDetection, PackDetection, SplunkDetection } from './model/detection.ts';
import type { DetectionOutcome, TargetOutcome } from './outcome.ts';
import { serverVersion } from './settings/server-version.ts';
import type { DetectionSettings } from './settings/settings.ts';
import { noGroups, type SplunkGroups } from './splunk/grouped/groups.ts';
import { cronOf } from './splunk/schedule.ts';

/** A detection that is shipped disabled because the budget of its target has no room for it. */
export interface LeftOff {
  readonly id: string;
  readonly name: string;
  readonly level: Level;
}

export type LeftOffByTarget = Readonly<Record<Target, readonly LeftOff[]>>;

const nothingLeftOff: LeftOffByTarget = { splunk: [], graylog: [] };

interface Detections {
  readonly outcomes: readonly DetectionOutcome[];
  readonly splunk: readonly SplunkDetection[];
  readonly graylog: readonly GraylogDetection[];
  readonly groups?: SplunkGroups;
}

/** What the budget of each target counts. */
const counted: Readonly<Record<Target, string>> = { splunk: 'searches', graylog: 'definitions' };

/**
 * Keeps as many detections enabled as the budgets of their targets have room for. A detection
 * without room makes way for those after it: one crowded minute does not affect the others. Running
 * it again on its own result, as what was enabled before, makes the same choice.
 */
export function withinBudgets<T extends Detections>(
  pack: T,
  config: PackConfig,
  published: Published,
): T & { readonly leftOff: LeftOffByTarget } {
  if (config.overBudget !== 'disable') return { ...pack, leftOff: nothingLeftOff };
  const { searchesPerMinute } = config.splunk;
  const { definitionsPerMinute, minimumServerVersion } = config.graylog;
  const minimum = serverVersion(minimumServerVersion) ?? 0;
  const wasOn = (target: Target): ReadonlySet<string> =>
    new Set(
      published.detections.flatMap(({ id, off = [] }) =>
        off.includes(target) ? [] : [id.toLowerCase()],
      ),
    );
  const { groups, groupOf } = pack.groups ?? noGroups;
  const room = minutesOfDays(searchesPerMinute);
  // a detection of a group takes no room: nothing is gained if it is left off
  for (const { detection } of groups) room.force(cronOf(detection));
  const splunk = withoutRoom({
    target: 'splunk',
    all: pack.splunk.filter(
      ({ detection }) => runsInSplunk(detection) && !groupOf.has(detection.id),
    ),
    room,
    needs: ({ detection }) => cronOf(detection),
    rate: cronRate,
    wasOn: wasOn('splunk'),
  });
  const graylog = withoutRoom({
    target: 'graylog',
    all: pack.graylog.filter(({ detection }) => detection.settings.enabled),
    room: meanRate(definitionsPerMinute - sharedRate(pack.graylog, minimum)),
    needs: (one) => definitionRate(one, minimum),
    rate: (need) => need,
    wasOn: wasOn('graylog'),
  });
  if (splunk.length + graylog.length === 0) return { ...pack, leftOff: nothingLeftOff };
  const off = { splunk: idsOf(splunk), graylog: idsOf(graylog) };
  const reason = {
    splunk: reasonOf('splunk', searchesPerMinute),
    graylog: reasonOf('graylog', definitionsPerMinute),
  };
  const switchOff = createSwitch();
  const trimmed = <D extends { readonly detection: PackDetection }>(
    target: Target,
    all: readonly D[],
  ): readonly D[] =>
    all.map((one) =>
      off[target].has(one.detection.id) ? { ...one, detection: switchOff(one.detection) } : one,
    );
  return {
    ...pack,
    splunk: trimmed('splunk', pack.splunk),
    graylog: trimmed('graylog', pack.graylog),
    outcomes: pack.outcomes.map((outcome) => withReasons(outcome, off, reason)),
    leftOff: { splunk: splunk.map(shown), graylog: graylog.map(shown) },
  };
}

interface Trimming<T, Need> {
  readonly target: Target;
  /** The detections that would run. */
  readonly all: readonly T[];
  readonly room: Room<Need>;
  readonly needs: (one: T) => Need;
  readonly rate: (need: Need) => number;
  readonly wasOn: ReadonlySet<string>;
}

/** The detections without room, in the order in which they were considered. */
function withoutRoom<T extends { readonly detection: PackDetection }, Need>({
  target,
  all,
  room,
  needs,
  rate,
  wasOn,
}: Trimming<T, Need>): readonly PackDetection[] {
  const found: PackDetection[] = [];
  const needed = all.map((one) => ({ detection: one.detection, need: needs(one) }));
  for (const { detection, need } of byPlace(needed, {
    target,
    wasOn,
    rate: (of) => rate(of.need),
  })) {
    if (isForced(detection, target)) room.force(need);
    else if (!room.take(need)) found.push(detection);
  }
  return found;
}

const idsOf = (detections: readonly PackDetection[]): ReadonlySet<string> =>
  new Set(detections.map(({ id }) => id));
const reasonOf = (target: Target, budget: number): string =>
  `over the budget of ${budget} ${counted[target]} a minute`;
const shown = ({ id, name, severity }: PackDetection): LeftOff => ({ id, name, level: severity });

/** Detections share settings objects, and so do those that are disabled. */
function createSwitch(): (detection: PackDetection) => PackDetection {
  const known = new Map<DetectionSettings, DetectionSettings>();
  return (detection) => {
    const settings = known.get(detection.settings) ?? switchedOff(detection.settings);
    known.set(detection.settings, settings);
    return { ...detection, settings };
  };
}

/** `disabled` in the rule's own settings would enable it again. */
export function switchedOff(settings: DetectionSettings): DetectionSettings {
  const { disabled: _, ...savedsearch } = settings.splunk.savedsearch;
  return { ...settings, enabled: false, splunk: { ...settings.splunk, savedsearch } };
}

function withReasons(
  outcome: DetectionOutcome,
  off: Readonly<Record<Target, ReadonlySet<string>>>,
  reason: Readonly<Record<Target, string>>,
): DetectionOutcome {
  const { detection, targets } = outcome;
  if (!off.splunk.has(detection.id) && !off.graylog.has(detection.id)) return outcome;
  const changed = [...targets].map(([target, result]): [Target, TargetOutcome] => [
    target,
    off[target].has(detection.id) && result.kind === 'compiled'
      ? { ...result, leftOff: reason[target] }
      : result,
  ]);
  return { detection, targets: new Map(changed) };
}
