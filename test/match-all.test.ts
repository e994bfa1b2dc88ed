import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-match-all-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const rule = (detection: string, more = ''): string =>
  `title: Everything\nid: 74000000-0000-4000-8000-000000000001\nstatus: stable\nlogsource: { product: zeek, service: rdp }\ndetection: { ${detection} }\n${more}`;

interface Built {
  readonly code: number | undefined;
  readonly told: readonly string[];
  readonly enabled: Readonly<Record<string, boolean>>;
}

async function built(text: string, config = ''): Promise<Built> {
  const cwd = mkdtempSync(join(temporary, 'p-'));
  writeFileSync(join(cwd, 'a.yml'), text);
  writeFileSync(join(cwd, 'sigpack.yml'), `rules: [a.yml]\n${config}`);
  const { code, stderr } = await sigpack(['build', '-o', 'o'], { cwd });
  const { detections } = JSON.parse(readFileSync(join(cwd, 'o', 'manifest.json'), 'utf8'));
  const [{ targets, enabled }] = detections;
  const state = Object.entries(targets).map(([target, entry]) => [target, enabled && (entry as { readonly enabled?: boolean }).enabled !== false]);
  return { code, told: Array.from(stderr.matchAll(/error\[TGT005\]: (\w+):/g), ([, target = '']) => target), enabled: Object.fromEntries(state) };
}

const off = { splunk: false, graylog: false };
const on = { splunk: true, graylog: true };

describe('a rule that is true of an event with nothing of it is switched off', () => {
  test.each([
    ['a negation alone', "s: { 'id.orig_h|cidr': 10.0.0.0/8 }, condition: not s"],
    ['a missing field', 's: { cookie: null }, condition: s'],
    ['a field that does not exist', "s: { 'cookie|exists': false }, condition: s"],
    ['keywords that are not there', 's: [foo, bar], condition: not s'],
    ['one of two', 's: { a: x }, t: { b: null }, condition: s or t'],
    ['a regular expression', "s: { 'a|re': x.y }, condition: not s"],
  ])('%s', async (_, detection) => {
    const { code, told, enabled } = await built(rule(detection));
    expect({ code, told: [...told].sort(), enabled }).toEqual({ code: 1, told: ['graylog', 'splunk'], enabled: off });
  });

  test('in Graylog alone, which keeps no empty texts', async () => {
    expect(await built(rule("s: { user_agent: '' }, condition: s"))).toEqual({ code: 1, told: ['graylog'], enabled: { splunk: true, graylog: false } });
  });

  test('also below a correlation', async () => {
    const count = `---\ntitle: Many\nid: 74000000-0000-4000-8000-000000000002\nstatus: stable\ncorrelation: { type: event_count, rules: [74000000-0000-4000-8000-000000000001], group-by: [h], timespan: 5m, condition: { gte: 3 } }\n`;
    const { told, enabled } = await built(rule("s: { 'id.orig_h': a }, condition: not s", count));
    expect([[...told].sort(), enabled]).toEqual([['graylog', 'splunk'], off]);
  });

  test('whatever its own settings say', async () => {
    expect((await built(rule('s: { a: x }, condition: not s', 'sigpack: { enabled: true }\n'))).enabled).toEqual(off);
  });
});

describe('a rule is left on', () => {
  const negation = 's: { a: x }, condition: not s';
  test.each([
    ['that asks for something', rule('s: { a: x }, t: { b: y }, condition: s and not t'), '', on],
    [
      'where its index and its stream are named',
      rule(negation),
      'splunk: { indexes: [{ match: { product: zeek }, definition: index=zeek }] }\ngraylog: { streams: [Zeek] }\n',
      on,
    ],
    ['where its own settings name a stream', rule(negation, 'sigpack: { graylog: { streams: [Zeek] } }\n'), 'targets: [graylog]\n', { graylog: true }],
    ['where a parameter names the stream', rule(negation), 'targets: [graylog]\ngraylog: { streamParameter: STREAM }\n', { graylog: true }],
    [
      'where a pipeline says where its events are',
      rule(negation.replace('a:', "'id.orig_h':")),
      'targets: [splunk]\npipelines: { splunk: splunk }\n',
      { splunk: true },
    ],
  ])('%s', async (_, text, config, enabled) => {
    const found = await built(text, config);
    expect([found.code, found.told, found.enabled]).toEqual([0, [], enabled]);
  });

  test('but not where its index is every index', async () => {
    const found = await built(rule(negation), "targets: [splunk]\nsplunk: { indexes: [{ match: { product: zeek }, definition: 'index=*' }] }\n");
    expect([found.told, found.enabled]).toEqual([['splunk'], { splunk: false }]);
  });
});
