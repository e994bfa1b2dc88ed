import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localSettings } from '../src/adopt/local-settings.ts';
import { matchStanzas } from '../src/adopt/match-stanzas.ts';
import { type Stanza, stanzasOf, threePartVersion } from '../src/adopt/stanza.ts';
import { readTar } from './archives.ts';
import { readStrictConf } from './conf-reader.ts';
import { type Files, writeFiles } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const rules = [
  {
    id: '11111111-2222-4333-8444-555555555501',
    title: 'Archive Tool Started',
    search: 'Image="*\\\\7z.exe"',
  },
  { id: '11111111-2222-4333-8444-555555555502', title: 'Log - Cleared', search: 'EventCode=1102' },
  { id: '11111111-2222-4333-8444-555555555503', title: 'Twice', search: 'A="x  y"' },
  { id: '11111111-2222-4333-8444-555555555504', title: 'Twice', search: 'A="z"' },
];
const stanza = (
  name: string,
  shipped: Readonly<Record<string, string>> = {},
  local: Readonly<Record<string, string>> = {},
): Stanza => ({
  name,
  shipped: new Map(Object.entries(shipped)),
  local: new Map(Object.entries(local)),
});

describe('which saved search is which rule', () => {
  test.each<[string, Stanza, string | undefined]>([
    ['its title', stanza('archive tool  started'), '01 title'],
    [
      'the title within the name of Enterprise Security',
      stanza('Endpoint - ESCU - Archive Tool Started - Rule - Rule'),
      '01 title',
    ],
    ['a title with the separator in it', stanza('Threat - Log - Cleared - Rule'), '02 title'],
    [
      'the label',
      stanza('x1', { 'action.correlationsearch.label': 'Archive Tool Started' }),
      '01 title',
    ],
    [
      'an id in what it says of itself',
      stanza('x2', {
        'action.risk.param._risk': '{"rule":"11111111-2222-4333-8444-555555555504"}',
      }),
      '04 id',
    ],
    [
      'no id in its search',
      stanza('x3', { search: 'guid="11111111-2222-4333-8444-555555555504"' }),
      undefined,
    ],
    ['no title of two rules', stanza('Twice'), undefined],
    ['no part of a title', stanza('Archive Tool'), undefined],
    [
      'the search, wherever its events are',
      stanza('x4', { search: ' search  index=windows `sysmon` sourcetype="a b" EventCode=1102 ' }),
      '02 search',
    ],
    ['no search with other blanks in a value', stanza('x5', { search: 'A="x y"' }), undefined],
    [
      'the search with the same blanks in a value',
      stanza('x6', { search: 'A="x  y"' }),
      '03 search',
    ],
    [
      'no search that has more',
      stanza('x7', { search: 'EventCode=1102 | stats count' }),
      undefined,
    ],
    // each of these took minutes or gigabytes
    ['no name of many parts', stanza(`A${' - x'.repeat(60_000)}`), undefined],
    ['no name of many endings', stanza(`A${' - Rule'.repeat(50_000)}x`), undefined],
    [
      'no search with a text that has no end',
      stanza('x8', { search: `${'\\"'.repeat(150_000)}x` }),
      undefined,
    ],
    [
      'no search behind many places',
      stanza('x9', { search: `${'`m` '.repeat(60_000)}x` }),
      undefined,
    ],
  ])('%s', (_, given, expected) => {
    const { found, withoutRule } = matchStanzas([given], rules);
    expect(found.map(({ rule, by }) => `${rule.id.slice(-2)} ${by}`)).toEqual(
      expected === undefined ? [] : [expected],
    );
    expect(withoutRule).toHaveLength(expected === undefined ? 1 : 0);
  });

  test('a rule has one of them: that with the best evidence', () => {
    const both = [stanza('Archive Tool Started'), stanza('Other', { note: rules[0]?.id ?? '' })];
    const { found, second } = matchStanzas(both, rules);
    expect(found.map(({ stanza: { name } }) => name)).toEqual(['Other']);
    expect(second.map(({ stanza: { name } }) => name)).toEqual(['Archive Tool Started']);
  });

  test('settings for all saved searches are none', () => {
    const conf = new Map([['default', new Map([['disabled', '1']])]]);
    expect(stanzasOf(conf, new Map([['a', new Map()]])).map(({ name }) => name)).toEqual(['a']);
  });

  test.each([
    ['3.4', '3.4.0'],
    ['v10', '10.0.0'],
    ['1.2.3-beta', '1.2.3'],
    ['01.2', '1.2.0'],
    ['999999999.1.1', undefined],
    ['', undefined],
    ['next', undefined],
  ])('the version %j is %s', (text, expected) => expect(threePartVersion(text)).toBe(expected));
});

test.each<[Readonly<Record<string, string>>, unknown]>([
  [
    { disabled: '0' },
    { settings: { enabled: true }, staying: [], hidesSearch: false, delicate: [] },
  ],
  [
    { disabled: 'true', cron_schedule: '7 * * * *' },
    {
      settings: { enabled: false, cron: '7 * * * *' },
      staying: [],
      hidesSearch: false,
      delicate: ['cron_schedule'],
    },
  ],
  [
    { cron_schedule: '@hourly' },
    { settings: {}, staying: ['cron_schedule'], hidesSearch: false, delicate: ['cron_schedule'] },
  ],
  [
    { 'alert.severity': '5', 'action.email.to': 'soc@example.org', search: 'x' },
    {
      settings: { splunk: { savedsearch: { 'alert.severity': '5' } } },
      staying: ['action.email.to'],
      hidesSearch: true,
      delicate: [],
    },
  ],
])('what is set in place as %j could be in the rule', (local, expected) => {
  expect(localSettings(stanza('a', {}, local))).toEqual({ stanza: 'a', ...(expected as object) });
  expect(localSettings(stanza('a'))).toBeUndefined();
});

let folder = '';
const write = (files: Files): void => writeFiles(folder, files);
const rule = (number: number, title: string, status = 'stable'): string =>
  `title: ${title}\nid: 11111111-2222-4333-8444-55555555550${number}\nstatus: ${status}\nlevel: high\nlogsource: { product: windows, service: security }\ndetection: { s: { EventID: ${number} }, condition: s }\n`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-adopt-'));
  write({
    'sigpack.yml':
      'id: old_app\nversion: 1.0.0\ntargets: [splunk]\npipelines: { splunk: none }\nsplunk: { index: main }\n',
    'rules/a.yml': rule(1, 'Archive Tool Started'),
    'rules/b.yml': rule(2, 'Log Cleared', 'experimental'),
    'rules/c.yml': rule(3, 'Nobody Knows It'),
    'old_app/default/app.conf': '[launcher]\nversion = 3.4\n[install]\nbuild = 17\n',
    'old_app/default/savedsearches.conf': [
      '[Threat - Archive Tool Started - Rule]\nsearch = index=x y\nenableSched = 1\n',
      '[Cleared]\nsearch = index=windows EventID=2\nenableSched = 1\ndisabled = 0\n',
      '[Home Made]\nsearch = index=web\n',
    ].join('\n'),
    'old_app/local/savedsearches.conf':
      '[Cleared]\ncron_schedule = 3 * * * *\naction.email.to = soc@example.org\n[Home Made]\nsearch = x\n',
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('sigpack adopt', () => {
  const run = (...args: readonly string[]) => sigpack(['adopt', ...args], { cwd: folder });
  const stanzaNames = async (id = 'old_app'): Promise<readonly string[]> => {
    expect(await sigpack(['build', '-o', 'out'], { cwd: folder })).toMatchObject({ code: 0 });
    const entries = await readTar(readFileSync(join(folder, `out/${id}-1.0.0.spl`)));
    const conf =
      entries.find(({ header }) => header.name === `${id}/default/savedsearches.conf`)?.text ?? '';
    return [...readStrictConf(conf).keys()].sort();
  };

  test('gives rules the names that an app has, and says what becomes of the rest', async () => {
    const { code, stdout, stderr } = await run('old_app');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      'Configuration: sigpack.yml',
      'old_app 3.4.0: 3 saved searches, 2 of them with a rule here (0 by id, 1 by title, 1 by search)',
      'sigpack.lock has their names; commit it. The next release has a version after 3.4.0.',
      '! sigpack.yml says version 1.0.0, and 3.4.0 is in use: `sigpack build` makes an older app until',
      '`sigpack release` has raised it',
      '! 1 saved search without a rule here, which an update leaves out:',
      '  Home Made',
      '! 1 saved search running now, and switched off in the pack (see `enable` and `overBudget`):',
      '  Cleared',
      '! 1 saved search with settings in local/ that are lost, as no detection has the name:',
      '  Home Made',
      '! 1 saved search with settings in local/ that were made for the search of before: compare the window',
      'and the fields of the results with the new one:',
      '  Cleared: cron_schedule',
      '1 saved search with settings in local/, which go on working. The same in the rule:',
      '  Cleared',
      '    sigpack:',
      '      cron: 3 * * * *',
      '    # stays in local/: action.email.to',
      '',
    ]);
    expect(await stanzaNames()).toEqual([
      'Cleared',
      'Nobody Knows It',
      'Threat - Archive Tool Started - Rule',
    ]);
    // the first release comes after the app's version, and keeps the names
    const released = await sigpack(['release'], {
      cwd: folder,
      env: { SOURCE_DATE_EPOCH: '1700000000' },
    });
    expect(released).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('released 3.5.0 after 3.4.0'),
    });
    const lock = readFileSync(join(folder, 'sigpack.lock'), 'utf8');
    expect(lock).toContain('stanza: Threat - Archive Tool Started - Rule\n');
    expect(lock).toContain('retired: {}\n');
    expect(await run('old_app')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('sigpack.lock already says what was published'),
    });
  });

  test('names a local folder of another app, and takes a file of an app for the app', async () => {
    write({
      'sigpack.yml':
        'id: acme\ntargets: [splunk]\npipelines: { splunk: none }\nsplunk: { index: main }\n',
    });
    const { code, stdout } = await run('--dry-run', 'old_app/default/savedsearches.conf');
    expect(code).toBe(0);
    expect(stdout.replaceAll('\n', ' ')).toContain(
      'this pack is the app acme, and the settings are in local/ of old_app: write `id: old_app` in sigpack.yml, or copy',
    );
    expect(stdout).not.toContain('sigpack.lock');
    expect(await stanzaNames('acme')).toEqual([
      'Archive Tool Started',
      'Log Cleared',
      'Nobody Knows It',
    ]);
  });
  test('reads a repository of contentctl as its build would name the searches', async () => {
    write({
      'content/contentctl.yml': 'app:\n  appid: DA-ESS-acme\n  label: ACME\n  version: 5.0.1\n',
      'content/detections/endpoint/a.yml':
        'name: Something Else\nid: 11111111-2222-4333-8444-555555555503\nsearch: "| tstats count"\n',
      'content/detections/broken.yml': 'name: [\n',
    });
    const { stdout, code } = await run('content', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      app: { id: 'DA-ESS-acme', version: '5.0.1' },
      adopted: [{ stanza: 'ACME - Something Else - Rule', title: 'Nobody Knows It', by: 'id' }],
      withoutRule: [],
      switchedOn: ['ACME - Something Else - Rule'],
      unread: ['content/detections/broken.yml'],
      lock: 'sigpack.lock',
    });
    expect(await stanzaNames()).toEqual([
      'ACME - Something Else - Rule',
      'Archive Tool Started',
      'Log Cleared',
    ]);
    rmSync(join(folder, 'sigpack.lock'));
    const text = await run('content', '--dry-run');
    expect(text.stdout.replaceAll('\n', ' ')).toContain(
      'the settings are in local/ of DA-ESS-acme: copy local/savedsearches.conf into the folder old_app',
    );
  });

  test.each<[string, string, string]>([
    ['rules', 'is neither an app of Splunk', ''],
    ['nowhere', 'does not exist', ''],
    ['sigpack.yml', 'is not a savedsearches.conf', ''],
    ['content', 'with which its saved searches are named', 'content/contentctl.yml'],
  ])('refuses %s and writes nothing', async (path, message, file) => {
    if (file !== '') write({ [file]: 'app: {}\n' });
    expect(await run(path)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
    expect(() => readFileSync(join(folder, 'sigpack.lock'))).toThrow();
  });

  test('two names that a pack has as one are not both adopted', async () => {
    write({
      'old_app/default/savedsearches.conf':
        '[Same Name]\nnote = 11111111-2222-4333-8444-555555555501\n[SAME NAME]\nnote = 11111111-2222-4333-8444-555555555502\n',
    });
    expect((await run('old_app')).stdout).toContain(
      'with a name that no pack can have, which becomes another one:\n  Same Name\n',
    );
    expect(await stanzaNames()).toEqual(['Archive Tool Started', 'Nobody Knows It', 'SAME NAME']);
  });

  test('names that a pack cannot have are left alone, and shown harmlessly', async () => {
    write({
      'old_app/default/savedsearches.conf':
        '[General]\nnote = 11111111-2222-4333-8444-555555555501\n[\u001b[31mLog Cleared]\nsearch = index=a EventID=2\n',
    });
    const { stdout, code } = await run('old_app');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'with a name that no pack can have, which becomes another one:\n  ␛[31mLog Cleared\n  General\n',
    );
    expect(stdout).not.toContain('\u001b[31m');
  });
});
