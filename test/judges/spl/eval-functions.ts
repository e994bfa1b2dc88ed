import { createHash } from 'node:crypto';
import { cidrTest } from './cidr.ts';
import { pcre } from './pcre.ts';
import { SplError } from './text.ts';
import { formatTime, parseTime } from './time-format.ts';
import { compareTexts, numberOf, type Scalar, textOf } from './value.ts';

export type Value = Scalar | null | readonly Scalar[];
type Call = (args: readonly Value[]) => Value;

/**
 * Calls a function whose name and number of arguments are already checked. Null in, null out, but
 * for the few that answer about null.
 */
export function callFunction(name: string, args: readonly Value[]): Value {
  const tolerant = TOLERANT[name];
  if (tolerant) return tolerant(args);
  if (args.some((arg) => arg === null)) return null;
  const found = FUNCTIONS[name];
  if (!found) throw new SplError(`The '${name}' function is unsupported or undefined`);
  return found(args);
}

const TOLERANT: Readonly<Record<string, Call>> = {
  isnull: ([value]) => value === null,
  isnotnull: ([value]) => value !== null,
  null: () => null,
  true: () => true,
  false: () => false,
  coalesce: (args) => args.find((arg) => arg !== null) ?? null,
  tostring: ([value]) =>
    value === null
      ? 'Null'
      : value === true
        ? 'True'
        : value === false
          ? 'False'
          : each(value ?? null, textOf),
  in: ([value, ...list]) =>
    value === null || value === undefined
      ? null
      : list.some((item) => item !== null && sameScalar(value, item)),
  mvappend: (args) => many(args.flatMap(scalarsOf)),
  min: (args) => extreme(args, -1),
  max: (args) => extreme(args, 1),
};

const FUNCTIONS: Readonly<Record<string, Call>> = {
  md5: ([value]) => createHash('md5').update(text(value)).digest('hex'),
  match: ([value, regex]) =>
    scalarsOf(value).some((scalar) => pcre(text(regex)).test(textOf(scalar))),
  like: ([value, pattern]) =>
    scalarsOf(value).some((scalar) => likePattern(text(pattern)).test(textOf(scalar))),
  cidrmatch: ([block, address]) => {
    const test = cidrTest(text(block));
    if (!test) throw new SplError("The arguments to the 'cidrmatch' function are invalid");
    return scalarsOf(address).some((scalar) => test(textOf(scalar)));
  },
  nullif: ([left, right]) =>
    left !== undefined &&
    right !== undefined &&
    left !== null &&
    right !== null &&
    sameScalar(left, right)
      ? null
      : (left ?? null),
  isnum: ([value]) => scalarsOf(value).every((scalar) => numberOf(scalar) !== undefined),
  isint: ([value]) => scalarsOf(value).every((scalar) => Number.isInteger(numberOf(scalar))),
  isstr: ([value]) => scalarsOf(value).every((scalar) => numberOf(scalar) === undefined),
  lower: ([value]) => each(value, (scalar) => textOf(scalar).toLowerCase()),
  upper: ([value]) => each(value, (scalar) => textOf(scalar).toUpperCase()),
  len: ([value]) => [...text(value)].length,
  substr: ([value, start, length]) =>
    each(value, (scalar) =>
      substring(
        textOf(scalar),
        number(start) ?? 1,
        length === undefined ? undefined : number(length),
      ),
    ),
  replace: ([value, regex, replacement]) =>
    each(value, (scalar) => replaceAll(textOf(scalar), text(regex), text(replacement))),
  trim: ([value, chars]) => each(value, (scalar) => strip(textOf(scalar), chars, true, true)),
  ltrim: ([value, chars]) => each(value, (scalar) => strip(textOf(scalar), chars, true, false)),
  rtrim: ([value, chars]) => each(value, (scalar) => strip(textOf(scalar), chars, false, true)),
  tonumber: ([value, base]) => toNumber(value, base),
  strftime: ([time, format]) => {
    const seconds = number(time);
    return seconds === undefined ? null : formatTime(seconds, text(format));
  },
  strptime: ([value, format]) => parseTime(text(value), text(format)),
  urldecode: ([value]) => each(value, (scalar) => decodeURIComponent(textOf(scalar))),
  split: ([value, by]) => many(text(value).split(text(by))),
  mvcount: ([value]) => scalarsOf(value).length,
  mvfind: ([value, regex]) => {
    const found = scalarsOf(value).findIndex((scalar) => pcre(text(regex)).test(textOf(scalar)));
    return found < 0 ? null : found;
  },
  mvindex: ([value, from, to]) =>
    slice(scalarsOf(value), number(from) ?? 0, to === undefined ? undefined : number(to)),
  mvjoin: ([value, by]) => scalarsOf(value).map(textOf).join(text(by)),
  mvdedup: ([value]) =>
    many([...new Map(scalarsOf(value).map((scalar) => [textOf(scalar), scalar])).values()]),
  mvsort: ([value]) => many([...scalarsOf(value)].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1))),
  round: ([value, digits]) =>
    numeric(
      value,
      (n) =>
        Math.sign(n) *
        (Math.round(Math.abs(n) * 10 ** (number(digits) ?? 0)) / 10 ** (number(digits) ?? 0)),
    ),
  floor: ([value]) => numeric(value, Math.floor),
  ceiling: ([value]) => numeric(value, Math.ceil),
  abs: ([value]) => numeric(value, Math.abs),
};

function scalarsOf(value: Value | undefined): readonly Scalar[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value as Scalar];
}

function many(scalars: readonly Scalar[]): Value {
  return scalars.length > 1 ? scalars : (scalars[0] ?? null);
}

function text(value: Value | undefined): string {
  return scalarsOf(value).map(textOf).join(' ');
}

function number(value: Value | undefined): number | undefined {
  const [scalar] = scalarsOf(value);
  return scalar === undefined ? undefined : numberOf(scalar);
}

function each(value: Value | undefined, change: (scalar: Scalar) => string): Value {
  return many(scalarsOf(value).map(change));
}

function numeric(value: Value | undefined, change: (n: number) => number): Value {
  const n = number(value);
  return n === undefined ? null : change(n);
}

function sameScalar(left: Value, right: Value): boolean {
  return scalarsOf(left).some((a) =>
    scalarsOf(right).some((b) =>
      typeof a === 'number' || typeof b === 'number'
        ? compareTexts(a, b) === 0
        : textOf(a) === textOf(b),
    ),
  );
}

/** Text ranks above every number. */
function extreme(args: readonly Value[], direction: 1 | -1): Value {
  const rank = (scalar: Scalar) => (numberOf(scalar) === undefined ? 1 : 0);
  const scalars = args.flatMap(scalarsOf);
  return scalars.reduce<Scalar | null>((best, scalar) => {
    if (best === null) return scalar;
    const order = rank(scalar) - rank(best) || compareTexts(scalar, best);
    return order * direction > 0 ? scalar : best;
  }, null);
}

const LIKE_CACHE = new Map<string, RegExp>();

/**
 * `%` any text, `_` one character; letters in their own case. Whether a backslash escapes them is
 * written nowhere, so that is refused.
 */
function likePattern(pattern: string): RegExp {
  const known = LIKE_CACHE.get(pattern);
  if (known) return known;
  if (/\\[%_]/.test(pattern))
    throw new SplError(`like: Splunk documents no escape of % and _: ${pattern}`);
  const body = pattern
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replace(/%/g, '[\\s\\S]*')
    .replace(/_/g, '[\\s\\S]');
  const compiled = new RegExp(`^${body}$`, 'u');
  LIKE_CACHE.set(pattern, compiled);
  return compiled;
}

/** Counts from 1; a negative start counts from the end. */
function substring(whole: string, start: number, length: number | undefined): string {
  const chars = [...whole];
  const from = start < 0 ? Math.max(0, chars.length + start) : Math.max(0, start - 1);
  return chars.slice(from, length === undefined ? undefined : from + length).join('');
}

function replaceAll(whole: string, regex: string, replacement: string): string {
  const compiled = pcre(regex);
  return whole.replace(
    new RegExp(compiled.source, `${compiled.flags}g`),
    (...found: readonly unknown[]) =>
      replacement.replace(/\\(\d)/g, (_, digit: string) => String(found[Number(digit)] ?? '')),
  );
}

function strip(whole: string, chars: Value | undefined, start: boolean, end: boolean): string {
  const set = chars === undefined ? ' \t' : text(chars);
  let from = 0;
  let to = whole.length;
  while (start && from < to && set.includes(whole.charAt(from))) from += 1;
  while (end && to > from && set.includes(whole.charAt(to - 1))) to -= 1;
  return whole.slice(from, to);
}

function toNumber(value: Value | undefined, base: Value | undefined): Value {
  if (base === undefined) return number(value) ?? null;
  const parsed = Number.parseInt(text(value), number(base) ?? 10);
  return Number.isNaN(parsed) ? null : parsed;
}

function slice(scalars: readonly Scalar[], from: number, to: number | undefined): Value {
  const at = (index: number) => (index < 0 ? scalars.length + index : index);
  return many(scalars.slice(Math.max(0, at(from)), at(to ?? from) + 1));
}
