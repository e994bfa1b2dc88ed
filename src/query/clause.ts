/** Where something is true, so is at least one of the terms. */
export interface Clause<Term> {
  readonly terms: readonly Term[];
  /** Estimated share of events of which one of them is true. */
  readonly cost: number;
}

/** Of a conjunction, the clause of one part is enough: the cheapest, of equals the first. */
export function leastClause<Part, Term>(
  parts: readonly Part[],
  clauseOf: (part: Part) => Clause<Term> | undefined,
): Clause<Term> | undefined {
  let best: Clause<Term> | undefined;
  for (const part of parts) {
    const clause = clauseOf(part);
    if (clause && (!best || clause.cost < best.cost)) best = clause;
  }
  return best;
}

/** Of alternatives, the clause of each is needed: undefined if one has none. */
export function anyClause<Part, Term>(
  parts: readonly Part[],
  clauseOf: (part: Part) => Clause<Term> | undefined,
): Clause<Term> | undefined {
  const terms: Term[] = [];
  let cost = 0;
  for (const part of parts) {
    const clause = clauseOf(part);
    if (!clause) return undefined;
    for (const term of clause.terms) terms.push(term);
    cost += clause.cost;
  }
  return { terms, cost };
}

/**
 * Where a literal is in a value: the whole value, its start, its end, or anywhere inside.
 * `present`: any value will do, and the text is empty.
 */
export type Place = 'whole' | 'start' | 'end' | 'inside' | 'present';

export interface PlacedText {
  readonly place: Place;
  readonly text: string;
}

/** The estimated share of values that have the literal there: longer ones are rarer. */
export function likelihood({ place, text }: PlacedText): number {
  if (place === 'present') return 0.5;
  if (place === 'whole') return 0.001;
  return Math.max(0.0001, 0.35 ** (text.length + (place === 'inside' ? 0 : 3)));
}
