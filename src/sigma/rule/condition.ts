import type { Span } from '../../source/span.ts';
import { starMatcher } from '../../source/star-pattern.ts';

/** A condition as written. Spans are offsets in the rule's file. */
export type ConditionNode =
  | ({ readonly kind: 'and' | 'or'; readonly operands: readonly ConditionNode[] } & Span)
  | ({ readonly kind: 'not'; readonly operand: ConditionNode } & Span)
  | ({ readonly kind: 'name'; readonly name: string } & Span)
  /** `1 of selection_*`, `all of them`; a pattern without `*` names one selection. */
  | ({
      readonly kind: 'quantifier';
      readonly quantifier: 'any' | 'all';
      readonly pattern: string;
    } & Span);

/**
 * Whether `them` or a pattern of a quantifier matches a selection. One that starts with an
 * underscore matches only if the pattern does too.
 */
export function selectionMatcher(pattern: string): (name: string) => boolean {
  const matches = starMatcher(pattern.toLowerCase() === 'them' ? '*' : pattern);
  return (name) => matches(name) && (pattern.startsWith('_') || !name.startsWith('_'));
}
