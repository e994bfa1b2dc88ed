import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-hunt-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const rules = `title: Encoded PowerShell
id: 0b2a9f36-5d0c-4f0e-8f0b-1d7d1c6c5a02
level: high
logsource: { product: windows, category: process_creation }
detection: { selection: { EventID: 4104 }, condition: selection }
---
title: Failed Logon
name: failed
logsource: { product: windows, service: security }
detection: { selection: { EventID: 4625 }, condition: selection }
---
title: Many Failed Logons
level: medium
correlation:
  type: event_count
  generate: true
  rules: [failed]
  timespan: 5m
  condition: { gte: 10 }
`;
const configuration = (more = ''): string => `rules: [rules]
targets: [graylog]
pipelines: { graylog: none }
graylog: { mode: ingest, streams: [Windows] }
${more}`;
const project = (more = '', text = rules): string =>
  projectIn(temporary, {
    'sigpack.yml': configuration(more),
    'rules/all.yml': text,
    'drafts/README.md': '',
  });
const cwd = project();

interface Hunts {
  readonly seconds: number;
  readonly hunts: readonly {
    readonly title: string;
    readonly queries: readonly string[];
    readonly links?: readonly string[];
  }[];
}

const hunted = async (args: readonly string[], folder = cwd): Promise<Hunts> => {
  const { code, stdout, stderr } = await sigpack(['hunt', '-f', 'json', ...args], { cwd: folder });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return JSON.parse(stdout) as Hunts;
};

describe('sigpack hunt', () => {
  test('prints the searches of all rules, whatever the mode, and leaves correlations out', async () => {
    const { code, stdout, stderr } = await sigpack(['hunt', '--last', '12h'], { cwd });
    expect(stdout).toBe(`Searches of the last 12h, in the streams Windows:

Encoded PowerShell (high, 0b2a9f36-5d0c-4f0e-8f0b-1d7d1c6c5a02)
  EventID:"4104"

Failed Logon
  EventID:"4625"
`);
    expect(stderr).toContain('1 correlation is left out: a search finds single messages');
    expect(code).toBe(0);
  });

  test.each([
    ['an id', '0B2A9F36-5d0c-4f0e-8f0b-1d7d1c6c5a02'],
    ['a title', 'encoded powershell'],
  ])('takes %s', async (_, word) => {
    const { hunts } = await hunted([word]);
    expect(hunts.map(({ title, queries }) => [title, queries])).toEqual([
      ['Encoded PowerShell', ['EventID:"4104"']],
    ]);
  });

  test('takes a rule that only serves a correlation where it is named', async () => {
    const serving = project('', rules.replace('  generate: true\n', ''));
    const titles = async (args: readonly string[]): Promise<readonly string[]> =>
      (await hunted(args, serving)).hunts.map(({ title }) => title);
    expect(await titles([])).toEqual(['Encoded PowerShell']);
    expect(await titles(['Failed Logon'])).toEqual(['Failed Logon']);
  });

  test('takes a file, and a title among its rules', async () => {
    const { hunts, seconds } = await hunted(['rules/all.yml', 'Failed Logon']);
    expect([hunts.map(({ title }) => title), seconds]).toEqual([['Failed Logon'], 604_800]);
  });

  test('says what a word may have meant', async () => {
    const { code, stderr } = await sigpack(['hunt', 'Failed Logons'], { cwd });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('no rule with the id or title "Failed Logons"'),
    ]);
    expect(stderr).toContain('did you mean "Failed Logon"?');
  });

  test('links the search page of the server that is known', async () => {
    const link =
      'https://graylog.example.org/search?rangetype=relative&relative=3600&q=EventID%3A%224625%22';
    const named = ['Failed Logon', '--last', '1h'];
    const own = await hunted([...named, '--server', 'https://graylog.example.org/']);
    expect(own.hunts[0]?.links).toEqual([link]);
    const place = `installs: { soc: { kind: graylog, url: 'https://graylog.example.org/api' } }\n`;
    expect((await hunted(named, project(place))).hunts[0]?.links).toEqual([link]);
    expect((await hunted(named)).hunts[0]?.links).toBeUndefined();
  });

  test.each([
    [['--last', '0d'], 'It must be a span of time'],
    [['--server', 'ftp://a'], '--server is not an http address'],
    [['Many Failed Logons', '--server', 'ftp://a'], '--server is not an http address'],
    [['drafts'], 'there is no rule in drafts'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await sigpack(['hunt', ...args], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

test('convert and explain print the condition that the pipelines of the pack test', async () => {
  const words = ['rules/all.yml', '-t', 'graylog'];
  const converted = await sigpack(['convert', '-s', ...words], { cwd });
  expect(converted.stdout).toMatch(/^"4104" == .*\$message\.EventID/);
  const explained = await sigpack(['explain', ...words], { cwd });
  expect(explained.stdout).toMatch(/Query\n {2}"4104" == .*\$message\.EventID/);
});
