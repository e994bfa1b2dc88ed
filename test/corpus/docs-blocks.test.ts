import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blockOf, updated } from '../doc-blocks.ts';
import { sigpack } from '../sigpack.ts';
import { shared } from './corpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-docs-'));
beforeAll(() => symlinkSync(join(shared, 'corpus'), join(folder, 'sigma')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
  const block = blockOf(`docs/${name}`, start);
  const { command, lines } = partsOf(block.text);
  const words = command.replace(/^\$ sigpack | 2>\w+$/g, '').split(' ');
  const { stdout } = await sigpack(words, { cwd: folder });
  const printed = stdout.trimEnd().split('\n').slice(0, lines.length);
  const there = updated(block, `${[command, ...printed].join('\n')}\n`);
  expect(printed.length).toBeGreaterThan(1);
  expect(stable(printed.join('\n'))).toBe(stable(partsOf(there).lines.join('\n')));
});

/** A command, and the lines that are shown below it. */
function partsOf(block: string): { readonly command: string; readonly lines: readonly string[] } {
  const [command = '', ...lines] = block.trimEnd().split('\n');
  return { command, lines };
}
