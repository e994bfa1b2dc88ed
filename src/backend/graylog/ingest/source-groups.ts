import type { Condition } from '../pipeline-rule/condition.ts';
import { combined } from '../pipeline-rule/constant.ts';
import { isComparison } from './free-tests.ts';
import type { IngestRule } from './ingest-rule.ts';
import { withoutLongLists } from './long-lists.ts';

/** A rule without what all rules of its log source ask. */
export interface GroupedRule {
  readonly rule: IngestRule;
  readonly condition: Condition;
}

/** The rules of a log source. */
export interface SourceGroup {
  /** `windows process_creation`, for names. */
  readonly label: string;
  /** What each of the rules needs, in comparisons of whole values; true where there is nothing. */
  readonly gate: Condition;
  readonly rules: readonly GroupedRule[];
}

/** The rules by log source, in a fixed order. */
export function sourceGroups(rules: readonly IngestRule[]): readonly SourceGroup[] {
  const byLabel = new Map<string, IngestRule[]>();
  for (const rule of [...rules].sort(byId)) {
    const label = labelOf(rule);
    const known = byLabel.get(label);
    if (known) known.push(rule);
    else byLabel.set(label, [rule]);
  }
  return [...byLabel]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([label, list]) => byGate(label, list));
}

const byId = (a: IngestRule, b: IngestRule): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function labelOf({ logSource: { product, category, service } }: IngestRule): string {
  const parts = [product, category, service].flatMap((part) => part ?? []);
  const label = parts.join(' ').replace(/[^\w .-]/g, '_');
  return label === '' ? 'any' : label.slice(0, 60);
}

/** Rules of a log source whose conditions begin with other tests have a gate of their own. */
function byGate(label: string, rules: readonly IngestRule[]): readonly SourceGroup[] {
  const shared = new Map<string, number>();
  const partsOf = new Map(rules.map((rule) => [rule, conjuncts(rule.condition)]));
  for (const parts of partsOf.values())
    for (const [key] of parts) shared.set(key, (shared.get(key) ?? 0) + 1);
  // what most rules of a log source have is what a pipeline added for it
  const isGate = ([key, part]: Part): boolean =>
    (shared.get(key) ?? 0) * 2 > rules.length && isComparison(part);
  const groups = new Map<string, { gate: Condition; rules: GroupedRule[] }>();
  for (const [rule, parts] of partsOf) {
    const gates = parts.filter(isGate);
    const gateKey = gates.map(([key]) => key).join();
    const group = groups.get(gateKey) ?? { gate: joined(gates), rules: [] };
    groups.set(gateKey, group);
    const own = joined(parts.filter((part) => !isGate(part)));
    group.rules.push({ rule, condition: withoutLongLists(own) });
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group], index) => ({
      label: index === 0 ? label : `${label} ${index + 1}`,
      ...group,
    }));
}

/** One of the parts of a condition that all must hold, with its text. */
type Part = readonly [string, Condition];

/** Each once, in a fixed order. */
function conjuncts(condition: Condition): readonly Part[] {
  const parts = condition.kind === 'and' ? condition.operands : [condition];
  const byKey = new Map(parts.map((part) => [keyOf(part), part]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1));
}

const joined = (parts: readonly Part[]): Condition =>
  combined(
    'and',
    parts.map(([, part]) => part),
  );

const keyOf = (condition: Condition): string =>
  JSON.stringify(condition, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
