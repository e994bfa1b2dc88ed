import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readSourceFile } from '../src/cli/files/rule-files.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { parsePattern, patternText } from '../src/sigma/value/pattern.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';
import { isAmbiguousScalar, resolvePlainScalar } from '../src/source/yaml/scalar.ts';
import { toPlain } from '../src/source/yaml/tree.ts';
import { compileText, detectionOf, ruleText } from './compile.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import {
  detectionDiagnostics,
  diagnosticsOf,
  marked,
  partsText,
  queryText,
  selectionQuery,
  told,
} from './diagnostics.ts';
import { matches } from './matcher.ts';

describe('escapes and wildcards, by the specification', () => {
  test.each([
    ['prog?.exe', '‹prog›?‹.exe›'],
    ['antivirus_V*.exe', '‹antivirus_V›*‹.exe›'],
    // a plain backslash, single or double
    ['a\\b', '‹a\\b›'],
    ['a\\\\b', '‹a\\b›'],
    ['C:\\', '‹C:\\›'],
    ['\\', '‹\\›'],
    ['\\%x', '‹\\%x›'],
    // escaped wildcards
    ['\\*', '‹*›'],
    ['\\?', '‹?›'],
    ['a\\*b\\?c', '‹a*b?c›'],
    // an escaped backslash before a wildcard
    ['C:\\\\*', '‹C:\\›*'],
    ['C:\\\\?', '‹C:\\›?'],
    // three backslashes: backslash and wildcard are both plain
    ['\\\\\\*', '‹\\*›'],
    ['\\\\\\?', '‹\\?›'],
    // three or four backslashes are two
    ['\\\\\\', '‹\\\\›'],
    ['\\\\\\\\', '‹\\\\›'],
    ['\\\\\\\\srv\\share', '‹\\\\srv\\share›'],
    ['\\\\\\\\*', '‹\\\\›*'],
    ['\\\\\\\\\\*', '‹\\\\*›'],
    ['**', '*'],
    ['a**?*b', '‹a›*?*‹b›'],
    ['', '‹›'],
  ])('%s is %s', (text, parts) => {
    expect(partsText(parsePattern(text))).toBe(parts);
  });

  test('any text, by a second reading', () => {
    const piece = fc.constantFrom('\\', '\\\\', '*', '?', 'a', '%', '.');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const second = text.replace(
          /\\([\\*?])|[*?]|[\s\S]/g,
          (found, escaped: string | undefined) => {
            if (escaped !== undefined) return `.${escaped}`;
            return found === '*' || found === '?' ? `!${found}` : `.${found}`;
          },
        );
        const first = parsePattern(text).map((part) =>
          typeof part === 'string' ? part.replace(/[\s\S]/g, '.$&') : part === 0 ? '!*' : '!?',
        );
        expect(first.join('')).toBe(second.replace(/(?:!\*)+/g, '!*'));
        expect(parsePattern(patternText(parsePattern(text)))).toEqual(parsePattern(text));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["a: 'C:\\Windows\\*'", 'C:\\Windows*', true],
    ["a: 'C:\\Windows\\*'", 'C:\\Windows\\x', false],
    ["a: 'C:\\Windows\\\\*'", 'C:\\Windows\\x', true],
    ["a: 'POWERSHELL.exe'", 'powershell.EXE', true],
    ["a: 'prog?.exe'", 'prog.exe', false],
    ["a: 'prog?.exe'", 'progA.exe', true],
    ["a: 'a*'", 'a\nb', true],
  ])('%s on %j: %s', (line, value, wanted) => {
    expect(matches(selectionQuery(line), { a: value })).toBe(wanted);
  });
});

describe('shapes of a selection', () => {
  test.each([
    ['a map joins its items with AND', 'a: x\nb: 1', 'and(a=‹x›, b=1:number)'],
    ['a list of values is linked with OR', 'a: [x, y]', 'or(a=‹x›, a=‹y›)'],
    ['a list of maps is linked with OR', '- a: x\n  b: y\n- c: z', 'or(and(a=‹x›, b=‹y›), c=‹z›)'],
    [
      'a list of keywords',
      "- EVILSERVICE\n- 'svchost.exe -n evil'",
      'or(<keyword>=‹EVILSERVICE›, <keyword>=‹svchost.exe -n evil›)',
    ],
    ['a list of keywords and maps', '- foo\n- a: x', 'or(a=‹x›, <keyword>=‹foo›)'],
    ['a single keyword', 'foo', '<keyword>=‹foo›'],
    [
      'keywords linked with AND',
      "'|all':\n  - Oab\n  - ' -ExternalUrl '",
      'and(<keyword>=‹Oab›, <keyword>=‹ -ExternalUrl ›)',
    ],
    ['a keyword that is a number', '- 4625\n- x', 'or(<keyword>=‹4625›, <keyword>=‹x›)'],
    ['a keyword that is a boolean', '- true', '<keyword>=‹true›'],
    ['a keyword with a wildcard', "- 'a*b'", '<keyword>=‹a›*‹b›'],
    ['a field that is a number', '4625: x', '4625=‹x›'],
    ['a field with spaces, dots and quotes', `"a b.c'd": x`, "a b.c'd=‹x›"],
    ['a flow map', '{ a: x, b: [y, z] }', 'and(a=‹x›, or(b=‹y›, b=‹z›))'],
  ])('%s', (_, lines, wanted) => {
    expect(queryText(selectionQuery(lines))).toBe(wanted);
  });

  test.each([
    ['an empty map', 's: {}', ['SIG015 7:6 the selection is an empty map']],
    ['an empty list', 's: []', ['SIG015 7:6 the selection is an empty list']],
    ['nothing', 's:', ['SIG015 7:4 the selection is empty']],
    ['an empty list of values', 's:\n  a: []', ['SIG015 8:8 the list of values is empty']],
    ['an empty map in a list', 's:\n  - {}', ['SIG015 8:7 the selection is an empty map']],
    [
      'a null keyword',
      's:\n  - null',
      ['SIG014 8:7 an empty entry is neither a keyword nor a map'],
    ],
    [
      'an empty keyword, which would match every event',
      "s:\n  - ''",
      ['SIG014 8:7 an empty entry is neither a keyword nor a map'],
    ],
    [
      'a list in a list',
      's:\n  - [x]',
      ['SIG014 8:7 a list in a list is neither a keyword nor a map'],
    ],
    ['a map as value', 's:\n  a: { b: c }', ["SIG014 8:8 a map can't be a value"]],
    ['a list in a list of values', 's:\n  a: [x, [y]]', ["SIG014 8:12 a list can't be a value"]],
    [
      'a null among keywords with all',
      "s:\n  '|all': [x, null]",
      ['SIG014 8:17 a keyword must be a text or a number'],
    ],
  ])('%s is an error', (_, lines, wanted) => {
    const bag = detectionDiagnostics(`${lines}\ncondition: s`);
    expect(told(bag).map((line, index) => line.slice(0, wanted[index]?.length ?? 0))).toEqual(
      wanted,
    );
  });

  test('the detection without a selection, without a condition, of the wrong type', () => {
    expect(told(detectionDiagnostics('condition: s'))).toEqual([
      'SIG013 7:3 the detection has no selection',
    ]);
    expect(told(detectionDiagnostics('s:\n  a: b'))).toEqual([
      'SIG010 7:3 required attribute `condition` is missing',
    ]);
    expect(
      told(diagnosticsOf('title: T\nid: x\nlogsource: {product: w}\ndetection: [a]\n')),
    ).toEqual(['SIG011 4:12 `detection` must be a map of selections and a condition']);
  });
});

describe('the null of YAML as a key', () => {
  test.each([
    ['null: foo', '<keyword>=‹foo›'],
    ['~: foo', '<keyword>=‹foo›'],
    ['NULL: [foo, 5]', 'or(<keyword>=‹foo›, <keyword>=‹5›)'],
    ['? \n: foo', '<keyword>=‹foo›'],
    ['null: foo\na: b', 'and(<keyword>=‹foo›, a=‹b›)'],
    ['- null: foo\n- a: b', 'or(<keyword>=‹foo›, a=‹b›)'],
    ["'null': foo", 'null=‹foo›'],
    ["'~': foo", '~=‹foo›'],
    ['null|contains: foo', 'null=*‹foo›*'],
  ])('%s', (lines, wanted) => {
    expect(queryText(selectionQuery(lines))).toBe(wanted);
  });

  test('stands once, whatever its spelling', () => {
    expect(told(detectionDiagnostics('s:\n  ~: a\n  null: b\ncondition: s'))[0]).toBe(
      'SIG003 9:5 key `null` appears twice in the same map',
    );
    expect(told(detectionDiagnostics("s:\n  null: a\n  'null': b\ncondition: s"))).toEqual([]);
  });
});

describe('types of values', () => {
  test.each([
    ['a: null', 'a=null'],
    ['a: ~', 'a=null'],
    ['a:', 'a=null'],
    ["a: ''", 'a=‹›'],
    ['a: ""', 'a=‹›'],
    ['a: [null, x]', 'or(a=null, a=‹x›)'],
    ['a: true', 'a=true:boolean'],
    ['a: False', 'a=false:boolean'],
    ["a: 'true'", 'a=‹true›'],
    ['a: 0', 'a=0:number'],
    ['a: 1031', 'a=1031:number'],
    ['a: -5', 'a=-5:number'],
    ['a: +5', 'a=5:number'],
    ['a: 0x17', 'a=23:number'],
    ["a: '0x17'", 'a=‹0x17›'],
    ['a: 1.5', 'a=1.5:number'],
    ['a: -.5', 'a=-0.5:number'],
    ['a: 9007199254740991', 'a=9007199254740991:number'],
    ['a: 9007199254740993', 'a=9007199254740993:bigint'],
    ['a: -18446744073709551615', 'a=-18446744073709551615:bigint'],
    ['a: 0xffffffffffffffff', 'a=18446744073709551615:bigint'],
    ["a: '4625'", 'a=‹4625›'],
    ['a: 1.2.3', 'a=‹1.2.3›'],
    ['a: !!str 5', 'a=‹5›'],
    ['a: .inf', 'a=‹.inf›'],
    ['a: |\n  x\n  y', 'a=‹x\ny\n›'],
    ['a: >-\n  x\n  y', 'a=‹x y›'],
    ['a: "\\u00e9\\n"', 'a=‹é\n›'],
  ])('%s', (line, wanted) => {
    expect(queryText(selectionQuery(line))).toBe(wanted);
  });

  test('numbers that no number can hold stay texts', () => {
    expect(resolvePlainScalar('1e400')).toBe('1e400');
    expect(resolvePlainScalar('-1e999')).toBe('-1e999');
    expect(resolvePlainScalar('9'.repeat(1000))).toBe('9'.repeat(1000));
    expect(resolvePlainScalar('9'.repeat(40))).toBe(BigInt('9'.repeat(40)));
  });

  test('null, the empty string and an absent field are three things', () => {
    const isNull = selectionQuery('a: null');
    const isEmpty = selectionQuery("a: ''");
    const anything = selectionQuery("a: '*'");
    const events = [{}, { a: null }, { a: '' }, { a: 'x' }];
    expect(events.map((event) => matches(isNull, event))).toEqual([true, true, false, false]);
    expect(events.map((event) => matches(isEmpty, event))).toEqual([false, false, true, false]);
    expect(events.map((event) => matches(anything, event))).toEqual([false, false, true, true]);
  });

  const ambiguous =
    'y n yes No ON off 010 -010 0o17 0b101 1_000 12:30 190:20:30 190:20:30.15 1e3 1.5e3 .5e3 2024-01-31 2024-01-31T10:00:00Z'.split(
      ' ',
    );
  const plain =
    'null ~ true False 0 10 -1 0x1F 1.5 1.5e+3 yess x1 -- 10.0.0.1 1:2:x a_b ::1 2024 2024-1'.split(
      ' ',
    );
  test.each(ambiguous)('%s is read differently by YAML 1.1 and 1.2', (text) => {
    expect(marked(detectionDiagnostics(`s:\n  a: ${text}\ncondition: s`))).toEqual([
      `SIG006 ${JSON.stringify(text)}`,
    ]);
    expect(marked(detectionDiagnostics(`s:\n  - ${text}\ncondition: s`))).toEqual([
      `SIG006 ${JSON.stringify(text)}`,
    ]);
    expect(marked(detectionDiagnostics(`s:\n  a: '${text}'\ncondition: s`))).toEqual([]);
  });
  test.each([
    [
      'a: 00000429',
      'a=‹00000429›',
      [
        'SIG006 8:8 `00000429` is taken as a text with its zeros, which YAML 1.2 reads as the number 429',
      ],
    ],
    ['a|neq: 08', 'not(a=‹08›)', []],
    [
      '- 00050429',
      '<keyword>=‹00050429›',
      [
        'SIG006 8:7 `00050429` is taken as a text with its zeros, which YAML 1.2 reads as the number 50429',
      ],
    ],
    ['a|contains: 00000429', 'a=*‹00000429›*', []],
    [
      'a|gt: 08',
      'a gt 8:number',
      ['SIG006 8:11 `08` is the number 8 in YAML 1.2 and may be something else in YAML 1.1'],
    ],
    [
      'a: 010',
      'a=10:number',
      ['SIG006 8:8 `010` is the number 10 in YAML 1.2 and may be something else in YAML 1.1'],
    ],
    ["a: '00000429'", 'a=‹00000429›', []],
  ])(
    'digits behind a zero that are not an octal number are texts: %s',
    (line, wanted, diagnostics) => {
      expect(queryText(selectionQuery(line))).toBe(wanted);
      expect(told(detectionDiagnostics(`s:\n  ${line}\ncondition: s`))).toEqual(diagnostics);
    },
  );

  test.each(plain)('%s is read alike', (text) => {
    expect(
      isAmbiguousScalar({ kind: 'scalar', start: 0, end: 1, text, plain: true, value: text }),
    ).toBe(false);
  });
});

describe('YAML that is not as wanted', () => {
  const good = ruleText('s:\n  a: b\ncondition: s');
  const other = good.replace('000000000000', '000000000001');

  test('a key that appears twice', () => {
    expect(told(detectionDiagnostics('s:\n  a: x\n  a: y\ncondition: s'))).toEqual([
      'SIG003 9:5 key `a` appears twice in the same map',
    ]);
    expect(told(diagnosticsOf(`title: A\n${good}`))).toEqual([
      'SIG003 2:1 key `title` appears twice in the same map',
    ]);
  });

  test('merge keys, keys that are lists', () => {
    expect(told(detectionDiagnostics('s: &s\n  a: x\nt:\n  <<: *s\ncondition: s or t'))).toEqual([
      'SIG002 10:5 `<<` (merging of maps) is not part of YAML 1.2',
    ]);
    expect(told(detectionDiagnostics('s:\n  ? [a]\n  : x\ncondition: s'))).toEqual([
      'SIG002 8:7 a map key must be a plain value',
    ]);
  });

  test('anchors and aliases stand for what they name', () => {
    const { query } = detectionOf(
      's:\n  a: &v [x, y]\n  b: *v\nt: &m\n  - &k foo\nu: *m\ncondition: s or t or u',
    );
    expect(queryText(query)).toBe(
      'or(and(or(a=‹x›, a=‹y›), or(b=‹x›, b=‹y›)), <keyword>=‹foo›, <keyword>=‹foo›)',
    );
  });

  test('an alias without an anchor, of itself, of another document', () => {
    const wanted = 'no anchor `&v` stands before its alias';
    expect(told(detectionDiagnostics('s:\n  a: *v\ncondition: s'))).toEqual([
      `SIG002 8:8 ${wanted}`,
    ]);
    expect(told(diagnosticsOf('title: &v [*v]\n'))).toEqual([`SIG002 1:12 ${wanted}`]);
    const bag = createBag();
    expect(
      compileText(`${good.replace('title: Test', 'title: &v Test')}---\ntitle: *v\n`, bag),
    ).toHaveLength(1);
    expect(told(bag)).toEqual([`SIG002 11:8 ${wanted}`]);
  });

  test('aliases that multiply', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level++)
      lines.push(`a${level}: &a${level} [${new Array(10).fill(`*a${level - 1}`).join(', ')}]`);
    const started = cpuMilliseconds();
    expect(told(diagnosticsOf(`${lines.join('\n')}\n`))[0]).toMatch(
      /^SIG004 5:\d+ more than 500000 nodes/,
    );
    expect(cpuMilliseconds() - started).toBeLessThan(2000);
  });

  test('aliases of a long text', () => {
    const text = `title: &t ${'x'.repeat(1_000_000)}\nids: [${new Array(10_000).fill('*t').join(', ')}]\n`;
    expect(told(diagnosticsOf(text))[0]).toMatch(/^SIG004 \d+:\d+ more than 500000 nodes/);
  });

  test('nesting, up to its limit and beyond', () => {
    const nested = (depth: number) => `${good}custom: ${'['.repeat(depth)}${']'.repeat(depth)}\n`;
    expect(told(diagnosticsOf(nested(40)))).toEqual([]);
    expect(told(diagnosticsOf(nested(60)))).toEqual([
      expect.stringMatching(/^SIG004 10:\d+ nesting exceeded/),
    ]);
    expect(told(diagnosticsOf(nested(100_000)))).toEqual([
      expect.stringMatching(/^SIG004 10:\d+ nesting exceeded/),
    ]);
  });

  test('a huge text is a value as others are, a huge file is not read', () => {
    const huge = 'x'.repeat(2_000_000);
    expect(
      queryText(detectionOf(`s:\n  a|contains: '${huge}'\ncondition: s`).query) === `a=*‹${huge}›*`,
    ).toBe(true);
    expect(told(diagnosticsOf(good + '#'.repeat(8 * 1024 * 1024)))).toEqual([
      expect.stringMatching(/^SIG004 1:1 file has \d+ characters/),
    ]);
  });

  test.each([
    ['Windows line breaks', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['no line break at the end', (text: string) => text.trimEnd()],
    ['comments and a document mark', (text: string) => `# a rule\n---\n${text}...\n`],
    ['YAML 1.2 directive', (text: string) => `%YAML 1.2\n---\n${text}`],
  ])('%s changes nothing', (_, change) => {
    const bag = createBag();
    const [rule] = compileText(change(good), bag);
    expect(told(bag)).toEqual([]);
    expect(rule?.kind === 'detection' && queryText(rule.query)).toBe('a=‹b›');
    expect(marked(diagnosticsOf(change(good.replace('a: b', 'a|foo: b'))))).toEqual([
      'SIG020 "foo"',
    ]);
  });

  test('a file on disk: byte order mark, not UTF-8, a folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sigpack-values-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'a.yml');
    writeFileSync(path, `\ufeff${good}`);
    const bag = createBag();
    expect(readSourceFile(path, bag)?.text).toBe(good);
    writeFileSync(path, Buffer.from('title: \xe9\n', 'latin1'));
    expect(readSourceFile(path, bag)).toBeUndefined();
    expect(readSourceFile(folder, bag)).toBeUndefined();
    expect(bag.list.map(({ code }) => code)).toEqual(['SIG001', 'SIG001']);
  });

  test('tabs as indentation', () => {
    expect(told(diagnosticsOf('title: T\n\tid: x\n'))).toEqual([
      'SIG002 2:1 tab characters must not be used in indentation',
    ]);
    expect(told(detectionDiagnostics('s:\n  a: "x\ty"\ncondition: s'))).toEqual([]);
  });

  test.each([
    ['a list', '- a\n- b\n', ['SIG005 1:1 the document is a list, not a map']],
    ['a single value', 'hello\n', ['SIG005 1:1 the document is a single value, not a map']],
    [
      'a map of something else',
      'name: x\n',
      ['SIG005 1:1 the document has neither `detection` nor `correlation` nor `filter`'],
    ],
    [
      'a collection of nothing',
      'action: global\ntitle: x\n',
      [
        'SIG005 1:9 no rule follows that this document goes into',
        'SIG072 1:9 1 document of a collection is read as no rules',
      ],
    ],
    ['nothing', '', []],
    ['a comment', '# nothing\n', []],
    ['empty documents', '---\n---\n...\n', []],
  ])('the document is %s', (_, text, wanted) => {
    expect(told(diagnosticsOf(text))).toEqual(wanted);
  });

  test.each([
    ['in the first', 'title: [\n', ''],
    ['in the second', '', 'title: "a\n'],
  ])('one broken document %s place leaves the others whole', (_, first, second) => {
    const bag = createBag();
    const text = [first, good, second, other].filter((part) => part !== '').join('---\n');
    const { documents, count } = readDocuments({ path: 'r.yml', text }, bag);
    expect(documents.map((document) => 'id' in document && document.id?.slice(-1))).toEqual([
      '0',
      '1',
    ]);
    expect(count).toBe(3);
    expect(bag.list.map(({ code }) => code)).toEqual(['SIG002']);
  });

  test('places in the documents behind a broken one hold', () => {
    const bag = diagnosticsOf(`title: [\n---\n${good.replace('a: b', 'a|foo: b')}`);
    expect(marked(bag).at(-1)).toBe('SIG020 "foo"');
    expect(told(bag).at(-1)).toBe('SIG020 10:7 `foo` is not a modifier of Sigma');
  });

  test('a document with a key twice is left out, the next is not', () => {
    const bag = createBag();
    const { documents, count } = readDocuments(
      { path: 'r.yml', text: `${good}title: again\n---\n${other}` },
      bag,
    );
    expect([documents.length, count]).toEqual([1, 2]);
  });

  test('`---` inside a block of text is not a new document unless it opens the line', () => {
    const text = `${good}description: |\n  a\n  ---\n  b\n`;
    expect(compileText(text)).toHaveLength(1);
  });

  test('keys with the names of JavaScript are plain keys', () => {
    const text = '__proto__: {a: 1}\nconstructor: 2\n';
    const [node] = parseYaml({ path: 'x.yml', text }).documents;
    expect(node && JSON.stringify(toPlain(node))).toBe('{"__proto__":{"a":1},"constructor":2}');
    expect(queryText(selectionQuery('__proto__: x\nconstructor: y'))).toBe(
      'and(__proto__=‹x›, constructor=‹y›)',
    );
  });
});

describe('attributes', () => {
  const rule = (lines: string) =>
    `title: T\nid: a\nlogsource: {product: w}\n${lines}\ndetection:\n  s: {a: b}\n  condition: s\n`;
  test.each([
    ['level: hihg', ['SIG012 4:8 `hihg` is not a level: the rule counts as medium']],
    ['status: testing', ['SIG017 4:9 status `testing` is read as `test`']],
    [
      'status: draft',
      [
        'SIG012 4:9 `draft` is not a status: the detection has none, and is installed switched off by default',
      ],
    ],
    ['status: Test', []],
    ['date: 2024-13-01', ['SIG012 4:7 `2024-13-01` is not a date']],
    ['date: 2017/05/15', []],
    ['date: 2024-05-01', []],
    ['tags: attack', ['SIG012 4:7 tag `attack` is not of the form namespace.name']],
    ['tags: [attack.t1059.001, cve.2024-1234]', []],
    ['tags: {a: b}', ['SIG012 4:7 `tags` must be a list of texts']],
    ['references: [[a]]', ['SIG012 4:14 an entry of `references` must be a text']],
    ['author: [a, b]', ['SIG017 4:1 the list of authors is read as one text']],
    ['author: {a: b}', ['SIG012 4:9 `author` must be a text']],
    ['severity: high', ['SIG016 4:1 `severity` is not an attribute of Sigma']],
    ['custom: {anything: [1]}', []],
    ['sigpak: {interval: 5m}', ['SIG016 4:1 `sigpak` is not an attribute of Sigma']],
    ['Sigpack: {interval: 5m}', ['SIG017 4:1 `Sigpack` is read as `sigpack`']],
    ['stauts: test', ['SIG016 4:1 `stauts` is not an attribute of Sigma']],
    ['tasg: [attack.t1059]', ['SIG016 4:1 `tasg` is not an attribute of Sigma']],
    ['data: 2024-01-01\nie: x\nstate: y', []],
    ['sigpack: 1', ['SIG070 4:10 `sigpack` must be a map of settings']],
    ['condition: s', ['SIG011 4:1 `condition` stands beside `detection`, not in it']],
  ])('%s', (line, wanted) => {
    expect(told(diagnosticsOf(rule(line)))).toEqual(wanted);
  });

  test.each([
    ['logsource: windows', ['SIG011 3:12 `logsource` must be a map']],
    ['logsource: [windows]', ['SIG011 3:12 `logsource` must be a map']],
    ['logsource: {}', ['SIG010 3:12 the log source names no category, product or service']],
    [
      'logsource: {definition: x}',
      ['SIG010 3:12 the log source names no category, product or service'],
    ],
    [
      'logsource: {product: [a]}',
      [
        'SIG011 3:22 `product` of a log source must be a text',
        'SIG010 3:12 the log source names no category, product or service',
      ],
    ],
    ['logsource: {product: windows, custom: x}', []],
  ])('%s', (line, wanted) => {
    expect(
      told(diagnosticsOf(rule('status: test').replace('logsource: {product: w}', line))),
    ).toEqual(wanted);
  });

  test('a missing title, an empty one, a long one', () => {
    expect(told(diagnosticsOf(rule('status: test').replace('title: T\n', '')))).toEqual([
      'SIG010 1:1 required attribute `title` is missing',
    ]);
    expect(told(diagnosticsOf(rule('status: test').replace('title: T', "title: ' '")))).toEqual([
      'SIG011 1:8 `title` must be a text that is not empty',
    ]);
    expect(
      told(diagnosticsOf(rule('status: test').replace('title: T', `title: ${'t'.repeat(257)}`))),
    ).toEqual(['SIG012 1:1 the title has 257 characters; the specification allows 256']);
  });

  test('an id or a name that is taken is told at its own place', () => {
    const two = (lines: string) =>
      `${rule('name: one').replace('id: a', 'id: aaaa')}---\n${rule(lines)}`;
    expect(
      marked(
        diagnosticsOf(
          two('name: one').replace('id: a\n', 'id: bbbb\n').replace('title: T', 'title: one'),
        ),
      ),
    ).toEqual(['SIG044 "one"']);
    const bag = diagnosticsOf(two('name: one').replace(/^id: a$/m, 'id: bbbb'));
    expect(told(bag)).toEqual(['SIG044 12:7 the name `one` is that of "T" (rule.yml) too']);
    const other = two('name: aaab').replace(/^id: a$/m, 'id: aaaa');
    expect(told(diagnosticsOf(other))).toEqual([
      'SIG043 9:8 this copy of the rule in rule.yml is left out; it has another `name`',
    ]);
    expect(
      told(diagnosticsOf(other.replace(/(product: \w+)(?![\s\S]*product)/, 'product: other'))),
    ).toEqual([
      'SIG040 10:5 "T" (rule.yml) has the id `aaaa` too and is kept; this one has another `logsource` and is left out',
    ]);
  });

  test('a rule without an id is told, no more', () => {
    const bag = createBag();
    expect(compileText(rule('status: test').replace('id: a\n', ''), bag)).toHaveLength(1);
    expect(bag.list.map(({ code, severity }) => [code, severity])).toEqual([['SIG042', 'info']]);
  });
});
