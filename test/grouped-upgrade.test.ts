import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readConf } from '../src/pack/render/conf-reader.ts';
import { readTar } from './archives.ts';
import { createLab, firstRules, type Lab, removeLabs } from './install-lab.ts';
import { projectIn, writeFiles } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const root = mkdtempSync(join(tmpdir(), 'sigpack-grouped-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterAll(removeLabs);

const configFile = (grouping: string): string =>
  `id: acme\ntitle: Acme detections\ntargets: [splunk]\npipelines: { splunk: none }\nsplunk: { index: '*', grouping: ${grouping} }\n`;
const searchesOf = async (path: string) => {
  const app = await readTar(readFileSync(path));
  const conf = app.find(({ header }) => header.name === 'acme/default/savedsearches.conf');
  return readConf(conf?.text ?? '').stanzas;
};
const groupedIn = (grouping: string): string => `splunk: { grouping: ${grouping} }\n`;
const isGroup = (name: string): boolean => name.startsWith('Group of ');
const ruleFiles = Object.fromEntries(
  firstRules.map((text, index): [string, string] => [`rules/${index}.yml`, text]),
);

/** A lab with a Splunk on disk, which has no apps. */
function diskLab(more = '', isAllOn = true): Lab {
  const lab = createLab('{ kind: splunk-disk, home: splunk }', more, isAllOn);
  mkdirSync(lab.at('splunk/etc/apps'), { recursive: true });
  return lab;
}

/** Another lab, which installs into the Splunk of this one. */
const labOn = (lab: Lab, more: string, isAllOn = true): Lab =>
  createLab(`{ kind: splunk-disk, home: ${JSON.stringify(lab.at('splunk'))} }`, more, isAllOn);

describe('releases in both modes', () => {
  const folder = projectIn(root, { 'sigpack.yml': configFile('none'), ...ruleFiles });
  const run = (...args: readonly string[]) =>
    sigpack(args, { cwd: folder, env: { SOURCE_DATE_EPOCH: '1700000000' } });
  const release = async (grouping: string, version: string) => {
    writeFiles(folder, { 'sigpack.yml': configFile(grouping) });
    expect(await run('release', '--bump', 'minor')).toMatchObject({ code: 0 });
    return searchesOf(join(folder, 'dist', 'release', version, `acme-${version}.spl`));
  };

  test('keep names, and disable the searches of groups that are gone', async () => {
    const single = await release('none', '1.0.0');
    writeFiles(folder, { 'sigpack.yml': configFile('log-source') });
    const diff = await run('diff');
    expect(diff.stdout).toContain('splunk.grouping');
    expect(diff.stdout).not.toContain('Group of');
    const grouped = await release('log-source', '1.1.0');
    const groups = [...grouped.keys()].filter(isGroup);
    expect(groups).toHaveLength(1);
    expect([...grouped.keys()].filter((name) => !isGroup(name))).toEqual([...single.keys()]);
    expect((await run('build', '--frozen', '-o', 'out')).code).toBe(0);
    const again = await release('none', '1.2.0');
    expect([...again.keys()].filter(isGroup)).toEqual(groups);
    for (const [name, settings] of again)
      if (isGroup(name))
        expect([settings.get('disabled'), settings.get('search')]).toEqual([
          '1',
          '| makeresults count=0',
        ]);
      else expect(settings).toEqual(single.get(name));
    const back = await release('log-source', '1.3.0');
    for (const [name, settings] of back)
      expect([name, settings]).toEqual([name, grouped.get(name)]);
  });
});

test('a diff of apps of both modes is about what the detections say of themselves', async () => {
  const off = 'sigpack: { splunk: { savedsearch: { enableSched: 0 } } }\n';
  const folder = projectIn(root, ruleFiles);
  const build = async (output: string, grouping: string, last: string): Promise<void> => {
    writeFiles(folder, {
      'sigpack.yml': configFile(grouping),
      'rules/2.yml': `${firstRules[2]}${last}`,
    });
    expect((await sigpack(['build', '-o', output], { cwd: folder })).code).toBe(0);
  };
  await build('single', 'none', off);
  await build('grouped', 'log-source', off);
  await build('on', 'log-source', '');
  await build('two', 'log-source', 'sigpack: { threshold: 2 }\n');
  const diff = async (...args: readonly string[]) =>
    (await sigpack(['diff', ...args], { cwd: folder })).stdout;
  const ways = ['acme-1.0.0.spl', 'manifest.json', ''];
  const toGroups = '2 detections run in 1 grouped search (before: each by itself)';
  for (const file of ways) {
    const there = await diff(`single/${file}`, `grouped/${file}`);
    expect([file, there]).toEqual([
      file,
      expect.stringContaining(
        `  grouped searches changed, 3 unchanged\n\ngrouped searches\n  ${toGroups}\n`,
      ),
    ]);
    expect(await diff(`grouped/${file}`, `single/${file}`)).toContain(
      '  each detection runs by itself (before: 2 detections run in 1 grouped search)\n',
    );
    expect(await diff(`grouped/${file}`, `grouped/${file}`)).toContain('nothing changed');
    expect(await diff(`single/${file}`, `single/${file}`)).toContain('nothing changed');
  }
  const markdown = await diff('single', 'grouped', '--format', 'markdown');
  expect(markdown).toContain(`grouped searches changed, 3 unchanged.\n\n- ${toGroups}\n`);
  const json = JSON.parse(await diff('single', 'grouped', '--format', 'json'));
  expect(json.grouped).toEqual({
    text: toGroups,
    before: { detections: 0, searches: 0 },
    after: { detections: 2, searches: 1 },
    joined: [1, 2].map((number) => expect.stringMatching(new RegExp(`${number}$`))),
    left: [],
  });
  expect(await diff('grouped/acme-1.0.0.spl', 'on/acme-1.0.0.spl')).toContain('enableSched 0 → 1');
  expect(await diff('on', 'two')).toContain(
    '  2 detections run in 1 grouped search (before: 3 detections run in 1 grouped search); ' +
      '1 now by themselves\n',
  );
});

test('stats counts groups and what runs by itself, with what is off where it is asked for', async () => {
  const off = `${firstRules[2]}sigpack: { enabled: false }\n`;
  const folder = projectIn(root, {
    'sigpack.yml': configFile('log-source'),
    ...ruleFiles,
    'rules/2.yml': off,
  });
  const linesOf = async (...args: readonly string[]) =>
    (await sigpack(['stats', ...args], { cwd: folder })).stdout
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line) => line.replace(/the longest.*/, ''));
  expect(await linesOf()).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^1 search; /),
      '2 detections run in 1 grouped search, 0 by themselves; ',
      expect.stringMatching(/^One by one: 2 searches /),
    ]),
  );
  expect(await linesOf('--all')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^2 searches; /),
      '2 detections run in 1 grouped search, 1 by itself; ',
      '  1: it is switched off as delivered',
      expect.stringMatching(/^One by one: 3 searches /),
    ]),
  );
});

describe('an installed app in both modes', () => {
  test('keeps what an admin has in local/, and is counted by detections', async () => {
    const single = diskLab();
    const grouped = labOn(single, groupedIn('log-source'));
    const local = '[First]\ndisabled = 1\n[Third]\nalert.track = 9\n[Second]\nenableSched = true\n';
    expect((await single.install(await single.build('1.0.0', 1, firstRules))).code).toBe(0);
    const file = 'splunk/etc/apps/acme/local/savedsearches.conf';
    single.write(file, local);
    const macros = '[acme_third_filter]\ndefinition = search NOT User=x\n';
    single.write('splunk/etc/apps/acme/local/macros.conf', macros);
    const next = await grouped.build('1.1.0', 2, firstRules);
    const plan = await grouped.install(next, { plan: true });
    expect(plan.out).toContain('+ grouped search Group of windows process_creation');
    const noEffect =
      'that has no effect on the grouped search that runs the detection; the page Tuning of the ' +
      'app says what has.';
    expect(plan.out.split('\n').filter((line) => line.includes('  local/'))).toEqual([
      '  local/savedsearches.conf overrides disabled of "First": its group runs the detection ' +
        'nonetheless. To switch it off there, write definition = true() for the macro ' +
        'acme_first_allow.',
      '  local/savedsearches.conf overrides enableSched of "Second": the detection runs twice, by ' +
        'itself and in its group, and each alert comes twice. Remove the setting.',
      `  local/macros.conf overrides definition of "acme_third_filter": ${noEffect}`,
      `  local/savedsearches.conf overrides alert.track of "Third": ${noEffect}`,
    ]);
    expect((await grouped.install(next)).code).toBe(0);
    expect(single.read(file)).toBe(local);
    const status = await grouped.status();
    expect(status.code).toBe(0);
    expect(status.out).toContain('1.1.0');
    expect((await grouped.install(next)).out).toMatch(/nothing to do/i);
    const back = await single.build('1.2.0', 3, firstRules);
    const undone = await single.install(back);
    expect(undone.code).toBe(0);
    expect(undone.out).toContain('overrides disabled of "First": what the pack says there has no');
    expect(undone.out).not.toContain('acme_third_filter');
    expect(single.read(file)).toBe(local);
    expect(single.read('splunk/etc/apps/acme/default/savedsearches.conf')).not.toContain(
      'Group of',
    );
  });

  test.each([
    ['goes back to single searches', 'none', ''],
    ['lets one detection run by itself', 'log-source', 'sigpack: { threshold: 2 }\n'],
  ])('says which exclusion stops where it %s', async (_, grouping, more) => {
    const lab = diskLab(groupedIn('log-source'));
    expect((await lab.install(await lab.build('1.0.0', 1, firstRules))).code).toBe(0);
    const allow = '[acme_third_allow]\ndefinition = User="svc"\n';
    lab.write('splunk/etc/apps/acme/local/macros.conf', allow);
    expect((await lab.status()).out).toContain(
      'acme_third_allow in local/macros.conf: definition\n',
    );
    const next = labOn(lab, groupedIn(grouping));
    const [first = '', second = '', third = ''] = firstRules;
    const pack = await next.build('1.1.0', 2, [first, second, `${third}${more}`]);
    const note =
      '  local/macros.conf overrides definition of "acme_third_allow", which this version lacks: ' +
      "it has no effect any more. The detection's own search excludes events in the macro " +
      'acme_third_filter.\n';
    expect((await next.install(pack, { plan: true })).out).toContain(note);
    expect((await next.install(pack)).out).toContain(note);
    expect(lab.read('splunk/etc/apps/acme/local/macros.conf')).toBe(allow);
    expect((await next.status()).out).toContain(
      'acme_third_allow in local/macros.conf: definition, which has no effect: the app lacks it\n',
    );
    const other = await next.build('1.2.0', 3, [first, second, `${third}${more}`]);
    expect((await next.install(other)).out).not.toContain('acme_third_allow');
  });

  test('says which settings of a search in local/ stop, if the search goes', async () => {
    const lab = diskLab();
    expect((await lab.install(await lab.build('1.0.0', 1, firstRules))).code).toBe(0);
    lab.write('splunk/etc/apps/acme/local/savedsearches.conf', '[Second]\ndisabled = 1\n');
    const plan = await lab.install(await lab.build('1.1.0', 2, firstRules.slice(0, 1)), {
      plan: true,
    });
    expect(plan.out).toContain(
      '  local/savedsearches.conf overrides disabled of "Second", which this version lacks: it has ' +
        'no effect any more.\n',
    );
  });

  test('says at an upgrade what is switched on and off', async () => {
    const places = (grouping: string): string =>
      `splunk: { grouping: ${grouping}, searchesPerMinute: 1 }\nlevels: { high: { cron: '7 * * * *' } }\n`;
    const lab = diskLab(places('none'), false);
    const single = await lab.build('1.0.0', 1, firstRules);
    const first = await lab.install(single);
    expect(first.code).toBe(0);
    expect(first.out).not.toContain('switched on');
    const next = labOn(lab, places('log-source'), false);
    const grouped = await next.build('1.1.0', 2, firstRules);
    expect((await next.install(grouped, { plan: true })).out).toMatch(
      /\n {2}2 detections are switched on that were off before: "\w+", "\w+"\.\n {2}The pack starts/,
    );
    expect((await next.install(grouped)).code).toBe(0);
    expect((await lab.install(single, { plan: true })).out).toContain(
      '  2 detections are switched off that were on before: ',
    );
    const again = await next.build('1.2.0', 3, firstRules);
    expect((await next.install(again)).out).not.toMatch(/switched o/);
  });
});
