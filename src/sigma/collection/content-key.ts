import type { YamlNode } from '../../source/yaml/tree.ts';
import type { RuleHead } from '../rule/rule.ts';

/**
 * Makes equal texts for documents with equal content: the text of the document, or a number for its
 * tree. Rules may share large trees, so each node is visited once.
 */
export function contentKeys(): (document: Pick<RuleHead, 'file' | 'span' | 'document'>) => string {
  const numbers = new Map<string, number>();
  const known = new Map<YamlNode, number>();
  const numberOf = (node: YamlNode): number => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const key = keyOf(node);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    known.set(node, number);
    return number;
  };
  const keyOf = (node: YamlNode): string => {
    if (node.kind === 'scalar') return `${node.plain ? 'plain' : 'text'} ${node.text}`;
    if (node.kind === 'sequence') return `list ${node.items.map(numberOf).join()}`;
    const pairs = node.pairs.map(({ key, value }) => `${numberOf(key)}:${numberOf(value)}`);
    return `map ${pairs.join()}`;
  };
  return ({ file, span, document }) =>
    document
      ? `tree ${numberOf(document)}`
      : `text ${file.text.slice(span.start, span.end).trimEnd()}`;
}
