import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSafePath } from '../src/artifact/archive.ts';
import { readTar, readZip } from './archives.ts';
import { packOf, textOf } from './pack-of.ts';
import { anyEvents, writeFiles } from './project-folder.ts';
import { sigpack } from './sigpack.ts';
import { update } from './update.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-build-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const starter = join(import.meta.dirname, '..', 'rules');
const rule = (index: number): string =>
  `title: Rule ${index}\nid: 00000000-0000-4000-8000-${String(index).padStart(12, '0')}\nstatus: test\nlogsource: { product: windows }\ndetection:\n  sel: { Image|endswith: '\\x${index}.exe' }\n  condition: sel\n`;

function write(folder: string, files: Readonly<Record<string, string>>): string {
  writeFiles(folder, files);
  return folder;
}

const newFolder = (name: string): string => mkdtempSync(join(temporary, `${name}-`));

describe('a filter that can not be read', () => {
  it('counts as a document that is invalid, and takes its rule along', async () => {
    const filter =
      'title: Not here\nlogsource: { product: windows }\nfilter: { rules: any, selection: { User: a } }\n';
    const cwd = write(newFolder('filter'), { 'one.yml': rule(1), 'filter.yml': filter });
    const { stdout } = await sigpack(['build', '-o', 'out', '.'], { cwd });
    expect(stdout).toContain('0 rules read from 2 files, 2 documents invalid\n');
  });
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
    if (update) {
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
