import type { CodeRanges } from './set.ts';

/**
 * A PCRE pattern as a tree. Inline flags are on the leaves, so no node depends on its surroundings.
 * Nodes that an engine may have to refuse have an `offset`, in UTF-16 units from the start of the
 * pattern.
 */
export type RegexNode =
  | RegexEmpty
  | RegexChar
  | RegexAny
  | RegexClass
  | RegexSequence
  | RegexAlternation
  | RegexGroup
  | RegexRepeat
  | RegexAnchor
  | RegexLookaround
  | RegexBackreference
  | RegexAtomic
  | RegexOpaque;

export interface RegexEmpty {
  readonly kind: 'empty';
}

export interface RegexChar {
  readonly kind: 'char';
  readonly codePoint: number;
  readonly ignoreCase: boolean;
}

/** `.`: any character; a newline only if `dotAll`. */
export interface RegexAny {
  readonly kind: 'any';
  readonly dotAll: boolean;
}

/**
 * A character in the ranges or, if negated, outside them. With `ignoreCase` the ranges are widened
 * first, then negated.
 */
export interface RegexClass {
  readonly kind: 'class';
  readonly negated: boolean;
  readonly ranges: CodeRanges;
  readonly ignoreCase: boolean;
}

export interface RegexSequence {
  readonly kind: 'sequence';
  readonly nodes: readonly RegexNode[];
}

export interface RegexAlternation {
  readonly kind: 'alternation';
  readonly branches: readonly RegexNode[];
}

export interface RegexGroup {
  readonly kind: 'group';
  readonly capturing: boolean;
  readonly node: RegexNode;
}

export interface RegexRepeat {
  readonly kind: 'repeat';
  readonly node: RegexNode;
  readonly min: number;
  /** `Infinity` if the pattern sets no limit. */
  readonly max: number;
  readonly lazy: boolean;
  readonly possessive: boolean;
  readonly offset: number;
}

export interface RegexAnchor {
  readonly kind: 'anchor';
  readonly at: 'start' | 'end' | 'wordBoundary' | 'notWordBoundary' | 'textStart' | 'textEnd';
  /** `start` and `end` also match at the edges of lines. */
  readonly multiline: boolean;
  readonly offset: number;
}

export interface RegexLookaround {
  readonly kind: 'lookaround';
  readonly behind: boolean;
  readonly negated: boolean;
  readonly node: RegexNode;
  readonly offset: number;
}

export interface RegexBackreference {
  readonly kind: 'backreference';
  readonly to: number | string;
  readonly offset: number;
}

export interface RegexAtomic {
  readonly kind: 'atomic';
  readonly node: RegexNode;
  readonly offset: number;
}

/** Valid PCRE that is not taken apart, such as `\p{L}` or a recursion. */
export interface RegexOpaque {
  readonly kind: 'opaque';
  readonly text: string;
  readonly offset: number;
}

/** The nodes that a node is made of. */
export function childrenOf(node: RegexNode): readonly RegexNode[] {
  if (node.kind === 'sequence') return node.nodes;
  if (node.kind === 'alternation') return node.branches;
  return 'node' in node ? [node.node] : [];
}

export interface RegexFlags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** Thrown for an invalid pattern. `offset` is in UTF-16 units. Never leaves `parseRegex`. */
export class RegexError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
