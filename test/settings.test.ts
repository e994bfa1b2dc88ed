import { describe, expect, it, test } from 'vitest';
import { defaultConfig, type PackConfig, readConfig } from '../src/pack/config/config.ts';
import { mergeSettings } from '../src/pack/config/merge-settings.ts';
import { parseDuration } from '../src/pack/settings/duration.ts';
import { checkRuleSettings } from '../src/pack/settings/patch.ts';
import { exclusionReason, isEnabled, isSelected } from '../src/pack/settings/selection.ts';
import type { Level, LogSource, Status } from '../src/sigma/rule/rule.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';
import type { YamlMapping } from '../src/source/yaml/tree.ts';

function configured(text: string): PackConfig {
  const bag = createBag();
  const config = readConfig({ path: 'sigpack.yml', text }, bag);
  // the keys are invented, which is warned of
  expect(bag.list.filter(({ code }) => code !== 'PCK004')).toEqual([]);
  if (!config) throw new Error('no configuration');
  return config;
}

function settingsNode(text: string): YamlMapping {
  const [node] = parseYaml({ path: 'rule.yml', text }).documents;
  if (node?.kind !== 'mapping') throw new Error('no map');
  return node;
}

interface RuleParts {
  readonly id?: string;
  readonly level?: Level;
  readonly status?: Status;
  readonly tags?: readonly string[];
  readonly logsource?: LogSource;
  readonly sigpack?: string;
}

const windows = { category: 'process_creation', product: 'windows' };
function rule({ sigpack, ...parts }: RuleParts = {}) {
  return {
    tags: [],
    logsource: windows,
    ...parts,
    ...(sigpack === undefined ? {} : { settings: settingsNode(sigpack) }),
  };
}
const settingsOf = (config: PackConfig, parts: RuleParts = {}) =>
  mergeSettings(config, rule(parts), [parts.logsource ?? windows]);

test.each([
  ['15m', 900],
  ['90s', 90],
  ['1h', 3600],
  ['2d', 172_800],
  [0, 0],
  [90, 90],
  ['15', undefined],
  ['m', undefined],
  ['1w', undefined],
  [1.5, undefined],
  [-1, undefined],
])('the duration %s is %s seconds', (value, seconds) => expect(parseDuration(value)).toBe(seconds));

test('settings: what is built in', () => {
  expect(settingsOf(defaultConfig(), { status: 'test', level: 'high' })).toEqual({
    enabled: true,
    interval: 900,
    delay: 600,
    threshold: 1,
    suppress: { fields: [], period: 3600, byEntity: true, usual: true },
    splunk: { securityDomain: 'endpoint', savedsearch: {} },
    graylog: { keyFields: [], streams: [] },
  });
});

const layered = `
defaults: { owner: d, interval: 10m, splunk: { output: finding, savedsearch: { a: d, b: d } }, graylog: { keyFields: [d1, d2] } }
levels: { high: { owner: l, delay: 1m, splunk: { savedsearch: { b: l, c: l } } } }
logsources:
  - { match: { product: windows }, settings: { owner: w, threshold: 2, splunk: { savedsearch: { c: w } } } }
  - { match: { category: process_creation }, settings: { owner: p } }
  - { match: { product: linux }, settings: { owner: x } }
`;

test.each([
  [
    'defaults',
    { level: 'low', logsource: { product: 'macos' } },
    { owner: 'd', interval: 600, delay: 600, threshold: 1 },
    { a: 'd', b: 'd' },
  ],
  [
    'levels',
    { level: 'high', logsource: { product: 'macos' } },
    { owner: 'l', interval: 600, delay: 60 },
    { a: 'd', b: 'l', c: 'l' },
  ],
  [
    'log sources, the last that fits first',
    { level: 'high' },
    { owner: 'p', threshold: 2 },
    { a: 'd', b: 'l', c: 'w' },
  ],
  [
    'a rule',
    { level: 'high', sigpack: 'owner: r\nsplunk: { savedsearch: { c: r } }' },
    { owner: 'r', threshold: 2 },
    { a: 'd', b: 'l', c: 'r' },
  ],
] as const)('settings: %s win over those before', (_, parts, expected, savedsearch) => {
  const settings = settingsOf(configured(layered), parts);
  expect(settings).toMatchObject(expected);
  expect(settings.splunk).toEqual({ output: 'finding', securityDomain: 'endpoint', savedsearch });
});

test('settings: what Enterprise Security gets is set at every level', () => {
  const config = configured(`
defaults: { splunk: { output: finding } }
levels: { low: { splunk: { output: intermediate-finding } }, high: { splunk: { output: intermediate-finding } } }
logsources:
  - { match: { product: windows }, settings: { splunk: { output: finding } } }
`);
  const linux = { logsource: { product: 'linux' } };
  const parts: readonly RuleParts[] = [
    { level: 'medium', ...linux },
    { level: 'high', ...linux },
    { level: 'high' },
    { level: 'high', sigpack: 'splunk: { output: intermediate-finding }' },
  ];
  expect(parts.map((one) => settingsOf(config, one).splunk.output)).toEqual([
    'finding',
    'intermediate-finding',
    'finding',
    'intermediate-finding',
  ]);
});

test.each([
  ['defaults: { splunk: { notable: false } }', 'output: intermediate-finding'],
  ['levels: { high: { splunk: { risk: true } } }', 'A finding carries the risk of its entity'],
  [
    'logsources: [{ match: { product: windows }, settings: { splunk: { notable: true } } }]',
    '`output: finding`',
  ],
])('settings: a key of former versions is an error that says what to write: %s', (text, hint) => {
  const bag = createBag();
  expect(readConfig({ path: 'sigpack.yml', text }, bag)).toBeUndefined();
  expect(bag.list.map(({ code }) => code)).toEqual(['PCK001']);
  expect(bag.list[0]?.hint).toContain(hint);
});

test('sigpack: a key of former versions is an error that says what to write', () => {
  const bag = createBag();
  expect(
    checkRuleSettings(
      { ...rule({ sigpack: 'splunk: { notable: false }' }), file: { path: 'rule.yml', text: '' } },
      bag,
    ),
  ).toBe(false);
  expect(bag.list.map(({ code, hint }) => [code, hint])).toEqual([
    ['SIG070', expect.stringContaining('output: intermediate-finding')],
  ]);
});

test('settings: lists replace, other keys of the map stay', () => {
  const config = configured(layered);
  expect(
    settingsOf(config, { sigpack: 'graylog: { keyFields: [r], remediation: x }' }).graylog,
  ).toEqual({ keyFields: ['r'], remediation: 'x', streams: [] });
  expect(settingsOf(config).graylog.keyFields).toEqual(['d1', 'd2']);
});

test('settings: a correlation takes those of any of its log sources', () => {
  const config = configured(layered);
  expect(mergeSettings(config, rule(), [{ product: 'macos' }, { product: 'linux' }])).toMatchObject(
    { owner: 'x', threshold: 1 },
  );
  expect(mergeSettings(config, rule(), []).owner).toBe('d');
});

test('settings: a window is never shorter than the interval', () => {
  const config = configured('defaults: { window: 20m }\nlevels: { low: { interval: 1h } }');
  expect(settingsOf(config, { level: 'high' }).window).toBe(1200);
  expect(settingsOf(config, { level: 'low' }).window).toBe(3600);
});

test('settings: suppression has a period, and 0 turns it off', () => {
  const config = configured('defaults: { suppress: { fields: [a] } }');
  expect(settingsOf(config).suppress).toEqual({ fields: ['a'], period: 3600 });
  expect(settingsOf(config, { sigpack: 'suppress: { period: 0 }' }).suppress).toEqual({
    fields: [],
    period: 0,
  });
  expect(settingsOf(defaultConfig(), { sigpack: 'suppress: { period: 5m }' }).suppress).toEqual({
    fields: [],
    period: 300,
    byEntity: true,
  });
  expect(settingsOf(defaultConfig(), { sigpack: 'suppress: { fields: [] }' }).suppress).toEqual({
    fields: [],
    period: 3600,
  });
  expect(settingsOf(defaultConfig(), { logsource: { category: 'dns' } }).suppress).toEqual({
    fields: [],
    period: 14_400,
    byEntity: true,
    usual: true,
  });
});

test('settings: rules without settings of their own share one object', () => {
  const config = configured(layered);
  expect(settingsOf(config, { level: 'high', id: 'a' })).toBe(
    settingsOf(config, { level: 'high', id: 'b' }),
  );
  expect(settingsOf(config, { level: 'high' })).not.toBe(settingsOf(config, { level: 'low' }));
  expect(settingsOf(defaultConfig(), { status: 'test' })).not.toBe(
    settingsOf(defaultConfig(), { status: 'experimental' }),
  );
});

test.each([
  ['owner: me', []],
  ['owners: me', ['`sigpack` has no key `owners`']],
  ['interval: 10s', ['`interval` must be from 60s to 1d']],
  ['splunk: { savedsearch: { "a = 1\\n[x]": 1 } }', ['key `a = 1\n[x]` has not the right form']],
  ['splunk: { savedsearch: { search: x } }', ['key `search` has not the right form']],
  ['name: "a\\nb"', ['`name` has not the right form']],
  ["cron: '* * * * *'", ['`cron` runs 60 times an hour; 12 are allowed']],
])('sigpack: %s in a rule', (text, messages) => {
  const bag = createBag();
  const sound = checkRuleSettings(
    { file: { path: 'rule.yml', text }, settings: settingsNode(text) },
    bag,
  );
  expect(bag.list.map((one) => one.message)).toEqual(messages);
  expect(sound).toBe(messages.length === 0);
  expect(bag.list.every((one) => one.code === 'SIG070')).toBe(true);
  if (!sound)
    expect(settingsOf(defaultConfig(), { sigpack: text })).toEqual(settingsOf(defaultConfig()));
});

test.each([
  ['{}', {}, undefined],
  ['{ levels: [high] }', { level: 'high' }, undefined],
  ['{ levels: [high] }', { level: 'low' }, 'its level low is not in select.levels'],
  ['{ levels: [medium] }', {}, undefined],
  ['{ minimumLevel: high }', { level: 'critical' }, undefined],
  ['{ minimumLevel: high }', {}, 'its level medium is below select.minimumLevel high'],
  ['{ statuses: [test] }', {}, 'its status (none) is not in select.statuses'],
  [
    '{ statuses: [test] }',
    { status: 'experimental' },
    'its status experimental is not in select.statuses',
  ],
  ['{ tags: [attack.T1059*] }', { tags: ['attack.execution', 'Attack.t1059.001'] }, undefined],
  [
    '{ tags: [attack.t1059] }',
    { tags: ['attack.t1059.001'] },
    'none of its tags is in select.tags',
  ],
  [
    '{ excludeTags: [attack.*] }',
    { tags: ['attack.t1059.001'] },
    'one of its tags is in select.excludeTags',
  ],
  ['{ logsources: [{ product: windows, service: x }, { product: windows }] }', {}, undefined],
  [
    '{ logsources: [{ product: windows, service: x }] }',
    {},
    'its log source is not in select.logsources',
  ],
  ['{ ids: [ABC] }', { id: 'abc' }, undefined],
  ['{ ids: [ABC] }', {}, 'its id is not in select.ids'],
  ['{ excludeIds: [abc] }', { id: 'ABC' }, 'its id is in select.excludeIds'],
  ['{ excludeIds: [abc] }', {}, undefined],
  ['{ levels: [high], tags: [a.b] }', { level: 'high' }, 'none of its tags is in select.tags'],
] as const)('select %s takes %o: %s', (select, parts, reason) => {
  const config = configured(`select: ${select}`);
  expect(exclusionReason(config.select, rule(parts))).toBe(reason);
  expect(isSelected(config.select, rule(parts))).toBe(reason === undefined);
});

test.each([
  ['{}', { status: 'test' }, true],
  ['{}', { status: 'stable' }, true],
  ['{}', { status: 'experimental' }, false],
  ['{}', { status: 'deprecated' }, false],
  ['{}', {}, false],
  ['{ statuses: [experimental] }', { status: 'experimental' }, true],
  ['{ levels: [high] }', { status: 'test', level: 'low' }, false],
  ['{ levels: [high] }', { status: 'test', level: 'high' }, true],
  ['{ tags: [attack.*] }', { status: 'test' }, false],
  ['{ tags: [attack.*] }', { status: 'test', tags: ['attack.t1'] }, true],
] as const)('enable %s switches %o: %s', (enable, parts, enabled) => {
  const config = configured(`enable: ${enable}`);
  expect(isEnabled(config.enable, rule(parts))).toBe(enabled);
  expect(settingsOf(config, parts).enabled).toBe(enabled);
  expect(settingsOf(config, { ...parts, sigpack: 'enabled: true' }).enabled).toBe(true);
});

describe('keys of savedsearches.conf', () => {
  it.each([
    ['dispatch.ttl', undefined, undefined],
    ['dispach.ttl', 'PCK004', 'Did you mean `dispatch.ttl`?'],
    ['action.webhook.param.url', undefined, undefined],
    ['action.notabel', 'PCK004', 'Did you mean `action.notable`?'],
  ])('%s', (key, code, hint) => {
    const bag = createBag();
    readConfig(
      { path: 'sigpack.yml', text: `defaults: { splunk: { savedsearch: { ${key}: "1" } } }\n` },
      bag,
    );
    expect([bag.list[0]?.code, bag.list[0]?.hint]).toEqual([code, hint]);
  });
});
