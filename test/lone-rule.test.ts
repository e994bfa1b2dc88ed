import { describe, expect, it } from 'vitest';
import { independentFiles, loneRule } from '../src/sigma/lone-rule.ts';

const rule = (more = '', detection = 'detection:\n  sel:\n    filter: x\n  condition: sel\n'): string =>
  `title: A\n${more}logsource:\n  product: windows\n${detection}`;
const id = '75edd3fd-7146-48e5-9848-3013d7f0282c';

describe('a file that holds one detection rule', () => {
  it.each([
    ['without an id', rule(), { id: undefined, name: undefined }],
    ['with an id and a name', rule(`id: ${id}\nname: base\n`), { id, name: 'base' }],
    ['with comments, blanks and a list in the first column', rule(`# correlation: x\n\ntags:\n- attack.t1001\nid:  ${id} \n`), { id, name: undefined }],
    ['with blanks after a key', rule(`id            : ${id}\n`), { id, name: undefined }],
    ['with line breaks of Windows', rule(`id: ${id}\n`).replaceAll('\n', '\r\n'), { id, name: undefined }],
    ['with a text of several lines', rule('description: |\n  filter: this\n  --- not a document\n'), { id: undefined, name: undefined }],
  ])('%s', (_, text, expected) => expect(loneRule(text)).toEqual(expected));

  it.each([
    ['a correlation', 'title: C\ncorrelation:\n  type: event_count\n'],
    ['a filter', 'title: F\nfilter:\n  rules: any\ndetection:\n'],
    ['a key in quotes', `${rule()}"filter": {}\n`],
    ['a key with a tag', `${rule()}!!str filter: {}\n`],
    ['a key after a question mark', `${rule()}? filter\n: {}\n`],
    ['a key with an anchor', `${rule()}&a filter: {}\n`],
    ['a second document', `${rule()}---\n${rule()}`],
    ['a document that starts on the line of its mark', `--- {title: A, detection: {}}\ndetection:\n`],
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

describe('files that no other file can refer to', () => {
  const base = rule(`id: ${id}\nname: base\n`);
  const other = rule('id: 75edd3fd-7146-48e5-9848-3013d7f02000\n');
  const correlation = (reference: string): string => `title: C\ncorrelation:\n  type: event_count\n  rules: [${reference}]\n`;

  it.each<[string, string[], number[]]>([
    ['all, where each is a rule', [base, other, rule()], [0, 1, 2]],
    ['not a rule that is named', [base, other, correlation('base')], [1]],
    ['not a rule that is named by its id', [base, other, correlation(id)], [1]],
    ['not a rule that a comment mentions: that costs no more than memory', [base, other, `# base\n${correlation('x')}`], [1]],
    ['not rules of one id', [base, rule(`id: ${id}\n`), other], [2]],
    ['not rules of which one has the id of the other as its name', [base, rule(`name: ${id}\n`), other], [2]],
    ['none, where a file may hold a filter', [base, other, `title: F\n"fi\\\nlter": {}\n`], []],
    ['none beside a filter', [base, other, 'title: F\nfilter:\n  rules: any\n'], []],
    ['none, where a reference may be spelled otherwise', [base, other, correlation('"b\\u0061se"')], []],
  ])('%s', (_, texts, expected) => expect([...independentFiles(texts)]).toEqual(expected));
});
