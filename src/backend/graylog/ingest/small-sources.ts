import { combined } from '../pipeline-rule/constant.ts';
import type { IngestRule } from './ingest-rule.ts';
import type { GroupedRule, SourceGroup } from './source-group.ts';

/** A log source with fewer rules shares its texts with others of its product. */
const fewRules = 12;

/**
 * Log sources of few rules joined by product: each text that is saved costs a server as much as all
 * texts together. `freeLabel` gives a label that no other group has.
 */
export function withJoinedSources(
  groups: readonly SourceGroup[],
  freeLabel: (label: string) => string,
): readonly SourceGroup[] {
  const kept: SourceGroup[] = [];
  const small = new Map<string, SourceGroup[]>();
  for (const group of groups) {
    const isGated = group.fields.length === 0;
    if (group.rules.length >= fewRules) kept.push(group);
    else {
      const key = `${productOf(group.rules[0]?.rule)} ${isGated ? 'others' : 'others by fields'}`;
      small.set(key, [...(small.get(key) ?? []), group]);
    }
  }
  const joined = [...small]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([label, list]) => (list.length === 1 ? list : [joinedGroup(list, freeLabel(label))]));
  return [...kept, ...joined];
}

const productOf = (rule: IngestRule | undefined): string =>
  rule?.logSource.product?.replace(/[^\w .-]/g, '_').slice(0, 40) ?? 'any';

function joinedGroup(groups: readonly SourceGroup[], label: string): SourceGroup {
  const rules = groups.flatMap(({ gate, rules: own }) =>
    own.map(
      ({ rule, condition }): GroupedRule => ({
        rule,
        condition: combined('and', [gate, condition]),
      }),
    ),
  );
  return {
    label,
    gate: combined(
      'or',
      groups.map(({ gate }) => gate),
    ),
    fields: [...new Set(groups.flatMap(({ fields }) => fields))].sort(),
    rules: rules.sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1)),
    joined: true,
  };
}
