import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { budgetErrors, loadOf } from '../src/artifact/schedule-budget.ts';
import { readConfig } from '../src/pack/config/config.ts';
import { enabledIds } from '../src/pack/config/enabled.ts';
import {
  defaultDefinitionsPerMinute,
  defaultSearchesPerMinute,
  scheduledSlots,
} from '../src/pack/config/load-budget.ts';
import {
  nothingPublished,
  type Published,
  type PublishedDetection,
} from '../src/pack/config/published.ts';
import { withinBudgets } from '../src/pack/load-trim.ts';
import { assemblePack, type Pack } from '../src/pack/pack.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { packOf, textOf } from './pack-of.ts';

const uuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

interface Given {
  readonly level?: string;
  readonly status?: string;
  readonly settings?: string;
}

/** One search at minute 7 of each hour, and in Graylog one definition each hour. */
const ruleText = (
  number: number,
  { level = 'medium', status = 'test', settings = "cron: '7 * * * *', interval: 1h" }: Given = {},
): string =>
  `title: Rule ${number}\nid: ${uuid(number)}\nstatus: ${status}\nlevel: ${level}\nlogsource: { category: x }\ndetection:\n  sel: { a: v${number} }\n  condition: sel\nsigpack: { ${settings} }\n`;

function pack(rules: readonly Given[], config: string, before?: Published): Pack {
  const bag = createBag();
  const read = readConfig({ path: 'sigpack.yml', text: config }, bag);
  if (!read) throw new Error(bag.list.map(({ message }) => message).join('; '));
  const files = rules.map((rule, index) => ({
    path: `${index + 1}.yml`,
    text: ruleText(index + 1, rule),
  }));
  const collection = collect(
    files.flatMap((file) => readDocuments(file, bag).documents),
    bag,
  );
  const history = before && {
    published: before,
    pathOf: (path: string) => path,
    keepNames: true,
    retire: true,
  };
  return assemblePack({ collection, config: read, bag, ...(history ? { history } : {}) });
}

const on = (made: Pack, target: 'splunk' | 'graylog' = 'splunk'): string =>
  [...enabledIds(made, target)]
    .map((id) => Number(id.slice(-4)))
    .sort((a, b) => a - b)
    .join(' ');

const published = (id: string, name: string, slug: string, isOn: boolean): PublishedDetection => ({
  id,
  title: name,
  file: `${name}.yml`,
  name,
  slug,
  generated: false,
  inSplunk: true,
  ...(isOn ? {} : { off: ['splunk'] }),
});

const splunkBudget = (count: number, more = ''): string =>
  `targets: [splunk]\nsplunk: { searchesPerMinute: ${count} }\n${more}`;

test('the defaults follow from what a server starts by itself', () => {
  expect(
    scheduledSlots({ cores: 16, baseMaxSearches: 6, maxSearchesPerCpu: 1, maxSearchesPercent: 50 }),
  ).toBe(11);
  expect([defaultSearchesPerMinute, defaultDefinitionsPerMinute]).toEqual([44, 100]);
});

describe('over the budget', () => {
  test.each<readonly [string, readonly Given[], string]>([
    [
      'the highest level stays on',
      [{ level: 'low' }, { level: 'critical' }, { level: 'medium' }, { level: 'high' }],
      '2 4',
    ],
    ['then status decides', [{ status: 'test' }, { status: 'test' }, { status: 'stable' }], '1 3'],
    ['then the id', [{}, {}, {}], '1 2'],
    [
      'before the id, what runs less often',
      [{ settings: "cron: '7,22,37,52 * * * *'" }, {}, {}],
      '2 3',
    ],
    [
      'what a rule switches on does not go before a higher level',
      [
        { level: 'critical' },
        { level: 'critical' },
        { level: 'low', settings: "cron: '7 * * * *', enabled: true" },
      ],
      '1 2',
    ],
    [
      'nor by savedsearches.conf',
      [
        { level: 'critical' },
        { level: 'critical' },
        { level: 'low', settings: "cron: '7 * * * *', splunk: { savedsearch: { disabled: 0 } }" },
      ],
      '1 2',
    ],
    [
      'within a level it goes first, whatever its status',
      [
        { status: 'stable' },
        { status: 'stable' },
        { status: 'experimental', settings: "cron: '7 * * * *', enabled: true" },
      ],
      '1 3',
    ],
    ...['1', 'true', 'on'].map((value): readonly [string, readonly Given[], string] => [
      `what savedsearches.conf switches off by \`${value}\` needs no room`,
      [
        {
          level: 'high',
          settings: `cron: '7 * * * *', splunk: { savedsearch: { disabled: ${value} } }`,
        },
        {},
        {},
      ],
      '2 3',
    ]),
    [
      'days of one minute are told apart',
      [
        { settings: "cron: '7 3 1 * *'" },
        { settings: "cron: '7 3 2 * *'" },
        { settings: "cron: '7 3 3 * *'" },
      ],
      '1 2 3',
    ],
    [
      'a daily search needs room on the fullest day',
      [
        { level: 'high', settings: "cron: '7 3 1 * *'" },
        { level: 'high', settings: "cron: '7 3 * * 1'" },
        {},
      ],
      '1 2',
    ],
    [
      'days of the month and of the week meet',
      [
        { settings: "cron: '7 3 1 * *'" },
        { settings: "cron: '7 3 1 * *'" },
        { settings: "cron: '7 3 * * 1'" },
      ],
      '1 2',
    ],
    [
      'a severity of the settings is the level',
      [{}, {}, { settings: "cron: '7 * * * *', severity: critical" }],
      '1 3',
    ],
    [
      'a minute with room is not wasted',
      [
        { level: 'high' },
        { level: 'high' },
        { level: 'high' },
        { level: 'low', settings: "cron: '8 * * * *'" },
      ],
      '1 2 4',
    ],
    [
      'hours of one minute are told apart',
      [
        { level: 'high' },
        { level: 'high' },
        { settings: "cron: '7 3 * * *'" },
        { settings: "cron: '8 * * * *'" },
      ],
      '1 2 4',
    ],
  ])('%s', (_, rules, expected) => {
    expect(on(pack(rules, splunkBudget(2)))).toBe(expected);
  });

  test('what was on when the pack was published keeps its place before others of its level', () => {
    const rules = [{}, {}, {}, { level: 'high' }];
    const detections = [1, 2, 3, 4].map((number) =>
      published(uuid(number), `Rule ${number}`, `rule_${number}`, number === 3),
    );
    expect(on(pack(rules, splunkBudget(2)))).toBe('1 4');
    expect(on(pack(rules, splunkBudget(2), { detections, retired: [] }))).toBe('3 4');
  });

  test('the choice is the same again, whatever the order of rules', () => {
    const rules = Array.from({ length: 12 }, (_, index) => ({
      level: ['low', 'medium', 'high'][index % 3] ?? 'low',
      status: index % 2 ? 'test' : 'stable',
    }));
    const made = pack(rules, splunkBudget(5));
    expect(on(made)).toBe('3 5 6 9 12');
    const kept = enabledIds(made, 'splunk');
    const detections = made.splunk.map(({ detection: { id, name, slug } }) =>
      published(id, name, slug, kept.has(id)),
    );
    expect(on(pack(rules, splunkBudget(5), { detections, retired: [] }))).toBe('3 5 6 9 12');
    const all = pack(rules, splunkBudget(5, 'overBudget: warn\n'));
    const reversed = withinBudgets(
      { ...all, splunk: all.splunk.toReversed() },
      made.config,
      nothingPublished,
    );
    expect(on({ ...all, ...reversed })).toBe('3 5 6 9 12');
  });

  test('Graylog counts runs a minute on average, those of each part of a query and those of correlations', () => {
    const hourly = Array.from({ length: 130 }, () => ({}));
    const made = pack(hourly, 'targets: [graylog]\ngraylog: { definitionsPerMinute: 2 }\n');
    expect(made.leftOff.graylog).toHaveLength(10);
    expect(loadOf(made, 'graylog')).toEqual({ mean: 2, budget: 2 });
  });

  test('each target has a budget of its own, and says what it left off', () => {
    const made = pack([{}, { level: 'high' }], 'splunk: { searchesPerMinute: 1 }\n');
    expect([on(made), on(made, 'graylog')]).toEqual(['2', '1 2']);
    expect(made.leftOff).toEqual({
      splunk: [{ id: uuid(1), name: 'Rule 1', level: 'medium' }],
      graylog: [],
    });
    expect(made.outcomes[0]?.targets.get('splunk')).toMatchObject({
      leftOff: 'over the budget of 1 searches a minute',
    });
    expect(made.outcomes[0]?.targets.get('graylog')).not.toHaveProperty('leftOff');
  });

  test.each(['warn', 'error'])('%s leaves all on and says so', (overBudget) => {
    const made = pack([{}, {}, {}], splunkBudget(2, `overBudget: ${overBudget}\n`));
    expect(on(made)).toBe('1 2 3');
    expect(budgetErrors(made)).toEqual([
      '3 searches start at minute 7, 1 more than the budget of 2',
    ]);
    expect(made.config.severities.get('PCK006')).toBe(overBudget === 'error' ? 'error' : undefined);
  });

  test('rules of a stranger that run once a month push out nothing', () => {
    const strangers = Array.from({ length: 51 }, () => ({
      level: 'critical',
      settings: "enabled: true, cron: '7 3 1 * *', severity: informational",
    }));
    const made = pack([{ level: 'critical', status: 'stable' }, ...strangers], splunkBudget(44));
    expect(on(made).split(' ')).toContain('1');
    expect(made.leftOff.splunk).toHaveLength(8);
  });

  test('nor do those that run each minute in Graylog', () => {
    const strangers = Array.from({ length: 100 }, () => ({
      level: 'critical',
      status: 'stable',
      settings: 'interval: 60s',
    }));
    const made = pack(
      [...strangers, { level: 'critical', status: 'stable' }],
      'targets: [graylog]\n',
    );
    expect(on(made, 'graylog').split(' ')).toContain('101');
    expect(made.leftOff.graylog).toHaveLength(1);
  });

  test('the configuration forces on what a rule does not', () => {
    const order = 'levels: { low: { splunk: { savedsearch: { disabled: 0 } } } }\n';
    expect(
      on(
        pack(
          [{ level: 'critical' }, { level: 'critical' }, { level: 'low' }],
          splunkBudget(2, order),
        ),
      ),
    ).toBe('1 3');
  });

  test('a search of the pack that a rule switched on by itself is off in the app', () => {
    const made = pack(
      [
        { level: 'high' },
        { settings: "cron: '7 * * * *', splunk: { savedsearch: { disabled: 0 } }" },
      ],
      splunkBudget(1),
    );
    expect(
      made.splunk.map(({ detection }) => [
        detection.settings.enabled,
        detection.settings.splunk.savedsearch,
      ]),
    ).toEqual([
      [true, {}],
      [false, {}],
    ]);
  });

  test('all minutes over the budget are one diagnostic, the worst first', () => {
    const at = (minute: number): Given => ({ settings: `cron: '${minute} * * * *'` });
    const rules = [5, 5, 53, 53, 53, 8, 8, 8, 23, 23, 38, 38, 41, 41, 59, 59].map(at);
    expect(budgetErrors(pack(rules, splunkBudget(1, 'overBudget: warn\n')))).toEqual([
      '3 searches start at minute 8, 2 more than the budget of 1; 3 at minute 53; 2 at minute 5; 2 at minute 23; 2 at minute 38; and more than the budget at 2 other minutes',
    ]);
  });

  test('Graylog counts the runs of a cron expression by its days and hours', () => {
    const graylog = 'targets: [graylog]\ngraylog: { minimumServerVersion: 6.1.0 }\n';
    expect(loadOf(pack([{ settings: "cron: '0-59/5 * * * *'" }], graylog), 'graylog').mean).toBe(
      0.2,
    );
    expect(
      loadOf(
        pack(
          Array.from({ length: 20 }, () => ({ settings: "cron: '0-59/5 0-11 * * *'" })),
          graylog,
        ),
        'graylog',
      ).mean,
    ).toBe(2);
  });

  test('what is forced on stays on, and is reported where it passes the budget by itself', () => {
    const made = pack([{}, {}, {}], splunkBudget(2, 'defaults: { enabled: true }\n'));
    expect([on(made), made.leftOff.splunk]).toEqual(['1 2 3', []]);
    expect(budgetErrors(made)).toHaveLength(1);
    const graylog = pack(
      [{}, {}],
      'targets: [graylog]\ndefaults: { enabled: true }\ngraylog: { definitionsPerMinute: 1 }\nlevels: { medium: { interval: 60s } }\n',
    );
    expect(budgetErrors(graylog)).toEqual([]);
  });
});

test('a hundred thousand detections find their places', () => {
  const made = pack([{}], splunkBudget(44));
  const [one] = made.splunk;
  if (!one) throw new Error('no detection');
  const { cron: _, ...settings } = one.detection.settings;
  const spread = { ...settings, interval: 900 };
  const many = Array.from({ length: 100_000 }, (__, index) => ({
    ...one,
    detection: { ...one.detection, id: uuid(index), settings: spread },
  }));
  const trimmed = withinBudgets(
    { outcomes: [], splunk: many, graylog: [] },
    made.config,
    nothingPublished,
  );
  expect(many.length - trimmed.leftOff.splunk.length).toBe(44 * 15);
});

describe('presets of enable', () => {
  const rules = [
    { level: 'high', status: 'stable' },
    { level: 'high', status: 'test' },
    { level: 'low', status: 'stable' },
    { level: 'high', status: 'experimental' },
  ];
  test.each([
    ['enable: nothing', ''],
    ['enable: high-and-stable', '1'],
    ['enable: all-but-experimental', '1 2 3'],
    ['enable: { levels: [high] }', '1 2'],
    ['', '1 2 3'],
  ])('%s', (line, expected) => {
    expect(on(pack(rules, `targets: [splunk]\n${line}\n`))).toBe(expected);
  });

  test('a word that is none names those that are', () => {
    const bag = createBag();
    readConfig({ path: 'sigpack.yml', text: 'enable: high-and-stabel\n' }, bag);
    expect(bag.list.map(({ message, hint }) => [message, hint])).toEqual([
      [
        '`enable` must be one of nothing, high-and-stable, all-but-experimental, not `high-and-stabel`',
        expect.stringContaining('high-and-stable'),
      ],
    ]);
  });
});

describe('the packs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-load-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('ship what was left off disabled, and the manifest says why', async () => {
    for (const number of [1, 2])
      writeFileSync(
        join(folder, `${number}.yml`),
        ruleText(number, { level: number === 1 ? 'low' : 'high' }),
      );
    const built = await packOf([folder], 'splunk: { searchesPerMinute: 1 }\n');
    const { detections } = JSON.parse(textOf(built, 'manifest.json'));
    expect(detections).toMatchObject([
      {
        name: 'Rule 1',
        enabled: true,
        targets: {
          splunk: { enabled: false, reason: 'over the budget of 1 searches a minute' },
          graylog: { queries: 1 },
        },
      },
      {
        name: 'Rule 2',
        enabled: true,
        targets: { splunk: { queries: 1 }, graylog: { queries: 1 } },
      },
    ]);
    expect(Object.keys(detections[1].targets.splunk)).toEqual(['name', 'queries']);
    const pack = JSON.parse(textOf(built, 'sigpack-1.0.0-graylog.json'));
    expect(
      pack.entities.filter(
        ({ type }: { type: { name: string } }) => type.name === 'event_definition',
      ),
    ).toHaveLength(2);
  });
});
