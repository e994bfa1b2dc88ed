import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleText } from './compile.ts';
import { sigpack } from './sigpack.ts';

let folder = '';
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const run = (...args: readonly string[]) => sigpack(['match', ...args], { cwd: folder });

const logon = (time: string, user: string): string =>
  JSON.stringify({ EventID: 4625, TargetUserName: user, '@timestamp': `2026-03-01T10:${time}Z` });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-match-'));
  write(
    'tool.yml',
    ruleText("selection: { Image|endswith: '\\tool.exe' }\ncondition: selection").replace(
      /^title: .*$/m,
      'title: A tool',
    ),
  );
  const failed = ruleText('selection: { EventID: 4625 }\ncondition: selection')
    .replace(/^title: .*$/m, 'title: Failed logon\nname: failed_logon')
    .replace(/^id: .*$/m, 'id: 00000000-0000-4000-8000-000000000001');
  const correlation = `title: Many failed logons
correlation:
  type: event_count
  rules: [failed_logon]
  group-by: [TargetUserName]
  timespan: 1m
  condition: { gte: 2 }
`;
  write('logons.yml', `${failed.trimEnd()}\n---\n${correlation}`);
  write(
    'events.ndjson',
    `{"Image":"C:\\\\TOOL.exe"}\n{"Image":"C:\\\\other.exe"}\n${[logon('00:00', 'ann'), logon('00:10', 'bob'), logon('00:20', 'ann')].join('\n')}\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('sigpack match', () => {
  test('names the rules of each event by file and line, correlations with their group', async () => {
    const { code, stdout, stderr } = await run(
      'tool.yml',
      'logons.yml',
      '--events',
      'events.ndjson',
    );
    expect(stdout.split('\n')).toEqual([
      'events.ndjson:1: A tool',
      'events.ndjson:5: Many failed logons ann',
      '',
    ]);
    expect(stderr).toContain('2 of 5 events matched');
    expect(code).toBe(0);
  });

  test('names rules below a correlation by themselves where that generates them, or is not asked', async () => {
    const logons = readFileSync(join(folder, 'logons.yml'), 'utf8');
    write('generating.yml', logons.replace('correlation:\n', 'correlation:\n  generate: true\n'));
    const found = [
      '3: Failed logon',
      '4: Failed logon',
      '5: Failed logon',
      '5: Many failed logons ann',
    ].map((line) => `events.ndjson:${line}`);
    expect(
      (await run('generating.yml', '--events', 'events.ndjson')).stdout.trimEnd().split('\n'),
    ).toEqual(found);
    write('alone.yml', logons.slice(0, logons.indexOf('---')));
    expect(
      (await run('alone.yml', '--events', 'events.ndjson')).stdout.trimEnd().split('\n'),
    ).toEqual(found.slice(0, 3));
  });

  test('counts the events without a time, of which no correlation is asked', async () => {
    const timeless = '1 event has no known time: correlations were not tested on it\n';
    write(
      'timeless.ndjson',
      `${[{ EventID: 4625 }, { EventID: 4625, time: 'yesterday' }].map((event) => JSON.stringify(event)).join('\n')}\n`,
    );
    expect((await run('tool.yml', 'logons.yml', '--events', 'timeless.ndjson')).stderr).toContain(
      '2 events have no known time: correlations were not tested on them\n',
    );
    write('one.json', '{"EventID":4625}');
    expect((await run('logons.yml', '--events', 'one.json')).stderr).toContain(timeless);
    expect((await run('tool.yml', '--events', 'one.json')).stderr).not.toContain('no time');
    write('timed.ndjson', `${logon('00:00', 'ann')}\n`);
    expect((await run('logons.yml', '--events', 'timed.ndjson')).stderr).not.toContain('no time');
  });

  test('writes a line of JSON for each event that a rule matches', async () => {
    const { code, stdout } = await run('tool.yml', '--events', 'events.ndjson', '-f', 'ndjson');
    expect(JSON.parse(stdout)).toEqual({
      file: 'events.ndjson',
      line: 1,
      rules: [{ id: '00000000-0000-4000-8000-000000000000', title: 'A tool', file: 'tool.yml' }],
      event: { Image: 'C:\\TOOL.exe' },
    });
    expect(code).toBe(0);
  });

  test('asks events of the Windows event log no rules of other products', async () => {
    const rule = (title: string, product: string): void =>
      write(
        `${product}.yml`,
        `title: ${title}\nlogsource: { product: ${product} }\ndetection:\n  selection: { EventID: 1 }\n  condition: selection\n`,
      );
    rule('Of Linux', 'linux');
    rule('Of Windows', 'windows');
    write(
      'windows.json',
      '{"Event":{"System":{"EventID":1,"Channel":"Security","Provider":{"#attributes":{"Name":"p"}}}}}',
    );
    expect((await run('linux.yml', 'windows.yml', '--events', 'windows.json')).stdout).toBe(
      'windows.json:1: Of Windows\n',
    );
  });

  test('asks rules of other log sources where that is wanted, and says what it does not ask', async () => {
    const rule = (name: string, logsource: string): void =>
      write(
        `${name}.yml`,
        `title: ${name}\nlogsource: { ${logsource} }\ndetection:\n  selection: { EventID|exists: true }\n  condition: selection\n`,
      );
    rule('Created', 'product: Windows, category: PROCESS_CREATION');
    rule('Loaded', 'product: windows, category: image_load');
    rule('Peer', 'product: zeek, service: rdp');
    const rules = ['Created.yml', 'Loaded.yml', 'Peer.yml'];
    const event = {
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Provider_Name: 'Microsoft-Windows-Sysmon',
    };
    write('sources.ndjson', `${JSON.stringify(event)}\n{"EventID":"of anyone"}\n`);
    const narrow = await run(...rules, '--events', 'sources.ndjson');
    expect(narrow.stdout.split('\n')).toEqual([
      'sources.ndjson:1: Created',
      ...['Created', 'Loaded', 'Peer'].map((title) => `sources.ndjson:2: ${title}`),
      '',
    ]);
    expect(narrow.stderr).toContain(
      'Events were only tested with the rules of their log source, 1 of unknown origin with all rules; --all-log-sources tests them with all rules',
    );
    const all = await run(...rules, '--events', 'sources.ndjson', '--all-log-sources');
    expect(all.stdout.split('\n')).toHaveLength(7);
    expect(all.stderr).not.toContain('--all-log-sources');
  });

  test('asks the rules below a correlation by their log sources too', async () => {
    const base =
      'title: Base\nname: base\nlogsource: { product: PRODUCT }\ndetection:\n  s: { EventID: 4625 }\n  condition: s\n';
    const outer =
      'title: Outer\ncorrelation: { type: event_count, rules: [base], timespan: 1m, condition: { gte: 1 } }\n';
    write('of-windows.yml', `${base.replace('PRODUCT', 'windows')}---\n${outer}`);
    write('of-zeek.yml', `${base.replace('PRODUCT', 'zeek')}---\n${outer}`);
    write(
      'security.json',
      JSON.stringify({ EventID: 4625, Channel: 'Security', '@timestamp': '2026-03-01T10:00:00Z' }),
    );
    expect((await run('of-windows.yml', '--events', 'security.json')).stdout).toContain('Outer');
    expect((await run('of-zeek.yml', '--events', 'security.json')).stdout).toBe('');
    expect(
      (await run('of-zeek.yml', '--events', 'security.json', '--all-log-sources')).stdout,
    ).toContain('Outer');
  });

  test('goes by the log source that pipelines give a rule', async () => {
    write(
      'moved.yml',
      'title: Moved\nlogsource: { category: own }\ndetection:\n  s: { EventID: 4625 }\n  condition: s\n',
    );
    const to = (service: string): string =>
      `name: p\npriority: 1\ntransformations:\n  - { id: a, type: change_logsource, product: windows, service: ${service} }\n`;
    write('security.yml', to('security'));
    write('system.yml', to('system'));
    write('moved.json', JSON.stringify({ EventID: 4625, Channel: 'Security' }));
    expect(
      (await run('moved.yml', '--events', 'moved.json', '-t', 'splunk', '-p', './security.yml'))
        .stdout,
    ).toContain('Moved');
    expect(
      (await run('moved.yml', '--events', 'moved.json', '-t', 'splunk', '-p', './system.yml'))
        .stdout,
    ).toBe('');
  });

  test('takes the rules through the pipelines of a target', async () => {
    write(
      'pipeline.yml',
      'name: p\npriority: 1\ntransformations:\n  - id: f\n    type: field_name_mapping\n    mapping: { Image: process }\n',
    );
    write('named.json', '{"process":"C:\\\\tool.exe"}');
    expect((await run('tool.yml', '--events', 'named.json')).stdout).toBe('');
    expect(
      (await run('tool.yml', '--events', 'named.json', '-t', 'splunk', '-p', './pipeline.yml'))
        .stdout,
    ).toBe('named.json:1: A tool\n');
  });

  test('leaves out what a target leaves out, and says so', async () => {
    const text = ruleText('selection: { EventID: 1 }\ncondition: selection or not selection');
    write('always.yml', text);
    write('one.json', '{"EventID":1}');
    const asWritten = await run('always.yml', '--events', 'one.json');
    expect([asWritten.stdout, asWritten.stderr]).toEqual([
      expect.stringContaining('one.json:1: '),
      expect.not.stringContaining('PIP008'),
    ]);
    const targeted = await run('always.yml', '--events', 'one.json', '-t', 'splunk', '-p', 'none');
    expect([targeted.stdout, targeted.stderr]).toEqual([
      '',
      expect.stringMatching(/warning\[PIP008\]: splunk: .* is true of every event .*left out/),
    ]);
  });

  test('says what can not be read or matched', async () => {
    const missing = await run('tool.yml', '--events', 'nowhere.json');
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('nowhere.json')]);
    write('back.yml', ruleText("selection: { a|re: '(x)\\1' }\ncondition: selection"));
    const back = await run('back.yml', '--events', 'events.ndjson');
    expect(back.stderr).toContain('TST004');
    expect((await run('tool.yml')).code).toBe(2);
  });
});
