import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { build } from '../src/cli/command/build/run.ts';
import { convert } from '../src/cli/command/convert/run.ts';
import { diff } from '../src/cli/command/diff/run.ts';
import { docs } from '../src/cli/command/docs/run.ts';
import { explain } from '../src/cli/command/explain/run.ts';
import { match } from '../src/cli/command/match/run.ts';
import { stats } from '../src/cli/command/stats/run.ts';
import { test as runTests } from '../src/cli/command/test/run.ts';
import { findFiles } from '../src/cli/files/find-files.ts';
import { isRuleFile } from '../src/cli/files/rule-files.ts';
import { createBag, type Diagnostic } from '../src/source/diagnostic.ts';
import { placed } from './diagnostics.ts';
import { type Files, writeFiles } from './project-folder.ts';
import { said } from './said.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-paths-'));
  made.push(folder);
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
  return () => vi.restoreAllMocks();
});

const at = (path: string): string => join(folder, path);
const write = (files: Files): void => writeFiles(folder, files);
const link = (path: string, target: string): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  symlinkSync(target, at(path));
};

const rule = (title: string): string => `title: ${title}
status: test
level: high
logsource: { product: linux }
detection:
  selection: { user: ${title} }
  condition: selection
`;
const tree = Object.fromEntries(
  [
    'a.yml',
    'b.yaml',
    'win/c.yml',
    'win/sub/d.yml',
    'old/e.yml',
    'old/deep/f.yml',
    'win/[x].yml',
  ].map((path) => [`rules/${path}`, rule(path)]),
);

const told = (diagnostic: Diagnostic): string =>
  `${diagnostic.file.path}:${placed(diagnostic)}`.replaceAll(`${folder}/`, '');

/** Files that entries of `rules` in sigpack.yml find, and what is said about it. */
function found(
  entries: readonly string[],
  more = '',
): { readonly files: readonly string[]; readonly said: readonly string[] } {
  const bag = createBag();
  const configuration = {
    path: 'sigpack.yml',
    text: `rules:\n${entries.map((entry) => `  - ${JSON.stringify(entry)}\n`).join('')}${more}`,
  };
  const files = findFiles(
    { lists: [{ entries, folder, key: 'rules' }], home: folder, configuration },
    isRuleFile,
    bag,
  );
  return {
    files: files.map(({ path }) => path.replace(`${folder}/`, '')),
    said: bag.list.map(told).sort(),
  };
}

describe('globs and exclusions', () => {
  beforeEach(() =>
    write({
      ...tree,
      'rules/win/README.md': '',
      'rules/a.test.yml': '',
      'rules/.hidden/x.yml': '',
      'rules/node_modules/x.yml': '',
    }),
  );

  it.each<[readonly string[], readonly string[]]>([
    [['rules/*.yml'], ['a.yml']],
    [
      ['rules/*'],
      [
        'a.yml',
        'b.yaml',
        'old/deep/f.yml',
        'old/e.yml',
        'win/[x].yml',
        'win/c.yml',
        'win/sub/d.yml',
      ],
    ],
    [
      ['rules/**'],
      [
        'a.yml',
        'b.yaml',
        'old/deep/f.yml',
        'old/e.yml',
        'win/[x].yml',
        'win/c.yml',
        'win/sub/d.yml',
      ],
    ],
    [['rules/**/*.yaml'], ['b.yaml']],
    [['rules/**/sub/*.yml'], ['win/sub/d.yml']],
    [['**/[ad].yml'], ['a.yml', 'win/sub/d.yml']],
    [['rules/**/[!a-e].yml'], ['old/deep/f.yml']],
    [['rules/?.y*ml'], ['a.yml', 'b.yaml']],
    [['rules/*/'], ['old/deep/f.yml', 'old/e.yml', 'win/[x].yml', 'win/c.yml', 'win/sub/d.yml']],
    [['r*/w?n'], ['win/[x].yml', 'win/c.yml', 'win/sub/d.yml']],
    // a name with signs of a glob is a name where it is there
    [['rules/win/[x].yml'], ['win/[x].yml']],
    [['rules/**/\\[x].yml'], ['win/[x].yml']],
    [['rules/win/[[]x].yml'], ['win/[x].yml']],
    [
      ['rules', '!rules/old/**', '!rules/win'],
      ['a.yml', 'b.yaml'],
    ],
    [
      ['!**/deep', 'rules', '!**/[x].yml'],
      ['a.yml', 'b.yaml', 'old/e.yml', 'win/[x].yml', 'win/c.yml', 'win/sub/d.yml'],
    ],
    [
      ['rules', '!rules/*/', '!rules/win/**'],
      ['a.yml', 'b.yaml'],
    ],
    [['rules/old/e.yml', 'rules/win/c.yml', '!rules/old'], ['win/c.yml']],
    [['rules/old', '!rules'], []],
    [
      ['rules/win', 'rules/win/c.yml', './rules/../rules/win/*'],
      ['win/[x].yml', 'win/c.yml', 'win/sub/d.yml'],
    ],
  ])('%j finds %j', (entries, wanted) => {
    const { files, said } = found(entries);
    expect(files).toEqual(wanted.map((path) => `rules/${path}`));
    expect(said.filter((line) => !line.includes('info SIG074'))).toEqual([]);
  });

  it.each<[string, string]>([
    ['rules/*.txt', '`rules/*.txt` matches no file to read'],
    ['nowhere/**/*.yml', '`nowhere/**/*.yml` matches no file to read'],
    ['rules/.hid*/*.yml', '`rules/.hid*/*.yml` matches no file to read'],
    [
      'rules/**.yml',
      '`rules/**.yml`: `**` stands alone between slashes: write `**/*` for files in any folder',
    ],
    ['rules/*/../*.yml', '`rules/*/../*.yml`: `..` can only stand before the first wildcard'],
    [
      'rules/{a,b}.yml',
      '`rules/{a,b}.yml`: braces are not expanded: write an entry for each alternative, or `\\{` for a brace in a name',
    ],
    [
      'rules/@(a|b)*',
      '`rules/@(a|b)*`: alternatives in parentheses are not supported: write an entry for each',
    ],
    [
      'rules/[[:alpha:]].yml',
      '`rules/[[:alpha:]].yml`: character classes by name, such as [:digit:], are not supported: write the range',
    ],
    ['rules/[z-a].yml', '`rules/[z-a].yml`: the range z-a is empty'],
    ['rules/[a', '`rules/[a`: `[` is not closed: write `\\[` for a bracket in a name'],
    [
      `rules/${'*'.repeat(1100)}`,
      `\`rules/${'*'.repeat(1100)}\`: the pattern is longer than 1024 characters`,
    ],
    [
      '!rules/**.yml',
      '`!rules/**.yml`: `**` stands alone between slashes: write `**/*` for files in any folder',
    ],
  ])('%s is an error at its entry', (entry, message) => {
    expect(found(['rules/a.yml', entry]).said).toEqual([`sigpack.yml:3:5 error PCK013 ${message}`]);
  });

  it('counts what an exclusion leaves out, and tells where that is nothing', () => {
    expect(found(['rules', '!rules/old/**', '!rules/olt/**']).said).toEqual([
      'sigpack.yml:3:5 info SIG074 `!rules/old/**` leaves out 2 files',
      'sigpack.yml:4:5 info SIG074 `!rules/olt/**` leaves out nothing',
    ]);
    expect(found(['!rules/old/**']).said[0]).toBe(
      'sigpack.yml:2:5 error PCK013 there are only exclusions',
    );
  });

  it('does not wait for patterns that are made to be waited for', () => {
    const name = `${'a'.repeat(240)}.yml`;
    write({ [`rules/${'a/'.repeat(60)}${name}`]: rule('Deep') });
    const entries = [
      `rules/**/${'*a'.repeat(100)}*b`,
      `rules/${'**/a/'.repeat(60)}**/*b.yml`,
      `rules/**/${'[a-z]*'.repeat(100)}b`,
    ];
    expect(found(entries).files).toEqual([]);
  });
});

describe('.sigpackignore', () => {
  beforeEach(() => write(tree));

  it.each<[string, string, readonly string[]]>([
    ['a name in any folder', 'd.yml', ['win/sub/d.yml']],
    ['a folder', 'deep/', ['old/deep/f.yml']],
    ['a file is not a folder', 'a.yml/', []],
    ['a place', '/rules/*.yml', ['a.yml']],
    ['a slash between ties it to the folder of the file', 'win/*.yml', []],
    ['any folder', '**/win/*.yml', ['win/[x].yml', 'win/c.yml']],
    ['all below', 'rules/old/**', ['old/deep/f.yml', 'old/e.yml']],
    ['all but one', '/rules/win/*.yml\n!c.yml', ['win/[x].yml']],
    ['the last line counts', '!c.yml\n/rules/win/*.yml', ['win/[x].yml', 'win/c.yml']],
    [
      'nothing comes back from a folder that is left out',
      'old/\n!e.yml',
      ['old/deep/f.yml', 'old/e.yml'],
    ],
    [
      'comments, blanks, escapes and Windows line ends',
      '# a.yml\r\n\r\n\\[x].yml  \r\n\\#b\r\n',
      ['win/[x].yml'],
    ],
  ])('%s', (_, text, wanted) => {
    write({ '.sigpackignore': text });
    const all = Object.keys(tree).sort();
    const { files, said } = found(['rules']);
    expect(all.filter((path) => !files.includes(path))).toEqual(
      wanted.map((path) => `rules/${path}`),
    );
    expect(said.filter((line) => !line.includes(' info SIG074 '))).toEqual([]);
  });

  it('in folders of rules and between, with a count for each line', () => {
    write({
      'rules/.sigpackignore': 'c.yml\n',
      'rules/win/.sigpackignore': '\n/sub/\n!c.yml\n',
      'rules/old/.sigpackignore': '*.yml\n',
    });
    const { files, said } = found(['rules/win', 'rules/old']);
    expect(files).toEqual(['rules/win/[x].yml', 'rules/win/c.yml']);
    expect(said).toEqual([
      'rules/old/.sigpackignore:1:1 info SIG074 `*.yml` leaves out 2 files',
      'rules/win/.sigpackignore:2:1 info SIG074 `/sub/` leaves out 1 file',
    ]);
  });

  it('leaves alone what is named itself', () => {
    write({ '.sigpackignore': 'old\na.yml\n' });
    expect(found(['rules/a.yml', 'rules/old']).files).toEqual([
      'rules/a.yml',
      'rules/old/deep/f.yml',
      'rules/old/e.yml',
    ]);
  });

  it('does not take back what a list excludes', () => {
    write({ 'rules/old/.sigpackignore': '!*\n' });
    expect(found(['rules/old', '!rules/old/deep']).files).toEqual(['rules/old/e.yml']);
  });

  it('refuses lines that it can not honour, and reads the others', () => {
    write({ '.sigpackignore': 'a.yml\nold/**x\n{b,c}.yml\n/\nc.yml\n' });
    const { files, said } = found(['rules']);
    expect(files).not.toContain('rules/a.yml');
    expect(files).not.toContain('rules/win/c.yml');
    expect(said.filter((line) => line.includes('error'))).toEqual([
      '.sigpackignore:2:1 error PCK013 `old/**x`: `**` stands alone between slashes: write `**/*` for files in any folder',
      '.sigpackignore:3:1 error PCK013 `{b,c}.yml`: braces are not expanded: write an entry for each alternative, or `\\{` for a brace in a name',
      '.sigpackignore:4:1 error PCK013 `/`: the pattern names nothing',
    ]);
  });

  it('has a bound', () => {
    write({ '.sigpackignore': `${'x\n'.repeat(1000)}a.yml\n` });
    expect(found(['rules']).said).toEqual([
      '.sigpackignore:1001:1 error PCK013 `a.yml`: there are more than 1000 patterns',
    ]);
  });
});

describe('symbolic links', () => {
  beforeEach(() =>
    write({
      'rules/a.yml': rule('a'),
      'vendor/set/v.yml': rule('v'),
      'vendor/set/sub/w.yml': rule('w'),
    }),
  );

  it('to folders are followed, out of the project too, and told', () => {
    link('rules/vendored', '../vendor/set');
    const { files, said } = found(['rules']);
    expect(files).toEqual(['rules/a.yml', 'rules/vendored/sub/w.yml', 'rules/vendored/v.yml']);
    expect(said).toEqual([
      'rules/vendored:1:1 info SIG073 the link is followed to vendor/set: 2 files',
    ]);
  });

  it('lead in no circle', () => {
    link('rules/sub/up', '..');
    link('rules/sub/root', '/');
    link('vendor/set/back', '../../rules');
    link('rules/vendored', '../vendor/set');
    const { files, said } = found(['rules']);
    expect(files).toEqual(['rules/a.yml', 'rules/vendored/sub/w.yml', 'rules/vendored/v.yml']);
    expect(said).toEqual([
      'rules/sub/root:1:1 info SIG073 the link leads back to a folder above it, and is not followed',
      'rules/sub/up:1:1 info SIG073 the link leads back to a folder above it, and is not followed',
      'rules/vendored/back:1:1 info SIG073 the link leads to rules, which is read already',
      'rules/vendored:1:1 info SIG073 the link is followed to vendor/set: 2 files',
    ]);
  });

  it('to what is read already give no file twice, whatever the order', () => {
    link('rules/0.yml', 'a.yml');
    link('rules/0', '../vendor/set/sub');
    link('rules/1', '../vendor/set');
    const { files } = found(['rules', 'vendor', 'rules/a.yml']);
    expect(files).toEqual(['rules/0/w.yml', 'rules/1/v.yml', 'rules/a.yml']);
  });

  it('are seen at each depth of a glob', () => {
    write({ 'rules/one/two/x.yml': rule('x'), 'rules/other/y.yml': rule('y') });
    link('rules/one/link', '../other');
    expect(found(['rules/*/*/*.yml']).files).toEqual([
      'rules/one/link/y.yml',
      'rules/one/two/x.yml',
    ]);
  });

  it('that lead nowhere are errors, unless they are left out', () => {
    link('rules/gone', 'nowhere');
    link('rules/circle.yml', 'circle.yml');
    expect(found(['rules']).said).toEqual([
      'rules/circle.yml:1:1 error SIG001 rules/circle.yml: the link leads nowhere',
      'rules/gone:1:1 error SIG001 rules/gone: the link leads nowhere',
    ]);
    write({ '.sigpackignore': 'gone\ncircle.yml\n' });
    expect(found(['rules']).said).toEqual([
      '.sigpackignore:2:1 info SIG074 `circle.yml` leaves out 1 file',
    ]);
  });
});

describe('every command', () => {
  const config = `id: acme
title: Acme detections
targets: [splunk]
pipelines: { splunk: none }
splunk: { index: main }
rules: ['rules/**/*.yml', '!rules/old/**']
filters: ['filters/*.yml']
`;
  const filter =
    "title: F\nlogsource: { product: linux }\nfilter: { rules: any, selection: { user: 'x' }, condition: not selection }\n";
  const tests = (title: string): string =>
    `tests:\n  - { name: hit, match: true, event: { user: ${title} } }\n  - { name: miss, match: false, event: { user: bob } }\n`;

  beforeEach(() => {
    write({
      'sigpack.yml': config,
      'rules/a.yml': rule('Arule'),
      'rules/a.test.yml': tests('Arule'),
      'rules/old/b.yml': rule('Brule'),
      'rules/old/b.test.yml': tests('Brule'),
      'rules/draft/c.yml': rule('Crule'),
      'rules/draft/c.test.yml': tests('Crule'),
      'filters/f.yml': filter,
      '.sigpackignore': 'draft/\n',
      'events.ndjson': '{"user":"Arule"}\n{"user":"Brule"}\n{"user":"Crule"}\n',
    });
    vi.restoreAllMocks();
    const before = process.cwd();
    process.chdir(folder);
    return () => process.chdir(before);
  });

  const without = { verbose: true, dryRun: true, format: 'text' } as const;
  const glob = ['rules/**/*.yml', '!rules/old'];

  it.each<[string, () => Promise<number>]>([
    ['check', () => build([], without)],
    ['check of a glob', () => build(glob, without)],
    [
      'build --require-tests',
      () => build([], { ...without, dryRun: false, output: 'out', requireTests: true }),
    ],
    ['convert', () => convert(glob, { target: ['splunk'], verbose: true })],
    ['explain', () => explain(glob, { target: 'splunk', verbose: true })],
    [
      'match',
      () =>
        match(glob, {
          events: ['events.ndjson'],
          format: 'text',
          verbose: true,
          allLogSources: true,
        }),
    ],
    ['docs', async () => docs(glob, { output: 'site', format: 'md', verbose: true })],
    ['test', () => runTests([], { watch: false, format: 'text', coverage: true, verbose: true })],
    [
      'test of a glob',
      () =>
        runTests(['rules/**/*.test.yml', '!rules/old/*'], {
          watch: false,
          format: 'text',
          coverage: true,
          verbose: true,
        }),
    ],
    [
      'test of a glob of rules',
      () => runTests(glob, { watch: false, format: 'text', coverage: true, verbose: true }),
    ],
  ])('%s sees the same rules', async (name, run) => {
    const { code, out } = await said(run);
    expect(out).not.toContain('error[');
    expect(code).toBe(0);
    expect(out).not.toMatch(/Brule|Crule|c\.test|b\.test/);
    if (/check|build/.test(name)) {
      expect(out).toContain('1 rule read from 2 files');
      expect(out).toContain('`draft/` leaves out 1 file');
    } else if (name !== 'docs') expect(out).toContain('Arule');
  });

  it('stats and diff too', async () => {
    const stated = await said(() => stats([], { all: true, format: 'json' }));
    expect(stated.out).toContain('"searches": 1,');
    write({
      'other/sigpack.yml': config.replace(", '!rules/old/**'", ''),
      'other/rules/a.yml': rule('Arule'),
      'other/rules/old/b.yml': rule('Brule'),
    });
    write({ 'other/filters/f.yml': filter });
    const { out } = await said(() => diff('.', 'other', { format: 'json', verbose: false }));
    expect(JSON.parse(out.slice(out.indexOf('{')))).toMatchObject({
      changes: [{ kinds: ['added'], title: 'Brule' }],
    });
  });

  it.each<[string, () => Promise<number>]>([
    ['convert', () => convert(['drafts'], { target: ['splunk'], verbose: false })],
    ['explain', () => explain(['drafts'], { target: 'splunk', verbose: false })],
    [
      'match',
      () => match(['drafts'], { events: ['events.ndjson'], format: 'text', verbose: false }),
    ],
  ])('%s says where a folder holds no rule', async (_, run) => {
    write({ 'drafts/README.md': '', 'sigpack.yml': config.replace(/filters.*/, '') });
    expect(await said(run)).toMatchObject({
      code: 'usage: there is no rule in drafts; rules are files that end in .yml or .yaml',
    });
  });

  it('takes a file that is named for a rule, and says so where it is none', async () => {
    write({ 'rules/compose.yml': 'services: { web: { image: nginx } }\n' });
    expect((await said(() => build([], without))).out).toContain(
      'rules/compose.yml:1:1: info[SIG071]: nothing in the file is of a rule',
    );
    expect((await said(() => build(['rules/compose.yml'], without))).out).toContain(
      'rules/compose.yml:1:1: error[SIG005]',
    );
  });
});
