import type { Work } from '../work/work.ts';
import { numberText } from './number.ts';

/** What a template can hold. Undefined stands for what is not there. */
export type Value = string | number | boolean | null | undefined | readonly Value[] | Members;

/** A thing with names: `text` where it can be printed. */
export interface Members {
  readonly kind: 'members';
  readonly text?: string;
  /** Equals its text; others equal no text, though they print as one. */
  readonly isText?: boolean;
  /** `text` is a date: `2024-01-31`. */
  readonly isDate?: boolean;
  readonly member: (name: string) => Value;
  /** Of a map. */
  readonly entries?: () => ReadonlyMap<string, Value>;
  /** Of a namespace: what `set` may change. */
  readonly slots?: Map<string, Value>;
}

/** Names that a template may have at its root, with those below that it may use; undefined: any. */
export type Roots = ReadonlyMap<
  string,
  { readonly members?: ReadonlySet<string>; readonly whole: boolean }
>;

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

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Plain YAML data; maps have no prototype. */
export function plainValue(plain: unknown, work: Work): Value {
  work.characters(1);
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

/** Entries become values as they are asked for. */
export function plainMap(plain: ReadonlyMap<string, unknown>, work: Work): Members {
  const entries = (): ReadonlyMap<string, Value> =>
    new Map(Array.from(plain, ([key, value]) => [key, plainValue(value, work)]));
  return { ...members((key) => plainValue(plain.get(key), work)), entries };
}

/** The text that Python prints for a value that is none of its containers. */
export function printedText(value: Value): string {
  if (value === undefined) return '';
  if (value === null) return 'None';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isList(value)) throw new Error('a list is no text; join it');
  if (value.text === undefined) throw new Error('a map is no text; name one of its entries');
  return value.text;
}

/** `value[name]` or `value.name`; undefined where there is no such thing. */
export function memberOf(value: Value, name: string): Value {
  if (typeof value === 'string' || isList(value)) {
    if (!/^-?(?:0|[1-9][0-9]{0,8})$/.test(name)) return undefined;
    return (isList(value) ? value : Array.from(value)).at(Number(name));
  }
  return typeof value === 'object' && value !== null ? value.member(name) : undefined;
}
