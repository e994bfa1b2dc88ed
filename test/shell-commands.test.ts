import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommands, syntaxErrors } from './judges/shell-commands.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-shell-'));
  writeFileSync(join(folder, 'lines'), 'one\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  'x=-c; grep one',
  'cd /; grep one',
  'exit 0; grep one',
  'continue; grep one',
  'set -f; readonly command; grep one',
  'exec >&2; grep one',
  'grep() { echo two; }; grep one',
  'printf "0\\n0m0.0s 0m0.0s\\n0m0.0s 0m0.0s\\n" >&3; grep one',
])('no command sees what %j did before it', async (first) => {
  const [, ...later] = await runCommands(
    [first, 'grep $x one', 'grep two', "grep 'one"],
    join(folder, 'lines'),
  );
  expect(later.map(({ status, stdout }) => [status, stdout])).toEqual([
    [0, 'one\n'],
    [1, ''],
    [2, ''],
  ]);
});

test('each command has its exit code and its output', async () => {
  const results = await runCommands(
    ['grep one', 'grep two', 'echo odd >&2; exit 7;'],
    join(folder, 'lines'),
  );
  expect(results.map(({ status, stdout, stderr }) => ({ status, stdout, stderr }))).toEqual([
    { status: 0, stdout: 'one\n', stderr: '' },
    { status: 1, stdout: '', stderr: '' },
    { status: 7, stdout: '', stderr: 'odd\n' },
  ]);
});

test('the syntax of commands is read, and nothing is run', async () => {
  const created = join(folder, 'created');
  const found = await syntaxErrors([
    `touch '${created}'`,
    "grep 'one",
    ':; }; exit 0; { :',
    ':; }; continue; { :',
    'grep (one',
    'grep one',
  ]);
  expect(found.map((error) => error === undefined)).toEqual([
    true,
    false,
    false,
    false,
    false,
    true,
  ]);
  expect(() => rmSync(created)).toThrow('ENOENT');
});
