import { sourceLabel } from '../../../sigma/rule/rule.ts';
import type { Condition } from '../pipeline-rule/condition.ts';
import { always, combined } from '../pipeline-rule/constant.ts';
import { foldedFields, isComparison } from './free-tests.ts';
import type { IngestRule } from './ingest-rule.ts';
import { withoutLongLists } from './long-lists.ts';
import { neededFields } from './needed-fields.ts';
import { withJoinedSources } from './small-sources.ts';
import type { GroupedRule, SourceGroup } from './source-group.ts';

/**
 * A field of gates is copied for each message, which pays for so many rules, or for one rule of so
 * many.
 */
const enoughRules = 16;
const enoughShare = 8;

/**
 * The rules by log source, in a fixed order. A log source without comparisons in common is known by
 * the fields of its rules. The rules of all log sources that need no certain field are one group,
 * which shares its copies.
 */
export function sourceGroups(rules: readonly IngestRule[]): readonly SourceGroup[] {
  const byLabel = new Map<string, SplitRule[]>();
  const open: GroupedRule[] = [];
  for (const rule of [...rules].sort(byId)) {
    const label = labelOf(rule);
    const split = { rule, parts: conjuncts(rule.condition) };
    const known = byLabel.get(label);
    if (known) known.push(split);
    else byLabel.set(label, [split]);
  }
  const sources = [...byLabel]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, list]): Source => ({ label, rules: list, shared: sharedTests(list) }));
  const common = commonFields(sources);
  const taken = new Set(byLabel.keys());
  const groups = withJoinedSources(
    sources.flatMap((source) => byGate(source, common, open, taken)),
    (label) => freeLabel(label, taken),
  );
  if (open.length === 0) return groups;
  const label = freeLabel('any message', taken);
  return [...groups, { label, gate: always, fields: [], rules: open.sort(byRule) }];
}

/** With a number if another group has the label: marks and pipeline rules are called by it. */
function freeLabel(label: string, taken: Set<string>): string {
  let free = label;
  for (let number = 2; taken.has(free); number++) free = `${label} ${number}`;
  taken.add(free);
  return free;
}

const byId = (a: IngestRule, b: IngestRule): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const byRule = (a: GroupedRule, b: GroupedRule): number => byId(a.rule, b.rule);

function labelOf({ logSource }: IngestRule): string {
  const label = sourceLabel(logSource, ' ').replace(/[^\w .-]/g, '_');
  return label === '' ? 'any' : label.slice(0, 60);
}

/** A rule with the parts of its condition: their texts take time, and are needed twice. */
interface SplitRule {
  readonly rule: IngestRule;
  readonly parts: readonly Part[];
}

interface Source {
  readonly label: string;
  readonly rules: readonly SplitRule[];
  /** See {@link sharedTests}. */
  readonly shared: ReadonlyMap<string, Condition>;
}

/** A test of whole values that only messages with certain fields pass. */
const isGate = (part: Condition): boolean => isComparison(part) && neededFields(part) !== undefined;

/** The tests that most rules of a log source have, by their texts: a pipeline added them for it. */
function sharedTests(rules: readonly SplitRule[]): ReadonlyMap<string, Condition> {
  const shared = new Map<string, { part: Condition; uses: number }>();
  for (const { parts } of rules)
    for (const [key, part] of parts)
      shared.set(key, { part, uses: (shared.get(key)?.uses ?? 0) + 1 });
  return new Map(
    [...shared]
      .filter(([, { part, uses }]) => uses * 2 > rules.length && isGate(part))
      .map(([key, { part }]) => [key, part]),
  );
}

/** The fields that gates of enough rules ask for. */
function commonFields(sources: readonly Source[]): ReadonlySet<string> {
  const uses = new Map<string, number>();
  for (const { rules, shared } of sources) {
    const fields = new Set([...shared.values()].flatMap(foldedFields));
    for (const field of fields) uses.set(field, (uses.get(field) ?? 0) + rules.length);
  }
  const all = sources.reduce((sum, { rules }) => sum + rules.length, 0);
  const enough = Math.min(enoughRules, all / enoughShare);
  return new Set([...uses].filter(([, count]) => count >= enough).map(([field]) => field));
}

/**
 * Rules of a log source whose conditions begin with other tests have a gate of their own. `open`
 * gets those without any gate, `taken` the labels.
 */
function byGate(
  { label, rules, shared }: Source,
  common: ReadonlySet<string>,
  open: GroupedRule[],
  taken: Set<string>,
): readonly SourceGroup[] {
  const groups = new Map<string, { gate: Condition; fields: Set<string>; rules: GroupedRule[] }>();
  const gateKeys = new Set(
    [...shared]
      .filter(([, part]) => foldedFields(part).every((field) => common.has(field)))
      .map(([key]) => key),
  );
  for (const { rule, parts } of rules) {
    const gates = parts.filter(([key]) => gateKeys.has(key));
    const own = joined(parts.filter(([key]) => !gateKeys.has(key)));
    const grouped = { rule, condition: withoutLongLists(own) };
    const needed = gates.length === 0 ? neededFields(rule.condition) : [];
    if (needed === undefined) {
      open.push(grouped);
      continue;
    }
    const key = gates.map(([gateKey]) => gateKey).join();
    const group = groups.get(key) ?? { gate: joined(gates), fields: new Set(), rules: [] };
    groups.set(key, group);
    for (const field of needed) group.fields.add(field);
    group.rules.push(grouped);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group], index) => ({
      ...group,
      label: index === 0 ? label : freeLabel(label, taken),
      fields: [...group.fields].sort(),
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
