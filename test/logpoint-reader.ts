import type { TestEvent } from './matcher.ts';

/** Text outside of quotes; undefined where a quote is left open. With `escapes`, as a release would read it that takes backslashes for escapes. */
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

/** A reader of LogPoint's searches, written from its manual: quotes without escapes, wildcards, OR before AND, `-` for NOT. */
function readSearch(text: string): Test {
  const reader = { tokens: text.match(/"[^"]*"|'[^']*'|IN \[|[<>]=?|[()=\],]|-|[^\s"'()=<>,\]-]+/g) ?? [], at: 0 };
  const test = readAnd(reader);
  if (reader.at < reader.tokens.length) throw new Error(`left over: ${reader.tokens.slice(reader.at).join(' ')}`);
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
    return (event) => Object.values(event).some((value) => wildcard(`*${field}*`).test(String(value)));
  }
  const values: string[] = [];
  do {
    reader.at++;
    const sign = /^[<>]/.test(operator) && reader.tokens[reader.at] === '-' ? reader.tokens[reader.at++] : '';
    values.push(`${sign}${(reader.tokens[reader.at++] ?? '').replace(/^["']|["']$/g, '')}`);
  } while (operator === 'IN [' && reader.tokens[reader.at] === ',');
  if (operator === 'IN [') reader.at++;
  const bound = Number(values[0]);
  if (operator.startsWith('<')) return (event) => Number(event[field]) < bound || (operator === '<=' && Number(event[field]) === bound);
  if (operator.startsWith('>')) return (event) => Number(event[field]) > bound || (operator === '>=' && Number(event[field]) === bound);
  const patterns = values.map(wildcard);
  return (event) => event[field] !== undefined && patterns.some((pattern) => pattern.test(String(event[field])));
}

const wildcard = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, (char) => (char === '*' ? '.*' : char === '?' ? '.' : `\\${char}`))}$`, 'is');

/** The search of a rule and the stages behind it. */
export function readLogPoint(text: string): Test {
  const [search = '', ...stages] = text.split(/ \| (?=process regex\()/);
  const tests = stages.map((stage): Test => {
    const [, flags = '', source = '', field = ''] = /^process regex\("(?:\(\?([ims]+)\))?([^"]*)", (.*), "filter=true"\)$/.exec(stage) ?? [];
    const regex = new RegExp(source.replaceAll('\\A', '(?<![^])').replaceAll('\\Z', '(?![^])'), flags);
    const name = field.replaceAll('"', '');
    return (event) => event[name] !== undefined && regex.test(String(event[name]));
  });
  const found = readSearch(search);
  return (event) => found(event) && tests.every((test) => test(event));
}
