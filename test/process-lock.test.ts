import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { thisProcess } from '../src/cli/process/process-identity.ts';
import {
  lockHolder,
  strangerAge,
  takeProcessLock,
  withProcessLock,
} from '../src/cli/process/process-lock.ts';
import { thorough } from './thoroughness.ts';

const root = mkdtempSync(join(tmpdir(), 'sigpack-process-lock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'f-'));
  path = join(folder, 'lock');
});

const work = 'sigpack release';
const now = (): (() => void) => takeProcessLock({ path, work, patience: 0 });
/** As another process would have written it. */
const left = (changes: object): void =>
  writeFileSync(
    path,
    JSON.stringify({
      ...thisProcess(),
      pid: process.ppid,
      started: '',
      work,
      token: 'of another',
      ...changes,
    }),
  );
/** As if nothing had touched it for so long. */
function age(milliseconds: number): void {
  const then = new Date(Date.now() - milliseconds);
  utimesSync(path, then, then);
}
/** A process that has ended. */
const deadPid = spawnSync(process.execPath, ['-e', '']).pid;

describe('a lock that is held', () => {
  test.each([
    [
      'by this process',
      now,
      /^sigpack release is under way \(process \d+\); run the command again/,
    ],
    [
      'by another process',
      () => left({}),
      new RegExp(`is under way \\(process ${process.ppid}\\)`),
    ],
    ['by one whose start is not known', () => left({ started: '' }), /is under way/],
    [
      'by another machine',
      () => left({ machine: 'far boot', host: 'far\u001b[2J' }),
      /\(process \d+ on far␛\[2J\).*lock ends 10 minutes later/,
    ],
    [
      'by one that is about to say who it is',
      () => writeFileSync(path, ''),
      /^another run of Sigpack is under way;/,
    ],
  ])('%s is not taken', (_, hold, message) => {
    hold();
    const before = readFileSync(path, 'utf8');
    expect(now).toThrow(message);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(lockHolder(path)).toBeDefined();
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  test('is taken by the one who waits, when it is given back', () => {
    const script = `import { takeProcessLock } from ${JSON.stringify(module)};
      const release = takeProcessLock({ path: ${JSON.stringify(path)}, work: 'first' });
      console.log('held'); setTimeout(release, 300);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => {
        try {
          expect(now).toThrow('first is under way');
          withProcessLock({ path, work, patience: 30_000 }, () =>
            expect(lockHolder(path)).toMatchObject({ pid: process.pid, work }),
          );
          expect(existsSync(path)).toBe(false);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  });
});

describe('a lock that was left behind', () => {
  const start = thisProcess().started;
  test.each([
    ['by a process that is gone', () => left({ pid: deadPid })],
    [
      'by a process whose number is now another one',
      () =>
        left({
          started: start === '' ? '' : 'earlier',
          pid: start === '' ? deadPid : process.ppid,
        }),
    ],
    ['by an earlier process with the number of this one', () => left({ pid: process.pid })],
    ['by a full disk', () => [writeFileSync(path, ''), age(20_000)]],
    ['half written', () => [writeFileSync(path, '{"pid":'), age(20_000)]],
    ['by something else', () => [writeFileSync(path, '[1]'), age(20_000)]],
    ['by a machine that was stopped', () => [left({ machine: 'far' }), age(strangerAge + 60_000)]],
    ['with a time of the future', () => [left({ machine: 'far' }), age(-strangerAge - 60_000)]],
    ['as a link to nowhere', () => symlinkSync('nowhere', path)],
    [
      'as a link to a lock',
      () => [left({}), renameSync(path, `${path}-2`), symlinkSync(`${path}-2`, path)],
    ],
    [
      'larger than any lock',
      () => [
        writeFileSync(
          path,
          JSON.stringify({ ...thisProcess(), work: 'x'.repeat(20_000), token: '' }),
        ),
        age(20_000),
      ],
    ],
  ])('%s is taken over', (_, leave) => {
    leave();
    expect(lockHolder(path)).toBeUndefined();
    const release = now();
    expect(lockHolder(path)).toMatchObject({ pid: process.pid });
    release();
    expect(readdirSync(folder).filter((name) => name !== 'lock-2')).toEqual([]);
  });

  test('while another process is about to take it over is waited for, unless that one was killed at it', () => {
    left({ pid: deadPid });
    writeFileSync(`${path}.breaking`, '');
    expect(now).toThrow('is under way');
    const then = new Date(Date.now() - 20_000);
    utimesSync(`${path}.breaking`, then, then);
    takeProcessLock({ path, work, patience: 10_000 })();
    expect(readdirSync(folder)).toEqual([]);
    // killed when the lock itself was gone already
    writeFileSync(`${path}.breaking`, '');
    utimesSync(`${path}.breaking`, then, then);
    now()();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('what is not a file is in the way, and so is a file where its folder belongs', () => {
  mkdirSync(path);
  expect(now).toThrow(/lock is in the way/);
  writeFileSync(join(folder, 'plain'), '');
  expect(() => takeProcessLock({ path: join(folder, 'plain', 'lock'), work })).toThrow(
    /plain is a file; a folder is needed there/,
  );
});

test('a lock that another machine has taken over is not given back', () => {
  const release = now();
  left({ machine: 'far' });
  release();
  expect(lockHolder(path)).toMatchObject({ machine: 'far' });
});

test('SIGPACK_WAIT is a number of seconds', () => {
  process.env.SIGPACK_WAIT = 'long';
  try {
    expect(() => takeProcessLock({ path, work })).toThrow(
      'SIGPACK_WAIT is not a number of seconds',
    );
  } finally {
    delete process.env.SIGPACK_WAIT;
  }
});

const module = pathToFileURL(
  join(import.meta.dirname, '..', 'dist', 'modules', 'cli', 'process', 'process-lock.js'),
).href;

test.runIf(process.platform === 'linux')('a lock that the disk has no room for is none', () => {
  // no file may be larger than nothing: what a full disk does, without one
  const script = `import { takeProcessLock } from ${JSON.stringify(module)}; takeProcessLock({ path: ${JSON.stringify(path)}, work: 'x' });`;
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -f 0 && exec "$0" --input-type=module -e "$1"', process.execPath, script],
    { encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([1, expect.stringContaining('EFBIG')]);
  expect(readdirSync(folder)).toEqual([]);
});

test('many processes work one after the other, also where some are killed at it', async () => {
  const counter = join(folder, 'counter');
  writeFileSync(counter, '0');
  // reads, lets others go first and writes: without the lock, counts are lost; each process leaves
  // its lock behind once it is through
  const script = `import { readFileSync, writeFileSync } from 'node:fs';
    import { takeProcessLock } from ${JSON.stringify(module)};
    for (let i = 0; i < 3; i++) {
      const release = takeProcessLock({ path: ${JSON.stringify(path)}, work: 'count', patience: 60000 });
      const n = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      writeFileSync(${JSON.stringify(counter)}, String(n + 1));
      if (i === 2) process.kill(process.pid, 'SIGKILL');
      release();
    }`;
  const processes = thorough ? 30 : 12;
  const ends = Array.from({ length: processes }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  });
  expect(await Promise.all(ends)).toEqual(Array(processes).fill('SIGKILL'));
  expect(readFileSync(counter, 'utf8')).toBe(String(processes * 3));
  now()();
  expect(readdirSync(folder)).toEqual(['counter']);
});
