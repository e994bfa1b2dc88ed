import { anyClause, type Clause, leastClause, likelihood } from '../../../query/clause.ts';
import { type Condition, type LiteralLeaf, leavesOf } from '../pipeline-rule/condition.ts';

/** Finds the clause that the fewest messages pass. */
export interface ClauseFinder {
  /** The test of a literal, if it takes no function call. */
  readonly testOf: (leaf: LiteralLeaf) => string | undefined;
  /** How many rules have a test. */
  readonly uses: ReadonlyMap<string, number>;
}

/** The texts of tests, none of which calls a function: if the condition holds, so does one. */
export function clauseOf(condition: Condition, finder: ClauseFinder): Clause<string> | undefined {
  switch (condition.kind) {
    case 'literal':
      return ofLiteral(condition, finder);
    case 'regex':
      return leastClause(condition.needs, (leaf) => ofLiteral(leaf, finder));
    case 'and':
      return leastClause(condition.operands, (operand) => clauseOf(operand, finder));
    case 'or': {
      const clause = anyClause(condition.operands, (operand) => clauseOf(operand, finder));
      if (clause === undefined || clause.terms.length === 0) return undefined;
      return { ...clause, terms: [...new Set(clause.terms)] };
    }
    default:
      return undefined;
  }
}

function ofLiteral(leaf: LiteralLeaf, { testOf, uses }: ClauseFinder): Clause<string> | undefined {
  const test = testOf(leaf);
  if (test === undefined) return undefined;
  const share = likelihood({ place: leaf.at, text: leaf.text.trim() });
  return { terms: [test], cost: Math.min(1, share * (uses.get(test) ?? 1)) };
}

/** All literals of a condition, needed ones of its expressions too. */
export const literalsOf = (condition: Condition): readonly LiteralLeaf[] =>
  leavesOf(condition).flatMap((leaf) =>
    leaf.kind === 'literal' ? [leaf] : leaf.kind === 'regex' ? leaf.needs : [],
  );
