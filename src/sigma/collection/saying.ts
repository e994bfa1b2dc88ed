import type { YamlNode } from '../../source/yaml/tree.ts';
import type { RuleHead } from '../rule/rule.ts';

/**
 * Gives documents that say the same the same text: of each its own text, or a number for its tree.
 * Several rules may have large trees in common, so that each node is looked at once.
 */
export function createSaying(): (document: Pick<RuleHead, 'file' | 'span' | 'document'>) => string {
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
    return `map ${node.pairs.map(({ key, value }) => `${numberOf(key)}:${numberOf(value)}`).join()}`;
  };
  return ({ file, span, document }) =>
    document
      ? `tree ${numberOf(document)}`
      : `text ${file.text.slice(span.start, span.end).trimEnd()}`;
}
