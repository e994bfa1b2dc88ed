import { describe, expect, test } from 'vitest';
import { readConfig } from '../src/pack/config/config.ts';
import { quartzCron } from '../src/pack/cron/quartz.ts';
import { checkContentPack } from '../src/pack/graylog/content-pack-check.ts';
import {
  type EventDefinitionData,
  eventDefinitions,
} from '../src/pack/graylog/event-definition.ts';
import { assemblePack } from '../src/pack/pack.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { failedLogon, manyFailedLogons } from './failed-logons.ts';

const correlation = (condition: string): string => manyFailedLogons('10m', condition);

/** The definition that a pack has, and what is said of settings. */
function built(
  config: string,
  text = failedLogon,
): { readonly data: EventDefinitionData; readonly said: readonly string[] } {
  const bag = createBag();
  const read = readConfig({ path: 'sigpack.yml', text: `targets: [graylog]\n${config}` }, bag);
  if (!read) throw new Error(bag.list.map(({ message }) => message).join());
  const pack = assemblePack({
    collection: collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag),
    config: read,
    bag,
  });
  const [g] = pack.graylog;
  if (!g) throw new Error('nothing was built');
  const { minimumServerVersion } = read.graylog;
  const [entity] = eventDefinitions(g, read.info, { minimumServerVersion, streamIds: [] });
  if (!entity) throw new Error('no definition');
  const envelope = {
    v: '1',
    id: 'x',
    rev: 1,
    name: 'n',
    summary: 's',
    description: '',
    vendor: 'v',
    url: '',
    parameters: [],
    entities: [entity],
  };
  expect(checkContentPack(envelope, { minimumServerVersion })).toEqual([]);
  return {
    data: entity.data,
    said: bag.list.filter(({ code }) => code === 'TGT007').map(({ message }) => message),
  };
}

const windows = ({
  config,
  key_spec: keys,
  notification_settings: { grace_period_ms: grace },
}: EventDefinitionData) => [
  config.search_within_ms / 1000,
  config.execute_every_ms / 1000,
  keys,
  grace / 1000,
];

const entities = ['Computer', 'TargetUserName', 'SubjectUserName', 'source'];

describe('the windows of a filter', () => {
  test.each([
    ['meet where nothing is set', '', [900, 900, entities, 3600]],
    [
      'have no key where nothing is held back',
      'defaults: { suppress: { period: 0 } }',
      [900, 900, [], 0],
    ],
    [
      'overlap by `delay`, and what is found again notifies nobody',
      'defaults: { delay: 30m }',
      [2700, 900, entities, 3600],
    ],
    [
      'the same where nothing is held back',
      'defaults: { delay: 30m, suppress: { period: 0 } }',
      [2700, 900, ['gl2_message_id'], 2700],
    ],
    // an entity is not silent for longer than an hour by default
    [
      'overlap by `window` and `delay`',
      'defaults: { delay: 5m, window: 1h }',
      [3900, 900, ['gl2_message_id'], 3900],
    ],
    [
      'keep the key of `suppress`, for as long as messages are found again',
      'defaults: { delay: 30m, suppress: { fields: [User], period: 10m } }',
      [2700, 900, ['User', 'sigpack_nobody'], 2700],
    ],
    [
      'keep a longer grace period',
      'defaults: { delay: 1m, suppress: { fields: [User], period: 1h } }',
      [960, 900, ['User', 'sigpack_nobody'], 3600],
    ],
  ] as const)('%s', (_, config, expected) => {
    const { data, said } = built(config);
    expect([windows(data), said]).toEqual([expected, []]);
  });

  test('of a log source alone', () => {
    const config = 'logsources: [{ match: { product: windows }, settings: { delay: 15m } }]';
    expect(windows(built(config).data)).toEqual([1800, 900, entities, 3600]);
  });

  test('with a threshold are as long as set: what is counted must not be counted longer', () => {
    const { data, said } = built('defaults: { delay: 30m, window: 1h, threshold: 5 }');
    // the same messages reach the threshold again in each run of the hour
    expect(windows(data)).toEqual([3600, 900, [], 3600]);
    expect(said).toEqual([expect.stringContaining('`delay` does not apply')]);
  });

  test.each([
    ['windows that meet', 'threshold: 5', '', [900, 900, [], 0]],
    ['windows that overlap', 'threshold: 5, window: 1h, interval: 5m', '', [3600, 300, [], 3600]],
    [
      'a longer period of `suppress`',
      'threshold: 5, window: 1h, interval: 5m, suppress: { period: 2h }',
      '',
      [3600, 300, [], 7200],
    ],
    ['a cron of even gaps', "threshold: 5, cron: '7 * * * *'", '6.1.0', [3600, 3600, [], 0]],
    [
      'a cron of uneven gaps',
      "threshold: 5, cron: '5 8-17 * * 1-5'",
      '6.1.0',
      [226_800, 226_800, [], 226_800],
    ],
  ] as const)('with a threshold, %s', (_, settings, server, expected) => {
    const { data } = built(
      `${server && `graylog: { minimumServerVersion: ${server} }\n`}defaults: { ${settings} }`,
    );
    expect(windows(data)).toEqual(expected);
  });
});

describe('a cron expression', () => {
  const cron = "defaults: { cron: '7 * * * *' }";

  test('is the schedule from server 6.1 on, and a run looks back over its longest gap', () => {
    const { data, said } = built(`graylog: { minimumServerVersion: 6.1.0 }\n${cron}`);
    expect(data.config).toMatchObject({
      use_cron_scheduling: true,
      cron_expression: '0 7 * * * ?',
      cron_timezone: 'UTC',
      search_within_ms: 3_600_000,
      execute_every_ms: 3_600_000,
    });
    expect([windows(data), said]).toEqual([[3600, 3600, entities, 3600], []]);
  });

  test('of uneven gaps finds messages again, and notifies nobody', () => {
    const { data } = built(
      "graylog: { minimumServerVersion: 6.1.0 }\ndefaults: { cron: '7 3 * * 1-5' }",
    );
    expect(windows(data)).toEqual([259_200, 259_200, ['gl2_message_id'], 259_200]);
  });

  test('is reported for older servers', () => {
    const { data, said } = built(cron);
    expect([
      Object.keys(data.config).filter((key) => key.includes('cron')),
      data.config.search_within_ms,
    ]).toEqual([[], 900_000]);
    expect(said).toEqual([expect.stringContaining('`cron` needs a server from 6.1 on')]);
  });

  test('with days of both kinds is reported', () => {
    expect(
      built("graylog: { minimumServerVersion: 6.1.0 }\ndefaults: { cron: '7 3 1 * 1' }").said,
    ).toEqual([expect.stringContaining('days of the month and of the week')]);
  });

  test.each([
    ['*/15 * * * *', '0 0,15,30,45 * * * ?'],
    ['0 3 * * 0,6', '0 0 3 ? * 1,7'],
    ['30 22 1 1-3 *', '0 30 22 1 1,2,3 ?'],
    ['0 0 1 * 1', undefined],
    ['0 0 1-31 * 1', '0 0 0 * * ?'],
    ['60 * * * *', undefined],
  ])('%s in the form of Quartz', (written, expected) => expect(quartzCron(written)).toBe(expected));
});

describe('a correlation', () => {
  test('with lower bounds looks further back for late messages', () => {
    const { data, said } = built('defaults: { delay: 20m }', correlation('gte: 10'));
    expect([data.config.search_within_ms, data.config.execute_every_ms, said]).toEqual([
      2_100_000,
      300_000,
      [],
    ]);
    expect(data.notification_settings.grace_period_ms).toBeGreaterThanOrEqual(2_100_000);
  });

  test('keeps its grace period where a window is set that does not apply', () => {
    const [without, set] = ['', 'defaults: { window: 1h }'].map((config) =>
      built(config, correlation('gte: 10')),
    );
    expect([windows(without?.data as EventDefinitionData), set?.said]).toEqual([
      windows(set?.data as EventDefinitionData),
      [expect.stringContaining('`window`')],
    ]);
    expect(without?.data.notification_settings.grace_period_ms).toBe(3_600_000);
  });

  test('with other bounds says what it can not do', () => {
    const { data, said } = built(
      "defaults: { delay: 20m, window: 2h, cron: '7 * * * *' }",
      correlation('lt: 10'),
    );
    expect(data.config.search_within_ms).toBe(600_000);
    expect(said.map((message) => /`(\w+)`/.exec(message)?.[1])).toEqual([
      'cron',
      'window',
      'delay',
    ]);
  });

  const total = (condition: string, group: string): string =>
    `${failedLogon}---\ntitle: Total\nstatus: test\ncorrelation: { type: value_sum, rules: [failed]${group}, timespan: 10m, condition: { field: Bytes, ${condition} } }\n`;

  test('of numbers without a group is not fulfilled by a window without events, whose sum is 0', () => {
    const { series, conditions } = built('', total('lt: 100', '')).data.config;
    const test = (ref: string, expr: string, value: number) => ({
      expr,
      left: { expr: 'number-ref', ref },
      right: { expr: 'number', value },
    });
    expect(series).toEqual([
      { type: 'sum', id: 'sum-Bytes', field: 'Bytes' },
      { type: 'count', id: 'count-' },
    ]);
    expect(conditions.expression).toEqual({
      expr: '&&',
      left: test('sum-Bytes', '<', 100),
      right: test('count-', '>', 0),
    });
    expect(built('', total('lt: 100', ', group-by: [User]')).data.config.series).toHaveLength(1);
  });
});
