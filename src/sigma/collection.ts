import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { CorrelationRule, RuleReference } from './correlation.ts';
import type { SigmaDocument } from './document.ts';
import { type FilterRule, filterFits } from './filter.ts';
import type { DetectionRule } from './rule.ts';

export type Rule = DetectionRule | CorrelationRule;

/** All sound documents of a run, with their references resolved. */
export interface Collection {
  readonly rules: readonly Rule[];
  readonly filters: readonly FilterRule[];
  /** The rule with that id or name. */
  find(reference: string): Rule | undefined;
  /** Filters that reach the rule, in order of their files. */
  filtersOf(rule: DetectionRule): readonly FilterRule[];
  /** True for a rule that a correlation refers to. */
  isReferenced(rule: Rule): boolean;
  /** False for a rule that only serves a correlation that does not `generate`. */
  standsAlone(rule: Rule): boolean;
}

/** Leaves out documents with an id or name that is taken, and correlations with dangling or circular references. */
export function collect(documents: readonly SigmaDocument[], bag: DiagnosticBag): Collection {
  const index = new Map<string, Rule>();
  const unique = documents.filter((document): document is Rule => document.kind !== 'filter' && register(index, document, bag));
  const filters = documents.filter((document): document is FilterRule => document.kind === 'filter');
  const rules = unique.filter((rule) => rule.kind === 'detection' || referencesHold(rule, index, bag));
  const served = new Map<Rule, boolean>();
  for (const rule of rules) {
    if (rule.kind !== 'correlation') continue;
    for (const reference of rule.rules) {
      const found = index.get(reference.name);
      if (found) served.set(found, (served.get(found) ?? false) || rule.generate);
    }
  }
  const reach = assignFilters(rules, filters, index, bag);
  return {
    rules,
    filters,
    find: (reference) => index.get(reference),
    filtersOf: (rule) => reach.get(rule) ?? [],
    isReferenced: (rule) => served.has(rule),
    standsAlone: (rule) => served.get(rule) ?? true,
  };
}

function register(index: Map<string, Rule>, rule: Rule, bag: DiagnosticBag): boolean {
  for (const [key, code] of [
    [rule.id, 'SIG040'],
    [rule.name, 'SIG041'],
  ] as const) {
    if (key === undefined) continue;
    const known = index.get(key);
    if (known) {
      const what = code === 'SIG040' ? 'id' : 'name';
      bag.add(rule.file, { code, message: `${what} \`${key}\` is already that of "${known.title}" (${known.file.path})`, span: keyPlace(rule, key) });
      return false;
    }
  }
  if (rule.id === undefined) bag.add(rule.file, { code: 'SIG042', message: 'the rule has no id', span: rule.titleSpan });
  else index.set(rule.id, rule);
  if (rule.name !== undefined) index.set(rule.name, rule);
  return true;
}

function keyPlace(rule: Rule, key: string): { start: number; end: number } {
  const start = rule.file.text.indexOf(key, rule.span.start);
  return start === -1 ? rule.titleSpan : { start, end: start + key.length };
}

function referencesHold(rule: CorrelationRule, index: ReadonlyMap<string, Rule>, bag: DiagnosticBag): boolean {
  let holds = true;
  for (const reference of rule.rules) {
    if (!index.has(reference.name)) {
      bag.add(rule.file, { code: 'SIG051', message: `no rule has the id or name \`${reference.name}\``, span: reference });
      holds = false;
    } else if (reaches(reference, rule, index, new Set())) {
      bag.add(rule.file, { code: 'SIG052', message: `\`${reference.name}\` leads back to this correlation`, span: reference });
      holds = false;
    }
  }
  return holds;
}

function reaches(reference: RuleReference, target: Rule, index: ReadonlyMap<string, Rule>, visited: Set<Rule>): boolean {
  const rule = index.get(reference.name);
  if (!rule || visited.has(rule)) return false;
  if (rule === target) return true;
  visited.add(rule);
  return rule.kind === 'correlation' && rule.rules.some((next) => reaches(next, target, index, visited));
}

function assignFilters(
  rules: readonly Rule[],
  filters: readonly FilterRule[],
  index: ReadonlyMap<string, Rule>,
  bag: DiagnosticBag,
): ReadonlyMap<Rule, FilterRule[]> {
  const reach = new Map<Rule, FilterRule[]>();
  for (const filter of filters) {
    const named = filter.rules?.map((reference) => index.get(reference.name)) ?? rules;
    const reached = named.filter((rule): rule is DetectionRule => rule?.kind === 'detection' && filterFits(filter.logsource, rule.logsource));
    for (const rule of new Set(reached)) reach.set(rule, [...(reach.get(rule) ?? []), filter]);
    if (reached.length === 0) {
      bag.add(filter.file, { code: 'SIG061', message: 'no rule with the named id or name and this log source was loaded', span: filter.titleSpan });
    }
  }
  return reach;
}
