import { describe, expect, it } from 'vitest';
import { nameKeys } from '../src/pack/naming/name-text.ts';
import { independentFiles, loneRule } from '../src/sigma/collection/lone-rule.ts';
import { cpuMilliseconds } from './cpu-time.ts';

const rule = (
  more = '',
  detection = 'detection:\n  sel:\n    filter: x\n  condition: sel\n',
  title = 'A',
): string => `title: ${title}\n${more}logsource:\n  product: windows\n${detection}`;
const id = '75edd3fd-7146-48e5-9848-3013d7f0282c';

describe('a file that holds one detection rule', () => {
  it.each([
    ['without an id', rule(), { title: 'A' }],
    ['with an id and a name', rule(`id: ${id}\nname: base\n`), { id, name: 'base', title: 'A' }],
    [
      'with comments, blanks and a list in the first column',
      rule(`# correlation: x\n\ntags:\n- attack.t1001\nid:  ${id} \n`),
      { id, title: 'A' },
    ],
    ['with blanks after a key', rule(`id            : ${id}\n`), { id, title: 'A' }],
    [
      'with line breaks of Windows',
      rule(`id: ${id}\n`).replaceAll('\n', '\r\n'),
      { id, title: 'A' },
    ],
    [
      'with a text of several lines',
      rule('description: |\n  filter: this\n  --- not a document\n'),
      { title: 'A' },
    ],
    [
      'with a name of its own in the packs, which takes more than a look',
      rule('sigpack: { name: x }\n'),
      {},
    ],
  ])('%s', (_, text, expected) => expect(loneRule(text)).toEqual(expected));

  it.each([
    ['A tool: what it does, [x]', undefined],
    ['"A: tool" ', 'A: tool'],
    ["'A # tool'", 'A # tool'],
    ['A tool, (x) - y/z, a:b', 'A tool, (x) - y/z, a:b'],
    ['A tool # comment', undefined],
    ['C#', undefined],
    ["'it''s'", undefined],
    ['"a\\x41"', undefined],
    ['A\n  tool', undefined],
    ['A\n\n  tool', undefined],
    ['|\n  A', undefined],
    ['&a A', undefined],
    ['', undefined],
  ])('with the title %j', (title, expected) =>
    expect(loneRule(rule(`id: ${id}\n`, undefined, title))).toEqual({ id, title: expected }),
  );

  it('looks through a long line once', () => {
    const started = cpuMilliseconds();
    expect(loneRule(rule(`id: ${id}\n`, undefined, `A${' '.repeat(500_000)}#`))).toEqual({ id });
    expect(cpuMilliseconds() - started).toBeLessThan(1000);
  });

  it.each([
    ['a correlation', 'title: C\ncorrelation:\n  type: event_count\n'],
    ['a filter', 'title: F\nfilter:\n  rules: any\ndetection:\n'],
    ['a key in quotes', `${rule()}"filter": {}\n`],
    ['a key with a tag', `${rule()}!!str filter: {}\n`],
    ['a key after a question mark', `${rule()}? filter\n: {}\n`],
    ['a key with an anchor', `${rule()}&a filter: {}\n`],
    ['a second document', `${rule()}---\n${rule()}`],
    [
      'a document that starts on the line of its mark',
      `--- {title: A, detection: {}}\ndetection:\n`,
    ],
    ['an end of a document', `${rule()}...\n${rule()}`],
    ['a map in braces', '{ title: A,\ndetection: {} }\n'],
    ['an indented map', rule().replace(/^/gm, '  ')],
    ['a rule collection of old', rule('action: global\n')],
    ['an id in quotes', rule(`id: "${id}"\n`)],
    ['an id with a comment', rule(`id: ${id} # x\n`)],
    ['an id on the next line', rule(`id:\n  ${id}\n`)],
    ['two ids', rule(`id: ${id}\nid: x\n`)],
    ['a name with an escape', rule('name: "b\\x61se"\n')],
    ['line breaks of old', rule().replaceAll('\n', '\r')],
    ['a key of two words', rule(`id of it: ${id}\n`)],
    ['nothing', ''],
  ])('is not sure of %s', (_, text) => expect(loneRule(text)).toBeUndefined());
});

describe('files that no other file can have to do with', () => {
  const titled = (title: string, number = 1): string =>
    rule(`id: 75edd3fd-7146-48e5-9848-3013d7f0000${number}\n`, undefined, title);
  const base = rule(`id: ${id}\nname: base\n`);
  const other = titled('Other', 0);
  const correlation = (reference: string): string =>
    `title: C\ncorrelation:\n  type: event_count\n  rules: [${reference}]\n`;

  it.each<[string, string[], number[]]>([
    ['all, where each is a rule', [base, other, titled('Third')], [0, 1, 2]],
    ['not a rule that is named', [base, other, correlation('base')], [1]],
    ['not a rule that is named by its id', [base, other, correlation(id)], [1]],
    [
      'not a rule that is named by its id in capitals',
      [base, other, correlation(id.toUpperCase())],
      [1],
    ],
    [
      'not a rule that a comment mentions: that costs no more than memory',
      [base, other, `# base\n${correlation('x')}`],
      [1],
    ],
    ['not rules of one id', [base, rule(`id: ${id.toUpperCase()}\n`, undefined, 'B'), other], [2]],
    [
      'not rules of which one has the id of the other as its name',
      [base, rule(`name: ${id}\n`), other],
      [2],
    ],
    [
      'not rules of one title, in whatever case',
      [titled('A tool', 1), titled("'a TOOL'", 2), other],
      [2],
    ],
    [
      'not rules whose titles make one file name',
      [titled('A tool', 1), titled('A (tool)', 2), other],
      [2],
    ],
    ['not a rule without an id, which its title makes', [rule(), other], [1]],
    [
      'not a rule that may be called as no title is',
      [titled('Default', 1), titled('x'.repeat(100), 2), titled('Tool 0123abcd', 3), other],
      [3],
    ],
    ['none, where a file may hold a filter', [base, other, `title: F\n"fi\\\nlter": {}\n`], []],
    ['none beside a filter', [base, other, 'title: F\nfilter:\n  rules: any\n'], []],
    [
      'none, where a reference may be spelled otherwise',
      [base, other, correlation('"b\\u0061se"')],
      [],
    ],
  ])('%s', (_, texts, expected) =>
    expect([...independentFiles(texts, nameKeys('')).keys()]).toEqual(expected),
  );
});
