import { unicodeEscape } from '../source/char-escape.ts';
import type { Work } from '../work/work.ts';
import { changedText, functionOf, made, type TemplateFunction } from './function.ts';
import { pythonJson } from './json.ts';
import { numberIn } from './number.ts';
import { compared, countedMap, equals, isTrue, listOf } from './operators.ts';
import { printed } from './print.ts';
import { tests } from './tests.ts';
import { capitalized, indented, joined, replaced, titled } from './text-functions.ts';
import { memberOf, tupleOf, type Value } from './value.ts';

/** Jinja's `tojson` may stand in HTML. */
const unsafe = /[<>&']/g;

const ofText = (change: (text: string) => string): TemplateFunction =>
  functionOf((work, value) => changedText(work, printed(value, work), change));
const ofList = (change: (list: readonly Value[], work: Work) => Value): TemplateFunction =>
  functionOf((work, value) => change(copied(work, value), work));

const length = functionOf((work, value) => listOf(value, true, work).length);
const fallback = functionOf(
  (_, value, other = '', falsy = false) =>
    value === undefined || (isTrue(falsy) && !isTrue(value)) ? other : value,
  ['default_value', 'boolean'],
  0,
);

export const filters: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['upper', ofText((text) => text.toUpperCase())],
  ['lower', ofText((text) => text.toLowerCase())],
  ['capitalize', ofText(capitalized)],
  ['title', ofText(titled)],
  ['trim', ofText((text) => text.trim())],
  ['string', ofText(String)],
  ['length', length],
  ['count', length],
  ['default', fallback],
  ['d', fallback],
  ['first', functionOf((work, value) => listOf(value, true, work)[0])],
  ['last', functionOf((work, value) => listOf(value, true, work).at(-1))],
  [
    'join',
    functionOf(
      (work, value, between = '', attribute) =>
        joined(work, attributesOf(listOf(value, true, work), attribute), printed(between, work)),
      ['d', 'attribute'],
      0,
    ),
  ],
  [
    'replace',
    functionOf(
      (work, value, old, by) =>
        replaced(work, printed(value, work), printed(old, work), printed(by, work)),
      ['old', 'new'],
    ),
  ],
  [
    'indent',
    functionOf(
      (work, value, width = 4, first = false, blank = false) =>
        indented(work, printed(value, work), width, isTrue(first), isTrue(blank)),
      ['width', 'first', 'blank'],
      0,
    ),
  ],
  [
    'tojson',
    functionOf((work, value) => made(work, pythonJson(value, work).replace(unsafe, unicodeEscape))),
  ],
  ['int', functionOf((work, value, other = 0) => integerOf(value, work) ?? other, ['default'], 0)],
  ['list', ofList((list) => list)],
  [
    'reverse',
    functionOf((work, value) =>
      typeof value === 'string'
        ? changedText(work, value, (text) => Array.from(text).reverse().join(''))
        : [...copied(work, value)].reverse(),
    ),
  ],
  ['unique', ofList(unique)],
  [
    'sort',
    functionOf(
      (work, value, reverse = false, cased = false, attribute) =>
        sorted(
          work,
          copied(work, value),
          isTrue(reverse),
          isTrue(cased) ? (one) => one : folded,
          attribute,
        ),
      ['reverse', 'case_sensitive', 'attribute'],
      0,
    ),
  ],
  [
    'items',
    functionOf((work, value) => (value === undefined ? [] : entriesOf(value, work).map(tupleOf))),
  ],
  ['dictsort', functionOf((work, value) => sortedEntries(entriesOf(value, work), work))],
  [
    'map',
    functionOf(
      (work, value, name, attribute) => mapped(work, copied(work, value), name, attribute),
      ['filter', 'attribute'],
      0,
    ),
  ],
  [
    'select',
    functionOf(
      (work, value, test, other) => chosen(work, value, undefined, test, other, true),
      ['test', 'other'],
      0,
    ),
  ],
  [
    'reject',
    functionOf(
      (work, value, test, other) => chosen(work, value, undefined, test, other, false),
      ['test', 'other'],
      0,
    ),
  ],
  [
    'selectattr',
    functionOf(
      (work, value, name, test, other) => chosen(work, value, name, test, other, true),
      ['name', 'test', 'other'],
      1,
    ),
  ],
  [
    'rejectattr',
    functionOf(
      (work, value, name, test, other) => chosen(work, value, name, test, other, false),
      ['name', 'test', 'other'],
      1,
    ),
  ],
]);

function copied(work: Work, value: Value): readonly Value[] {
  const list = listOf(value, true, work);
  work.entries(list.length);
  return list;
}

/** What `attribute` names of each entry: `name`, `parent.name`. */
function attributesOf(list: readonly Value[], attribute: Value): readonly Value[] {
  return attribute === undefined ? list : list.map((entry) => attributeOf(entry, attribute));
}

function attributeOf(value: Value, attribute: Value): Value {
  if (typeof attribute !== 'string') throw new Error('`attribute` takes a name');
  return attribute.split('.').reduce(memberOf, value);
}

/**
 * Entries that pass the test, or with an attribute that does; without a test those that are true.
 */
function chosen(
  work: Work,
  value: Value,
  attribute: Value,
  test: Value,
  other: Value,
  wanted: boolean,
): readonly Value[] {
  const found = test === undefined ? undefined : tests.get(printed(test, work));
  if (test !== undefined && (!found || found.least > (other === undefined ? 0 : 1)))
    throw new Error(`\`${printed(test, work)}\` is no test that fits here`);
  return copied(work, value).filter((entry) => {
    const one = attribute === undefined ? entry : attributeOf(entry, attribute);
    return (found ? found.apply(work, one, other) === true : isTrue(one)) === wanted;
  });
}

function folded(value: Value, work: Work): Value {
  if (typeof value !== 'string') return value;
  work.characters(value.length);
  return value.toLowerCase();
}

function unique(list: readonly Value[], work: Work): readonly Value[] {
  const texts = new Set<Value>();
  const found: Value[] = [];
  for (const one of list) {
    const key = folded(one, work);
    if (typeof key === 'object' ? found.some((other) => equals(other, one, work)) : texts.has(key))
      continue;
    texts.add(key);
    found.push(one);
  }
  return found;
}

function sorted(
  work: Work,
  list: readonly Value[],
  reverse: boolean,
  keyOf: typeof folded,
  attribute: Value,
): readonly Value[] {
  const order = reverse ? -1 : 1;
  const keys = list.map(
    (one) =>
      [keyOf(attribute === undefined ? one : attributeOf(one, attribute), work), one] as const,
  );
  return keys.sort(([a], [b]) => order * compared(a, b, work)).map(([, one]) => one);
}

/** By a filter without arguments, or to what `attribute` names. */
function mapped(
  work: Work,
  list: readonly Value[],
  name: Value,
  attribute: Value,
): readonly Value[] {
  if (name === undefined) return attributesOf(list, attribute);
  const filter = filters.get(printed(name, work));
  if (!filter || filter.least > 0 || attribute !== undefined)
    throw new Error(
      `\`map\` takes \`attribute=\` or a filter without arguments, not \`${printed(name, work)}\``,
    );
  return list.map((one) => filter.apply(work, one));
}

function entriesOf(value: Value, work: Work): readonly (readonly [string, Value])[] {
  const entries =
    typeof value === 'object' && value !== null && 'kind' in value ? value.entries?.() : undefined;
  if (!entries) throw new Error('what should be a map is none');
  return Array.from(countedMap(entries, work), ([key, one]) => [key, one]);
}

function sortedEntries(
  entries: readonly (readonly [string, Value])[],
  work: Work,
): readonly Value[] {
  work.entries(entries.length);
  return [...entries]
    .sort(([a], [b]) => compared(folded(a, work), folded(b, work), work))
    .map(tupleOf);
}

function integerOf(value: Value, work: Work): number | undefined {
  if (typeof value === 'string') work.characters(value.length);
  const number =
    typeof value === 'string'
      ? numberIn(value)
      : typeof value === 'boolean'
        ? Number(value)
        : value;
  return typeof number === 'number' ? Math.trunc(number) : undefined;
}
