import { ANY, joinParts, type Pattern, type PatternPart } from '../sigma/value/pattern.ts';
import type { RegexNode } from './tree.ts';

/**
 * A pattern that matches every value that the expression matches, apart from letter case: its
 * literal runs in order, with anything between them. `[ANY]` if it has none.
 */
export function requiredPattern(node: RegexNode): Pattern {
  const parts: PatternPart[] = [ANY, ...partsOf(node), ANY];
  return joinParts(parts);
}

function partsOf(node: RegexNode): readonly PatternPart[] {
  switch (node.kind) {
    case 'char':
      return isSingleCase(node.codePoint) ? [String.fromCodePoint(node.codePoint)] : anything;
    case 'sequence':
      return node.nodes.flatMap(partsOf);
    case 'group':
    case 'atomic':
      return partsOf(node.node);
    case 'repeat':
      // at least one turn, with anything before the next
      return node.min > 0 ? [...partsOf(node.node), ...(node.max === 1 ? [] : anything)] : anything;
    case 'anchor':
    case 'lookaround':
    case 'empty':
      return [];
    default:
      return anything;
  }
}

const anything: readonly PatternPart[] = [ANY];

/** Other engines may fold letters beyond ASCII differently. */
const isSingleCase = (codePoint: number): boolean => codePoint < 0x80 && codePoint >= 0x20;
