import { functionOf, made, type TemplateFunction } from './function.ts';
import { listOf } from './operators.ts';
import { capitalized, joined, replaced, stripped } from './text-functions.ts';
import { isList, tupleOf, type Value } from './value.ts';

/** Python's methods of texts, maps and dates that change nothing. */
export const methods: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['get', functionOf((_, value, key, other = null) => entryOf(value, key, other), ['key', 'default'], 1)],
  ['keys', functionOf((_, value) => [...entriesOf(value, 'keys').keys()])],
  ['values', functionOf((_, value) => [...entriesOf(value, 'values').values()])],
  ['items', functionOf((_, value) => Array.from(entriesOf(value, 'items'), tupleOf))],
  ['lower', functionOf((work, value) => made(work, textOf(value, 'lower').toLowerCase()))],
  ['upper', functionOf((work, value) => made(work, textOf(value, 'upper').toUpperCase()))],
  ['capitalize', functionOf((work, value) => made(work, capitalized(textOf(value, 'capitalize'))))],
  ['strip', functionOf((work, value, chars) => made(work, stripped(textOf(value, 'strip'), chars, 'both')), ['chars'], 0)],
  ['lstrip', functionOf((work, value, chars) => made(work, stripped(textOf(value, 'lstrip'), chars, 'left')), ['chars'], 0)],
  ['rstrip', functionOf((work, value, chars) => made(work, stripped(textOf(value, 'rstrip'), chars, 'right')), ['chars'], 0)],
  ['startswith', functionOf((_, value, start) => textOf(value, 'startswith').startsWith(textOf(start, 'startswith')), ['prefix'])],
  ['endswith', functionOf((_, value, end) => textOf(value, 'endswith').endsWith(textOf(end, 'endswith')), ['suffix'])],
  ['replace', functionOf((work, value, old, by) => replaced(work, textOf(value, 'replace'), textOf(old, 'replace'), textOf(by, 'replace')), ['old', 'new'])],
  ['join', functionOf((work, between, list) => joined(work, listOf(list, true), textOf(between, 'join')), ['list'])],
  ['split', functionOf((work, value, between) => split(textOf(value, 'split'), between, work.entries), ['sep'], 0)],
  ['strftime', functionOf((work, value, format) => made(work, dateText(dateOf(value, 'strftime'), textOf(format, 'strftime'))), ['format'])],
  ['isoformat', functionOf((_, value) => dateOf(value, 'isoformat'))],
]);

function textOf(value: Value, method: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`\`${method}\` is for texts; \`|string\` makes one`);
}

function entriesOf(value: Value, method: string): ReadonlyMap<string, Value> {
  const entries = typeof value === 'object' && value !== null && !isList(value) ? value.entries?.() : undefined;
  if (entries) return entries;
  throw new Error(`\`${method}\` is for maps`);
}

/** Keys of maps are texts here, so no other value is one. */
function entryOf(value: Value, key: Value, other: Value): Value {
  if (typeof value !== 'object' || value === null || isList(value) || !value.entries) throw new Error('`get` is for maps');
  const found = typeof key === 'string' ? value.member(key) : undefined;
  return found === undefined ? other : found;
}

function dateOf(value: Value, method: string): string {
  if (typeof value === 'object' && value !== null && !isList(value) && value.isDate && value.text !== undefined) return value.text;
  throw new Error(`\`${method}\` is for dates`);
}

function split(text: string, between: Value, count: (entries: number) => void): readonly string[] {
  if (between === '') throw new Error('`split` takes a text that is not empty');
  const parts = typeof between === 'string' ? text.split(between) : text.split(/\s+/).filter((part) => part !== '');
  count(parts.length);
  return parts;
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** `strftime` of a date, which has no time: midnight. */
function dateText(date: string, format: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  const name = months[Number(month) - 1] ?? '';
  const parts: Readonly<Record<string, string>> = { Y: year, y: year.slice(-2), m: month, d: day, B: name, b: name.slice(0, 3), H: '00', M: '00', S: '00' };
  return format.replace(/%([\s\S]?)/g, (whole, code: string) => {
    const text = code === '%' ? '%' : Object.hasOwn(parts, code) ? parts[code] : undefined;
    if (text === undefined) throw new Error(`\`${whole}\` is not supported in a format of dates`);
    return text;
  });
}
