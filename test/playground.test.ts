import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { usedClasses } from '../scripts/playground/trim.mjs';
import { createAnswerer } from '../src/playground/answer.ts';
import { chosenFirst } from '../src/playground/chosen-first.ts';
import type {
  PlaygroundInput,
  PlaygroundOpening,
  PlaygroundResult,
} from '../src/playground/messages.ts';
import { fragmentOf, largestFragment, stateIn } from '../src/playground/share.ts';
import { classes, positions } from '../src/python-regex/syntax/spelling.ts';
import { sigpack } from './sigpack.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-playground-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = `title: A
id: 5c1f6d0e-7c2b-4c57-9d0d-2a3f0c6b8e11
logsource: { product: windows, category: process_creation }
detection:
  selection:
    Image|endswith: '\\cmd.exe'
    CommandLine: {values}
  condition: selection
`.replace('{values}', '[a, b]');
const input: PlaygroundInput = { rule: text, settings: '', pipelines: {}, pasted: '', events: '' };

function compiled(changed: Partial<PlaygroundInput>): PlaygroundResult {
  const answer = createAnswerer(() => 'id');
  const pipelines = {
    mine:
      'name: Mine\npriority: 1\ntransformations:\n' +
      '  - type: field_name_mapping\n    mapping: { Image: process }\n',
  };
  answer({ kind: 'data', data: { pipelines, vocabulary: { fields: {} } } });
  const answered = answer({ kind: 'compile', id: 1, input: { ...input, ...changed } });
  if (answered?.kind !== 'compiled') throw new Error('no answer');
  return answered.result;
}

describe('sigpack playground', () => {
  it('writes one file, whose policy allows its own script and no connection', async () => {
    const run = await sigpack(['playground', '-o', 'page.html'], { cwd: folder });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/connect-src|unsafe-eval|script-src[^;]*unsafe|https?:/);
    const scripts = [
      ...page.matchAll(/<script(?:| type="text\/plain" id="editor-script")>([\s\S]*?)<\/script>/g),
    ];
    const digests = scripts.map(([, script = '']) =>
      createHash('sha256').update(script).digest('base64'),
    );
    expect(digests).toHaveLength(3);
    expect(policy).toContain(
      `script-src ${digests.map((digest) => `'sha256-${digest}'`).join(' ')};`,
    );
    expect(page.match(/<script/g)).toHaveLength(6);
    const [, data = ''] = /id="data">([\s\S]*?)<\/script>/.exec(page) ?? [];
    expect(Object.keys(JSON.parse(data).pipelines)).toContain('splunk-windows-xml');
  });

  it('has less than 350,000 bytes without the pipelines, compressed as a server does', async () => {
    await sigpack(['playground', '-o', 'page.html'], { cwd: folder });
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    const plain = page.replace(/(id="(?:data|opening)">)[\s\S]*?(?=<\/script>)/g, '$1');
    expect(page.length - plain.length).toBeGreaterThan(10_000);
    expect(gzipSync(plain, { level: 9 }).length).toBeLessThan(350_000);
  });

  it.each([
    ['without a project', undefined],
    [
      'with settings of a project',
      'pipelines: { graylog: graylog }\nseverities: { TGT002: off }\n',
    ],
  ])('opens with what its worker answers, %s', async (_, config) => {
    const project = mkdtempSync(join(folder, 'project-'));
    if (config !== undefined) writeFileSync(join(project, 'sigpack.yml'), config);
    await sigpack(['playground', '-o', 'page.html'], { cwd: project });
    const page = readFileSync(join(project, 'page.html'), 'utf8');
    const jsonOf = (id: string) =>
      JSON.parse(page.match(new RegExp(`id="${id}">(.*)</script>`))?.[1] ?? '');
    const opening: PlaygroundOpening = jsonOf('opening');
    const answer = createAnswerer(() => 'id');
    answer({ kind: 'data', data: jsonOf('data') });
    const answered = answer({ kind: 'compile', id: 1, input: opening.input });
    expect(answered).toEqual({ kind: 'compiled', id: 1, result: opening.result });
    const graylog = opening.result.queries.find(({ target }) => target === 'graylog');
    expect(graylog?.text.includes('winlogbeat_')).toBe(config !== undefined);
  });

  it('has the classes of letters that patterns are written with, and no others', () => {
    const written = [...classes.values(), ...positions.values()].flatMap(({ linear }) =>
      Array.from(linear.matchAll(/\\p\{(\w+)\}/gi), ([, name = '']) => name),
    );
    expect([...new Set(written)].sort()).toEqual(usedClasses);
  });

  it('has the fields that the rules of the project use', async () => {
    writeFileSync(join(folder, 'rule.yml'), text.replace('CommandLine', 'Own</script>Field'));
    await sigpack(['playground', '-o', 'page.html'], { cwd: folder });
    const page = readFileSync(join(folder, 'page.html'), 'utf8');
    expect(page).toContain('Own\\u003c/script>Field');
  });
});

describe('the settings of a page', () => {
  const settingsOf = async (config: string): Promise<string> => {
    const project = mkdtempSync(join(folder, 'project-'));
    writeFileSync(join(project, 'sigpack.yml'), config);
    const run = await sigpack(['playground', '-o', 'page.html'], { cwd: project });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const page = readFileSync(join(project, 'page.html'), 'utf8');
    expect(page.includes('Hush77')).toBe(false);
    const [, opening = ''] = /id="opening">([\s\S]*?)<\/script>/.exec(page) ?? [];
    const { settings }: PlaygroundInput = JSON.parse(opening).input;
    expect(compiled({ settings }).diagnostics.map(({ code }) => code)).not.toContain('PCK001');
    return settings;
  };

  it('are what sigpack.yml sets for queries, and nothing else of it', async () => {
    const config = `id: acme_Hush77 # Hush77
author: Hush77
ruleUrl: https://Hush77.example/{path}
rules: ['.'] # Hush77
placeholders: { admins: [root, 0x10, '007', 'a: b # c'] }
pipelines: { splunk: none, graylog: [none] }
severities: { TGT002: off }
defaults: { interval: 1h, owner: Hush77, splunk: { savedsearch: { action.email.to: Hush77 } } }
levels: { high: { threshold: 2 }, low: { owner: Hush77 } }
logsources:
  - match: { product: windows }
    settings: { window: 2h, remediation: Hush77 }
  - match: { product: linux }
    settings: { owner: Hush77 }
splunk: { index: windows, cloudSafe: false, summaryIndex: a_secret }
graylog:
  streams: [Windows]
  titlePrefix: Hush77
elasticsearch:
  index: logs-*
  actions: { call: { webhook: { url: 'https://Hush77' } } }
grep: { lines: plain }
pluginSettings: { other: { token: Hush77 } }
installs:
  lab: { kind: graylog, url: 'https://Hush77.example/api', secretEnv: Hush77 }
`;
    const settings = await settingsOf(config);
    expect(settings).toBe(`# What sigpack.yml sets for queries
placeholders:
  admins: [root, 16, '007', 'a: b # c']
pipelines:
  splunk: none
  graylog: [none]
severities:
  TGT002: 'off'
defaults:
  interval: 1h
levels:
  high: {threshold: 2}
logsources:
  - {match: {product: windows}, settings: {window: 2h}}
splunk:
  index: windows
  cloudSafe: false
graylog:
  streams: [Windows]
elasticsearch:
  index: logs-*
grep:
  lines: plain
`);
    const rule = text.replace('CommandLine: [a, b]', "CommandLine|expand: '%admins%'");
    const { queries } = compiled({ rule, settings });
    const of = (name: string) => queries.find(({ target }) => target === name)?.text;
    expect(of('splunk')).toContain('CommandLine IN ("root", "16", "007", "a: b # c")');
    expect(of('xpack-watcher')).toContain('logs-*');
  });

  it.each([
    ['nothing in it that they take', 'id: acme\n'],
    ['an error', 'id: acme\nplaceholders: 1\n'],
  ])('are empty for a sigpack.yml with %s', async (_, config) => {
    expect(await settingsOf(config)).toBe('');
  });
});

describe('the worker', () => {
  it('has the queries of sigpack convert, through pipelines by name and pasted', () => {
    const splunk = (result: PlaygroundResult): string | undefined =>
      result.queries.find(({ target }) => target === 'splunk')?.text;
    expect(splunk(compiled({}))).toBe('Image="*\\\\cmd.exe" CommandLine IN ("a", "b")\n');
    expect(splunk(compiled({ pipelines: { splunk: ['mine'] } }))).toContain(
      'process="*\\\\cmd.exe"',
    );
    const pasted = 'name: B\ntransformations:\n  - type: field_name_prefix\n    prefix: x_\n';
    expect(splunk(compiled({ pasted }))).toContain('x_Image=');
  });

  it('says where a pipeline or a setting is wrong', () => {
    const result = compiled({
      pipelines: { splunk: ['none-such'] },
      pasted: 'name: [',
      settings: 'x: 1',
    });
    expect(result.diagnostics.map(({ of, code }) => `${of} ${code}`)).toEqual(
      expect.arrayContaining(['settings PCK001', 'pipeline SIG002']),
    );
  });

  it('has no text where a finalizer fails, also on no queries at all', () => {
    const pasted =
      'finalizers:\n  - type: concat\n  - { type: template, template: "{{ pipeline.state.a.b }}" }\n';
    const failed = (rule: string): readonly string[] => {
      const { queries, diagnostics } = compiled({ rule, pasted });
      expect(queries.find(({ target }) => target === 'splunk')).toMatchObject({ text: '' });
      return diagnostics.flatMap(({ code, target }) => (target === 'splunk' ? [code] : []));
    };
    expect(failed(text)).toEqual(['PIP002', 'PIP004']);
    expect(failed(text.replace('condition: selection', 'condition: nothing'))).toEqual([]);
  });

  it('fixes a slip, also where the same one is in the rule again', () => {
    const one = text.replace('endswith', 'endswiht');
    const two = one.replace('CommandLine:', 'CommandLine|endswiht:');
    const fixes = (rule: string): readonly string[] =>
      compiled({ rule }).diagnostics.flatMap((found) => found.fixes.map(({ title }) => title));
    expect(fixes(one)).toEqual(['Replace with endswith']);
    expect(fixes(two)).toEqual(['Replace with endswith', 'Replace with endswith']);
  });

  it('says which part of an event fails', () => {
    const events = '{"Image": "C:\\\\cmd.exe", "CommandLine": "c"}';
    const [event] = compiled({ events }).events;
    expect(event?.matches).toMatchObject([{ title: 'A', holds: false }]);
    expect(JSON.stringify(event)).toContain("CommandLine is 'c'");
    expect(compiled({ events: events.replace('"c"', '"b"') }).events[0]?.matches[0]?.holds).toBe(
      true,
    );
    expect(compiled({ events: '<Event>' }).eventError).toMatch(/^events:1: /);
    expect(compiled({ events: '[]' }).eventError).toBe('The text holds no event.');
    expect(compiled({ rule: 'title: A', events }).eventNotes).toEqual([
      'There is no rule to match events with.',
    ]);
  });

  it.each([
    ['graylog', ['SIG016', 'TGT011 graylog', 'TGT002 grep']],
    ['grep', ['SIG016', 'TGT002 grep', 'TGT011 graylog']],
  ])('has what is about the rule and %s before what is about other targets', (target, expected) => {
    const rule = text.replace('[a, b]', "'a '").replace('title: A', 'title: A\ntgas: []');
    const { diagnostics } = compiled({ rule });
    const shown = chosenFirst(diagnostics, target).map((one) => `${one.code} ${one.target ?? ''}`);
    expect([...new Set(shown.map((one) => one.trim()))]).toEqual(expected);
  });

  it.each([
    ['JSON', '{"Image": "a"}\n{bad', 'events:2: the JSON that begins here does not end'],
    ['JSON', '{"Image": "a"}\n{bad}', 'events:2: this is not JSON'],
    ['CSV', 'Image,User\na,b\nc', 'events:3: the record has 1 values'],
  ])('matches the events before one of %s that is wrong', (_, events, expected) => {
    const found = compiled({ events });
    expect(found.events.map(({ matches }) => matches.length)).toEqual([1]);
    expect(found.eventNotes).toEqual([]);
    expect(found.eventError).toContain(expected);
  });

  it('matches the first of many events', () => {
    const { events, eventNotes } = compiled({ events: '{"Image": "a"}\n'.repeat(250) });
    expect(events).toHaveLength(200);
    expect(eventNotes).toEqual(['The first 200 of 250 events are shown.']);
  });

  it('matches with the values that a pasted pipeline gives to placeholders', () => {
    const rule = text.replace('CommandLine: [a, b]', "CommandLine|expand: '%words%'");
    const events = '{"Image": "C:\\\\cmd.exe", "CommandLine": "b"}';
    const pasted = 'vars: { words: [a, b] }\ntransformations:\n  - type: value_placeholders\n';
    const { queries, events: found, eventNotes } = compiled({ rule, events, pasted });
    expect(queries.find(({ target }) => target === 'splunk')?.text).toContain('IN ("a", "b")');
    expect(eventNotes).toEqual([]);
    expect(found).toMatchObject([{ matches: [{ title: 'A', holds: true }] }]);
    const expression = pasted
      .replace('value_placeholders', 'query_expression_placeholders')
      .concat('    expression: "{field} lookup {id}"\n');
    expect(compiled({ rule, events, pasted: expression }).eventNotes).toEqual([
      expect.stringMatching(/make a part of the query of the placeholder `%words%`/),
      'There is no rule to match events with.',
    ]);
  });
});

describe('a link', () => {
  const state = {
    ...input,
    pipelines: { splunk: ['mine'] },
    events: '{"é": "\u{1f600}"}',
    target: 'grep',
  };

  it('carries the page', async () => {
    const fragment = await fragmentOf(state);
    expect(fragment).toMatch(/^[\w-]+$/);
    expect(await stateIn(fragment)).toEqual(state);
  });

  const packed = (data: string): string => deflateRawSync(data).toString('base64url');

  it.each([
    ['nothing', ''],
    ['other characters', '<script>'],
    ['no deflated data', 'AAAA'],
    ['no JSON', packed('x')],
    ['no object', packed('["rule"]')],
    ['a cut text', packed(JSON.stringify(state)).slice(0, -8)],
    ['more than any rule needs', 'A'.repeat(largestFragment + 1)],
    ['a bomb', packed(`{"rule":"${'a'.repeat(30_000_000)}"}`)],
  ])('with %s is broken', async (_, fragment) => {
    expect(await stateIn(fragment)).toBeUndefined();
  });

  it('takes nothing but texts out of it', async () => {
    const hostile = packed(
      '{"rule": {"a": 1}, "events": 7, "pipelines": {"__proto__": ["x"], "splunk": [1, "y"], "grep": "z"}}',
    );
    const found = await stateIn(hostile);
    expect(found).toMatchObject({ rule: '', events: '', settings: '' });
    expect(Object.entries(found?.pipelines ?? {})).toEqual([
      ['__proto__', ['x']],
      ['splunk', ['y']],
    ]);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });
});
