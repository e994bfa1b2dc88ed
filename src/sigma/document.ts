import { createBag, type DiagnosticBag, isFatal } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { lookup, parseYaml, type YamlNode } from '../source/yaml.ts';
import { createReader } from './attribute.ts';
import type { CorrelationRule, LostCorrelation } from './correlation.ts';
import { lostCorrelation, readCorrelationRule } from './correlation-reader.ts';
import type { FilterRule } from './filter.ts';
import { readFilterRule } from './filter-reader.ts';
import type { DetectionRule } from './rule.ts';
import { readDetectionRule } from './rule-reader.ts';

export type SigmaDocument = DetectionRule | CorrelationRule | FilterRule | LostCorrelation;

/** What a file gave: its sound documents, filters at fault among them, and how many it holds in all. */
export interface ReadFile {
  readonly documents: readonly SigmaDocument[];
  readonly count: number;
}

/** Every Sigma document of a file. Bad ones are complained about and left out; of a correlation it stays known which rules it refers to. */
export function readDocuments(file: SourceFile, bag: DiagnosticBag): ReadFile {
  const before = bag.list.length;
  const nodes = parseYaml(file, bag);
  const yaml = bag.list.slice(before).filter(isFatal);
  // a key that stands twice leaves no way to tell which was meant
  const doubtful = (node: YamlNode) => yaml.some(({ span }) => span.start >= node.start && span.start < node.end);
  const documents: SigmaDocument[] = [];
  for (const node of nodes) {
    const unclear = doubtful(node);
    const start = bag.list.length;
    const document = readDocument(file, node, unclear ? createBag() : bag);
    // a document with any fatal complaint is left out whole: half a rule would mean something else
    if (document && !unclear && !bag.list.slice(start).some(isFatal)) documents.push(document);
    // but a filter and a correlation take the rules along that they reach
    else if (document?.kind === 'filter') documents.push({ ...document, detection: undefined });
    else if (node.kind === 'mapping' && lookup(node, 'correlation')) documents.push(lostCorrelation(file, node));
  }
  // a complaint outside of every tree is about a document that gave none
  const broken = yaml.filter(({ span }) => !nodes.some((node) => span.start >= node.start && span.start < node.end)).length;
  return { documents, count: nodes.length + broken };
}

function readDocument(file: SourceFile, node: YamlNode, bag: DiagnosticBag): SigmaDocument | undefined {
  if (node.kind !== 'mapping') {
    bag.add(file, { code: 'SIG005', message: `the document is ${node.kind === 'sequence' ? 'a list' : 'a single value'}, not a map`, span: node });
    return undefined;
  }
  const reader = createReader(file, node, bag);
  if (reader.attributes.has('correlation')) return readCorrelationRule(reader);
  if (reader.attributes.has('filter')) return readFilterRule(reader);
  if (reader.attributes.has('detection')) return readDetectionRule(reader);
  const collection = reader.attributes.get('action');
  const hint = collection
    ? 'Rule collections (`action: global`) are gone from Sigma 2: write each rule out.'
    : 'Add `detection:`, `correlation:` or `filter:`.';
  bag.add(file, { code: 'SIG005', message: 'the document has neither `detection` nor `correlation` nor `filter`', span: reader.anchor, hint });
  return undefined;
}
