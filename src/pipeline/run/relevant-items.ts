import type { ProcessingItem } from '../pipeline.ts';
import type { RuleInProcess } from '../rule-in-process.ts';

/**
 * The items that can apply to a rule, once for each log source: thousands of rules share a few, and
 * most items are for others.
 */
export function createRelevance(
  items: readonly ProcessingItem[],
): (rule: RuleInProcess) => readonly number[] {
  const everything = items.map((_, index) => index);
  const known = new Map<string, readonly number[]>();
  return (rule) => {
    if (rule.rule.kind === 'correlation') return everything;
    const { product, category, service } = rule.rule.logsource;
    const key = JSON.stringify([product, category, service]);
    const relevant =
      known.get(key) ??
      everything.filter((index) => !items[index]?.bySourceOnly || items[index]?.appliesTo(rule));
    known.set(key, relevant);
    return relevant;
  };
}

/**
 * Calls `step` with each item that can apply to the rule, and whether its conditions are known to
 * hold. An item that changes the log source changes which items follow. Stops, and returns false,
 * once `step` does.
 */
export function forEachRelevant(
  items: readonly ProcessingItem[],
  relevant: (rule: RuleInProcess) => readonly number[],
  rule: RuleInProcess,
  step: (item: ProcessingItem, holds: boolean) => boolean,
): boolean {
  let list = relevant(rule);
  for (let at = 0; at < list.length; at++) {
    const index = list[at] ?? 0;
    const item = items[index];
    const before = rule.rule.kind === 'detection' ? rule.rule.logsource : undefined;
    if (item && !step(item, item.bySourceOnly && before !== undefined)) return false;
    if (rule.rule.kind === 'detection' && rule.rule.logsource !== before) {
      list = relevant(rule);
      const next = list.findIndex((other) => other > index);
      at = (next === -1 ? list.length : next) - 1;
    }
  }
  return true;
}
