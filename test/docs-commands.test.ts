import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeIn } from './page-blocks.ts';
import { sigpack } from './sigpack.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-docs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// the example of docs/configuration.md, in a project as it makes one
beforeAll(async () => {
  const [line = ''] = commandsIn('configuration.md');
  const { code, stderr } = await sigpack(wordsOf(line).slice(1), { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
});

/** The words of a command line of bash, without quoting inside words. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);

/** Commands of sigpack in blocks of a page that show no output. */
function commandsIn(page: string): readonly string[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  return codeIn(text, 'console', 'sh', 'bash').flatMap((block) => {
    const lines = block.trimEnd().split('\n');
    const commands = lines.map((line) => line.replace(/^\$ /, '').replace(/\s+#.*$/, ''));
    return commands.every((line) => line.startsWith('sigpack ')) ? commands : [];
  });
}

describe.each(['graylog-pack.md', 'pipelines.md', 'rule-pages.md', 'splunk-groups.md'])(
  'the commands of docs/%s that show no output work',
  (page) => {
    test.each(commandsIn(page))('%s', async (line) => {
      const [, ...args] = wordsOf(line);
      const { code, stderr } = await sigpack(args, { cwd: folder });
      expect(code, stderr).toBe(0);
      expect(stderr).not.toContain('error[');
    });
  },
);
