import type { Condition, LiteralLeaf } from '../pipeline-rule/condition.ts';

/** If a condition holds, so does at least one of these tests, none of which calls a function. */
export interface GateClause {
  /** Texts of tests. */
  readonly tests: readonly string[];
  /** Estimated share of messages that pass one of them. */
  readonly cost: number;
}

/** Finds the clause that the fewest messages pass. */
export interface ClauseFinder {
  /** The test of a literal, if it takes no function call. */
  readonly testOf: (leaf: LiteralLeaf) => string | undefined;
  /** How many rules have a test. */
  readonly uses: ReadonlyMap<string, number>;
}

export function clauseOf(condition: Condition, finder: ClauseFinder): GateClause | undefined {
  switch (condition.kind) {
    case 'literal':
      return ofLiteral(condition, finder);
    case 'regex':
      return least(condition.needs.map((leaf) => ofLiteral(leaf, finder)));
    case 'and':
      return least(condition.operands.map((operand) => clauseOf(operand, finder)));
    case 'or':
      return ofAny(condition.operands, finder);
    default:
      return undefined;
  }
}

function ofLiteral(leaf: LiteralLeaf, { testOf, uses }: ClauseFinder): GateClause | undefined {
  const test = testOf(leaf);
  if (test === undefined) return undefined;
  return { tests: [test], cost: Math.min(1, likelihood(leaf) * (uses.get(test) ?? 1)) };
}

/** Longer literals are rarer. */
function likelihood({ at, text }: LiteralLeaf): number {
  if (at === 'whole') return 0.001;
  return Math.max(0.0001, 0.35 ** (text.trim().length + (at === 'inside' ? 0 : 3)));
}

function least(clauses: readonly (GateClause | undefined)[]): GateClause | undefined {
  let best: GateClause | undefined;
  for (const clause of clauses) if (clause && (!best || clause.cost < best.cost)) best = clause;
  return best;
}

function ofAny(operands: readonly Condition[], finder: ClauseFinder): GateClause | undefined {
  const tests = new Set<string>();
  let cost = 0;
  for (const operand of operands) {
    const clause = clauseOf(operand, finder);
    if (!clause) return undefined;
    for (const test of clause.tests) tests.add(test);
    cost += clause.cost;
  }
  return tests.size === 0 ? undefined : { tests: [...tests], cost };
}

/** All literals of a condition, needed ones of its expressions too. */
export function literalsOf(condition: Condition): readonly LiteralLeaf[] {
  const found: LiteralLeaf[] = [];
  collect(condition, found);
  return found;
}

function collect(condition: Condition, found: LiteralLeaf[]): void {
  if (condition.kind === 'literal') found.push(condition);
  else if (condition.kind === 'regex') found.push(...condition.needs);
  else if (condition.kind === 'not') collect(condition.operand, found);
  else if (condition.kind === 'and' || condition.kind === 'or')
    for (const operand of condition.operands) collect(operand, found);
}
