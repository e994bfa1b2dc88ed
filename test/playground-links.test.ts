import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type SharedState, stateIn } from '../src/playground/share.ts';
import { writeFiles } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-links-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const logon = `title: Logon <of> someone
id: 5c1f6d0e-7c2b-4c57-9d0d-2a3f0c6b8e11
name: logon
logsource: { product: windows, service: security }
detection: { selection: { EventID: 4625 }, condition: selection }
`;
const correlation = `title: Many logons
id: 5c1f6d0e-7c2b-4c57-9d0d-2a3f0c6b8e12
correlation:
  type: event_count
  rules: [logon]
  group-by: [TargetUserName]
  timespan: 5m
  condition: { gte: 9 }
`;
const filter = `title: Not the scanner
id: 5c1f6d0e-7c2b-4c57-9d0d-2a3f0c6b8e13
logsource: { product: windows, service: security }
filter:
  rules: [logon]
  selection: { TargetUserName: scanner }
  condition: not selection
`;

writeFiles(folder, {
  'rules/logon.yml': logon,
  'rules/logons.yml': correlation,
  'filters/scanner.yml': filter,
  'sigpack.yml':
    'title: A pack\nfilters: [filters]\ntargets: [graylog, splunk]\n' +
    'pipelines: { graylog: graylog, splunk: [own.yml] }\n',
  'own.yml': 'name: Own\npriority: 1\ntransformations: []\n',
});

const docs = (...args: readonly string[]) => sigpack(['docs', ...args], { cwd: folder });
const pageOf = (name: string): string =>
  readFileSync(join(folder, 'site', 'rules', `${name}.html`), 'utf8');
const linkIn = (page: string): string =>
  /<dt>Playground<\/dt><dd><a href="([^"]*)"/.exec(page)?.[1] ?? '';

async function stateOf(name: string): Promise<SharedState | undefined> {
  const fragment = linkIn(pageOf(name)).split('#').at(-1) ?? '';
  return stateIn(fragment);
}

it('links a rule with its filters, its target and the built-in pipeline', async () => {
  expect(await docs('--playground', 'playground.html')).toMatchObject({ code: 0, stderr: '' });
  expect(linkIn(pageOf('logon'))).toMatch(/^\.\.\/playground\.html#[\w-]+$/);
  expect(await stateOf('logon')).toEqual({
    rule: `${logon}---\n${filter}`,
    settings: '',
    // the link can't carry a pipeline of the project's own
    pipelines: { graylog: ['graylog'] },
    pasted: '',
    events: '',
    target: 'graylog',
  });
});

it('links a correlation with the rules that it counts, and their filters', async () => {
  await docs('--playground', 'https://example.org/play?a=1&b=2', '-t', 'splunk');
  expect(linkIn(pageOf('logons'))).toMatch(/^https:\/\/example\.org\/play\?a=1&#38;b=2#/);
  expect(await stateOf('logons')).toMatchObject({
    rule: `${correlation}---\n${logon}---\n${filter}`,
    pipelines: {},
    target: 'splunk',
  });
});

it('links nothing unless it is asked to', async () => {
  await docs();
  expect(pageOf('logon')).not.toMatch(/playground/i);
});

it('has no link for a rule that is too long for one', async () => {
  let noise = '';
  for (let n = 1; noise.length < 400_000; n = (n * 48_271) % 2_147_483_647) noise += n.toString(36);
  const long = logon.replace('title:', `description: ${noise}\ntitle:`).replace('8e11', '8e14');
  writeFiles(folder, { 'rules/long.yml': long.replace('name: logon\n', '') });
  await docs('--playground', 'playground.html');
  expect(linkIn(pageOf('long'))).toBe('');
  expect(linkIn(pageOf('logons'))).not.toBe('');
});

it.each([
  ['javascript:alert(1)'],
  ['//example.org/page.html'],
  ['ftp://example.org/page.html'],
  ['page.html#rule'],
  ['a b.html'],
  [''],
])('refuses the address %j', async (address) => {
  expect(await docs('--playground', address)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--playground takes an http or https address'),
  });
});

it.each([
  ['Markdown has none', ['-f', 'markdown'], '--playground is for HTML pages'],
  ['the server shows pages alone', ['--serve', '--port', '0'], '--serve shows the pages alone'],
])('refuses what it cannot honour: %s', async (_, args, reason) => {
  expect(await docs('--playground', 'playground.html', ...args)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(reason),
  });
});

it('links correlations that share their parts on many levels', async () => {
  const levels = Array.from({ length: 30 }, (_, level) =>
    ['a', 'b'].map((name) =>
      correlation
        .replace('Many logons', `Level ${level} ${name}`)
        .replace(/id: .*\n/, `name: level${level}${name}\n`)
        .replace('[logon]', level === 0 ? '[logon]' : `[level${level - 1}a, level${level - 1}b]`)
        .replace('event_count', level === 0 ? 'event_count' : 'temporal')
        .replace(/ {2}condition: .*\n/, level === 0 ? '$&' : ''),
    ),
  ).flat();
  const shared = join(folder, 'shared');
  writeFiles(shared, { 'all.yml': [logon, ...levels].join('---\n') });
  const made = await docs(
    'shared',
    '-o',
    'many',
    '--playground',
    'playground.html',
    '-t',
    'splunk',
  );
  expect(made.stdout).toMatch(/^wrote \d+ pages/m);
});
