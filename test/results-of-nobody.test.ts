import { describe, expect, test } from 'vitest';
import { eventDefinitions } from '../src/pack/graylog/event-definition.ts';
import { savedSearchSettings } from '../src/pack/splunk/savedsearch.ts';
import { alertPack, alertRule } from './alert-packs.ts';
import { compileSpl } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';

const shell = alertRule(
  'product: windows, category: process_creation',
  "'Image|endswith': '\\cmd.exe'",
);

function stanzaOf(pipeline: string, rules: string, config = ''): ReadonlyMap<string, string> {
  const { pack, bag } = alertPack('splunk', pipeline, rules, config);
  const detection = pack.splunk.at(-1);
  if (!detection) throw new Error(bag.list.map(({ message }) => message).join('\n'));
  return savedSearchSettings(detection, { info: pack.config.info, enterpriseSecurity: false });
}

function resultsOf(
  stanza: ReadonlyMap<string, string>,
  events: readonly Event[],
): readonly Event[] {
  const search = stanza.get('search') ?? '';
  const macros = new Map(
    Array.from(search.matchAll(/`(\w+)`/g), ([, name = '']) => [
      name,
      name.endsWith('_filter') ? 'search *' : '*',
    ]),
  );
  return compileSpl(search, { macros }).run(events);
}

/** What Splunk remembers of an alert: the values of the fields that it throttles by. */
function throttled(
  stanza: ReadonlyMap<string, string>,
  events: readonly Event[],
): readonly string[] {
  const fields = (stanza.get('alert.suppress.fields') ?? '')
    .split(',')
    .map((name) => name.replaceAll('"', ''));
  return resultsOf(stanza, events).map((result) =>
    JSON.stringify(fields.map((field) => result[field] ?? null)),
  );
}

describe('results of Splunk that name nobody', () => {
  const audit = alertRule('product: azure, service: auditlogs', 'OperationName: Add');
  const sets: readonly (readonly [string, string, string, Event])[] = [
    ['one user', audit, '', { OperationName: 'Add' }],
    ['a machine and a user', shell, '', { Image: 'C:\\cmd.exe' }],
    [
      'a user of Windows that is `-`',
      shell,
      'defaults: { suppress: { fields: [User] } }',
      { Image: 'C:\\cmd.exe', Computer: 'PC1', User: '-' },
    ],
    ['raw events', shell, 'defaults: { splunk: { results: raw } }', { Image: 'C:\\cmd.exe' }],
  ];

  test.each(sets)('hold back no others: %s', (_, rule, config, event) => {
    const stanza = stanzaOf('none', rule, config);
    const first = throttled(stanza, [{ _time: 100, _raw: 'a', ...event }]);
    const second = throttled(stanza, [{ _time: 200, _raw: 'b', ...event }]);
    expect(first).toHaveLength(1);
    expect(second).toHaveLength(1);
    expect(first).not.toEqual(second);
  });

  test.each([
    [
      'a known user',
      audit,
      {
        OperationName: 'Add',
        'properties.initiatedBy.user.userPrincipalName': 'ann',
        Initiatedby: 'ann',
      },
    ],
    ['a known machine', shell, { Image: 'C:\\cmd.exe', Computer: 'PC1' }],
  ])('those of %s are held back', (_, rule, event) => {
    const stanza = stanzaOf('none', rule);
    expect(throttled(stanza, [{ _time: 100, ...event }])).toEqual(
      throttled(stanza, [{ _time: 200, ...event }]),
    );
  });

  test('an event of a new one is not held back with the one before it', () => {
    const stanza = stanzaOf('none', audit);
    const event = { OperationName: 'Add' };
    const before = throttled(stanza, [{ _time: 100, ...event }]);
    expect(
      throttled(stanza, [
        { _time: 100, ...event },
        { _time: 130, ...event },
      ]),
    ).not.toEqual(before);
    // seen again and nothing else
    expect(throttled(stanza, [{ _time: 100, ...event }])).toEqual(before);
  });

  test('a group of a correlation that names nobody holds back no other', () => {
    const many = `${alertRule('product: azure, service: auditlogs', 'OperationName: Add', 'name: add')}---
title: Many
correlation: { type: event_count, rules: [add], group-by: [user], timespan: 10m, condition: { gte: 1 } }
`;
    const stanza = stanzaOf('none', many);
    expect(stanza.get('alert.suppress.fields')).toBe('user,sigpack_nobody');
    expect(stanza.get('search')).toContain(
      'eval sigpack_nobody=if(in(coalesce(\'user\',"unknown"),"unknown","-",""),tostring(_time),"no")',
    );
  });
});

describe('keys of Graylog of messages that name nobody', () => {
  function definitionOf(rule: string, config = '') {
    const { pack } = alertPack('graylog', 'none', rule, config);
    const [definition] = pack.graylog.flatMap((one) =>
      eventDefinitions(one, pack.config.info, { minimumServerVersion: '6.0', streamIds: [] }),
    );
    const template = definition?.data.field_spec.sigpack_nobody?.providers[0]?.template;
    return { keys: definition?.data.key_spec, template };
  }
  const id = `\${source.gl2_message_id}`;

  test.each([
    [
      'a user',
      alertRule('product: m365, service: audit', 'Operation: x'),
      '',
      `\${if source.UserId}no\${else}${id}\${end}`,
    ],
    [
      'a sender and a user',
      alertRule('category: proxy', "'c-uri|contains': x"),
      '',
      `\${if source.c-ip}no\${else}\${if source.cs-username}no\${else}${id}\${end}\${end}`,
    ],
    [
      'a user that is set',
      shell,
      'defaults: { suppress: { fields: [User] } }',
      `\${if source.User}no\${else}${id}\${end}`,
    ],
  ])('are their own: %s', (_, rule, config, template) => {
    const found = definitionOf(rule, config);
    expect(found.template).toBe(template);
    expect(found.keys?.at(-1)).toBe('sigpack_nobody');
  });

  test.each([
    ['a machine of Windows', shell, ''],
    [
      'nothing held back',
      alertRule('product: m365, service: audit', 'Operation: x'),
      'defaults: { suppress: { period: 0 } }',
    ],
    ['one alert for all', shell, 'defaults: { suppress: { fields: [] } }'],
  ])('are as ever with %s', (_, rule, config) => {
    const found = definitionOf(rule, config);
    expect(found.template).toBeUndefined();
    expect(found.keys).not.toContain('sigpack_nobody');
  });
});

describe('a machine that may collect the events of others', () => {
  test.each([
    ['category: antivirus', "'Signature|contains': x"],
    ['category: database', 'message: x'],
    ['category: application', 'message: x'],
    ['product: qualys', 'host.scan.vuln: x'],
  ])('suppresses nothing by default: %s', (source, selection) => {
    const stanza = stanzaOf('splunk', alertRule(source, selection));
    expect([stanza.get('alert.suppress'), stanza.get('alert.suppress.fields')]).toEqual([
      '0',
      undefined,
    ]);
  });

  test('suppresses where a setting says so', () => {
    const stanza = stanzaOf(
      'splunk',
      alertRule('category: database', 'message: x'),
      'defaults: { suppress: { period: 4h } }',
    );
    expect([stanza.get('alert.suppress.fields'), stanza.get('alert.suppress.period')]).toEqual([
      'host',
      '4h',
    ]);
  });

  test('is the machine itself for Linux', () => {
    expect(
      stanzaOf('splunk', alertRule('product: linux, service: sshd', 'message: x')).get(
        'alert.suppress.fields',
      ),
    ).toBe('host');
  });
});

describe('names that the results have for themselves', () => {
  test.each([
    ['entities: [{ field: count, type: other }]', 'count'],
    ['suppress: { fields: [firstTime] }', 'firstTime'],
    ['alertFields: [lastTime]', 'lastTime'],
    ['threatObjects: [{ field: _time, type: other }]', '_time'],
    ['entities: [{ field: sigpack_events, type: other }]', 'sigpack_events'],
  ])('are refused at their place: %s', (setting, name) => {
    const { pack, bag } = alertPack(
      'splunk',
      'none',
      shell,
      `logsources:\n  - match: { product: windows }\n    settings: { ${setting} }`,
    );
    expect(pack.splunk).toEqual([]);
    const [found] = bag.list.filter(({ code }) => code === 'TGT001');
    expect(found?.message).toContain(`\`${name}\` is a column that the search makes`);
    expect([found?.file.path, found?.file.text.slice(found.span.start, found.span.end)]).toEqual([
      'sigpack.yml',
      name,
    ]);
  });

  test('are fields of events where a result is one', () => {
    const stanza = stanzaOf(
      'none',
      shell,
      'defaults: { splunk: { results: raw }, suppress: { fields: [count] } }',
    );
    expect(stanza.get('alert.suppress.fields')).toBe('count,sigpack_nobody');
  });
});

describe('fields with several values of a data model', () => {
  const dns = (settings = '') => alertRule('category: dns', 'query: a.example', settings);
  const asked = (answers: readonly string[], _time = 100): Event => ({
    _time,
    datamodel: 'Network_Resolution.DNS',
    'DNS.src': '10.0.0.1',
    'DNS.query': 'a.example',
    'DNS.answer': answers,
  });

  test('an event counts once', () => {
    const [found, ...others] = resultsOf(stanzaOf('splunk-cim', dns()), [
      asked(['1.1.1.1', '2.2.2.2', '3.3.3.3']),
    ]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      src: '10.0.0.1',
      count: 1,
      answer: ['1.1.1.1', '2.2.2.2', '3.3.3.3'],
    });
  });

  test('a threshold counts events', () => {
    const stanza = stanzaOf('splunk-cim', dns('sigpack: { threshold: 2 }'));
    expect(resultsOf(stanza, [asked(['1.1.1.1', '2.2.2.2'])])).toEqual([]);
    expect(
      resultsOf(stanza, [asked(['1.1.1.1', '2.2.2.2']), asked(['1.1.1.1'], 100.5)]),
    ).toMatchObject([{ count: 2 }]);
  });

  test('so does a correlation', () => {
    const many = `${dns('name: asked')}---
title: Many
correlation: { type: event_count, rules: [asked], group-by: [src_ip], timespan: 10m, condition: { gte: 2 } }
`;
    expect(stanzaOf('splunk-cim', many).get('search')).toMatch(
      /values\(DNS\.answer\) AS DNS\.answer FROM .* BY _time span=1s (?!.*DNS\.answer)/,
    );
  });

  test('tell results apart where they are the entity', () => {
    const stanza = stanzaOf(
      'splunk-cim',
      dns('sigpack: { entities: [{ field: answer, type: other }] }'),
    );
    expect(
      resultsOf(stanza, [asked(['1.1.1.1', '2.2.2.2'])]).map(({ answer, count }) => [
        answer,
        count,
      ]),
    ).toEqual([
      ['1.1.1.1', 1],
      ['2.2.2.2', 1],
    ]);
  });
});

describe('lists of settings', () => {
  test('name a field once where pipelines make one of two', () => {
    const settings =
      'sigpack: { entities: [{ field: Computer, type: system }, { field: ComputerName, type: system }, { field: Computer, type: user }] }';
    const { pack } = alertPack(
      'splunk',
      'splunk',
      alertRule('product: windows, category: process_creation', "'Image|endswith': x", settings),
    );
    expect(pack.splunk[0]?.detection.alert?.entities).toEqual([
      { field: 'Computer', type: 'system' },
    ]);
    expect(pack.splunk[0]?.detection.settings.suppress?.fields).toEqual(['Computer']);
  });

  const fields = (count: number) => Array.from({ length: count }, (_, n) => `F${n}`);
  const typed = (count: number, type: string) =>
    fields(count)
      .map((field) => `{ field: ${field}, type: ${type} }`)
      .join(', ');

  test.each([
    [`entities: [${typed(11, 'other')}]`, 'entities', 10],
    [`threatObjects: [${typed(21, 'other')}]`, 'threatObjects', 20],
    [`risk: { objects: [${typed(11, 'user')}] }`, 'risk.objects', 10],
    [`alertFields: [${fields(31)}]`, 'alertFields', 30],
    [`suppress: { fields: [${fields(11)}] }`, 'suppress.fields', 10],
    [`graylog: { keyFields: [${fields(11)}] }`, 'graylog.keyFields', 10],
  ])('have an end: %#', (setting, name, most) =>
    expect(() => alertPack('splunk', 'none', shell, `defaults: { ${setting} }`)).toThrow(
      `\`defaults.${name}\` must have at most ${most} entries`,
    ),
  );
});
