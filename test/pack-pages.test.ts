import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gzipTar, zip } from '../src/artifact/archive.ts';
import { readTar, readZip } from './archives.ts';
import { readCsv, readStrictConf } from './conf-reader.ts';
import { generatedRules } from './hostile-rules.ts';
import { writeFiles } from './project-folder.ts';
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
async function buildOf(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Built> {
  const cwd = mkdtempSync(join(temporary, 'project-'));
  writeFiles(cwd, files);
  const { code, stderr } = await sigpack(['build', '-o', 'out', '-p', 'none', ...args], { cwd });
  const bytes = (end: string): Buffer => {
    const name =
      code === 3 || code === undefined
        ? undefined
        : outputOf(cwd).find((path) => path.endsWith(end));
    return name === undefined ? Buffer.alloc(0) : readFileSync(join(cwd, 'out', name));
  };
  const [spl, bundle] = [bytes('.spl'), bytes('.zip')];
  const short = (path: string): string => path.slice(path.indexOf('/') + 1);
  return {
    code,
    stderr,
    app: new Map(
      spl.length === 0
        ? []
        : (await readTar(spl)).map(({ header, text }) => [short(header.name), text]),
    ),
    bundle: new Map(
      bundle.length === 0
        ? []
        : (await readZip(bundle)).map((entry) => [
            short(entry.entry.fileName),
            entry.bytes.toString('utf8'),
          ]),
    ),
  };
}

function outputOf(cwd: string): readonly string[] {
  try {
    return readdirSync(join(cwd, 'out'));
  } catch {
    return [];
  }
}

/** Names of the bundle's files of pages. */
const pageFiles = (bundle: ReadonlyMap<string, string>): readonly string[] =>
  [...bundle.keys()].flatMap((path) =>
    path.startsWith('rules/') ? [path.slice('rules/'.length)] : [],
  );

/** The pages of a file by the address that its table of contents has for them. */
function pagesOf(file: string): ReadonlyMap<string, string> {
  const pages = file.split(/^<a id="([a-z0-9_]+)"><\/a>$/m).slice(1);
  return new Map(
    pages.flatMap((slug, at) => (at % 2 === 0 ? [[slug, pages[at + 1] ?? ''] as const] : [])),
  );
}

/** A page without its heading. */
const bodyOf = (page: string): string => page.replace(/^\n*# [^\n]*\n\n/, '');

/** Rows of a lookup of the app by id, each a cell by its column. */
function lookupOf(
  app: ReadonlyMap<string, string>,
  path: string,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const [head = [], ...rows] = readCsv(app.get(path) ?? '');
  return new Map(
    rows
      .map((row) => new Map(head.map((name, at) => [name, row[at] ?? ''])))
      .map((row) => [row.get('id') ?? '', row]),
  );
}

const rule = (title: string, more = '', detection = 'sel: { Image|endswith: x.exe }'): string =>
  `title: ${JSON.stringify(title)}\nstatus: test\nlogsource: { product: windows }\ndetection:\n  ${detection}\n  condition: sel\n${more}`;
const noGraylog = 'sel: { Image|fieldref: Parent }';

/** Names of the rows and headings, code left out. */
function shapeOf(markdown: string): {
  readonly rows: readonly string[];
  readonly headings: readonly string[];
} {
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
    rows: lines
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split('|')[1]?.trim() ?? ''),
    headings: lines.filter((line) => /^#+ /.test(line)),
  };
}

/** The code block below a heading. */
const codeBelow = (markdown: string, heading: string): string =>
  /^(`{3,})\n(.*?)\n\1$/ms.exec(
    markdown.split(`\n${heading}\n\n`)[1]?.split('\n### ')[0] ?? '',
  )?.[2] ?? '';

describe('the page of the seed rule', () => {
  const source = readFileSync(
    join(root, 'rules', 'windows', 'dhcp-callout-dll-failed.yml'),
    'utf8',
  );
  let built: Built;
  let file = '';
  let page = '';
  beforeAll(async () => {
    built = await buildOf({ 'rules/seed.yml': source }, 'rules');
    file = built.bundle.get('rules/windows_dhcp.md') ?? '';
    page = bodyOf([...pagesOf(file).values()][0] ?? '');
  });

  it('has the rows of the rule page and the source as written', () => {
    const original = readFileSync(
      join(root, 'test', 'pages', 'dhcp-callout-dll-failed.md'),
      'utf8',
    );
    expect(page.split('\n## ')[0]).toBe(original.split('\n## ')[0]);
    expect(shapeOf(page).headings).toEqual(['## Detection Rules', '### Sigma rule']);
    expect(codeBelow(page, '### Sigma rule')).toBe(source.trim());
  });

  it('leaves the queries to the packs of the bundle, and says so', () => {
    const search =
      readStrictConf(built.app.get('default/savedsearches.conf') ?? '')
        .values()
        .next()
        .value?.get('search') ?? '';
    expect(search).toContain('`sigpack_windows_dhcp`');
    expect(file).not.toContain(search);
    const graylog = 'EventID:("1031" "1032" "1034")';
    expect(built.bundle.get('sigpack-1.0.0-graylog.json')).toContain(JSON.stringify(graylog));
    expect(file).not.toContain(graylog);
    expect(file.split('\n<a id')[0]).toContain('The queries are in the packs of this bundle.');
    expect(built.bundle.get('README.md')).toContain(
      'its Sigma rule as written. The queries are in the packs.',
    );
  });

  it('lies in the file of its log source, behind a table of contents', () => {
    expect(pageFiles(built.bundle)).toEqual(['windows_dhcp.md']);
    expect(file).toMatch(
      /^# windows dhcp\n\n[^\n]+\n\n- \[DHCP [^\]\n]+\]\(#dhcp_server_error_failed_loading_the_callout_dll\)\n\n<a id/,
    );
    expect([...pagesOf(file).keys()]).toEqual(['dhcp_server_error_failed_loading_the_callout_dll']);
    expect(built.bundle.get('README.md')).toContain('page for each detection (1 in all)');
  });

  it('is a row of the lookup that the view of the app reads', () => {
    expect([...built.app.keys()].filter((path) => path.startsWith('README/'))).toEqual([]);
    const [row] = [...lookupOf(built.app, 'lookups/sigpack_pages.csv').values()];
    expect(row?.get('rule')).toBe(source.trim());
    expect(row?.get('description')).toMatch(/^This rule detects a DHCP server/);
    expect(row?.get('false_positives')).toBe('Unknown');
    expect(row?.get('data_needed')?.split('|')).toContain(
      'Log source: product windows, service dhcp',
    );
    const view = built.app.get('default/data/ui/views/detection.xml') ?? '';
    expect(view).toContain('| inputlookup sigpack_pages | where id=urldecode("$detection|u$")');
    expect(built.app.get('default/transforms.conf')).toContain(
      '[sigpack_pages]\nfilename = sigpack_pages.csv\n',
    );
    expect(built.app.get('default/data/ui/views/overview.xml')).toContain(
      '/app/sigpack/detection?form.detection=$row.id|u$',
    );
  });
});

describe('tokens of the views', () => {
  it('are encoded, in searches as in addresses', async () => {
    const { app } = await buildOf({ 'rules/a.yml': rule('A') }, 'rules');
    for (const name of ['overview', 'inventory', 'detection']) {
      const view = app.get(`default/data/ui/views/${name}.xml`) ?? '';
      for (const [, query = ''] of view.matchAll(/<query>(.*?)<\/query>/gs)) {
        expect(
          query.replace(/urldecode\(&#34;\$\w+\|u\$&#34;\)|urldecode\("\$\w+\|u\$"\)/g, ''),
        ).not.toContain('$');
      }
      for (const [, link = ''] of view.matchAll(/<link [^>]*>(.*?)<\/link>/gs)) {
        // a reference is a link as a whole, and only http and https addresses are references; the
        // page of a technique is made of its id alone
        expect(
          ['$row.reference|n$', 'https://attack.mitre.org/techniques/$row.page|n$/'].includes(
            link,
          ) || !link.replace(/\$row\.\w+\|u\$/g, '').includes('$'),
        ).toBe(true);
      }
    }
  });
});

describe('which detections have a page', () => {
  const files = { 'rules/both.yml': rule('Both'), 'rules/half.yml': rule('Half', '', noGraylog) };

  it('those in either pack; a page says why a pack lacks its detection', async () => {
    const { app, bundle } = await buildOf(files, 'rules');
    const pages = pagesOf(bundle.get('rules/windows.md') ?? '');
    expect([...pages.keys()]).toEqual(['both', 'half']);
    expect(lookupOf(app, 'lookups/sigpack_pages.csv').size).toBe(2);
    expect(pages.get('half')).toMatch(/### graylog\n\nNo query: .*fieldref/);
    expect(shapeOf(bodyOf(pages.get('half') ?? '')).headings).toEqual([
      '## Detection Rules',
      '### Sigma rule',
      '### graylog',
    ]);
    expect(shapeOf(bodyOf(pages.get('both') ?? '')).headings).toEqual([
      '## Detection Rules',
      '### Sigma rule',
    ]);
  });

  it('only those of the packs that are built', async () => {
    const { app, bundle } = await buildOf(files, 'rules', '-t', 'graylog');
    expect(app.size).toBe(0);
    const pages = pagesOf(bundle.get('rules/windows.md') ?? '');
    expect([...pages.keys()]).toEqual(['both']);
    expect(shapeOf(bodyOf(pages.get('both') ?? '')).headings).toEqual([
      '## Detection Rules',
      '### Sigma rule',
    ]);
  });
});

describe('the file of a page', () => {
  const fileOf = async (logsource: string): Promise<readonly string[]> => {
    const text = `title: A\nlogsource: ${logsource}\ndetection:\n  sel: { a: b }\n  condition: sel\n`;
    return pageFiles((await buildOf({ 'rules/a.yml': text }, 'rules')).bundle);
  };

  it.each([
    [
      '{ product: windows, category: process_creation, service: x }',
      'windows_process_creation_x.md',
    ],
    ['{ product: con }', 'source_con.md'],
    ['{ product: ../../etc/passwd }', '_etc_passwd.md'],
    ['{ product: "漢字" }', 'source__.md'],
  ])('of the log source %s is %s', async (logsource, name) =>
    expect(await fileOf(logsource)).toEqual([name]),
  );
});

describe('a template of the pages in place of the built-in one', () => {
  it('makes the pages of the bundle', async () => {
    const template =
      '{{#each rows}}{{name}}={{cell}};{{/each}}\n{{source}}\n{{#each sections}}{{name}}: {{#each diagnostics}}{{this}}{{/each}}\n{{/each}}';
    const files = {
      'rules/half.yml': rule('Half_', '', noGraylog),
      'mine/docs/rule.md.hbs': template,
      'sigpack.yml': 'templates: mine\n',
    };
    const page =
      pagesOf((await buildOf(files)).bundle.get('rules/windows.md') ?? '').get('half') ?? '';
    expect(page).toMatch(/^\n\n# Half\\_\n\nTitle {15}=Half\\_;Description {9}=;ATT&amp;CK Tactic/);
    expect(page).toContain(`;\n${files['rules/half.yml'].trim()}\ngraylog: `);
    expect(page).toMatch(/\ngraylog: .*fieldref.*\n$/);
  });
});

describe('addresses', () => {
  const text = rule(
    'A',
    'references: [ "https://10.1.2.3/x?from=10.1.2.4" ]\n',
    'sel: { Ip: [ 10.9.8.7, 10.0.0.0/8 ] }',
  );

  it('are defanged in the app, where AppInspect would warn, and exact in the bundle', async () => {
    const { app, bundle } = await buildOf({ 'rules/a.yml': text }, 'rules');
    const inBundle = bundle.get('rules/windows.md') ?? '';
    expect(codeBelow(inBundle, '### Sigma rule')).toBe(text.trim());
    expect(inBundle).toContain('](https://10.1.2.3/x?from=10.1.2.4)');
    const inApp = [...lookupOf(app, 'lookups/sigpack_pages.csv').values()][0]?.get('rule') ?? '';
    expect(inApp).toContain('Ip: [ 10[.]9.8.7,');
    expect(inApp).not.toMatch(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\/\d)(?![\w.])/);
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
    const { app, bundle } = await buildOf(files, 'rules');
    const written = pageFiles(bundle);
    expect(written.filter((name) => !/^[a-z0-9_]{1,120}\.md$/.test(name))).toEqual([]);
    const { rows } = shapeOf(
      readFileSync(join(root, 'test', 'pages', 'dhcp-callout-dll-failed.md'), 'utf8'),
    );
    let count = 0;
    for (const name of written) {
      const file = bundle.get(`rules/${name}`) ?? '';
      const contents = [
        ...(file.split('\n<a id="')[0] ?? '').matchAll(/^- \[.*\]\(#([a-z0-9_]+)\)$/gm),
      ].map(([, slug]) => slug);
      const pages = pagesOf(file);
      expect([name, [...pages.keys()]]).toEqual([name, contents]);
      for (const [slug, page] of pages) {
        count++;
        const { headings, rows: own } = shapeOf(page);
        const reasons = headings.slice(3);
        expect([slug, own, headings.slice(1, 3)]).toEqual([
          slug,
          rows,
          ['## Detection Rules', '### Sigma rule'],
        ]);
        expect([[], ['### graylog'], ['### splunk']]).toContainEqual(reasons);
        for (const [, url = ''] of page.split('\n## ')[0]?.matchAll(/\]\(([^)]*)\)/g) ?? [])
          expect(url).toMatch(/^https?:/);
      }
    }
    expect(count).toBeGreaterThan(120);
    const lookup = readCsv(app.get('lookups/sigpack_pages.csv') ?? '');
    expect(new Set(lookup.map((row) => row.length))).toEqual(new Set([6]));
    expect(lookup).toHaveLength(readCsv(app.get('lookups/sigpack_detections.csv') ?? '').length);
    expect(app.get('lookups/sigpack_pages.csv')).not.toMatch(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
      /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/,
    );
  });
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
    expect(
      (await readTar(await gzipTar(files))).map(({ header, text }) => [header.name, text]),
    ).toEqual(expected);
    expect(
      (await readZip(await zip(files))).map(({ entry, bytes }) => [
        entry.fileName,
        bytes.toString('utf8'),
      ]),
    ).toEqual(expected);
    for (const { header } of await readTar(await gzipTar(files))) {
      expect([
        header.type,
        header.mode,
        header.uid,
        header.gid,
        header.mtime?.toISOString(),
      ]).toEqual(['file', 0o644, 0, 0, '1980-01-01T00:00:00.000Z']);
    }
  });

  it('are the same whatever order the files come in', async () => {
    expect((await zip([...files].reverse())).equals(await zip(files))).toBe(true);
    expect((await gzipTar([...files].reverse())).equals(await gzipTar(files))).toBe(true);
  });

  it.each(['../x', '/x', 'a//b', 'a/.hidden', 'a\\b', 'a\nb'])(
    'have no place for %j',
    async (path) => {
      await expect(zip([{ path, content: '' }])).rejects.toThrow('unsafe path');
      await expect(gzipTar([{ path, content: '' }])).rejects.toThrow('unsafe path');
    },
  );
});
