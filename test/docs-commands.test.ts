import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockOf, blocksOf, expectSession, inShell, wordsOf } from './doc-blocks.ts';
import { json, startServer } from './fake/server.ts';
import { createFakeWatcher } from './fake/watcher.ts';
import { type Files, projectIn, writeFiles } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-docs-'));
/** Of projects that are not in the one of `folder`. */
const others = mkdtempSync(join(tmpdir(), 'sigpack-docs-'));
afterAll(() => {
  for (const one of [folder, others]) rmSync(one, { recursive: true, force: true });
});
// the example of docs/configuration.md, in a project as it makes one
beforeAll(async () => {
  const [line = ''] = commandsIn('configuration.md');
  const { code, stderr } = await sigpack(wordsOf(line).slice(1), { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
});

/** Commands of sigpack in blocks of a page that show no output. */
const commandsIn = (page: string): readonly string[] =>
  blocksOf(`docs/${page}`).flatMap(({ text }) => {
    const commands = text
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\$ /, '').replace(/\s+#.*$/, ''));
    return commands.every((line) => line.startsWith('sigpack ')) ? commands : [];
  });

describe.each(['graylog-pack.md', 'pipelines.md', 'rule-pages.md', 'splunk-groups.md'])(
  'the commands of docs/%s that show no output work',
  (page) => {
    test.each(commandsIn(page))('%s', async (line) => {
      const [, ...args] = wordsOf(line);
      const { code, stderr } = await sigpack(args, { cwd: folder });
      expect([code, stderr.replace(/^.*warning\[[\s\S]*$/m, '')]).toEqual([0, expect.any(String)]);
    });
  },
);

test('README.md builds the starter pack by `npm start`', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [node, main, ...args] = wordsOf(scripts.start);
  expect([node, main, args.at(-1)]).toEqual(['node', 'dist/lib/cli/main.js', 'dist/packs']);
  const output = join(others, 'starter');
  const { code, stderr } = await sigpack([...args.slice(0, -1), output], { cwd: root });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error[')]);
  expect(readdirSync(output)).toContain('manifest.json');
});

/** A folder with rules of the starter pack. */
function withRules(paths: readonly string[], files: Files = {}): string {
  const project = projectIn(others, files);
  for (const path of paths) {
    writeFiles(project, { [path]: '' });
    cpSync(join(root, path), join(project, path));
  }
  return project;
}

const shadows = 'rules/windows/shadow-copies-deleted.yml';
const listing = {
  Image: 'C:\\Windows\\System32\\vssadmin.exe',
  CommandLine: 'vssadmin list shadows',
};
const seconds = (text: string): string => text.replace(/\d+\.\d s$/gm, '0.0 s');

describe('docs/tests.md shows', () => {
  test('a test that fails', async () => {
    const dns = 'rules/network/dns-tunnel-long-names';
    const cwd = withRules([shadows, `${dns}.yml`], {
      [`${dns}.test.yml`]: readFileSync(join(root, `${dns}.test.yml`), 'utf8').replace(
        / {4}- name: a long name[\s\S]*$/,
        '',
      ),
      [shadows.replace('.yml', '.test.yml')]: `tests:
  - name: vssadmin deletes the shadow copies of all volumes
    match: true
    event: { Image: 'C:\\vssadmin.exe', CommandLine: vssadmin delete shadows }
  - name: wmic deletes them
    match: true
    event: { Image: 'C:\\wmic.exe', CommandLine: wmic shadowcopy /nointeractive }
`,
    });
    const block = blockOf('docs/tests.md', '$ sigpack test rules\n');
    await expectSession(block, { cwd, codes: [1], settled: seconds });
  });

  test('regression data of SigmaHQ', async () => {
    const id = '3f0b6f0b-0f2e-4d7e-9d59-6c1a2f9d7e60';
    const data = 'sigma/regression_data/rules/windows/shadows';
    const event = { ...listing, CommandLine: 'vssadmin delete shadows' };
    const cwd = projectIn(others, {
      'sigma/rules/shadows.yml': readFileSync(join(root, shadows), 'utf8'),
      'sigma/rules-emerging-threats/none.txt': '',
      'sigma/rules-threat-hunting/none.txt': '',
      [`${data}/info.yml`]: `rule_metadata:\n  - id: ${id}\n    title: Test\nregression_tests_info:\n  - name: Positive\n    type: evtx\n    match_count: 1\n    path: ${data.slice(6)}/${id}.evtx\n`,
      [`${data}/${id}.json`]: JSON.stringify({
        Event: {
          System: { EventID: 1, Channel: 'Microsoft-Windows-Sysmon/Operational' },
          EventData: event,
        },
      }),
    });
    const [, ...args] = wordsOf(commandsIn('tests.md').at(-1) ?? '');
    expect(args).toContain('sigma/regression_data');
    const { code, stdout } = await sigpack(args, { cwd });
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 passed of 1 test')]);
  });

  test('what no test needs', async () => {
    const tests = shadows.replace('.yml', '.test.yml');
    const cwd = withRules([shadows], {
      [tests]: readFileSync(join(root, tests), 'utf8').replace(
        / {10}- Image: \S+\n {12}CommandLine: echo shadowcopy delete\n/,
        '',
      ),
    });
    const block = blockOf('docs/tests.md', '$ sigpack test rules --coverage');
    await expectSession(block, { cwd, settled: seconds });
  });

  test('why a rule does not find an event', async () => {
    const cwd = withRules([shadows], { 'event.json': JSON.stringify(listing) });
    await expectSession(blockOf('docs/tests.md', `$ sigpack explain ${shadows} --event`), { cwd });
  });
});

test('docs/events.md shows which rules match', async () => {
  const lines = Array.from({ length: 20_511 }, (_, index) =>
    JSON.stringify(
      index === 1041 ? { ...listing, CommandLine: 'vssadmin delete shadows' } : listing,
    ),
  );
  const cwd = withRules([shadows]);
  writeFileSync(join(cwd, 'events.ndjson.gz'), gzipSync(lines.join('\n')));
  await expectSession(blockOf('docs/events.md', '$ sigpack match'), { cwd });
});

test('docs/adopt.md shows what is adopted', async () => {
  const numbers = Array.from({ length: 112 }, (_, index) => index + 1);
  const idOf = (number: number): string =>
    `11111111-2222-4333-8444-${String(number).padStart(12, '0')}`;
  const rules = numbers.map((number) => [
    `rules/${number}.yml`,
    `title: Rule ${number}\nid: ${idOf(number)}\nstatus: stable\nlevel: low\nlogsource: { product: windows, service: security }\ndetection: { s: { EventID: ${number} }, condition: s }\n`,
  ]);
  const known = numbers.map((number) => {
    if (number <= 80) return `[Search ${number}]\nsearch = x\ndescription = ${idOf(number)}\n`;
    const name = number <= 110 ? `Threat - Rule ${number} - Rule` : `Search ${number}`;
    return `[${name}]\nsearch = index=windows EventID=${number}\n`;
  });
  const cwd = projectIn(others, {
    'sigpack.yml':
      'id: old_app\ntargets: [splunk]\npipelines: { splunk: none }\nsplunk: { index: main }\ndefaults: { enabled: true }\n',
    ...Object.fromEntries(rules),
    'apps/old_app/default/app.conf': '[launcher]\nversion = 3.4.0\n',
    'apps/old_app/default/savedsearches.conf': [
      ...known,
      '[Threat - Home Made - Rule]\nsearch = index=web\n',
      '[Logons of the week]\nsearch = index=web\n',
    ].join('enableSched = 1\n'),
  });
  await expectSession(blockOf('docs/adopt.md', '$ sigpack adopt'), {
    cwd,
    places: { '/opt/splunk/etc/apps': 'apps' },
  });
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;

describe.skipIf(!hasCurl)('docs/convert.md stores', () => {
  const rules = [shadows, 'rules/windows/dhcp-callout-dll-failed.yml'];

  test('watches of all rules', async () => {
    const fake = createFakeWatcher(`Basic ${Buffer.from('user:password').toString('base64')}`);
    const server = await startServer(fake.handle);
    try {
      const block = blockOf('docs/convert.md', 'sigpack convert -t xpack-watcher');
      const [convert = '', store = ''] = block.text.split('\n');
      const cwd = withRules(rules);
      expect((await sigpack(wordsOf(convert).slice(1), { cwd })).code).toBe(0);
      const place = 'https://user:password@es.example.org:9200';
      expect(store).toContain(place);
      const stored = await inShell(
        store.replace(place, server.url.replace('//', '//user:password@')),
        cwd,
      );
      expect(stored.code).toBe(0);
      expect([...fake.watches.values()].map(({ body }) => body.metadata)).toMatchObject([
        { title: 'DHCP Server Error Failed Loading the CallOut DLL' },
        { title: 'Shadow Copies Deleted by a Command' },
      ]);
    } finally {
      await server.close();
    }
  });

  test('saved searches', async () => {
    // what Kibana's guide says of the request: "Import saved objects API"
    const server = await startServer(({ method, path, query, headers, body }) => {
      const isImport = method === 'POST' && path === '/api/saved_objects/_import';
      const file = /^Content-Disposition: form-data; name="file"; filename="[^"]+\.ndjson"\r$/m;
      if (!isImport || query.get('overwrite') !== 'true' || headers['kbn-xsrf'] !== 'true')
        return json(400, { message: 'Request must contain a kbn-xsrf header.' });
      const [, ndjson = ''] = body.toString('utf8').split(/\r\n\r\n/);
      if (!file.test(body.toString('utf8'))) return json(400, { message: 'no file' });
      const lines = ndjson.split('\n').filter((line) => line.startsWith('{'));
      const found = lines.map((line) => (JSON.parse(line) as { readonly type: string }).type);
      return json(200, { success: true, found });
    });
    try {
      const block = blockOf('docs/convert.md', 'sigpack convert -t es-qs -f kibana-ndjson');
      const [convert = '', post = ''] = block.text.split('\n');
      const cwd = withRules(rules);
      expect((await sigpack(wordsOf(convert).slice(1), { cwd })).code).toBe(0);
      const { code, stdout } = await inShell(post, cwd, { KIBANA_URL: server.url });
      expect([code, stdout]).toEqual([0, '{"success":true,"found":["search","search"]}']);
    } finally {
      await server.close();
    }
  });
});

describe('docs/ci.md', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const flags = ['--splunk', 'splunk', '--splunk-index', 'windows'];

  /** npm without a registry, which package.test.ts has: it refuses what it refuses without one. */
  const npm = (place: string): Readonly<Record<string, string>> => {
    const script = `#!/bin/sh
echo "npm $*" >> "$CALLS"
case "$1 $2" in
  'install ') [ -f package.json ] && mkdir -p node_modules/.bin && echo {} > package-lock.json ;;
  'ci ') [ -f package-lock.json ] ;;
  'pack --pack-destination') echo > "$3/sigpack-${version}.tgz" ;;
  *) exit 9 ;;
esac
`;
    writeFileSync(join(place, 'npm'), script, { mode: 0o755 });
    return {
      PATH: [place, dirname(process.execPath), process.env.PATH].join(delimiter),
      CALLS: join(place, 'calls'),
    };
  };
  /** The commands of npm that ran, in their order. */
  const callsOf = ({ CALLS = '' }: ReturnType<typeof npm>): readonly string[] =>
    readFileSync(CALLS, 'utf8').trimEnd().split('\n');

  test('makes a first push', async () => {
    const block = blockOf('docs/ci.md', '$ sigpack init');
    const cwd = projectIn(others, {});
    const env = npm(projectIn(others, {}));
    expect(block.text).toContain(` # asks, and builds; in a script: ${flags.join(' ')}\n`);
    await inShell('git init -q', cwd);
    await expectSession(block, {
      cwd,
      env,
      run: async (args) => {
        const { stdout: _, ...ran } = await sigpack([...args, ...flags], { cwd });
        return { ...ran, stdout: '' };
      },
    });
    expect(callsOf(env)).toEqual(['npm install']);
    const { stdout } = await inShell('git diff --cached --name-only', cwd);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        '.github/workflows/detections.yml',
        '.gitlab-ci.yml',
        'package.json',
      ]),
    );
    expect(stdout).toContain('package-lock.json\n');
    expect(stdout).not.toContain('node_modules');
  });

  test('takes Sigpack from a tarball', async () => {
    const parent = projectIn(others, {
      'detections/.gitignore': 'node_modules/\n',
      'sigpack/package-lock.json': '{}',
    });
    const cwd = join(parent, 'detections');
    symlinkSync(join(root, 'dist'), join(parent, 'sigpack/dist'));
    const env = npm(parent);
    const block = blockOf('docs/ci.md', '$ mkdir');
    const [last = ''] = block.text.match(/init --package \S+/) ?? [];
    expect(last).toBe(`init --package file:vendor/sigpack-${version}.tgz`);
    const text = block.text.replace(last, `${last} ${flags.join(' ')} --no-build`);
    const { code, stderr } = await inShell(`set -e\n${text.replace(/^\$ /gm, '')}`, cwd, env);
    expect([code, stderr]).toEqual([0, '']);
    expect(callsOf(env)).toEqual([
      'npm ci',
      'npm pack --pack-destination ../detections/vendor',
      'npm install',
    ]);
    const { devDependencies } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
    expect(devDependencies).toEqual({ sigpack: `file:vendor/sigpack-${version}.tgz` });
    expect(existsSync(join(cwd, 'package-lock.json'))).toBe(true);
  });

  test('switches completion on', async () => {
    const { text } = blockOf('docs/ci.md', 'eval "$(sigpack completion bash)"');
    const { stdout: script } = await sigpack(['completion', 'bash']);
    const { code, stdout } = await inShell(
      `sigpack() { [ "$*" = 'completion bash' ] && printf %s "$SCRIPT"; }\n${text}complete -p sigpack`,
      others,
      { SCRIPT: script },
    );
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^complete .* sigpack\n$/)]);
  });
});
