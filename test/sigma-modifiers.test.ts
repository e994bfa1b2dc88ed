import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Query } from '../src/query/tree.ts';
import { modifierRoles } from '../src/sigma/value/modifier.ts';
import { literalText, parsePattern } from '../src/sigma/value/pattern.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileText, ruleText } from './compile.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { detectionDiagnostics, marked, queryText, selectionQuery, told } from './diagnostics.ts';
import { matches, type TestEvent } from './matcher.ts';

const servers = new Map([['servers', [parsePattern('srv*'), parsePattern('db1')]]]);

describe('what each modifier makes of its values', () => {
  test.each([
    // shapes
    ['a|contains: x', 'a=*‹x›*'],
    ['a|startswith: x', 'a=‹x›*'],
    ['a|endswith: x', 'a=*‹x›'],
    ["a|endswith: '\\\\cmd.exe'", 'a=*‹\\cmd.exe›'],
    ["a|startswith: 'C:\\'", 'a=‹C:\\›*'],
    ["a|contains: '\\'", 'a=*‹\\›*'],
    ["a|contains: '*x?'", 'a=*‹x›?*'],
    ["a|contains: ''", 'a=*'],
    ['a|contains: [x, y]', 'or(a=*‹x›*, a=*‹y›*)'],
    ['a|contains: 4625', 'a=*‹4625›*'],
    ['a|endswith: 0x10', 'a=*‹0x10›'],
    // all
    ['a|all: [x, y]', 'and(a=‹x›, a=‹y›)'],
    ['a|contains|all: [x, y]', 'and(a=*‹x›*, a=*‹y›*)'],
    ['a|all|contains: [x, y]', 'and(a=*‹x›*, a=*‹y›*)'],
    ['a|startswith|all: [x, y]', 'and(a=‹x›*, a=‹y›*)'],
    ['a|endswith|all: [x, y]', 'and(a=*‹x›, a=*‹y›)'],
    ['a|re|all: [x, y]', 'and(a=/x/, a=/y/)'],
    ['a|re|i|all: [x, y]', 'and(a=/x/i, a=/y/i)'],
    ['a|cidr|all: [10.0.0.0/8, 10.1.0.0/16]', 'and(a in 10.0.0.0/8, a in 10.1.0.0/16)'],
    ['a|fieldref|all: [b, c]', 'and(a equals field b, a equals field c)'],
    ['a|fieldref|contains|all: [b, c]', 'and(a contains field b, a contains field c)'],
    ['a|cased|all: [x, y]', 'and(a==‹x›, a==‹y›)'],
    ['a|gte|all: [1, 2]', 'and(a gte 1:number, a gte 2:number)'],
    ['a|hour|all: [1, 2]', 'and(a hour eq 1, a hour eq 2)'],
    ['a|all|neq: [x, y]', 'not(and(a=‹x›, a=‹y›))'],
    [
      'a|windash|contains|all: [" -a", x]',
      'and(or(a=*‹ -a›*, a=*‹ /a›*, a=*‹ –a›*, a=*‹ —a›*, a=*‹ ―a›*), a=*‹x›*)',
    ],
    ['a|base64|contains|all: [x, y]', 'and(a=*‹eA==›*, a=*‹eQ==›*)'],
    ['a|expand|all: ["%servers%", x]', 'and(or(a=‹srv›*, a=‹db1›), a=‹x›)'],
    // exists
    ['a|exists: true', 'a exists'],
    ['a|exists: false', 'not(a exists)'],
    // cased
    ['a|cased: x', 'a==‹x›'],
    ['a|cased|contains: x', 'a==*‹x›*'],
    ['a|endswith|cased: x', 'a==*‹x›'],
    ['a|cased: 5', 'a==‹5›'],
    // neq
    ['a|neq: x', 'not(a=‹x›)'],
    ['a|neq: 5', 'not(a=5:number)'],
    ['a|neq: true', 'not(a=true:boolean)'],
    ['a|neq: null', 'not(a=null)'],
    ["a|neq: ''", 'not(a=‹›)'],
    ['a|neq: [x, 5]', 'not(or(a=‹x›, a=5:number))'],
    ['a|neq|contains: x', 'not(a=*‹x›*)'],
    ['a|contains|neq: [x, y]', 'not(or(a=*‹x›*, a=*‹y›*))'],
    ['a|fieldref|neq: b', 'not(a equals field b)'],
    ['a|neq|fieldref: b', 'not(a equals field b)'],
    ['a|fieldref|endswith|neq: b', 'not(a endswith field b)'],
    ['a|re|neq: x', 'not(a=/x/)'],
    ['a|cidr|neq: 10.0.0.0/8', 'not(a in 10.0.0.0/8)'],
    ['a|hour|neq: 5', 'not(a hour eq 5)'],
    ['a|cased|neq: x', 'not(a==‹x›)'],
    // re
    ["a|re: '^a.*b$'", 'a=/^a.*b$/'],
    ["a|re: 'a\\\\b\\*'", 'a=/a\\\\b\\*/'],
    ['a|re|i: x', 'a=/x/i'],
    ['a|re|m: x', 'a=/x/m'],
    ['a|re|s: x', 'a=/x/s'],
    ['a|re|i|m|s: x', 'a=/x/ims'],
    ['a|re|s|i: x', 'a=/x/is'],
    ['a|re: 123', 'a=/123/'],
    // comparisons
    ['a|lt: 5', 'a lt 5:number'],
    ['a|lte: -5', 'a lte -5:number'],
    ['a|gt: 1.5', 'a gt 1.5:number'],
    ['a|gte: 9007199254740993', 'a gte 9007199254740993:bigint'],
    ['a|gt: 0x10', 'a gt 16:number'],
    // parts of a time
    ['a|minute: 59', 'a minute eq 59'],
    ['a|hour: 0', 'a hour eq 0'],
    ['a|day: 31', 'a day eq 31'],
    ['a|week: 52', 'a week eq 52'],
    ['a|month: 12', 'a month eq 12'],
    ['a|year: 2024', 'a year eq 2024'],
    ['a|hour|gte: 22', 'a hour gte 22'],
    ['a|day|lt: 5', 'a day lt 5'],
    ['a|hour: [1, 2]', 'or(a hour eq 1, a hour eq 2)'],
    // cidr
    ['a|cidr: 10.0.0.0/8', 'a in 10.0.0.0/8'],
    ['a|cidr: 10.1.2.3/8', 'a in 10.0.0.0/8'],
    ['a|cidr: 0.0.0.0/0', 'a in 0.0.0.0/0'],
    ['a|cidr: 192.168.1.1', 'a in 192.168.1.1/32'],
    ['a|cidr: 10.255.255.255/11', 'a in 10.224.0.0/11'],
    ["a|cidr: '2001:DB8:0:0:0:0:0:1/32'", 'a in 2001:db8::/32'],
    ["a|cidr: '::1/128'", 'a in ::1/128'],
    ["a|cidr: '::/0'", 'a in ::/0'],
    ["a|cidr: 'fe80::/10'", 'a in fe80::/10'],
    ["a|cidr: 'fc00::/7'", 'a in fc00::/7'],
    ["a|cidr: '2001:db8:0:1:1:1:1:1'", 'a in 2001:db8:0:1:1:1:1:1/128'],
    ["a|cidr: '2001:0:0:1:0:0:0:1'", 'a in 2001:0:0:1::1/128'],
    ["a|cidr: '1:0:0:2:0:0:3:4'", 'a in 1::2:0:0:3:4/128'],
    ["a|cidr: '1:2:3:4:5:6:7::'", 'a in 1:2:3:4:5:6:7:0/128'],
    ["a|cidr: '::ffff:10.0.0.0/104'", 'a in ::ffff:a00:0/104'],
    // fieldref
    ['a|fieldref: b', 'a equals field b'],
    ['a|fieldref: [b, c]', 'or(a equals field b, a equals field c)'],
    ['a|fieldref|startswith: b', 'a startswith field b'],
    ['a|startswith|fieldref: b', 'a startswith field b'],
    ['a|fieldref|endswith: b', 'a endswith field b'],
    ['a|fieldref|contains: b', 'a contains field b'],
    ['a|fieldref|cased: b', 'a equals cased field b'],
    ["a|fieldref: 'b.c d'", 'a equals field b.c d'],
    ["a|fieldref: 'b*'", 'a equals field b*'],
    // expand
    ["a|expand: '%servers%'", 'or(a=‹srv›*, a=‹db1›)'],
    ["a|expand|contains: '%servers%.x'", 'or(a=*‹srv›*‹.x›*, a=*‹db1.x›*)'],
    ["a|contains|expand: '%servers%'", 'or(a=*‹srv›*, a=*‹db1›*)'],
    [
      "a|expand: '%servers%%servers%'",
      'or(a=‹srv›*‹srv›*, a=‹srv›*‹db1›, a=‹db1srv›*, a=‹db1db1›)',
    ],
    ["a|expand: '\\%plain%servers%'", 'or(a=‹%plainsrv›*, a=‹%plaindb1›)'],
    [
      "a|expand: 'C:\\Users\\\\%servers%\\x'",
      'or(a=‹C:\\Users\\srv›*‹\\x›, a=‹C:\\Users\\db1\\x›)',
    ],
    ["a|expand|contains: '\\\\%servers%'", 'or(a=*‹\\srv›*, a=*‹\\db1›*)'],
    ["a|expand: '\\\\\\%servers%'", 'a=‹\\%servers%›'],
    ["a|expand: '\\\\\\\\%servers%'", 'or(a=‹\\\\srv›*, a=‹\\\\db1›)'],
    ["a|expand: '\\*%servers%\\?'", 'or(a=‹*srv›*‹?›, a=‹*db1?›)'],
    ["a|expand: '\\%servers%'", 'a=‹%servers%›'],
    ["a|expand: 'HKLM\\%servers%\\%servers%'", 'a=‹HKLM%servers%%servers%›'],
    ["a|expand: '100%'", 'a=‹100%›'],
    ["a|expand: '% servers%'", 'a=‹% servers%›'],
    ["a: '%servers%'", 'a=‹%servers%›'],
    // in expressions: values as they are, nothing in them escaped
    ["a|re|expand: '^%servers%$'", 'or(a=/^srv*$/, a=/^db1$/)'],
    ["a|re|i|expand: '%servers%'", 'or(a=/srv*/i, a=/db1/i)'],
    ["a|re|expand|i|all: ['%servers%', x]", 'and(or(a=/srv*/i, a=/db1/i), a=/x/i)'],
    ["a|re|expand: '\\w%servers%+'", 'or(a=/\\wsrv*+/, a=/\\wdb1+/)'],
    ["a|re|expand: '\\\\%servers%'", 'or(a=/\\\\srv*/, a=/\\\\db1/)'],
    ["a|re|expand: '\\%x%servers%'", 'or(a=/%xsrv*/, a=/%xdb1/)'],
    ["'|re|expand': '%servers%'", 'or(<keyword>=/srv*/, <keyword>=/db1/)'],
    // keywords
    ["'|contains': x", '<keyword>=*‹x›*'],
    ["'|re': 'a.c'", '<keyword>=/a.c/'],
    ["'|all|cased': [x, y]", 'and(<keyword>==‹x›, <keyword>==‹y›)'],
    [
      "'|base64offset|contains': foobar",
      'or(<keyword>=*‹Zm9vYmFy›*, <keyword>=*‹Zvb2Jhc›*, <keyword>=*‹mb29iYX›*)',
    ],
  ])('%s', (line, wanted) => {
    expect(queryText(selectionQuery(line, servers))).toBe(wanted);
  });

  test('a value that makes no regular expression is an error, with what it makes', () => {
    const diagnostics = (line: string) => {
      const bag = createBag();
      compileText(
        ruleText(`s:\n  ${line}\ncondition: s`),
        bag,
        new Map([['open', [parsePattern('(x')]]]),
      );
      return told(bag);
    };
    const message =
      'SIG023 8:18 invalid regular expression with a placeholder’s value, `^(x`: the group is not closed: `)` is missing';
    expect(diagnostics("a|re|expand: '^%open%'")).toEqual([message]);
    expect(diagnostics("a|re|expand: '%other%'")).toEqual([
      'SIG024 8:18 placeholder `%other%` has no value',
    ]);
    expect(diagnostics("a|re|expand: 'x'")).toEqual([
      'SIG027 8:18 `expand` finds no placeholder in `x`',
    ]);
    expect(diagnostics("a|expand|re: '%open%'")).toEqual([
      "SIG021 8:14 `re` can't follow `expand`",
    ]);
  });

  test('`expand` for nothing is a warning at the value', () => {
    const diagnostics = (line: string) =>
      marked(detectionDiagnostics(`s:\n  ${line}\ncondition: s`));
    expect(diagnostics("a|expand: 'C:\\%user%\\x'")).toEqual([
      String.raw`SIG027 "'C:\\%user%\\x'"`,
    ]);
    expect(diagnostics('a|expand: [x, z]')).toEqual(['SIG027 "x"', 'SIG027 "z"']);
    expect(diagnostics('a|expand|contains: 100%')).toEqual(['SIG027 "100%"']);
    // the others name one
    const some = (line: string) => {
      const bag = createBag();
      compileText(ruleText(`s:\n  ${line}\ncondition: s`), bag, servers);
      return marked(bag);
    };
    expect(some("a|expand: ['%servers%', x]")).toEqual([]);
    expect(some("a|expand: ['%servers%', 'C:\\%servers%']")).toEqual([
      String.raw`SIG027 "'C:\\%servers%'"`,
    ]);
    expect(diagnostics('a: x%y%')).toEqual([]);
  });

  test('a number that YAML 1.1 reads otherwise is not text to quote where the modifier takes numbers', () => {
    const hints = (line: string) =>
      detectionDiagnostics(`s:\n  ${line}\ncondition: s`).list.map(
        ({ code, hint }) => `${code} ${hint}`,
      );
    expect(hints('a|gt: 010')).toEqual([
      'SIG006 Write the number in plain digits: modifiers that take a number take no quotes.',
    ]);
    expect(hints('a|hour: 07')).toEqual([
      'SIG006 Write the number in plain digits: modifiers that take a number take no quotes.',
    ]);
    expect(hints('a: 010')).toEqual(['SIG006 Quote the value so that every tool reads the same.']);
    expect(hints('a|exists: yes')).toEqual(['SIG017 Write `true`, without quotes.']);
  });

  test('whole values that hardly any event has are a warning', () => {
    const diagnostics = (line: string) =>
      marked(detectionDiagnostics(`s:\n  ${line}\ncondition: s`)).filter((one) =>
        one.startsWith('SIG028'),
      );
    expect(diagnostics('CommandLine|all: [foo, bar]')).toEqual(['SIG028 "all"']);
    expect(diagnostics('a|cased|all: [foo, bar, "*x"]')).toEqual(['SIG028 "all"']);
    expect(diagnostics('f|base64offset: xyz')).toEqual(['SIG028 "base64offset"']);
    expect(diagnostics('f|wide|base64offset|all: [xyz, abc]')).toEqual(['SIG028 "base64offset"']);
    for (const fine of [
      'a|contains|all: [foo, bar]',
      'a|all: ["*foo*", "*bar*"]',
      'a|all: ["*foo*", bar]',
      'a|all: [foo, foo]',
      'a|re|all: [foo, bar]',
      'a|all|gt: [1, 2]',
      "'|all': [foo, bar]",
      'f|base64offset|contains: xyz',
      "'|base64offset': xyz",
      'a|base64: xyz',
    ])
      expect(diagnostics(fine), fine).toEqual([]);
  });

  test('`all` with one value is a warning, and reads as one value', () => {
    const bag = detectionDiagnostics('s:\n  a|contains|all: x\ncondition: s');
    expect(bag.list.map(({ severity }) => severity)).toEqual(['warning']);
    expect(told(bag)).toEqual(['SIG025 8:16 `all` has only one value to link']);
  });
});

const literals = (query: Query): readonly string[] => {
  const items = query.kind === 'or' ? query.operands : [query];
  return items.map((item) =>
    item.kind === 'item' && item.test.kind === 'string'
      ? (literalText(item.test.pattern.filter((part) => part !== 0)) ?? '?')
      : '?',
  );
};

describe('windash', () => {
  const dashes = ['-', '/', '–', '—', '―'];
  test('each of the five dashes becomes each of them', () => {
    for (const dash of dashes)
      expect(literals(selectionQuery(`a|windash: 'cmd ${dash}f'`))).toEqual(
        dashes.map((other) => `cmd ${other}f`),
      );
  });

  test('all permutations of several flags', () => {
    const wanted = dashes.flatMap((first) => dashes.map((second) => `${first}a ${second}b`));
    expect(literals(selectionQuery("a|windash: '-a /b'"))).toEqual(wanted);
  });

  test.each([
    ['a dash in a word', 'some-thing', ['some-thing']],
    ['a path', 'C:/a/b', dashes.map((dash) => `C:${dash}a/b`)],
    ['a dash before a space', 'a - b', ['a - b']],
    ['two dashes', '--x', dashes.map((dash) => `-${dash}x`)],
    ['no dash', 'x', ['x']],
    ['letters beyond ASCII', 'é-x -é', dashes.map((dash) => `é-x ${dash}é`)],
    ['a quote before it', '"-x"', dashes.map((dash) => `"${dash}x"`)],
  ])('%s', (_, value, wanted) => {
    expect(literals(selectionQuery(`a|windash: '${value}'`))).toEqual(wanted);
  });

  test.each(['contains|windash', 'windash|contains'])(
    '%s: shape and spelling in either order',
    (chain) => {
      expect(queryText(selectionQuery(`a|${chain}: ' -f'`))).toBe(
        `or(${dashes.map((dash) => `a=*‹ ${dash}f›*`).join(', ')})`,
      );
    },
  );

  test('with startswith and endswith, with wildcards', () => {
    expect(queryText(selectionQuery("a|windash|endswith: '-f'"))).toBe(
      `or(${dashes.map((dash) => `a=*‹${dash}f›`).join(', ')})`,
    );
    expect(queryText(selectionQuery("a|windash: '*-f?'"))).toBe(
      `or(${dashes.map((dash) => `a=*‹${dash}f›?`).join(', ')})`,
    );
  });

  test('before an encoding: each spelling is encoded', () => {
    expect(literals(selectionQuery("a|windash|base64: '-f'"))).toEqual(
      dashes.map((dash) => Buffer.from(`${dash}f`).toString('base64')),
    );
  });

  test('too many spellings are an error, not a flood', () => {
    expect(literals(selectionQuery(`a|windash: '${'-a '.repeat(4)}'`))).toHaveLength(625);
    expect(
      told(detectionDiagnostics(`s:\n  a|windash: '${'-a '.repeat(5)}'\ncondition: s`)),
    ).toEqual(['SIG022 8:16 windash makes more than 625 spellings of this value']);
    const started = cpuMilliseconds();
    expect(
      marked(
        detectionDiagnostics(
          `s:\n  a|windash: '${'-a '.repeat(4)}${'x'.repeat(1_000_000)}'\ncondition: s`,
        ),
      )[0],
    ).toMatch(/^SIG022/);
    expect(cpuMilliseconds() - started).toBeLessThan(1000);
  });
});

describe('encodings', () => {
  // vectors by another program: the characters of Base64 whose six bits all come from the value
  test.each([
    ['base64', 'foobar', ['Zm9vYmFy']],
    ['base64', 'IEX (', ['SUVYICg=']],
    ['base64', 'äö', ['w6TDtg==']],
    ['base64offset', 'foobar', ['Zm9vYmFy', 'Zvb2Jhc', 'mb29iYX']],
    ['base64offset', 'http://', ['aHR0cDovL', 'h0dHA6Ly', 'odHRwOi8v']],
    ['base64offset', '/bin/bash', ['L2Jpbi9iYXNo', '9iaW4vYmFza', 'vYmluL2Jhc2']],
    ['base64offset', 'ab', ['YW', 'Fi', 'hY']],
    ['base64offset', 'äö', ['w6TDt', 'Okw7', 'DpMO2']],
    ['wide|base64offset', 'cmd', ['YwBtAGQA', 'MAbQBkA', 'jAG0AZA']],
    ['utf16le|base64offset', 'ping', ['cABpAG4AZw', 'AAaQBuAGcA', 'wAGkAbgBnA']],
    ['utf16be|base64offset', 'ping', ['AHAAaQBuAG', 'BwAGkAbgBn', 'AcABpAG4AZ']],
    ['utf16|base64offset', 'cmd', ['//5jAG0AZA', '/+YwBtAGQA', '//mMAbQBkA']],
    ['wide|base64', 'New-Object', ['TgBlAHcALQBPAGIAagBlAGMAdAA=']],
    ['utf16|base64', 'ping', ['//5wAGkAbgBnAA==']],
    ['utf16be|base64', 'cmd', ['AGMAbQBk']],
    ['wide', 'cmd', ['c\0m\0d\0']],
    ['utf16le', 'cmd', ['c\0m\0d\0']],
    ['utf16be', 'cmd', ['\0c\0m\0d']],
  ])('%s of %s', (chain, value, wanted) => {
    expect(literals(selectionQuery(`a|${chain}: '${value}'`))).toEqual(wanted);
    expect(literals(selectionQuery(`a|${chain}|contains: '${value}'`))).toEqual(wanted);
  });

  test('escaped wildcards and backslashes are encoded as the characters they are', () => {
    expect(literals(selectionQuery("a|base64: 'a\\*\\\\b'"))).toEqual([
      Buffer.from('a*\\b').toString('base64'),
    ]);
  });

  test.each(['', 'wide|'])(
    '%sbase64offset|contains finds a value wherever it stands in an encoded text',
    (encoding) => {
      const ascii = fc.string({
        unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
        minLength: 2,
        maxLength: 12,
      });
      const bytes = fc.uint8Array({ maxLength: 9 });
      fc.assert(
        fc.property(ascii, bytes, bytes, (value, before, after) => {
          const quoted = value.replace(/[\\*?]/g, '\\$&').replaceAll("'", "''");
          const query = selectionQuery(`a|${encoding}base64offset|contains|cased: '${quoted}'`);
          const encoded = Buffer.concat([
            before,
            Buffer.from(value, encoding === '' ? 'utf8' : 'utf16le'),
            after,
          ]).toString('base64');
          expect(matches(query, { a: encoded })).toBe(true);
        }),
        { numRuns: 100 },
      );
    },
  );

  test('values that Base64 can make nothing of', () => {
    expect(told(detectionDiagnostics('s:\n  a|base64offset|contains: x\ncondition: s'))[0]).toMatch(
      /^SIG022 8:30 the value is too short for base64offset/,
    );
    expect(told(detectionDiagnostics("s:\n  a|base64: 'a*'\ncondition: s"))).toEqual([
      "SIG022 8:15 `base64` can't encode wildcards",
    ]);
    expect(told(detectionDiagnostics("s:\n  a|utf16: 'cmd'\ncondition: s"))).toEqual([
      'SIG022 8:14 the UTF-16 bytes of this value are not text',
    ]);
    expect(told(detectionDiagnostics("s:\n  a|wide: 'é'\ncondition: s"))).toEqual([
      'SIG022 8:13 the UTF-16 bytes of this value are not text',
    ]);
  });
});

describe('what events a chain matches', () => {
  test.each<[line: string, hits: readonly TestEvent[], misses: readonly TestEvent[]]>([
    ['a|exists: true', [{ a: 'x' }, { a: '' }], [{}, { b: 1 }]],
    ['a|exists: false', [{}, { b: 1 }], [{ a: 'x' }, { a: '' }]],
    ['a|neq: x', [{ a: 'y' }, {}], [{ a: 'x' }, { a: 'X' }]],
    ['a|neq: [x, 5]', [{ a: 'y' }, { a: 6 }], [{ a: 'x' }, { a: 5 }, { a: '5' }]],
    ['a|cased: Foo', [{ a: 'Foo' }], [{ a: 'foo' }, { a: 'Foob' }]],
    ["a|re: 'ab+c'", [{ a: 'xabbcx' }], [{ a: 'ABC' }, { a: 'ac' }]],
    ["a|re|i: 'ab+c'", [{ a: 'xABBCx' }], [{ a: 'ac' }]],
    ["a|re|m: '^b$'", [{ a: 'a\nb\nc' }], [{ a: 'ab' }]],
    ["a|re: '^b$'", [{ a: 'b' }], [{ a: 'a\nb\nc' }]],
    ["a|re|s: 'a.b'", [{ a: 'a\nb' }, { a: 'axb' }], [{ a: 'ab' }]],
    ["a|re: 'a.b'", [{ a: 'axb' }], [{ a: 'a\nb' }]],
    [
      'a|cidr: 10.0.0.0/8',
      [{ a: '10.255.0.1' }],
      [{ a: '11.0.0.1' }, { a: '10.0.0' }, { a: 'x' }, {}],
    ],
    [
      'a|cidr: 172.16.0.0/12',
      [{ a: '172.31.255.255' }],
      [{ a: '172.32.0.0' }, { a: '172.15.255.255' }],
    ],
    [
      "a|cidr: '2001:db8::/33'",
      [{ a: '2001:db8::1' }, { a: '2001:0DB8:7fff::' }],
      [{ a: '2001:db8:8000::1' }, { a: '10.0.0.1' }],
    ],
    ['a|gt: 5', [{ a: 6 }, { a: '5.1' }], [{ a: 5 }, { a: 'x' }, { a: '' }, {}]],
    ['a|lte: 5', [{ a: 5 }, { a: -1 }], [{ a: 6 }, {}]],
    ['a|fieldref: b', [{ a: 'x', b: 'X' }], [{ a: 'x', b: 'y' }, { a: 'x' }, { b: 'x' }, {}]],
    ['a|fieldref|endswith: b', [{ a: 'foobar', b: 'BAR' }], [{ a: 'foobar', b: 'foo' }]],
    ['a|fieldref|startswith: b', [{ a: 'foobar', b: 'FOO' }], [{ a: 'foobar', b: 'bar' }]],
    ['a|fieldref|contains|cased: b', [{ a: 'foobar', b: 'oba' }], [{ a: 'foobar', b: 'OBA' }]],
    ['a|fieldref|neq: b', [{ a: 'x', b: 'y' }], [{ a: 'x', b: 'x' }]],
    [
      'a|hour|gte: 22',
      [{ a: '2024-05-01T22:10:00Z' }, { a: '2024-05-01 23:59' }],
      [{ a: '2024-05-01T21:59:59' }, { a: 'x' }, {}],
    ],
    [
      'a|week: 1',
      [{ a: '2024-01-01' }, { a: '2024-12-30' }],
      [{ a: '2024-01-08' }, { a: '2023-01-01' }],
    ],
    ['a|month: [1, 12]', [{ a: '2024-01-09' }, { a: '2023-12-09' }], [{ a: '2023-11-12' }]],
    ["'|all': [foo, bar]", [{ _raw: 'a BAR and foo' }], [{ _raw: 'only foo' }]],
    [
      "a|windash|contains: ' -enc'",
      [{ a: 'ps /enc' }, { a: 'ps —ENC' }, { a: 'ps –enc x' }],
      [{ a: 'ps enc' }, { a: 'ps_-enc' }],
    ],
    [
      "a|wide|base64offset|contains: 'http'",
      [{ a: `cmd ${Buffer.from('x=http://', 'utf16le').toString('base64')}` }],
      [{ a: Buffer.from('ftp', 'utf16le').toString('base64') }],
    ],
  ])('%s', (line, hits, misses) => {
    const query = selectionQuery(line);
    expect(hits.filter((event) => !matches(query, event))).toEqual([]);
    expect(misses.filter((event) => matches(query, event))).toEqual([]);
  });
});

describe('chains that make no sense', () => {
  // `a` stands at 8:5, so the first modifier at 8:7
  test.each([
    ['a|foo: x', 'SIG020 8:7 `foo` is not a modifier of Sigma', 'foo'],
    ['a|contains|al: [x, z]', 'SIG020 8:16 `al` is not a modifier of Sigma', 'al'],
    ['a|Contain: x', 'SIG020 8:7 `Contain` is not a modifier of Sigma', 'Contain'],
    ['a|: x', 'SIG020 8:7 no modifier stands after `|`', ':'],
    ["'a|contains|': x", 'SIG020 8:17 no modifier stands after `|`', "'"],
    ['"a|contains|foo": x', 'SIG020 8:17 `foo` is not a modifier of Sigma', 'foo'],
    ['a|contains|startswith: x', "SIG021 8:16 `startswith` can't follow `contains`", 'startswith'],
    ['a|contains|contains: x', 'SIG021 8:16 `contains` appears twice', 'contains'],
    ['a|contains|re: x', "SIG021 8:16 `re` can't follow `contains`", 're'],
    ['a|re|contains: x', "SIG021 8:10 `contains` can't follow `re`", 'contains'],
    ['a|re|cased: x', "SIG021 8:10 `cased` can't follow `re`", 'cased'],
    ['a|cased|re: x', "SIG021 8:13 `re` can't follow `cased`", 're'],
    ['a|expand|re: x', "SIG021 8:14 `re` can't follow `expand`", 're'],
    ['a|windash|cidr: x', "SIG021 8:15 `cidr` can't follow `windash`", 'cidr'],
    ['a|cidr|contains: x', "SIG021 8:12 `contains` can't follow `cidr`", 'contains'],
    ['a|windash|re: x', "SIG021 8:15 `re` can't follow `windash`", 're'],
    ['a|i: x', 'SIG021 8:7 `i` is a flag of `re`', 'i'],
    ['a|re|all|i: [x, z]', 'SIG021 8:14 `i` is a flag of `re`', 'i'],
    ['a|re|i|i: x', 'SIG021 8:12 `i` appears twice', 'i'],
    ['a|contains|base64: x', "SIG021 8:16 `base64` can't follow `contains`", 'base64'],
    ['a|base64|wide: x', "SIG021 8:14 `wide` can't follow `base64`", 'wide'],
    [
      'a|base64|base64offset: x',
      "SIG021 8:14 `base64offset` can't follow `base64`",
      'base64offset',
    ],
    ['a|wide|utf16be: x', "SIG021 8:12 `utf16be` can't follow `wide`", 'utf16be'],
    ['a|base64|windash: x', "SIG021 8:14 `windash` can't follow `base64`", 'windash'],
    ['a|cidr|contains: 10.0.0.0/8', "SIG021 8:12 `contains` can't follow `cidr`", 'contains'],
    ['a|contains|cidr: 10.0.0.0/8', "SIG021 8:16 `cidr` can't follow `contains`", 'cidr'],
    ['a|cidr|re: x', "SIG021 8:12 `re` can't follow `cidr`", 're'],
    ['a|gt|contains: 5', "SIG021 8:10 `contains` can't follow `gt`", 'contains'],
    ['a|contains|gt: 5', "SIG021 8:16 `gt` can't follow `contains`", 'gt'],
    ['a|gt|lt: 5', "SIG021 8:10 `lt` can't follow `gt`", 'lt'],
    ['a|gt|neq: 5', "SIG021 8:10 `neq` can't follow `gt`", 'neq'],
    ['a|neq|gt: 5', "SIG021 8:11 `gt` can't follow `neq`", 'gt'],
    ['a|exists|all: true', "SIG021 8:14 `all` can't follow `exists`", 'all'],
    ['a|contains|exists: true', "SIG021 8:16 `exists` can't follow `contains`", 'exists'],
    ['a|exists|neq: true', "SIG021 8:14 `neq` can't follow `exists`", 'neq'],
    ['a|fieldref|re: b', "SIG021 8:16 `re` can't follow `fieldref`", 're'],
    ['a|fieldref|windash: b', "SIG021 8:16 `windash` can't follow `fieldref`", 'windash'],
    ['a|fieldref|base64: b', "SIG021 8:16 `base64` can't follow `fieldref`", 'base64'],
    ['a|gte|hour: 5', "SIG021 8:11 `hour` can't follow `gte`", 'hour'],
    ['a|hour|minute: 5', "SIG021 8:12 `minute` can't follow `hour`", 'minute'],
    ['a|hour|contains: 5', "SIG021 8:12 `contains` can't follow `hour`", 'contains'],
    ["'|fieldref': b", 'SIG021 8:7 `fieldref` needs a field', 'fieldref'],
    ["'|gt': 5", 'SIG021 8:7 `gt` needs a field', 'gt'],
    ["'|exists': true", 'SIG021 8:7 `exists` needs a field', 'exists'],
    ["'|hour': 5", 'SIG021 8:7 `hour` needs a field', 'hour'],
    ["'|startswith': x", 'SIG021 8:7 `startswith` needs a field', 'startswith'],
  ])('%s', (line, wanted, under) => {
    const bag = detectionDiagnostics(`s:\n  ${line}\ncondition: s`);
    expect(told(bag).filter((one) => !one.startsWith('SIG025'))).toEqual([wanted]);
    expect(marked(bag).at(-1)).toBe(`${wanted.slice(0, 6)} ${JSON.stringify(under)}`);
    expect(bag.list.every(({ hint }) => hint !== '')).toBe(true);
  });

  test('hints name what was meant', () => {
    const hint = (line: string) =>
      detectionDiagnostics(`s:\n  ${line}\ncondition: s`).list[0]?.hint;
    expect(hint('a|Contians: x')).toBe('Did you mean `contains`?');
    expect(hint('a|startwith: x')).toBe('Did you mean `startswith`?');
    expect(hint('a|regex: x')).toBe('Did you mean `re`?');
    expect(hint('a|not: x')).toContain('neq');
  });

  const values = ['x', '5', 'true', '10.0.0.0/8'];
  const names = [...modifierRoles.keys()];
  test('every pair either has a meaning for some value or is told at one of its modifiers', () => {
    for (const first of names) {
      for (const second of names) {
        const results = values.map((value) => {
          const bag = createBag();
          const compiled = compileText(
            ruleText(`s:\n  a|${first}|${second}: [${value}, ${value}]\ncondition: s`),
            bag,
          );
          return (
            compiled.length === 1 ||
            bag.list.some(({ code }) => code === 'SIG021') ||
            bag.list.every(({ code }) => code === 'SIG022' || code === 'SIG024')
          );
        });
        expect(results, `${first}|${second}`).toEqual([true, true, true, true]);
        const chain = detectionDiagnostics(
          `s:\n  a|${first}|${second}: [5, 5]\ncondition: s`,
        ).list.filter(({ code }) => code === 'SIG021');
        for (const { file, span } of chain)
          expect([first, second]).toContain(file.text.slice(span.start, span.end));
      }
    }
  });
});

describe('values that do not fit', () => {
  test.each([
    ['a|exists: maybe', 'SIG022 8:15 `exists` takes true or false'],
    ["a|exists: ''", 'SIG022 8:15 `exists` takes true or false'],
    ['a|gt: x', 'SIG022 8:11 `gt` takes a number, not the text `x`'],
    ["a|gt: '5'", 'SIG022 8:11 `gt` takes a number, not the text `5`'],
    ['a|gt:', 'SIG022 8:5 `gt` takes a number, not an empty value'],
    ['a|gt: null', 'SIG022 8:11 `gt` takes a number, not `null`'],
    ['a|contains: null', 'SIG022 8:17 `contains` takes texts, not `null`'],
    ['a|contains: [x, true]', 'SIG022 8:21 `contains` takes texts, not `true`'],
    ['a|contains:', 'SIG022 8:5 `contains` takes texts, not an empty value'],
    ["a|exists: 'truth'", 'SIG022 8:15 `exists` takes true or false'],
    ['a|exists: 1', 'SIG022 8:15 `exists` takes true or false'],
    ['a|cidr: 10.0.0.0/33', 'SIG022 8:13 `10.0.0.0/33` is not an address block'],
    ['a|cidr: 10.0.0/8', 'SIG022 8:13 `10.0.0/8` is not an address block'],
    ["a|cidr: '10.0.0.*'", 'SIG022 8:13 `10.0.0.*` is not an address block'],
    ['a|cidr: 256.0.0.1', 'SIG022 8:13 `256.0.0.1` is not an address block'],
    ['a|cidr: 10.0.0.01', 'SIG022 8:13 `10.0.0.01` is not an address block'],
    ["a|cidr: '2001::db8::/32'", 'SIG022 8:13 `2001::db8::/32` is not an address block'],
    ["a|cidr: '1.2.3.4::/32'", 'SIG022 8:13 `1.2.3.4::/32` is not an address block'],
    ["a|cidr: '::1/129'", 'SIG022 8:13 `::1/129` is not an address block'],
    ["a|cidr: '1:2:3:4:5:6:7/32'", 'SIG022 8:13 `1:2:3:4:5:6:7/32` is not an address block'],
    ['a|cidr: 10.0.0.0/8/9', 'SIG022 8:13 `10.0.0.0/8/9` is not an address block'],
    ['a|hour: 24', 'SIG022 8:13 an hour is a whole number from 0 to 23'],
    ['a|hour: -1', 'SIG022 8:13 an hour is a whole number from 0 to 23'],
    ['a|day: 0', 'SIG022 8:12 a day is a whole number from 1 to 31'],
    ['a|month|gt: 13', 'SIG022 8:17 a month is a whole number from 1 to 12'],
    ['a|minute: 1.5', 'SIG022 8:15 a minute is a whole number from 0 to 59'],
    ['a|week: x', 'SIG022 8:13 `week` takes a number, not the text `x`'],
    ['a|fieldref: 5', 'SIG022 8:17 `fieldref` takes the name of a field'],
    ["a|fieldref: ''", 'SIG022 8:17 `fieldref` takes the name of a field'],
    ["a|re: ''", 'SIG023 8:11 the regular expression is empty'],
    [
      "a|re: 'ab(c'",
      'SIG023 8:14 invalid regular expression: the group is not closed: `)` is missing',
    ],
    ["a|re: 'ab)c'", 'SIG023 8:14 invalid regular expression: `)` closes no group'],
    ["a|re: '*a'", 'SIG023 8:12 invalid regular expression: the quantifier has nothing to repeat'],
    ["a|expand: '%nobody%'", 'SIG024 8:15 placeholder `%nobody%` has no value'],
  ])('%s', (line, wanted) => {
    const bag = detectionDiagnostics(`s:\n  ${line}\ncondition: s`);
    expect(told(bag)).toEqual([wanted]);
    expect(bag.list[0]?.hint).not.toBe('');
  });

  test('every bad value of a list is told', () => {
    expect(told(detectionDiagnostics('s:\n  a|gt: [x, 5, z]\ncondition: s'))).toHaveLength(2);
  });

  test('placeholders whose combinations pass any memory are an error', () => {
    const many = new Map([
      ['n', Array.from({ length: 1000 }, (_, index) => parsePattern(`v${index}`))],
    ]);
    const bag = createBag();
    const started = cpuMilliseconds();
    compileText(ruleText(`s:\n  a|expand: '${'%n%'.repeat(10)}'\ncondition: s`), bag, many);
    expect(told(bag)[0]).toMatch(/^SIG022 8:15 the placeholders make 1000000 values or more/);
    compileText(ruleText("s:\n  a|expand|windash: '%n% -a -b'\ncondition: s"), bag, many);
    expect(told(bag)[1]).toMatch(/^SIG022 8:23 the modifiers make more than 10000 values/);
    expect(cpuMilliseconds() - started).toBeLessThan(1000);
  });
});
