import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitionsIn, readStrictConf } from './conf-reader.ts';
import { type Event, parseSearch, runSpl } from './judges/spl/spl.ts';
import { type App, appOf, noon } from './splunk-app-of.ts';
import { opened, panelsOf, withTokens } from './splunk-view.ts';

// what the pages of an app say of searches that run several detections
const temporary = mkdtempSync(join(tmpdir(), 'sigpack-grouped-pages-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const ids = {
  mimi: '00000000-0000-4000-8000-000000000001',
  odd: '00000000-0000-4000-8000-000000000002',
  formula: '00000000-0000-4000-8000-000000000003',
  alone: '00000000-0000-4000-8000-000000000004',
};
const rule = (id: string, title: string, level: string, program: string, more = ''): string =>
  `title: ${JSON.stringify(title)}\nid: ${id}\nstatus: test\nlevel: ${level}\nlogsource: { product: windows }\ndetection:\n  sel: { Image|endswith: ${program} }\n  condition: sel\n${more}`;
const rules = {
  'rules/mimi.yml': rule(
    ids.mimi,
    'Credential Dump',
    'critical',
    'mimi.exe',
    'tags: [attack.credential-access, attack.t1003.001, attack.execution]\n',
  ),
  'rules/odd.yml': rule(ids.odd, 'Odd Program', 'low', 'odd.exe'),
  'rules/formula.yml': rule(ids.formula, '=HYPERLINK("x")', 'high', 'link.exe'),
  'rules/alone.yml': rule(
    ids.alone,
    'Many Programs',
    'medium',
    'many.exe',
    'tags: [attack.impact]\nsigpack: { threshold: 3 }\n',
  ),
};

let plain: App;
let kept: App;
let secure: App;
let group: string;
beforeAll(async () => {
  const grouped = (more: string, defaults = ''): Promise<App> =>
    appOf(rules, `splunk: { index: '*', grouping: log-source${more} }\n${defaults}`, temporary);
  plain = await grouped('');
  kept = await grouped(', summaryIndex: acme-alerts');
  // what detections of a group have in common
  const alike = 'defaults: { risk: { score: 40 }, splunk: { output: finding } }\n';
  secure = await grouped(', enterpriseSecurity: true', alike);
  group = groupIn(plain);
});

const confOf = (app: App, name: string) => readStrictConf(app.files.get(`default/${name}`) ?? '');
const searchesOf = (app: App) => confOf(app, 'savedsearches.conf');
const groupIn = (app: App): string =>
  [...searchesOf(app).keys()].find((name) => name.startsWith('Group of ')) ?? '';
const pageOf = (asked: string): string =>
  `/app/acme/detection?form.detection=${encodeURIComponent(asked)}`;

const alert = (name: string, sid: string): Event => ({
  _time: noon,
  index: '_audit',
  sourcetype: 'audittrail',
  action: 'alert_fired',
  ss_app: 'acme',
  ss_name: name,
  sid,
});
const skipped = (name: string): Event => ({
  _time: noon,
  index: '_internal',
  sourcetype: 'scheduler',
  app: 'acme',
  savedsearch_name: name,
  status: 'skipped',
  reason: 'too many',
});
const fired = (): readonly Event[] => [
  alert(group, 's1'),
  alert(group, 's2'),
  alert('Many Programs', 's3'),
  // of a version before
  alert('Group of windows (00000000)', 's4'),
];

describe('without an index that keeps results, alerts of a group are shown as such', () => {
  const idsOf = (title: string, tokens = {}): readonly unknown[] =>
    plain.rows('overview', title, fired(), tokens).map(({ id }) => id);

  it('by its name; the row leads to the page that lists its detections', () => {
    const title = 'Most frequent detections and groups';
    const [row] = plain.rows('overview', title, fired());
    expect(row).toMatchObject({
      rule: group,
      level: 'grouped',
      tactics: 'Grouped',
      alerts: 2,
      id: group,
    });
    const [link = ''] = plain.panel('overview', title).links;
    expect(opened(link, row ?? {})).toBe(pageOf(group));
    expect(idsOf(title)).toEqual([group, 'Group of windows (00000000)', ids.alone]);
  });

  it('in the chart of levels', () => {
    const rows = plain.rows('overview', 'Alerts by level', fired());
    expect(rows.find(({ _time }) => _time === noon)).toMatchObject({ grouped: 3, medium: 1 });
  });

  it.each([
    [{ level: 'critical' }, 'group'],
    [{ level: 'medium' }, 'alone'],
    [{ level: 'informational' }, ''],
    [{ level: 'grouped' }, 'group old'],
    [{ tactic: 'Execution' }, 'group'],
    [{ tactic: 'Impact' }, 'alone'],
    [{ tactic: 'Grouped' }, 'group old'],
    [{ tactic: 'Other' }, 'group'],
    [{ tactic: 'Discovery' }, ''],
    [{ level: 'low', tactic: 'Credential Access' }, 'group'],
  ])('where a filter may mean one of its detections: %j', (tokens, expected) => {
    const names = new Map([
      [group, 'group'],
      [ids.alone, 'alone'],
    ]);
    const left = (title: string, events: readonly Event[]): string =>
      plain
        .rows('overview', title, events, tokens)
        .map(({ id }) => names.get(String(id)) ?? 'old')
        .sort()
        .join(' ');
    expect(left('Most frequent detections and groups', fired())).toBe(expected);
    const runs = [group, 'Many Programs', 'Group of windows (00000000)'].map(skipped);
    expect(left('Skipped, failed and late runs', runs)).toBe(expected);
  });

  it('and the build and the pages say why', () => {
    expect(plain.said.match(/TGT007/g)).toHaveLength(1);
    expect(plain.said).toContain('splunk.summaryIndex');
    for (const app of [kept, secure]) expect(app.said).not.toContain('TGT007');
    for (const view of ['overview', 'detection']) {
      const note = /splunk\.summaryIndex/;
      expect(plain.files.get(`default/data/ui/views/${view}.xml`)).toMatch(note);
      expect(kept.files.get(`default/data/ui/views/${view}.xml`)).not.toMatch(note);
    }
    const newest = 'Newest alerts of its scheduled search';
    const sids = (asked: string): readonly unknown[] =>
      plain.rows('detection', newest, fired(), { detection: asked }).map((row) => row.alert);
    expect(sids(ids.odd)).toEqual(sids(group));
    expect([...sids(group)].sort()).toEqual(['s1', 's2']);
    expect(sids(ids.alone)).toEqual(['s3']);
  });
});

describe('which detections does a search run, and which search a detection?', () => {
  const rows = (title: string, asked: string, events: readonly Event[] = []): readonly Event[] =>
    plain.rows('detection', title, events, { detection: asked });

  it('the page of a group lists them, and each leads to its page', () => {
    const title = 'Detections that the search runs';
    const listed = rows(title, group);
    expect(listed.map(({ name, id }) => [name, id])).toEqual([
      ['=HYPERLINK("x")', ids.formula],
      ['Credential Dump', ids.mimi],
      ['Odd Program', ids.odd],
    ]);
    const [link = ''] = plain.panel('detection', title).links;
    expect(opened(link, listed[1] ?? {})).toBe(pageOf(ids.mimi));
    expect(rows('Runs', group, [skipped(group)])).toMatchObject([{ outcome: 'skipped' }]);
    expect(rows(title, 'Group of nothing" OR 1=1 OR name="')).toEqual([]);
  });

  it('the page of a detection shows its search, when it runs, and the macro', () => {
    const cron = searchesOf(plain).get(group)?.get('cron_schedule');
    const [search] = rows('Scheduled search', ids.mimi);
    expect(search).toEqual({
      scheduled_search: group,
      cron,
      detections: 3,
      levels: ['critical', 'high', 'low'],
      log_source: 'windows',
      asked: group,
    });
    const [link = ''] = plain.panel('detection', 'Scheduled search').links;
    expect(opened(link, search ?? {})).toBe(pageOf(group));
    const [change] = rows('How to change it', ids.mimi);
    expect(confOf(plain, 'macros.conf').get(String(change?.macro))?.get('definition')).toBe(
      'false()',
    );
    expect(rows('Scheduled search', ids.alone)).toMatchObject([
      { scheduled_search: 'Many Programs', detections: 1 },
    ]);
    expect(rows('How to change it', ids.alone)).toMatchObject([
      { macro: expect.stringMatching(/_filter$/) },
    ]);
  });

  it('the page of a detection that runs by itself has the same under the name of its search', () => {
    const name = 'Many Programs';
    const page = pageOf(name);
    const [inInventory] = plain.rows('inventory', 'All detections', [], {
      ...{ severity: '*', enabled: '*', word: name },
    });
    const toInventory = plain.panel('inventory', 'All detections').links;
    expect(toInventory.map((link) => opened(link, inInventory ?? {}))).toContain(page);
    const [search] = rows('Scheduled search', ids.alone);
    const [link = ''] = plain.panel('detection', 'Scheduled search').links;
    expect(opened(link, search ?? {})).toBe(page);

    for (const asked of [name, ids.alone]) {
      expect(rows('Runs', asked, [skipped(name), skipped(group)])).toMatchObject([{ runs: 1 }]);
      const alerts = rows('Newest alerts of its scheduled search', asked, fired());
      expect(alerts.map((row) => row.alert)).toEqual(['s3']);
    }
  });

  it('also where the name would begin a formula', async () => {
    const alone = rule(ids.formula, '=Sum', 'low', 'x.exe', 'sigpack: { threshold: 3 }\n');
    const app = await appOf(
      { ...rules, 'rules/formula.yml': alone },
      "splunk: { index: '*', grouping: log-source }\n",
      temporary,
    );
    const of = (title: string, asked: string, events: readonly Event[] = []): readonly Event[] =>
      app.rows('detection', title, events, { detection: asked });
    const [search] = of('Scheduled search', ids.formula);
    expect(search?.scheduled_search).toBe('=Sum');
    const [link = ''] = app.panel('detection', 'Scheduled search').links;
    const asked = new URL(opened(link, search ?? {}), 'http://h').searchParams;
    const name = asked.get('form.detection') ?? '';
    expect(of('Scheduled search', name)).toEqual([search]);
    expect(of('Runs', name, [skipped('=Sum'), skipped(group)])).toMatchObject([{ runs: 1 }]);
  });

  it('and both searches as they are, of which one is scheduled', () => {
    const title = 'Saved searches as they are now';
    const shown = (asked: string) =>
      rows(title, asked).map(({ title: name, scheduled, cron_schedule }) => [
        name,
        scheduled,
        cron_schedule !== undefined && cron_schedule !== '',
      ]);
    for (const [id, name] of [
      [ids.mimi, 'Credential Dump'],
      [ids.formula, '=HYPERLINK("x")'],
    ] as const)
      expect(shown(id)).toEqual([
        [group, 'yes', true],
        [name, 'no', false],
      ]);
    expect(shown(ids.alone)).toEqual([['Many Programs', 'yes', true]]);
    expect(shown(group)).toEqual([[group, 'yes', true]]);
    expect(shown('*')).toEqual([]);
  });

  it('the inventory shows it, and finds detections by it', () => {
    const found = (word: string): readonly Event[] =>
      plain.rows('inventory', 'All detections', [], { severity: '*', enabled: '*', word });
    expect(found(group).map(({ id }) => id)).toEqual([ids.formula, ids.mimi, ids.odd]);
    expect(found('many pro')).toMatchObject([{ scheduled_search: 'Many Programs' }]);
    const [link = ''] = plain
      .panel('inventory', 'All detections')
      .links.filter((one) => one.includes('scheduled_search'));
    expect(opened(link, found('odd')[0] ?? {})).toBe(pageOf(group));
  });

  it('the page Tuning finds a detection by its name too', () => {
    const found = (asked: string): readonly unknown[] =>
      plain
        .rows('tuning', 'Detections, and the macros that change them', [], { detection: asked })
        .map(({ id }) => id);
    expect(found('CREDENTIAL')).toEqual([ids.mimi]);
    expect(found(ids.odd)).toEqual([ids.odd]);
    expect(found('" OR 1=1 OR name="')).toEqual([]);
  });
});

describe('results of a group', () => {
  /** With an event for each of its detections; `without`: ids that the lookups do not have. */
  const resultsOf = (
    app: App,
    without: readonly string[] = [],
    local: Readonly<Record<string, string>> = {},
  ): readonly Event[] => {
    const macros = definitionsIn(confOf(app, 'macros.conf'));
    for (const [name, definition] of Object.entries(local)) macros.set(name, definition);
    return runSpl(
      searchesOf(app).get(groupIn(app))?.get('search') ?? '',
      ['mimi', 'odd', 'link'].map((program, index) => ({
        _time: noon + index,
        index: 'main',
        host: 'web1',
        Image: `C:\\${program}.exe`,
      })),
      { macros, tables: tablesWithout(app, without) },
    );
  };
  const tablesWithout = (app: App, without: readonly string[]) =>
    new Map(
      [...app.tables].map(([name, rows]) => [
        name,
        rows.filter(({ id }) => !without.includes(String(id))),
      ]),
    );
  const stored = (rows: readonly Event[]): readonly Event[] =>
    rows.map((row, index) => ({
      ...row,
      _time: noon,
      index: 'acme-alerts',
      search_name: group,
      splunk_server: 'i1',
      _cd: `1:${index}`,
      sigpack_pack: 'acme',
    }));

  it.each([
    ['without', () => plain, {}],
    ['with', () => secure, { severity: 'medium', sigma_description: ids.odd }],
  ])(
    'whose row of the lookups is missing, %s Enterprise Security, have its id and a severity',
    (_, appOfMode, more) => {
      const [one] = resultsOf(appOfMode(), [ids.odd]).filter((row) => row.sigma_rule === ids.odd);
      expect(one).toMatchObject({
        sigma_title: ids.odd,
        sigma_search: ids.odd,
        sigma_level: 'medium',
        ...more,
      });
      expect(Number(one?.sigma_risk_score)).toBe(40);
      const [known] = resultsOf(appOfMode()).filter((row) => row.sigma_rule === ids.odd);
      expect(known).toMatchObject({ sigma_title: 'Odd Program', sigma_level: 'low' });
      const own = { acme_severity: `case(sigma_rule="${ids.odd}", "high")` };
      const tuned = resultsOf(appOfMode(), [ids.odd], own);
      expect(tuned.find((row) => row.sigma_rule === ids.odd)?.sigma_level).toBe('high');
    },
  );

  it('are kept with the marks of their detections', () => {
    expect(
      resultsOf(kept)
        .map((row) => `${row.sigpack_rule} ${row.sigpack_level}`)
        .sort(),
    ).toEqual([`${ids.mimi} critical`, `${ids.odd} low`, `${ids.formula} high`]);
    for (const row of resultsOf(plain))
      expect(Object.keys(row).filter((name) => /^sigpack_(?:rule|level)/.test(name))).toEqual([]);
  });

  it('are counted by detection, with the severity that they fired with', () => {
    const frequent = (events: readonly Event[], tables = kept.tables): readonly unknown[] =>
      kept
        .rows('overview', 'Most frequent detections', events, {}, tables)
        .map(({ rule: name, level, id }) => [name, level, id]);
    const own = { acme_severity: `case(sigma_rule="${ids.odd}", "high")` };
    expect(frequent(stored(resultsOf(kept, [], own)))).toEqual([
      ['=HYPERLINK("x")', 'high', ids.formula],
      ['Credential Dump', 'critical', ids.mimi],
      ['Odd Program', 'high', ids.odd],
    ]);
    const stale = stored(resultsOf(kept, [ids.odd])).filter((row) => row.sigma_rule === ids.odd);
    expect(frequent(stale, tablesWithout(kept, [ids.odd]))).toEqual([[ids.odd, 'medium', ids.odd]]);
    const newest = (asked: string): number =>
      kept.rows('detection', 'Newest alerts', stored(resultsOf(kept)), { detection: asked }).length;
    expect([ids.mimi, ids.alone, group].map(newest)).toEqual([1, 0, 3]);
  });
});

describe('the pages of a grouped app', () => {
  it('are XML, with searches that Splunk reads', () => {
    const tokens = {
      ...{ level: '*', tactic: '*', severity: '*', enabled: '*', word: '*' },
      detection: 'x',
    };
    for (const app of [plain, kept, secure])
      for (const view of ['overview', 'inventory', 'detection', 'tuning']) {
        const xml = app.files.get(`default/data/ui/views/${view}.xml`) ?? '';
        expect(XMLValidator.validate(xml)).toBe(true);
        for (const { title, query } of panelsOf(xml)) {
          expect(title).not.toMatch(/[(;]/);
          expect(
            () => parseSearch(withTokens(query, tokens), undefined, undefined, app.tables),
            query,
          ).not.toThrow();
        }
      }
  });
});
