import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { convert } from '../src/cli/command/convert/run.ts';
import { test as testCommand } from '../src/cli/command/test/run.ts';
import { loadRules } from '../src/cli/project/load.ts';
import { createTerminal } from '../src/cli/terminal/terminal.ts';
import { createCompiler } from '../src/query/compile.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { type Files, writeFiles } from './project-folder.ts';
import { pathLists } from './rule-files.ts';
import { said } from './said.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function written(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-copies-'));
  made.push(folder);
  writeFiles(folder, files);
  return folder;
}

interface Loaded {
  /** Path of each rule that is kept. */
  readonly rules: readonly string[];
  readonly filters: readonly string[];
  readonly invalid: number;
  readonly told: readonly string[];
  /** What compiles, by title: the fields of each rule with those of its filters or parts. */
  readonly titles: readonly string[];
}

function load(files: Files): Loaded {
  const folder = written(files);
  const bag = createBag();
  const { collection, invalid } = loadRules(
    pathLists([folder]),
    bag,
    createTerminal({ write: () => undefined }, {}, () => 0),
  );
  const compile = createCompiler(collection, { placeholders: new Map(), bag });
  const compiled = collection.rules
    .filter(collection.standsAlone)
    .flatMap((rule) => compile(rule) ?? []);
  const short = (text: string): string =>
    [relative(process.cwd(), folder), folder].reduce(
      (left, place) => left.replaceAll(`${place}/`, ''),
      text,
    );
  return {
    rules: collection.rules.map(({ file }) => short(file.path)),
    filters: collection.filters.map(({ file }) => short(file.path)),
    invalid,
    told: bag.list
      .filter(({ code }) => code !== 'SIG042')
      .map(
        ({ code, severity, file, message }) =>
          `${code} ${severity} ${short(file.path)} ${short(message)}`,
      ),
    titles: compiled.map(({ rule }) => rule.title),
  };
}

const id = '75edd3fd-7146-48e5-9848-3013d7f0282c';
const rule = (more = '', value = '1', title = 'Shell'): string =>
  `title: ${title}\n${more}logsource: { product: windows }\ndetection:\n  s: { f: ${value} }\n  condition: s\n`;
const own = `id: ${id}\n`;

describe('copies of a rule', () => {
  test.each<[string, Files, string, readonly string[]]>([
    [
      'the same bytes',
      { 'a.yml': rule(own), 'b/c.yml': rule(own) },
      'a.yml',
      ['SIG043 info b/c.yml this copy of the rule in a.yml is left out'],
    ],
    [
      'the same bytes without an id',
      { 'a.yml': rule(), 'b/c.yml': rule() },
      'a.yml',
      ['SIG043 info b/c.yml this copy of the rule in a.yml is left out'],
    ],
    [
      'the same rule written otherwise',
      { 'a.yml': rule(own), 'b.yml': `# ours\n${rule(own).replace('f: 1', '"f": 0x1')}\n\n` },
      'a.yml',
      ['SIG043 info b.yml this copy of the rule in a.yml is left out'],
    ],
    [
      'an id in capitals',
      { 'a.yml': rule(own), 'b.yml': rule(own.toUpperCase().replace('ID', 'id')) },
      'a.yml',
      ['SIG043 info b.yml this copy of the rule in a.yml is left out; it has another `id`'],
    ],
    [
      'the newer one of two that find the same',
      {
        'a.yml': rule(`${own}date: 2025/02/01\n`),
        'b.yml': rule(`${own}date: 2024-01-01\nmodified: 2025-03-01\n`),
      },
      'b.yml',
      [
        'SIG043 info a.yml this copy of the rule in b.yml is left out; it has another `date`, `modified`',
      ],
    ],
    [
      'the better status before the newer one',
      {
        'a.yml': rule(`${own}status: test\nmodified: 2026-01-01\n`),
        'b.yml': rule(`${own}status: stable\n`),
      },
      'b.yml',
      [
        'SIG043 info a.yml this copy of the rule in b.yml is left out; it has another `status`, `modified`',
      ],
    ],
    [
      'another detection is a warning',
      { 'a.yml': rule(own), 'b.yml': rule(own, '2', 'Other') },
      'a.yml',
      [
        `SIG040 warning b.yml "Shell" (a.yml) has the id \`${id}\` too and is kept; this one has another \`detection\` and is left out`,
      ],
    ],
    [
      'another detection is a warning where its key is written otherwise',
      {
        'a.yml': rule(own).replace('detection', 'Detection'),
        'b.yml': rule(own, '2').replace('detection', 'Detection'),
      },
      'a.yml',
      [
        'SIG017 info a.yml `Detection` is read as `detection`',
        'SIG017 info b.yml `Detection` is read as `detection`',
        `SIG040 warning b.yml "Shell" (a.yml) has the id \`${id}\` too and is kept; this one has another \`detection\` and is left out`,
      ],
    ],
    [
      'the same rule with another spelling of a key',
      {
        'a.yml': rule(own),
        'b.yml': rule(own).replace('detection', 'DETECTION').replace('logsource', 'LogSource'),
      },
      'a.yml',
      [
        'SIG017 info b.yml `LogSource` is read as `logsource`',
        'SIG017 info b.yml `DETECTION` is read as `detection`',
        'SIG043 info b.yml this copy of the rule in a.yml is left out',
      ],
    ],
    [
      'settings of another kind are one, too',
      { 'a.yml': rule(own), 'b.yml': rule(`${own}status: stable\nsigpack: { severity: high }\n`) },
      'b.yml',
      [
        `SIG040 warning a.yml "Shell" (b.yml) has the id \`${id}\` too and is kept; this one has another \`sigpack\` and is left out`,
      ],
    ],
  ])('%s', (_, files, kept, told) => {
    expect(load(files)).toMatchObject({ rules: [kept], invalid: 0, told });
  });

  test('many are one note', () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`${10 + index}.yml`, rule(own)]),
    );
    expect(load(files).told).toEqual([
      expect.stringMatching(
        /^SIG043 info 11\.yml 11 copies are left out: 11\.yml \(kept: 10\.yml\), .*15\.yml \(kept: 10\.yml\) and 6 more$/,
      ),
    ]);
  });

  test('a copy is read once, its faults are told once', () => {
    const odd = rule(`${own}status: new\n`);
    const { told } = load({ 'a.yml': odd, 'b.yml': odd });
    expect(told.map((line) => line.slice(0, 17))).toEqual([
      'SIG012 warning a.',
      'SIG043 info b.yml',
    ]);
    const bad = rule(own).replace('condition', 'conditoin');
    expect(load({ 'a.yml': bad, 'b.yml': bad })).toMatchObject({ rules: [], invalid: 2 });
  });

  test('a rule at fault takes no sound one of its id along', () => {
    const { rules, invalid, told } = load({
      'a.yml': rule(own).replace('condition', 'conditoin'),
      'b.yml': rule(own),
    });
    expect([rules, invalid, told.every((line) => line.includes(' a.yml '))]).toEqual([
      ['b.yml'],
      1,
      true,
    ]);
  });

  test('the tests beside a copy are those of the rule that is kept', async () => {
    const cases = "tests:\n  - name: found\n    match: true\n    event: { f: '1' }\n";
    const folder = written({
      'a/one.yml': rule(own),
      'b/two.yml': rule(own),
      'b/two.test.yml': cases,
      'b/more.test.yml': cases.replace('  - ', '  - rule: two.yml\n    '),
    });
    const { code, out } = await said(() =>
      testCommand([folder], { watch: false, format: 'text', coverage: false, verbose: false }),
    );
    expect([code, out]).toEqual([0, expect.stringContaining('2 passed')]);
  });

  test('convert writes one of them', async () => {
    const folder = written({ 'a.yml': rule(own), 'b.yml': rule(own) });
    const { out } = await said(() =>
      convert([folder], { target: ['splunk'], pipeline: ['none'], verbose: false }),
    );
    expect(out.match(/^f="?1"?$/gm)).toHaveLength(1);
  });
});

describe('rules of collections', () => {
  const global = (value: string, more = ''): string =>
    `action: global\ntitle: Shell\n${more}detection: { tool: { f: ${value} }, condition: tool and proc }\n`;
  const source = (service: string): string =>
    `---\nlogsource: { product: windows, service: ${service} }\ndetection: { proc: { g: 1 } }\n`;
  const both = source('a') + source('b');
  const repeated = (value: string): string =>
    `title: Shell\nlogsource: { product: windows }\ndetection: { s: { f: ${value} }, condition: s }\n---\naction: repeat\ndetection: { s: { g: 1 } }\n`;
  const ofCopies = ({ rules, told }: Loaded) => [
    rules,
    told.filter((line) => !line.startsWith('SIG072')),
  ];

  test.each<[string, Files, readonly string[]]>([
    [
      'of two files',
      { 'a.yml': global('1') + both, 'b.yml': global('2') + both },
      ['a.yml', 'a.yml', 'b.yml', 'b.yml'],
    ],
    [
      'of one file',
      { 'a.yml': `${global('1')}${both}---\n${global('2')}${both}` },
      ['a.yml', 'a.yml', 'a.yml', 'a.yml'],
    ],
    [
      'that repeat others',
      { 'a.yml': repeated('1'), 'b.yml': repeated('2') },
      ['a.yml', 'a.yml', 'b.yml', 'b.yml'],
    ],
    [
      'told apart by a type alone',
      { 'a.yml': global('1') + both, 'b.yml': global("'1'") + both },
      ['a.yml', 'a.yml', 'b.yml', 'b.yml'],
    ],
  ])('%s are none of each other where the other documents differ', (_, files, rules) => {
    expect(ofCopies(load(files))).toEqual([rules, []]);
  });

  test('are copies where they say the same together', () => {
    const copy = 'SIG043 info b.yml this copy of the rule in a.yml is left out';
    expect(
      ofCopies(load({ 'a.yml': global('1') + both, 'b.yml': `# ours\n${global('1')}${both}` })),
    ).toEqual([
      ['a.yml', 'a.yml'],
      [copy, copy],
    ]);
  });

  test('with the id of the global document: another detection in it is a warning', () => {
    const [rules, told = []] = ofCopies(
      load({ 'a.yml': global('1', own) + both, 'b.yml': global('2', own) + both }),
    );
    expect([rules, told.map((line) => line.replace(/ has the id .* too/, ''))]).toEqual([
      ['a.yml', 'a.yml'],
      Array.from(
        { length: 2 },
        () =>
          'SIG040 warning b.yml "Shell" (a.yml) and is kept; this one has another `detection` and is left out',
      ),
    ]);
  });
});

const count = (title: string, more: string, reference: string): string =>
  `title: ${title}\n${more}correlation: { type: event_count, rules: [${reference}], timespan: 5m, condition: { gte: 2 } }\n`;

describe('correlations', () => {
  test('with one id: one is kept', () => {
    const both = {
      'a.yml': rule('name: base\n'),
      'b.yml': count('Many', own, 'base'),
      'c.yml': count('Many', own, 'base'),
    };
    expect(load(both)).toMatchObject({
      titles: ['Many'],
      told: ['SIG043 info c.yml this copy of the rule in b.yml is left out'],
    });
    const other = {
      ...both,
      'c.yml': count('Many more', own, 'base').replace('gte: 2', 'gte: 20'),
    };
    expect(load(other).told).toEqual([
      expect.stringMatching(
        /^SIG040 warning c\.yml .* this one has another `correlation` and is left out$/,
      ),
    ]);
  });

  test('what only the one that is left out refers to stands alone', () => {
    const files = {
      'a.yml': rule('name: base\n'),
      'b.yml': rule('name: other\n', '2', 'Other'),
      'c.yml': count('Many', own, 'base'),
      'd.yml': count('Many', own, 'other'),
    };
    expect(load(files).titles).toEqual(['Other', 'Many']);
  });

  test.each([
    ['by its id', id],
    ['by its id in capitals', id.toUpperCase()],
    ['by its name', 'base'],
    ['by the name that its copy has', 'once'],
  ])('refer to a rule that has copies %s', (_, reference) => {
    const files = {
      'a.yml': rule(`${own}name: base\n`),
      'b.yml': rule(`${own}name: once\n`),
      'c.yml': rule(`${own}name: base\n`),
      'd.yml': count('Many', '', reference),
    };
    expect(load(files)).toMatchObject({ rules: ['a.yml', 'd.yml'], titles: ['Many'], invalid: 0 });
  });
});

describe('rules of one name', () => {
  const pair = (value: string): string =>
    `${rule('name: base\n', value, `Base ${value}`)}---\n${count(`Many ${value}`, '', 'base')}`;
  const note = (path: string, value: string) =>
    `SIG044 info ${path} the name \`base\` is that of "Base ${value}" (a.yml) too`;

  test('are told apart by the file that refers to them', () => {
    const { titles, told, invalid } = load({ 'a.yml': pair('1'), 'b.yml': pair('2') });
    expect([titles, told, invalid]).toEqual([['Many 1', 'Many 2'], [note('b.yml', '1')], 0]);
  });

  test('are an error for another file that refers to them, and no detections by themselves', () => {
    const { titles, told } = load({
      'a.yml': rule('name: base\n', '1', 'Base 1'),
      'b.yml': rule('name: base\n', '2', 'Base 2'),
      'c.yml': count('Many', '', 'base'),
    });
    expect([titles, told]).toEqual([
      [],
      [
        note('b.yml', '1'),
        'SIG041 error c.yml `base` is the name of several rules: "Base 1" (a.yml), "Base 2" (b.yml)',
      ],
    ]);
  });

  test('are an error for a filter, which reaches the one of its own file', () => {
    const filter = `title: F\nlogsource: { product: windows }\nfilter: { rules: [base], s: { g: 1 }, condition: not s }\n`;
    const names = {
      'a.yml': rule('name: base\n', '1', 'Base 1'),
      'b.yml': rule('name: base\n', '2', 'Base 2'),
    };
    expect(load({ ...names, 'c.yml': filter }).told).toContain(
      'SIG041 error c.yml `base` is the name of several rules: "Base 1" (a.yml), "Base 2" (b.yml)',
    );
    expect(load({ ...names, 'b.yml': `${names['b.yml']}---\n${filter}` }).told).toEqual([
      note('b.yml', '1'),
    ]);
  });
});

describe('filters', () => {
  const filter = (more = '', value = '1'): string =>
    `title: F\n${more}logsource: { product: windows }\nfilter: { rules: any, s: { g: ${value} }, condition: not s }\n`;

  test('of the same bytes are one', () => {
    expect(load({ 'a.yml': filter(), 'b.yml': filter(), 'c.yml': rule() })).toMatchObject({
      filters: ['a.yml'],
      invalid: 0,
      told: ['SIG043 info b.yml this copy of the filter in a.yml is left out'],
    });
  });

  test('of one id are one, the newer; another condition is a warning', () => {
    const { filters, told } = load({
      'a.yml': filter(own),
      'b.yml': filter(`${own}modified: 2026-01-01\n`, '2'),
      'c.yml': rule(),
    });
    expect([filters, told]).toEqual([
      ['b.yml'],
      [
        `SIG040 warning a.yml "F" (b.yml) has the id \`${id}\` too and is kept; this one has another \`filter\` and is left out`,
      ],
    ]);
  });

  test('at fault leave out their rules, beside a sound one of the same id', () => {
    const { titles, filters } = load({
      'a.yml': filter(own),
      'b.yml': filter(own).replace('condition', 'conditoin'),
      'c.yml': rule(),
    });
    expect([titles, filters]).toEqual([[], ['a.yml', 'b.yml']]);
  });

  test('may have the id of a rule', () => {
    expect(load({ 'a.yml': filter(own), 'c.yml': rule(own) })).toMatchObject({
      rules: ['c.yml'],
      filters: ['a.yml'],
      told: [],
    });
  });
});
