import type { Collection, Rule } from '../sigma/collection.ts';
import type { CorrelationRule } from '../sigma/correlation.ts';
import type { FilterRule } from '../sigma/filter.ts';
import type { Pattern } from '../sigma/pattern.ts';
import type { DetectionRule, LogSource } from '../sigma/rule.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import { detectionQuery } from './normalize.ts';
import { and, type Query } from './tree.ts';

/** A rule with its meaning, filters included; a correlation with those of the rules that it refers to, in their order. */
export type CompiledRule = CompiledDetection | CompiledCorrelation;

export interface CompiledDetection {
  readonly kind: 'detection';
  readonly rule: DetectionRule;
  readonly query: Query;
}

export interface CompiledCorrelation {
  readonly kind: 'correlation';
  readonly rule: CorrelationRule;
  readonly parts: readonly CompiledRule[];
}

export interface CompileOptions {
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  readonly bag: DiagnosticBag;
}

/** Compiles a rule; one that correlations refer to only once. The function returns undefined where the rule has been complained about. */
export function createCompiler(collection: Collection, options: CompileOptions): (rule: Rule) => CompiledRule | undefined {
  const known = new Map<Rule, CompiledRule | undefined>();
  // once, however many rules they reach: a fault in a filter is told once, in the filter
  const filters = new Map(collection.filters.map((filter) => [filter, detectionQuery({ ...options, file: filter.file }, filter.detection)]));
  const compile = (rule: Rule): CompiledRule | undefined => {
    if (known.has(rule)) return known.get(rule);
    const compiled =
      rule.kind === 'detection' ? compileDetection(rule, collection.filtersOf(rule), filters, options) : compileCorrelation(rule, collection, options, compile);
    // the others are dropped after use: thousands of trees are worth their memory
    if (collection.isReferenced(rule)) known.set(rule, compiled);
    return compiled;
  };
  return compile;
}

function compileDetection(
  rule: DetectionRule,
  applied: readonly FilterRule[],
  filters: ReadonlyMap<FilterRule, Query | undefined>,
  { placeholders, bag }: CompileOptions,
): CompiledDetection | undefined {
  const query = detectionQuery({ file: rule.file, bag, placeholders }, rule.detection);
  if (!query) return undefined;
  if (applied.length === 0) return { kind: 'detection', rule, query };
  const operands: Query[] = [query];
  for (const filter of applied) {
    const filterQuery = filters.get(filter);
    if (filterQuery) operands.push(filterQuery);
    else
      bag.add(rule.file, {
        code: 'SIG060',
        message: `the filter "${filter.title}" (${filter.file.path}) is at fault`,
        span: rule.titleSpan,
        hint: 'Fix the filter first.',
      });
  }
  return operands.length > applied.length ? { kind: 'detection', rule, query: and(operands) } : undefined;
}

function compileCorrelation(
  rule: CorrelationRule,
  collection: Collection,
  { bag }: CompileOptions,
  compile: (rule: Rule) => CompiledRule | undefined,
): CompiledCorrelation | undefined {
  const parts: CompiledRule[] = [];
  for (const reference of rule.rules) {
    const found = collection.find(reference.name);
    const part = found && compile(found);
    if (part) parts.push(part);
    else bag.add(rule.file, { code: 'SIG053', message: `\`${reference.name}\` could not be compiled`, span: reference });
  }
  return parts.length === rule.rules.length ? { kind: 'correlation', rule, parts } : undefined;
}

/** Every log source below a rule once, in order of first mention. */
export function logSourcesOf(compiled: CompiledRule): readonly LogSource[] {
  if (compiled.kind === 'detection') return [compiled.rule.logsource];
  const sources = new Map<string, LogSource>();
  // correlations may share parts level upon level
  const visited = new Set<CompiledRule>();
  const visit = (part: CompiledRule): void => {
    if (visited.has(part)) return;
    visited.add(part);
    if (part.kind === 'correlation') {
      part.parts.forEach(visit);
      return;
    }
    const { logsource } = part.rule;
    sources.set(`${logsource.product}\n${logsource.category}\n${logsource.service}`, logsource);
  };
  visit(compiled);
  return [...sources.values()];
}
