import { describe, expect, test } from 'vitest';
import { targetSettings } from '../src/convert/target-settings.ts';
import { type PackConfig, readConfig } from '../src/pack/config/config.ts';
import { eventDefinitions } from '../src/pack/graylog/event-definition.ts';
import { assemblePack, type Pack } from '../src/pack/pack.ts';
import { savedSearchSettings } from '../src/pack/splunk/savedsearch.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileText } from './compile.ts';
import { failedLogon } from './failed-logons.ts';
import { xpackWatcher } from './registered.ts';

const correlation = (lines: string, sigpack = ''): string =>
  `${failedLogon}---\ntitle: Many\nstatus: test\ncorrelation: { rules: [failed], timespan: 1h, ${lines} }\n${sigpack && `sigpack: { ${sigpack} }\n`}`;

function configured(text: string): PackConfig {
  const bag = createBag();
  const config = readConfig({ path: 'sigpack.yml', text }, bag);
  if (!config) throw new Error(bag.list.map(({ message }) => message).join());
  return config;
}

/** A pack of the target, what is said of settings, and all that is said but for the windows. */
function built(
  target: 'splunk' | 'graylog',
  text: string,
  config = '',
): { readonly pack: Pack; readonly said: readonly string[]; readonly warnings: readonly string[] } {
  const bag = createBag();
  const pack = assemblePack({
    collection: collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag),
    config: configured(`targets: [${target}]\n${config}`),
    bag,
  });
  const said = bag.list.filter(({ code }) => code === 'TGT007').map(({ message }) => message);
  const warnings = bag.list
    .filter(
      ({ code, message }) =>
        !/fixed windows|looks back|has no id|streamstats/.test(message) &&
        !['PIP003', 'PIP004', 'PIP010'].includes(code),
    )
    .map(({ message }) => message);
  return { pack, said, warnings };
}

/** The condition of the correlation's watch, and what is said of settings. */
function watched(
  text: string,
  config = '',
): { readonly condition: unknown; readonly said: readonly string[] } {
  const rule = compileText(text).find(({ kind }) => kind === 'correlation');
  const conversion = rule && xpackWatcher.convert(rule, targetSettings(configured(config)));
  if (!conversion?.ok) throw new Error('no watch');
  const document = conversion.value.document as { readonly condition: unknown };
  return {
    condition: document.condition,
    said: conversion.diagnostics
      .filter(({ code }) => code === 'TGT007')
      .map(({ message }) => message),
  };
}

const quantityOf = (pack: Pack): string | undefined => {
  const [one] = pack.splunk;
  return (
    one &&
    savedSearchSettings(one, { info: pack.config.info, enterpriseSecurity: true }).get('quantity')
  );
};

describe('a threshold counts the groups of a correlation', () => {
  const ungrouped = [
    [
      'set by the rule',
      correlation('type: event_count, condition: { gte: 5 }', 'threshold: 3'),
      '',
    ],
    [
      'meant for plain rules',
      correlation('type: event_count, condition: { gte: 5 }'),
      'defaults: { threshold: 3 }',
    ],
    [
      'of values',
      correlation('type: value_count, condition: { field: User, gte: 5 }', 'threshold: 2'),
      '',
    ],
    ['of silence', correlation('type: event_count, condition: { lt: 1 }', 'threshold: 2'), ''],
  ] as const;

  test.each(ungrouped)('and without a group there is one: %s', (_, text, config) => {
    const { pack, said } = built('splunk', text, config);
    expect([quantityOf(pack), said]).toEqual([
      '0',
      [expect.stringContaining('without `group-by` there is one at most')],
    ]);
    const watch = watched(text, config);
    expect(watch.condition).toHaveProperty('array_compare');
    expect(watch.said).toEqual([
      expect.stringContaining('without `group-by` there is one at most'),
    ]);
  });

  test('and with a group it is kept', () => {
    const text = correlation(
      'type: event_count, group-by: [User], condition: { gte: 5 }',
      'threshold: 3',
    );
    const { pack, said } = built('splunk', text);
    expect([quantityOf(pack), said]).toEqual(['2', []]);
    expect(watched(text)).toMatchObject({
      condition: { script: { params: { threshold: 3 } } },
      said: [],
    });
  });

  test.each(['', 'group-by: [User], '])('which Graylog does not: %s', (group) => {
    const text = correlation(`type: event_count, ${group}condition: { gte: 5 }`, 'threshold: 3');
    expect(built('graylog', text).said).toEqual([
      expect.stringContaining('`threshold` does not apply to correlations'),
    ]);
    expect(
      built('graylog', correlation(`type: event_count, ${group}condition: { gte: 5 }`)).said,
    ).toEqual([]);
  });
});

const has = (text: string): unknown => expect.stringContaining(text);
const noInterval = has('`interval` does not apply to correlations');

test('an interval of its own for a correlation is said to be ignored by Graylog, and honoured by Splunk', () => {
  const type = 'type: event_count, group-by: [User], condition: { gte: 5 }';
  expect(built('graylog', correlation(type, 'interval: 30m')).said).toEqual([noInterval]);
  expect(built('splunk', correlation(type, 'interval: 30m')).said).toEqual([]);
  expect(
    built('graylog', correlation(type), 'levels: { medium: { interval: 30m } }\n').said,
  ).toEqual([]);
});

test.each([
  ['by a rule', '', 'splunk: { output: intermediate-finding }'],
  ['by sigpack.yml', 'defaults: { splunk: { output: intermediate-finding } }\n', ''],
])(
  'an intermediate finding that is asked for %s has nobody without a group',
  (_, config, sigpack) => {
    const es = 'splunk: { enterpriseSecurity: true }\n';
    const ungrouped = correlation('type: event_count, condition: { gte: 5 }', sigpack);
    expect(built('splunk', ungrouped, es + config).said).toEqual([
      has('`splunk.output: intermediate-finding` does not apply to a correlation without a group'),
    ]);
    expect(
      built(
        'splunk',
        correlation('type: event_count, group-by: [User], condition: { gte: 5 }', sigpack),
        es + config,
      ).said,
    ).toEqual([]);
    expect(
      built('splunk', correlation('type: event_count, condition: { gte: 5 }'), es).said,
    ).toEqual([]);
  },
);

describe('what Graylog holds back of a correlation', () => {
  /** The key, the seconds of silence, and what is said of them. */
  function graceOf(text: string, config = ''): readonly unknown[] {
    const { pack, warnings } = built('graylog', text, config);
    const [g] = pack.graylog;
    const [definition] = g
      ? eventDefinitions(g, pack.config.info, {
          minimumServerVersion: pack.config.graylog.minimumServerVersion,
          streamIds: [],
        })
      : [];
    if (!definition) throw new Error('no definition');
    const { key_spec: keys, notification_settings: settings } = definition.data;
    return [keys, settings.grace_period_ms / 1000, warnings];
  }
  const many = (group: string, timespan = '5m', condition = 'gte: 5', sigpack = ''): string =>
    correlation(
      `type: event_count, group-by: [${group}], condition: { ${condition} }`,
      sigpack,
    ).replace('timespan: 1h', `timespan: ${timespan}`);

  test.each([
    ['an hour by its group', many('User'), '', [['User'], 3600, []]],
    ['the window where windows overlap for longer', many('User', '1h'), '', [['User'], 3900, []]],
    [
      'the window where settings say less',
      many('User', '5m', 'gte: 5', 'suppress: { period: 1m }'),
      '',
      [['User'], 600, [has('for 10m in place of 1m')]],
    ],
    [
      'no interval, which does not apply',
      many('User', '5m', 'gte: 5', 'interval: 1d'),
      '',
      [['User'], 3600, [noInterval]],
    ],
    [
      'an hour where each message is in one window',
      many('User', '5m', 'lt: 5', 'interval: 1d'),
      '',
      [['User'], 3600, [has('fallen silent'), noInterval]],
    ],
    [
      'a longer period',
      many('User', '1h', 'gte: 5', 'suppress: { period: 2h }'),
      '',
      [['User'], 7200, []],
    ],
    [
      'the window in place of a shorter period',
      many('User', '1h', 'gte: 5', 'suppress: { period: 1m }'),
      '',
      [['User'], 3900, [has('for 65m in place of 1m')]],
    ],
    [
      'nothing where the settings say so',
      many('User', '5m', 'gte: 5', 'suppress: { period: 0 }'),
      'defaults: { suppress: { period: 2h } }',
      [['User'], 0, [has('an event may alert 2 times')]],
    ],
    [
      'a period in fixed windows',
      many('User', '5m', 'eq: 5', 'suppress: { period: 1m }'),
      '',
      [['User'], 60, []],
    ],
    [
      'the period of all groups where the key can not tell them apart',
      many('user.name', '5m', 'eq: 5'),
      'defaults: { suppress: { period: 2h } }',
      [[], 7200, [has('holds back all of them for 2h after one')]],
    ],
    [
      'nothing where the key can not tell groups apart',
      many('user.name'),
      '',
      [[], 0, [has('`user.name`')]],
    ],
    [
      'nothing where the key holds a part of the group',
      many('Computer, user.name'),
      '',
      [['Computer'], 0, [has('`user.name`')]],
    ],
    [
      'what a shorter period says where the key can not tell groups apart',
      many('user.name', '1h', 'gte: 5', 'suppress: { period: 1m }'),
      '',
      [[], 60, [has('holds back all of them for 1m'), has('an event may alert again after 1m')]],
    ],
  ] as const)('is %s', (_, text, config, expected) =>
    expect(graceOf(text, config)).toEqual(expected),
  );

  test('and a field that no key can hold is refused where settings name it', () => {
    const { pack, warnings } = built(
      'graylog',
      many('user.name', '5m', 'gte: 5', 'suppress: { fields: [user.name], period: 1h }'),
    );
    expect([pack.graylog, warnings]).toEqual([
      [],
      [expect.stringContaining("the key field `user.name` can't be in a template")],
    ]);
  });
});

describe('a period of 0 holds nothing back', () => {
  const off = 'suppress: { period: 0 }, window: 3h, interval: 5m';

  test('in Splunk, where windows of a correlation overlap', () => {
    const { pack, warnings } = built(
      'splunk',
      correlation('type: event_count, group-by: [User], condition: { gte: 5 }', off),
      'defaults: { suppress: { period: 2h, fields: [User] } }',
    );
    const [one] = pack.splunk;
    const settings =
      one && savedSearchSettings(one, { info: pack.config.info, enterpriseSecurity: true });
    expect([settings?.get('alert.suppress'), settings?.get('alert.digest_mode')]).toEqual([
      '0',
      '1',
    ]);
    expect(warnings).toEqual([expect.stringContaining('an event may alert')]);
  });

  test('in Graylog, where a threshold counts messages again', () => {
    const { pack, warnings } = built(
      'graylog',
      failedLogon,
      'defaults: { threshold: 5, window: 1h, interval: 5m, suppress: { period: 0 } }',
    );
    const [g] = pack.graylog;
    const [definition] = g
      ? eventDefinitions(g, pack.config.info, { minimumServerVersion: '6.0.0', streamIds: [] })
      : [];
    expect(definition?.data.notification_settings.grace_period_ms).toBe(0);
    expect(warnings).toEqual([expect.stringContaining('an event may alert 12 times')]);
  });
});

describe('a schedule of a watch whose windows follow one another', () => {
  const low = correlation('type: event_count, condition: { lt: 5 }');

  test.each([
    [
      'a rule',
      correlation('type: event_count, condition: { lt: 5 }', "cron: '7 * * * *'"),
      '',
      'cron',
    ],
    ['defaults', low, "defaults: { cron: '7 * * * *' }", 'cron'],
    [
      'the section',
      low,
      'elasticsearch: { schedule: { hourly: { minute: 5 } }, interval: 1h }',
      'schedule',
    ],
    [
      'the section, which wins',
      low,
      "defaults: { cron: '7 * * * *' }\nelasticsearch: { schedule: { hourly: { minute: 5 } }, interval: 1h }",
      'schedule',
    ],
  ] as const)('is called what %s calls it', (_, text, config, name) => {
    expect(watched(text, config).said).toEqual([
      expect.stringMatching(new RegExp(`^\`${name}\` does not apply`)),
    ]);
  });
});
