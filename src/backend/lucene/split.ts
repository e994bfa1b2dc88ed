import { or, type Query } from '../../query/tree.ts';
import { diagnosticAt, overLimit, type Place, type TargetDiagnostic } from '../backend.ts';
import type { Printed } from './dialect.ts';

export interface QueryLimits {
  /** Characters of a query. */
  readonly length: number;
  /** Boolean clauses in all. */
  readonly clauses: number;
}

/**
 * Queries for each that the size alone asks for. Lists that are combined, such as `1 of a* and 1 of
 * b*`, multiply them.
 */
const mostForOne = 100;

interface Splitting {
  readonly limits: QueryLimits;
  readonly print: (query: Query) => Printed;
  readonly place: Place;
  readonly diagnostics: TargetDiagnostic[];
  /** Of what is refused: `the query passes 1024 clauses`. */
  readonly tooLarge: string;
  readonly hint?: string | undefined;
  /** What a reader of several queries should know. */
  readonly split: (count: number) => string;
}

/**
 * Queries that together match what one would, each within the limits: the largest disjunction that
 * is not negated is halved, and halved again. What can't be split is refused, what is split has a
 * diagnostic.
 */
export function splitOrRefuse(query: Query, splitting: Splitting): readonly Printed[] {
  const { limits, print, place, diagnostics, split } = splitting;
  const whole = print(query);
  const needed = Math.ceil(
    Math.max(whole.text.length / limits.length, whole.clauses / limits.clauses),
  );
  const parts: Printed[] = [];
  addParts(query, whole, mostForOne * needed, splitting, parts);
  if (parts.length > 1) diagnostics.push(diagnosticAt('TGT003', place, split(parts.length)));
  return parts;
}

export const fits = ({ text, clauses }: Printed, limits: QueryLimits): boolean =>
  text.length <= limits.length && clauses <= limits.clauses;

function addParts(
  query: Query,
  printed: Printed,
  most: number,
  splitting: Splitting,
  parts: Printed[],
): void {
  const { limits, print, place, tooLarge, hint } = splitting;
  if (fits(printed, limits)) {
    if (parts.push(printed) <= most) return;
    throw overLimit(place, `${tooLarge}, and its lists split it into more than ${most}`, hint);
  }
  const halves = halved(query);
  if (!halves) throw overLimit(place, `${tooLarge} and has no list to split`, hint);
  for (const half of halves) addParts(half, print(half), most, splitting, parts);
}

function halved(query: Query): readonly [Query, Query] | undefined {
  const largest = largestDisjunction(query);
  if (!largest) return undefined;
  const middle = Math.ceil(largest.operands.length / 2);
  const replaced = (operands: readonly Query[]) => replace(query, largest, or(operands));
  return [replaced(largest.operands.slice(0, middle)), replaced(largest.operands.slice(middle))];
}

type Disjunction = Query & { readonly kind: 'or' };

function largestDisjunction(query: Query): Disjunction | undefined {
  if (query.kind === 'item' || query.kind === 'not') return undefined;
  let largest: Disjunction | undefined =
    query.kind === 'or' && query.operands.length > 1 ? query : undefined;
  for (const operand of query.operands) {
    const inner = largestDisjunction(operand);
    if (inner && weight(inner) > (largest ? weight(largest) / 2 : 0)) largest = inner;
  }
  return largest;
}

/** Roughly its length in print. */
function weight(query: Query): number {
  if (query.kind === 'item')
    return query.test.kind === 'string'
      ? 20 +
          query.test.pattern.reduce<number>(
            (sum, part) => sum + (typeof part === 'string' ? part.length : 1),
            0,
          )
      : 40;
  if (query.kind === 'not') return weight(query.operand);
  return query.operands.reduce((sum, operand) => sum + weight(operand), 0);
}

function replace(query: Query, target: Query, by: Query): Query {
  if (query === target) return by;
  if (query.kind === 'item' || query.kind === 'not') return query;
  return {
    kind: query.kind,
    operands: query.operands.map((operand) => replace(operand, target, by)),
  };
}
