import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { status } from '../src/cli/install/status-command.ts';
import { appLoadLines } from '../src/install/splunk/app-load.ts';
import { deploymentNotes } from '../src/install/splunk/deployed-apps.ts';
import { createFakeGraylog } from './fake/graylog.ts';
import { startServer } from './fake/server.ts';
import { createLab, firstRules, type Lab, removeLabs } from './install-lab.ts';
import { said } from './said.ts';

afterAll(removeLabs);

const uuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const many = (count: number, value: string): readonly string[] =>
  Array.from(
    { length: count },
    (_, index) =>
      `title: Rule ${index + 1}\nid: ${uuid(index + 1)}\nstatus: test\nlevel: high\nlogsource: { product: windows, category: process_creation }\ndetection:\n  sel: { Image: ${value} }\n  condition: sel\n`,
  );

const diskLab = (place = ''): Lab => {
  const lab = createLab(`{ kind: splunk-disk, home: splunk${place} }`);
  for (const folder of ['apps', 'shcluster/apps', 'deployment-apps'])
    mkdirSync(lab.at(`splunk/etc/${folder}`), { recursive: true });
  return lab;
};

describe('a plan with many objects', () => {
  test('of Splunk counts them by kind, names some of what is not new, and shows all with --verbose', async () => {
    const lab = diskLab();
    const first = await lab.build('1.0.0', 1, many(41, 'a.exe'));
    const { out } = await lab.install(first);
    expect(out.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    expect(out).toContain(
      '\n  + new: 41 detections, 42 macros, 3 lookups, 3 dashboards, 8 other files\n    (--verbose shows each object)\n',
    );
    expect(out).toContain('done: lab has 1.0.0 (97 created)\n');
    const second = await lab.build('1.1.0', 2, many(20, 'b.exe'));
    const planned = await lab.install(second, { plan: true });
    expect(planned.out.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    expect(planned.out).toMatch(
      /\n {2}~ changed: 20 detections, .*\n {6}saved search Rule 1\n {6}saved search Rule 10\n {6}saved search Rule 11\n {6}and \d+ more\n {2}- removed: 21 detections, 21 macros\n {6}saved search Rule 21\n/,
    );
    const verbose = await lab.install(second, { plan: true, verbose: true });
    expect(verbose.out).toContain('\n  - saved search Rule 41\n');
    expect(verbose.out).not.toContain('removed: 21');
    expect(
      JSON.parse((await lab.install(second, { plan: true, format: 'json' })).out).plan.objects
        .length,
    ).toBeGreaterThan(60);
  });

  test('says by --exit-code whether there is something to do', async () => {
    const lab = diskLab();
    const artifact = await lab.build('1.0.0', 1, many(1, 'a.exe'));
    const planned = { plan: lab.at('plan.json'), exitCode: true } as const;
    expect((await lab.install(artifact, { plan: true })).code).toBe(0);
    expect(await lab.install(artifact, planned)).toMatchObject({
      code: 1,
      out: expect.stringContaining('nothing was done\nthe plan is in'),
    });
    expect((await lab.install(artifact, { ...planned, format: 'json' })).code).toBe(1);
    expect((await lab.install(artifact, { apply: lab.at('plan.json') })).code).toBe(0);
    expect(await lab.install(artifact, planned)).toMatchObject({
      code: 0,
      out: expect.stringContaining('nothing to do'),
    });
    const refused = await lab.install(artifact, { exitCode: true });
    expect(refused.code).toBe('usage: --exit-code is for --plan, which changes nothing');
  });

  test('of Graylog counts its definitions, and says what they start', async () => {
    const token = 'graylog-token-0123456789';
    process.env.PLANS_TOKEN = token;
    const graylog = createFakeGraylog(`Basic ${Buffer.from(`${token}:token`).toString('base64')}`);
    const server = await startServer((request) => graylog.handle(request));
    const lab = createLab(
      `{ kind: graylog, url: '${server.url}/api', secretEnv: PLANS_TOKEN, retries: 0 }`,
    );
    const { out } = await lab.install(await lab.build('1.0.0', 1, many(41, 'a.exe')));
    expect(out).toContain('\n  + new: 41 event definitions, 1 dashboard\n');
    expect(out).toContain(
      '\n  The pack runs 2.7 event definitions in a minute on average.\n  A node of Graylog runs 5 of them at one time: each may take 111.1 s.\n',
    );
    // an upgrade leaves the installation that names what it deleted
    await lab.install(await lab.build('1.1.0', 2, many(40, 'a.exe')));
    expect((await lab.uninstall()).out).toMatch(
      /\nremoved Acme detections \([0-9a-f-]{36}\) from lab: 40 event definitions, 1 dashboard\n$/,
    );
    await server.close();
  });
});

test('what an app starts is counted by what runs of it', () => {
  const stanza = (name: string, more: string): string =>
    `[${name}]\ncron_schedule = 0 * * * *\nsearch = x\n${more}`;
  const conf =
    stanza('a', 'enableSched = 1\ndisabled = 0\n') +
    stanza('b', 'enableSched = 1\ndisabled = 1\n') +
    stanza('c', 'enableSched = 0\n') +
    stanza('d', 'enableSched = 1\n');
  const files = new Map([['default/savedsearches.conf', Buffer.from(conf)]]);
  expect(appLoadLines(files, { ok: true, value: 2 })).toEqual([
    'The pack starts 2 searches in the worst minute, 0 on average.',
    'The server runs 2 scheduled searches at one time.',
  ]);
});

test('status shows every place, also where one has no secret or does not answer', async () => {
  const lab = diskLab();
  await lab.install(await lab.build('1.0.0', 1, firstRules));
  const places = [
    "soc: { kind: graylog, url: 'http://127.0.0.1:9/api', secretEnv: NOT_SET_AT_ALL }",
    "far: { kind: elasticsearch, url: 'http://127.0.0.1:9', secretEnv: PLACES_SECRET, retries: 0 }",
    'none: { kind: splunk-disk, home: nowhere }',
    'lab: { kind: splunk-disk, home: splunk }',
  ];
  process.env.PLACES_SECRET = 'secret-0123456789';
  writeFileSync(
    lab.at('sigpack.yml'),
    `id: acme\ninstalls:\n${places.map((place) => `  ${place}\n`).join('')}`,
  );
  const config = lab.at('sigpack.yml');
  const { code, out } = await said(() => status(undefined, { config, format: 'text' }));
  expect(code).toBe(4);
  expect(out).toMatch(
    /^soc \(graylog\): soc needs a secret: .*\nfar \(elasticsearch\): .*nothing listens there\nnone \(splunk-disk\): .* is not a home of Splunk.*\nlab \(splunk-disk\): 1\.0\.0, \d+ objects, as installed\n {2}made for .*\n$/,
  );
  const json = JSON.parse((await said(() => status(undefined, { config, format: 'json' }))).out);
  expect(
    json.places.map(({ to, version, error }: Record<string, string>) => [
      to,
      version,
      error === undefined,
    ]),
  ).toEqual([
    ['soc', undefined, false],
    ['far', undefined, false],
    ['none', undefined, false],
    ['lab', '1.0.0', true],
  ]);
  // asked for one place alone, what is wrong with it is wrong use
  expect((await said(() => status(undefined, { config, format: 'text', to: 'soc' }))).code).toMatch(
    /^usage: soc needs a secret/,
  );
});

describe('an app that others get by Splunk', () => {
  test.each([
    [
      'deployment-apps',
      'the clients',
      ['[serverClass:<name>:app:acme]', 'excludeFromUpdate = $app_root$/local'],
    ],
    [
      'shcluster',
      'the members',
      [
        'etc/shcluster/apps/acme/local/app.conf',
        'deployer_push_mode = full',
        'deployer_lookups_push_mode = always_overwrite',
      ],
    ],
  ] as const)(
    '%s: says what becomes of local/, and what cannot be seen',
    async (place, who, lines) => {
      const lab = diskLab(`, place: ${place}`);
      const first = await lab.build('1.0.0', 1, firstRules);
      for (const { out } of [await lab.install(first, { plan: true }), await lab.install(first)])
        for (const line of lines) expect(out).toContain(line);
      expect((await lab.install(first)).out).toBe('lab has 1.0.0 already; nothing to do\n');
      expect((await lab.status()).out).toMatch(
        new RegExp(`as installed; what is changed on ${who} cannot be seen\\n {2}made for .*\\n$`),
      );
      expect(JSON.parse((await lab.status('json')).out).places[0]).toMatchObject({
        drift: [],
        unseen: `what is changed on ${who}`,
      });
    },
  );

  test('of a server’s own apps all is seen', async () => {
    expect(deploymentNotes('apps', 'acme')).toEqual([]);
    const lab = diskLab();
    await lab.install(await lab.build('1.0.0', 1, firstRules));
    expect((await lab.status()).out).not.toContain('cannot be seen');
  });
});
