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
 * What a list of terms leaves of the events of a log source: few; those of a kind; or so many that
 * no index helps. From the narrowest on.
 */
const reaches = ['few', 'kind', 'many'] as const;
export type Reach = (typeof reaches)[number];

/** Alternatives of the search stage. */
export interface NeededTerms {
  readonly terms: readonly NeededTerm[];
  readonly reach: Reach;
}

/**
 * Lists of terms of the search stage: if the query is true of an event, so is at least one term of
 * each list. The narrowest comes first. There is no list where any event may be meant, and an empty
 * one where none is.
 *
 * @param over - A query that the search stage can express.
 */
export function neededTerms(over: Query, cloudSafe: boolean): readonly NeededTerms[] {
  const spell = looseValue(cloudSafe);
  return conjunctsOf(over)
    .flatMap((conjunct) => clauseOf(conjunct, spell) ?? [])
    .map(({ terms, cost }) => ({ terms, cost, reach: widest(terms.map(reachOf)) }))
    .sort((a, b) => reaches.indexOf(a.reach) - reaches.indexOf(b.reach) || a.cost - b.cost)
    .map(({ terms, reach }) => ({ terms: terms.map((term) => printedTerm(term, spell)), reach }));
}

const conjunctsOf = (query: Query): readonly Query[] =>
  query.kind === 'and' ? query.operands.flatMap(conjunctsOf) : [query];

const widest = (some: readonly Reach[]): Reach =>
  reaches.findLast((reach) => some.includes(reach)) ?? 'few';

/** A term that a larger share of events has does not help. */
const tooMany = 0.1;

function reachOf({ query }: Term): Reach {
  if (query.kind !== 'item') return 'many';
  const { kind } = query.test;
  if (namesKind(query) && (kind === 'string' || kind === 'number')) return 'kind';
  return shareOf(query) > tooMany ? 'many' : 'few';
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

/** A term before it is split into its field and its value. */
interface Term {
  readonly query: Query;
  readonly whole: string;
}

function printedTerm({ query, whole }: Term, spell: Spelling): NeededTerm {
  const apart = { whole, field: undefined, text: whole };
  if (query.kind !== 'item' || query.field === undefined) return apart;
  const [text] = listValues(query, spell) ?? [];
  return text === undefined ? apart : { whole, field: searchField(query.field, query), text };
}

function clauseOf(query: Query, spell: Spelling): Clause<Term> | undefined {
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

function clause(query: Query, share: number, spell: Spelling): Clause<Term> {
  const whole = printOperand(query, spell);
  return { terms: [{ query, whole }], cost: share + perByte * whole.length };
}

/** The product of a Windows event is that of a program, unlike in other logs. */
const namesKind = ({ field }: Item): boolean =>
  field !== undefined && field.toLowerCase() !== 'product' && isKindField(field);

/** Estimated: longer literals are rarer, and a value may be that of all events of a kind. */
function shareOf(item: Item): number {
  const { field, test } = item;
  const whole = namesKind(item) ? 0.2 : 0.001;
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
    longest = Math.max(longest, weightOf(part) + (isAtEnd ? 3 : 0));
  }
  return Math.max(0.0001, 0.5 * 0.35 ** longest);
}

/** Other signs than those of ASCII are rare, as if each of them were three letters. */
const weightOf = (text: string): number =>
  [...text].reduce((sum, char) => sum + (char > '\u007f' ? 3 : 1), 0);
