import type { Pattern } from '../sigma/value/pattern.ts';
import type { SourceFile, Span } from '../source/span.ts';

/**
 * What a detection rule means: modifiers, quantifiers, null and lists are resolved into `and`,
 * `or`, `not` and items. Every target and the matcher read this tree. Nodes are immutable. An `and`
 * of nothing is true, an `or` of nothing is false.
 *
 * @example
 * import type { Query } from 'sigpack';
 *
 * const depth = (query: Query): number => {
 *   if (query.kind === 'item') return 1;
 *   if (query.kind === 'not') return 1 + depth(query.operand);
 *   return 1 + Math.max(0, ...query.operands.map(depth));
 * };
 * depth({ kind: 'not', operand: { kind: 'or', operands: [] } }); // => 2
 */
export type Query = And | Or | Not | Item;

export interface And {
  readonly kind: 'and';
  readonly operands: readonly Query[];
}

export interface Or {
  readonly kind: 'or';
  readonly operands: readonly Query[];
}

export interface Not {
  readonly kind: 'not';
  readonly operand: Query;
}

/**
 * One test of one field: true if any of the values that the event has in that field passes it. For
 * a field that the event lacks, only the test `null` is true.
 */
export interface Item {
  readonly kind: 'item';
  /** Undefined for a keyword, which is searched in the whole event. */
  readonly field: string | undefined;
  readonly test: Test;
  /** The file that has it: the rule's, or that of a filter. */
  readonly file: SourceFile;
  /** The place of the value in that file, or of the key if there is no value. */
  readonly span: Span;
}

/** What an {@link Item} asks of a value; `kind` says which. */
export type Test =
  | StringTest
  | NumberTest
  | BooleanTest
  | NullTest
  | ExistsTest
  | RegexTest
  | CidrTest
  | CompareTest
  | FieldTest
  | TimeTest
  | ExpressionTest;

/**
 * The whole value matches the pattern; letters match in either case unless `cased`. For keywords:
 * some part of the event's text does.
 */
export interface StringTest {
  readonly kind: 'string';
  readonly pattern: Pattern;
  readonly cased: boolean;
  /**
   * Its placeholders, which a pipeline fills, mean address blocks: then it becomes a {@link
   * CidrTest}.
   */
  readonly isBlock?: true;
  /**
   * Its placeholders are parts of a regular expression with these flags, and its literals are the
   * rest: then it becomes a {@link RegexTest}.
   */
  readonly flags?: Pick<RegexTest, 'ignoreCase' | 'multiline' | 'dotAll'>;
}

/**
 * True for a test whose placeholders a pipeline has yet to fill, to make another kind of test of
 * it.
 */
export const isUnfilled = (test: Test): boolean =>
  test.kind === 'string' && (test.isBlock === true || test.flags !== undefined);

export interface NumberTest {
  readonly kind: 'number';
  readonly value: number | bigint;
}

export interface BooleanTest {
  readonly kind: 'boolean';
  readonly value: boolean;
}

/** The field is absent or null. */
export interface NullTest {
  readonly kind: 'null';
}

/** The field is in the event, whatever its value. */
export interface ExistsTest {
  readonly kind: 'exists';
}

/**
 * PCRE, unanchored, case-sensitive unless a flag says otherwise. The flags include inline flags at
 * the start of the pattern.
 */
export interface RegexTest {
  readonly kind: 'regex';
  readonly source: string;
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

/** A block of addresses. */
export interface CidrTest {
  readonly kind: 'cidr';
  readonly version: 4 | 6;
  /** The bytes of the network with host bits cleared: 4 or 16 of them. */
  readonly bytes: readonly number[];
  /** The length of the prefix in bits. */
  readonly prefix: number;
  /** Canonical text, `10.0.0.0/8` or `2001:db8::/32`. */
  readonly text: string;
}

export type CompareOperator = 'lt' | 'lte' | 'gt' | 'gte';

/** The value is a number, or text that is one, and compares like this. */
export interface CompareTest {
  readonly kind: 'compare';
  readonly operator: CompareOperator;
  readonly value: number | bigint;
}

/**
 * The value equals, starts with, ends with or contains the value of another field of the same
 * event.
 */
export interface FieldTest {
  readonly kind: 'field';
  readonly other: string;
  readonly relation: 'equals' | 'startswith' | 'endswith' | 'contains';
  readonly cased: boolean;
}

export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** A part of a date, compared with a number, without conversion of time zones. */
export interface TimeTest {
  readonly kind: 'time';
  readonly part: TimePart;
  readonly operator: CompareOperator | 'eq';
  readonly value: number;
}

/**
 * A part of a query in the target's language, from a processing pipeline. Only the target knows
 * what it finds.
 */
export interface ExpressionTest {
  readonly kind: 'expression';
  /** With `{field}` and `{id}`. Literal braces are doubled. */
  readonly expression: string;
  /** Letters, digits, `_`, `.` and `-`, since it may come from a rule. */
  readonly id: string;
}

export function and(operands: readonly Query[]): Query {
  return joined('and', operands);
}

export function or(operands: readonly Query[]): Query {
  return joined('or', operands);
}

export function not(operand: Query): Query {
  return operand.kind === 'not' ? operand.operand : { kind: 'not', operand };
}

const isAnd = ({ kind }: Query): boolean => kind === 'and';
const isOr = ({ kind }: Query): boolean => kind === 'or';

/** Flattens nested operators of the same kind. A single operand needs no operator. */
function joined(kind: 'and' | 'or', operands: readonly Query[]): Query {
  const only = operands[0];
  if (operands.length === 1 && only) return only;
  if (!operands.some(kind === 'and' ? isAnd : isOr)) return { kind, operands };
  return {
    kind,
    operands: operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand])),
  };
}

/**
 * The items of a query.
 *
 * @param query - Any query.
 * @returns Every item of the tree, from left to right.
 * @example
 * import { itemsOf, type Query } from 'sigpack';
 *
 * const place = { file: { path: 'rule.yml', text: 'User: null' }, span: { start: 0, end: 4 } };
 * const item: Query = { kind: 'item', field: 'User', test: { kind: 'null' }, ...place };
 * itemsOf({ kind: 'not', operand: item }).map(({ field }) => field); // => ['User']
 */
export function itemsOf(query: Query): readonly Item[] {
  // a list: every rule is read several times, and a generator would cost three times as much
  const items: Item[] = [];
  collectItems(query, items);
  return items;
}

const fieldItems = new WeakMap<Query, readonly Item[]>();

/**
 * The first item of each run of items with the same field, for callers that only need the fields.
 * Cached, since several ask for each target.
 */
export function fieldItemsOf(query: Query): readonly Item[] {
  const known = fieldItems.get(query);
  if (known) return known;
  const items: Item[] = [];
  collectFieldItems(query, items);
  fieldItems.set(query, items);
  return items;
}

function collectFieldItems(query: Query, items: Item[]): void {
  if (query.kind === 'item') {
    const last = items.at(-1);
    if (last === undefined || last.field !== query.field || last.file !== query.file)
      items.push(query);
  } else if (query.kind === 'not') collectFieldItems(query.operand, items);
  else for (const operand of query.operands) collectFieldItems(operand, items);
}

function collectItems(query: Query, items: Item[]): void {
  if (query.kind === 'item') items.push(query);
  else if (query.kind === 'not') collectItems(query.operand, items);
  else for (const operand of query.operands) collectItems(operand, items);
}

/**
 * Ends a `switch` over every kind of a union: it does not compile while a kind is missing.
 *
 * @param value - What is left after all cases.
 * @throws Always, for a value that its type does not have.
 * @example
 * import { assertNever, type Query } from 'sigpack';
 *
 * const sign = ({ kind }: Query): string => {
 *   switch (kind) {
 *     case 'and':
 *     case 'or':
 *     case 'not':
 *       return kind.toUpperCase();
 *     case 'item':
 *       return '=';
 *     default:
 *       return assertNever(kind);
 *   }
 * };
 * sign({ kind: 'and', operands: [] }); // => 'AND'
 */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
