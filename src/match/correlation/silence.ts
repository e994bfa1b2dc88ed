import type { CorrelationRule } from '../../sigma/correlation/correlation.ts';
import { holdsOfNothing, isAbsence } from '../../sigma/correlation/threshold.ts';
import type { GroupKey } from './membership.ts';

/**
 * Takes the groups in which an event counts, and returns the groups that had no event in the
 * timespan before it. Each silence is returned once.
 */
export type Silence = (groups: readonly GroupKey[], time: number) => readonly GroupKey[];

interface Seen {
  readonly group: GroupKey;
  readonly time: number;
}

/**
 * Undefined if a window without events does not fulfil the condition, or if only groups with events
 * are evaluated. A group is known once it was seen; without groups, time starts at the first event.
 */
export function createSilence(rule: CorrelationRule): Silence | undefined {
  if (!(isAbsence(rule) || (rule.groupBy.length === 0 && holdsOfNothing(rule)))) return undefined;
  const span = rule.timespan * 1000;
  // in order of time: a group that is seen again moves to the end
  const last = new Map<string, Seen>();
  let started = rule.groupBy.length > 0;
  return (groups, time) => {
    if (!started) last.set('[]', { group: [], time });
    started = true;
    const silent: GroupKey[] = [];
    for (const [key, seen] of last) {
      if (time - seen.time <= span) break;
      silent.push(seen.group);
      last.delete(key);
    }
    for (const group of groups) {
      const key = JSON.stringify(group);
      last.delete(key);
      last.set(key, { group, time });
    }
    return silent;
  };
}
