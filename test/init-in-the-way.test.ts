import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { initFlags } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-in-the-way-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

test.each<[string, (folder: string, outside: string) => void, string]>([
  [
    'rules is a file',
    (folder) => writeFileSync(join(folder, 'rules'), ''),
    'rules is a file; a folder is needed there',
  ],
  [
    'package.json is a folder',
    (folder) => mkdirSync(join(folder, 'package.json')),
    'package.json is a folder; a file is needed there',
  ],
  [
    '.gitignore is a folder',
    (folder) => mkdirSync(join(folder, '.gitignore')),
    '.gitignore is a folder; a file is needed there',
  ],
  [
    'rules is a link',
    (folder, outside) => symlinkSync(outside, join(folder, 'rules')),
    'rules is a link; init writes through none',
  ],
  [
    'package.json is a link',
    (folder, outside) => symlinkSync(join(outside, 'x'), join(folder, 'package.json')),
    'package.json is a link; init writes through none',
  ],
])('init writes nothing where %s, with --force or without', async (_, prepare, message) => {
  const folder = mkdtempSync(join(temporary, 'p-'));
  const outside = mkdtempSync(join(temporary, 'o-'));
  prepare(folder, outside);
  const before = readdirSync(folder);
  for (const force of [[], ['--force']]) {
    const { code, stderr } = await sigpack(
      ['init', ...initFlags, '--title', 'Acme detections', ...force],
      { cwd: folder },
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
  expect([readdirSync(folder), readdirSync(outside)]).toEqual([before, []]);
});
