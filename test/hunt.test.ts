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
const configuration = (more: string, mode: 'ingest' | 'search'): string => `rules: [rules]
targets: [graylog]
pipelines: { graylog: none }
graylog: { mode: ${mode}, streams: [Windows] }
${more}`;
const project = (more = '', text = rules, mode: 'ingest' | 'search' = 'ingest'): string =>
  projectIn(temporary, {
    'sigpack.yml': configuration(more, mode),
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
    expect(stdout).toBe(`Searches of the last 12h, in the stream Windows:

Encoded PowerShell (high, 0b2a9f36-5d0c-4f0e-8f0b-1d7d1c6c5a02)
  EventID:"4104"

Failed Logon (medium)
  EventID:"4625"
`);
    expect(stderr).toContain('1 correlation is left out: a search finds single messages');
    expect(code).toBe(0);
  });

  test('says where nobody has chosen the field names: no message may have those of Sigma', async () => {
    const folder = projectIn(temporary, { 'rules/all.yml': rules });
    const run = async (...args: readonly string[]) =>
      (await sigpack(['hunt', 'rules', ...args], { cwd: folder })).stderr;
    const note = "sigpack: graylog: field names are Sigma's own; -p chooses pipelines";
    expect(await run()).toContain(note);
    expect(await run('-p', 'none')).not.toContain(note);
    expect(await run('-p', 'graylog')).not.toContain(note);
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

  test('names the rules that only serve a correlation where it leaves them out', async () => {
    const serving = project('', rules.replace('  generate: true\n', ''));
    const { code, stderr } = await sigpack(['hunt'], { cwd: serving });
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        'sigpack: 1 rule that only serves correlations is left out unless named: "Failed Logon"\n',
      ),
    ]);
    expect((await sigpack(['hunt', 'Failed Logon'], { cwd: serving })).stderr).toBe('');
  });

  test('links a value that no URL can hold', async () => {
    const folder = project('', rules.replace(/EventID: *\S+/, 'Image: "a\\ud800b"'));
    const args = ['hunt', 'Encoded PowerShell', '--server', 'https://graylog.example.org'];
    const { code, stdout } = await sigpack(args, { cwd: folder });
    expect([code, stdout]).toEqual([0, expect.stringContaining('%EF%BF%BD')]);
  });

  describe('has what the pack has about a rule', () => {
    const settings = 'sigpack: { name: Shell, severity: critical, graylog: { streams: [Own] } }';
    const text = rules.replace('---\n', `${settings}\n---\n`);
    const folder = project('namePrefix: "ACME "\n', text);

    test.each(['shell', 'acme shell', 'Encoded PowerShell'])('by the name %s', async (word) => {
      const { hunts } = await hunted([word], folder);
      expect(hunts).toEqual([
        {
          id: '0b2a9f36-5d0c-4f0e-8f0b-1d7d1c6c5a02',
          title: 'Encoded PowerShell',
          name: 'Shell',
          level: 'critical',
          file: 'rules/all.yml',
          queries: ['EventID:"4104"'],
        },
      ]);
    });

    test('the streams of all rules at ingest, of each in search mode', async () => {
      const ingest = await sigpack(['hunt', 'Shell', '--last', '7d'], { cwd: folder });
      expect(ingest.stdout).toBe(`Searches of the last 7d, in the streams Own, Windows:

Shell (critical, 0b2a9f36-5d0c-4f0e-8f0b-1d7d1c6c5a02)
  EventID:"4104"
`);
      const search = project('', text, 'search');
      expect(
        (await sigpack(['hunt'], { cwd: search })).stdout,
      ).toBe(`Searches of the last 7d, in the stream Windows:

Shell (critical, 0b2a9f36-5d0c-4f0e-8f0b-1d7d1c6c5a02, in the stream Own)
  EventID:"4104"

Failed Logon (medium)
  EventID:"4625"
`);
    });
  });

  test('has the level for the log source as the rule has it, which pipelines change', async () => {
    const config = `rules: [rules]
targets: [graylog]
pipelines: { graylog: graylog }
graylog: { mode: ingest, streams: [Windows] }
logsources:
  - match: { category: process_creation }
    settings: { severity: critical }
  - match: { service: sysmon }
    settings: { severity: low }
`;
    const text = rules.replace('{ EventID: 4104 }', "{ Image|endswith: '\\\\a.exe' }");
    const folder = projectIn(temporary, { 'sigpack.yml': config, 'rules/all.yml': text });
    const { hunts } = await hunted(['Encoded PowerShell'], folder);
    expect(hunts).toMatchObject([{ level: 'critical' }]);
  });

  test('says why a rule that only works at ingest has no search', async () => {
    const text = rules.replace('{ EventID: 4104 }', '{ ParentImage|fieldref: Image }');
    const folder = project('', text);
    const { code, stdout, stderr } = await sigpack(['hunt'], { cwd: folder });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('TGT001')]);
    expect(stdout).toContain(
      '\nEncoded PowerShell (high, 0b2a9f36-5d0c-4f0e-8f0b-1d7d1c6c5a02)\n' +
        '  No search finds this in stored messages; rules at ingest do: ',
    );
    const { hunts } = await hunted(['Encoded PowerShell'], folder);
    expect(hunts).toMatchObject([{ queries: [], reason: expect.stringMatching(/field/) }]);
    const search = project('', text, 'search');
    expect(await sigpack(['hunt'], { cwd: search })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('error[TGT001]'),
    });
  });

  test('takes a file, and a title among its rules', async () => {
    const { hunts, seconds } = await hunted(['rules/all.yml', 'Failed Logon']);
    expect([hunts.map(({ title }) => title), seconds]).toEqual([['Failed Logon'], 604_800]);
  });

  test('says what a word may have meant', async () => {
    const { code, stderr } = await sigpack(['hunt', 'Failed Logons'], { cwd });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('no rule with the id, title or name "Failed Logons"'),
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
    const { stdout } = await sigpack(['hunt', ...named], { cwd: project(place) });
    expect(stdout).toContain('\n(The links search all streams, ');
    expect((await sigpack(['hunt', ...named], { cwd })).stdout).not.toContain('links');
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
