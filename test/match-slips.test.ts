import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-match-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const rule = (logsource: string): string =>
  `title: T\nid: a\nstatus: test\nlogsource: ${logsource}\ndetection: { s: { Image: x }, condition: s }\n`;
const entry = {
  logsources: 'settings: { interval: 30m }',
  indexes: 'definition: index=os',
} as const;

/** What is said of one entry with a `match`. */
async function slips(
  list: keyof typeof entry,
  match: string,
  logsource = '{ product: windows, category: process_creation }',
  targets = 'splunk',
) {
  const written = `  [{ match: ${match}, ${entry[list]} }]\n`;
  const config = `id: acme\ntargets: [${targets}]\npipelines: { splunk: none, graylog: none }\n${list === 'indexes' ? `splunk:\n index: w\n indexes:\n${written}` : `logsources:\n${written}`}`;
  const { stderr } = await sigpack(['check'], {
    cwd: projectIn(temporary, { 'rules/a.yml': rule(logsource), 'sigpack.yml': config }),
  });
  return Array.from(
    stderr.matchAll(/PCK008\]: (.*)[\s\S]*?hint: (.*)/g),
    ([, message, hint]) => `${message} ${hint}`,
  );
}

const about = (part: string, value: string, near: string) =>
  `\`match\` fits no rule of the packs: no log source has the ${part} \`${value}\` Did you mean \`${near}\`?`;

test.each([
  ['logsources', '{ product: windwos }', [about('product', 'windwos', 'windows')]],
  [
    'logsources',
    '{ product: windows, category: process_creaton }',
    [about('category', 'process_creaton', 'process_creation')],
  ],
  ['indexes', '{ product: linux, service: audtid }', [about('service', 'audtid', 'auditd')]],
  [
    'indexes',
    '{ product: linx, category: proces_creation }',
    [about('product', 'linx', 'linux'), about('category', 'proces_creation', 'process_creation')],
  ],
  // known to Sigma, and of no rule here
  ['logsources', '{ product: linux, service: auditd }', []],
  ['indexes', '{ product: windows }', []],
  // someone's own, close to nothing
  ['logsources', '{ product: acme_ticketing }', []],
] as const)('%s: a match of %s', async (list, match, wanted) => {
  expect(await slips(list, match)).toEqual(wanted);
});

test('a name that a rule has is not a slip, and indexes of Splunk are nothing to a pack for Graylog', async () => {
  expect(await slips('logsources', '{ product: windwos }', '{ product: windwos }')).toEqual([]);
  expect(
    await slips('logsources', '{ product: windwos, category: dns }', '{ product: windwos }'),
  ).toEqual([]);
  expect(await slips('indexes', '{ product: windwos }', undefined, 'graylog')).toEqual([]);
});
