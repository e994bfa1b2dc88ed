import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../src/cli/error/exit-code.ts';
import * as library from '../src/index.ts';
import { correlationTypes } from '../src/sigma/correlation/correlation.ts';
import { modifierRoles } from '../src/sigma/value/modifier.ts';
import { codeCatalogue, type DiagnosticCode } from '../src/source/code/catalogue.ts';
import { pageOf } from '../src/source/documentation.ts';
import { blocksIn } from './page-blocks.ts';
import { sigpack } from './sigpack.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs')).flatMap((name) =>
    name.endsWith('.md') ? [`docs/${name}`] : [],
  ),
];
const readme = read('README.md');

const withoutCode = (text: string): string =>
  text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '`');

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchorsIn = (path: string): readonly string[] =>
  [...read(path).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading.trim()));

function brokenLinks(page: string): readonly string[] {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target = '']) => target,
  );
  return links.filter((target) => {
    if (/^https?:/.test(target)) return false;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, file))) return true;
    return anchor !== undefined && !anchorsIn(file).includes(anchor);
  });
}

test.each(pages)('the links of %s lead somewhere', (page) => expect(brokenLinks(page)).toEqual([]));

test('a broken link is found', () => {
  expect(anchorsIn('docs/configuration.md')).toContain('settings-of-a-detection');
  expect(anchorOf('SIG025: `all` on a single value')).toBe('sig025-all-on-a-single-value');
  expect(anchorsIn('docs/configuration.md')).not.toContain('no-such-heading');
});

test('the page about each diagnostic is there', () => {
  const missing = Object.keys(codeCatalogue).filter((code) => {
    const [page = '', anchor = ''] = pageOf(code as DiagnosticCode).split('#');
    return !anchorsIn(page).includes(anchor);
  });
  expect(missing).toEqual([]);
});

test('the README links every page', () => {
  expect(pages.filter((page) => page !== 'README.md' && !readme.includes(`](${page})`))).toEqual(
    [],
  );
});

test('the pages that the program names are there', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts'),
  );
  const named = new Set(
    sources.flatMap((path) => read(`src/${path}`).match(/\bdocs\/[\w-]+\.md\b/g) ?? []),
  );
  expect(named.size).toBeGreaterThan(2);
  expect([...named].filter((page) => !pages.includes(page))).toEqual([]);
});

test('the first code block of the README has the two commands', () => {
  const [first] = blocksIn(readme);
  const commands = first?.code.split('\n').flatMap((line) => line.replace(/#.*/, '').trim() || []);
  expect(commands).toEqual(['npm ci && npm start', 'npm ci && npm test']);
});

const help = async (...command: readonly string[]): Promise<string> =>
  (await sigpack([...command, '--help'], { env: { COLUMNS: '200' } })).stdout;

const commandNames = [...(await help()).matchAll(/^ {2}([a-z]+) \[/gm)].map(
  ([, name = '']) => name,
);

test('all help fits a terminal of 80 columns', async () => {
  const texts: string[] = [];
  for (const name of [undefined, ...commandNames])
    texts.push(
      (await sigpack([...(name ? [name] : []), '--help'], { env: { COLUMNS: '80' } })).stdout,
    );
  expect(texts.flatMap((text) => text.split('\n').filter((line) => line.length > 80))).toEqual([]);
});

/** First cells of the rows of all tables: code without its backticks. */
const firstCells = (page: string): readonly string[] =>
  [...read(page).matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);

test('every exit code is in the table of docs/commands.md', () => {
  const [, section = ''] = read('docs/commands.md').split('\n## Exit codes\n');
  const codes = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| (\d+) +\|/gm)].map(([, code]) =>
    Number(code),
  );
  expect(codes).toEqual(Object.values(exitCodes));
});

test('every modifier and every type of correlation has its row in docs/sigma.md', () => {
  const rows = new Set(firstCells('docs/sigma.md'));
  expect([...modifierRoles.keys(), ...correlationTypes].filter((name) => !rows.has(name))).toEqual(
    [],
  );
});

test('every template has its row in docs/templates.md, and no other', () => {
  const files = readdirSync(join(root, 'templates'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, 'templates').length + 1));
  const rows = firstCells('docs/templates.md').filter((cell) => cell.includes('/'));
  expect([...rows].sort()).toEqual(files.sort());
});

test('every test file of the tables in docs/testing.md is there', () => {
  const named = read('docs/testing.md').match(/`(?:corpus\/|site\/)?[\w-]+\.test\.ts`/g) ?? [];
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !existsSync(join(root, 'test', name.slice(1, -1))))).toEqual([]);
});

test('the example in docs/library.md gives what is shown below it', () => {
  const all = blocksIn(read('docs/library.md'));
  const at = all.findIndex(({ language }) => language === 'js');
  const code = all[at]?.code ?? '';
  const [, imported = ''] = /^import \{ (.+) \} from 'sigpack';\n/.exec(code) ?? [];
  const lines: string[] = [];
  const print = { log: (...parts: readonly unknown[]) => lines.push(parts.map(String).join(' ')) };
  const run = new Function(
    'sigpack',
    'console',
    `const { ${imported} } = sigpack;\n${code.replace(/^import.*\n/, '')}`,
  );
  run(library, print);
  expect(`${lines.join('\n')}\n`).toBe(all[at + 1]?.code);
});

test('LICENSE is the one that package.json names, in full', () => {
  expect(JSON.parse(read('package.json'))).toMatchObject({ license: 'Apache-2.0' });
  expect(read('LICENSE')).toMatch(
    /Apache License\s+Version 2\.0, January 2004.*9\. Accepting Warranty.*END OF TERMS AND CONDITIONS/s,
  );
});

test('CHANGELOG has the form of Keep a Changelog, and no version that is not out', () => {
  const { version } = JSON.parse(read('package.json')) as { readonly version: string };
  const headings = [...read('CHANGELOG.md').matchAll(/^## (.+)$/gm)].map(
    ([, heading = '']) => heading,
  );
  expect(headings[0]).toBe('[Unreleased]');
  for (const heading of headings.slice(1))
    expect(heading).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
  expect(read('CHANGELOG.md')).toContain(version);
});

test('the README has at most 120 lines', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(121);
});

test('the terms of each section of the glossary are in order', () => {
  const [, ...sections] = read('docs/glossary.md').split('\n## ');
  expect(sections.length).toBeGreaterThan(4);
  for (const section of sections) {
    const terms = [...section.matchAll(/^- \*\*([^*]+)\*\*/gm)].map(([, term = '']) => term);
    expect(terms.length).toBeGreaterThan(5);
    expect(terms).toEqual(terms.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
  }
});

test.each([...pages, 'CONTRIBUTING.md', 'SECURITY.md'])(
  '%s has the words of the glossary, and lines of at most 120 columns',
  (page) => {
    const prose = withoutCode(read(page));
    expect(prose.match(/\b(?:complain\w*|remarks?|faults?|troubles?|mistakes?)\b/gi) ?? []).toEqual(
      [],
    );
    const generated = ['docs/pipeline-coverage.md', 'docs/proof.md', 'docs/targets.md'];
    const wide = read(page)
      .replace(/^```.*?^```$/gms, '')
      .split('\n')
      .filter(
        (line) => line.length > 120 && !/^\||^#|^\*\*(?:error|warning|info|off)\b/.test(line),
      );
    expect(generated.includes(page) ? [] : wide).toEqual([]);
  },
);
