import { describe, expect, test } from 'vitest';
import { eventDefinitions } from '../src/pack/graylog/event-definition.ts';
import { alertPack, alertRule } from './alert-packs.ts';

const windows = 'product: windows, category: process_creation';
const shell = "'Image|endswith': '\\cmd.exe'";
const correlation = (
  settings = '',
  group = 'User',
): string => `${alertRule(windows, shell, 'name: shell')}---
title: Many shells
status: stable
level: high
correlation: { type: event_count, rules: [shell], group-by: [${group}], timespan: 10m, condition: { gte: 5 } }
${settings}
`;

type Target = 'splunk' | 'graylog';

/** The last detection of a pack. */
function detectionOf(target: Target, pipeline: string, rules: string, config = '') {
  const { pack, bag } = alertPack(target, pipeline, rules, config);
  const found = (target === 'splunk' ? pack.splunk : pack.graylog).at(-1)?.detection;
  return {
    detection: found,
    pack,
    said: bag.list.map(({ code, message }) => `${code} ${message}`),
    hints: bag.list.map(({ hint }) => hint),
  };
}

const entitiesOf = (
  target: Target,
  pipeline: string,
  rules: string,
  config = '',
): readonly string[] | undefined =>
  detectionOf(target, pipeline, rules, config).detection?.alert?.entities.map(
    ({ field, type }) => `${field} ${type}`,
  );

describe('entities, threat objects and fields of an alert', () => {
  const rule = alertRule(windows, shell);
  const parent = 'entities: [{ field: ParentImage, type: other }]';
  const user = 'entities: [{ field: User, type: user }]';

  test.each([
    ['defaults', `defaults: { ${user} }`, rule, 'User user'],
    ['a level', `defaults: { ${parent} }\nlevels: { high: { ${user} } }`, rule, 'User user'],
    [
      'a log source',
      `levels: { high: { ${parent} } }\nlogsources: [{ match: { product: windows }, settings: { ${user} } }]`,
      rule,
      'User user',
    ],
    [
      'the rule',
      `logsources: [{ match: { product: windows }, settings: { ${parent} } }]`,
      alertRule(windows, shell, `sigpack: { ${user} }`),
      'User user',
    ],
    ['another level', `levels: { low: { ${user} } }`, rule, 'Computer system'],
  ])('are set by %s', (_, config, rules, expected) => {
    expect(entitiesOf('splunk', 'splunk', rules, config)?.[0]).toBe(expected);
    expect(entitiesOf('graylog', 'none', rules, config)?.[0]).toBe(expected);
  });

  test.each([
    ['splunk', 'splunk-cim', 'process_current_directory'],
    ['splunk', 'splunk', 'CurrentDirectory'],
    ['graylog', 'graylog', 'winlogbeat_winlog_event_data_CurrentDirectory'],
  ] as const)('go through the pipelines: %s, %s', (target, pipeline, field) => {
    const list = '[{ field: CurrentDirectory, type: file_path }]';
    const { detection, pack } = detectionOf(
      target,
      pipeline,
      alertRule(
        windows,
        shell,
        `sigpack: { threatObjects: ${list}, alertFields: [CurrentDirectory] }`,
      ),
    );
    expect(detection?.alert?.threatObjects).toEqual([{ field, type: 'file_path' }]);
    // shown are these, and nothing that nobody asked for
    expect(
      detection?.alert?.shown.filter(
        (name) => !detection.alert?.entities.some((entity) => entity.field === name),
      ),
    ).toEqual(target === 'graylog' ? expect.arrayContaining([field]) : [field]);
    if (pipeline === 'splunk-cim')
      expect(pack.splunk[0]?.search).toContain(' Processes.process_current_directory ');
  });

  test('are in the rows of a data model whatever other rules ask for', () => {
    const one = alertRule(windows, "'Hashes|contains': abc");
    const { pack } = alertPack(
      'splunk',
      'splunk-cim',
      `${one}---\n${alertRule(windows, shell).replace('An alert', 'Another alert')}`,
    );
    for (const { search, detection } of pack.splunk)
      for (const column of detection.alert?.shown ?? [])
        expect(search.slice(0, search.indexOf('| rename'))).toMatch(
          new RegExp(`\\bProcesses\\.${column}\\b`),
        );
    expect(pack.splunk).toHaveLength(2);
  });

  test.each([
    ['splunk', 'alertFields: [Image]'],
    ['graylog', 'alertFields: [Image]'],
    ['graylog', 'threatObjects: [{ field: Image, type: process }]'],
  ] as const)('have a hint in %s that fits any of them: %s', (target, setting) => {
    const { hints } = detectionOf(
      target,
      target === 'splunk' ? 'splunk' : 'none',
      correlation(),
      `logsources: [{ match: { product: windows }, settings: { ${setting} } }]`,
    );
    expect(hints).toContain(
      'Name fields of `group-by`. Where the setting is one for all rules, give the correlation its own.',
    );
  });

  test('may be none', () => {
    const { detection } = detectionOf(
      'splunk',
      'splunk',
      alertRule(windows, shell, 'sigpack: { threatObjects: [], alertFields: [] }'),
    );
    expect(detection?.alert).toMatchObject({ threatObjects: [], shown: ['Computer', 'User'] });
  });

  test.each([
    [
      'splunk',
      'splunk',
      rule,
      'entities: [{ field: GrandParentImage, type: other }]',
      'no event of the log source has a field `GrandParentImage`',
    ],
    [
      'splunk',
      'splunk-cim',
      rule,
      'alertFields: [GrandParentImage]',
      '`GrandParentImage` is not a column of the results of the data model Endpoint.Processes',
    ],
    [
      'splunk',
      'splunk',
      correlation(),
      'threatObjects: [{ field: Image, type: process }]',
      '`Image` is not a column of the results of a correlation',
    ],
    ['graylog', 'none', rule, 'alertFields: ["a.b"]', "`a.b` can't be in a template of Graylog"],
    [
      'graylog',
      'none',
      correlation(),
      'entities: [{ field: Image, type: other }]',
      '`Image` is not a field of the group of the correlation',
    ],
  ] as const)(
    'are refused where no result has them: %s, %s, %#',
    (target, pipeline, rules, setting, message) => {
      const { said } = detectionOf(
        target,
        pipeline,
        rules,
        `logsources: [{ match: { product: windows }, settings: { ${setting} } }]`,
      );
      expect(said).toContainEqual(expect.stringContaining(`TGT001 ${target}: `));
      expect(said).toContainEqual(expect.stringContaining(message));
    },
  );

  test.each([
    ['entities: []', '`defaults.entities`'],
    ['entities: [{ field: User, type: person }]', '`defaults.entities'],
    ['threatObjects: [{ field: User, type: malware }]', '`defaults.threatObjects'],
    ['alertFields: User', '`defaults.alertFields`'],
    ['splunk: { results: event }', '`defaults.splunk.results`'],
  ])('must fit: %s', (setting, message) =>
    expect(() => alertPack('splunk', 'none', rule, `defaults: { ${setting} }`)).toThrow(message),
  );
});

describe('suppression', () => {
  const keysOf = (rules: string, config: string) => {
    const { pack } = alertPack('graylog', 'none', rules, config);
    const g = pack.graylog.at(-1);
    const [definition] = g
      ? eventDefinitions(g, pack.config.info, { minimumServerVersion: '6.0.0', streamIds: [] })
      : [];
    return [
      definition?.data.key_spec,
      (definition?.data.notification_settings.grace_period_ms ?? 0) / 1000,
    ];
  };
  const rule = alertRule(windows, shell);

  test.each([
    [
      'by entity for an hour',
      rule,
      '',
      [['Computer', 'User'], 3600],
      [['Computer', 'User', 'source'], 3600],
    ],
    [
      'for as long as is set',
      rule,
      'defaults: { suppress: { period: 1d } }',
      [['Computer', 'User'], 86_400],
      [['Computer', 'User', 'source'], 86_400],
    ],
    ['not at all', rule, 'defaults: { suppress: { period: 0 } }', [[], 0], [[], 0]],
    [
      'by one field',
      rule,
      'defaults: { suppress: { fields: [User] } }',
      [['User'], 3600],
      [['User', 'sigpack_nobody'], 3600],
    ],
    ['all at once', rule, 'defaults: { suppress: { fields: [] } }', [[], 3600], [[], 3600]],
    [
      'for four hours',
      alertRule('category: dns', 'query: a.example'),
      '',
      [['src_ip'], 14_400],
      [['src_ip', 'source', 'sigpack_nobody'], 14_400],
    ],
    ['by group', correlation(), '', [['User'], 3600], [['User'], 3600]],
    // one alert would silence it for everybody
    ['not without a group', correlation().replace('group-by: [User], ', ''), '', [[], 0], [[], 0]],
    [
      'without a group where that is set',
      correlation().replace('group-by: [User], ', ''),
      'defaults: { suppress: { period: 1h } }',
      [[], 3600],
      [[], 3600],
    ],
    [
      'not by the machine of a database',
      alertRule('category: database', 'message: x'),
      '',
      [[], 0],
      [[], 0],
    ],
    // the machine may be one that collects the events of all others
    [
      'not where nobody is named',
      alertRule('product: unheard_of', 'Field: x'),
      '',
      [[], 0],
      [[], 0],
    ],
    [
      'not where the product has no name for anybody',
      alertRule('product: aws, service: cloudtrail', 'eventName: x'),
      '',
      [['userIdentity.arn', 'userIdentity.userName'], 3600],
      [[], 0],
    ],
    [
      'for as long as is set, by machine',
      alertRule('product: unheard_of', 'Field: x'),
      'defaults: { suppress: { period: 2h } }',
      [['host'], 7200],
      [['source'], 7200],
    ],
    // an event of a count names nobody: nothing that is said of one may silence the others
    ['a count', rule, 'defaults: { threshold: 5 }', [['Computer', 'User'], 3600], [[], 0]],
  ] as const)('is %s', (_, rules, config, splunk, graylog) => {
    const suppress = detectionOf('splunk', 'none', rules, config).detection?.settings.suppress;
    expect([[suppress?.fields, suppress?.period], keysOf(rules, config)]).toEqual([
      splunk,
      graylog,
    ]);
  });

  test('a message without the fields of the key is told apart by its source', () => {
    const { pack } = alertPack(
      'graylog',
      'graylog',
      alertRule('product: windows, service: security', 'EventID: 4625'),
    );
    const [g] = pack.graylog;
    const [definition] = g
      ? eventDefinitions(g, pack.config.info, { minimumServerVersion: '6.0.0', streamIds: [] })
      : [];
    expect(definition?.data.key_spec.at(-1)).toBe('source');
    expect(Object.keys(definition?.data.field_spec ?? {})).toEqual(
      expect.arrayContaining([...(definition?.data.key_spec ?? [])]),
    );
  });

  test('is not by default where pipelines change the text of the search', () => {
    const text =
      'postprocessing: [{ type: simple_template, template: "{query} | table x" }]\ntransformations: []\n';
    const { detection, pack } = detectionOf('splunk', `text:${text}`, rule);
    expect(pack.splunk[0]?.search).toMatch(/ \| table x \| `\w+_filter`$/);
    expect(detection?.settings.suppress).toEqual({ fields: [], period: 0, usual: true });
    const chosen = detectionOf(
      'splunk',
      `text:${text}`,
      rule,
      'defaults: { splunk: { results: entity } }',
    );
    expect(chosen.pack.splunk[0]?.search).toContain(' | stats count ');
  });
});

describe('the security domain', () => {
  test.each([
    [alertRule(windows, shell), '', 'endpoint'],
    [alertRule('category: dns', 'query: a'), '', 'network'],
    [alertRule('product: okta, service: okta', 'eventType: a'), '', 'access'],
    [alertRule('product: unheard_of', 'a: b'), '', 'threat'],
    [correlation(), '', 'endpoint'],
    [
      alertRule(windows, shell),
      'levels: { high: { splunk: { securityDomain: identity } } }',
      'identity',
    ],
  ])('%#', (rules, config, domain) =>
    expect(
      detectionOf('splunk', 'none', rules, config).detection?.settings.splunk.securityDomain,
    ).toBe(domain),
  );
});
