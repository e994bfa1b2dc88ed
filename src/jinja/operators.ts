import { refuseLonger, type Work } from '../work/work.ts';
import { printed } from './print.ts';
import { isList, type Value } from './value.ts';

/** Entries of a list, keys of a map, characters of a text where `texts` permits; nothing for what is not there. */
export function listOf(value: Value, texts: boolean): readonly Value[] {
  if (value === undefined) return [];
  if (isList(value)) return value;
  if (texts && typeof value === 'string') return Array.from(value);
  const entries = typeof value === 'object' && value !== null ? value.entries?.() : undefined;
  if (entries) return [...entries.keys()];
  throw new Error('what should be a list is none');
}

/** As Python has it. */
export function isTrue(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  if (isList(value)) return value.length > 0;
  return value.text !== undefined || (value.entries?.().size ?? 1) > 0;
}

export function equals(a: Value, b: Value, work: Work): boolean {
  work.characters(16);
  if (typeof a === 'boolean' || typeof b === 'boolean') return equals(typeof a === 'boolean' ? Number(a) : a, typeof b === 'boolean' ? Number(b) : b, work);
  if (typeof a !== 'object' || a === null) return typeof b === 'object' && b !== null ? equals(b, a, work) : a === b;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((one, at) => equals(one, b[at], work));
  if (b === undefined || b === null || typeof b === 'number' || isList(b)) return false;
  if (typeof b === 'string' && a.isText) return a.text === b;
  if (typeof b !== 'string' && a.text !== undefined && a.isText === b.isText) return a.text === b.text;
  throw new Error(a.text === undefined ? "a map can't be compared" : 'this is no text to Jinja; compare `|string` of it, or `.name` of levels and statuses');
}

/** `a in b` */
export function isIn(a: Value, b: Value, work: Work): boolean {
  if (typeof b === 'string') return b.includes(printed(a, work));
  return listOf(b, false).some((one) => equals(one, a, work));
}

/** Negative, zero or positive, for `<` and its kin. */
export function compared(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  return numberOf(a, '<') - numberOf(b, '<');
}

/** By code points, as Python has it. */
export function compareTexts(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((char, index) => char !== right[index]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

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
  if (typeof value !== 'number' && typeof value !== 'boolean') throw new Error(`\`${sign}\` takes numbers, or texts alone; \`~\` joins what is printed`);
  return Number(value);
}

function divisor(value: Value, sign: string): number {
  const number = numberOf(value, sign);
  if (number === 0) throw new Error('a division by zero');
  return number;
}

function remainder(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** Python's integers have no end, ours are exact up to 2^53. */
function bounded(number: number): number {
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER) throw new Error('a number grows beyond 2^53');
  return number;
}
