import { otherCases, widenCase } from '../../../regex/case.ts';
import { childrenOf, type RegexNode, type RegexRepeat } from '../../../regex/tree.ts';

/** Rounds that a repetition without a limit counts for. */
const unlimited = 400;
/** The engine walks so many ways through a value within seconds. */
const most = 100_000_000;

/**
 * Whether the engine may find too many ways to share a value between the rounds of a repetition
 * with a limit and those of the repetitions in it: it walks all of them where the rest does not
 * match. Without a limit, it remembers where a greedy round has failed.
 */
export const hasTooManyWays = (node: RegexRepeat): boolean =>
  waysOf(node.node) > 1 && waysOf(node) > most;

/** What stands side by side is not multiplied: mostly one ends where another begins. */
function waysOf(node: RegexNode): number {
  switch (node.kind) {
    case 'lookaround':
    case 'atomic':
      return 1;
    case 'repeat':
      return node.possessive ? 1 : ofRepeat(node);
    default:
      return childrenOf(node).reduce((ways, child) => Math.max(ways, waysOf(child)), 1);
  }
}

function ofRepeat({ node, min, max, lazy }: RegexRepeat): number {
  const inner = waysOf(node);
  const isLimited = max !== Number.POSITIVE_INFINITY;
  const own = isLimited ? max - min + 1 : unlimited;
  if (inner === 1 || isSeparated(node)) return own * inner;
  if (isLimited) return own * inner ** max;
  return lazy ? Number.POSITIVE_INFINITY : own * inner;
}

/** Whether each round has one character that nothing else in it can be: `(?:[a-z]{1,63}\.)`. */
function isSeparated(node: RegexNode): boolean {
  if (node.kind === 'group') return isSeparated(node.node);
  return (
    node.kind === 'sequence' &&
    node.nodes.some(
      (one) =>
        one.kind === 'char' &&
        node.nodes.every((other) => other === one || !mayMatch(other, one.codePoint)),
    )
  );
}

function mayMatch(node: RegexNode, point: number): boolean {
  switch (node.kind) {
    case 'char':
      return (
        node.codePoint === point || (node.ignoreCase && otherCases(node.codePoint).includes(point))
      );
    case 'class': {
      const ranges = node.ignoreCase ? widenCase(node.ranges) : node.ranges;
      return ranges.some(([low, high]) => low <= point && point <= high) !== node.negated;
    }
    case 'any':
    case 'backreference':
    case 'opaque':
      return true;
    default:
      return childrenOf(node).some((child) => mayMatch(child, point));
  }
}
