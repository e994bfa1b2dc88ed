import type { Collection, Rule } from '../sigma/collection/collection.ts';
import type { CorrelationRule, RuleReference } from '../sigma/correlation/correlation.ts';
import type { FilterRule } from '../sigma/filter/filter.ts';
import type { DetectionRule, LogSource } from '../sigma/rule/rule.ts';
import type { Pattern } from '../sigma/value/pattern.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import { combine, reportCombined, settleDetection } from './normalize.ts';
import type { Processing } from './processing.ts';
import type { SettledDetection } from './settled.ts';
import { and, type Query } from './tree.ts';

/**
 * A rule with its modifiers settled, including its filters; for a correlation, including the rules
 * that it refers to, in order. This is what pipelines process.
 */
export type SettledRule = SettledDetectionRule | SettledCorrelation;

export interface SettledDetectionRule {
  readonly kind: 'detection';
  readonly rule: DetectionRule;
  /** The rule's own detection, then those of its filters, joined with AND. */
  readonly parts: readonly SettledDetection[];
  readonly processing?: Processing;
  /** True if correlations refer to it, so that what is made of it is kept for them. */
  readonly shared: boolean;
}

export interface SettledCorrelation {
  readonly kind: 'correlation';
  readonly rule: CorrelationRule;
  readonly parts: readonly SettledRule[];
  readonly processing?: Processing;
  readonly shared: boolean;
}

/**
 * A rule with its meaning; `kind` says whether it is a detection or a correlation.
 *
 * @example
 * import type { CompiledRule, Query } from 'sigpack';
 *
 * const queriesOf = (compiled: CompiledRule): readonly Query[] =>
 *   compiled.kind === 'detection' ? [compiled.query] : compiled.parts.flatMap(queriesOf);
 * const rules: readonly CompiledRule[] = [];
 * rules.flatMap(queriesOf); // => []
 */
export type CompiledRule = CompiledDetection | CompiledCorrelation;

/** A detection rule with its meaning. */
export interface CompiledDetection {
  readonly kind: 'detection';
  readonly rule: DetectionRule;
  /** The condition of the rule and those of the filters that reach it, joined with AND. */
  readonly query: Query;
  /** What a processing pipeline left for the backends. */
  readonly processing?: Processing;
}

/** A correlation rule with the meaning of the rules that it refers to. */
export interface CompiledCorrelation {
  readonly kind: 'correlation';
  readonly rule: CorrelationRule;
  /** The rules that it refers to, in their order. */
  readonly parts: readonly CompiledRule[];
  readonly processing?: Processing;
}

export interface CompileOptions {
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  readonly bag: DiagnosticBag;
  /** True if a pipeline follows, which may know the placeholders that have no value here. */
  readonly keepPlaceholders?: boolean;
}

/**
 * Makes the function that settles rules, those that correlations refer to once. It returns
 * undefined if the rule has been reported.
 */
export function createSettler(
  collection: Collection,
  options: CompileOptions,
): (rule: Rule) => SettledRule | undefined {
  const known = new Map<Rule, SettledRule | undefined>();
  // once, however many rules they reach, so that the errors of a filter are reported once
  const filters = new Map(
    collection.filters.map((filter) => [filter, settledFilter(filter, options)]),
  );
  const settle = (rule: Rule): SettledRule | undefined => {
    if (known.has(rule)) return known.get(rule);
    const settled =
      rule.kind === 'detection'
        ? settleRule(rule, collection, filters, options)
        : settleCorrelation(rule, collection, options, settle);
    // the others are dropped after use: thousands of trees need too much memory
    if (collection.isReferenced(rule)) known.set(rule, settled);
    return settled;
  };
  return settle;
}

/**
 * Makes the function that compiles rules, as they are meant without a pipeline.
 *
 * @param collection - The rules and filters of a run.
 * @param options - Values of placeholders by name, and the bag for diagnostics.
 * @returns A function from a rule of the collection to its meaning; undefined where a diagnostic
 *   says that the rule is left out.
 * @example
 * import { collect, createBag, createCompiler, itemsOf, readDocuments } from 'sigpack';
 *
 * const text = `title: Logon
 * logsource: { product: windows, service: security }
 * detection: { selection: { EventID: 4624 }, condition: selection }
 * `;
 * const bag = createBag();
 * const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
 * const compile = createCompiler(collection, { placeholders: new Map(), bag });
 * const [compiled] = collection.rules.map(compile);
 * const query = compiled?.kind === 'detection' ? compiled.query : undefined;
 * query && itemsOf(query).map(({ field, test }) => [field, test]);
 * // => [['EventID', { kind: 'number', value: 4624 }]]
 */
export function createCompiler(
  collection: Collection,
  options: CompileOptions,
): (rule: Rule) => CompiledRule | undefined {
  const settle = createSettler(collection, options);
  const combined = createCombiner(options.bag);
  return (rule) => {
    const settled = settle(rule);
    return settled && combined(settled);
  };
}

/**
 * Makes the function that combines settled rules into queries, shared ones once. It returns
 * undefined if the rule has been reported.
 */
export function createCombiner(
  bag: DiagnosticBag,
): (settled: SettledRule) => CompiledRule | undefined {
  const known = new WeakMap<SettledRule, { readonly compiled: CompiledRule | undefined }>();
  const compile = (settled: SettledRule): CompiledRule | undefined => {
    const before = settled.shared ? known.get(settled) : undefined;
    if (before) return before.compiled;
    const compiled =
      settled.kind === 'detection'
        ? combinedDetection(settled, bag)
        : combinedCorrelation(settled, bag, compile);
    if (settled.shared) known.set(settled, { compiled });
    return compiled;
  };
  return compile;
}

function settledFilter(filter: FilterRule, options: CompileOptions): SettledDetection | undefined {
  const settled =
    filter.detection && settleDetection({ ...options, file: filter.file }, filter.detection);
  if (!settled) return undefined;
  // its condition is checked here, for all rules
  const combined = combine(settled);
  reportCombined(options.bag, settled, combined);
  return combined.ok ? settled : undefined;
}

function settleRule(
  rule: DetectionRule,
  collection: Collection,
  filters: ReadonlyMap<FilterRule, SettledDetection | undefined>,
  options: CompileOptions,
): SettledDetectionRule | undefined {
  const own = settleDetection({ ...options, file: rule.file }, rule.detection);
  if (!own) return undefined;
  const shared = collection.isReferenced(rule);
  const applied = collection.filtersOf(rule);
  if (applied.length === 0) return { kind: 'detection', rule, parts: [own], shared };
  const parts: SettledDetection[] = [own];
  for (const filter of applied) {
    const part = filters.get(filter);
    if (part) parts.push(part);
    else
      options.bag.add(rule.file, {
        code: 'SIG060',
        message: `the filter "${filter.title}" (${filter.file.path}) has an error`,
        span: rule.titleSpan,
        hint: 'Fix the filter first.',
      });
  }
  return parts.length > applied.length ? { kind: 'detection', rule, parts, shared } : undefined;
}

function settleCorrelation(
  rule: CorrelationRule,
  collection: Collection,
  { bag }: CompileOptions,
  settle: (rule: Rule) => SettledRule | undefined,
): SettledCorrelation | undefined {
  const parts: SettledRule[] = [];
  for (const reference of rule.rules) {
    const target = collection.find(reference.name, rule.file);
    const part = target && settle(target);
    if (part) parts.push(part);
    else reportPart(bag, rule, reference);
  }
  return parts.length === rule.rules.length
    ? { kind: 'correlation', rule, parts, shared: collection.isReferenced(rule) }
    : undefined;
}

function reportPart(bag: DiagnosticBag, rule: CorrelationRule, reference: RuleReference): void {
  bag.add(rule.file, {
    code: 'SIG053',
    message: `\`${reference.name}\` could not be compiled`,
    span: reference,
  });
}

function combinedDetection(
  { rule, parts, processing }: SettledDetectionRule,
  bag: DiagnosticBag,
): CompiledDetection | undefined {
  const queries: Query[] = [];
  for (const [index, part] of parts.entries()) {
    const combined = combine(part);
    // those of filters have been reported
    if (index === 0) reportCombined(bag, part, combined);
    if (!combined.ok) return undefined;
    const { query } = combined.value;
    if (query) queries.push(query);
    else if (index === 0) {
      bag.add(rule.file, {
        code: 'PIP002',
        message: 'the pipelines dropped every item of the rule',
        span: rule.titleSpan,
      });
      return undefined;
    }
  }
  return { kind: 'detection', rule, query: and(queries), ...(processing ? { processing } : {}) };
}

function combinedCorrelation(
  { rule, parts, processing }: SettledCorrelation,
  bag: DiagnosticBag,
  compile: (settled: SettledRule) => CompiledRule | undefined,
): CompiledCorrelation | undefined {
  const compiled: CompiledRule[] = [];
  for (const [index, part] of parts.entries()) {
    const one = compile(part);
    const reference = rule.rules[index];
    if (one) compiled.push(one);
    else if (reference) reportPart(bag, rule, reference);
  }
  return compiled.length === parts.length
    ? { kind: 'correlation', rule, parts: compiled, ...(processing ? { processing } : {}) }
    : undefined;
}

const writtenSource = ({ rule, processing }: CompiledDetection): LogSource =>
  processing?.logsource ?? rule.logsource;

/** Every detection below a rule once, in order of first mention. */
export function detectionsBelow(compiled: CompiledRule): readonly CompiledDetection[] {
  return compiled.kind === 'detection'
    ? [compiled]
    : rulesBelow(compiled).filter((part) => part.kind === 'detection');
}

/** The rule and all below it, each once: correlations may share parts at several levels. */
export function rulesBelow(compiled: CompiledRule): readonly CompiledRule[] {
  if (compiled.kind === 'detection') return [compiled];
  const visited = new Set<CompiledRule>();
  const visit = (part: CompiledRule): void => {
    if (visited.has(part)) return;
    visited.add(part);
    if (part.kind === 'correlation') part.parts.forEach(visit);
  };
  visit(compiled);
  return [...visited];
}

/**
 * The log sources that a rule is about.
 *
 * @param compiled - A detection, or a correlation with the rules that it refers to.
 * @returns Each log source once, as written, in the order of the rules.
 * @example
 * import { collect, createBag, createCompiler, logSourcesOf, readDocuments } from 'sigpack';
 *
 * const text = `title: Logon
 * logsource: { product: windows, service: security }
 * detection: { selection: { EventID: 4624 }, condition: selection }
 * `;
 * const bag = createBag();
 * const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
 * const compile = createCompiler(collection, { placeholders: new Map(), bag });
 * const compiled = collection.rules.flatMap((rule) => compile(rule) ?? []);
 * compiled.flatMap(logSourcesOf); // => [{ product: 'windows', service: 'security' }]
 */
export function logSourcesOf(compiled: CompiledRule): readonly LogSource[] {
  if (compiled.kind === 'detection') return [writtenSource(compiled)];
  const sources = new Map<string, LogSource>();
  for (const part of detectionsBelow(compiled)) {
    const logsource = writtenSource(part);
    sources.set(`${logsource.product}\n${logsource.category}\n${logsource.service}`, logsource);
  }
  return [...sources.values()];
}
