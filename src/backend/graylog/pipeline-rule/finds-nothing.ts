import type { RegexNode } from '../../../regex/tree.ts';

/**
 * Whether the expression may be found in an empty text, which is what a missing field looks like to
 * a function of the rule language. An expression for which that is not plain counts, too.
 */
export function mayFindNothing(node: RegexNode): boolean {
  switch (node.kind) {
    case 'char':
    case 'any':
    case 'class':
      return false;
    case 'sequence':
      return node.nodes.every(mayFindNothing);
    case 'alternation':
      return node.branches.some(mayFindNothing);
    case 'group':
    case 'atomic':
      return mayFindNothing(node.node);
    case 'repeat':
      return node.min === 0 || mayFindNothing(node.node);
    case 'empty':
    case 'anchor':
    case 'lookaround':
    case 'backreference':
    case 'opaque':
      return true;
  }
}
