import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleText } from './compile.ts';
import { sigpack } from './sigpack.ts';

let folder = '';
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const run = (...args: readonly string[]) => sigpack(['match', ...args], { cwd: folder });

const logon = (time: string, user: string): string => JSON.stringify({ EventID: 4625, TargetUserName: user, '@timestamp': `2026-03-01T10:${time}Z` });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-match-'));
  write('tool.yml', ruleText("selection: { Image|endswith: '\\tool.exe' }\ncondition: selection").replace(/^title: .*$/m, 'title: A tool'));
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
    const { code, stdout, stderr } = await run('tool.yml', 'logons.yml', '--events', 'events.ndjson');
    expect(stdout.split('\n')).toEqual([
      'events.ndjson:1: A tool',
      'events.ndjson:3: Failed logon',
      'events.ndjson:4: Failed logon',
      'events.ndjson:5: Failed logon',
      'events.ndjson:5: Many failed logons ann',
      '',
    ]);
    expect(stderr).toContain('4 of 5 events matched');
    expect(code).toBe(0);
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
      write(`${product}.yml`, `title: ${title}\nlogsource: { product: ${product} }\ndetection:\n  selection: { EventID: 1 }\n  condition: selection\n`);
    rule('Of Linux', 'linux');
    rule('Of Windows', 'windows');
    write('windows.json', '{"Event":{"System":{"EventID":1,"Channel":"Security","Provider":{"#attributes":{"Name":"p"}}}}}');
    expect((await run('linux.yml', 'windows.yml', '--events', 'windows.json')).stdout).toBe('windows.json:1: Of Windows\n');
  });

  test('takes the rules through the pipelines of a target', async () => {
    write('pipeline.yml', 'name: p\npriority: 1\ntransformations:\n  - id: f\n    type: field_name_mapping\n    mapping: { Image: process }\n');
    write('named.json', '{"process":"C:\\\\tool.exe"}');
    expect((await run('tool.yml', '--events', 'named.json')).stdout).toBe('');
    expect((await run('tool.yml', '--events', 'named.json', '-t', 'splunk', '-p', './pipeline.yml')).stdout).toBe('named.json:1: A tool\n');
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
