import { knownProducts, knownServices } from '../event/known-log-sources.ts';
import type { SigmaDocument } from '../sigma/collection/document.ts';
import { fieldsOf } from '../sigma/collection/rule-fields.ts';
import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import type { DetectionRule, LogSource } from '../sigma/rule/rule.ts';

/** What rules have been seen to use: what is offered to whoever writes another one. */
export interface Vocabulary {
  /** Fields with the number of rules that use them. */
  readonly fields: ReadonlyMap<string, number>;
  /** The same for each log source, see {@link sourceKey}. */
  readonly fieldsBySource: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly logSources: readonly LogSource[];
  readonly tags: ReadonlyMap<string, number>;
  /** Ids and names that correlations and filters can refer to, with titles. */
  readonly rules: ReadonlyMap<string, string>;
}

/** `product/category/service`. */
export const sourceKey = ({ product, category, service }: LogSource): string =>
  [product, category, service].map((part) => part ?? '').join('/');

const count = <Key>(counts: Map<Key, number>, key: Key): unknown =>
  counts.set(key, (counts.get(key) ?? 0) + 1);

/** The vocabulary of documents; without any, the known log sources alone. */
export function vocabularyOf(documents: Iterable<SigmaDocument>): Vocabulary {
  const fields = new Map<string, number>();
  const fieldsBySource = new Map<string, Map<string, number>>();
  const sources = new Map<string, LogSource>();
  const tags = new Map<string, number>();
  const rules = new Map<string, string>();
  const addHead = (document: DetectionRule | CorrelationRule): void => {
    for (const tag of document.tags) count(tags, tag);
    for (const name of [document.name, document.id])
      if (name !== undefined) rules.set(name, document.title);
  };
  const addDetection = (rule: DetectionRule): void => {
    const { logsource } = rule;
    const key = sourceKey(logsource);
    const { definition: _, ...source } = logsource;
    sources.set(key, source);
    const own = fieldsBySource.get(key) ?? new Map<string, number>();
    fieldsBySource.set(key, own);
    for (const field of fieldsOf(rule)) {
      count(fields, field);
      count(own, field);
    }
  };
  for (const document of documents) {
    if (document.kind === 'detection' || document.kind === 'correlation') addHead(document);
    if (document.kind === 'detection') addDetection(document);
  }
  for (const product of knownProducts) addKnown(sources, { product });
  for (const service of knownServices) addKnown(sources, { service });
  return { fields, fieldsBySource, logSources: [...sources.values()], tags, rules };
}

/** A product or service that no rule of the collection has, by itself. */
function addKnown(sources: Map<string, LogSource>, source: LogSource): void {
  const { product, service } = source;
  for (const one of sources.values())
    if (one.product === (product ?? one.product) && one.service === (service ?? one.service))
      return;
  sources.set(sourceKey(source), source);
}
