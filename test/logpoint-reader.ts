import type { TestEvent } from './matcher.ts';
import { oneCharacter } from './one-character.ts';

/**
 * Text outside of quotes; undefined where a quote is left open. With `escapes`, as a release would
 * read it that takes backslashes for escapes.
 */
export function unquoted(query: string, escapes: boolean): string | undefined {
  let quote = '';
  let text = '';
  for (let at = 0; at < query.length; at++) {
    const char = query[at] ?? '';
    if (quote === '') {
      if (char === '"' || char === "'") quote = char;
      else text += char;
    } else if (escapes && char === '\\') at++;
    else if (char === quote) quote = '';
  }
  return quote === '' ? text : undefined;
}

type Reader = { readonly tokens: readonly string[]; at: number };
type Test = (event: TestEvent) => boolean;

/**
 * A reader of LogPoint's searches, written from its manual: quotes without escapes, wildcards, OR
 * before AND, `-` for NOT.
 */
function readSearch(text: string): Test {
  const reader = {
    tokens: text.match(/"[^"]*"|'[^']*'|IN \[|[<>]=?|[()=\],]|-|[^\s"'()=<>,\]-]+/g) ?? [],
    at: 0,
  };
  const test = readAnd(reader);
  if (reader.at < reader.tokens.length)
    throw new Error(`left over: ${reader.tokens.slice(reader.at).join(' ')}`);
  return test;
}

function joined(reader: Reader, word: string, operand: (reader: Reader) => Test): readonly Test[] {
  const tests = [operand(reader)];
  while (reader.tokens[reader.at] === word) {
    reader.at++;
    tests.push(operand(reader));
  }
  return tests;
}

function readAnd(reader: Reader): Test {
  const tests = joined(reader, 'AND', readOr);
  return (event) => tests.every((test) => test(event));
}

function readOr(reader: Reader): Test {
  const tests = joined(reader, 'OR', readNot);
  return (event) => tests.some((test) => test(event));
}

function readNot(reader: Reader): Test {
  const token = reader.tokens[reader.at++] ?? '';
  if (token === '-') {
    const test = readNot(reader);
    return (event) => !test(event);
  }
  if (token === '(') {
    const test = readAnd(reader);
    if (reader.tokens[reader.at++] !== ')') throw new Error('a parenthesis is open');
    return test;
  }
  return readField(reader, token);
}

function readField(reader: Reader, name: string): Test {
  const field = name.replace(/^["']|["']$/g, '');
  const operator = reader.tokens[reader.at] ?? '';
  if (!/^(?:=|[<>]=?|IN \[)$/.test(operator)) {
    if (field === '*') return () => true;
    return (event) =>
      Object.values(event).some((value) => wildcard(`*${field}*`).test(String(value)));
  }
  const values: string[] = [];
  do {
    reader.at++;
    const sign =
      /^[<>]/.test(operator) && reader.tokens[reader.at] === '-' ? reader.tokens[reader.at++] : '';
    values.push(`${sign}${(reader.tokens[reader.at++] ?? '').replace(/^["']|["']$/g, '')}`);
  } while (operator === 'IN [' && reader.tokens[reader.at] === ',');
  if (operator === 'IN [') reader.at++;
  const bound = Number(values[0]);
  if (operator.startsWith('<'))
    return (event) =>
      Number(event[field]) < bound || (operator === '<=' && Number(event[field]) === bound);
  if (operator.startsWith('>'))
    return (event) =>
      Number(event[field]) > bound || (operator === '>=' && Number(event[field]) === bound);
  const patterns = values.map(wildcard);
  return (event) =>
    event[field] !== undefined && patterns.some((pattern) => pattern.test(String(event[field])));
}

const wildcard = (text: string): RegExp =>
  new RegExp(
    `^${text.replace(/[.*+?^${}()|[\]\\]/g, (char) => (char === '*' ? '.*' : char === '?' ? oneCharacter : `\\${char}`))}$`,
    'is',
  );

/** The search of a rule and the stages behind it. */
export function readLogPoint(text: string): Test {
  const [search = '', ...stages] = text.split(/ \| (?=process regex\()/);
  const tests = stages.map((stage): Test => {
    const [, flags = '', source = '', field = ''] =
      /^process regex\("(?:\(\?([ims]+)\))?([^"]*)", (.*), "filter=true"\)$/.exec(stage) ?? [];
    const regex = new RegExp(
      source.replaceAll('\\A', '(?<![^])').replaceAll('\\Z', '(?![^])'),
      flags,
    );
    const name = field.replaceAll('"', '');
    return (event) => event[name] !== undefined && regex.test(String(event[name]));
  });
  const found = readSearch(search);
  return (event) => found(event) && tests.every((test) => test(event));
}

/** A value of a chart: without events, 0 of what is counted, and nothing of what is added up. */
const aggregators: Readonly<Record<string, (values: readonly unknown[]) => number | undefined>> = {
  count: (values) => values.length,
  distinct_count: (values) => new Set(values.map(String)).size,
  sum: (values) =>
    values.length === 0 ? undefined : values.reduce<number>((sum, value) => sum + Number(value), 0),
  avg: (values) =>
    values.length === 0
      ? undefined
      : values.reduce<number>((sum, value) => sum + Number(value), 0) / values.length,
};

/**
 * A search, its chart and the search behind it: the rows that are left of some events. Without
 * `by`, a chart has one row, always.
 */
export function readLogPointChart(
  text: string,
): (events: readonly TestEvent[]) => readonly TestEvent[] {
  const [, search = '', name = '', argument = '', value = '', by = '', left = ''] =
    /^(.*) \| chart (\w+)\((\w*)\) as (\w+)(?: by ([\w, ]+))? \| search (.*)$/s.exec(text) ?? [];
  const aggregator = aggregators[name];
  if (!aggregator) throw new Error(`not a chart: ${text}`);
  const [finds, keeps] = [readLogPoint(search), readSearch(left)];
  const fields = by === '' ? [] : by.split(', ');
  return (events) => {
    const groups = new Map<string, TestEvent[]>(fields.length === 0 ? [['[]', []]] : []);
    for (const event of events.filter(finds)) {
      if (fields.some((field) => event[field] === undefined)) continue;
      const key = JSON.stringify(fields.map((field) => event[field]));
      groups.set(key, [...(groups.get(key) ?? []), event]);
    }
    const rows = [...groups].map(([key, group]): TestEvent => {
      const values = argument === '' ? group : group.flatMap((event) => event[argument] ?? []);
      const parts = JSON.parse(key) as readonly string[];
      return {
        ...Object.fromEntries(fields.map((field, index) => [field, parts[index]])),
        [value]: aggregator(values),
      };
    });
    return rows.filter(keeps);
  };
}
