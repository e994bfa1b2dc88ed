import type { Collection, Rule } from '../sigma/collection/collection.ts';
import type { CorrelationRule, RuleReference } from '../sigma/correlation/correlation.ts';
import type { FilterRule } from '../sigma/filter/filter.ts';
import type { DetectionRule, LogSource } from '../sigma/rule/rule.ts';
import type { Pattern } from '../sigma/value/pattern.ts';
import { createBag, type DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { combine, settleDetection } from './normalize.ts';
import type { SettledDetection } from './settled.ts';
import { and, type Query } from './tree.ts';

/**
 * A rule whose items are settled, filters included; a correlation with the rules that it refers to,
 * in their order. What pipelines work on.
 */
export type SettledRule = SettledDetectionRule | SettledCorrelation;

export interface SettledDetectionRule {
  readonly kind: 'detection';
  readonly rule: DetectionRule;
  /** The rule's own detection, then those of its filters: all must hold. */
  readonly parts: readonly SettledDetection[];
  readonly processing?: Processing;
  /** Correlations refer to it: what is made of it is kept for them. */
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
 * A rule with its meaning, filters included; a correlation with those of the rules that it refers
 * to, in their order.
 */
export type CompiledRule = CompiledDetection | CompiledCorrelation;

export interface CompiledDetection {
  readonly kind: 'detection';
  readonly rule: DetectionRule;
  readonly query: Query;
  /** What a processing pipeline left for the backends. */
  readonly processing?: Processing;
}

export interface CompiledCorrelation {
  readonly kind: 'correlation';
  readonly rule: CorrelationRule;
  readonly parts: readonly CompiledRule[];
  readonly processing?: Processing;
}

/**
 * What a processing pipeline says of a rule beside its changes to it. Values are plain YAML data.
 */
export interface Processing {
  /** Of `set_state`. */
  readonly state: ReadonlyMap<string, unknown>;
  /** Of `set_custom_attribute`. */
  readonly attributes: ReadonlyMap<string, unknown>;
  /** Fields whose names no pipeline has a say on, sorted. */
  readonly unmapped: readonly string[];
  /**
   * Fields that are called as the rule calls them, since no pipeline gives them that name for the
   * target.
   */
  readonly asWritten?: ReadonlySet<string>;
  /**
   * Fields of the rule that no event of the product has; undefined where no pipeline says that it
   * knows all fields of the log source.
   */
  readonly absent?: readonly string[];
  /** Files of the pipelines: items that stand in one were added by it. */
  readonly pipelineFiles?: ReadonlySet<SourceFile>;
  /** Whether no event of the log source has a field of that name; undefined like {@link absent}. */
  readonly lacks?: (field: string) => boolean;
  /** Names of the target that no public source proves, by pipeline. */
  readonly unproved?: readonly UnprovedNames[];
  /** Fields that the settings of the rule name. */
  readonly named?: ReadonlyMap<string, NamedField>;
  /**
   * What the product calls the fields that the log source is known by; those that it does not have
   * are missing. One map for many rules.
   */
  readonly usual?: ReadonlyMap<string, readonly string[]>;
  /**
   * A category or service that the pipelines do not know of a product whose others they tell apart.
   */
  readonly strange?: {
    readonly part: string;
    readonly name: string;
    readonly product: string;
    readonly near?: string;
  };
  /** False where the pipelines rename fields, but none of this rule's log source. */
  readonly known: boolean;
  /**
   * Changes the text of a query after a backend made it; throws what it can't do. Undefined: no
   * pipeline asks for that.
   */
  readonly postprocess?: (query: string) => string;
  /** The log source as written, where the rule is a detection. */
  readonly logsource?: LogSource;
}

/** Names of one pipeline that a rule was given and that no public source proves. */
export interface UnprovedNames {
  /** Name of the pipeline's file without its ending. */
  readonly pipeline: string;
  readonly names: readonly string[];
}

/** A field that something beside the rule names. */
export interface NamedField {
  /** What the pipelines call it; several where it stands for several. */
  readonly names: readonly string[];
  /** No event of the product has it. */
  readonly absent: boolean;
  /** No pipeline spells the name out, so that it may be misspelled. */
  readonly guessed: boolean;
}

export interface CompileOptions {
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  readonly bag: DiagnosticBag;
  /** A pipeline follows, which may know the placeholders that have no value here. */
  readonly keepPlaceholders?: boolean;
}

/**
 * Settles a rule; one that correlations refer to only once. The function returns undefined where
 * the rule has been reported.
 */
export function createSettler(
  collection: Collection,
  options: CompileOptions,
): (rule: Rule) => SettledRule | undefined {
  const known = new Map<Rule, SettledRule | undefined>();
  // once, however many rules they reach: an error in a filter is told once, in the filter
  const filters = new Map(
    collection.filters.map((filter) => [filter, settledFilter(filter, options)]),
  );
  const settle = (rule: Rule): SettledRule | undefined => {
    if (known.has(rule)) return known.get(rule);
    const settled =
      rule.kind === 'detection'
        ? settleRule(rule, collection, filters, options)
        : settleCorrelation(rule, collection, options, settle);
    // the others are dropped after use: thousands of trees are worth their memory
    if (collection.isReferenced(rule)) known.set(rule, settled);
    return settled;
  };
  return settle;
}

/** Settles and combines: rules as they are meant without a pipeline. */
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
 * Makes the query of settled rules, of shared ones once. The function returns undefined where a
 * rule has been reported.
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
  // its condition is looked at here, for all rules
  return settled && combine(settled, options.bag) !== 'error' ? settled : undefined;
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
    const found = collection.find(reference.name, rule.file);
    const part = found && settle(found);
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
    // a filter's diagnostics have been told
    const query = combine(part, index === 0 ? bag : createBag());
    if (query === 'error') return undefined;
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

/** The rule itself and all below it, each once: correlations may share parts level upon level. */
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

/** Every log source below a rule once as written, in order of first mention. */
export function logSourcesOf(compiled: CompiledRule): readonly LogSource[] {
  if (compiled.kind === 'detection') return [writtenSource(compiled)];
  const sources = new Map<string, LogSource>();
  for (const part of detectionsBelow(compiled)) {
    const logsource = writtenSource(part);
    sources.set(`${logsource.product}\n${logsource.category}\n${logsource.service}`, logsource);
  }
  return [...sources.values()];
}
