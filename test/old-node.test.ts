import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeFiles } from './project-folder.ts';
import { environment, mainFile } from './sigpack.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-old-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a file on a Node that says it is another one. */
function runAs(version: string, path: string, ...args: readonly string[]) {
  const posing = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(posing)}`, path, ...args],
    { cwd: folder, encoding: 'utf8', env: environment() },
  );
  return { code: status, stdout, stderr };
}

/** Alone: nothing else is loaded, which an old Node may not be able to parse. */
const alone = join(folder, 'dist/lib/cli/main.js');
mkdirSync(join(folder, 'dist/lib/cli'), { recursive: true });
copyFileSync(mainFile, alone);
mkdirSync(join(folder, 'scripts'));
copyFileSync(join(root, 'scripts/node-version.mjs'), join(folder, 'scripts/node-version.mjs'));
copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
writeFiles(folder, {
  'scripts/first.mjs': `import './node-version.mjs';\nprocess.stdout.write('goes on');\n`,
});

const { engines, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const needed = engines.node.replace('>=', '');
const [major, minor] = needed.split('.').map(Number);
const tooOld = ['18.20.8', '20.20.2', `${major}.${minor - 1}.9`];
const fits = [`${needed}.0`, `${major}.${minor + 1}.0`, `${major + 1}.0.0`, `${major + 10}.0.0`];
const refusal = (version: string) =>
  `Node ${version} (${process.execPath}) is too old: Sigpack needs ${needed} or newer`;

describe('the command', () => {
  it.each(tooOld)('refuses Node %s at once, whatever is asked', (version) => {
    for (const args of [[], ['--version'], ['check'], ['lsp'], ['completion', 'words']])
      expect(runAs(version, alone, ...args)).toEqual({
        code: 2,
        stdout: '',
        stderr: `sigpack: ${refusal(version)} (https://nodejs.org)\n`,
      });
  });

  it.each(fits)('takes Node %s', (version) => {
    expect(runAs(version, mainFile, '--version').code).toBe(0);
  });
});

describe('the scripts of a checkout', () => {
  const script = join(folder, 'scripts/first.mjs');

  it.each(tooOld)('refuse Node %s, and say what to do', (version) => {
    expect(runAs(version, script)).toEqual({
      code: 1,
      stdout: '',
      stderr: `${refusal(version)}.\n\`npm ci\` without --ignore-scripts installs one for the scripts of npm.\n`,
    });
  });

  it.each(fits)('take Node %s', (version) => {
    expect(runAs(version, script)).toEqual({ code: 0, stdout: 'goes on', stderr: '' });
  });

  it('ask before all else', () => {
    for (const path of ['scripts/built.mjs', 'vitest.config.ts'])
      expect(readFileSync(join(root, path), 'utf8')).toMatch(
        /^(\/\/.*\n)*import '\.\/(scripts\/)?node-version\.mjs';\n/,
      );
    // older ones than the runner of the tests can load
    expect(scripts.pretest).toBe('node scripts/node-version.mjs');
    for (const name of ['prestart', 'presigpack', 'build', 'check'])
      expect(scripts[name]).toMatch(/^node scripts\/built\.mjs/);
  });
});
