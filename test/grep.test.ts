import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultTargetSettings } from '../src/backend/registry.ts';
import { compileText, detectionOf } from './compile.ts';
import { matches, type TestEvent } from './matcher.ts';
import { mutations } from './mutations.ts';
import { grep } from './registered.ts';

const settings = (lines: 'json' | 'plain') => ({ ...defaultTargetSettings, grep: { lines } });

function convert(detection: string, lines: 'json' | 'plain' = 'json') {
  return grep.convert(detectionOf(detection), settings(lines));
}

function command(detection: string, lines: 'json' | 'plain' = 'json'): string {
  const conversion = convert(detection, lines);
  if (!conversion.ok) throw new Error(conversion.error[0]?.message);
  return conversion.value.queries.join('\n');
}

/** Indexes of the lines that the command finds, run by a POSIX shell. */
function found(commands: string, lines: readonly string[], locale = 'C.UTF-8'): readonly number[] {
  const result = spawnSync('sh', ['-c', commands.replace(/^grep/gm, 'grep -n')], {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: locale },
  });
  if (result.stderr !== '' || (result.status ?? 2) > 1)
    throw new Error(`${result.status} ${result.stderr}${commands}`);
  return [...result.stdout.matchAll(/^(\d+):/gm)].map((match) => Number(match[1]) - 1);
}

/** Whether a person is told that more is found than the rule means. */
function widened(detection: string, lines: 'json' | 'plain' = 'json'): boolean {
  const conversion = convert(detection, lines);
  return conversion.ok && conversion.diagnostics.some(({ code }) => code === 'TGT002');
}

describe('grep commands', () => {
  it.each(['exists: true', 'contains: x', 'fieldref: g'])(
    'refuse a pattern of fields with %s',
    (test) => {
      const text = `title: N\nid: 00000000-0000-4000-8000-000000000002\nlogsource: {product: windows}\ndetection: {a: {'zeek.*.user|${test.replace(': ', "': ")}}, condition: a}\n`;
      const [rule] = compileText(text);
      const conversion = rule && grep.convert(rule, defaultTargetSettings);
      expect(conversion).toMatchObject({ ok: false });
      expect(JSON.stringify(conversion)).toContain(
        "grep can't search a field with the name `zeek.*.user`",
      );
    },
  );

  it('gives the seed rule as its page has it', () => {
    const [rule] = compileText(
      readFileSync(
        join(import.meta.dirname, '..', 'rules/windows/dhcp-callout-dll-failed.yml'),
        'utf8',
      ),
    );
    const conversion = rule && grep.convert(rule, defaultTargetSettings);
    expect(conversion?.ok && conversion.value.queries).toEqual([
      "grep -P '^(?:.*1031|.*1032|.*1034)'",
    ]);
  });

  const and = (...tests: string[]) =>
    `a:\n${tests.map((test) => `  ${test}\n`).join('')}condition: a`;
  it.each([
    ['letters', and('f: abc'), "grep -i -P '^.*abc'"],
    [
      'backslashes and quotes',
      and(String.raw`f|endswith: '\a"''.exe'`),
      String.raw`grep -i -P '^.*\\\\a\\"'\''\.exe'`,
    ],
    ['and', and('f: a1', 'g: b2'), "grep -i -P '^(?=.*a1)(?=.*b2)'"],
    [
      'not',
      'a:\n  f: a1\nb:\n  g: b2\ncondition: a and not b',
      `grep -i -P '^(?=.*a1)(?!.*[{,](?-i:"g"):"b2")'`,
    ],
    ['cased alone', and('f|cased: Abc'), "grep -P '^.*Abc'"],
    ['cased beside others', and('f|cased: Abc', 'g: x'), "grep -i -P '^(?=.*(?-i:Abc))(?=.*x)'"],
    [
      'wildcards',
      and("f: 'a*b?c*'"),
      String.raw`grep -i -P '^(?>.*?a).*b(?:[ !#-[\]-~]|\\(?:u.{4}|[^u])|[^ -~]{1,4}?)c'`,
    ],
    [
      'regex',
      and(String.raw`f|re: '^C:\\[a-z]{2}\s"$'`),
      String.raw`grep -P '^.*C:\\\\[a-z]{2}(?:[ ]|\\[tnfr]|\\u000b)\\"'`,
    ],
    ['regex beside others', and('f|re: ab', 'g: x'), "grep -i -P '^(?=.*(?-i:ab))(?=.*x)'"],
    ['back-references', and(String.raw`f|re: '(a)\1b'`), "grep -P '^.*a.*b'"],
    ['null', and('f: null'), `grep -P '^(?:(?!.*[{,]"f":)|.*[{,]"f":null)'`],
    ['exists', and('f|exists: true'), String.raw`grep -P '^.*[{,]"f":(?!null|\[\])'`],
    [
      'cidr',
      and('f|cidr: 10.0.0.0/8'),
      String.raw`grep -P '^.*(?<![0-9.])(?:10\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![0-9])'`,
    ],
  ])('writes %s', (_, detection, wanted) => {
    expect(command(detection)).toBe(wanted);
  });

  it.each([
    [
      'a correlation',
      `title: C\nid: 00000000-0000-4000-8000-000000000001\ncorrelation:\n  type: event_count\n  rules: [n]\n  group-by: [u]\n  timespan: 5m\n  condition: {gte: 3}`,
      /no correlations/,
    ],
  ])('refuses %s', (_, text, message) => {
    const rule =
      'title: N\nid: 00000000-0000-4000-8000-000000000002\nname: n\nlogsource: {product: windows}\ndetection: {a: {f: x}, condition: a}\n---\n';
    const compiled = compileText(rule + text).find(({ kind }) => kind === 'correlation');
    const conversion = compiled && grep.convert(compiled, defaultTargetSettings);
    expect(conversion && !conversion.ok && conversion.error[0]?.message).toMatch(message);
  });

  it.each([
    ['null', and('f: null', 'g: x'), 'plain' as const, /plain lines have no fields/],
    [
      'only what is left out',
      'a:\n  f: x\ncondition: not a',
      'plain' as const,
      /nothing of the rule/,
    ],
    ['a line break', and(String.raw`f: "a\nb"`), 'plain' as const, /line break/],
    ['weeks', and('f|week: 3'), 'json' as const, /week/],
  ])('refuses %s', (_, detection, lines, message) => {
    const conversion = convert(detection, lines);
    expect(!conversion.ok && conversion.error[0]?.message).toMatch(message);
  });
});

/** What a rule that got out of its quotes would leave behind. */
const temporary = mkdtempSync(join(tmpdir(), 'sigpack-grep-'));
afterAll(() => rmSync(temporary, { recursive: true }));
const touched = join(temporary, 'touched');

const hostile = [
  `'; touch ${touched}; '`,
  '$(id) `id` "$HOME"',
  '\\E a \\Q',
  'a\nb\tc\u0001',
  '(?i)[a]{2}|^$.*+?',
  '-e',
  '\u2013 \u00c9\u00df \u{1f600}',
  '\\n',
  '\\\\',
  '%s!#&<>',
  '\u007f\u0085\u2028',
  'a]b',
  '\ud800x',
];

describe('grep finds what the rule means, run by a shell', () => {
  const words = [
    'abc',
    'ABC',
    'xabcx',
    'a c',
    'é',
    'É',
    'n',
    '',
    '12',
    'a\\b',
    'a"b',
    'abc"',
    '\\',
    '\n',
    '\t',
    'c:\\windows\\a.exe',
    '10.1.2.3',
    '110.1.2.3',
    '2001:db8::1',
    '2024-05-03T10:20:30Z',
    'true',
    ',"f":"abc"',
    ':"abc',
  ];
  const values: readonly unknown[] = [
    ...words,
    ...hostile,
    12,
    7,
    120,
    1.5,
    -3,
    true,
    false,
    null,
    undefined,
  ];
  const events: readonly TestEvent[] = values.flatMap((f): TestEvent[] => [
    { f, g: 'abc' },
    { e: 1, f },
    { f, g: f },
  ]);
  const lines = events.map((event) => JSON.stringify(event));

  const tests = [
    ...hostile.slice(0, -1).map((text) => `f: ${JSON.stringify(text.replace(/[\\*?]/g, '\\$&'))}`),
    ...hostile
      .slice(0, -1)
      .map((text) => `f|contains: ${JSON.stringify(text.replace(/[\\*?]/g, '\\$&'))}`),
    'f: abc',
    'f|cased: abc',
    "f: ''",
    "f: '*'",
    "f: '?'",
    "f: '*a*c*'",
    "f: 'a?c'",
    'f|startswith: a',
    String.raw`f|endswith: '\'`,
    'f: 12',
    "f: '12'",
    'f: true',
    'f: null',
    'f|exists: true',
    'f|contains: n',
    'f|re: ^a.c$',
    String.raw`f|re: '^\w+$'`,
    String.raw`f|re: '[ \t\n]'`,
    "f|re: '[^a-z]$'",
    String.raw`f|re: '\\'`,
    'f|re: (?i)^ABC',
    'f|cidr: 10.0.0.0/8',
    'f|cidr: 2001:db8::/32',
    'f|gt: 7',
    'f|lte: 12',
    'f|lt: 100',
    'f|gte: 1',
    'f|fieldref: g',
    'f|fieldref|startswith: g',
    'f|fieldref|contains: g',
    'f|year|gte: 2023',
    'f|hour: 10',
    'f|minute|lt: 30',
  ];

  it.each(tests)('%s', (test) => {
    for (const condition of ['a', 'not a']) {
      const { query } = detectionOf(`a:\n  ${test}\ncondition: ${condition}`);
      const commands = command(`a:\n  ${test}\ncondition: ${condition}`);
      const hits = new Set(found(commands, lines));
      const missed = events.filter((event, index) => matches(query, event) && !hits.has(index));
      expect(missed, commands).toEqual([]);
      const more = events.filter((event, index) => !matches(query, event) && hits.has(index));
      if (more.length > 0)
        expect(
          widened(`a:\n  ${test}\ncondition: ${condition}`),
          `${commands}\n${JSON.stringify(more[0])}`,
        ).toBe(true);
    }
  });

  it.each([
    ['a keyword', 'a: [abc]\ncondition: a', 'json' as const],
    ['names of fields', "a: ['a?c', f]\ncondition: a", 'json' as const],
    ['a number', 'a: [12]\ncondition: a', 'json' as const],
    ['an expression', "a:\n  '|re': a.c\ncondition: a", 'json' as const],
    ['all of several', "a:\n  '|all': [abc, g]\ncondition: a", 'json' as const],
    ['one character of a plain line', "a: ['a?c']\ncondition: a", 'plain' as const],
  ])('says of keywords that it finds more: %s', (_, detection, form) => {
    expect(widened(detection, form)).toBe(true);
  });

  it('says nothing of keywords that it finds exactly', () => {
    expect(widened("a: [abc, 'a*c']\ncondition: a", 'plain')).toBe(false);
    const plain = ['xabcx', 'a c', 'ac', 'ABC', 'b'];
    expect(found(command("a: [abc, 'a*c']\ncondition: a", 'plain'), plain)).toEqual([0, 1, 2, 3]);
  });

  it.each(['C', 'C.UTF-8'])('takes `?` for one character in the locale %s', (locale) => {
    const json = [
      'abc',
      'abbc',
      'abbbc',
      'ac',
      'a"c',
      'a\\c',
      'a\nc',
      'aéc',
      'a–c',
      'a\u{1f600}c',
      'a\u0001c',
      'a\u007fc',
    ].map((f) => JSON.stringify({ x: f }));
    expect(found(command("a: ['a?c']\ncondition: a"), json, locale)).toEqual([
      0, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
    expect(found(command("a:\n  f: 'a?c'\ncondition: a"), json, locale)).toEqual([
      0, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
    const plain = ['abc', 'abbc', 'ac', 'a"c', 'aéc', 'a\tc'];
    expect(found(command("a: ['a?c']\ncondition: a", 'plain'), plain, locale)).toEqual([
      0, 3, 4, 5,
    ]);
  });

  it('finds no field that is null or an empty list where it should be there', () => {
    expect(
      found(command('a:\n  f|exists: true\ncondition: a'), [
        '{"f":null}',
        '{"f":[]}',
        '{"f":""}',
        '{"f":0}',
        '{"f":[1]}',
      ]),
    ).toEqual([2, 3, 4]);
  });

  it('excludes under not exactly what the test means', () => {
    const exact = tests.filter(
      (test) => !/gt|lt|re: .*\\1|cidr|year|hour|minute|fieldref/.test(test),
    );
    for (const test of exact) {
      const detection = `a:\n  ${test}\ncondition: not a`;
      const hits = new Set(found(command(detection), lines));
      const { query } = detectionOf(detection);
      const texts = events.flatMap((event, index) =>
        typeof event.f === 'string' &&
        event.f !== '\ud800x' &&
        hits.has(index) &&
        !matches(query, event)
          ? [event]
          : [],
      );
      expect(texts, command(detection)).toEqual([]);
    }
  });

  it('runs nothing that a rule holds, in either form of the lines', () => {
    for (const text of hostile.slice(0, -1)) {
      const detection = `a:\n  - ${JSON.stringify(text.replace(/[\\*?]/g, '\\$&'))}\ncondition: a`;
      for (const form of ['json', 'plain'] as const) {
        if (form === 'plain' && text.includes('\n')) continue;
        const line = form === 'json' ? JSON.stringify({ f: `x${text}y` }) : `x${text}y`;
        for (const locale of ['C', 'C.UTF-8'])
          expect(found(command(detection, form), ['other', line], locale), text).toEqual([1]);
      }
    }
    expect(existsSync(touched)).toBe(false);
  });

  it('holds for changed events', () => {
    const detection = String.raw`sel:
  Image|endswith: '\certutil.exe'
  CommandLine|contains|all: [' -urlcache ', 'http']
other:
  ParentImage|startswith: 'C:\Program Files\'
  User|contains: ['SYSTEM', 'é"']
condition: sel and not other`;
    const event = {
      Image: 'C:\\Windows\\certutil.exe',
      CommandLine: 'certutil -urlcache -f "http://é"',
      ParentImage: 'C:\\Program Files\\x\\a.exe',
      User: 'a\\SYSTEM',
    };
    const { query } = detectionOf(detection);
    const changed = mutations(event, query).filter((one) => matches(query, one));
    expect(changed.length).toBeGreaterThan(5);
    for (const locale of ['C', 'C.UTF-8'])
      expect(
        found(
          command(detection),
          changed.map((one) => JSON.stringify(one)),
          locale,
        ),
      ).toHaveLength(changed.length);
  });

  it('splits lists that are too long, and each part runs', () => {
    const list = Array.from({ length: 6000 }, (_, index) => `value${index}`).join(', ');
    const commands = command(`a:\n  f: [${list}]\ncondition: a`);
    expect(commands.split('\n').length).toBeGreaterThan(1);
    expect(found(commands, ['{"f":"value0"}', '{"f":"x"}', '{"f":"value5999"}'])).toEqual([0, 2]);
  });

  it('takes long lines in linear time', () => {
    const detection =
      "a:\n  f: '*a*a*a*a*b'\nb:\n  f|contains: 'aac'\n  g: '*a*a*a*a*b'\ncondition: a and not b";
    const started = performance.now();
    expect(
      found(command(detection), [
        JSON.stringify({ f: 'a'.repeat(100_000), g: `${'\\a'.repeat(50_000)}` }),
      ]),
    ).toEqual([]);
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});
