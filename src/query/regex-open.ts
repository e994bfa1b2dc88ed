import { parseRegex } from '../regex/regex.ts';
import type { RegexClass, RegexNode } from '../regex/tree.ts';
import type { RegexTest } from './tree.ts';

/** A class with this many characters requires no particular text: all letters, for example. */
const WIDE = 26;

/**
 * True for an expression such as `.*`, `^\w+$` or `x?`, which requires no particular text in a
 * value.
 */
export function asksForNoText(test: RegexTest): boolean {
  const parsed = parseRegex(test.source, test);
  return parsed.ok && isOpen(parsed.value.node);
}

function isOpen(node: RegexNode): boolean {
  switch (node.kind) {
    case 'char':
      return false;
    case 'class':
      return node.negated || sizeOf(node) >= WIDE;
    case 'sequence':
      return node.nodes.every(isOpen);
    case 'alternation':
      return node.branches.some(isOpen);
    case 'group':
    case 'atomic':
      return isOpen(node.node);
    case 'repeat':
      return node.min === 0 || isOpen(node.node);
    case 'lookaround':
      return node.negated || isOpen(node.node);
    default:
      return true;
  }
}

const sizeOf = ({ ranges }: RegexClass): number =>
  ranges.reduce((size, [low, high]) => size + high - low + 1, 0);
