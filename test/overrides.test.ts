import { describe, expect, test } from 'vitest';
import { relativeSpan } from '../src/pack/settings/relative-time.ts';
import { savedSearchSettings } from '../src/pack/splunk/savedsearch.ts';
import { alertPack, alertRule } from './alert-packs.ts';

const windows = 'product: windows, category: process_creation';
const shell = alertRule(windows, "'Image|endswith': '\\cmd.exe'");
const many = `${alertRule(windows, "'Image|endswith': '\\cmd.exe'", 'name: shell')}---
title: Many shells
correlation: { type: event_count, rules: [shell], group-by: [User], timespan: 10m, condition: { gte: 5 } }
`;

function built(settings: string, rules = shell, pipeline = 'splunk') {
  const { pack, bag } = alertPack('splunk', pipeline, rules, `defaults: ${settings}\n`);
  const detection = pack.splunk.at(-1);
  const stanza = detection
    ? savedSearchSettings(detection, { info: pack.config.info, enterpriseSecurity: false })
    : new Map<string, string>();
  const said = bag.list.filter(({ code }) => code === 'TGT008' || code === 'TGT010');
  return {
    stanza,
    said,
    places: said.map(({ file, span }) => `${file.path} ${file.text.slice(span.start, span.end)}`),
  };
}

const override = (keys: string, more = ''): string =>
  `{ ${more} splunk: { savedsearch: { ${keys} } } }`;

describe('overrides of the schedule', () => {
  test.each([
    ["'7 3 * * *'", '-1450m@m', '-10m@m'],
    ["'5,35 * * * *'", '-40m@m', '-10m@m'],
  ])('move the window as the setting does: %s', (cron, earliest, latest) => {
    const { stanza, said } = built(override(`cron_schedule: ${cron}`));
    expect([
      stanza.get('cron_schedule'),
      stanza.get('dispatch.earliest_time'),
      stanza.get('dispatch.latest_time'),
    ]).toEqual([cron.replaceAll("'", ''), earliest, latest]);
    expect(said).toEqual([]);
    const set = built(`{ cron: ${cron} }`);
    expect(
      ['cron_schedule', 'dispatch.earliest_time', 'alert.suppress.period'].map((key) =>
        set.stanza.get(key),
      ),
    ).toEqual(
      ['cron_schedule', 'dispatch.earliest_time', 'alert.suppress.period'].map((key) =>
        stanza.get(key),
      ),
    );
  });

  test('of a correlation look back over its timespan, too', () => {
    expect(
      built(override("cron_schedule: '7 3 * * *'"), many).stanza.get('dispatch.earliest_time'),
    ).toBe(built("{ cron: '7 3 * * *' }", many).stanza.get('dispatch.earliest_time'));
  });

  test('with gaps that differ alert again', () => {
    expect(built(override("cron_schedule: '0 6,8 * * *'")).said[0]?.message).toContain(
      'runs come every 2h to 22h and look back 22h',
    );
  });

  test.each([
    [
      'dispatch.earliest_time: -5m, dispatch.latest_time: -10m',
      'looks from -5m to -10m, where no event can be',
    ],
    ['dispatch.latest_time: -1d', 'to -1d, where no event can be'],
    [
      'dispatch.earliest_time: -15m@m',
      'runs come up to 15m apart and look at 5m: what comes in between is never found',
    ],
    [
      "cron_schedule: '7 3 * * *', dispatch.earliest_time: -1h@h, dispatch.latest_time: '@h'",
      'runs come up to 24h apart and look at 1h',
    ],
  ])('that leave events out are told at their place: %s', (keys, message) => {
    const { said, places } = built(override(keys));
    expect(said.map(({ code, message: text }) => [code, text])).toEqual([
      ['TGT010', expect.stringContaining(message)],
    ]);
    expect(places[0]).toMatch(/^sigpack\.yml dispatch\.(?:earliest|latest)_time$/);
  });

  test.each([
    [
      "cron_schedule: '*/5 * * * *', dispatch.earliest_time: -24h, dispatch.latest_time: now",
      'runs come every 5m and look back 24h',
    ],
    ['dispatch.earliest_time: -2h@m', 'runs come every 15m and look back'],
  ])('that see events again are told at their place: %s', (keys, message) => {
    const { said } = built(override(keys));
    expect(said.map(({ code, message: text }) => [code, text])).toEqual([
      ['TGT008', expect.stringContaining(message)],
    ]);
  });

  test.each([
    'dispatch.earliest_time: -25m@m',
    'dispatch.earliest_time: -15m, dispatch.latest_time: now',
    'dispatch.earliest_time: -1h@h',
    "dispatch.earliest_time: ''",
    "cron_schedule: '7 * * * *', dispatch.earliest_time: -1h@h, dispatch.latest_time: '@h'",
  ])('that meet, or can not be told, are left alone: %s', (keys) =>
    expect(built(override(keys)).said).toEqual([]),
  );

  test.each([
    ['-24h', 'now', 86_400],
    ['-24hours@m', '@m', 86_400],
    ['-1w', '-1d', 518_400],
    ['-90', 'now', 90],
    ['-1d@d', '@d', 86_400],
    ['-1d@d', 'now', undefined],
    ['-1mon', 'now', undefined],
    ['0', 'now', undefined],
    ['rt-5m', 'rt', undefined],
  ])('from %s to %s', (earliest, latest, span) =>
    expect(relativeSpan(earliest, latest)).toBe(span),
  );
});

describe('overrides of the condition and of suppression', () => {
  test.each([
    ['quantity: 5', 'quantity'],
    ["counttype: 'number of hosts'", 'counttype'],
    ["relation: 'less than'", 'relation'],
  ])('count results: %s', (keys, key) => {
    const { said, places } = built(override(keys));
    expect(said.map(({ code, message }) => [code, message])).toEqual([
      ['TGT010', expect.stringContaining(`\`${key}\` is about results`)],
    ]);
    expect(places).toEqual([`sigpack.yml ${key}`]);
  });

  test('are right for results that are events, groups, or the same as without', () => {
    expect(built('{ splunk: { results: raw, savedsearch: { quantity: 5 } } }').said).toEqual([]);
    expect(built(override('quantity: 5'), many).said).toEqual([]);
    expect(built(override("quantity: 0, relation: 'greater than'")).said).toEqual([]);
  });

  test('of one alert for all results leave no suppression that nobody chose', () => {
    const { stanza, said } = built(override('alert.digest_mode: 1'));
    expect([
      stanza.get('alert.digest_mode'),
      stanza.get('alert.suppress'),
      stanza.get('alert.suppress.fields'),
    ]).toEqual(['1', '0', undefined]);
    expect(said).toEqual([]);
  });

  test.each([
    [
      override('alert.digest_mode: true', 'suppress: { period: 2h },'),
      'alert.digest_mode',
      'after it all are held back, whatever Computer, User are',
    ],
    [
      override(
        'alert.digest_mode: 1, alert.suppress: 1, alert.suppress.period: 1h, alert.suppress.fields: User',
      ),
      'alert.digest_mode',
      'whatever User are',
    ],
    [
      override('alert.suppress.fields: Foo'),
      'alert.suppress.fields',
      'no result is known to have `Foo`',
    ],
    [override("alert.suppress.fields: 'Computer, Foo'"), 'alert.suppress.fields', '`Foo`'],
    [
      override('alert.suppress.fields: User', 'suppress: { period: 0 },'),
      'alert.suppress.fields',
      'changes nothing',
    ],
    [
      override('alert.suppress.period: 4h', 'suppress: { period: 0 },'),
      'alert.suppress.period',
      'changes nothing',
    ],
    [override('alert.suppress: 1', 'suppress: { period: 0 },'), 'alert.suppress', 'has no period'],
  ])('are told at their place: %s', (settings, key, message) => {
    const { said, places } = built(settings);
    expect(said.map(({ code, message: text }) => [code, text])).toEqual([
      ['TGT010', expect.stringContaining(message)],
    ]);
    expect(places).toEqual([`sigpack.yml ${key}`]);
  });

  test('are told of rows of a data model and of groups', () => {
    expect(
      built(override('alert.suppress.fields: Computer'), shell, 'splunk-cim').said[0]?.message,
    ).toContain('`Computer`');
    expect(built(override('alert.suppress.fields: dest'), shell, 'splunk-cim').said).toEqual([]);
    expect(built(override('alert.suppress.fields: Image'), many).said[0]?.message).toContain(
      '`Image`',
    );
    expect(built(override('alert.suppress.fields: User'), many).said).toEqual([]);
  });

  test('throttle single results', () => {
    const { stanza } = built(
      override(
        'alert.suppress: 1, alert.suppress.period: 1h, alert.suppress.fields: User',
        'suppress: { fields: [] },',
      ),
    );
    expect([stanza.get('alert.digest_mode'), stanza.get('alert.suppress.fields')]).toEqual([
      '0',
      'User',
    ]);
  });

  test('of a rule are told in the rule', () => {
    const rule = alertRule(
      windows,
      "'Image|endswith': '\\cmd.exe'",
      'sigpack: { splunk: { savedsearch: { quantity: 5 } } }',
    );
    expect(built('{}', rule).places).toEqual(['rules.yml quantity']);
  });
});
