import type {
  CompiledRule,
  SettledCorrelation,
  SettledDetectionRule,
  SettledRule,
} from '../query/compile.ts';
import { combine } from '../query/normalize.ts';
import type { SettledBody, SettledDetection, SettledItem } from '../query/settled.ts';
import { settledItems } from '../query/settled.ts';
import { and } from '../query/tree.ts';
import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import type { SourceFile, Span } from '../source/span.ts';

/** A rule with one changed part: a test that notices the change shows that the part matters. */
export interface Mutant {
  readonly change: 'dropped' | 'negated' | 'lowered' | 'raised' | 'halved' | 'doubled';
  /** The part as written: `Image|endswith`, `selection_wmic`, `gte: 10`. */
  readonly part: string;
  readonly file: SourceFile;
  readonly span: Span;
  readonly settled: SettledRule;
}

/**
 * Drops and negates each selection and each item of a rule. Of a correlation, also changes its
 * numbers and drops its fields.
 */
export function* mutantsOf(settled: SettledRule): Generator<Mutant> {
  if (settled.kind === 'detection') yield* detectionMutants(settled);
  else yield* correlationMutants(settled);
}

/** The meaning of a mutant. If nothing of its condition is left, it finds everything. */
export function mutantMeaning(settled: SettledRule): CompiledRule {
  if (settled.kind === 'correlation')
    return { kind: 'correlation', rule: settled.rule, parts: settled.parts.map(mutantMeaning) };
  const queries = settled.parts.flatMap((part) => {
    const combined = combine(part);
    return (combined.ok && combined.value.query) || [];
  });
  return { kind: 'detection', rule: settled.rule, query: and(queries) };
}

/** Filters do not belong to the rule: only its detection is changed. */
function* detectionMutants(settled: SettledDetectionRule): Generator<Mutant> {
  const [own, ...filters] = settled.parts;
  if (!own) return;
  for (const { name, span, body } of own.searches.values()) {
    const place = { part: name, file: own.file, span };
    const changed = (next: SettledBody): SettledDetectionRule => ({
      ...settled,
      parts: [withBody(own, name, next), ...filters],
      shared: false,
    });
    const items = settledItems(body);
    // those of a selection with one item are those of the item
    if (items.length > 1) {
      yield {
        ...place,
        change: 'dropped',
        settled: changed({ kind: 'group', link: 'and', entries: [] }),
      };
      yield { ...place, change: 'negated', settled: changed(negated(body)) };
    }
    for (const item of items) {
      const of = { part: writtenKey(item), file: item.file, span: item.span };
      yield { ...of, change: 'dropped', settled: changed(replaced(body, item, undefined)) };
      yield {
        ...of,
        change: 'negated',
        settled: changed(replaced(body, item, { ...item, negated: !item.negated })),
      };
    }
  }
}

/** The key of an item as written, or the name of the field if a pipeline changed it. */
export function writtenKey({ field, file, span }: SettledItem): string {
  if (field === undefined) return 'keywords';
  const text = file.text.slice(span.start, span.end).replace(/^['"]|['"]$/g, '');
  return text.startsWith(field) ? text : field;
}

function withBody(detection: SettledDetection, name: string, body: SettledBody): SettledDetection {
  const searches = new Map(detection.searches);
  const search = searches.get(name);
  if (search) searches.set(name, { ...search, body });
  return { ...detection, searches };
}

function replaced(body: SettledBody, item: SettledItem, by: SettledItem | undefined): SettledBody {
  if (body === item) return by ?? { kind: 'group', link: 'and', entries: [] };
  if (body.kind === 'item') return body;
  return {
    ...body,
    entries: body.entries.flatMap((entry) =>
      entry === item ? (by ?? []) : replaced(entry, item, by),
    ),
  };
}

function negated(body: SettledBody): SettledBody {
  if (body.kind === 'item') return { ...body, negated: !body.negated };
  return { ...body, link: body.link === 'and' ? 'or' : 'and', entries: body.entries.map(negated) };
}

function* correlationMutants(settled: SettledCorrelation): Generator<Mutant> {
  const { rule, parts } = settled;
  const place = { file: rule.file, span: rule.typeSpan };
  const changed = (change: Partial<CorrelationRule>): SettledCorrelation => ({
    ...settled,
    rule: { ...rule, ...change },
    shared: false,
  });
  // an ordered correlation has no condition but that all rules match
  for (const threshold of rule.type === 'temporal_ordered' ? [] : rule.thresholds) {
    const moved = (by: number) =>
      changed({
        thresholds: rule.thresholds.map((one) =>
          one === threshold ? { ...one, value: one.value + by } : one,
        ),
      });
    const part = `${threshold.operator}: ${threshold.value}`;
    yield { ...place, part, change: 'lowered', settled: moved(-1) };
    yield { ...place, part, change: 'raised', settled: moved(1) };
  }
  const part = `timespan: ${rule.timespan}s`;
  yield { ...place, part, change: 'halved', settled: changed({ timespan: rule.timespan / 2 }) };
  yield { ...place, part, change: 'doubled', settled: changed({ timespan: rule.timespan * 2 }) };
  for (const field of rule.groupBy)
    yield {
      ...place,
      part: `group-by: ${field}`,
      change: 'dropped',
      settled: changed({ groupBy: rule.groupBy.filter((one) => one !== field) }),
    };
  for (const one of parts)
    for (const mutant of mutantsOf(one))
      yield {
        ...mutant,
        settled: {
          ...settled,
          parts: parts.map((other) => (other === one ? mutant.settled : other)),
          shared: false,
        },
      };
}
