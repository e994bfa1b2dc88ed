import { refuseLonger, type Work } from '../work/work.ts';
import { JinjaError } from './error.ts';
import { printed } from './print.ts';
import { entriesOf, isList, type Value } from './value.ts';

/** What reading one entry counts for. */
const charactersPerEntry = 16;

/** Entries of a list, keys of a map or, under `texts`, characters of a text; none of undefined. */
export function listOf(value: Value, texts: boolean, work: Work): readonly Value[] {
  if (value === undefined) return [];
  if (isList(value)) return value;
  if (texts && typeof value === 'string') {
    work.characters(value.length);
    return Array.from(value);
  }
  const entries = entriesOf(value);
  if (entries) return [...countedMap(entries, work).keys()];
  throw new JinjaError('what should be a list is not a list');
}

/** The entries of a map, counted as read. */
export function countedMap(
  entries: ReadonlyMap<string, Value>,
  work: Work,
): ReadonlyMap<string, Value> {
  work.characters(charactersPerEntry * entries.size);
  return entries;
}

/** Whether Python takes the value for true. */
export function isTrue(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  if (isList(value)) return value.length > 0;
  return value.text !== undefined || (value.entries?.().size ?? 1) > 0;
}

export function equals(a: Value, b: Value, work: Work): boolean {
  // texts of other lengths are not read
  work.characters(
    charactersPerEntry +
      (typeof a === 'string' && typeof b === 'string' && a.length === b.length ? a.length : 0),
  );
  if (typeof a === 'boolean' || typeof b === 'boolean')
    return equals(booleanAsNumber(a), booleanAsNumber(b), work);
  if (typeof a !== 'object' || a === null)
    return typeof b === 'object' && b !== null ? equals(b, a, work) : a === b;
  if (isList(a))
    return isList(b) && a.length === b.length && a.every((one, at) => equals(one, b[at], work));
  if (b === undefined || b === null || typeof b === 'number' || isList(b)) return false;
  if (typeof b === 'string' && a.isText) return a.text === b;
  if (typeof b !== 'string' && a.text !== undefined && a.isText === b.isText)
    return a.text === b.text;
  throw new JinjaError(
    a.text === undefined
      ? "a map can't be compared"
      : 'this is not text to Jinja; compare `|string` of it, or `.name` of levels and statuses',
  );
}

const booleanAsNumber = (value: Value): Value =>
  typeof value === 'boolean' ? Number(value) : value;

/** `a in b` */
export function isIn(a: Value, b: Value, work: Work): boolean {
  if (typeof b === 'string') {
    work.characters(b.length);
    return b.includes(printed(a, work));
  }
  return listOf(b, false, work).some((one) => equals(one, a, work));
}

/** Negative, zero or positive, for `<` and the like. */
export function compared(a: Value, b: Value, work: Work): number {
  work.characters(charactersPerEntry);
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b, work);
  return numberOf(a, '<') - numberOf(b, '<');
}

/** By code points, as Python has it. */
export function compareTexts(a: string, b: string, work: Work): number {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  work.characters(at);
  if (at === shorter) return a.length - b.length;
  // the second half of a surrogate pair means nothing without the first
  if (
    (isSecondHalf(a.charCodeAt(at)) || isSecondHalf(b.charCodeAt(at))) &&
    isFirstHalf(a.charCodeAt(at - 1))
  )
    at--;
  return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
}

const isFirstHalf = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isSecondHalf = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

export type Arithmetic = (a: Value, b: Value, work: Work) => Value;

export const sums: ReadonlyMap<string, Arithmetic> = new Map<string, Arithmetic>([
  ['+', (a, b, work) => added(a, b, work)],
  ['-', (a, b) => bounded(numberOf(a, '-') - numberOf(b, '-'))],
]);

export const products: ReadonlyMap<string, Arithmetic> = new Map<string, Arithmetic>([
  ['*', (a, b) => bounded(numberOf(a, '*') * numberOf(b, '*'))],
  ['//', (a, b) => bounded(Math.floor(numberOf(a, '//') / divisor(b, '//')))],
  ['%', (a, b) => remainder(numberOf(a, '%'), divisor(b, '%'))],
]);

function added(a: Value, b: Value, work: Work): Value {
  if (typeof a === 'string' && typeof b === 'string') {
    refuseLonger(work, a.length + b.length);
    work.characters(a.length + b.length);
    return a + b;
  }
  if (isList(a) && isList(b)) {
    work.entries(a.length + b.length);
    return [...a, ...b];
  }
  return bounded(numberOf(a, '+') + numberOf(b, '+'));
}

function numberOf(value: Value, sign: string): number {
  if (typeof value !== 'number' && typeof value !== 'boolean')
    throw new JinjaError(`\`${sign}\` takes numbers, or texts alone; \`~\` joins what is printed`);
  return Number(value);
}

function divisor(value: Value, sign: string): number {
  const number = numberOf(value, sign);
  if (number === 0) throw new JinjaError('a division by zero');
  return number;
}

function remainder(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** Python's integers have no bound; these are exact up to 2^53. */
function bounded(number: number): number {
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER)
    throw new JinjaError('a number grows beyond 2^53');
  return number;
}
