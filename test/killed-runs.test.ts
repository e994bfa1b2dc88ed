import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writePages } from '../src/cli/write/pages.ts';
import type { PackFile } from '../src/pack/model/detection.ts';
import { type KilledRun, killedAndKilledAgain } from './kills.ts';
import { anyEvents, contents, type Files, projectIn, writeFiles } from './project-folder.ts';
import { environment, mainFile, sigpack } from './sigpack.ts';
import { spread } from './thoroughness.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-killed-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const rule = (index: number, value = 'x'): string =>
  `title: Rule ${index}\nid: 00000000-0000-4000-8000-${String(index).padStart(12, '0')}\nstatus: test\nlogsource: { product: windows }\ndetection:\n  sel: { Image|endswith: '\\${value}${index}.exe' }\n  condition: sel\n`;
const rules = (count: number): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`rules/${index}.yml`, rule(index)]),
  );

describe('a build that is killed', () => {
  it('leaves each of the former packs whole, and the next one cleans up', async () => {
    const folder = projectIn(temporary, { ...rules(40), 'sigpack.yml': anyEvents });
    expect((await sigpack(['build', '-o', 'out'], { cwd: folder })).code).toBe(0);
    const former = contents(join(folder, 'out'));
    for (let index = 0; index < 40; index++)
      writeFileSync(join(folder, 'rules', `${index}.yml`), rule(index, 'changed'));
    const started = performance.now();
    expect((await sigpack(['build', '-o', 'wanted'], { cwd: folder })).code).toBe(0);
    const whole = performance.now() - started;
    const wanted = contents(join(folder, 'wanted'));
    expect([...wanted.keys()]).toEqual([...former.keys()]);

    const isWhole = (when: string): void => {
      for (const name of former.keys()) {
        const found = readFileSync(join(folder, 'out', name)).toString('base64');
        expect([former.get(name), wanted.get(name)].includes(found), `${name} ${when}`).toBe(true);
      }
    };
    for (const part of [0.8, 0.95]) {
      await killedAfter(whole * part * (0.95 + Math.random() / 10), folder);
      isWhole(`after ${part} of the time`);
    }
    const run: KilledRun = {
      args: [mainFile, 'build', '-o', 'out'],
      below: join(folder, 'out'),
      cwd: folder,
      half: true,
    };
    let steps = 0;
    await killedAndKilledAgain(
      run,
      (calls) => spread(1, calls, 3),
      (where) => {
        steps++;
        isWhole(where);
      },
    );
    // a folder, then a write and a rename for each of the four
    expect(steps).toBeGreaterThan(8);

    // what a kill between two writes leaves
    writeFiles(join(folder, 'out'), { '.sigpack-new-dead/manifest.json': '{' });
    expect((await sigpack(['build', '-o', 'out'], { cwd: folder })).code).toBe(0);
    expect(contents(join(folder, 'out'))).toEqual(wanted);
  });

  function killedAfter(milliseconds: number, cwd: string): Promise<void> {
    const child = spawn(process.execPath, [mainFile, 'build', '-o', 'out'], {
      cwd,
      env: environment(),
      stdio: 'ignore',
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    return new Promise((resolve) =>
      child.on('exit', () => {
        clearTimeout(timer);
        resolve();
      }),
    );
  }
});

describe('a run of docs that is killed', () => {
  const many = projectIn(temporary, rules(400));
  const fresh = (): string => join(mkdtempSync(join(temporary, 'x-')), 'new', 'site');
  const page = (name: string, content = name): PackFile => ({ path: `rules/${name}`, content });

  // the run is stopped when a quarter of the rules have a page in the temporary folder
  async function stopped(output: string, signal: NodeJS.Signals): Promise<NodeJS.Signals | null> {
    const run = spawn(process.execPath, [mainFile, 'docs', many, '-o', output], {
      cwd: temporary,
      env: environment(),
      stdio: 'ignore',
    });
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      run.once('exit', (_, by) => resolve(by)),
    );
    const begun = (): boolean => {
      const unfinished = existsSync(output)
        ? readdirSync(output).find((name) => name.startsWith('.sigpack-'))
        : undefined;
      const made = unfinished === undefined ? '' : join(output, unfinished, 'rules');
      return made !== '' && existsSync(made) && readdirSync(made).length > 100;
    };
    while (!begun() && run.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 5));
    run.kill(signal);
    return ended;
  }

  it.each([
    ['SIGINT', 0],
    ['SIGTERM', 0],
    ['SIGKILL', 1],
  ] as const)('leaves the folder as it was after %s', async (signal, leftOver) => {
    const output = fresh();
    await writePages(output, [page('a.html', 'whole')], 'html');
    expect(await stopped(output, signal)).toBe(signal);
    const left = readdirSync(output).filter((name) => name.startsWith('.sigpack-'));
    expect(left).toHaveLength(leftOver);
    expect(readdirSync(join(output, 'rules'))).toEqual(['a.html']);
    // the next run cleans up
    await writePages(output, [page('b.html')], 'html');
    expect(readdirSync(output).sort()).toEqual(['.sigpack.pages', 'rules']);
    expect(readdirSync(join(output, 'rules'))).toEqual(['b.html']);
  });

  it('leaves no folder where there was none', async () => {
    const output = fresh();
    expect(await stopped(output, 'SIGINT')).toBe('SIGINT');
    expect(existsSync(join(output, '..'))).toBe(false);
  });
});
