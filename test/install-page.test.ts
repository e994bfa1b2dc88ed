import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blockOf, blocksOf, expectSession } from './doc-blocks.ts';
import { createFakeGraylog } from './fake/graylog.ts';
import { type FakeServer, startServer } from './fake/server.ts';
import { type Run, sigpack } from './sigpack.ts';

const root = join(import.meta.dirname, '..');
const token = 'graylog-token-0123456789';
const fake = createFakeGraylog(`Basic ${Buffer.from(`${token}:token`).toString('base64')}`);
const folder = mkdtempSync(join(tmpdir(), 'sigpack-install-page-'));
let server: FakeServer;
beforeAll(async () => {
  server = await startServer(fake.handle);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (path: string): string => join(folder, path);
const env = { GRAYLOG_TOKEN: token, TERM: 'dumb', NO_COLOR: '1' };
const run = async (...args: readonly string[]): Promise<void> => {
  const { code, stderr } = await sigpack(args, { cwd: folder, env });
  expect([args, code, stderr]).toEqual([args, 0, '']);
};

/** Runs a command on a terminal, where someone types a line. */
async function typing(line: string, args: readonly string[]): Promise<Run> {
  const { stdin } = process;
  const typed = Object.assign(new PassThrough(), { isTTY: true });
  Object.defineProperty(process, 'stdin', { value: typed, configurable: true });
  typed.write(`${line}\n`);
  try {
    const ran = await sigpack(args, { cwd: folder, env, terminal: true });
    // the terminal shows what is typed
    return { ...ran, stdout: ran.stdout.replace('[y/N] ', `[y/N] ${line}\n`) };
  } finally {
    Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  }
}

const rule = (name: string): string =>
  readFileSync(join(root, 'rules/windows', `${name}.yml`), 'utf8');
const write = (name: string, text = rule(name)): void =>
  writeFileSync(at(`rules/windows/${name}.yml`), text);

test('docs/install.md shows an upgrade of a content pack', async () => {
  await run(
    'init',
    '.',
    '--id',
    'acme',
    '--graylog',
    'graylog',
    '--graylog-streams',
    'Windows events',
    '--no-build',
  );
  const [places = ''] =
    readFileSync(join(root, 'docs/install.md'), 'utf8').match(/^installs:\n(?: .*\n)*/m) ?? [];
  expect(places).toContain('https://graylog.example.org/api');
  const config = `${readFileSync(at('sigpack.yml'), 'utf8')}${places.replace('https://graylog.example.org', server.url)}`;
  const pack = async (version: string, revision: number): Promise<void> => {
    const text = config.replace(/^version: .*\n/m, '');
    writeFileSync(at('sigpack.yml'), `version: ${version}\nrevision: ${revision}\n${text}`);
    rmSync(at('dist'), { recursive: true, force: true });
    await run('build');
  };
  fake.streams.set('Windows events', '000000000000000000000003');
  const changed = rule('download-with-system-tool');
  write('download-with-system-tool', changed.replace('- verifyctl\n', '- verify\n'));
  write('event-log-cleared');
  await pack('1.3.0', 3);
  await run('install', 'dist/packs', '--to', 'soc', '--yes');

  const tuned = 'Office Program Starts the Task Scheduler Tool';
  const [[id, definition] = ['', {}]] = [...fake.definitions].filter(
    ([, { title }]) => title === tuned,
  );
  fake.definitions.set(id, { ...definition, priority: 1 });
  write('download-with-system-tool', changed);
  write('shadow-copies-deleted');
  rmSync(at('rules/windows/event-log-cleared.yml'));
  await pack('1.4.0', 4);
  await expectSession(blockOf('docs/install.md', '$ sigpack install dist/packs --to soc\n'), {
    cwd: folder,
    run: (args) => typing('y', args),
  });
  expect(fake.definitions.get(id)).toMatchObject({ priority: 1 });
});

test('docs/install.md has no other commands', () =>
  expect(blocksOf('docs/install.md')).toHaveLength(1));
