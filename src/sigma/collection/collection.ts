import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';
import type { CorrelationRule } from '../correlation/correlation.ts';
import type { FilterRule } from '../filter/filter.ts';
import type { DetectionRule } from '../rule/rule.ts';
import { type LeftOut, withoutCopies } from './copies.ts';
import type { SigmaDocument } from './document.ts';
import { assignFilters } from './filter-reach.ts';
import { resolveCorrelation } from './reference.ts';
import { indexRules } from './rule-names.ts';

/**
 * A detection rule or a correlation rule; `kind` says which.
 *
 * @example
 * import { collect, createBag, type Rule } from 'sigpack';
 *
 * const productOf = (rule: Rule) =>
 *   rule.kind === 'detection' ? rule.logsource.product : undefined;
 * collect([], createBag()).rules.map(productOf); // => []
 */
export type Rule = DetectionRule | CorrelationRule;

/** All sound rules and filters of a run, with their references resolved. */
export interface Collection {
  readonly rules: readonly Rule[];
  readonly filters: readonly FilterRule[];
  /**
   * The rule with that id or name. Of several with the name, the one of `from` is meant; undefined
   * where that leaves a doubt.
   */
  find(reference: string, from?: SourceFile): Rule | undefined;
  /** All rules with the name. */
  named(name: string): readonly Rule[];
  /** Filters that reach the rule, in order of their files. */
  filtersOf(rule: DetectionRule): readonly FilterRule[];
  /** True for a rule that a correlation refers to. */
  isReferenced(rule: Rule): boolean;
  /** False for a rule that only serves a correlation that does not `generate`. */
  standsAlone(rule: Rule): boolean;
  /** Documents that were left out since another one has their id, and which that is. */
  readonly leftOut: readonly LeftOut<Rule | FilterRule>[];
}

/**
 * Puts documents together: keeps one of each id, resolves references between them, and assigns
 * filters to rules.
 *
 * @param documents - Those of all files, as {@link readDocuments} returned them.
 * @param bag - Takes a diagnostic for what is left out: copies, and correlations whose references
 *   lead nowhere or in a circle.
 * @returns The rules and filters that are left.
 * @example
 * import { collect, createBag, readDocuments } from 'sigpack';
 *
 * const text = `title: Logon
 * name: logon
 * logsource: { product: windows, service: security }
 * detection: { selection: { EventID: 4624 }, condition: selection }
 * `;
 * const bag = createBag();
 * const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
 * collection.find('logon')?.title; // => 'Logon'
 */
export function collect(documents: readonly SigmaDocument[], bag: DiagnosticBag): Collection {
  const unique = withoutCopies(documents.filter(isRule), bag);
  // those with errors leave out their rules, next to any others
  const sound = documents.filter(
    (document): document is FilterRule =>
      document.kind === 'filter' && document.detection !== undefined,
  );
  const uniqueFilters = withoutCopies(sound, bag);
  const leftOut = [...unique.leftOut, ...uniqueFilters.leftOut];
  const gone = new Set<SigmaDocument>(leftOut.map(({ left }) => left));
  const present = documents.filter((document) => !gone.has(document));
  const filters = present.filter((document) => document.kind === 'filter');
  for (const rule of unique.kept) reportNoId(rule, bag);
  const index = indexRules(unique.kept, unique.leftOut, bag);
  /**
   * From each rule as written to the resolved one. The others are left out, and so are those that
   * refer to them.
   */
  const resolved = new Map<Rule, Rule>();
  for (const rule of unique.kept) {
    const whole = rule.kind === 'detection' ? rule : resolveCorrelation(rule, index, bag);
    if (whole) resolved.set(rule, whole);
  }
  const find = (reference: string, from?: SourceFile): Rule | undefined => {
    const rule = index.find(reference, from);
    return rule && resolved.get(rule);
  };
  const rules = [...resolved.values()];
  const named = (name: string): readonly Rule[] =>
    index.named(name).flatMap((rule) => resolved.get(rule) ?? []);
  const meant = (name: string, from: SourceFile): readonly Rule[] => {
    const rule = find(name, from);
    return rule ? [rule] : named(name);
  };
  const served = referencedRules(present, meant);
  const reach = assignFilters(rules, filters, { ...index, find }, bag);
  return {
    rules,
    filters,
    find,
    named,
    filtersOf: (rule) => reach.get(rule) ?? [],
    isReferenced: (rule) => served.has(rule),
    standsAlone: (rule) => served.get(rule) ?? true,
    leftOut,
  };
}

const isRule = (document: SigmaDocument): document is Rule =>
  document.kind === 'detection' || document.kind === 'correlation';

/**
 * The rules that correlations refer to, including correlations that are left out; true if one of
 * them has `generate`.
 */
function referencedRules(
  documents: readonly SigmaDocument[],
  meant: (name: string, from: SourceFile) => readonly Rule[],
): ReadonlyMap<Rule, boolean> {
  const served = new Map<Rule, boolean>();
  for (const document of documents) {
    if (document.kind !== 'correlation' && document.kind !== 'lost') continue;
    for (const name of document.kind === 'lost'
      ? document.references
      : document.rules.map((reference) => reference.name)) {
      // if several rules have the name, none of them is a detection by itself
      for (const rule of meant(name, document.file))
        served.set(rule, (served.get(rule) ?? false) || document.generate);
    }
  }
  return served;
}

export function reportNoId(rule: Rule, bag: DiagnosticBag): void {
  if (rule.id === undefined)
    bag.add(rule.file, { code: 'SIG042', message: 'the rule has no id', span: rule.titleSpan });
}
