import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { groupedLoad, loadOf, searchesPerMinute } from '../src/artifact/schedule-budget.ts';
import { estimatedWork } from '../src/artifact/work-estimate.ts';
import { readSplunkApp } from '../src/install/splunk/read-app.ts';
import { readConfig } from '../src/pack/config/config.ts';
import { nothingPublished, type Published } from '../src/pack/config/published.ts';
import { assemblePack, type Pack } from '../src/pack/pack.ts';
import { readConf } from '../src/pack/render/conf-reader.ts';
import { artifactSnapshot } from '../src/release/artifact-snapshot.ts';
import {
  changedPackSettings,
  packSettings,
  publishedGroups,
} from '../src/release/pack-settings.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { readTar } from './archives.ts';
import { tableOf } from './conf-reader.ts';
import { compileSpl } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { type BuiltPack, packOf, textOf } from './pack-of.ts';
import { update } from './update.ts';

const starter = join(import.meta.dirname, '..', 'rules');
const golden = join(import.meta.dirname, 'packs', 'grouped');
const shown = [
  'windows/download-with-system-tool.yml',
  'windows/many-failed-logons.yml',
  'windows/office-starts-interpreter.yml',
  'windows/recovery-disabled.yml',
  'windows/service-with-suspicious-program.yml',
  'windows/shadow-copies-deleted.yml',
  'windows/wmi-starts-shell.yml',
].map((path) => join(starter, path));

async function filesOf(built: BuiltPack): Promise<ReadonlyMap<string, string>> {
  const path = [...built.artifacts.keys()].find((name) => name.endsWith('.spl')) ?? '';
  const entries = await readTar(built.artifacts.get(path)?.content ?? new Uint8Array());
  return new Map(
    entries
      .filter(({ header }) => !header.name.endsWith('.png'))
      .map(({ header, text }) => [header.name.replace(/^[^/]+/, 'app'), text]),
  );
}

const searchesIn = (files: ReadonlyMap<string, string>) =>
  readConf(files.get('app/default/savedsearches.conf') ?? '').stanzas;

const uuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

interface Given {
  readonly source?: string;
  readonly level?: string;
  readonly settings?: string;
  readonly title?: string;
  readonly sel?: string;
}

const linux: Given = { source: '{ product: linux }' };

const ruleText = (
  number: number,
  {
    source = '{ product: windows, service: sysmon }',
    level = 'medium',
    settings,
    title,
    sel = `a: v${number}`,
  }: Given,
): string =>
  `title: ${title ?? `Rule ${number}`}\nid: ${uuid(number)}\nstatus: test\nlevel: ${level}\nlogsource: ${source}\ndetection:\n  sel: { ${sel} }\n  condition: sel\n${settings === undefined ? '' : `sigpack: { ${settings} }\n`}`;

const pack = (rules: readonly Given[], config: string, published?: Published): Pack => {
  const bag = createBag();
  const read = readConfig({ path: 'sigpack.yml', text: `targets: [splunk]\n${config}` }, bag);
  if (!read) throw new Error(bag.list.map(({ message }) => message).join('; '));
  const collection = collect(
    rules.flatMap(
      (given, index) =>
        readDocuments({ path: `${index + 1}.yml`, text: ruleText(index + 1, given) }, bag)
          .documents,
    ),
    bag,
  );
  const history = published && {
    published,
    pathOf: (path: string) => path,
    keepNames: true,
    retire: true,
  };
  return assemblePack({ collection, config: read, bag, ...(history ? { history } : {}) });
};

const grouping = 'splunk: { grouping: log-source }';
const idsOf = ({ groups }: Pack): readonly (readonly string[])[] =>
  groups.groups.map(({ members }) => members.map(({ detection }) => detection.id));

describe('an app of grouped searches', () => {
  let files: ReadonlyMap<string, string>;
  let single: ReadonlyMap<string, string>;
  let built: BuiltPack;
  const config = readFileSync(join(golden, 'sigpack.yml'), 'utf8');

  beforeAll(async () => {
    built = await packOf(shown, config);
    files = await filesOf(built);
    single = await filesOf(
      await packOf(shown, config.replace('grouping: log-source', 'grouping: none')),
    );
  });

  it('is what test/packs/grouped holds; UPDATE=1 writes it anew', () => {
    if (update) {
      rmSync(join(golden, 'app'), { recursive: true, force: true });
      for (const [path, text] of files) {
        mkdirSync(dirname(join(golden, path)), { recursive: true });
        writeFileSync(join(golden, path), text);
      }
    }
    const found = readdirSync(golden, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(golden.length + 1));
    expect([...files.keys(), 'sigpack.yml'].sort()).toEqual(found.sort());
    for (const [path, text] of files)
      expect(text, path).toBe(readFileSync(join(golden, path), 'utf8'));
  });

  it('keeps each search of a detection under its name, unscheduled and not disabled', () => {
    const [before, after] = [searchesIn(single), searchesIn(files)];
    const { groups, alone } = built.pack.groups;
    const members = new Set(
      groups.flatMap((group) => group.members.map(({ detection }) => detection.name)),
    );
    expect([members.size, alone.size]).toEqual([4, 3]);
    for (const [name, settings] of before) {
      const now = after.get(name);
      const runs = !members.has(name);
      expect([name, now]).toEqual([
        name,
        new Map([...settings, ['enableSched', runs ? '1' : '0']]),
      ]);
      expect(now?.get('disabled')).toBe('0');
    }
  });

  it('calls macros and lookups that it has', () => {
    const macros = readConf(files.get('app/default/macros.conf') ?? '').stanzas;
    const lookups = readConf(files.get('app/default/transforms.conf') ?? '').stanzas;
    for (const settings of searchesIn(files).values()) {
      const search = settings.get('search') ?? '';
      for (const [, name = ''] of search.matchAll(/`(\w+)`/g)) expect(macros.has(name)).toBe(true);
      for (const [, name = ''] of search.matchAll(/lookup local=true (\w+)/g))
        expect(lookups.has(name)).toBe(true);
    }
  });

  it('is an app that install takes', async () => {
    const app = await readSplunkApp(
      built.artifacts.get('grouped-1.0.0.spl')?.content ?? new Uint8Array(),
    );
    expect(app.id).toBe('grouped');
  });

  it('is compared by detections: no group is one, and none has another schedule', () => {
    const snapshots = [single, files].map((some) =>
      artifactSnapshot('x', { savedSearches: some.get('app/default/savedsearches.conf') ?? '' }),
    );
    const [before, after] = snapshots.map((one) => one.ok && [...one.value.entries]);
    expect(after).toEqual(before);
  });

  it('names the search of each detection in the manifest', () => {
    const manifest = JSON.parse(textOf(built, 'manifest.json')) as {
      readonly detections: readonly { readonly name: string; readonly targets: object }[];
    };
    const stanzas = searchesIn(files);
    const scheduled = manifest.detections.flatMap(({ targets }) => {
      const { splunk } = targets as { readonly splunk: { readonly scheduled?: string } };
      return splunk.scheduled ?? [];
    });
    expect(scheduled).toHaveLength(4);
    for (const name of scheduled) expect(stanzas.get(name)?.get('enableSched')).toBe('1');
  });
});

describe('detections share a search', () => {
  it('of one log source, whatever their level', () => {
    const made = pack([{}, { level: 'high' }, linux, { level: 'low' }, linux], grouping);
    expect(idsOf(made)).toEqual([
      [uuid(3), uuid(5)],
      [uuid(1), uuid(2), uuid(4)],
    ]);
    expect(made.groups.groups.map(({ detection }) => detection.severity)).toEqual([
      'medium',
      'high',
    ]);
  });

  it.each([
    'interval: 30m',
    "cron: '7 * * * *'",
    'delay: 5m',
    'window: 30m',
    'owner: someone else',
    'suppress: { period: 2h }',
    'suppress: { fields: [other] }',
    'entities: [{ field: other, type: user }]',
    'splunk: { savedsearch: { alert.expires: 2d } }',
  ])('but not with %s', (settings) => {
    expect(
      idsOf(pack([{}, { settings }, {}, { settings }, { settings }], grouping))
        .map(({ length }) => length)
        .sort(),
    ).toEqual([2, 3]);
  });

  it('unless one would be alone in it: then it runs as without groups', () => {
    const lone = { source: '{ product: other }', title: 'Lone' };
    const made = pack([{}, {}, lone, { settings: 'interval: 30m' }], grouping);
    expect(idsOf(made)).toEqual([[uuid(1), uuid(2)]]);
    expect([...made.groups.alone]).toEqual(
      [uuid(4), uuid(3)].map((id) => [id, 'no other detection fits in a search with it']),
    );
    expect(made.groups.macros?.allow.size).toBe(2);
  });

  it('but not one that may mean most events with those that mean few', () => {
    const source = '{ product: windows, category: process_creation }';
    const broad = { source, sel: 'EventID: 1' };
    const { groups } = pack(
      [{ source }, broad, { source, sel: "a|re: '^.'" }, { source }, { source, sel: 'a: "*-*"' }],
      grouping,
    );
    expect(
      groups.groups.map(({ members }) => members.map(({ detection }) => detection.id)),
    ).toEqual(
      expect.arrayContaining([
        [uuid(1), uuid(4)],
        [uuid(2), uuid(3), uuid(5)],
      ]),
    );
    const narrow = groups.groups.find(({ members }) => members[0]?.detection.id === uuid(1));
    expect(narrow?.search).toContain('a IN ("v1", "v4") | eval');
  });

  it('with those that mean all events of their kind, where a log source has several', () => {
    const { groups } = pack([{}, { sel: 'EventID: 16' }], grouping);
    expect(groups.groups.map(({ search }) => search.split(' | ')[0])).toEqual([
      '`sigpack_windows_sysmon` (EventID="16" OR a="v1")',
    ]);
  });

  it('whatever a key of savedsearch says of their own', () => {
    const own = (keys: string): Given => ({ settings: `splunk: { savedsearch: { ${keys} } }` });
    const made = pack(
      [
        { settings: 'enabled: false, splunk: { savedsearch: { disabled: 0 } }' },
        own('description: Mine'),
        own('is_visible: 0'),
        own('enableSched: 1'),
        {},
      ],
      grouping,
    );
    expect(idsOf(made).map(({ length }) => length)).toEqual([5]);
    const [{ detection } = { detection: undefined }] = made.groups.groups;
    expect(detection?.settings.enabled).toBe(true);
    expect(detection?.settings.splunk.savedsearch).toEqual({});
  });

  it.each([
    ['threshold: 5', 'it has a `threshold`'],
    ['splunk: { results: raw }', 'its results are events (`splunk.results: raw`)'],
    [
      'suppress: { fields: [], period: 1h }',
      'it suppresses all of its results at once (`suppress.fields: []`)',
    ],
    ['splunk: { savedsearch: { quantity: 3 } }', '`quantity` is about all results of its search'],
    ['entities: [{ field: severity, type: user }]', '`severity` is a column of grouped searches'],
  ])('and not at all with %s', (settings, reason) => {
    const { groups } = pack([{}, { settings }, {}], grouping);
    expect([...groups.groupOf.keys()]).toEqual([uuid(1), uuid(3)]);
    expect([...groups.alone]).toEqual([[uuid(2), reason]]);
  });

  it('unless they are switched off: they keep their own schedule', () => {
    const { groups, splunk } = pack([{}, { settings: 'enabled: false' }, {}], grouping);
    expect([...groups.groupOf.keys()]).toEqual([uuid(1), uuid(3)]);
    expect([...groups.alone.keys()]).toEqual([]);
    expect(splunk).toHaveLength(3);
  });

  it('up to the limits of the configuration', () => {
    const many = Array.from({ length: 9 }, (): Given => ({}));
    const { groups } = pack(many, 'splunk: { grouping: log-source, grouped: { rules: 4 } }');
    expect(groups.groups.length).toBeGreaterThan(2);
    expect(groups.groups.every(({ members }) => members.length <= 4)).toBe(true);
    expect(new Set(groups.groups.map(({ name }) => name)).size).toBe(groups.groups.length);
    const bytes = pack(many, 'splunk: { grouping: log-source, grouped: { bytes: 4000 } }').groups;
    for (const { search, members } of bytes.groups)
      expect(members.length > 1 && Buffer.byteLength(search) <= 4000).toBe(true);
  });

  it('and have names of their own for groups and macros', () => {
    const [group] = pack([{}, {}], grouping).groups.groups;
    const { groups } = pack(
      [
        {},
        {},
        { title: `"${group?.name}"`, source: '{ product: other }' },
        { title: 'all', source: '{ product: all, category: detections }' },
      ],
      grouping,
    );
    const names = groups.groups.map(({ name }) => name);
    expect(names).not.toContain(group?.name);
    expect(names).toContain(group?.name.replace(/\)$/, '-1)'));
    expect(groups.macros?.rows).toBe('sigpack_all_detections_');
  });

  it.each([0, 1])('whose names are not cut within a character', (shift) => {
    const product = `${'x'.repeat(shift)}${'😀'.repeat(60)}`;
    const source = `{ product: ${product} }`;
    const { groups } = pack([{ source }, { source }], grouping);
    expect(groups.groups.map(({ name }) => name.replace(/ \([\da-f]{8}\)$/, ''))).toEqual([
      expect.stringMatching(/^Group of x?(?:😀){30,}$/u),
    ]);
  });
});

describe('the load of grouped searches', () => {
  const rules = Array.from(
    { length: 60 },
    (_, index): Given => ({
      source: `{ product: windows, service: s${index % 30} }`,
    }),
  );

  it('is spread evenly, and a detection in a group takes no room', () => {
    const made = pack(rules, 'splunk: { grouping: log-source, searchesPerMinute: 4 }');
    expect(made.groups.groups).toHaveLength(30);
    expect(loadOf(made, 'splunk')).toEqual({ most: 4, mean: 2, budget: 4 });
    expect(made.leftOff.splunk).toEqual([]);
    expect(searchesPerMinute(made, 'enabled').reduce((sum, one) => sum + one, 0)).toBe(120);
  });

  it('is shown beside that of single searches, with what runs by itself', () => {
    const made = pack(
      [{}, {}, { settings: 'threshold: 2' }, { settings: 'enabled: false' }],
      grouping,
    );
    const threshold = { id: uuid(3), reason: 'it has a `threshold`' };
    expect(groupedLoad(made, 'enabled')).toMatchObject({
      groups: 1,
      detections: 2,
      broad: { groups: 0, detections: 0 },
      alone: [threshold],
      single: { searches: 3, mean: 0.2 },
    });
    expect(groupedLoad(made, 'all')).toMatchObject({
      groups: 1,
      alone: [threshold, { id: uuid(4), reason: 'it is switched off as delivered' }],
      single: { searches: 4 },
    });
    expect(groupedLoad(pack([{}], ''), 'all')).toBeUndefined();
  });

  it('has the groups that no word or value narrows', () => {
    const wide = { sel: "a|re: '^.'" };
    expect(groupedLoad(pack([{}, {}, wide, wide, wide], grouping), 'enabled')).toMatchObject({
      groups: 2,
      broad: { groups: 1, detections: 3 },
    });
  });

  it('is less than that of single searches, by the number of searches of a log source', () => {
    const made = pack([{}, {}, {}, {}], grouping);
    expect(
      estimatedWork(
        made,
        new Map([
          ['windows/sysmon', 100],
          ['x', 1],
        ]),
      ),
    ).toEqual([
      { source: 'windows/sysmon', events: 100, single: 400, scheduled: 100 },
      { source: 'x', events: 1, single: 0, scheduled: 0 },
    ]);
  });
});

describe('a release of grouped searches', () => {
  const published = (made: Pack): Published => ({
    ...nothingPublished,
    groups: publishedGroups(packSettings(made)),
  });

  it('disables a group that is gone, and remembers it', () => {
    const grouped = pack([{}, {}, linux, linux], grouping);
    const [first] = grouped.groups.groups.map(({ name }) => name);
    const next = pack([{}, {}], grouping, published(grouped));
    expect(next.tombstones.map(({ name, isGroup }) => [name, isGroup])).toEqual([[first, true]]);
    const single = pack([{}], '', published(next));
    expect(single.tombstones.map(({ name }) => name).sort()).toEqual(
      grouped.groups.groups.map(({ name }) => name).sort(),
    );
    const again = pack([{}, {}, linux, linux], grouping, published(single));
    expect(again.tombstones).toEqual([]);
    expect(idsOf(again)).toEqual(idsOf(grouped));
    expect(again.groups.groups.map(({ name }) => name)).toEqual(
      grouped.groups.groups.map(({ name }) => name),
    );
  });

  it('speaks of the setting, not of groups', () => {
    const [single, grouped] = [pack([{}], ''), pack([{}], grouping)].map(packSettings);
    expect(changedPackSettings(single, grouped)).toEqual([
      { name: 'splunk.grouping', before: '', after: 'log-source' },
    ]);
    expect(Object.keys(single ?? {}).some((name) => name.startsWith('group '))).toBe(false);
  });
});

/** Runs of programs, as Sysmon records them: some are hits, some are near misses. */
const runs: readonly Event[] = [
  ['PC1', 'ann', 'vssadmin.exe', 'vssadmin delete shadows /all', 'cmd.exe'],
  ['PC1', 'ann', 'vssadmin.exe', 'vssadmin DELETE SHADOWS', 'cmd.exe'],
  ['PC1', 'bob', 'wmic.exe', 'wmic shadowcopy delete', 'winword.exe'],
  ['PC2', 'bob', 'cmd.exe', 'cmd /c vssadmin resize shadowstorage /maxsize=401MB', 'winword.exe'],
  ['PC2', 'bob', 'bcdedit.exe', 'bcdedit /set {default} recoveryenabled no', 'cmd.exe'],
  ['PC2', undefined, 'certutil.exe', 'certutil -urlcache -f https://x/y', 'excel.exe'],
  ['PC3', 'eve', 'vssadmin.exe', 'vssadmin list shadows', 'cmd.exe'],
  ['PC3', 'eve', 'certutil.exe', 'certutil -urlcache', 'cmd.exe'],
].map(([Computer, User, image, CommandLine, parent], index) => ({
  _time: 1000 + index,
  EventCode: 1,
  source: 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational',
  Computer: Computer ?? '',
  ...(User === undefined ? {} : { User }),
  Image: `C:\\Windows\\${image}`,
  CommandLine: CommandLine ?? '',
  ParentImage: `C:\\Program Files\\${parent}`,
}));

describe('results of grouped searches', () => {
  let files: ReadonlyMap<string, string>;
  const config = readFileSync(join(golden, 'sigpack.yml'), 'utf8');

  beforeAll(async () => {
    files = await filesOf(
      await packOf(
        shown,
        `${config
          .replace('index: windows', 'enterpriseSecurity: true, index: "*"')
          .replace('rules: 2', 'rules: 9')}defaults: { risk: { score: 50 } }\n`,
      ),
    );
  });

  const tables = () =>
    new Map(
      ['detections', 'pages'].map((name) => [
        `grouped_${name}`,
        tableOf(files.get(`app/lookups/grouped_${name}.csv`) ?? ''),
      ]),
    );
  const rowsOf = (name: string, local: Readonly<Record<string, string>> = {}): readonly Event[] => {
    const macros = new Map(
      [...readConf(files.get('app/default/macros.conf') ?? '').stanzas].map(
        ([macro, settings]): [string, string] => [
          macro,
          local[macro] ?? settings.get('definition')?.replace(/source=".*?"/, '') ?? '',
        ],
      ),
    );
    const search = searchesIn(files).get(name)?.get('search') ?? '';
    return compileSpl(search, { macros, tables: tables() }).run(runs);
  };
  const groups = () => [...searchesIn(files).keys()].filter((name) => name.startsWith('Group of '));
  const found = (local: Readonly<Record<string, string>> = {}): readonly string[] =>
    groups()
      .flatMap((name) => rowsOf(name, local))
      .map(
        ({ sigma_title, Computer, User, severity, count }) =>
          `${sigma_title} ${Computer} ${User} ${severity} ${count}`,
      )
      .sort();
  const all = [
    'File Downloaded by a Tool of Windows PC2 unknown medium 1',
    'Office Program Starts a Script Interpreter PC2 bob high 1',
    'Recovery of Windows Disabled PC2 bob high 1',
    'Shadow Copies Deleted by a Command PC1 ann high 2',
    'Shadow Copies Deleted by a Command PC1 bob high 1',
    'Shadow Copies Deleted by a Command PC2 bob high 1',
  ];

  it('are those of the searches of their detections, by rule and entity', () => {
    const rows = groups().flatMap((name) => rowsOf(name));
    for (const { sigma_search } of rows) {
      const own = rowsOf(String(sigma_search)).map(
        ({ Computer, User, count, lastTime, Image }) => ({
          Computer,
          User,
          count,
          lastTime,
          Image,
        }),
      );
      expect(
        rows
          .filter((row) => row.sigma_search === sigma_search)
          .map(({ Computer, User, count, lastTime, Image }) => ({
            Computer,
            User,
            count,
            lastTime,
            Image,
          })),
      ).toEqual(own);
    }
    expect(found()).toEqual(all);
  });

  it('make findings of their own detection in Enterprise Security', () => {
    const finding = groups()
      .map((name) => searchesIn(files).get(name))
      .find((settings) => settings?.get('action.notable') === '1');
    expect(finding?.get('action.notable.param.rule_title')).toBe(
      '$sigma_title$: $Computer$, $User$',
    );
    expect(finding?.get('alert.suppress.fields')).toBe('sigma_rule,Computer,User,sigpack_nobody');
    const [first] = JSON.parse(
      finding?.get('action.notable.param.drilldown_searches') ?? '[]',
    ) as readonly { readonly search: string }[];
    expect(first?.search).toBe(
      '| savedsearch $sigma_search|s$ nosubstitution=true | search Computer=$Computer|s$ ' +
        'User=$User|s$',
    );
  });

  it('leave out what an expression of an admin allows, of one detection alone', () => {
    const allow = 'grouped_shadow_copies_deleted_by_a_command_allow';
    const bob = all.filter((row) => !/Shadow.*bob/.test(row));
    expect(found({ [allow]: 'User="bob"' })).toEqual(bob);
    expect(found({ [allow]: 'User="ann" OR User="bob"' })).toEqual(
      all.filter((row) => !row.startsWith('Shadow')),
    );
    expect(found({ [allow]: 'true()' })).toEqual(all.filter((row) => !row.startsWith('Shadow')));
    expect(found({ [allow]: 'Missing="x"' })).toEqual(all);
    expect(found({ grouped_all_detections: 'search NOT Computer="PC2"' })).toEqual(
      all.filter((row) => !row.includes('PC2')),
    );
  });

  it('have the severity that an admin gives a detection', () => {
    const own =
      'case(sigma_title="Shadow Copies Deleted by a Command", "low", true(), "no severity")';
    expect(found({ grouped_severity: own })).toEqual(
      all.map((row) => (row.startsWith('Shadow') ? row.replace('high', 'low') : row)),
    );
  });
});
