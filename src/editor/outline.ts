import type { SourceFile, Span } from '../source/span.ts';
import { parseYaml } from '../source/yaml/parse.ts';
import { lookup, type YamlMapping, type YamlPair } from '../source/yaml/tree.ts';

/** A part of a file that an editor lists. */
export interface OutlineEntry {
  readonly name: string;
  readonly kind: 'rule' | 'correlation' | 'filter' | 'section' | 'selection' | 'condition';
  readonly span: Span;
  /** What is marked when the entry is chosen. */
  readonly nameSpan: Span;
  readonly children: readonly OutlineEntry[];
}

const sections = new Set(['logsource', 'detection', 'correlation', 'filter', 'tags', 'sigpack']);

/** The rules of a file with their sections and selections. */
export const outlineOf = (file: SourceFile): readonly OutlineEntry[] =>
  parseYaml(file).documents.flatMap((node) => (node.kind === 'mapping' ? [ofDocument(node)] : []));

function ofDocument(node: YamlMapping): OutlineEntry {
  const title = node.pairs.find(({ key }) => key.text === 'title');
  const kind = lookup(node, 'correlation')
    ? 'correlation'
    : lookup(node, 'filter')
      ? 'filter'
      : 'rule';
  const name = title?.value.kind === 'scalar' ? title.value.text : '';
  return {
    name: name === '' ? kind : name,
    kind,
    span: node,
    nameSpan: title?.value ?? { start: node.start, end: node.start },
    children: node.pairs.filter(({ key }) => sections.has(key.text)).map(ofSection),
  };
}

function ofSection({ key, value }: YamlPair): OutlineEntry {
  const hasSelections = key.text === 'detection' || key.text === 'filter';
  return {
    name: key.text,
    kind: 'section',
    span: { start: key.start, end: Math.max(key.end, value.end) },
    nameSpan: key,
    children:
      hasSelections && value.kind === 'mapping' ? value.pairs.map((pair) => ofSelection(pair)) : [],
  };
}

const ofSelection = ({ key, value }: YamlPair): OutlineEntry => ({
  name: key.text,
  kind: key.text === 'condition' ? 'condition' : 'selection',
  span: { start: key.start, end: Math.max(key.end, value.end) },
  nameSpan: key,
  children: [],
});
