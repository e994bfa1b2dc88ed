import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inShell } from './doc-blocks.ts';
import { createFakeGraylog } from './fake/graylog.ts';
import { type FakeServer, startServer } from './fake/server.ts';
import { mainFile } from './sigpack.ts';
import { update } from './update.ts';
import { type WarmShell, warmShell } from './warm-shell.ts';

const root = join(import.meta.dirname, '..');
const mark = '--- the next block ---';

/** Blocks of commands, each with the output that the page shows after it. */
const steps = /^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/gms;

/** What differs from run to run. */
const settled = (text: string): string =>
  text
    .replaceAll(root, '$CHECKOUT')
    .replace(/ in \d+\.\d+ s$/gm, ' in 1.0 s')
    .replace(/provenance names [0-9a-f]{12}/g, 'provenance names 0123456789ab')
    .replace(/\b20\d\d-\d\d-\d\dT[\d:.]+Z\b/g, '2026-01-01T00:00:00Z');

const token = 'graylog-token-0123456789';
let graylog: FakeServer;
let warm: WarmShell;
beforeAll(async () => {
  warm = await warmShell();
  const { handle } = createFakeGraylog(`Basic ${Buffer.from(`${token}:token`).toString('base64')}`);
  graylog = await startServer(handle);
});
afterAll(async () => {
  await warm.end();
  await graylog.close();
});

/** Processes of their own: what would keep one from its end does not show in one that goes on. */
const alone = `case "$1" in diff | install | release | status)
  exec '${process.execPath}' '${mainFile}' "$@" ;;
esac`;

/** Runs a page from top to bottom, in one shell. */
async function outputsOf(page: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-tutorial-'));
  warm.write(join(folder, 'command'), alone);
  const commands = [...page.matchAll(steps)].map(([, code = '']) => code);
  const script = [
    'set -e',
    'sigpack() { "$COMMAND" "$@" 2>> "$ERRORS"; }',
    ...commands.map((code) => `${code}echo '${mark}'`),
  ]
    .join('\n')
    .replaceAll('http://127.0.0.1:9000', graylog.url);
  try {
    const { code, stdout, stderr } = await inShell(script, folder, {
      COMMAND: join(folder, 'command'),
      CHECKOUT: root,
      ERRORS: join(folder, 'errors'),
      GRAYLOG_TOKEN: token,
      CI: '1',
      COLUMNS: '100',
      GIT_CEILING_DIRECTORIES: folder,
      GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.org',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.org',
      GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
      GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
    });
    const said = readFileSync(join(folder, 'errors'), 'utf8');
    expect([code, stderr], `${stdout.slice(-2000)}${said}`).toEqual([0, '']);
    return settled(stdout).split(`${mark}\n`).slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('the first steps of the README can be taken as they are written', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, section = ''] = readme.split('\n## Your first pack\n');
  const script = /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-steps-'));
  try {
    const { code, stdout, stderr } = await inShell(
      `set -e\nsigpack() { "$NODE" "$MAIN" "$@"; }\n${script}`,
      folder,
      { NODE: process.execPath, MAIN: mainFile, CI: '1' },
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('3 passed of 3 tests');
    expect(stdout).toMatch(/planned: \d+ to create; nothing was done/);
    expect(script).toContain('sigpack init ');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each(['tutorial-splunk', 'tutorial-graylog'])(
  'docs/%s.md can be followed from top to bottom, and shows what is printed',
  async (name) => {
    const path = join(root, 'docs', `${name}.md`);
    const page = readFileSync(path, 'utf8');
    const outputs = await outputsOf(page);
    let at = 0;
    const written = page.replace(steps, (block, code: string, shown: string | undefined) => {
      const output = outputs[at++] ?? '';
      return shown === undefined
        ? block
        : `\`\`\`sh\n${code}\`\`\`\n\n\`\`\`text\n${output}\`\`\`\n`;
    });
    expect(at).toBe(outputs.length);
    expect(at).toBeGreaterThan(5);
    if (update) writeFileSync(path, written);
    expect(
      readFileSync(path, 'utf8'),
      'UPDATE=1 npx vitest run test/tutorials.test.ts writes it',
    ).toBe(written);
  },
);
