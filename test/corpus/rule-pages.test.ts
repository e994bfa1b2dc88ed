import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { techniqueNames } from '../../src/attack/names.ts';
import { windowsLogs } from '../windows-logs.ts';
import { compiledCorpus } from './compiled-corpus.ts';
import { shared } from './corpus.ts';

const root = join(import.meta.dirname, '..', '..');

/** The names of the rows of the first table, and all headings. */
function shapeOf(markdown: string): { rows: readonly string[]; headings: readonly string[] } {
  const lines = markdown.split('\n');
  const rows = lines
    .filter((line) => line.startsWith('| '))
    .map((line) => (line.split(/(?<!\\)\|/)[1] ?? '').trim());
  return { rows, headings: lines.filter((line) => /^##+ /.test(line)) };
}

// no public repository has these two as they are: who wrote the project has them
const seeds = join(shared, 'seed');
const attack = join(shared, 'attack', 'enterprise-attack.json');

describe.skipIf(!existsSync(seeds))('the page of the seed rule', () => {
  const seed = existsSync(seeds)
    ? readFileSync(join(seeds, readdirSync(seeds)[0] ?? ''), 'utf8')
    : '';
  const page = readFileSync(join(root, 'test', 'pages', 'dhcp-callout-dll-failed.md'), 'utf8');

  it('has the rows and headings of the original, in its order', () => {
    expect(shapeOf(page)).toEqual(shapeOf(seed));
    expect(shapeOf(seed).rows).toHaveLength(11);
    expect(shapeOf(seed).headings).toHaveLength(8);
  });

  it('has the two queries of the original', () => {
    for (const query of ['EventID:("1031" "1032" "1034")', "grep -P '^(?:.*1031|.*1032|.*1034)'"]) {
      for (const text of [seed, page]) expect(text).toContain(`\`\`\`\n${query}\n\`\`\``);
    }
  });
});

it.skipIf(!existsSync(attack))('ATT&CK has the names of its source', async () => {
  const { attackDataFiles } = await import('./make-attack-data.ts');
  const source = JSON.parse(readFileSync(attack, 'utf8'));
  const names = Object.entries<{ name: string }>(source.techniques).map(([id, { name }]) => [
    id,
    name,
  ]);
  expect(Object.fromEntries(techniqueNames())).toEqual(Object.fromEntries(names));
  for (const [name, text] of Object.entries(attackDataFiles))
    expect(readFileSync(join(root, 'src', 'attack', name), 'utf8')).toBe(text);
});

it('knows the logs of all Windows sources of the corpus', () => {
  const { known, unknown } = windowsLogs(compiledCorpus());
  expect(known.length).toBeGreaterThan(64);
  // keywords in any log of Windows
  expect(unknown).toEqual(['windows']);
});
