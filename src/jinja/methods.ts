import type { Work } from '../work/work.ts';
import { JinjaError } from './error.ts';
import { changedText, countedText, functionOf, type TemplateFunction } from './function.ts';
import { countedMap, listOf } from './operators.ts';
import { capitalized, joined, replaced, type Sides, stripped } from './text-functions.ts';
import { entriesOf, isMembers, printedText, tupleOf, type Value } from './value.ts';

type Named = readonly [name: string, method: TemplateFunction];

/** A method of texts whose arguments are texts as well; some may be missing. */
function textMethod(
  name: string,
  apply: (work: Work, text: string, ...args: readonly string[]) => Value,
  parameters: readonly string[] = [],
  required = parameters.length,
): Named {
  const checked = (value: Value): string => {
    if (typeof value === 'string') return value;
    throw new JinjaError(`\`${name}\` is for texts; \`|string\` makes one`);
  };
  return [
    name,
    functionOf(
      (work, value, ...args) =>
        apply(
          work,
          checked(value),
          ...args.filter((one) => one !== undefined && one !== null).map(checked),
        ),
      parameters,
      required,
    ),
  ];
}

const changed = (name: string, change: (text: string) => string): Named =>
  textMethod(name, (work, text) => changedText(work, text, change));
const strip = (name: string, sides: Sides): Named =>
  textMethod(name, (work, text, chars) => stripped(work, text, chars, sides), ['chars'], 0);

/** Python's methods of texts, maps and dates that change nothing. */
export const methods: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  [
    'get',
    functionOf((_, value, key, other = null) => entryOf(value, key, other), ['key', 'default'], 1),
  ],
  ['keys', functionOf((work, value) => [...readEntries(value, work).keys()])],
  ['values', functionOf((work, value) => [...readEntries(value, work).values()])],
  ['items', functionOf((work, value) => Array.from(readEntries(value, work), tupleOf))],
  changed('lower', (text) => text.toLowerCase()),
  changed('upper', (text) => text.toUpperCase()),
  changed('capitalize', capitalized),
  strip('strip', 'both'),
  strip('lstrip', 'left'),
  strip('rstrip', 'right'),
  textMethod('startswith', (_, text, start = '') => text.startsWith(start), ['prefix']),
  textMethod('endswith', (_, text, end = '') => text.endsWith(end), ['suffix']),
  textMethod('replace', (work, text, old = '', by = '') => replaced(work, text, old, by), [
    'old',
    'new',
  ]),
  textMethod('split', (work, text, between) => split(text, between, work), ['sep'], 0),
  [
    'join',
    functionOf(
      (work, between, list) => joined(work, listOf(list, true, work), printedText(between)),
      ['list'],
    ),
  ],
  [
    'strftime',
    functionOf(
      (work, value, format) => countedText(work, dateText(dateOf(value), printedText(format))),
      ['format'],
    ),
  ],
  ['isoformat', functionOf((_, value) => dateOf(value))],
]);

function readEntries(value: Value, work: Work): ReadonlyMap<string, Value> {
  const entries = entriesOf(value);
  if (entries) return countedMap(entries, work);
  throw new JinjaError('this is not a map');
}

/** Keys of maps are texts here, so no other value is a key. */
function entryOf(value: Value, key: Value, other: Value): Value {
  if (!isMembers(value) || !value.entries) throw new JinjaError('this is not a map');
  const entry = typeof key === 'string' ? value.member(key) : undefined;
  return entry === undefined ? other : entry;
}

function dateOf(value: Value): string {
  if (isMembers(value) && value.isDate && value.text !== undefined) return value.text;
  throw new JinjaError('this is not a date');
}

function split(text: string, between: string | undefined, work: Work): readonly string[] {
  if (between === '') throw new JinjaError('`split` takes a text that is not empty');
  work.characters(text.length);
  const parts =
    between === undefined ? text.split(/\s+/).filter((part) => part !== '') : text.split(between);
  work.entries(parts.length);
  return parts;
}

const months =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

/** `strftime` of a date, which has no time: midnight. */
function dateText(date: string, format: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  const name = months[Number(month) - 1] ?? '';
  const parts: Readonly<Record<string, string>> = {
    Y: year,
    y: year.slice(-2),
    m: month,
    d: day,
    B: name,
    b: name.slice(0, 3),
    H: '00',
    M: '00',
    S: '00',
  };
  return format.replace(/%([\s\S]?)/g, (whole, code: string) => {
    const text = code === '%' ? '%' : Object.hasOwn(parts, code) ? parts[code] : undefined;
    if (text === undefined)
      throw new JinjaError(`\`${whole}\` is not supported in a format of dates`);
    return text;
  });
}
