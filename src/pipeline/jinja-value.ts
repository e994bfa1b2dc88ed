import { pythonJson } from './python-json.ts';
import { isList, printedText, type Value } from './template-value.ts';
import { refuseLonger, type Work } from './work.ts';

export type Filter = { readonly least: number; readonly most: number; readonly apply: (work: Work, value: Value, ...args: readonly Value[]) => Value };

/** Jinja's `tojson` may stand in HTML. */
const unsafe = /[<>&']/g;

const ofText = (apply: (text: string) => string): Filter => ({ least: 0, most: 0, apply: (work, value) => made(work, apply(printedText(value))) });
const length: Filter = { least: 0, most: 0, apply: (_, value) => listOf(value, true).length };
const fallback: Filter = {
  least: 0,
  most: 2,
  apply: (_, value, other = '', falsy = false) => (value === undefined || (isTrue(falsy) && !isTrue(value)) ? other : value),
};

export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['upper', ofText((text) => text.toUpperCase())],
  ['lower', ofText((text) => text.toLowerCase())],
  ['trim', ofText((text) => text.trim())],
  ['string', ofText(String)],
  ['length', length],
  ['count', length],
  ['default', fallback],
  ['d', fallback],
  ['first', { least: 0, most: 0, apply: (_, value) => listOf(value, true)[0] }],
  ['last', { least: 0, most: 0, apply: (_, value) => listOf(value, true).at(-1) }],
  ['join', { least: 0, most: 1, apply: (work, value, between) => joined(work, listOf(value, true).map(printedText), printedText(between)) }],
  ['replace', { least: 2, most: 2, apply: (work, value, old, replacement) => replaced(work, printedText(value), printedText(old), printedText(replacement)) }],
  [
    'tojson',
    {
      least: 0,
      most: 0,
      apply: (work, value) =>
        made(
          work,
          pythonJson(value).replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
        ),
    },
  ],
]);

function made(work: Work, text: string): string {
  refuseLonger(work, text.length);
  work.characters(text.length);
  return text;
}

function joined(work: Work, texts: readonly string[], between: string): string {
  const length = texts.reduce((sum, text) => sum + text.length, between.length * Math.max(texts.length - 1, 0));
  refuseLonger(work, length);
  return made(work, texts.join(between));
}

function replaced(work: Work, text: string, old: string, replacement: string): string {
  let count = old === '' ? Array.from(text).length + 1 : 0;
  if (old !== '') for (let at = text.indexOf(old); at !== -1; at = text.indexOf(old, at + old.length)) count++;
  refuseLonger(work, text.length + count * Math.max(replacement.length - old.length, 0));
  return made(
    work,
    text.replaceAll(old, () => replacement),
  );
}

/** Entries of a list, characters of a text where `texts` permits; nothing for what is not there. */
export function listOf(value: Value, texts: boolean): readonly Value[] {
  if (value === undefined) return [];
  if (isList(value)) return value;
  if (texts && typeof value === 'string') return Array.from(value);
  throw new Error('what should be a list is none');
}

/** As Python has it. */
export function isTrue(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  if (isList(value)) return value.length > 0;
  if (value.text === undefined) throw new Error('a map is neither true nor false here; name one of its entries');
  return true;
}

export function equals(a: Value, b: Value): boolean {
  if (typeof a === 'boolean' || typeof b === 'boolean') return equals(typeof a === 'boolean' ? Number(a) : a, typeof b === 'boolean' ? Number(b) : b);
  if (typeof a !== 'object' || a === null) return typeof b === 'object' && b !== null ? equals(b, a) : a === b;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((one, at) => equals(one, b[at]));
  if (b === undefined || b === null || typeof b === 'number' || isList(b)) return false;
  if (typeof b === 'string' && a.isText) return a.text === b;
  if (typeof b !== 'string' && a.text !== undefined && a.isText === b.isText) return a.text === b.text;
  throw new Error(a.text === undefined ? "a map can't be compared" : 'this is no text to Jinja; compare `|string` of it, or `.name` of levels and statuses');
}

/** `a in b` */
export function isIn(a: Value, b: Value): boolean {
  if (typeof b === 'string') return b.includes(printedText(a));
  return listOf(b, false).some((one) => equals(one, a));
}
