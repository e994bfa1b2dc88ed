import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, test as anyTest, beforeAll, expect } from 'vitest';
import { ciSteps } from './ci/ci-steps.ts';
import { isSlow } from './ci/slow-tests.ts';
import { type Run, runSteps, type Step } from './ci/steps.ts';
import { tableOf } from './ci/table.ts';
import { isRunning } from './running.ts';

// steps are run by bash, and what is left of them is looked for in /proc
const test = anyTest.skipIf(process.platform !== 'linux');
/** Whether Node runs a .ts file. */
const stripsTypes = Boolean(process.features.typescript);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-ci-steps-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shell = (name: string, script: string, more: Partial<Step> = {}): Step => ({
  name,
  command: ['bash', '-c', script],
  ...more,
});
/** Writes its name to a file when it starts and when it ends. */
const logged = (name: string, file: string, more: Partial<Step> = {}): Step =>
  shell(name, `echo ${name}+ >>'${file}'; sleep 0.2; echo ${name}- >>'${file}'`, more);
const linesOf = (file: string): readonly string[] =>
  readFileSync(file, 'utf8').trimEnd().split('\n');
const resultsOf = ({ done }: Run): Readonly<Record<string, string>> =>
  Object.fromEntries(done.map(({ name, result, reason }) => [name, `${result} ${reason}`.trim()]));
const quiet = (): void => undefined;

test('output is printed whole, with the result before it', async () => {
  const printed: string[] = [];
  const steps = [
    shell('talks', 'echo one; sleep 0.2; echo two >&2; exit 3'),
    shell('talks too', 'sleep 0.1; echo three'),
  ];
  await runSteps(steps, (text) => printed.push(text.replace(/[\d.]+ s\n/, 'N s\n')), 2);
  // which of them ends first is for the machine to say
  expect(printed.sort()).toEqual([
    '== talks too: passed, N s\nthree\n',
    '== talks: FAILED, exit code 3, N s\none\ntwo\n',
  ]);
});

test('a step waits for others, and does not run where one that it needs failed', async () => {
  const steps = [
    shell('last', 'true', { needs: ['middle'] }),
    shell('middle', 'true', { needs: ['first'] }),
    shell('first', 'exit 1'),
    shell('whatever happens', 'true', { after: ['first', 'last'] }),
  ];
  expect(resultsOf(await runSteps(steps, quiet, 2))).toEqual({
    first: 'failed exit code 1',
    middle: 'not run first did not pass',
    last: 'not run middle did not pass',
    'whatever happens': 'passed',
  });
});

test('no more steps run at once than there are cores, but for those that wait', async () => {
  const file = join(folder, 'cores');
  // holds the only core until the step that waits has run
  const a = shell(
    'a',
    `echo a+ >>'${file}'; until grep -q w- '${file}'; do sleep 0.05; done; echo a- >>'${file}'`,
    { limit: 30 },
  );
  await runSteps([a, logged('b', file), logged('w', file, { cores: 0 })], quiet, 1);
  const lines = linesOf(file);
  expect(lines.indexOf('b+')).toBeGreaterThan(lines.indexOf('a-'));
  expect(lines.indexOf('w+')).toBeLessThan(lines.indexOf('a-'));
});

test('nothing runs with a step that wants the machine for itself', async () => {
  const file = join(folder, 'alone');
  await runSteps(
    [
      logged('a', file, { cores: 0 }),
      logged('b', file, { alone: true }),
      logged('c', file, { cores: 0, after: ['a'] }),
    ],
    quiet,
    4,
  );
  const lines = linesOf(file);
  expect(lines.indexOf('b-') - lines.indexOf('b+')).toBe(1);
});

test('steps that wait for each other do not run', async () => {
  const run = await runSteps(
    [shell('a', 'true', { after: ['b'] }), shell('b', 'true', { after: ['a'] })],
    quiet,
    1,
  );
  expect(resultsOf(run)).toEqual({ a: 'not run waits for itself', b: 'not run waits for itself' });
  await expect(runSteps([shell('a', 'true', { needs: ['c'] })], quiet, 1)).rejects.toThrow(
    'a waits for c, which is not a step',
  );
});

test('a step that hangs is ended, with its children', async () => {
  const file = join(folder, 'hangs');
  const run = await runSteps(
    [shell('hangs', `sleep 60 & echo $! >'${file}'; wait`, { limit: 2 })],
    quiet,
    1,
  );
  expect(resultsOf(run)).toEqual({ hangs: 'failed took more than 2 s' });
  await expect
    .poll(() => isRunning(Number(readFileSync(file, 'utf8'))), { timeout: 20_000 })
    .toBe(false);
});

anyTest.skipIf(process.platform !== 'linux' || !stripsTypes).each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the steps and what they have left running',
  async (signal) => {
    const at = (name: string): string => join(folder, `${signal}-${name}`);
    const steps = [
      shell('start', `sleep 60 >/dev/null 2>&1 & echo $! >'${at('server')}'; disown`),
      shell('uses', `touch '${at('uses')}'; sleep 60`, { needs: ['start'] }),
      shell('stop', `kill $(cat '${at('server')}'); touch '${at('stopped')}'`, {
        after: ['uses'],
        ends: 'start',
      }),
      shell('never started', `touch '${at('never')}'`, { after: ['uses'] }),
    ];
    const script = at('script.ts');
    const from = (name: string): string => JSON.stringify(join(import.meta.dirname, 'ci', name));
    writeFileSync(
      script,
      `import { runSteps } from ${from('steps.ts')};\nimport { tableOf } from ${from('table.ts')};\n` +
        `console.log(tableOf(await runSteps(${JSON.stringify(steps)}, () => undefined, 2)));\n`,
    );
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    while (!existsSync(at('uses'))) await sleep(20);
    child.kill(signal);
    expect(await ended).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(existsSync(at('stopped'))).toBe(true);
    expect(existsSync(at('never'))).toBe(false);
    await expect
      .poll(() => isRunning(Number(readFileSync(at('server'), 'utf8'))), { timeout: 20_000 })
      .toBe(false);
    expect(out).toContain(`stopped by ${signal}`);
  },
);

anyTest(
  'the table gives the steps in the order of their starts, and names what did not pass',
  () => {
    const done = [
      {
        name: 'second',
        result: 'failed',
        reason: 'exit code 1',
        started: 2,
        seconds: 3,
        cpu: 1.25,
        tail: 'why it failed\n',
      },
      { name: 'first', result: 'passed', reason: '', started: 0, seconds: 2, cpu: 4, tail: '' },
    ] as const;
    expect(
      tableOf({ done, stopped: undefined, busy: 21.4 }, [{ name: 'npm ci', seconds: 10 }]),
    ).toBe(`step        from  seconds      CPU
npm ci         0     10.0
first         10      2.0      4.0
second        12      3.0      1.3  failed: exit code 1
15 s in all, in which this machine worked 21 s of CPU, servers included
did not pass: second

== the end of second:
why it failed
`);
  },
);

test('the end of what a failed step printed is kept, in whole lines', async () => {
  const { done } = await runSteps(
    [shell('talks', 'seq 1 5000; exit 1'), shell('is well', 'echo fine')],
    quiet,
    2,
  );
  const tails = new Map(done.map(({ name, tail }) => [name, tail]));
  expect(tails.get('is well')).toBe('');
  expect(tails.get('talks')).toMatch(/^38\d\d\n(?:\d{4}\n)+5000\n$/);
});

anyTest('every fault has all slow tests, those that ask how much to try, and no test twice', () => {
  const files = ciSteps()
    .filter(({ name }) => name.startsWith('every fault') || name === 'package by npm')
    .flatMap(({ command }) => command.filter((word) => word.endsWith('.test.ts')));
  expect(files.filter((file, at) => files.indexOf(file) !== at)).toEqual([]);
  const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts'));
  const asking = new Set(['thoroughness.ts']);
  for (const asked of asking)
    for (const name of sources)
      if (readFileSync(join(import.meta.dirname, name), 'utf8').includes(`from './${asked}'`))
        asking.add(name);
  const wanted = sources.filter(
    (name) => name.endsWith('.test.ts') && (isSlow(name) || asking.has(name)),
  );
  expect(wanted).toContain('hostile.test.ts');
  expect(wanted.length).toBeGreaterThan(60);
  expect(wanted.filter((name) => !files.includes(`test/${name}`))).toEqual([]);
});

anyTest('steps run test files in the project that has them', () => {
  const named = ciSteps().flatMap(({ name, command }) => {
    const projects = command.filter((_, at) => command[at - 1] === '--project');
    const files = command.filter((word) => /^test\/[\w-]+\.test\.ts$/.test(word));
    return files.map((file) => ({
      at: `${name}: ${file}`,
      right: projects.includes(isSlow(file.slice('test/'.length)) ? 'slow' : 'quick'),
    }));
  });
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter(({ right }) => !right).map(({ at }) => at)).toEqual([]);
});
