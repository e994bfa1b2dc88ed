import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSafePath } from '../src/artifact/archive.ts';
import { readTar, readZip } from './archives.ts';
import { packOf, textOf } from './pack-of.ts';
import { anyEvents, writeFiles } from './project-folder.ts';
import { environment, mainFile, type RunOptions, sigpack, spawned } from './sigpack.ts';
import { thorough } from './thoroughness.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-build-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const starter = join(import.meta.dirname, '..', 'rules');
const hostile = join(import.meta.dirname, 'hostile');
const rule = (index: number, value = 'x'): string =>
  `title: Rule ${index}\nid: 00000000-0000-4000-8000-${String(index).padStart(12, '0')}\nstatus: test\nlogsource: { product: windows }\ndetection:\n  sel: { Image|endswith: '\\${value}${index}.exe' }\n  condition: sel\n`;

function write(folder: string, files: Readonly<Record<string, string>>): string {
  writeFiles(folder, files);
  return folder;
}

const newFolder = (name: string): string => mkdtempSync(join(temporary, `${name}-`));
const contents = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );

describe('two builds give the same bytes', () => {
  /** Rules in a folder of their own, its files made in this order. */
  function project(names: readonly string[], below: string): string {
    const folder = join(newFolder('same'), below);
    for (const name of names)
      cpSync(join(starter, name), join(folder, 'rules', name), { recursive: true });
    cpSync(hostile, join(folder, 'rules', 'hostile'), { recursive: true });
    write(folder, { 'sigpack.yml': anyEvents });
    return folder;
  }

  function built(cwd: string, output: string, env: RunOptions['env'] = {}): Map<string, string> {
    const run = spawned(['build', '-o', output, '--fail-on', 'never'], { cwd, env });
    expect(run.code).toBe(0);
    return contents(join(cwd, output));
  }

  it('in other folders, time zones and languages', () => {
    const names = readdirSync(starter);
    const first = built(project(names, '.'), 'out', { TZ: 'UTC', LANG: 'C' });
    const environments = {
      TZ: 'Pacific/Kiritimati',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      LANGUAGE: 'ar',
      SOURCE_DATE_EPOCH: '1',
      USER: 'other',
      COLUMNS: '40',
    };
    const second = built(project(names.toReversed(), 'a folder/b'), 'other/out', environments);
    expect(first.size).toBe(4);
    expect([...second.keys()]).toEqual([...first.keys()]);
    for (const [name, bytes] of first) expect(second.get(name) === bytes, name).toBe(true);
  });

  it('again over the former ones', () => {
    const folder = project(['windows'], '.');
    const first = built(folder, 'out');
    expect(built(folder, 'out')).toEqual(first);
    writeFileSync(join(folder, 'rules', 'more.yml'), rule(1));
    expect(built(folder, 'out')).not.toEqual(first);
  });
});

describe('a filter that can not be read', () => {
  it('counts as a document that is invalid, and takes its rule along', async () => {
    const filter =
      'title: Not here\nlogsource: { product: windows }\nfilter: { rules: any, selection: { User: a } }\n';
    const cwd = write(newFolder('filter'), { 'one.yml': rule(1), 'filter.yml': filter });
    const { stdout } = await sigpack(['build', '-o', 'out', '.'], { cwd });
    expect(stdout).toContain('0 rules read from 2 files, 2 documents invalid\n');
  });
});

describe('a build that is killed', () => {
  it('leaves each of the former packs whole, and the next one cleans up', {
    timeout: 60_000,
  }, async () => {
    const rules = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`rules/${index}.yml`, rule(index)]),
    );
    const folder = write(newFolder('killed'), { ...rules, 'sigpack.yml': anyEvents });
    expect((await sigpack(['build', '-o', 'out'], { cwd: folder })).code).toBe(0);
    const former = contents(join(folder, 'out'));
    for (let index = 0; index < 40; index++)
      writeFileSync(join(folder, 'rules', `${index}.yml`), rule(index, 'changed'));
    const started = performance.now();
    expect((await sigpack(['build', '-o', 'wanted'], { cwd: folder })).code).toBe(0);
    const whole = performance.now() - started;
    const wanted = contents(join(folder, 'wanted'));
    expect([...wanted.keys()]).toEqual([...former.keys()]);

    const isWhole = (when: string): void => {
      for (const name of former.keys()) {
        const found = readFileSync(join(folder, 'out', name)).toString('base64');
        expect([former.get(name), wanted.get(name)].includes(found), `${name} ${when}`).toBe(true);
      }
    };
    for (const part of [0.8, 0.95]) {
      await killedAfter(whole * part * (0.95 + Math.random() / 10), folder);
      isWhole(`after ${part} of the time`);
    }
    let steps = 0;
    for (; killedAtStep(steps, folder); steps += thorough ? 1 : 3) isWhole(`at step ${steps}`);
    // a folder, then a write and a rename for each of the four
    expect(steps).toBeGreaterThan(8);
    expect(contents(join(folder, 'out')).get('manifest.json')).toBe(wanted.get('manifest.json'));

    // what a kill between two writes leaves
    write(join(folder, 'out'), { '.sigpack-new-dead/manifest.json': '{' });
    expect((await sigpack(['build', '-o', 'out'], { cwd: folder })).code).toBe(0);
    expect(contents(join(folder, 'out'))).toEqual(wanted);
  });

  function killedAfter(milliseconds: number, cwd: string): Promise<void> {
    const child = spawn(process.execPath, [mainFile, 'build', '-o', 'out'], {
      cwd,
      env: environment(),
      stdio: 'ignore',
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    return new Promise((resolve) =>
      child.on('exit', () => {
        clearTimeout(timer);
        resolve();
      }),
    );
  }

  /**
   * Kills the build at the given change of the file system, a write when half of it is done; false
   * where there are not so many.
   */
  function killedAtStep(step: number, cwd: string): boolean {
    const killer = `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
let left = ${step};
const kill = () => process.kill(process.pid, 'SIGKILL');
for (const name of ['mkdtempSync', 'writeSync', 'writeFileSync', 'renameSync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    if (left-- !== 0) return real(...args);
    if (name === 'writeSync') real(args[0], args[1].subarray(0, args[1].length >> 1));
    return kill();
  };
}
syncBuiltinESMExports();
`;
    const args = [
      '--import',
      `data:text/javascript,${encodeURIComponent(killer)}`,
      mainFile,
      'build',
      '-o',
      'out',
    ];
    return (
      spawnSync(process.execPath, args, { cwd, env: environment(), stdio: 'ignore' }).signal ===
      'SIGKILL'
    );
  }
});

describe('an output folder that can not be written', () => {
  it('is left as it was', async () => {
    const folder = write(newFolder('output'), {
      'rules/one.yml': rule(1),
      'out/manifest.json/keep': 'mine',
    });
    const run = await sigpack(['build', '-o', 'out', '-p', 'none'], { cwd: folder });
    expect([run.code, run.stdout]).toEqual([
      2,
      'Configuration: none (no sigpack.yml here or above)\n',
    ]);
    expect(run.stderr).toBe(
      'sigpack: out/manifest.json is a folder; a pack is to be written there\n',
    );
    expect(readdirSync(join(folder, 'out'))).toEqual(['manifest.json']);
    expect(readFileSync(join(folder, 'out', 'manifest.json', 'keep'), 'utf8')).toBe('mine');
  });
});

describe('a bad rule', () => {
  it('stops no other, in whatever way it is bad', async () => {
    const bad = {
      'syntax.yml': 'title: [\ndetection:\n',
      'tab.yml': 'title: x\n\tdetection: y\n',
      'empty.yml': '',
      'list.yml': `- ${rule(10).replaceAll('\n', '\n  ')}\n`,
      'no-condition.yml': rule(3).replace('  condition: sel\n', ''),
      'modifier.yml': rule(4).replace('|endswith', '|nothing'),
      'regex.yml': rule(5).replace("endswith: '\\x5.exe'", "re: '('"),
      'same-name.yml': `${rule(6)}sigpack: { name: rule 1 }\n`,
      'settings.yml': `${rule(7)}sigpack: { interval: 1s }\n`,
      'conf.yml': `${rule(8)}sigpack: { splunk: { savedsearch: { action.notable.param.default_owner: 'x\\' } } }\n`,
      'target.yml': rule(9).replace('Image|endswith', "'Ima*ge|endswith'"),
    };
    const folder = write(newFolder('bad'), {
      'a.yml': `${rule(1)}sigpack: { name: Rule 1 }\n`,
      ...bad,
      'z.yml': rule(2),
    });
    const { pack, artifacts, bag } = await packOf([folder], '');
    expect(pack.splunk.map(({ detection }) => detection.rule.title)).toEqual(['Rule 1', 'Rule 2']);
    expect(pack.graylog.map(({ detection }) => detection.rule.title)).toEqual(['Rule 1', 'Rule 2']);
    expect(artifacts.size).toBe(4);
    const blamed = new Set(
      bag.list
        .filter(({ severity }) => severity === 'error')
        .map(({ file }) => file.path.replace(/^.*\//, '')),
    );
    expect([...blamed].sort()).toEqual(
      Object.keys(bad)
        .filter((name) => name !== 'empty.yml')
        .sort(),
    );
  });
});

/** Enough to see every part of a pack. */
const shown = [
  'linux/history-file-removed.yml',
  'network/dns-tunnel-long-names.yml',
  'windows/dhcp-callout-dll-failed.yml',
  'windows/many-failed-logons.yml',
  'windows/shadow-copies-deleted.yml',
].map((path) => join(starter, path));

describe('a pack of starter rules', () => {
  const golden = join(import.meta.dirname, 'packs', 'starter');
  const files = new Map<string, string>();

  beforeAll(async () => {
    const built = await packOf(shown, readFileSync(join(golden, 'sigpack.yml'), 'utf8'));
    const app = await readTar(
      built.artifacts.get('starter-1.0.0.spl')?.content ?? new Uint8Array(),
    );
    for (const { header, text } of app)
      if (!header.name.endsWith('.png')) files.set(header.name.replace('starter/', 'app/'), text);
    files.set('content-pack.json', textOf(built, 'starter-1.0.0-graylog.json'));
    expect(app.filter(({ header }) => header.name.endsWith('.png'))).toHaveLength(2);
  });

  const found = (folder: string): readonly string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

  it('is what test/packs/starter holds; UPDATE=1 writes it anew', () => {
    if (process.env.UPDATE === '1') {
      rmSync(join(golden, 'app'), { recursive: true, force: true });
      write(golden, Object.fromEntries(files));
    }
    expect([...files.keys(), 'sigpack.yml'].sort()).toEqual([...found(golden)].sort());
    for (const [path, text] of files)
      expect(text, path).toBe(readFileSync(join(golden, path), 'utf8'));
  });
});

describe('a path in an archive', () => {
  it.each(['../x', 'a/../b', '/a', 'a//b', 'a/', '.a', 'a/.b', 'a\\b', 'c:a', 'a\nb', 'a\0', ''])(
    '%j is refused',
    (path) => {
      expect(isSafePath(path)).toBe(false);
    },
  );

  it.each(['a', 'a/b.conf', 'a/data/ui/x-1_2.xml'])('%j is taken', (path) => {
    expect(isSafePath(path)).toBe(true);
  });
});

describe('a folder of templates', () => {
  it('overrides one and leaves the others', async () => {
    const folder = write(newFolder('templates'), {
      'rules/one.yml': rule(1),
      'own/splunk/README.md.hbs': 'Mine: {{title}}, {{counts.detections}}\n',
      'sigpack.yml': `templates: own\n${anyEvents}`,
    });
    expect((await sigpack(['build', '-o', 'out'], { cwd: folder })).code).toBe(0);
    const plain = await packOf([join(folder, 'rules')], anyEvents);
    const [files, others] = await Promise.all([
      readTar(readFileSync(join(folder, 'out', 'sigpack-1.0.0.spl'))),
      readTar(plain.artifacts.get('sigpack-1.0.0.spl')?.content ?? new Uint8Array()),
    ]);
    // the library is given no pages
    const isOfPages = (name: string): boolean => name === 'sigpack/lookups/sigpack_pages.csv';
    const different = files.filter(
      ({ header, text }, index) => !isOfPages(header.name) && text !== others[index]?.text,
    );
    expect(files.map(({ header }) => header.name)).toEqual(others.map(({ header }) => header.name));
    expect(different.map(({ header, text }) => [header.name, text])).toEqual([
      ['sigpack/README.md', 'Mine: Sigpack detections, 1\n'],
    ]);
    expect(readFileSync(join(folder, 'out', 'sigpack-1.0.0-graylog.json'), 'utf8')).toBe(
      textOf(plain, 'sigpack-1.0.0-graylog.json'),
    );
  });
});

describe('the release', () => {
  it('holds both packs, the manifest with their digests and a README', async () => {
    const built = await packOf([starter], 'id: acme\nversion: 2.3.4\n');
    expect([...built.artifacts.keys()]).toEqual([
      'acme-2.3.4.spl',
      'acme-2.3.4-graylog.json',
      'manifest.json',
      'acme-2.3.4.zip',
    ]);
    const entries = await readZip(
      Buffer.from(built.artifacts.get('acme-2.3.4.zip')?.content ?? []),
    );
    expect(entries.map(({ entry }) => entry.fileName)).toEqual(
      ['README.md', 'acme-2.3.4-graylog.json', 'acme-2.3.4.spl', 'manifest.json'].map(
        (name) => `acme-2.3.4/${name}`,
      ),
    );
    for (const { entry, bytes } of entries) {
      const path = entry.fileName.replace('acme-2.3.4/', '');
      if (path !== 'README.md')
        expect(bytes.equals(built.artifacts.get(path)?.content ?? new Uint8Array()), path).toBe(
          true,
        );
      // the app is compressed already
      expect(entry.compressionMethod).toBe(path.endsWith('.spl') ? 0 : 8);
    }
    const readme =
      entries.find(({ entry }) => entry.fileName.endsWith('README.md'))?.bytes.toString('utf8') ??
      '';
    const manifest = JSON.parse(textOf(built, 'manifest.json'));
    expect(manifest.pack).toEqual({
      id: 'acme',
      title: 'Sigpack detections',
      version: '2.3.4',
      revision: 1,
    });
    expect(manifest.artifacts.map(({ path }: { path: string }) => path)).toEqual([
      'acme-2.3.4-graylog.json',
      'acme-2.3.4.spl',
    ]);
    for (const { path, size, sha256 } of manifest.artifacts) {
      const bytes =
        entries.find(({ entry }) => entry.fileName === `acme-2.3.4/${path}`)?.bytes ??
        Buffer.alloc(0);
      expect([size, sha256]).toEqual([
        bytes.length,
        createHash('sha256').update(bytes).digest('hex'),
      ]);
      expect(readme).toContain(sha256);
    }
  });

  it('tells what each rule became in each target, or why not', async () => {
    const folder = write(newFolder('manifest'), {
      'good.yml': rule(1),
      'half.yml': rule(2).replace("endswith: '\\x2.exe'", 'fieldref: Parent'),
    });
    const manifest = JSON.parse(textOf(await packOf([folder], ''), 'manifest.json'));
    expect(manifest.detections).toMatchObject([
      {
        name: 'Rule 1',
        enabled: true,
        targets: {
          splunk: { name: 'Rule 1', queries: 1 },
          graylog: { name: 'Rule 1', queries: 1 },
        },
      },
      {
        name: 'Rule 2',
        targets: {
          splunk: { queries: 1 },
          graylog: { skipped: [{ code: 'TGT001', message: expect.stringContaining('fieldref') }] },
        },
      },
    ]);
  });

  it.each([
    ['disabled: 1', 'true', false],
    ['enableSched: 0', 'true', false],
    ['disabled: 0', 'false', true],
  ])(
    'and the summary say what runs in Splunk with %s and enabled: %s',
    async (key, enabled, runs) => {
      const folder = write(newFolder('overridden'), {
        'rules/a.yml': rule(1),
        'rules/b.yml': `${rule(2)}sigpack: { enabled: ${enabled}, splunk: { savedsearch: { ${key} } } }\n`,
        'sigpack.yml': `${anyEvents}enable: { statuses: [test, experimental, stable] }\n`,
      });
      const { stdout } = await sigpack(['build', '-o', 'out'], { cwd: folder });
      const count = (yes: boolean): number => (yes ? 2 : 1);
      expect(/^splunk +2 +(\d)/m.exec(stdout)?.[1]).toBe(String(count(runs)));
      expect(/^graylog +2 +(\d)/m.exec(stdout)?.[1]).toBe(String(count(enabled === 'true')));
      const { detections } = JSON.parse(readFileSync(join(folder, 'out/manifest.json'), 'utf8'));
      expect(detections[1]).toMatchObject({
        enabled: enabled === 'true',
        targets: { splunk: { enabled: runs } },
      });
      expect(Object.keys(detections[1].targets.graylog)).toEqual(['name', 'queries']);
      expect(/^(\d) search/m.exec((await sigpack(['stats'], { cwd: folder })).stdout)?.[1]).toBe(
        String(count(runs)),
      );
    },
  );

  it('holds one pack where one target is wanted', async () => {
    const { artifacts } = await packOf([starter], 'targets: [graylog]\n');
    expect([...artifacts.keys()]).toEqual([
      'sigpack-1.0.0-graylog.json',
      'manifest.json',
      'sigpack-1.0.0.zip',
    ]);
  });
});

describe('the budget of searches a minute', () => {
  const folder = newFolder('budget');
  for (let index = 1; index <= 3; index++)
    write(folder, { [`rules/${index}.yml`]: `${rule(index)}sigpack: { cron: '7 * * * *' }\n` });
  const told = async (config: string): Promise<readonly string[]> => {
    write(folder, {
      'sigpack.yml': `pipelines: { splunk: none }\n${config.replace('searchesPerMinute', 'index: "*", searchesPerMinute')}`,
    });
    const report = JSON.parse(
      (await sigpack(['check', '--format', 'json'], { cwd: folder })).stdout,
    );
    return report.diagnostics.map(
      ({ code, severity, message }: Record<string, string>) => `${code} ${severity} ${message}`,
    );
  };

  it('is told of where a minute passes it', async () => {
    expect(
      await told('targets: [splunk]\noverBudget: warn\nsplunk: { searchesPerMinute: 2 }\n'),
    ).toEqual(['PCK006 warning 3 searches start at minute 7, 1 more than the budget of 2']);
  });

  it('is kept by what is switched off', async () => {
    expect(await told('targets: [splunk]\nsplunk: { searchesPerMinute: 3 }\n')).toEqual([]);
    expect(
      await told(
        'targets: [splunk]\nsplunk: { searchesPerMinute: 2 }\nenable: { statuses: [stable] }\n',
      ),
    ).toEqual([]);
  });

  it('counts overrides of savedsearches.conf', async () => {
    const settings = (keys: string) =>
      `targets: [splunk]\noverBudget: warn\nsplunk: { searchesPerMinute: 2 }\ndefaults: { splunk: { savedsearch: { ${keys} } } }\n`;
    expect(await told(settings('disabled: 1'))).toEqual([]);
    expect(await told(settings('enableSched: false'))).toEqual([]);
    expect(await told(`${settings('disabled: 0')}enable: { statuses: [stable] }\n`)).toHaveLength(
      1,
    );
    expect(await told(settings("cron_schedule: '9 * * * *'"))).toEqual([
      'PCK006 warning 3 searches start at minute 9, 1 more than the budget of 2',
    ]);
  });

  it('can be an error', async () => {
    write(folder, {
      'sigpack.yml':
        'pipelines: { splunk: none, graylog: none }\nsplunk: { searchesPerMinute: 2 }\noverBudget: error\n',
    });
    const run = await sigpack(['build', '-o', 'out'], { cwd: folder });
    expect([run.code, existsSync(join(folder, 'out', 'manifest.json'))]).toEqual([1, true]);
  });
});
