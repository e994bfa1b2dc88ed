import type { Work } from '../work/work.ts';
import { JinjaError } from './error.ts';
import { numberText } from './number.ts';

/** What a template can hold; undefined is what is not there. */
export type Value = string | number | boolean | null | undefined | readonly Value[] | Members;

/** An object with named members. */
export interface Members {
  readonly kind: 'members';
  /** Where it can be printed. */
  readonly text?: string;
  /** It equals its text; others equal no text, though they print as one. */
  readonly isText?: boolean;
  /** `text` is a date: `2024-01-31`. */
  readonly isDate?: boolean;
  readonly member: (name: string) => Value;
  /** Of a map. */
  readonly entries?: () => ReadonlyMap<string, Value>;
  /** Of a namespace, which `set` may change. */
  readonly slots?: Map<string, Value>;
}

/** Names that a template may use without defining them. */
export type Roots = ReadonlyMap<string, Root>;

export interface Root {
  /** Members that it may use; undefined: any. */
  readonly members?: ReadonlySet<string>;
  /** It can be used without naming a member. */
  readonly whole: boolean;
}

export const members = (member: (name: string) => Value): Members => ({ kind: 'members', member });

export const mapOf = (entries: ReadonlyMap<string, Value>): Members => ({
  ...members((name) => entries.get(name)),
  entries: () => entries,
});

const tuples = new WeakSet<readonly Value[]>();

/** A list that Python prints in parentheses. */
export function tupleOf(entries: readonly Value[]): readonly Value[] {
  tuples.add(entries);
  return entries;
}

export const isTuple = (list: readonly Value[]): boolean => tuples.has(list);

export const isMembers = (value: Value): value is Members =>
  typeof value === 'object' && value !== null && !isList(value);

/** The entries of a map; undefined for any other value. */
export const entriesOf = (value: Value): ReadonlyMap<string, Value> | undefined =>
  isMembers(value) ? value.entries?.() : undefined;

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** What making one value of data counts for. */
export const charactersPerValue = 16;

/** Plain YAML data; maps have no prototype. */
export function plainValue(plain: unknown, work: Work): Value {
  work.characters(charactersPerValue);
  if (
    plain === null ||
    typeof plain === 'string' ||
    typeof plain === 'number' ||
    typeof plain === 'boolean'
  )
    return plain;
  if (Array.isArray(plain)) return plain.map((one) => plainValue(one, work));
  return typeof plain === 'object'
    ? plainMap(new Map<string, unknown>(Object.entries(plain)), work)
    : undefined;
}

/** Entries become values when they are read. */
export function plainMap(plain: ReadonlyMap<string, unknown>, work: Work): Members {
  const entries = (): ReadonlyMap<string, Value> =>
    new Map(Array.from(plain, ([key, value]) => [key, plainValue(value, work)]));
  return { ...members((key) => plainValue(plain.get(key), work)), entries };
}

/** What Python prints for a value that is not a container. */
export function printedText(value: Value): string {
  if (value === undefined) return '';
  if (value === null) return 'None';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isList(value)) throw new JinjaError('a list is not text; join it');
  if (value.text === undefined) throw new JinjaError('a map is not text; name one of its entries');
  return value.text;
}

/** Counts the reading of a value by its length. */
export function countedValue(value: Value, work: Work): Value {
  work.characters(typeof value === 'string' || isList(value) ? value.length : 1);
  return value;
}

/** `value[name]` or `value.name`; undefined where it has no such member. */
export function memberOf(value: Value, name: string, work: Work): Value {
  if (typeof value === 'string' || isList(value)) {
    if (!/^-?(?:0|[1-9][0-9]{0,8})$/.test(name)) return undefined;
    countedValue(value, work);
    return (isList(value) ? value : Array.from(value)).at(Number(name));
  }
  return isMembers(value) ? value.member(name) : undefined;
}
