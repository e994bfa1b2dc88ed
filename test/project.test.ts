import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type BuildOptions, build } from '../src/cli/command/build/run.ts';
import { convert } from '../src/cli/command/convert/run.ts';
import { diff } from '../src/cli/command/diff/run.ts';
import { docs } from '../src/cli/command/docs/run.ts';
import { explain } from '../src/cli/command/explain/run.ts';
import { match } from '../src/cli/command/match/run.ts';
import { release } from '../src/cli/command/release/run.ts';
import { stats } from '../src/cli/command/stats/run.ts';
import { test as runTests, type TestOptions } from '../src/cli/command/test/run.ts';
import { type Said, said } from './said.ts';

const made: string[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** The project of the test that runs. */
let folder = '';
const at = (path: string): string => join(folder, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');
function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  }
}

const rule = `title: Admin logs on
id: 11111111-1111-4111-8111-111111111111
status: test
level: high
logsource: { product: linux }
detection:
  selection: { user|expand: '%admins%' }
  condition: selection
`;
const pipeline = (values: string, more = ''): string =>
  `name: p\nvars: { admins: ${values} }\ntransformations: [${more}{ type: value_placeholders }]\n`;
const tests = (hit: string, miss = 'user: bob'): string =>
  `tests:\n  - { name: hit, match: true, event: { ${hit} } }\n  - { name: miss, match: false, event: { ${miss} } }\n`;
const config = (more: string): string => `id: ph\ntitle: PH detections\n${more}\n`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-project-'));
  made.push(folder);
  write({
    'sigpack.yml': config('targets: [splunk]\npipelines: { splunk: [p.yml] }'),
    'p.yml': pipeline('[root, admin]'),
    'rules/a.yml': rule,
    'rules/a.test.yml': tests('user: root'),
    'event.ndjson': '{"user":"root"}\n',
  });
});

const named = (): { readonly config: string } => ({ config: at('sigpack.yml') });
const built = (more: Partial<BuildOptions> = {}): Promise<Said> =>
  said(() =>
    build([], {
      ...named(),
      output: at('out'),
      format: 'text',
      verbose: false,
      dryRun: false,
      ...more,
    }),
  );
const tested = (more: Partial<TestOptions> = {}): Promise<Said> =>
  said(() =>
    runTests([], {
      ...named(),
      watch: false,
      format: 'text',
      coverage: false,
      verbose: false,
      ...more,
    }),
  );
const released = (dryRun = true): Promise<Said> => {
  vi.stubEnv('SOURCE_DATE_EPOCH', '1700000000');
  return said(() =>
    release({
      ...named(),
      bump: 'auto',
      dryRun,
      rename: false,
      dropRetired: false,
      fromLock: false,
      verbose: false,
    }),
  );
};
const diffed = (): Promise<Said> =>
  said(() => diff(at('before'), folder, { ...named(), format: 'json', verbose: false }));
const matched = (target?: string): Promise<Said> =>
  said(() =>
    match([at('rules')], {
      ...named(),
      events: [at('event.ndjson')],
      format: 'text',
      verbose: false,
      ...(target ? { target } : {}),
    }),
  );

/** Every command that reads rules. */
const commands: Readonly<Record<string, () => Promise<Said>>> = {
  build: () => built(),
  check: () => built({ dryRun: true }),
  'build --require-tests': () => built({ requireTests: true }),
  test: () => tested(),
  'test -t splunk': () => tested({ target: 'splunk' }),
  stats: () => said(() => stats([], { ...named(), all: false, format: 'text' })),
  'release --dry-run': () => released(),
  docs: () => said(() => docs([at('rules')], { ...named(), output: at('pages'), format: 'md' })),
  convert: () =>
    said(() => convert([at('rules')], { ...named(), target: ['splunk'], verbose: false })),
  explain: () =>
    said(() => explain([at('rules')], { ...named(), target: 'splunk', verbose: false })),
  'explain --event': () =>
    said(() => explain([at('rules')], { ...named(), event: at('event.ndjson'), verbose: false })),
  match: () => matched(),
  diff: diffed,
};

describe('a placeholder that a pipeline fills is filled for', () => {
  const query = /user IN \("root", "admin"\)/;
  test.each<readonly [keyof typeof commands, RegExp]>([
    ['build', /splunk +1 +1 +0\n/],
    ['check', /splunk +1 +1 +0\n/],
    ['build --require-tests', /splunk +1 +1 +0\n[\s\S]*ph-1\.0\.0\.spl/],
    ['test', /\n2 passed of 2 tests/],
    ['test -t splunk', /\n2 passed of 2 tests/],
    ['stats', /\n1 search;/],
    ['release --dry-run', /would release 1\.0\.0/],
    ['docs', /wrote 1 page/],
    ['convert', query],
    ['explain', query],
    ['explain --event', /event 1 matches/],
    ['match', /event\.ndjson:1: Admin logs on/],
  ])('%s', async (command, expected) => {
    const { code, out } = (await commands[command]?.()) ?? { code: 'none', out: '' };
    expect(out).toMatch(expected);
    expect(code).toBe(0);
    if (command === 'docs') expect(read('pages/rules/a.md')).toMatch(query);
  });

  test('diff', async () => {
    mkdirSync(at('before'));
    for (const path of ['sigpack.yml', 'p.yml', 'rules'])
      cpSync(at(path), at(`before/${path}`), { recursive: true });
    write({ 'p.yml': pipeline('[root, admin, toor]') });
    const { code, out } = await diffed();
    expect(code).toBe(0);
    expect(JSON.parse(out).changes).toMatchObject([{ title: 'Admin logs on', kinds: ['query'] }]);
  });
});

describe('rules as they are written', () => {
  const rename = '{ type: field_name_mapping, mapping: { user: src_user } }, ';

  test('keep the names of their fields; with -t they have those of the target', async () => {
    write({ 'p.yml': pipeline('root', rename) });
    expect((await tested()).out).toContain('2 passed');
    expect((await tested({ target: 'splunk' })).out).toContain('1 passed, 1 failed');
    write({
      'rules/a.test.yml': tests('src_user: root', 'src_user: bob'),
      'event.ndjson': '{"src_user":"root"}\n',
    });
    expect((await tested()).out).toContain('1 passed, 1 failed');
    expect((await tested({ target: 'splunk' })).out).toContain('2 passed');
    expect((await matched()).out).toContain('0 of 1 event matched');
    expect((await matched('splunk')).out).toContain('1 of 1 event matched');
  });

  test('are filled under the conditions of the pipeline, which look at the names and log sources that it has made', async () => {
    const items = `${rename}{ type: value_placeholders, field_name_conditions: [{ type: include_fields, fields: [src_user] }] }`;
    write({ 'p.yml': `name: p\nvars: { admins: root }\ntransformations: [${items}]\n` });
    expect((await tested()).out).toContain('2 passed');
  });

  test('take values of sigpack.yml before those of pipelines, and those of other targets last', async () => {
    write({ 'sigpack.yml': config('targets: [splunk]\npipelines: { es-qs: [p.yml] }') });
    expect((await tested()).out).toContain('2 passed');
    write({
      'q.yml': pipeline('bob'),
      'sigpack.yml': config('targets: [splunk]\npipelines: { es-qs: [p.yml], splunk: [q.yml] }'),
    });
    expect((await tested()).out).toContain('2 failed');
    write({
      'sigpack.yml': config(
        'targets: [splunk]\npipelines: { splunk: [q.yml] }\nplaceholders: { admins: [root] }',
      ),
    });
    expect((await tested()).out).toContain('2 passed');
  });

  test('are filled in rules that a correlation refers to, and in filters', async () => {
    const correlation =
      'title: Often\nid: 22222222-2222-4222-8222-222222222222\nstatus: test\ncorrelation: { type: event_count, rules: [admin_logon], group-by: [user], timespan: 5m, condition: { gte: 2 } }\n';
    const filter =
      "title: Known\nlogsource: { product: linux }\nfilter:\n  rules: [admin_logon]\n  selection: { host|expand: '%known%' }\n  condition: not selection\n";
    const twice = (host: string): string =>
      `[{ times: 2, every: 1s, at: 0s, event: { user: root, host: ${host} } }]`;
    write({
      'rules/a.yml': rule.replace('status: test', 'name: admin_logon\nstatus: test'),
      'rules/b.yml': correlation,
      'rules/c.yml': filter,
      'rules/a.test.yml': tests('user: root', 'user: root, host: home'),
      'rules/b.test.yml': `tests:\n  - { name: hit, match: 1, events: ${twice('away')} }\n  - { name: known, match: false, events: ${twice('home')} }\n`,
      'p.yml':
        'name: p\nvars: { admins: root, known: home }\ntransformations: [{ type: value_placeholders }]\n',
    });
    expect((await tested()).out).toContain('4 passed of 4');
    expect((await released()).out).toContain('would release');
  });

  test('are looked at once, however many correlations share them level upon level', async () => {
    const level = (name: string, parts: readonly string[]): string =>
      `title: Of ${name}\nname: ${name}\nstatus: test\ncorrelation: { type: temporal, rules: [${parts.join(', ')}], group-by: [user], timespan: 5m }\n`;
    const pairs = Array.from({ length: 26 }, (_, at) => [
      level(`a${at + 1}`, [`a${at}`, `b${at}`]),
      level(`b${at + 1}`, [`b${at}`, `a${at}`]),
    ]).flat();
    const base = ['a0', 'b0'].map((name) => rule.replace(/^id: .*$/m, `name: ${name}`));
    const event = '{"user":"root","@timestamp":"2026-03-01T10:00:00Z"}\n';
    write({
      'rules/a.yml': [...base, ...pairs].join('---\n'),
      'sigpack.yml': config('pipelines: { splunk: [p.yml], graylog: none }'),
      'event.ndjson': event,
    });
    expect((await matched()).out).toContain('1 of 1 event matched');
    const { out } = (await commands.check?.()) ?? { out: '' };
    expect(out).toContain('error[SIG024]: graylog: placeholder `%admins%` has no value');
  });

  test('stay without values where no pipeline has one, which is said', async () => {
    write({ 'p.yml': pipeline('root').replace('admins', 'others') });
    const { code, out } = await tested();
    expect(code).toBe(1);
    expect(out).toContain('rules/a.yml:7:');
    expect(out).toContain('error[SIG024]: placeholder `%admins%` has no value');
    for (const command of ['release --dry-run', 'check', 'docs', 'convert', 'match']) {
      expect([command, await commands[command]?.()]).toMatchObject([
        command,
        { code: 1, out: expect.stringContaining('`%admins%` has no value') },
      ]);
    }
  });

  test('are asked of no event where a pipeline makes a part of the query of a placeholder', async () => {
    write({
      'p.yml':
        "name: p\ntransformations: [{ type: query_expression_placeholders, expression: '[| inputlookup {id}]' }]\n",
    });
    expect((await built()).code).toBe(0);
    const { code, out } = await tested();
    expect(code).toBe(1);
    expect(out).toContain(
      'error[TST004]: the pipelines of splunk make a part of the query of the placeholder `%admins%`',
    );
    write({ 'sigpack.yml': `${read('sigpack.yml')}placeholders: { admins: [root] }\n` });
    expect((await tested()).code).toBe(0);
  });

  test('need no pipeline that reads where no rule has a placeholder', async () => {
    write({
      'rules/a.yml': rule.replace("user|expand: '%admins%'", 'user: root'),
      'sigpack.yml': config('pipelines: { splunk: [p.yml], es-qs: [bad.yml] }'),
    });
    write({ 'bad.yml': 'transformations: [{ type: nonsense }]\n' });
    expect((await tested()).code).toBe(0);
    write({ 'rules/a.yml': rule });
    expect(await tested()).toMatchObject({ code: 2, out: expect.stringContaining('PIP001') });
  });
});

describe('targets that fill a placeholder with different values', () => {
  beforeEach(() => {
    write({
      'sigpack.yml': config('pipelines: { splunk: [p.yml], graylog: [q.yml] }'),
      'q.yml': pipeline('[root]'),
    });
  });

  test.each(['test', 'match', 'explain --event'])('%s asks for the target', async (command) => {
    const { code, out } = (await commands[command]?.()) ?? { code: 'none', out: '' };
    expect(code).toBe(1);
    expect(out).toContain(
      'error[PIP006]: placeholder `%admins%` has other values for graylog than for splunk',
    );
    expect(out).toContain('-t splunk');
  });

  test('with -t there is one', async () => {
    write({ 'rules/a.test.yml': tests('user: admin') });
    expect((await tested({ target: 'splunk' })).code).toBe(0);
    expect((await tested({ target: 'graylog' })).code).toBe(1);
    expect((await tested({ target: 'Splunk' })).code).toBe(0);
    expect((await matched('graylog')).code).toBe(0);
  });

  test('gates run the tests with the values of each', async () => {
    expect((await released()).code).toBe(0);
    expect((await built({ requireTests: true })).code).toBe(0);
    write({ 'rules/a.test.yml': tests('user: admin') });
    expect(await released()).toMatchObject({
      code: 1,
      out: expect.stringContaining('error[TST006]: "hit"'),
    });
    rmSync(at('out'), { recursive: true });
    expect(await built({ requireTests: true })).toMatchObject({
      code: 1,
      out: expect.stringContaining('error[TST005]'),
    });
    expect(existsSync(at('out'))).toBe(false);
  });

  test('the order of values is not a difference', async () => {
    write({ 'q.yml': pipeline('[admin, root]') });
    expect((await tested()).code).toBe(0);
  });
});

describe('commands agree', () => {
  test('-p needs the target that it is for', async () => {
    for (const more of [{ pipeline: ['p.yml'] }, { pipeline: [] }])
      expect((await tested(more)).code).toContain('needs the --target');
  });

  test.each(['test', 'match'])('%s refuses a target that nobody knows', async (command) => {
    const { code } =
      command === 'test' ? await tested({ target: 'splnk' }) : await matched('splnk');
    expect(code).toMatch(
      /^usage: there is no target splnk; did you mean splunk\? There are .*splunk/,
    );
  });

  test('stats reports what is wrong with rules as check does', async () => {
    write({
      'rules/bad.yml': rule.replace('user|expand', 'user|nonsense').replace('11111111', '33333333'),
    });
    const [counted, checked] = [await commands.stats?.(), await commands.check?.()];
    expect(counted?.out).toContain('error[SIG020]');
    expect([counted?.code, checked?.code]).toEqual([1, 1]);
  });

  test('on severities and failOn of the configuration', async () => {
    const more = 'targets: [splunk]\npipelines: { splunk: [p.yml] }\nseverities: { SIG012: error }';
    write({
      'rules/a.yml': rule.replace('status: test', 'status: dubious'),
      'sigpack.yml': config(more),
    });
    const failing = ['check', 'stats', 'docs', 'convert', 'explain', 'match', 'release --dry-run'];
    for (const command of failing)
      expect([command, (await commands[command]?.())?.code]).toEqual([command, 1]);
    write({ 'sigpack.yml': config(`${more}\nfailOn: never`) });
    for (const command of failing)
      expect([command, (await commands[command]?.())?.code]).toEqual([command, 0]);
  });

  const packing = ['check', 'build', 'stats', 'release --dry-run'];

  test('on what lint excludes', async () => {
    const more = 'targets: [splunk]\npipelines: { splunk: [p.yml] }\nfailOn: warning';
    const exclude = 'lint: { exclude: { 11111111-1111-4111-8111-111111111111: SIG012 } }';
    write({
      'rules/a.yml': rule.replace('status: test', 'status: dubious'),
      'sigpack.yml': config(`${more}\nsplunk: { index: main }`),
    });
    for (const command of packing)
      expect([command, await commands[command]?.()]).toMatchObject([
        command,
        { code: 1, out: expect.stringContaining('SIG012') },
      ]);
    write({ 'sigpack.yml': config(`${more}\nsplunk: { index: main }\n${exclude}`) });
    for (const command of packing)
      expect([command, await commands[command]?.()]).toMatchObject([
        command,
        { code: 0, out: expect.not.stringContaining('SIG012') },
      ]);
  });

  test.each([
    ['a pack without detections', 'select: { levels: [low] }', 'error[PCK005]'],
    [
      'a setting that changes nothing',
      'splunk: { index: main, enterpriseSecurity: true, summaryIndex: x }\nseverities: { TGT007: error }',
      'error[TGT007]',
    ],
  ])('on %s', async (_, setting, told) => {
    write({
      'sigpack.yml': config(`targets: [splunk]\npipelines: { splunk: [p.yml] }\n${setting}`),
    });
    for (const command of packing)
      expect([command, await commands[command]?.()]).toMatchObject([
        command,
        { code: 1, out: expect.stringContaining(told) },
      ]);
  });

  test('on what the configuration says of its own warnings', async () => {
    const more =
      'targets: [splunk]\npipelines: { splunk: [p.yml] }\ndefaults: { splunk: { savedsearch: { nonsense: 1 } } }';
    const telling = ['check', 'stats', 'docs', 'convert', 'explain', 'match', 'release --dry-run'];
    write({ 'sigpack.yml': config(`${more}\nseverities: { PCK004: error }`) });
    for (const command of telling)
      expect([command, await commands[command]?.()]).toMatchObject([
        command,
        { code: 1, out: expect.stringContaining('error[PCK004]') },
      ]);
    write({ 'sigpack.yml': config(`${more}\nseverities: { PCK004: "off" }`) });
    for (const command of telling)
      expect([command, await commands[command]?.()]).toMatchObject([
        command,
        { code: 0, out: expect.not.stringContaining('PCK004') },
      ]);
  });

  test.each(Object.keys(commands).filter((name) => name !== 'diff'))(
    '%s: a configuration at fault is told with its place, and the exit code is 2',
    async (command) => {
      write({ 'sigpack.yml': config('targts: [splunk]') });
      const { code, out } = (await commands[command]?.()) ?? { code: 'none', out: '' };
      expect(out).toMatch(/sigpack\.yml:3:1: error\[PCK001\]/);
      expect(code).toBe(2);
    },
  );

  test('a filter that is named twice is read once', async () => {
    write({
      'sigpack.yml': config(
        'targets: [splunk]\npipelines: { splunk: [p.yml] }\nfilters: [rules/f.yml]',
      ),
      'rules/f.yml':
        'title: F\nid: 44444444-4444-4444-8444-444444444444\nlogsource: { product: linux }\nfilter: { rules: any, selection: { host: x }, condition: not selection }\n',
    });
    const rules = relative(process.cwd(), at('rules'));
    expect(
      await said(() => convert([rules], { ...named(), target: ['splunk'], verbose: false })),
    ).toMatchObject({ code: 0 });
    expect(
      await said(() =>
        build([rules, at('rules')], {
          ...named(),
          output: at('out'),
          format: 'text',
          verbose: false,
          dryRun: false,
        }),
      ),
    ).toMatchObject({
      code: 0,
    });
  });
});
