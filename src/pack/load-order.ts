import { type Level, levels, type Status } from '../sigma/rule.ts';
import type { PackDetection } from './detection.ts';

/** Statuses from the one that is trusted most; a rule without one comes last. */
const statuses: readonly Status[] = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];

/** True for a detection that the configuration or the rule itself switches on, whatever its level and status. */
export const isForced = ({ settings: { enabled, given, splunk } }: PackDetection, target: 'splunk' | 'graylog'): boolean =>
  (enabled && given?.enabled === true) || (target === 'splunk' && splunk.savedsearch.disabled !== undefined);

interface Rank {
  readonly forced: boolean;
  readonly level: Level;
  /** It was on when the pack was published last. */
  readonly wasOn: boolean;
  readonly status: Status | undefined;
  readonly id: string;
}

/** Who stays on first: what is forced on, then by level; within a level what was on before, then by status; then by id, so that no order of files matters. */
function compareRanks(a: Rank, b: Rank): number {
  if (a.forced !== b.forced) return a.forced ? -1 : 1;
  if (a.level !== b.level) return levels.indexOf(b.level) - levels.indexOf(a.level);
  if (a.wasOn !== b.wasOn) return a.wasOn ? -1 : 1;
  if (a.status !== b.status) return statusPlace(a.status) - statusPlace(b.status);
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

const statusPlace = (status: Status | undefined): number => (status === undefined ? statuses.length : statuses.indexOf(status));

/** Detections in the order in which they get their place in the budget of a target. */
export function byPlace<T extends { readonly detection: PackDetection }>(
  all: readonly T[],
  target: 'splunk' | 'graylog',
  wasOn: ReadonlySet<string>,
): readonly T[] {
  const ranked = all.map((one) => {
    const { detection } = one;
    const { rule, severity, id } = detection;
    return { one, rank: { forced: isForced(detection, target), level: severity, wasOn: wasOn.has(id.toLowerCase()), status: rule.status, id } };
  });
  return ranked.sort((a, b) => compareRanks(a.rank, b.rank)).map(({ one }) => one);
}
