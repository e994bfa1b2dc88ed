import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { Span } from '../source/span.ts';
import type { CorrelationRule } from './correlation.ts';
import type { SigmaDocument } from './document.ts';
import { type FilterRule, filterFits } from './filter.ts';
import { type RuleIndex, resolveCorrelation } from './reference.ts';
import type { DetectionRule } from './rule.ts';
import { describeLogSource } from './rule-reader.ts';

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
  const written = new Map<string, Rule>();
  const unique = documents.filter((document): document is Rule => isRule(document) && register(written, document, bag));
  const filters = documents.filter((document): document is FilterRule => document.kind === 'filter');
  const index: RuleIndex = { rules: written, namesIn: namesByFile(unique) };
  /** Each rule as written, and as resolved; the others are lost, and those that refer to them with them. */
  const resolved = new Map<Rule, Rule>();
  for (const rule of unique) {
    const sound = rule.kind === 'detection' ? rule : resolveCorrelation(rule, index, bag);
    if (sound) resolved.set(rule, sound);
  }
  const find = (reference: string): Rule | undefined => {
    const rule = written.get(reference);
    return rule && resolved.get(rule);
  };
  const rules = [...resolved.values()];
  const served = servedRules(documents, find);
  const reach = assignFilters(rules, filters, find, bag);
  return {
    rules,
    filters,
    find,
    filtersOf: (rule) => reach.get(rule) ?? [],
    isReferenced: (rule) => served.has(rule),
    standsAlone: (rule) => served.get(rule) ?? true,
  };
}

function namesByFile(rules: readonly Rule[]): RuleIndex['namesIn'] {
  let names: Map<Rule['file'], string[]> | undefined;
  return (file) => {
    if (!names) {
      names = new Map();
      for (const { file: where, name } of rules) {
        if (name === undefined) continue;
        const known = names.get(where);
        if (known) known.push(name);
        else names.set(where, [name]);
      }
    }
    return names.get(file) ?? [];
  };
}

const isRule = (document: SigmaDocument): document is Rule => document.kind === 'detection' || document.kind === 'correlation';

/** Rules that correlations refer to, those that are left out included; true for those that one with `generate` does. */
function servedRules(documents: readonly SigmaDocument[], find: Collection['find']): ReadonlyMap<Rule, boolean> {
  const served = new Map<Rule, boolean>();
  for (const document of documents) {
    if (document.kind !== 'correlation' && document.kind !== 'lost') continue;
    for (const name of document.kind === 'lost' ? document.references : document.rules.map((reference) => reference.name)) {
      const found = find(name);
      if (found) served.set(found, (served.get(found) ?? false) || document.generate);
    }
  }
  return served;
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
      bag.add(rule.file, { code, message: `${what} \`${key}\` is already that of "${known.title}" (${known.file.path})`, span: keyPlace(rule, what, key) });
      return false;
    }
  }
  complainOfNoId(rule, bag);
  if (rule.id !== undefined) index.set(rule.id, rule);
  if (rule.name !== undefined) index.set(rule.name, rule);
  return true;
}

export function complainOfNoId(rule: Rule, bag: DiagnosticBag): void {
  if (rule.id === undefined) bag.add(rule.file, { code: 'SIG042', message: 'the rule has no id', span: rule.titleSpan });
}

/** The value of the document's `id:` or `name:`. */
function keyPlace({ file, span, titleSpan }: Rule, attribute: 'id' | 'name', key: string): Span {
  const line = new RegExp(`^${attribute}:`, 'im').exec(file.text.slice(span.start, span.end));
  const start = line ? file.text.indexOf(key, span.start + line.index + attribute.length) : -1;
  return start === -1 ? titleSpan : { start, end: start + key.length };
}

function assignFilters(
  rules: readonly Rule[],
  filters: readonly FilterRule[],
  find: Collection['find'],
  bag: DiagnosticBag,
): ReadonlyMap<Rule, readonly FilterRule[]> {
  const reach = new Map<Rule, FilterRule[]>();
  for (const filter of filters) {
    for (const rule of new Set(reachedRules(filter, rules, find, bag))) {
      const known = reach.get(rule);
      if (known) known.push(filter);
      else reach.set(rule, [filter]);
    }
  }
  return reach;
}

function reachedRules(filter: FilterRule, rules: readonly Rule[], find: Collection['find'], bag: DiagnosticBag): readonly DetectionRule[] {
  const complain = (message: string, { start, end }: Span, hint: string) => {
    // a filter at fault has been complained about
    if (filter.detection) bag.add(filter.file, { code: 'SIG061', message, span: { start, end }, hint });
  };
  if (!filter.rules) {
    const reached = rules.filter((rule): rule is DetectionRule => rule.kind === 'detection' && filterFits(filter.logsource, rule.logsource));
    if (reached.length === 0)
      complain('no rule with the log source of this filter was loaded', filter.titleSpan, 'Load its rules too, or correct `logsource`.');
    return reached;
  }
  return filter.rules.flatMap((reference) => {
    const rule = find(reference.name);
    if (rule?.kind === 'detection' && filterFits(filter.logsource, rule.logsource)) return [rule];
    if (!rule) complain(`no rule has the id or name \`${reference.name}\``, reference, 'Load the file that defines the rule, or correct the name.');
    else if (rule.kind === 'correlation') complain(`\`${reference.name}\` is a correlation`, reference, 'Name the rules that the correlation refers to.');
    else complain(`\`${reference.name}\` has another log source than this filter`, reference, `Its log source is ${describeLogSource(rule.logsource)}.`);
    return [];
  });
}
