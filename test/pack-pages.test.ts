import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gzipTar, zip } from '../src/pack/archive.ts';
import { createPages } from '../src/pack/detection-page.ts';
import { readTar, readZip } from './archives.ts';
import { readStrictConf } from './conf-reader.ts';
import { generatedRules } from './hostile-rules.ts';
import { sigpack } from './sigpack.ts';

const root = join(import.meta.dirname, '..');
const temporary = mkdtempSync(join(tmpdir(), 'sigpack-pages-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

interface Built {
  readonly code: number | undefined;
  readonly stderr: string;
  /** Files of the app and of the bundle, without the first folder of their paths. */
  readonly app: ReadonlyMap<string, string>;
  readonly bundle: ReadonlyMap<string, string>;
}

/** What `sigpack build` writes of a project's files. */
async function buildOf(files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Built> {
  const cwd = mkdtempSync(join(temporary, 'project-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const { code, stderr } = await sigpack(['build', '-o', 'out', ...args], { cwd });
  const bytes = (end: string): Buffer => {
    const name = code === 3 || code === undefined ? undefined : outputOf(cwd).find((path) => path.endsWith(end));
    return name === undefined ? Buffer.alloc(0) : readFileSync(join(cwd, 'out', name));
  };
  const [spl, bundle] = [bytes('.spl'), bytes('.zip')];
  const short = (path: string): string => path.slice(path.indexOf('/') + 1);
  return {
    code,
    stderr,
    app: new Map(spl.length === 0 ? [] : (await readTar(spl)).map(({ header, text }) => [short(header.name), text])),
    bundle: new Map(bundle.length === 0 ? [] : (await readZip(bundle)).map((entry) => [short(entry.entry.fileName), entry.bytes.toString('utf8')])),
  };
}

function outputOf(cwd: string): readonly string[] {
  try {
    return readdirSync(join(cwd, 'out'));
  } catch {
    return [];
  }
}

const pageNames = (files: ReadonlyMap<string, string>, folder: string): readonly string[] =>
  [...files.keys()].flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []));

const rule = (title: string, more = '', detection = 'sel: { Image|endswith: x.exe }'): string =>
  `title: ${JSON.stringify(title)}\nstatus: test\nlogsource: { product: windows }\ndetection:\n  ${detection}\n  condition: sel\n${more}`;
const noGraylog = 'sel: { Image|fieldref: Parent }';

/** Names of the rows and headings, code left out. */
function shapeOf(markdown: string): { readonly rows: readonly string[]; readonly headings: readonly string[] } {
  let fence = '';
  const lines = markdown.split('\n').filter((line) => {
    const [ticks = ''] = /^`{3,}$/.exec(line) ?? [];
    if (ticks !== '' && fence === '') fence = ticks;
    else if (ticks === fence && fence !== '') fence = '';
    else return fence === '';
    return false;
  });
  expect(fence).toBe('');
  return {
    rows: lines.filter((line) => line.startsWith('| ')).map((line) => line.split('|')[1]?.trim() ?? ''),
    headings: lines.filter((line) => /^#+ /.test(line)),
  };
}

/** The code block below a heading. */
const codeBelow = (markdown: string, heading: string): string =>
  /^(`{3,})\n(.*?)\n\1$/ms.exec(markdown.split(`\n${heading}\n\n`)[1]?.split('\n### ')[0] ?? '')?.[2] ?? '';

describe('the page of the seed rule', () => {
  const source = readFileSync(join(root, 'rules', 'windows', 'dhcp-callout-dll-failed.yml'), 'utf8');
  const name = 'dhcp_server_error_failed_loading_the_callout_dll.md';
  let built: Built;
  let page = '';
  beforeAll(async () => {
    built = await buildOf({ 'rules/seed.yml': source }, 'rules');
    page = built.app.get(`README/rules/${name}`) ?? '';
  });

  it('has the rows of the rule page, the source as written and a section for each pack', () => {
    const original = readFileSync(join(root, 'test', 'pages', 'dhcp-callout-dll-failed.md'), 'utf8');
    expect(page.split('\n## ')[0]).toBe(original.split('\n## ')[0]);
    expect(shapeOf(page).headings).toEqual(['## Detection Rules', '### Sigma rule', '### graylog', '### splunk']);
    expect(codeBelow(page, '### Sigma rule')).toBe(source.trim());
  });

  it('has the queries that the packs hold', () => {
    const [stanza] = [...readStrictConf(built.app.get('default/savedsearches.conf') ?? '').values()];
    expect(codeBelow(page, '### splunk')).toBe(stanza?.get('search'));
    expect(codeBelow(page, '### splunk')).toContain('`sigpack_windows_dhcp`');
    const content = JSON.parse(built.bundle.get('sigpack-1.0.0-graylog.json') ?? '');
    expect(JSON.stringify(content)).toContain(JSON.stringify(codeBelow(page, '### graylog')));
    expect(codeBelow(page, '### graylog')).toBe('EventID:("1031" "1032" "1034")');
  });

  it('lies in the app, and the READMEs tell of it', () => {
    expect(pageNames(built.app, 'README/rules')).toEqual([name]);
    expect(pageNames(built.bundle, 'rules')).toEqual([]);
    expect(built.app.get('README.md')).toContain('`README/rules/`');
    expect(built.bundle.get('README.md')).toContain('page for each of 1 detections');
  });
});

describe('which detections have a page', () => {
  const files = { 'rules/both.yml': rule('Both'), 'rules/half.yml': rule('Half', '', noGraylog) };

  it('those in either pack; the reason stands in place of a query', async () => {
    const { app } = await buildOf(files, 'rules');
    expect(pageNames(app, 'README/rules')).toEqual(['both.md', 'half.md']);
    expect(app.get('README/rules/half.md')).toMatch(/### graylog\n\nNo query: .*fieldref/);
    expect(codeBelow(app.get('README/rules/half.md') ?? '', '### graylog')).toBe('');
  });

  it('only those of the packs that are built', async () => {
    const { app, bundle } = await buildOf(files, 'rules', '-t', 'graylog');
    expect(app.size).toBe(0);
    expect(pageNames(bundle, 'rules')).toEqual(['both.md']);
    expect(shapeOf(bundle.get('rules/both.md') ?? '').headings).toEqual(['## Detection Rules', '### Sigma rule', '### graylog']);
  });
});

describe('what settings change', () => {
  it('a threshold is told beside the query that the event definition counts', async () => {
    const { app } = await buildOf({ 'rules/a.yml': rule('A', 'sigpack: { threshold: 5 }\n') }, 'rules');
    expect(app.get('README/rules/a.md')).toMatch(
      /### graylog\n\n```\n[^\n]+\n```\n\nNote: The event definition wants count\(\) &gt;= 5 within 900 seconds\.\n/,
    );
  });
});

describe('addresses', () => {
  const text = rule('A', 'references: [ "https://10.1.2.3/x?from=10.1.2.4" ]\n', 'sel: { Ip: [ 10.9.8.7, 10.0.0.0/8 ] }');

  it('are defanged in the app, where AppInspect would warn, and exact in the bundle', async () => {
    const { app } = await buildOf({ 'rules/a.yml': text }, 'rules', '-t', 'splunk');
    const { bundle } = await buildOf({ 'rules/a.yml': text }, 'rules', '-t', 'graylog');
    const inApp = app.get('README/rules/a.md') ?? '';
    const inBundle = bundle.get('rules/a.md') ?? '';
    expect(codeBelow(inBundle, '### Sigma rule')).toBe(text.trim());
    expect(inBundle).toContain('](https://10.1.2.3/x?from=10.1.2.4)');
    expect(inApp).toContain('](https://10%2E1.2.3/x?from=10%2E1.2.4)');
    expect(inApp).toContain('Ip: [ 10[.]9.8.7,');
    expect(inApp).not.toMatch(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\/\d)(?![\w.])/);
    expect(new URL('https://10%2E1.2.3/x').hostname).toBe('10.1.2.3');
  });
});

describe('hostile rules', () => {
  it('stay in their cells and blocks, in files with plain names', async () => {
    const folder = join(root, 'test', 'hostile');
    const names = readdirSync(folder).filter((name) => name.endsWith('.yml'));
    const files = Object.fromEntries([
      ...names.map((name) => [`rules/${name}`, readFileSync(join(folder, name), 'utf8')] as const),
      ...[...generatedRules()].map(([name, text]) => [`rules/${name}`, text] as const),
    ]);
    const { app } = await buildOf(files, 'rules');
    const pages = pageNames(app, 'README/rules');
    expect(pages.length).toBeGreaterThan(120);
    expect(pages.filter((name) => !/^[a-z0-9_-]{1,120}\.md$/.test(name))).toEqual([]);
    expect(new Set(pages).size).toBe(pages.length);
    const rows = shapeOf(readFileSync(join(root, 'test', 'pages', 'dhcp-callout-dll-failed.md'), 'utf8')).rows;
    for (const [path, page] of app) {
      if (!/(?:^|\/)rules\//.test(path)) continue;
      expect([path, shapeOf(page)]).toEqual([path, { rows, headings: ['## Detection Rules', '### Sigma rule', '### graylog', '### splunk'] }]);
      for (const [, url = ''] of page.split('\n## ')[0]?.matchAll(/\]\(([^)]*)\)/g) ?? []) expect(url).toMatch(/^https?:/);
    }
  });
});

// names are given in turn
describe('the name of a page', { shuffle: false }, () => {
  const nameOf = createPages({ forApp: false });
  it.each([
    ['a', 'a.md'],
    ['a', 'a-2.md'],
    ['a', 'a-3.md'],
    ['con', 'rule-con.md'],
    ['lpt1', 'rule-lpt1.md'],
    ['console', 'console.md'],
  ])('of %s is %s', (slug, name) => expect(nameOf({ id: slug, slug } as Parameters<typeof nameOf>[0], '').name).toBe(name));
});

describe('a template of the pages at fault', () => {
  it('is told, and nothing is written', async () => {
    const { code, stderr, bundle } = await buildOf({
      'rules/a.yml': rule('A'),
      'mine/docs/rule.md.hbs': 'x\n{{nothing}}\n',
      'sigpack.yml': 'templates: mine\n',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/PCK003.*docs\/rule\.md\.hbs/);
    expect(bundle.size).toBe(0);
  });
});

describe('the archives', () => {
  const long = `${'a'.repeat(90)}/${'b'.repeat(90)}.md`;
  const files = [
    { path: long, content: 'long' },
    { path: 'z/empty', content: '' },
    { path: 'a/ü.md', content: new Uint8Array(513).fill(65) },
    { path: 'm.bin', content: Buffer.from('xxstoredxx').subarray(2, 8), store: true },
  ];
  const expected = [
    ['a/ü.md', 'A'.repeat(513)],
    [long, 'long'],
    ['m.bin', 'stored'],
    ['z/empty', ''],
  ];

  it('are read back, sorted, by other readers', async () => {
    expect((await readTar(await gzipTar(files))).map(({ header, text }) => [header.name, text])).toEqual(expected);
    expect((await readZip(await zip(files))).map(({ entry, bytes }) => [entry.fileName, bytes.toString('utf8')])).toEqual(expected);
    for (const { header } of await readTar(await gzipTar(files))) {
      expect([header.type, header.mode, header.uid, header.gid, header.mtime?.toISOString()]).toEqual(['file', 0o644, 0, 0, '1980-01-01T00:00:00.000Z']);
    }
  });

  it('are the same whatever order the files come in', async () => {
    expect((await zip([...files].reverse())).equals(await zip(files))).toBe(true);
    expect((await gzipTar([...files].reverse())).equals(await gzipTar(files))).toBe(true);
  });

  it.each(['../x', '/x', 'a//b', 'a/.hidden', 'a\\b', 'a\nb'])('have no place for %j', async (path) => {
    await expect(zip([{ path, content: '' }])).rejects.toThrow('unsafe path');
    await expect(gzipTar([{ path, content: '' }])).rejects.toThrow('unsafe path');
  });
});
