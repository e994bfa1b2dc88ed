import { unicodeEscape } from '../source/char-escape.ts';
import type { Work } from '../work/work.ts';
import { JinjaError } from './error.ts';
import { changedText, countedText, functionOf, type TemplateFunction } from './function.ts';
import { pythonJson } from './json.ts';
import { numberIn } from './number.ts';
import { compared, countedMap, equals, isTrue, listOf } from './operators.ts';
import { printed } from './print.ts';
import { tests } from './tests.ts';
import { capitalized, indented, joined, replaced, titled } from './text-functions.ts';
import { entriesOf, memberOf, tupleOf, type Value } from './value.ts';

/** Jinja's `tojson` makes its text safe for HTML. */
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
        joined(
          work,
          attributesOf(listOf(value, true, work), attribute, work),
          printed(between, work),
        ),
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
    functionOf((work, value) =>
      countedText(work, pythonJson(value, work).replace(unsafe, unicodeEscape)),
    ),
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
    functionOf((work, value) => (value === undefined ? [] : readEntries(value, work).map(tupleOf))),
  ],
  ['dictsort', functionOf((work, value) => sortedEntries(readEntries(value, work), work))],
  [
    'map',
    functionOf(
      (work, value, name, attribute) => mapped(work, copied(work, value), name, attribute),
      ['filter', 'attribute'],
      0,
    ),
  ],
  ['select', entrySelection(true)],
  ['reject', entrySelection(false)],
  ['selectattr', attributeSelection(true)],
  ['rejectattr', attributeSelection(false)],
]);

function copied(work: Work, value: Value): readonly Value[] {
  const list = listOf(value, true, work);
  work.entries(list.length);
  return list;
}

/** What `attribute` names of each entry: `name`, `parent.name`. */
function attributesOf(list: readonly Value[], attribute: Value, work: Work): readonly Value[] {
  return attribute === undefined ? list : list.map((entry) => attributeOf(entry, attribute, work));
}

function attributeOf(value: Value, attribute: Value, work: Work): Value {
  if (attribute === undefined) return value;
  if (typeof attribute !== 'string') throw new JinjaError('`attribute` takes a name');
  work.characters(attribute.length);
  return attribute.split('.').reduce((holder, name) => memberOf(holder, name, work), value);
}

/** Keeps entries of which the test is `wanted`; without a test, those that are true or false. */
function entrySelection(wanted: boolean): TemplateFunction {
  return functionOf(
    (work, value, test, other) => {
      const passes = testOf(work, test, other);
      return copied(work, value).filter((entry) => passes(entry) === wanted);
    },
    ['test', 'other'],
    0,
  );
}

/** The same by an attribute of each entry. */
function attributeSelection(wanted: boolean): TemplateFunction {
  return functionOf(
    (work, value, name, test, other) => {
      const passes = testOf(work, test, other);
      return copied(work, value).filter(
        (entry) => passes(attributeOf(entry, name, work)) === wanted,
      );
    },
    ['name', 'test', 'other'],
    1,
  );
}

function testOf(work: Work, name: Value, other: Value): (value: Value) => boolean {
  if (name === undefined) return isTrue;
  const test = tests.get(printed(name, work));
  if (!test || test.required > (other === undefined ? 0 : 1))
    throw new JinjaError(`\`${printed(name, work)}\` is not a test that fits here`);
  return (value) => test.apply(work, value, other) === true;
}

function folded(value: Value, work: Work): Value {
  if (typeof value !== 'string') return value;
  work.characters(value.length);
  return value.toLowerCase();
}

function unique(list: readonly Value[], work: Work): readonly Value[] {
  const keys = new Set<Value>();
  const distinct: Value[] = [];
  for (const one of list) {
    const key = folded(one, work);
    const isKnown =
      typeof key === 'object' ? distinct.some((other) => equals(other, one, work)) : keys.has(key);
    if (isKnown) continue;
    keys.add(key);
    distinct.push(one);
  }
  return distinct;
}

function sorted(
  work: Work,
  list: readonly Value[],
  reverse: boolean,
  keyOf: typeof folded,
  attribute: Value,
): readonly Value[] {
  const order = reverse ? -1 : 1;
  const keys = list.map((one) => [keyOf(attributeOf(one, attribute, work), work), one] as const);
  return keys.sort(([a], [b]) => order * compared(a, b, work)).map(([, one]) => one);
}

/** By a filter without arguments, or to what `attribute` names. */
function mapped(
  work: Work,
  list: readonly Value[],
  name: Value,
  attribute: Value,
): readonly Value[] {
  if (name === undefined) return attributesOf(list, attribute, work);
  const filter = filters.get(printed(name, work));
  if (!filter || filter.required > 0 || attribute !== undefined)
    throw new JinjaError(
      `\`map\` takes \`attribute=\` or a filter without arguments, not \`${printed(name, work)}\``,
    );
  return list.map((one) => filter.apply(work, one));
}

function readEntries(value: Value, work: Work): readonly (readonly [string, Value])[] {
  const entries = entriesOf(value);
  if (!entries) throw new JinjaError('what should be a map is not a map');
  return [...countedMap(entries, work)];
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
