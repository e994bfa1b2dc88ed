import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardSearches } from '../src/pack/splunk/dashboard.ts';
import { definitionsIn, readStrictConf } from './conf-reader.ts';
import { type Event, parseSearch, runSpl } from './judges/spl/spl.ts';
import { type App, appOf, noon } from './splunk-app-of.ts';
import { opened, panelsOf, type Tokens, withTokens } from './splunk-view.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-dashboards-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const hostile = `"a" \`b\` $c$ | delete < & 'd' [ search * ] \\`;
const formula = '=HYPERLINK("x")';

const ids = {
  mimi: '00000000-0000-4000-8000-000000000001',
  logon: '00000000-0000-4000-8000-000000000002',
  hostile: '00000000-0000-4000-8000-000000000003',
  formula: '00000000-0000-4000-8000-000000000004',
};

const rule = (id: string, title: string, level: string, more = ''): string =>
  `title: ${JSON.stringify(title)}\nid: ${id}\nstatus: test\nlevel: ${level}\nlogsource: { product: windows }\ndetection:\n  sel: { Image|endswith: x.exe }\n  condition: sel\n${more}`;

const rules = {
  'rules/mimi.yml': rule(
    ids.mimi,
    'Credential Dump',
    'critical',
    'tags: [attack.credential-access, attack.t1003.001, attack.execution]\ndescription: Someone reads the memory of lsass.\nfalsepositives: [Scanner, Backup]\nreferences: ["https://a.test/x"]\nsigpack: { remediation: "1. Isolate the host.\\n2. Ask.", entities: [{ field: Computer, type: system }, { field: User, type: user }] }\n',
  ),
  'rules/logon.yml': rule(
    ids.logon,
    'Odd Logon',
    'low',
    'sigpack: { entities: [{ field: host, type: system }] }\n',
  ),
  'rules/hostile.yml': rule(
    ids.hostile,
    hostile,
    'high',
    `description: ${JSON.stringify(hostile)}\ntags: [attack.impact]\n`,
  ),
  'rules/formula.yml': rule(ids.formula, formula, 'medium'),
};

const at = (minutes: number): number => noon + minutes * 60;
const clock = (minutes: number): string =>
  new Date(at(minutes) * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** What `savedsearches.conf` has as the name of a rule's stanza. */
const stanza = {
  mimi: 'Credential Dump',
  logon: 'Odd Logon',
  hostile: `"a" \`b\` $c$ | delete < & 'd' ( search * ) \\.`,
  formula,
};

const fired = (minutes: number, name: string, sid: string, more: Event = {}): Event => ({
  _time: at(minutes),
  index: '_audit',
  sourcetype: 'audittrail',
  action: 'alert_fired',
  ss_app: 'acme',
  ss_name: name,
  sid,
  ...more,
});

const alerts: readonly Event[] = [
  fired(0, stanza.mimi, 's1'),
  // a result each of one run
  fired(0, stanza.mimi, 's1'),
  fired(5, stanza.mimi, 's2'),
  fired(40, stanza.logon, 's3'),
  fired(41, stanza.hostile, 's4'),
  fired(42, stanza.formula, 's5'),
  fired(43, 'Credential Dump', 's6', { ss_app: 'other' }),
  fired(44, 'Made by hand', 's7'),
  fired(45, 'Odd Logon', 's8', { action: 'search' }),
  fired(46, 'Odd Logon', 's9', { index: 'main' }),
];

const run = (minutes: number, name: string, more: Event): Event => ({
  _time: at(minutes),
  index: '_internal',
  sourcetype: 'scheduler',
  app: 'acme',
  savedsearch_name: name,
  savedsearch_id: `nobody;acme;${name}`,
  ...more,
});

const full =
  'The maximum number of concurrent historical scheduled searches on this instance has been reached';
const syntax = "Error in 'where' command: The expression is malformed. No actions executed";
const failedOf = (minutes: number, name: string): Event => ({
  _time: at(minutes),
  index: '_internal',
  sourcetype: 'scheduler',
  savedsearch_id: `admin;acme;${name}`,
  message: syntax,
  log_level: 'ERROR',
});

const runs: readonly Event[] = [
  run(0, stanza.mimi, { status: 'success', run_time: '2.5', result_count: '3' }),
  run(15, stanza.mimi, { status: 'success', run_time: '4', result_count: '0' }),
  run(30, stanza.mimi, { status: 'skipped', reason: full }),
  run(45, stanza.mimi, { status: 'skipped', reason: full }),
  run(50, stanza.hostile, { status: 'continued', reason: full }),
  run(51, stanza.logon, { status: 'delegated_remote' }),
  run(52, stanza.logon, { status: 'delegated_remote_error', reason: 'no answer' }),
  run(53, 'Made by hand', { status: 'skipped', reason: full }),
  run(54, stanza.logon, {
    app: 'other',
    savedsearch_id: 'nobody;other;Odd Logon',
    status: 'skipped',
    reason: full,
  }),
  failedOf(55, stanza.formula),
];

let plain: App;
let kept: App;
let secure: App;
beforeAll(async () => {
  // one command runs at a time
  plain = await appOf(rules, '', temporary);
  kept = await appOf(rules, 'splunk: { summaryIndex: acme-alerts }\n', temporary);
  secure = await appOf(rules, 'splunk: { enterpriseSecurity: true }\n', temporary);
});

const pageOf = (id: string): string => `/app/acme/detection?form.detection=${id}`;

describe('what fired, by Splunk alone', () => {
  it('by rule, the most frequent first; each row leads to the page of its rule', () => {
    const rows = plain.rows('overview', 'Most frequent detections', alerts);
    expect(rows).toEqual([
      {
        rule: stanza.mimi,
        level: 'critical',
        tactics: ['Credential Access', 'Execution'],
        alerts: 2,
        last: clock(5),
        id: ids.mimi,
      },
      {
        rule: stanza.hostile,
        level: 'high',
        tactics: 'Impact',
        alerts: 1,
        last: clock(41),
        id: ids.hostile,
      },
      {
        rule: formula,
        level: 'medium',
        tactics: 'Other',
        alerts: 1,
        last: clock(42),
        id: ids.formula,
      },
      {
        rule: stanza.logon,
        level: 'low',
        tactics: 'Other',
        alerts: 1,
        last: clock(40),
        id: ids.logon,
      },
    ]);
    const { links } = plain.panel('overview', 'Most frequent detections');
    expect(rows.map((row) => links.map((link) => opened(link, row)))).toEqual(
      [ids.mimi, ids.hostile, ids.formula, ids.logon].map((id) => [pageOf(id)]),
    );
  });

  it('in all, and how many detections', () => {
    expect(plain.rows('overview', 'Alerts', alerts)).toEqual([{ alerts: 5 }]);
    expect(plain.rows('overview', 'Detections that fired', alerts)).toEqual([{ detections: 4 }]);
    expect(plain.rows('overview', 'Alerts', [])).toEqual([{ alerts: 0 }]);
  });

  it('by level over time', () => {
    expect(
      plain
        .rows('overview', 'Alerts by level', alerts)
        .filter((row) => Number(row._time) >= at(0) && Number(row._time) < at(60)),
    ).toEqual([
      { _time: at(0), critical: 2, high: 0, medium: 0, low: 0 },
      { _time: at(30), critical: 0, high: 1, medium: 1, low: 1 },
    ]);
    expect(plain.rows('overview', 'Alerts by level', alerts)).toHaveLength(48);
  });

  it('by tactic over time: an alert counts for each tactic of its rule', () => {
    expect(
      plain.rows('overview', 'Alerts by ATT&CK tactic', alerts).find((row) => row._time === at(0)),
    ).toEqual({
      _time: at(0),
      'Credential Access': 2,
      Execution: 2,
      Impact: 0,
      Other: 0,
    });
  });

  it('the newest first', () => {
    const rows = plain.rows('overview', 'Newest alerts', alerts);
    expect(rows.map(({ time, rule: name, id }) => [time, name, id])).toEqual([
      [clock(42), formula, ids.formula],
      [clock(41), stanza.hostile, ids.hostile],
      [clock(40), stanza.logon, ids.logon],
      [clock(5), stanza.mimi, ids.mimi],
      [clock(0), stanza.mimi, ids.mimi],
    ]);
  });

  it.each<[Tokens, readonly string[]]>([
    [{ level: 'critical' }, [ids.mimi]],
    [{ tactic: 'Execution' }, [ids.mimi]],
    [{ tactic: 'Other' }, [ids.formula, ids.logon]],
    [{ level: 'low', tactic: 'Other' }, [ids.logon]],
    [{ level: 'low', tactic: 'Impact' }, []],
    [{ level: '*" OR level="*' }, []],
    [{ level: '\\" OR 1=1 OR level="' }, []],
    [{ tactic: '\\' }, []],
    [{ tactic: 'x" | delete | search "' }, []],
  ])('%j leaves %j', (tokens, left) => {
    expect(
      plain.rows('overview', 'Most frequent detections', alerts, tokens).map(({ id }) => id),
    ).toEqual(left);
  });

  it('offers the levels and the tactics that a click on a chart sets', () => {
    const view = plain.files.get('default/data/ui/views/overview.xml') ?? '';
    const choices = (token: string): readonly unknown[] =>
      [
        ...(new RegExp(`token="${token}"[^]*?</input>`).exec(view)?.[0] ?? '').matchAll(
          /<choice value="([^"]+)">/g,
        ),
      ].map(([, value]) => value);
    expect(choices('tactic')).toEqual(['*', 'Execution', 'Credential Access', 'Impact', 'Other']);
    expect(choices('level')).toEqual(['*', 'critical', 'high', 'medium', 'low', 'informational']);
    expect(
      ['Alerts by level', 'Alerts by ATT&CK tactic'].map(
        (title) => plain.panel('overview', title).sets,
      ),
    ).toEqual([['form.level'], ['form.tactic']]);
  });

  it('has no entities, and says what brings them', () => {
    const view = plain.files.get('default/data/ui/views/overview.xml') ?? '';
    expect(view).toMatch(
      /<title>Most frequent entities<\/title>\s*<html>[\s\S]*splunk\.summaryIndex[\s\S]*splunk\.enterpriseSecurity/,
    );
    expect(view).not.toMatch(/index=(?:notable|risk)/);
    expect(plain.files.get('default/savedsearches.conf')).not.toContain('summary_index');
  });

  it('says so where the user may not search an index', () => {
    const view = plain.files.get('default/data/ui/views/overview.xml') ?? '';
    const hidden = panelsOf(view).filter(({ query }) => /\| head 1 \| fields _time$/.test(query));
    expect(hidden.map(({ query }) => runSpl(query, alerts).length)).toEqual([1, 0]);
    expect(hidden.map(({ query }) => runSpl(query, runs).length)).toEqual([0, 1]);
    for (const token of ['alerts_hidden', 'runs_hidden']) {
      expect(view).toMatch(
        new RegExp(
          `<condition match="'job.resultCount' == 0">\\s*<set token="${token}">true</set>`,
        ),
      );
      expect(view).toContain(`<row depends="$${token}$">`);
    }
  });
});

describe('how the searches ran', () => {
  it('those that were skipped, failed or late, with the reason and the last time', () => {
    const rows = plain.rows('overview', 'Skipped, failed and late runs', runs);
    expect(rows).toEqual([
      {
        rule: stanza.mimi,
        level: 'critical',
        outcome: 'skipped',
        reason: full,
        runs: 2,
        last: clock(45),
        id: ids.mimi,
      },
      {
        rule: stanza.hostile,
        level: 'high',
        outcome: 'late',
        reason: full,
        runs: 1,
        last: clock(50),
        id: ids.hostile,
      },
      {
        rule: formula,
        level: 'medium',
        outcome: 'failed',
        reason: syntax,
        runs: 1,
        last: clock(55),
        id: ids.formula,
      },
      {
        rule: stanza.logon,
        level: 'low',
        outcome: 'failed',
        reason: 'no answer',
        runs: 1,
        last: clock(52),
        id: ids.logon,
      },
    ]);
    const { links } = plain.panel('overview', 'Skipped, failed and late runs');
    expect(links.map((link) => opened(link, rows[1] ?? {}))).toEqual([pageOf(ids.hostile)]);
  });

  it('in all', () => {
    expect(plain.rows('overview', 'Runs skipped', runs)).toEqual([{ skipped: 2 }]);
    expect(plain.rows('overview', 'Runs failed', runs)).toEqual([{ failed: 2 }]);
  });

  it('the slowest first', () => {
    expect(plain.rows('overview', 'Slowest searches', runs)).toEqual([
      {
        rule: stanza.mimi,
        level: 'critical',
        runs: 2,
        longest_seconds: 4,
        mean_seconds: 3.3,
        with_results: 1,
        id: ids.mimi,
      },
    ]);
  });
});

const stored = (minutes: number, id: string, cd: string, more: Event): Event => ({
  _time: at(minutes),
  index: 'acme-alerts',
  sourcetype: 'stash',
  // the one that wrote the event
  host: 'search-head',
  splunk_server: 'i1',
  _cd: cd,
  search_name: id === ids.mimi ? stanza.mimi : stanza.logon,
  sigpack_pack: 'acme',
  sigpack_rule: id,
  sigpack_level: 'low',
  ...more,
});

describe('entities from a summary index', () => {
  const results = [
    stored(0, ids.mimi, '1:1', { Computer: 'web1', User: 'alice', orig_host: 'collector' }),
    stored(1, ids.mimi, '1:2', { Computer: 'web1' }),
    stored(2, ids.logon, '1:3', {
      orig_host: 'web1',
      Computer: 'mine',
      rule: 'mine',
      level: 'mine',
      id: 'mine',
      tactics: 'mine',
    }),
    stored(3, ids.logon, '1:4', { orig_host: 'db1\ndb2' }),
    stored(4, ids.logon, '1:5', {}),
    stored(5, ids.logon, '1:6', { orig_host: 'web9', sigpack_pack: 'other' }),
  ];

  it('are counted by rule; each row leads to the page of its rule', () => {
    const rows = kept.rows('overview', 'Most frequent entities', results);
    expect(rows).toEqual([
      {
        entity: 'web1',
        rule: stanza.mimi,
        level: 'critical',
        results: 2,
        last: clock(1),
        id: ids.mimi,
      },
      {
        entity: 'web1',
        rule: stanza.logon,
        level: 'low',
        results: 1,
        last: clock(2),
        id: ids.logon,
      },
      {
        entity: 'alice',
        rule: stanza.mimi,
        level: 'critical',
        results: 1,
        last: clock(0),
        id: ids.mimi,
      },
      {
        entity: 'db1',
        rule: stanza.logon,
        level: 'low',
        results: 1,
        last: clock(3),
        id: ids.logon,
      },
      {
        entity: 'db2',
        rule: stanza.logon,
        level: 'low',
        results: 1,
        last: clock(3),
        id: ids.logon,
      },
    ]);
    expect(
      kept
        .panel('overview', 'Most frequent entities')
        .links.map((link) => opened(link, rows[1] ?? {})),
    ).toEqual([pageOf(ids.logon)]);
    expect(
      kept.rows('overview', 'Most frequent entities', results, { level: 'critical' }),
    ).toHaveLength(2);
    expect(
      kept.rows('detection', 'Most frequent entities', results, { detection: ids.mimi }),
    ).toEqual([
      { entity: 'web1', results: 2, last: clock(1) },
      { entity: 'alice', results: 1, last: clock(0) },
    ]);
  });

  it('are kept by each search, marked', () => {
    const searches = readStrictConf(kept.files.get('default/savedsearches.conf') ?? '');
    expect(searches.size).toBe(4);
    for (const settings of searches.values()) {
      expect(
        Object.fromEntries([...settings].filter(([key]) => key.startsWith('action.summary_index'))),
      ).toEqual({
        'action.summary_index': '1',
        'action.summary_index._name': 'acme-alerts',
        'action.summary_index.sigpack_pack': 'acme',
        'action.summary_index.sigpack_rule': expect.stringMatching(
          /^00000000-0000-4000-8000-00000000000[1-4]$/,
        ),
        'action.summary_index.sigpack_level': expect.stringMatching(
          /^(?:critical|high|medium|low)$/,
        ),
      });
    }
  });

  it('are those that the results of the search have', () => {
    const settings = readStrictConf(kept.files.get('default/savedsearches.conf') ?? '').get(
      stanza.mimi,
    );
    const macros = definitionsIn(readStrictConf(kept.files.get('default/macros.conf') ?? ''));
    const event = {
      _time: at(0),
      index: 'main',
      host: 'collector',
      Image: 'C:\\x.exe',
      User: 'alice',
    };
    const found = runSpl(
      settings?.get('search') ?? '',
      [
        { ...event, Computer: 'web1' },
        { ...event, _time: at(1), Computer: 'web1' },
        { ...event, Computer: 'web2' },
      ],
      { macros },
    );
    expect(found).toHaveLength(2);
    const marks = Object.fromEntries(
      ['pack', 'rule', 'level'].map((mark) => [
        `sigpack_${mark}`,
        settings?.get(`action.summary_index.sigpack_${mark}`),
      ]),
    );
    const summary = found.map((result, index) => ({
      ...stored(2, ids.mimi, `1:${index}`, {}),
      ...result,
      ...marks,
      _time: at(2),
    }));
    expect(
      kept
        .rows('overview', 'Most frequent entities', summary)
        .map(({ entity, results }) => [entity, results]),
    ).toEqual([
      ['alice', 2],
      ['web1', 1],
      ['web2', 1],
    ]);
  });

  it('are read from the fields that the rule names, whatever they are called', () => {
    const { entities } = dashboardSearches({
      id: 'acme',
      enterpriseSecurity: false,
      summaryIndex: 'x',
      entityFields: ['user', 'a.b', 'c d', 'e$f$'],
    });
    const tables = new Map([
      [
        'acme_detections',
        [{ name: 'One', id: '1', severity: 'low', tactics: '', entities: 'a.b|c d|e$f$' }],
      ],
    ]);
    const found = (event: Event): unknown =>
      runSpl(
        withTokens(entities, {}),
        [{ index: 'x', sigpack_pack: 'acme', search_name: 'One', ...event }],
        { tables },
      )[0]?.entity;
    expect(found({ user: 'u', 'a.b': 'one', 'c d': 'two', e$f$: 'three' })).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(found({ a_b: 'one', axb: 'no', c_d: 'two' })).toEqual(['one', 'two']);
    expect(found({ user: 'u' })).toBeUndefined();
  });
});

describe('with Enterprise Security', () => {
  const finding = (minutes: number, name: string, rid: string, more: Event = {}): Event => ({
    _time: at(minutes),
    index: 'notable',
    host: 'search-head',
    search_name: name,
    source: name,
    orig_sid: 's1',
    orig_rid: rid,
    ...more,
  });
  const events: readonly Event[] = [
    finding(0, stanza.mimi, '0', { Computer: 'web1', level: 'mine', entity: 'mine' }),
    // what a result adds to two entities
    finding(0, stanza.mimi, '0', {
      index: 'risk',
      risk_object: 'web1',
      risk_object_type: 'system',
    }),
    finding(0, stanza.mimi, '0', { index: 'risk', risk_object: 'alice', risk_object_type: 'user' }),
    finding(1, stanza.mimi, '1', { Computer: 'web2' }),
    finding(2, stanza.hostile, '0', { index: 'risk', orig_sid: 's2', risk_object: 'web1' }),
    finding(3, 'Theirs', '0', { orig_sid: 's3', orig_host: 'web1' }),
    {
      _time: at(4),
      index: 'risk',
      source: stanza.logon,
      splunk_server: 'i1',
      _cd: '1:1',
      risk_object: 'bob',
    },
  ];

  it('a result counts once, whatever findings and risk events come of it', () => {
    expect(secure.rows('overview', 'Alerts', events)).toEqual([{ alerts: 4 }]);
    expect(
      secure
        .rows('overview', 'Most frequent detections', events)
        .map(({ rule: name, level, alerts: count }) => [name, level, count]),
    ).toEqual([
      [stanza.mimi, 'critical', 2],
      [stanza.hostile, 'high', 1],
      [stanza.logon, 'low', 1],
    ]);
  });

  it('entities are those of findings and risk events', () => {
    expect(secure.rows('overview', 'Most frequent entities', events)).toEqual([
      {
        entity: 'web1',
        rule: stanza.hostile,
        level: 'high',
        alerts: 1,
        last: clock(2),
        id: ids.hostile,
      },
      {
        entity: 'web1',
        rule: stanza.mimi,
        level: 'critical',
        alerts: 1,
        last: clock(0),
        id: ids.mimi,
      },
      {
        entity: 'alice',
        rule: stanza.mimi,
        level: 'critical',
        alerts: 1,
        last: clock(0),
        id: ids.mimi,
      },
      { entity: 'bob', rule: stanza.logon, level: 'low', alerts: 1, last: clock(4), id: ids.logon },
      {
        entity: 'web2',
        rule: stanza.mimi,
        level: 'critical',
        alerts: 1,
        last: clock(1),
        id: ids.mimi,
      },
    ]);
    expect(secure.rows('detection', 'Newest alerts', events, { detection: ids.mimi })).toEqual([
      { time: clock(1), entity: 'web2' },
      { time: clock(0), entity: ['alice', 'web1'] },
    ]);
  });
});

describe('the page of a rule', () => {
  const of = (title: string, detection: string, events: readonly Event[] = []): readonly Event[] =>
    plain.rows('detection', title, events, { detection });

  it('says what it finds, what to do, false positives, ATT&CK and the rule', () => {
    expect(of('What it finds', ids.mimi)).toEqual([
      { description: 'Someone reads the memory of lsass.' },
    ]);
    expect(of('What to do', ids.mimi)).toEqual([
      { what_to_do: ['1. Isolate the host.', '2. Ask.'] },
    ]);
    expect(of('What to do', ids.logon)).toEqual([
      { what_to_do: 'The rule says nothing about it.' },
    ]);
    expect(of('False positives', ids.mimi)).toEqual([{ false_positives: ['Scanner', 'Backup'] }]);
    expect(of('Data needed', ids.mimi)).toEqual([{ data_needed: expect.anything() }]);
    const [technique] = of('ATT&CK techniques', ids.mimi);
    expect(technique).toEqual({
      technique: 'T1003.001',
      technique_name: 'LSASS Memory',
      page: 'T1003/001',
    });
    const { links } = plain.panel('detection', 'ATT&CK techniques');
    expect(links.map((link) => opened(link, technique ?? {}))).toEqual([
      'https://attack.mitre.org/techniques/T1003/001/',
    ]);
    expect(of('References', ids.mimi)).toEqual([{ reference: 'https://a.test/x' }]);
    const [source] = of('Sigma rule', ids.mimi);
    expect(source?.rule).toEqual(expect.arrayContaining(['title: "Credential Dump"']));
  });

  it('shows the saved search as it is on the server, whatever its name', () => {
    for (const [key, name] of Object.entries(stanza)) {
      const [row, ...others] = of('Saved search as it is now', ids[key as keyof typeof ids]);
      expect(others).toEqual([]);
      expect(row?.search).toBe(
        readStrictConf(plain.files.get('default/savedsearches.conf') ?? '')
          .get(name)
          ?.get('search'),
      );
      const [facts] = of('Detection', ids[key as keyof typeof ids]);
      expect(facts).toMatchObject({ name, enabled_as_delivered: 'yes' });
      expect(opened(plain.panel('detection', 'Detection').links[0] ?? '', facts ?? {})).toBe(
        `/app/acme/alert?s=%2FservicesNS%2Fnobody%2Facme%2Fsaved%2Fsearches%2F${encodeURIComponent(name)}`,
      );
    }
  });

  it('shows what it found lately, and opens the results', () => {
    const rows = of('Newest alerts', ids.mimi, alerts);
    expect(rows).toEqual([
      { time: clock(5), results: 'open', alert: 's2' },
      { time: clock(0), results: 'open', alert: 's1' },
    ]);
    expect(
      opened(plain.panel('detection', 'Newest alerts').links[0] ?? '', { alert: 'rt & s1' }),
    ).toBe('/app/acme/@go?sid=rt%20%26%20s1');
    expect(
      of('Alerts over time', ids.mimi, alerts).filter((row) => Number(row.alerts) > 0),
    ).toEqual([{ _time: at(0), alerts: 2 }]);
    expect(of('Runs', ids.mimi, runs)).toEqual([
      { outcome: 'ran', reason: '', runs: 2, last: clock(15), longest_seconds: 4 },
      { outcome: 'skipped', reason: full, runs: 2, last: clock(45) },
    ]);
  });

  it.each([
    '',
    '*',
    '" OR 1=1 OR id="',
    '\\" OR 1=1 OR id="',
    `${ids.mimi}" | delete | search "`,
    '\\',
  ])('is empty for the id %j', (id) => {
    for (const title of [
      'Detection',
      'What it finds',
      'Newest alerts',
      'Runs',
      'Saved search as it is now',
    ])
      expect(of(title, id, [...alerts, ...runs])).toEqual([]);
  });
});

describe('the inventory', () => {
  it('is a page of its own; rows lead to the pages of the rules', () => {
    const rows = plain.rows('inventory', 'All detections', [], {
      severity: '*',
      enabled: '*',
      word: '*',
    });
    expect(rows.map(({ id }) => id).sort()).toEqual(Object.values(ids));
    const found = (word: string): readonly unknown[] =>
      plain
        .rows('inventory', 'All detections', [], { severity: '*', enabled: '*', word })
        .map(({ id }) => id);
    expect(found('CREDENTIAL d')).toEqual([ids.mimi]);
    expect(found('t1003')).toEqual([ids.mimi]);
    expect(found('odd*windows')).toEqual([ids.logon]);
    expect(found('" OR 1=1 OR name="')).toEqual([]);
    expect(
      plain
        .rows('inventory', 'All detections', [], { severity: 'low', enabled: '1', word: '*' })
        .map(({ id }) => id),
    ).toEqual([ids.logon]);
    const link = plain.panel('inventory', 'All detections').links.at(-1) ?? '';
    expect(opened(link, rows[0] ?? {})).toBe(pageOf(String(rows[0]?.id)));
    expect(plain.rows('inventory', 'Detections', [])).toEqual([{ count: 4 }]);
    expect(plain.rows('inventory', 'ATT&CK coverage', [])).toEqual([
      { technique: 'T1003.001 LSASS Memory', 'Credential Access': 1, Execution: 1 },
    ]);
  });

  it('is in the navigation, after the overview', () => {
    const nav = plain.files.get('default/data/ui/nav/default.xml') ?? '';
    expect(
      [...nav.matchAll(/<view name="(\w+)"( default="true")?/g)]
        .slice(0, 3)
        .map(([, name, first]) => [name, first !== undefined]),
    ).toEqual([
      ['overview', true],
      ['inventory', false],
      ['detection', false],
    ]);
  });
});

describe('all views', () => {
  it('have searches that Splunk reads, no title that explains itself, and no theme', () => {
    for (const app of [plain, kept, secure]) {
      for (const view of ['overview', 'inventory', 'detection']) {
        const xml = app.files.get(`default/data/ui/views/${view}.xml`) ?? '';
        expect(xml).not.toMatch(/theme=/);
        const tokens = {
          level: '*',
          tactic: '*',
          severity: '*',
          enabled: '*',
          word: '*',
          detection: 'x',
        };
        for (const { title, query } of panelsOf(xml)) {
          expect(title).not.toMatch(/[(;]/);
          expect(
            () => parseSearch(withTokens(query, tokens), undefined, undefined, app.tables),
            query,
          ).not.toThrow();
        }
      }
    }
  });
});
