import { attackTactics, attackTechniques } from '../attack/names.ts';
import { attributes } from '../sigma/correlation/attributes.ts';
import { criteria } from '../sigma/correlation/condition-reader.ts';
import { correlationTypes } from '../sigma/correlation/correlation.ts';
import { knownAttributes } from '../sigma/rule/attribute-name.ts';
import { logSourceKeys } from '../sigma/rule/reader.ts';
import { type LogSource, levels, statuses } from '../sigma/rule/rule.ts';
import { chainError, modifierRoles } from '../sigma/value/modifier.ts';
import { type Cursor, cursorAt, textsBelow } from './cursor.ts';
import { modifierMeaning } from './modifier-meaning.ts';
import { notSelections } from './names.ts';
import { sourceKey, type Vocabulary } from './vocabulary.ts';

/** Something that can be typed at a place. */
export interface Completion {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'field' | 'modifier' | 'reference';
  readonly detail?: string;
  /** The text in place of the label, if that is another one. */
  readonly insert?: string;
}

/** What can be typed at a place, and the span that it replaces. */
export interface Completions {
  readonly start: number;
  readonly end: number;
  readonly items: readonly Completion[];
}

const keys = (names: Iterable<string>): readonly Completion[] =>
  Array.from(names, (name) => ({ label: name, kind: 'key', insert: `${name}: ` }));
const values = (names: Iterable<string>): readonly Completion[] =>
  Array.from(names, (label) => ({ label, kind: 'value' }));
const byCount = (counts: ReadonlyMap<string, number>): readonly string[] =>
  [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)).map(([one]) => one);

/** What can be typed at an offset of a rule's text. */
export function completionsAt(text: string, offset: number, vocabulary: Vocabulary): Completions {
  const cursor = cursorAt(text, offset);
  const words = cursor.key === 'condition' && cursor.path[0] !== 'correlation';
  const part = words ? (/(?<![\w.*-])[\w.*-]*$/.exec(cursor.typed)?.[0] ?? '') : cursor.typed;
  const bar = cursor.typed.lastIndexOf('|');
  const found = itemsFor(cursor, vocabulary);
  const start = found.afterBar ? cursor.start + bar + 1 : offset - part.length;
  return { start, end: offset, items: found.items };
}

interface Found {
  readonly items: readonly Completion[];
  /** Only what follows the last `|` is replaced. */
  readonly afterBar?: boolean;
}

function itemsFor(cursor: Cursor, vocabulary: Vocabulary): Found {
  const { path, key, inList } = cursor;
  const [top, second, third] = path;
  if (top === undefined && !inList) return { items: atTop(cursor) };
  switch (top) {
    case 'logsource':
      return { items: key === undefined ? keys(logSourceKeys) : sourceValues(cursor, vocabulary) };
    case 'tags':
      return { items: inList ? tagItems(vocabulary) : [] };
    case 'detection':
    case 'filter':
      if (top === 'filter' && (second === 'rules' || key === 'rules'))
        return { items: [...values(['any']), ...references(vocabulary)] };
      return inDetection(cursor, vocabulary, second);
    case 'correlation':
      return { items: inCorrelation(cursor, vocabulary, second, third) };
    case 'fields':
      return { items: fieldItems(cursor, vocabulary, '') };
    default:
      return { items: [] };
  }
}

function atTop({ key, lines }: Cursor): readonly Completion[] {
  if (key === 'status') return values(statuses);
  if (key === 'level') return values(levels);
  if (key !== undefined) return [];
  const present = new Set(lines.map((line) => /^(\w+):/.exec(line)?.[1]));
  return keys([...knownAttributes].filter((name) => !present.has(name)));
}

/** Names of the part of the log source that go with the parts that are there. */
function sourceValues({ key, lines }: Cursor, { logSources }: Vocabulary): readonly Completion[] {
  if (key !== 'category' && key !== 'product' && key !== 'service') return [];
  const given = textsBelow(lines, 'logsource');
  const others = (['category', 'product', 'service'] as const).filter(
    (part) => part !== key && (given.get(part) ?? '') !== '',
  );
  const fits = (source: LogSource): boolean =>
    others.every((part) => source[part] === undefined || source[part] === given.get(part));
  const names = new Set(logSources.filter(fits).flatMap((source) => source[key] ?? []));
  return values([...names].sort());
}

function tagItems({ tags }: Vocabulary): readonly Completion[] {
  const known = new Map<string, string | undefined>();
  for (const { shortName, name } of attackTactics) known.set(`attack.${shortName}`, name);
  for (const { id, name, current } of attackTechniques().values())
    if (id === current) known.set(`attack.${id.toLowerCase()}`, name);
  for (const tag of tags.keys()) if (!known.has(tag)) known.set(tag, undefined);
  for (const name of ['clear', 'green', 'amber', 'red']) known.set(`tlp.${name}`, undefined);
  return [...known].map(([label, detail]) => ({
    label,
    kind: 'value',
    ...(detail === undefined ? {} : { detail }),
  }));
}

const references = ({ rules }: Vocabulary): readonly Completion[] =>
  [...rules].map(([label, detail]) => ({ label, kind: 'reference', detail }));

const selectionNames = (lines: readonly string[]): readonly string[] => {
  const names = new Set<string>();
  let inside: string | undefined;
  let indent = 0;
  for (const line of lines) {
    const [, blanks = '', name] = /^( *)([\w.-]+) *:/.exec(line) ?? [];
    if (name === undefined) continue;
    if (blanks === '') [inside, indent] = [name, 0];
    else if (inside === 'detection' || inside === 'filter') {
      if (indent === 0) indent = blanks.length;
      if (blanks.length === indent) names.add(name);
    }
  }
  return [...names].filter((name) => !notSelections.has(name));
};

function inDetection(cursor: Cursor, vocabulary: Vocabulary, selection: string | undefined): Found {
  const { key, typed, lines } = cursor;
  if (key === 'condition' || selection === 'condition') {
    const names = selectionNames(lines);
    return { items: values([...names, 'and', 'or', 'not', '1 of ', 'all of ', 'them']) };
  }
  if (selection === undefined)
    return key === undefined
      ? { items: keys(['selection', 'filter_main_', 'filter_optional_', 'keywords', 'condition']) }
      : { items: [] };
  if (key !== undefined) return { items: [] };
  const [field = '', ...modifiers] = typed.split('|');
  if (modifiers.length === 0) return { items: fieldItems(cursor, vocabulary, ': ') };
  return { items: modifierItems(modifiers.slice(0, -1), field === ''), afterBar: true };
}

/** By how many of the public rules have them. */
const usualModifiers = ['contains', 'endswith', 'startswith', 'all', 're', 'windash', 'cidr'];

/** The usual ones first. */
function modifierItems(before: readonly string[], keyword: boolean): readonly Completion[] {
  return [...new Set([...usualModifiers, ...modifierRoles.keys()])]
    .filter((name) => chainError(name, before, keyword) === undefined)
    .map((label) => ({ label, kind: 'modifier', detail: modifierMeaning.get(label) ?? '' }));
}

/** Those of the log source first, and then by the number of rules that have them. */
function fieldItems(
  { lines }: Cursor,
  { fields, fieldsBySource }: Vocabulary,
  end: string,
): readonly Completion[] {
  const given = textsBelow(lines, 'logsource');
  const own = new Set(
    byCount(fieldsBySource.get(sourceKey(Object.fromEntries(given))) ?? new Map()),
  );
  return [...new Set([...own, ...byCount(fields)])].map((label) => ({
    label,
    kind: 'field',
    ...(end === '' ? {} : { insert: `${label}${end}` }),
    ...(own.has(label) ? { detail: 'of this log source' } : {}),
  }));
}

// Sigma has `field` in the condition; next to it, as in pySigma, it is only read
const correlationKeys = [...attributes].filter((name) => name !== 'field');

function inCorrelation(
  cursor: Cursor,
  vocabulary: Vocabulary,
  second: string | undefined,
  third: string | undefined,
): readonly Completion[] {
  const { key, inList } = cursor;
  if (second === undefined && !inList) {
    if (key === undefined) return keys(correlationKeys);
    if (key === 'type') return values(correlationTypes);
    return key === 'generate' ? values(['true', 'false']) : [];
  }
  if (second === 'rules') return references(vocabulary);
  if (second === 'group-by') return fieldItems(cursor, vocabulary, '');
  if (second === 'condition')
    return key === undefined
      ? keys(criteria)
      : key === 'field'
        ? fieldItems(cursor, vocabulary, '')
        : [];
  if (second === 'aliases' && third !== undefined)
    return key === undefined ? references(vocabulary) : fieldItems(cursor, vocabulary, '');
  return [];
}
