import type { CorrelationRule } from '../sigma/correlation.ts';
import { holdsOfNothing, isAbsence } from '../sigma/threshold.ts';
import { fieldReader } from './correlation-field.ts';
import type { GroupKey } from './correlation-group.ts';
import type { EventView } from './event.ts';

/** Takes the groups of an event, and answers with those that had none for a timespan before it, each silence once. */
export type Silence = (groups: readonly GroupKey[], time: number) => readonly GroupKey[];

interface Seen {
  readonly group: GroupKey;
  readonly time: number;
}

/**
 * Undefined where a window without events does not fulfil the condition, or where groups are only looked at as they have events. A group is known
 * once it was seen; without groups, time runs from the first event of all.
 */
export function createSilence(rule: CorrelationRule, view: EventView): Silence | undefined {
  if (!(isAbsence(rule) || (rule.groupBy.length === 0 && holdsOfNothing(rule)))) return undefined;
  const span = rule.timespan * 1000;
  // in the order of the times: a group that is seen again goes to the end
  const last = new Map<string, Seen>();
  const values = rule.type === 'value_count' ? rule.valueFields.map((field) => fieldReader(rule, view, field)) : [];
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
    if (groups.length === 0 || values.some((read) => read().length === 0)) return silent;
    for (const group of groups) {
      const key = JSON.stringify(group);
      last.delete(key);
      last.set(key, { group, time });
    }
    return silent;
  };
}
