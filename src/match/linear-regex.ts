import { widenCase } from '../regex/case.ts';
import { quantifier } from '../regex/quantifier.ts';
import type { CodeRanges } from '../regex/set.ts';
import type { RegexAnchor, RegexNode, RegexRepeat } from '../regex/tree.ts';
import { Unmatchable } from './unmatchable.ts';

/** The linear engine refuses larger bounds. */
const maximumBound = 1000;

/**
 * The expression in the syntax of RE2, which matches in linear time and finds the same as PCRE. It
 * needs no flags: they are on the leaves. Throws {@link Unmatchable} for look-around,
 * back-references and the like.
 */
export function linearRegex(node: RegexNode): string {
  switch (node.kind) {
    case 'empty':
      return '';
    case 'char':
      return node.ignoreCase
        ? classText(widenCase([[node.codePoint, node.codePoint]]))
        : charText(node.codePoint);
    case 'any':
      return node.dotAll ? '(?s:.)' : '.';
    case 'class':
      return classText(node.ignoreCase ? widenCase(node.ranges) : node.ranges, node.negated);
    case 'sequence':
      return node.nodes.map(linearRegex).join('');
    case 'alternation':
      return `(?:${node.branches.map(linearRegex).join('|')})`;
    case 'group':
      return `(?:${linearRegex(node.node)})`;
    case 'repeat':
      return repeatText(node);
    case 'anchor':
      return anchorText(node);
    case 'lookaround':
      throw new Unmatchable('the expression looks around, which takes more than linear time');
    case 'backreference':
      throw new Unmatchable(
        'the expression refers back to a group, which takes more than linear time',
      );
    case 'atomic':
      throw new Unmatchable('the expression has an atomic group');
    case 'opaque':
      throw new Unmatchable(`the expression holds \`${node.text}\``);
  }
}

const charText = (codePoint: number): string => `\\x{${codePoint.toString(16)}}`;

/** Spells letters in each case: the engine's flag would match the Kelvin sign for a `k`. */
function classText(ranges: CodeRanges, negated = false): string {
  const [first, ...more] = ranges;
  if (first && first[0] === first[1] && more.length === 0 && !negated) return charText(first[0]);
  const members = ranges.map(([low, high]) => `${charText(low)}-${charText(high)}`).join('');
  return `[${negated ? '^' : ''}${members}]`;
}

/** Lazy repetitions find the same texts as greedy ones, possessive ones do not. */
function repeatText({ node, min, max, possessive }: RegexRepeat): string {
  if (possessive) throw new Unmatchable('the expression repeats possessively');
  if (min > maximumBound || (max > maximumBound && max !== Number.POSITIVE_INFINITY))
    throw new Unmatchable(`the expression repeats more than ${maximumBound} times`);
  return `(?:${linearRegex(node)})${quantifier(min, max)}`;
}

/** PCRE's `$` and `\Z` also match before a final newline; consuming it finds the same texts. */
function anchorText({ at, multiline }: RegexAnchor): string {
  switch (at) {
    case 'start':
      return multiline ? '(?m:^)' : '\\A';
    case 'end':
      return multiline ? '(?m:$)' : '(?:\\n?\\z)';
    case 'textStart':
      return '\\A';
    case 'textEnd':
      return '(?:\\n?\\z)';
    case 'wordBoundary':
      return '\\b';
    case 'notWordBoundary':
      return '\\B';
  }
}
