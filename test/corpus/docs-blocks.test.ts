import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
  const page = readFileSync(path, 'utf8');
  const block = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)]
    .map(([, text = '']) => text)
    .find((text) => text.startsWith(start));
  const [command = '', ...lines] = block?.trimEnd().split('\n') ?? [];
  const words = command.replace(/^\$ sigpack | 2>\w+$/g, '').split(' ');
  const { stdout } = await sigpack(words, { cwd: folder });
  const printed = stdout.trimEnd().split('\n').slice(0, lines.length);
  if (process.env.UPDATE === '1' && block !== undefined)
    writeFileSync(
      path,
      page.replace(block, () => `${[command, ...printed].join('\n')}\n`),
    );
  else expect(stable(printed.join('\n'))).toBe(stable(lines.join('\n')));
});
