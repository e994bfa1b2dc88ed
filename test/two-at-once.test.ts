import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { takeProcessLock } from '../src/cli/process/process-lock.ts';
import { takeReleaseLock } from '../src/cli/release/stage.ts';
import { killedAndKilledAgain } from './kills.ts';
import { initFlags, projectIn } from './project-folder.ts';
import { environment, mainFile, type Run, sigpack } from './sigpack.ts';
import { spread, thorough } from './thoroughness.ts';
import { type WarmProcess, warmProcess } from './warm.ts';

const root = mkdtempSync(join(tmpdir(), 'sigpack-two-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Which of two comes first is chance: CI runs more of them. */
const pairs = (few: number): readonly number[] =>
  Array.from({ length: thorough ? 8 : few }, (_, index) => index);

const project = (): string =>
  projectIn(root, {
    'sigpack.yml':
      'id: two\ntitle: Two at once\ntargets: [splunk, graylog]\npipelines: { splunk: none, graylog: none }\nsplunk: { index: "*" }\ngraylog: { streams: all }\n',
    'rules/a.yml':
      'title: A rule\nid: 11111111-1111-4111-8111-111111111111\nstatus: test\nlevel: high\nlogsource: { product: linux }\ndetection: { s: { a: x }, condition: s }\n',
  });

const env = { SOURCE_DATE_EPOCH: '1700000000' };

/** A machine that is busy has one of two wait long enough to say so. */
const withoutWait = (text: string): string =>
  text.replace(/^sigpack: .* is under way.*; waiting for it\n/gm, '');

/** Runs the command line in a process, while others run. */
function started(args: readonly string[], cwd: string): Promise<Run> {
  const child = spawn(process.execPath, [mainFile, ...args], {
    cwd,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  return new Promise((resolve) =>
    child.once('close', (code) =>
      resolve({
        code: code ?? undefined,
        stdout: output.stdout,
        stderr: withoutWait(output.stderr),
      }),
    ),
  );
}
/** Processes that wait for commands. */
const warm: WarmProcess[] = [];
afterAll(async () => {
  for (const one of warm.splice(0)) await one.end();
});

/**
 * The first pair has processes of its own, as people start them. What a pair of others does at once
 * is the same, without a start that takes longer than the command.
 */
const both = (
  pair: number,
  cwd: string,
  ...commands: readonly (readonly string[])[]
): Promise<readonly Run[]> =>
  Promise.all(
    commands.map(async (args, index): Promise<Run> => {
      if (pair === 0) return started(args, cwd);
      const process = warm[index] ?? warmProcess();
      warm[index] = process;
      const run = await process.run(args, { cwd, env });
      return { ...run, stderr: withoutWait(run.stderr) };
    }),
  );
const hidden = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith('.'));

test.each(pairs(1))(
  'of two releases, one releases and the other sees that, and the project goes on: pair %i',
  async (pair) => {
    const folder = project();
    const runs = await both(pair, folder, ['release'], ['release']);
    const said = runs
      .map(
        ({ code, stdout, stderr }) =>
          `${code} ${/released [\d.]+|nothing changed since [\d.]+/.exec(stdout)} ${stderr}`,
      )
      .sort();
    expect(said).toEqual(['0 nothing changed since 1.0.0 ', '0 released 1.0.0 '].sort());
    expect(hidden(folder)).toEqual([]);
    expect(readdirSync(join(folder, 'dist/release'))).toEqual(['1.0.0']);
    expect(await sigpack(['check'], { cwd: folder })).toMatchObject({ code: 0 });
  },
);

test.each(pairs(1))('a build during a release is of one version: pair %i', async (pair) => {
  const folder = project();
  expect(await sigpack(['release'], { cwd: folder, env })).toMatchObject({ code: 0 });
  writeFileSync(
    join(folder, 'rules/a.yml'),
    readFileSync(join(folder, 'rules/a.yml'), 'utf8').replace('a: x', 'a: y'),
  );
  const [released, built, frozen] = await both(
    pair,
    folder,
    ['release'],
    ['build', '-o', 'out'],
    ['build', '--frozen', '-o', 'frozen'],
  );
  expect([released?.code, built?.code]).toEqual([0, 0]);
  // before the release, the rule is not that of the lock; afterwards it is; there is nothing in
  // between
  expect([
    '0 ',
    '1 "A rule" (11111111-1111-4111-8111-111111111111): its condition differs',
  ]).toContain(
    `${frozen?.code} ${/error\[LCK002\]: (.*differs)/.exec(frozen?.stderr ?? '')?.[1] ?? ''}`,
  );
  expect(hidden(folder)).toEqual([]);
});

test.each(pairs(1))(
  'of two builds into one folder, both are done and nothing is left over: pair %i',
  async (pair) => {
    const folder = project();
    const runs = await both(
      pair,
      folder,
      ['build', '-o', 'out'],
      ['build', '-o', 'out', '-t', 'splunk'],
    );
    expect(runs.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(['0 ', '0 ']);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual([
      'manifest.json',
      'two-1.0.0-graylog.json',
      'two-1.0.0.spl',
      'two-1.0.0.zip',
    ]);
  },
);

test.each(pairs(1))(
  'of two runs of docs into one folder, both are done and nothing is left over: pair %i',
  async (pair) => {
    const folder = project();
    const runs = await both(
      pair,
      folder,
      ['docs', 'rules', '-o', 'pages'],
      ['docs', 'rules', '-o', 'pages', '-f', 'md'],
    );
    expect(runs.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(['0 ', '0 ']);
    expect(hidden(join(folder, 'pages'))).toEqual(['.sigpack.pages']);
    expect(
      readdirSync(join(folder, 'pages')).filter((name) => name.startsWith('index.')).length,
    ).toBeGreaterThan(0);
  },
);

test.each(pairs(1))(
  'of two runs of init in one folder, one writes its files and the other none: pair %i',
  async (pair) => {
    const folder = mkdtempSync(join(root, 'init-'));
    const runs = await both(
      pair,
      folder,
      ['init', ...initFlags, '--title', 'First detections'],
      ['init', ...initFlags, '--title', 'Second detections'],
    );
    const [winner] = runs.flatMap(({ code }, index) => (code === 0 ? [index] : []));
    expect(runs.map(({ code }) => code).sort()).toEqual([0, 2]);
    expect(readFileSync(join(folder, 'sigpack.yml'), 'utf8')).toContain(
      `title: "${winner === 0 ? 'First' : 'Second'} detections"`,
    );
  },
);

describe('while another process is at it', () => {
  test.each([
    [
      'release',
      ['release'],
      (folder: string) => takeReleaseLock(folder),
      'sigpack release is under way (process',
    ],
    [
      'build',
      ['build', '-o', 'out'],
      (folder: string) =>
        takeProcessLock({ path: join(folder, 'out/.sigpack.busy'), work: 'sigpack docs' }),
      'sigpack docs is under',
    ],
    [
      'docs',
      ['docs', 'rules', '-o', 'out'],
      (folder: string) =>
        takeProcessLock({ path: join(folder, 'out/.sigpack.busy'), work: 'sigpack build' }),
      'sigpack build is under',
    ],
  ])('%s says what is under way, and does nothing', async (_, args, hold, message) => {
    const folder = project();
    const release = hold(folder);
    try {
      const { code, stderr } = await sigpack(args, {
        cwd: folder,
        env: { ...env, SIGPACK_WAIT: '0' },
      });
      expect([code, stderr]).toEqual([2, expect.stringContaining(`sigpack: ${message}`)]);
      expect(existsSync(join(folder, 'dist'))).toBe(false);
    } finally {
      release();
    }
    expect(await sigpack(args, { cwd: folder, env })).toMatchObject({ code: 0 });
  });

  test.each(['check', 'diff', 'release'])(
    '%s takes no harm from a release that is being prepared',
    async (command) => {
      const folder = project();
      expect(await sigpack(['release'], { cwd: folder, env })).toMatchObject({ code: 0 });
      const release = takeReleaseLock(folder);
      try {
        expect(
          await sigpack([command, ...(command === 'release' ? ['--dry-run'] : [])], {
            cwd: folder,
            env,
          }),
        ).toMatchObject({ code: 0 });
      } finally {
        release();
      }
    },
  );
});

test.each([
  ['build', ['build', '-o', '.']],
  ['docs', ['docs', 'rules', '-o', '.']],
])(
  '%s into the folder of the project leaves a release that is being prepared alone',
  async (_, args) => {
    const folder = project();
    const release = takeReleaseLock(folder);
    writeFileSync(join(folder, '.sigpack-release', 'file-0'), 'half');
    try {
      expect(await sigpack(args, { cwd: folder })).toMatchObject({ code: 0 });
      expect(readdirSync(join(folder, '.sigpack-release')).sort()).toEqual([
        '.gitignore',
        'file-0',
        'lock',
      ]);
    } finally {
      release();
    }
  },
);

test('docs that are killed at any step leave whole pages, and the next run cleans up', async () => {
  const folder = project();
  const pages = join(folder, 'pages');
  const docs = ['docs', 'rules', '-o', 'pages'];
  expect(await sigpack(docs, { cwd: folder, env })).toMatchObject({ code: 0 });
  const page = readFileSync(join(pages, 'index.html'), 'utf8');
  let steps = 0;
  await killedAndKilledAgain(
    { args: [mainFile, ...docs], below: pages, cwd: folder, env },
    (calls) => spread(1, calls, 30),
    async (where) => {
      steps++;
      expect(readFileSync(join(pages, 'index.html'), 'utf8'), where).toBe(page);
      // an empty lock, killed while it was written, is known to be left behind by its age
      const long = new Date(Date.now() - 20_000);
      for (const name of hidden(pages)) utimesSync(join(pages, name), long, long);
      expect(await sigpack(docs, { cwd: folder, env }), where).toMatchObject({ code: 0 });
      expect(hidden(pages), where).toEqual(['.sigpack.pages']);
    },
  );
  expect(steps).toBeGreaterThan(3);
});

test('the packs in a folder are always all of one build, whoever writes them', async () => {
  const folder = mkdtempSync(join(root, 'packs-'));
  const module = (name: string): string =>
    JSON.stringify(
      pathToFileURL(join(import.meta.dirname, '..', 'dist', 'modules', 'cli', `${name}.js`)).href,
    );
  const out = join(folder, 'out');
  const writer = (
    content: string,
  ): string => `import { writeArtifacts } from ${module('write/artifacts')};
    const files = ['a', 'b', 'c', 'd'].map((path) => ({ path, content: Buffer.from(${JSON.stringify(content)}), size: 1, sha256: '' }));
    for (let i = 0; i < 30; i++) writeArtifacts(${JSON.stringify(out)}, files);`;
  const reader = `import { existsSync, readFileSync } from 'node:fs'; import { withProcessLock } from ${module('process/process-lock')};
    for (let seen = 0; seen < 40; ) withProcessLock({ path: ${JSON.stringify(join(out, '.sigpack.busy'))}, work: 'read' }, () => {
      if (!existsSync(${JSON.stringify(`${out}/d`)})) return;
      seen++;
      console.log(['a', 'b', 'c', 'd'].map((name) => readFileSync(${JSON.stringify(`${out}/`)} + name, 'utf8')).join(''));
    });`;
  mkdirSync(out);
  const runs = await Promise.all(
    [writer('1'), writer('2'), reader].map((script) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (part: string) => (text += part));
      return new Promise<string>((resolve) =>
        child.once('close', (code) => resolve(`${code} ${withoutWait(text)}`)),
      );
    }),
  );
  expect(runs.slice(0, 2)).toEqual(['0 ', '0 ']);
  const seen = (runs[2] ?? '').trim().replace(/^0 /, '').split('\n');
  expect([seen.length, seen.filter((line) => !/^(?:1111|2222)$/.test(line))]).toEqual([40, []]);
  expect(readdirSync(out).sort()).toEqual(['a', 'b', 'c', 'd']);
});
