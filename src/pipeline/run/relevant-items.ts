import type { ProcessingItem } from '../pipeline.ts';
import type { RuleInProcess } from '../rule-in-process.ts';

/**
 * The items that can apply to rules of a log source, by its text: most items of a set of pipelines
 * are for other log sources, and thousands of rules share a few.
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
    const found =
      known.get(key) ??
      everything.filter((index) => !items[index]?.bySourceOnly || items[index]?.appliesTo(rule));
    known.set(key, found);
    return found;
  };
}

/**
 * Gives each item that can apply to the rule in turn, and whether it is known that its conditions
 * hold; one that changes the log source changes what follows. Stops where `step` answers false.
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
