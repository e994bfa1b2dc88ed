import type { Span } from '../source/span.ts';

/** A condition as written. Spans are offsets in the rule's file. */
export type ConditionNode =
  | ({ readonly kind: 'and' | 'or'; readonly operands: readonly ConditionNode[] } & Span)
  | ({ readonly kind: 'not'; readonly operand: ConditionNode } & Span)
  | ({ readonly kind: 'name'; readonly name: string } & Span)
  /** `1 of selection_*`, `all of them`; a pattern without `*` names one selection. */
  | ({ readonly kind: 'quantifier'; readonly quantifier: 'any' | 'all'; readonly pattern: string } & Span);
