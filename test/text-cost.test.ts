import { describe, expect, test } from 'vitest';
import { cursorAt, textsBelow } from '../src/editor/cursor.ts';
import { createCsvReader } from '../src/event/csv.ts';
import { namesIn } from '../src/install/graylog/pipelines/server-pipelines.ts';
import { sourceError } from '../src/install/graylog/pipelines/source-allowed.ts';
import { serverError } from '../src/install/server/server-error.ts';
import { createServerTexts } from '../src/install/server/server-text.ts';
import { appError } from '../src/install/splunk/app-allowed.ts';
import { fillPlaceholders, parseExpanded } from '../src/sigma/value/placeholder.ts';
import { csvRows } from '../src/source/csv/csv-rows.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileText, detectionOf, ruleText } from './compile.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { told } from './diagnostics.ts';
import { splunk } from './registered.ts';
import { unwrapped } from './result.ts';

const size = 200_000;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const fileOf = (path: string, text: string): unknown =>
  appError('acme', new Map([[path, bytes(text)]]));
const sourceOf = (text: string): unknown =>
  sourceError(
    'pipeline_rule',
    { title: { '@value': 'a b' }, source: { '@value': `rule "a b"\n${text}` } },
    new Set(),
    new Set(),
  );
function recordOf(text: string): unknown {
  const read = createCsvReader((_, message) => {
    throw new Error(message);
  });
  read({ text: '__mv_a', line: 1 });
  return read({ text, line: 2 });
}
function titled(title: string): unknown {
  const compiled = detectionOf('s: { a: b }\ncondition: s');
  const rule = { ...compiled.rule, title };
  const format = splunk.formats.find(({ name }) => name === 'savedsearches');
  return format?.print([{ rule, converted: { queries: ['a=b'] } }]);
}

// each took a time that grows with the square of the length, or more
test.each<[what: string, read: () => unknown]>([
  [
    'the name of an element',
    () => fileOf('default/data/ui/nav/default.xml', `<nav><${'a'.repeat(size)}`),
  ],
  ['comments of a conf file', () => fileOf('default/app.conf', '\r;'.repeat(size))],
  ['comments of a pipeline rule that are not closed', () => sourceOf('/* '.repeat(size))],
  ['strings of a pipeline rule that are not closed', () => sourceOf('"\\'.repeat(size))],
  ['a word of a pipeline rule', () => sourceOf('1a'.repeat(size))],
  ['empty lines of a pipeline on the server', () => namesIn('\n'.repeat(size))],
  ['blanks of a pipeline on the server', () => namesIn(`rule "a"${' '.repeat(size)}x`)],
  [
    'a page of a server',
    () =>
      serverError(
        'GET /',
        { ok: true, value: { status: 500, text: '<'.repeat(size) } },
        createServerTexts(),
      ),
  ],
  ['cells of a lookup', () => csvRows(`"${'x""'.repeat(size)}`)],
  ['lists of Splunk', () => recordOf(`"$${'x$$'.repeat(size)}$y"`)],
  ['a title of backslashes', () => titled(`${'\\'.repeat(size)}x`)],
  [
    'placeholders',
    () =>
      fillPlaceholders(parseExpanded('%a% '.repeat(size / 4)), new Map(), {
        most: 9,
        longest: 1e9,
        keep: true,
      }),
  ],
  ['a line that is edited', () => cursorAt(`a${' '.repeat(size)}x`, size)],
  [
    'a line above',
    () => textsBelow(['a:', ` b: ${'x '.repeat(size)}#`, ` c: x${' '.repeat(size)}x`], 'a'),
  ],
])('%s: a long one is read in a short time', (_, read) => {
  const start = cpuMilliseconds();
  read();
  expect(cpuMilliseconds() - start).toBeLessThan(700);
});

test('a cell may be as long as its file', () => {
  const long = 'a'.repeat(9 * 1024 * 1024);
  expect(csvRows(`"${long}""",b`)).toEqual([[`${long}"`, 'b']]);
});

test('what is not closed in a pipeline rule is refused', () => {
  for (const end of ['"', '"a\\', '`a', '/* a', '/*/'])
    expect(sourceOf(`when true then ${end}`)).toBe('has texts that no build of Sigpack writes');
  expect(sourceOf('when true then // a " ` /*')).toBeUndefined();
});

test('what a pipeline rule calls is found behind digits and blanks', () => {
  for (const call of ['evil(', 'evil \n (', '1evil(', '2_evil('])
    expect(sourceOf(`when true then ${call})`)).toMatch(/^calls _?evil, which no build/);
  expect(sourceOf('when 1 (true) then')).toBeUndefined();
});

test('the longest key of a line is found', () => {
  expect(cursorAt('a b : c', 7).key).toBe('a b');
  expect(textsBelow(['a:', " b: 'x y'  # z"], 'a').get('b')).toBe('x y');
});

test('lists of Splunk are read as it writes them', () => {
  expect(recordOf('$a$;$$;$$$b$$c$;$d')).toEqual({ a: ['a', '', '$b$c'] });
  expect(recordOf('$$')).toEqual({ a: [''] });
});

test('placeholders are filled in order', () => {
  const values = new Map([
    ['a', [['x'], ['y']]],
    ['b', [['z']]],
  ]);
  const pattern = parseExpanded('1%a%2%b%%a%3');
  const filled = unwrapped(
    fillPlaceholders(pattern, values, { most: 9, longest: 1e9, keep: false }),
  );
  expect(filled).toEqual([['1x2zx3'], ['1x2zy3'], ['1y2zx3'], ['1y2zy3']]);
});

describe('a value with placeholders', () => {
  const list = Array.from({ length: 9000 }, (_, at) => [`v${at}`]);
  const problemsOf = (value: string): readonly string[] => {
    const bag = createBag();
    const text = ruleText(`s: { ${value} }\ncondition: s`);
    compileText(text, bag, new Map([['p', list]]));
    return told(bag);
  };

  test('may be long', () => {
    expect(problemsOf(`'a|expand': '%p%${'a'.repeat(1000)}'`)).toEqual([]);
  });

  test.each([
    ['text', `'a|expand': '%p%${'a'.repeat(2000)}'`],
    ['wildcards', `'a|expand': '%p%${'a*'.repeat(1000)}'`],
    ['expression', `'a|re|expand': '%p%${'(a|b)c*'.repeat(20)}'`],
  ])('makes no texts of more than a bound: %s', (_, value) => {
    expect(problemsOf(value)).toEqual([
      expect.stringContaining('the placeholders make too long a text of this value'),
    ]);
  });

  test('makes no more than a bound with others, which is told once', () => {
    const values = Array.from({ length: 30 }, (_, at) => `'%p%${at}'`).join(', ');
    expect(problemsOf(`'a|expand': [${values}]`)).toEqual([
      expect.stringContaining('the modifiers make more than 100000 values of those of the rule'),
    ]);
    const long = Array.from({ length: 4 }, (_, at) => `'%p%${at}${'a'.repeat(700)}'`).join(', ');
    expect(problemsOf(`'a|expand': [${long}]`)).toEqual([expect.stringContaining('too long ones')]);
  });
});
