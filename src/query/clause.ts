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
