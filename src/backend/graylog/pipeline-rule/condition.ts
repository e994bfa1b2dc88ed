import type { CompareOperator, FieldTest } from '../../../query/tree.ts';

/**
 * When a pipeline rule of Graylog holds: the tree of a query without places, in tests that the
 * rule language has. An `and` of nothing is true, an `or` of nothing is false.
 */
export type Condition = Combined | Negated | Leaf;

export interface Combined {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Condition[];
}

export interface Negated {
  readonly kind: 'not';
  readonly operand: Condition;
}

/** A test of one field of the message. All of them are false where the field is missing. */
export type Leaf = LiteralLeaf | RegexLeaf | PresentLeaf | NetworkLeaf | NumberLeaf | RelatedLeaf;

/** Whether a test sees the text of a field with its letter case folded, or as it is. */
export type Spelling = 'folded' | 'written';

/** The field's text is, starts with, ends with or contains a literal. */
export interface LiteralLeaf {
  readonly kind: 'literal';
  readonly field: string;
  readonly spelling: Spelling;
  readonly at: 'whole' | 'start' | 'end' | 'inside';
  /** Not empty. */
  readonly text: string;
}

/** A regular expression of java.util.regex is found in the field's text. */
export interface RegexLeaf {
  readonly kind: 'regex';
  readonly field: string;
  readonly spelling: Spelling;
  readonly pattern: string;
  /** Every text with a match has these. */
  readonly needs: readonly LiteralLeaf[];
  /** It may use up the stack on a long text, which ends the evaluation of a whole stage. */
  readonly deep: boolean;
}

/** The message has the field. */
export interface PresentLeaf {
  readonly kind: 'present';
  readonly field: string;
}

/** The field is an address of a network. */
export interface NetworkLeaf {
  readonly kind: 'network';
  readonly field: string;
  /** `10.0.0.0/8` or `2001:db8::/32`. */
  readonly network: string;
  /** `mapped`: the network of IPv4 that addresses such as `::ffff:10.0.0.1` are in. */
  readonly form: 'ipv4' | 'ipv6' | 'mapped';
}

/** The field is a number, or text that is one, and compares like this. */
export interface NumberLeaf {
  readonly kind: 'number';
  readonly field: string;
  readonly operator: CompareOperator;
  readonly value: number | bigint;
}

/** The field compares like this with another field of the message. */
export interface RelatedLeaf {
  readonly kind: 'related';
  readonly field: string;
  readonly other: string;
  readonly relation: FieldTest['relation'];
  readonly spelling: Spelling;
}

/** The tests of a condition, in its order. */
export function leavesOf(condition: Condition): readonly Leaf[] {
  const leaves: Leaf[] = [];
  collectLeaves(condition, leaves);
  return leaves;
}

function collectLeaves(condition: Condition, leaves: Leaf[]): void {
  if (condition.kind === 'not') collectLeaves(condition.operand, leaves);
  else if ('operands' in condition)
    for (const operand of condition.operands) collectLeaves(operand, leaves);
  else leaves.push(condition);
}
