import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { blocksOf, expectSession } from './doc-blocks.ts';
import { projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'from-sigma-cli.md'), 'utf8');
const temporary = mkdtempSync(join(tmpdir(), 'sigpack-from-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const pipeline = (name: string): string =>
  `name: ${name}\npriority: 10\ntransformations:\n- type: set_state\n  key: seen_${name}\n  val: 1\n`;
const folder = projectIn(temporary, {
  'rules/a.yml':
    'title: A\nid: 2c1a1b52-7d0e-4b7a-8c55-000000000001\nstatus: test\nlogsource: { product: windows, category: process_creation }\ndetection:\n  selection: { CommandLine|contains: xyz }\n  condition: selection\n',
  'filters/f.yml':
    'title: F\nlogsource: { product: windows, category: process_creation }\nfilter:\n  rules: any\n  selection: { User: admin }\n  condition: not selection\n',
  'sigpack.yml':
    'id: acme\nsplunk: { index: windows }\npipelines: { splunk: splunk, graylog: graylog }\ngraylog: { streams: all }\n',
  'a.yml': pipeline('a'),
  'b.yml': pipeline('b'),
  'model.yml':
    'transformations:\n- { type: set_state, key: data_model_set, val: Endpoint.Processes }\n- { type: field_name_mapping, mapping: { CommandLine: Processes.process } }\n',
});

const rows = [...page.matchAll(/^\| `(sigma [^`]+)` \| `sigpack ([^`]+)` \|/gm)].map(
  ([, theirs = '', ours = '']) => [theirs, ours] as const,
);

test('the table is read', () => expect(rows.length).toBeGreaterThan(15));

test.each(rows)('%s is sigpack %s', async (_, ours) => {
  const { code, stdout, stderr } = await sigpack(ours.split(' '), { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout !== '' || ours.includes(' -o ')).toBe(true);
});

test('what the page shows of an answer is what is printed', async () => {
  const blocks = blocksOf('docs/from-sigma-cli.md');
  expect(blocks).toHaveLength(1);
  for (const block of blocks) await expectSession(block, { cwd: folder, codes: [2] });
});
