import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { readRegressionInfo } from '../src/rule-test/regression-info.ts';
import { readTestFile } from '../src/rule-test/test-file.ts';
import { testSchema } from '../src/rule-test/test-schema.ts';
import { duration, filledTimes, pointInTime } from '../src/rule-test/time-offset.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';
import { toPlain } from '../src/source/yaml/tree.ts';
import { ruleText } from './compile.ts';
import { told } from './diagnostics.ts';
import { explanationCounts } from './explanation-agreement.ts';
import { writeFiles } from './project-folder.ts';
import { ruleSetCollection } from './rule-set.ts';
import { detectionsOfRuleSet } from './rule-set-events.ts';
import { environment, mainFile, sigpack } from './sigpack.ts';
import { thorough } from './thoroughness.ts';
import { update } from './update.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-test-'));
  made.push(folder);
  writeFiles(folder, files);
  return folder;
}

const toolRule = ruleText(`selection:
  Image|endswith: '\\tool.exe'
  CommandLine|contains|all:
    - 'alpha'
    - 'beta'
filter:
  User: 'SYSTEM'
condition: selection and not filter`);

const goodTests = `tests:
  - name: found
    match: true
    event: { Image: 'C:\\tool.exe', CommandLine: beta alpha, User: bob }
  - name: near misses
    match: false
    events:
      - { Image: 'C:\\tool.exe', CommandLine: beta, User: bob }
      - { Image: 'C:\\other.exe', CommandLine: beta alpha, User: bob }
      - { Image: 'C:\\tool.exe', CommandLine: beta alpha, User: SYSTEM }
`;

describe('test files', () => {
  const diagnostics = (text: string): readonly string[] => {
    const bag = createBag();
    readTestFile({ path: 'x.test.yml', text }, bag);
    return told(bag);
  };

  test.each([
    ['tests: []', ['TST001 1:8 `tests` must have at least 1 entry']],
    [
      'test: []',
      [
        'TST001 1:1 the test file has no key `test`',
        'TST001 1:1 the test file lacks the key `tests`',
      ],
    ],
    ['', ['TST001 1:1 the file is empty']],
    [
      'tests:\n  - name: a\n    event: {}',
      ['TST001 2:5 the case does not say whether its events match'],
    ],
    [
      'tests:\n  - { name: a, match: true, expect: match, event: {} }',
      ['TST001 2:37 the case has both `match` and `expect`'],
    ],
    [
      'tests:\n  - { name: a, expect: nomatch, event: {} }',
      ['TST001 2:24 `tests[0].expect` must be one of match, no_match, not `nomatch`'],
    ],
    [
      'tests:\n  - name: a\n    match: maybe\n    event: {}',
      ['TST001 3:12 `tests[0].match` must be true or false or a whole number, not a string'],
    ],
    ['tests:\n  - name: a\n    match: true', ['TST001 2:5 the case has no events']],
    [
      'tests:\n  - { name: a, match: true, event: {}, file: x }',
      ['TST001 2:40 the case has both `event` and `file`'],
    ],
    [
      'tests:\n  - name: a\n    match: true\n    events:\n      - { at: soon, event: {} }',
      ['TST001 5:15 `soon` is not a time'],
    ],
  ])('%j is refused at its place', (text, expected) => {
    const found = diagnostics(text);
    expect(found.map((line) => line.split(' ').slice(0, 2))).toEqual(
      expected.map((line) => line.split(' ').slice(0, 2)),
    );
    expect(found).toEqual(expected);
  });

  test('a case at fault leaves the others', () => {
    const bag = createBag();
    const cases = readTestFile(
      {
        path: 'x.test.yml',
        text: 'tests:\n  - { name: a, match: true }\n  - { name: b, match: 2, file: e.json }',
      },
      bag,
    );
    expect(cases).toMatchObject([
      {
        name: 'b',
        expected: { kind: 'count', count: 2 },
        source: { kind: 'file', path: 'e.json' },
      },
    ]);
    expect(bag.list).toHaveLength(1);
  });

  test('events have times, repeat, or are just events', () => {
    const text =
      'tests:\n  - name: a\n    match: 1\n    events:\n      - { at: 1m, times: 3, every: 10s, event: { A: 1 } }\n      - { event: login, at: home }\n      - { at: 2026-01-01T00:05:00Z, event: {} }';
    const [found] = readTestFile({ path: 'x.test.yml', text }, createBag());
    if (found?.source.kind !== 'inline') throw new Error('no events');
    const start = Date.UTC(2026, 0, 1);
    expect(found.source.events.map(({ time }) => time)).toEqual([
      start + 60_000,
      start + 70_000,
      start + 80_000,
      undefined,
      start + 300_000,
    ]);
    expect({ ...found.source.events[3]?.event }).toEqual({ event: 'login', at: 'home' });
    expect(filledTimes([undefined, 5000, undefined]).slice(1)).toEqual([5000, 6000]);
  });

  test.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['250ms', 250],
    ['5', undefined],
    ['-5m', undefined],
    ['5m ago', undefined],
    ['', undefined],
  ])('the duration %s', (text, milliseconds) => expect(duration(text)).toBe(milliseconds));

  test('dates without a zone are UTC', () => {
    expect(pointInTime('2026-03-04T05:06:07')).toBe(Date.UTC(2026, 2, 4, 5, 6, 7));
    expect(pointInTime('2026-03-04 05:06+01:00')).toBe(Date.UTC(2026, 2, 4, 4, 6));
    expect(pointInTime('2026-13-04')).toBeUndefined();
  });

  test('docs/rule-tests.schema.json is the schema, and starter tests fit it', () => {
    const path = new URL('../docs/rule-tests.schema.json', import.meta.url);
    if (update) writeFileSync(path, `${JSON.stringify(testSchema, undefined, 2)}\n`);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(testSchema)));
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(JSON.stringify(testSchema)));
    const root = join(import.meta.dirname, '..', 'rules');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.test.yml'),
    );
    expect(files.length).toBeGreaterThan(4);
    for (const name of files) {
      const text = readFileSync(join(root, name), 'utf8');
      const [node] = parseYaml({ path: name, text }).documents;
      if (!node) throw new Error(`${name} is empty`);
      expect([name, validate(JSON.parse(JSON.stringify(toPlain(node))))]).toEqual([name, true]);
    }
  });

  test('info.yml of SigmaHQ: a count is the least, no tests are not a fault', () => {
    const text =
      'rule_metadata:\n  - id: abc\nregression_tests_info:\n  - { name: P, type: evtx, match_count: 2, path: regression_data/x.evtx }\n  - { path: y.json }';
    const bag = createBag();
    const read = (given: string) => readRegressionInfo({ path: 'info.yml', text: given }, bag);
    expect(read(text).map(({ name, rule, expected }) => [name, rule?.text, expected])).toEqual([
      ['P', 'abc', { kind: 'atLeast', count: 2 }],
      ['y.json', 'abc', { kind: 'atLeast', count: 1 }],
    ]);
    expect(read('rule_metadata: [{ id: abc }]')).toEqual([]);
    expect(bag.list).toEqual([]);
    expect(read('regression_tests_info: [{ name: a }]\nrule_metadata: [{ id: abc }]')).toEqual([]);
    expect(told(bag)).toEqual(['TST001 1:25 the test has no `path`']);
  });
});

describe('sigpack test', () => {
  test('passes, and tells every change to a well tested rule', async () => {
    const cwd = project({ 'rules/tool.yml': toolRule, 'rules/tool.test.yml': goodTests });
    const run = await sigpack(['test', '--coverage'], { cwd });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('✓ rules/tool.test.yml  Test\n  ✓ found\n  ✓ near misses\n');
    expect(run.stdout).toContain(
      '1 of 1 rules have a test that matches and one that does not\n  8 of 8 changes to tested rules are noticed\n',
    );
    expect(run.stdout).toMatch(/\n2 passed of 2 tests of 1 rule and 4 events in \d/);
  });

  test('runs the tests of detkit as they are', async () => {
    const tests = `# yaml-language-server: $schema=anything
tests:
  - name: fires for both words
    event: { Image: 'C:\\tool.exe', CommandLine: "beta alpha", User: "bob" }
    expect: match
  - name: quiet for the system
    event: { Image: 'C:\\tool.exe', CommandLine: "beta alpha", User: "SYSTEM" }
    expect: no_match
  - name: this one is wrong
    event: { Image: 'C:\\tool.exe', CommandLine: "beta alpha", User: "bob" }
    expect: no_match
`;
    const cwd = project({ 'rules/tool.yml': toolRule, 'rules/tool.test.yml': tests });
    const run = await sigpack(['test', 'rules'], { cwd });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain(
      '  ✓ fires for both words\n  ✓ quiet for the system\n  ✗ this one is wrong\n      expected no match; the event matches (rules/tool.test.yml:9)',
    );
    expect(run.stdout).toContain('2 passed, 1 failed of 3 tests');
  });

  test('a failing case says which part of the condition failed, and the exit code is 1', async () => {
    const cwd = project({
      'rules/tool.yml': toolRule,
      'rules/tool.test.yml':
        'tests:\n  - name: one word\n    match: true\n    event: { Image: \'C:\\tool.exe\', CommandLine: "only alpha\\e[31m", User: bob }\n',
    });
    const run = await sigpack(['test', 'rules'], { cwd });
    expect(run.code).toBe(1);
    const lines = run.stdout.split('\n');
    expect(lines.slice(0, 8)).toEqual([
      'Configuration: none (no sigpack.yml here or above)',
      '✗ rules/tool.test.yml  Test',
      '  ✗ one word',
      '      expected every event to match; the event does not match (rules/tool.test.yml:2)',
      '      ✗ selection and not filter',
      '        ✗ selection',
      '          ✗ CommandLine|contains|all  the event has "only alpha␛[31m"',
      "            ✗ 'beta'",
    ]);
    expect(run.stdout).toContain('1 failed of 1 test');
  });

  test('files with a failing test come last, where a terminal shows them', async () => {
    const cwd = project({
      'rules/a.yml': toolRule,
      'rules/a.test.yml': goodTests.replace('match: true', 'match: false'),
      'rules/b.yml': toolRule.replace('0000000', '1111111'),
      'rules/b.test.yml': goodTests,
    });
    const { stdout } = await sigpack(['test', 'rules'], { cwd });
    expect(stdout.match(/^[✓✗] \S+/gm)).toEqual(['✓ rules/b.test.yml', '✗ rules/a.test.yml']);
  });

  test('parts that no test needs are named with their places', async () => {
    const cwd = project({
      'rules/tool.yml': toolRule,
      'rules/tool.test.yml': goodTests.replace(/ {6}- .*SYSTEM.*\n/, ''),
      'rules/other.yml': ruleText('s: { A: 1 }\ncondition: s').replace('0000000', '1111111'),
    });
    const { stdout, code } = await sigpack(['test', '--coverage', '-f', 'json'], { cwd });
    expect(code).toBe(0);
    const { coverage } = JSON.parse(stdout);
    expect(coverage).toMatchObject([
      { rule: { file: 'rules/other.yml' }, positive: 0, negative: 0, mutants: 0 },
      {
        rule: { file: 'rules/tool.yml' },
        positive: 1,
        negative: 1,
        mutants: 8,
        unnoticed: [{ part: 'User', change: 'dropped', file: 'rules/tool.yml', line: 13 }],
      },
    ]);
    expect((await sigpack(['test', '--coverage'], { cwd })).stdout).toContain(
      'rules/tool.yml:13 User  dropped\n',
    );
  });

  test('rules are found by file name in another folder, by id, name and path', async () => {
    const named = toolRule.replace('status:', 'name: the_tool\nstatus:');
    const test = (rule: string): string =>
      `rule: ${rule}\ntests:\n  - { name: a, match: false, event: { A: 1 } }\n`;
    const cwd = project({
      'rules/deep/tool.yml': named,
      'tests/tool.test.yml': test('x').replace(/^rule.*\n/, ''),
      'tests/a.test.yml': test('the_tool'),
      'tests/b.test.yml': test('00000000-0000-4000-8000-000000000000'),
      'tests/c.test.yml': test('../rules/deep/tool.yml'),
    });
    expect(await sigpack(['test', 'tests', '--rules', 'rules'], { cwd })).toMatchObject({
      code: 0,
    });
    expect(await sigpack(['test', 'tests/c.test.yml'], { cwd })).toMatchObject({ code: 0 });
  });

  test('what keeps a case from running is an error at its place', async () => {
    const cwd = project({
      'rules/tool.yml': toolRule,
      'rules/tool.test.yml': 'tests:\n  - { name: a, match: true, file: none.json }\n',
      'rules/lost.test.yml': 'tests:\n  - { name: a, match: true, event: { A: 1 } }\n',
      'rules/look.yml': ruleText("s: { A|re: '(?=x)y' }\ncondition: s").replace(
        '0000000',
        '1111111',
      ),
      'rules/look.test.yml': 'tests:\n  - { name: a, match: true, event: { A: 1 } }\n',
    });
    const run = await sigpack(['test'], { cwd });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('rules/tool.test.yml:2:35: error[TST003]');
    expect(run.stderr).toContain(
      'rules/lost.test.yml:2:13: error[TST002]: no rule has the id, name or file `lost`',
    );
    expect(run.stderr).toContain('rules/look.yml:1:8: error[TST004]: the expression looks around');
    expect(run.stdout).toContain('3 could not be run of 3 tests');
  });

  test('no test at all is wrong usage', async () => {
    const run = await sigpack(['test'], { cwd: project({ 'rules/tool.yml': toolRule }) });
    expect(run).toMatchObject({ code: 2, stdout: expect.any(String) });
    expect(run.stderr).toContain('there is no test in');
  });

  test('JUnit and GitHub: every text is escaped, failures have their places', async () => {
    const cwd = project({
      'rules/tool.yml': toolRule,
      'rules/tool.test.yml':
        'tests:\n  - { name: "<a> & \\"b\\"\\n::error::x", match: true, event: { A: 1 } }\n',
    });
    const junit = await sigpack(['test', '-f', 'junit'], { cwd });
    expect(junit.code).toBe(1);
    expect(junit.stdout).toContain(
      '<testsuites name="sigpack test" tests="1" failures="1" errors="0"',
    );
    expect(junit.stdout).toContain(
      'name="&lt;a&gt; &amp; &quot;b&quot;␊::error::x"><failure message="expected every event',
    );
    const github = (await sigpack(['test', '-f', 'github'], { cwd })).stdout;
    expect(github.trimEnd().split('\n')).toHaveLength(1);
    expect(github).toMatch(
      /^::error file=rules\/tool\.test\.yml,line=2,title=Test fails%3A <a> & "b"␊%3A%3Aerror%3A%3Ax::expected every event to match/,
    );
  });

  test('the regression data of SigmaHQ: a rule finds its event by what info.yml says', async () => {
    const event = (Image: string) =>
      JSON.stringify({
        Event: {
          System: { EventID: 1, Channel: 'Microsoft-Windows-Sysmon/Operational' },
          EventData: { Image, CommandLine: 'alpha beta', User: 'bob' },
        },
      });
    const id = '00000000-0000-4000-8000-000000000000';
    const info = `rule_metadata:\n  - id: ${id}\n    title: Test\nregression_tests_info:\n  - name: Positive\n    type: json\n    match_count: 1\n    path: events/tool/${id}.json\n`;
    const cwd = project({
      'rules/tool.yml': toolRule,
      'events/tool/info.yml': info,
      [`events/tool/${id}.json`]: `${event('C:\\tool.exe')}\n${event('C:\\other.exe')}\n`,
    });
    const found = await sigpack(['test', 'events', '--rules', 'rules', '-f', 'json'], { cwd });
    expect([found.code, JSON.parse(found.stdout)]).toMatchObject([
      0,
      { diagnostics: [], summary: { tests: 1, passed: 1, events: 2, matches: 1 } },
    ]);
    writeFileSync(join(cwd, `events/tool/${id}.json`), event('C:\\other.exe'));
    const missed = await sigpack(['test', 'events', '--rules', 'rules', '-f', 'json'], { cwd });
    expect([missed.code, JSON.parse(missed.stdout).summary]).toMatchObject([
      1,
      { tests: 1, failed: 1 },
    ]);
  });

  test('the starter rules are tested, part by part', async () => {
    const { code, stdout } = await sigpack(['test', 'rules', '--coverage', '-f', 'json'], {
      cwd: join(import.meta.dirname, '..'),
    });
    const { coverage, summary } = JSON.parse(stdout);
    expect(summary).toMatchObject({ failed: 0, errors: 0 });
    expect(
      coverage.flatMap(({ unnoticed }: { readonly unnoticed: readonly unknown[] }) => unnoticed),
    ).toEqual([]);
    expect(code).toBe(0);
  });
});

describe('sigpack test --watch', () => {
  test('runs again what a change concerns, and quits at a signal', async () => {
    const cwd = project({
      'rules/tool.yml': toolRule,
      'rules/tool.test.yml': goodTests,
      'rules/more.test.yml': goodTests.replace('tests:', 'rule: tool.yml\ntests:'),
    });
    const child = spawn(process.execPath, [mainFile, 'test', '--watch'], {
      cwd,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let wake = (): void => {};
    const hear = (text: Buffer): void => {
      output += text.toString();
      wake();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const ended = new Promise<number | null>((done) => child.on('exit', done));
    const until = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(output)) await new Promise<void>((done) => (wake = done));
    };
    await until(/Waiting for changes/);
    expect(output).toContain('4 passed of 4 tests');
    output = '';
    writeFileSync(
      join(cwd, 'rules/tool.test.yml'),
      goodTests.replace('match: true', 'match: false'),
    );
    await until(/Waiting for changes/);
    expect(output).toContain('rules/tool.test.yml changed');
    expect(output).toContain('1 passed, 1 failed of 2 tests');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});

describe('sigpack explain --event', () => {
  test('shows pattern against value for every part', async () => {
    const cwd = project({
      'tool.yml': toolRule,
      'e.json':
        '{"Image":"C:\\\\x\\u001b[2J","commandline":"alpha beta"}\n{"Image":"C:\\\\tool.exe","CommandLine":"alpha beta"}\n',
    });
    const run = await sigpack(['explain', 'tool.yml', '--event', 'e.json'], { cwd });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout.split('\n').slice(3, 13)).toEqual([
      'event 1 does not match',
      '✗ selection and not filter',
      '  ✗ selection (all of)',
      '    ✗ Image|endswith: \'\\tool.exe\'  the event has "C:\\x␛[2J"',
      '    ✗ CommandLine|contains|all  the event has no CommandLine, but commandline',
      "      ✗ 'alpha'",
      "      ✗ 'beta'",
      '  ✓ not filter',
      '    ✗ filter',
      "      ✗ User: 'SYSTEM'  the event has no User",
    ]);
    expect(run.stdout).toContain('event 2 matches\n✓ selection and not filter\n');
  });

  test.each([
    [['explain', 'tool.yml'], 'explain needs --target <name> or --event <file>'],
    [['explain', 'tool.yml', '--event', 'none.json'], 'none.json'],
    [
      ['explain', 'tool.yml', '--event', 'e.json', '-p', 'splunk-windows'],
      '--pipeline needs the --target',
    ],
  ])('%j is wrong usage', async (args, message) => {
    const run = await sigpack(args, {
      cwd: project({ 'tool.yml': toolRule, 'e.json': '{"A":1}' }),
    });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
  });

  test('with a target, after its pipelines', async () => {
    const pipeline =
      'name: p\npriority: 1\ntransformations:\n  - type: field_name_mapping\n    mapping: { Image: exe }\n  - type: replace_string\n    regex: tool\n    replacement: gadget\n';
    const cwd = project({
      'tool.yml': toolRule,
      'p.yml': pipeline,
      'e.json': '{"exe":"C:\\\\gadget.exe"}',
    });
    const run = await sigpack(
      ['explain', 'tool.yml', '--event', 'e.json', '-t', 'es-qs', '-p', 'p.yml'],
      { cwd },
    );
    expect(run.stdout).toContain(String.raw`✓ exe: '*\\gadget.exe'  the event has "C:\gadget.exe"`);
  });
});

test('a rule that a target leaves out has no passing test there, and explain still explains it', async () => {
  const cwd = project({
    'r.yml': toolRule.replace(/condition: .*/, 'condition: 1 of s* or not 1 of s*'),
    'r.test.yml': "tests:\n  - { name: any, match: true, events: [{ A: '1' }] }\n",
    'e.json': '{"A":"1"}',
    'off.yml': 'unmatchable: disable\n',
  });
  expect((await sigpack(['test', '.'], { cwd })).code).toBe(0);
  for (const config of [[], ['-c', 'off.yml']]) {
    const run = await sigpack(['test', '.', '-t', 'splunk', '-p', 'none', ...config], { cwd });
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('1 could not be run');
    expect(run.stderr).toMatch(/warning\[PIP008\]: splunk: .*it is (?:left out|switched off)/);
  }
  const explained = await sigpack(
    ['explain', 'r.yml', '--event', 'e.json', '-t', 'splunk', '-p', 'none'],
    { cwd },
  );
  expect([explained.stdout, explained.stderr]).toEqual([
    expect.stringContaining('✓'),
    expect.stringContaining('PIP008'),
  ]);
});

test('an explanation of a rule of the rule set agrees with the matcher, also where only what decides is left of it', () => {
  const { collection, placeholders } = ruleSetCollection();
  const entries = detectionsOfRuleSet();
  const byTitle = new Map(
    entries.map(({ rule, hits, misses }) => [rule.rule.title, [...hits, ...misses]]),
  );
  const others = [...byTitle.values()]
    .flat()
    .filter((_, index) => index % (thorough ? 20 : 120) === 0);
  const counts = explanationCounts(collection, placeholders, (rule) => [
    ...(byTitle.get(rule.title) ?? []),
    ...others,
  ]);
  expect(counts.holds).toBeGreaterThan(100);
  expect(counts.not).toBeGreaterThan(1000);
});

describe('sigpack build --require-tests', () => {
  test('refuses rules without both kinds of tests, and writes nothing', async () => {
    const cwd = project({
      'rules/tool.yml': toolRule,
      'rules/tool.test.yml': goodTests.replace(/ {2}- name: near[\s\S]*/, ''),
    });
    const run = await sigpack(['build', 'rules', '-o', 'out', '-p', 'none', '--require-tests'], {
      cwd,
    });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      'rules/tool.yml:1:8: error[TST005]: "Test" has no passing test that it does not match',
    );
    expect(readdirSync(cwd)).toEqual(['rules']);
  });

  test('shows the line of the rule, wherever it is in its file', async () => {
    const cwd = project({ 'rules/tool.yml': `# a comment\n\n${toolRule}` });
    const run = await sigpack(['build', 'rules', '-o', 'out', '-p', 'none', '--require-tests'], {
      cwd,
    });
    expect(run.stderr).toMatch(/rules\/tool\.yml:3:8: error\[TST005\].*\n 3 \| title: Test\n/);
  });

  test('builds where all are tested; a failing test is none', async () => {
    const cwd = project({ 'rules/tool.yml': toolRule, 'rules/tool.test.yml': goodTests });
    expect(
      await sigpack(['build', '-o', 'out', '-p', 'none', '--require-tests'], { cwd }),
    ).toMatchObject({ code: 0 });
    expect(readdirSync(cwd).sort()).toEqual(['out', 'rules']);
    writeFileSync(join(cwd, 'rules/tool.test.yml'), goodTests.replace('match: true', 'match: 0'));
    expect(
      await sigpack(['build', '-o', 'out2', '-p', 'none', '--require-tests'], { cwd }),
    ).toMatchObject({ code: 1 });
    expect(readdirSync(cwd).sort()).toEqual(['out', 'rules']);
  });
});
