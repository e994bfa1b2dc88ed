import { anyClause, type Clause, leastClause } from '../../../query/clause.ts';
import type { Item, Query } from '../../../query/tree.ts';
import { ANY, type Pattern } from '../../../sigma/value/pattern.ts';
import { isKindField } from '../correlation/narrowing.ts';
import { listValues, printOperand } from '../search-stage.ts';
import { looseValue, type Spelling, searchField } from '../text.ts';

/** `field=value` of the search stage, or another term. */
export interface NeededTerm {
  /** As the search stage spells it by itself. */
  readonly whole: string;
  /** As the search stage spells it; undefined for what can't be in a list of values. */
  readonly field: string | undefined;
  /** The value as the search stage spells it, or the whole term. */
  readonly text: string;
}

/**
 * Terms of the search stage: if the query is true of an event, so is at least one of them.
 * Undefined where any event may be meant, empty where none is.
 *
 * @param over - A query that the search stage can express.
 */
export function neededTerms(over: Query, cloudSafe: boolean): readonly NeededTerm[] | undefined {
  const spell = looseValue(cloudSafe);
  return clauseOf(over, spell)?.terms.map((term) => printedTerm(term, spell));
}

/** The conjuncts that are short enough to be worth sharing among the rules of a search. */
export function alwaysOf(over: Query, cloudSafe: boolean): readonly string[] {
  const spell = looseValue(cloudSafe);
  const operands = over.kind === 'and' ? over.operands : [over];
  return operands
    .map((operand) => printOperand(operand, spell))
    .filter((text) => text.length <= longestShared);
}

const longestShared = 200;

function printedTerm(term: Query, spell: Spelling): NeededTerm {
  const whole = printOperand(term, spell);
  const apart = { whole, field: undefined, text: whole };
  if (term.kind !== 'item' || term.field === undefined) return apart;
  const [value] = listValues(term, spell) ?? [];
  return value === undefined ? apart : { whole, field: searchField(term.field, term), text: value };
}

function clauseOf(query: Query, spell: Spelling): Clause<Query> | undefined {
  switch (query.kind) {
    case 'item':
      return clause(query, shareOf(query), spell);
    case 'not':
      return clause(query, 0.9, spell);
    case 'and':
      return leastClause(query.operands, (operand) => clauseOf(operand, spell));
    case 'or':
      return anyClause(query.operands, (operand) => clauseOf(operand, spell));
  }
}

/** A list of a thousand values is worse than one value that some more events have. */
const perByte = 1e-5;

const clause = (term: Query, share: number, spell: Spelling): Clause<Query> => ({
  terms: [term],
  cost: share + perByte * printOperand(term, spell).length,
});

/** Estimated: longer literals are rarer, and a value may be that of all events of a kind. */
function shareOf({ field, test }: Item): number {
  const whole = field !== undefined && isKindField(field) ? 0.2 : 0.001;
  switch (test.kind) {
    case 'string':
      return Math.max(whole, patternShare(test.pattern));
    case 'number':
      return field === undefined ? 0.01 : whole;
    case 'cidr':
      return 0.2;
    default:
      return 0.5;
  }
}

function patternShare(pattern: Pattern): number {
  if (pattern.length < 2 && pattern[0] !== ANY) return 0.001;
  let longest = 0;
  for (const [at, part] of pattern.entries()) {
    if (typeof part !== 'string') continue;
    const isAtEnd = at === 0 || at === pattern.length - 1;
    longest = Math.max(longest, part.length + (isAtEnd ? 3 : 0));
  }
  return Math.max(0.0001, 0.5 * 0.35 ** longest);
}
