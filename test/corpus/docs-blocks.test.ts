import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeIn } from '../page-blocks.ts';
import { sigpack } from '../sigpack.ts';
import { shared } from './corpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-docs-'));
beforeAll(() => symlinkSync(join(shared, 'corpus'), join(folder, 'sigma')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const docs = join(import.meta.dirname, '..', '..', 'docs');

/** What differs from run to run and from machine to machine. */
const stable = (text: string): string =>
  text
    .replace(/\b[\d.]+ [KM]iB/g, '? MiB')
    .replace(/ +(?=\? MiB)/g, ' ')
    .replace(/\d+\.\d s$/gm, '? s');

/**
 * Commands with the public rules print what the documents show: the first lines of it. `UPDATE=1`
 * writes them into the documents.
 */
test.each([
  ['build.md', '$ sigpack build sigma/rules'],
  ['splunk-pack.md', '$ sigpack stats --budget 240'],
])('%s: %s', async (name, start) => {
  const path = join(docs, name);
  const block = blockOf(path, start);
  const { command, lines } = partsOf(block);
  const words = command.replace(/^\$ sigpack | 2>\w+$/g, '').split(' ');
  const { stdout } = await sigpack(words, { cwd: folder });
  const printed = stdout.trimEnd().split('\n').slice(0, lines.length);
  if (process.env.UPDATE === '1')
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(block, () => `${[command, ...printed].join('\n')}\n`),
    );
  expect(printed.length).toBeGreaterThan(1);
  expect(stable(printed.join('\n'))).toBe(stable(partsOf(blockOf(path, start)).lines.join('\n')));
});

/** The block of a page that starts with a command. */
function blockOf(path: string, start: string): string {
  const blocks = codeIn(readFileSync(path, 'utf8'), 'console');
  const block = blocks.find((text) => text.startsWith(start));
  if (block === undefined) throw new Error(`${path} has no block of: ${start}`);
  return block;
}

/** A command, and the lines that are shown below it. */
function partsOf(block: string): { readonly command: string; readonly lines: readonly string[] } {
  const [command = '', ...lines] = block.trimEnd().split('\n');
  return { command, lines };
}
