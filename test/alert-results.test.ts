import { describe, expect, test } from 'vitest';
import { savedSearchSettings } from '../src/pack/splunk/savedsearch.ts';
import { alertPack, alertRule } from './alert-packs.ts';
import { compileText } from './compile.ts';
import { compileSpl } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { matches } from './matcher.ts';

const windows = 'product: windows, category: process_creation';
const shell = "'Image|endswith': '\\cmd.exe'";
const path = 'C:\\Windows\\System32\\cmd.exe';

/** Two shells of one user on one machine, others, and such that say not who or where. */
const processes: readonly Event[] = [
  { _time: 100, Computer: 'PC1', User: 'ann', Image: path, CommandLine: 'cmd /c a' },
  { _time: 130, Computer: 'PC1', User: 'ann', Image: path, CommandLine: 'cmd /c b' },
  { _time: 150, Computer: 'PC2', User: 'ann', Image: path, CommandLine: 'cmd' },
  { _time: 160, Computer: 'PC2', Image: path, CommandLine: 'cmd /k' },
  { _time: 170, Image: path },
  { _time: 180, Computer: 'PC3', User: 'bob', Image: 'C:\\calc.exe', CommandLine: 'calc' },
];

function stanzaOf(pipeline: string, rules: string, config = ''): ReadonlyMap<string, string> {
  const { pack, bag } = alertPack('splunk', pipeline, rules, config);
  const [detection] = pack.splunk;
  if (!detection) throw new Error(bag.list.map(({ message }) => message).join('\n'));
  return savedSearchSettings(detection, { info: pack.config.info, enterpriseSecurity: true });
}

/** What a saved search returns; the filter macro is one that an admin has changed. */
function resultsOf(
  stanza: ReadonlyMap<string, string>,
  events: readonly Event[],
  filter = 'search *',
): readonly Event[] {
  const search = stanza.get('search') ?? '';
  const macros = new Map(
    Array.from(search.matchAll(/`(\w+)`/g), ([, name = '']) => [
      name,
      name.endsWith('_filter') ? filter : '*',
    ]),
  );
  return compileSpl(search, { macros }).run(events);
}

/** The events of the pipeline `splunk`: Sysmon's process creations. */
const sysmon = (events: readonly Event[]): readonly Event[] =>
  events.map((event) => ({
    EventCode: 1,
    source: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational',
    ...event,
  }));

describe('one result of Splunk for each entity and run', () => {
  test('has its entities, how many events there were and when, and what they held', () => {
    expect(resultsOf(stanzaOf('splunk', alertRule(windows, shell)), sysmon(processes))).toEqual([
      {
        Computer: 'PC1',
        User: 'ann',
        count: 2,
        firstTime: 100,
        lastTime: 130,
        Image: path,
        CommandLine: ['cmd /c a', 'cmd /c b'],
        sigpack_nobody: 'no',
      },
      {
        Computer: 'PC2',
        User: 'ann',
        count: 1,
        firstTime: 150,
        lastTime: 150,
        Image: path,
        CommandLine: 'cmd',
        sigpack_nobody: 'no',
      },
      {
        Computer: 'PC2',
        User: 'unknown',
        count: 1,
        firstTime: 160,
        lastTime: 160,
        Image: path,
        CommandLine: 'cmd /k',
        sigpack_nobody: 'no',
      },
      {
        Computer: 'unknown',
        User: 'unknown',
        count: 1,
        firstTime: 170,
        lastTime: 170,
        Image: path,
        sigpack_nobody: '170 1',
      },
    ]);
  });

  test('throttles by its entities, each result by itself', () => {
    const stanza = stanzaOf('splunk', alertRule(windows, shell));
    const keys = [
      'alert.suppress',
      'alert.suppress.fields',
      'alert.suppress.period',
      'alert.digest_mode',
      'quantity',
    ];
    expect(keys.map((key) => stanza.get(key))).toEqual([
      '1',
      'Computer,User,sigpack_nobody',
      '1h',
      '0',
      '0',
    ]);
  });

  test('stands behind the filter macro, which sees every field of an event', () => {
    const found = resultsOf(
      stanzaOf('splunk', alertRule(windows, shell)),
      sysmon(processes),
      'search NOT CommandLine="cmd /c b" EventCode=1',
    );
    expect(found[0]).toMatchObject({ Computer: 'PC1', count: 1, CommandLine: 'cmd /c a' });
  });

  test('holds at most 50 values of a field', () => {
    const many = Array.from({ length: 120 }, (_, n) => ({
      _time: n,
      Computer: 'PC1',
      User: 'ann',
      Image: path,
      CommandLine: `cmd ${1000 + n}`,
    }));
    const [found] = resultsOf(stanzaOf('splunk', alertRule(windows, shell)), sysmon(many));
    expect(found).toMatchObject({ count: 120, CommandLine: { length: 50 } });
  });

  const rows = (events: readonly Event[]): readonly Event[] =>
    events.map(({ _time, Computer, User, Image, CommandLine }) => ({
      _time,
      datamodel: 'Endpoint.Processes',
      'Processes.dest': Computer,
      'Processes.user': User,
      'Processes.process_path': Image,
      'Processes.process': CommandLine,
    }));

  test('is the same of a data model, whose rows count events', () => {
    const twice = [...processes, { ...processes[0], _time: 100.5 }];
    const found = resultsOf(
      stanzaOf('splunk-cim', alertRule(windows, shell)),
      rows(twice as readonly Event[]),
    );
    expect(
      found.map(({ dest, user, count, firstTime, lastTime, process }) => [
        dest,
        user,
        count,
        firstTime,
        lastTime,
        process,
      ]),
    ).toEqual([
      ['PC1', 'ann', 3, 100, 130, ['cmd /c a', 'cmd /c b']],
      ['PC2', 'ann', 1, 150, 150, 'cmd'],
      ['PC2', 'unknown', 1, 160, 160, 'cmd /k'],
      ['unknown', 'unknown', 1, 170, 170, 'unknown'],
    ]);
  });

  test.each([
    ['splunk', sysmon, 5, 4],
    ['splunk', sysmon, 6, 0],
    ['splunk-cim', rows, 5, 4],
    ['splunk-cim', rows, 6, 0],
  ])('counts events for the threshold: with %s, %#', (pipeline, made, threshold, results) => {
    const stanza = stanzaOf(
      pipeline,
      alertRule(windows, shell, `sigpack: { threshold: ${threshold} }`),
    );
    expect(resultsOf(stanza, made(processes))).toHaveLength(results);
    // each result that the search has left is enough
    expect([stanza.get('relation'), stanza.get('quantity')]).toEqual(['greater than', '0']);
  });

  test('counts results for the threshold where they are events', () => {
    const stanza = stanzaOf(
      'splunk',
      alertRule(windows, shell, 'sigpack: { threshold: 5, splunk: { results: raw } }'),
    );
    expect([resultsOf(stanza, sysmon(processes)).length, stanza.get('quantity')]).toEqual([5, '4']);
  });

  test('is an event where the settings say so', () => {
    const found = resultsOf(
      stanzaOf('splunk', alertRule(windows, shell), 'defaults: { splunk: { results: raw } }'),
      sysmon(processes),
    );
    expect(found).toEqual(
      sysmon(processes)
        .filter(({ Image }) => Image === path)
        .map((event) => ({
          ...event,
          sigpack_nobody: event.Computer === undefined ? '170 ' : 'no',
        }))
        .toReversed(),
    );
  });

  test('tells apart what else is suppressed by and at risk', () => {
    const settings =
      'sigpack: { suppress: { fields: [CommandLine] }, risk: { objects: [{ field: ParentImage, type: other }] } }';
    const rule = alertRule(windows, shell, settings);
    const found = resultsOf(
      stanzaOf('splunk', rule, 'splunk: { enterpriseSecurity: true }'),
      sysmon(processes),
    );
    expect(
      found.map(({ Computer, CommandLine, ParentImage }) => [Computer, CommandLine, ParentImage]),
    ).toEqual([
      ['PC1', 'cmd /c a', 'unknown'],
      ['PC1', 'cmd /c b', 'unknown'],
      ['PC2', 'cmd', 'unknown'],
      ['PC2', 'cmd /k', 'unknown'],
      ['unknown', 'unknown', 'unknown'],
    ]);
  });

  test('tells apart what a setting of savedsearches.conf throttles by', () => {
    const found = resultsOf(
      stanzaOf(
        'splunk',
        alertRule(
          windows,
          shell,
          'sigpack: { splunk: { savedsearch: { alert.suppress.fields: "host, CommandLine" } } }',
        ),
      ),
      sysmon(processes),
    );
    expect(found.map(({ host, CommandLine }) => [host, CommandLine])).toContainEqual([
      'unknown',
      'cmd /c b',
    ]);
  });

  test('names fields of other signs in every command', () => {
    const rule = alertRule(
      'product: aws, service: cloudtrail',
      'eventName: StopLogging',
      'sigpack: { alertFields: [eventName, "odd name", "a-b"] }',
    );
    const events: readonly Event[] = [
      {
        _time: 1,
        eventName: 'StopLogging',
        'userIdentity.arn': 'arn:a',
        'odd name': 'x',
        'a-b': '1',
      },
      {
        _time: 2,
        eventName: 'StopLogging',
        'userIdentity.arn': 'arn:a',
        'odd name': 'y',
        'a-b': '1',
      },
      { _time: 3, eventName: 'StopLogging' },
    ];
    const nobody = { 'userIdentity.userName': 'unknown' };
    expect(resultsOf(stanzaOf('none', rule), events)).toEqual([
      {
        'userIdentity.arn': 'arn:a',
        ...nobody,
        count: 2,
        firstTime: 1,
        lastTime: 2,
        eventName: 'StopLogging',
        'odd name': ['x', 'y'],
        'a-b': '1',
        sigpack_nobody: 'no',
      },
      {
        'userIdentity.arn': 'unknown',
        ...nobody,
        count: 1,
        firstTime: 3,
        lastTime: 3,
        eventName: 'StopLogging',
        sigpack_nobody: '3 1',
      },
    ]);
  });

  const sources: readonly (readonly [string, string, string, readonly Event[]])[] = [
    [
      'none',
      'product: linux, service: auditd',
      'type: EXECVE',
      [{ host: 'l1', auid: '7' }, { host: 'l1' }, { host: 'l2', auid: '7' }],
    ],
    [
      'none',
      'category: proxy',
      "'c-uri|contains': /x",
      [{ 'c-ip': '10.0.0.1' }, { 'cs-username': 'ann' }, {}],
    ],
    [
      'none',
      'product: aws, service: cloudtrail',
      'eventName: X',
      [{ 'userIdentity.arn': 'a' }, { sourceIPAddress: '1.1.1.1' }],
    ],
    ['none', 'product: unheard_of', 'Field: x', [{ host: 'h1' }, { host: 'h2' }]],
    ['splunk', 'category: dns', 'query: a.example', [{ src: '10.0.0.1' }, { src: '10.0.0.2' }, {}]],
  ];

  test.each(sources)(
    'finds every entity that the rule means, with %s: %s',
    (pipeline, source, selection, who) => {
      const positive: Event = {
        type: 'EXECVE',
        'c-uri': 'http://a/x',
        eventName: 'X',
        Field: 'x',
        query: 'a.example',
        tag: ['dns', 'network', 'resolution'],
      };
      const events = who.flatMap((fields, index) => [
        { _time: index, n: `${index}`, ...positive, ...fields },
        { _time: index, n: `${index}`, ...fields },
      ]);
      const [rule] = compileText(alertRule(source, selection));
      const wanted = events.filter(
        (event) => rule?.kind === 'detection' && matches(rule.query, event),
      );
      const found = resultsOf(
        stanzaOf(pipeline, alertRule(source, selection, 'sigpack: { alertFields: [n] }')),
        events,
      );
      expect(found.flatMap(({ n }) => n).sort()).toEqual(wanted.map(({ n }) => n));
      expect(found.reduce((sum, { count }) => sum + Number(count), 0)).toBe(wanted.length);
    },
  );
});

describe('results of Splunk that stay as they are', () => {
  test('a correlation keeps its groups', () => {
    const rule = `${alertRule(windows, shell, 'name: shell')}---
title: Many shells
status: stable
level: high
correlation: { type: event_count, rules: [shell], group-by: [Computer], timespan: 10m, condition: { gte: 2 } }
`;
    const { pack } = alertPack('splunk', 'splunk', rule);
    const found = pack.splunk.find(({ detection }) => detection.rule.kind === 'correlation');
    expect(found?.search).toMatch(/`pk_many_shells_filter`$/);
    expect(found?.detection.alert).toEqual({
      entities: [{ field: 'Computer', type: 'system' }],
      threatObjects: [],
      shown: ['Computer', 'sigpack_hits'],
    });
    expect(found?.detection.settings.suppress).toMatchObject({
      fields: ['Computer'],
      period: 3600,
    });
  });
});
