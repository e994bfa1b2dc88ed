import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allBlocks, type DocBlock, docPages } from './doc-blocks.ts';

const root = join(import.meta.dirname, '..');

/** Which blocks of a page: all of a language (`sh *`), or the one with this first line. */
type Row = readonly [page: string, which: string, by: string];

/** The test that runs a block. A block that is in neither table fails this test. */
const run: readonly Row[] = [
  ['README.md', 'mkdir detections && cd detections', 'tutorials.test.ts'],
  ['docs/adding-a-target.md', 'console *', 'plugin.test.ts'],
  ['docs/adopt.md', '$ sigpack adopt /opt/splunk/etc/apps/old_app', 'docs-commands.test.ts'],
  ['docs/build.md', '$ sigpack build sigma/rules', 'corpus/docs-blocks.test.ts'],
  ['docs/ci.md', '$ sigpack init # asks, and builds', 'docs-commands.test.ts'],
  ['docs/ci.md', '$ mkdir vendor', 'docs-commands.test.ts'],
  ['docs/ci.md', 'eval "$(sigpack completion bash)"', 'docs-commands.test.ts'],
  ['docs/configuration.md', '$ sigpack init --splunk splunk', 'docs-commands.test.ts'],
  ['docs/convert.md', 'console *', 'convert.test.ts'],
  ['docs/convert.md', 'sigpack convert -t xpack-watcher -f curl', 'docs-commands.test.ts'],
  ['docs/convert.md', 'sigpack convert -t es-qs -f kibana-ndjson', 'docs-commands.test.ts'],
  ['docs/events.md', '$ sigpack match rules --events', 'docs-commands.test.ts'],
  ['docs/from-sigma-cli.md', '$ sigpack convert -t splunk -od queries', 'from-sigma-cli.test.ts'],
  ['docs/graylog-pack.md', '$ sigpack hunt rules/windows', 'docs-commands.test.ts'],
  ['docs/install.md', '$ sigpack install dist/packs --to soc', 'install-page.test.ts'],
  ['docs/lint.md', '$ sigpack check proc_creation_win_whoami.yml', 'lint-command.test.ts'],
  ['docs/pipelines.md', '$ sigpack convert -t splunk -p', 'docs-commands.test.ts'],
  ['docs/releases.md', '$ sigpack diff', 'release-check.test.ts'],
  ['docs/releases.md', '$ openssl genpkey -algorithm ed25519', 'release-check.test.ts'],
  ['docs/releases.md', '$ tail -n 1 SHA256SUMS.sig', 'release-check.test.ts'],
  ['docs/releases.md', '$ sed ', 'release-check.test.ts'],
  ['docs/rule-pages.md', 'sigpack docs ', 'docs-commands.test.ts'],
  ['docs/splunk-groups.md', 'sigpack stats --events-per-minute', 'docs-commands.test.ts'],
  ['docs/splunk-pack.md', '$ sigpack stats --budget 240', 'corpus/docs-blocks.test.ts'],
  ['docs/tests.md', '$ sigpack test rules\n', 'docs-commands.test.ts'],
  ['docs/tests.md', '$ sigpack test sigma/regression_data', 'docs-commands.test.ts'],
  ['docs/tests.md', '$ sigpack test rules --coverage', 'docs-commands.test.ts'],
  ['docs/tests.md', '$ sigpack explain rules/windows/', 'docs-commands.test.ts'],
  ['docs/tutorial-graylog.md', 'sh *', 'tutorials.test.ts'],
  ['docs/tutorial-splunk.md', 'sh *', 'tutorials.test.ts'],
];

/** The reason why no test runs a block. */
const excepted: readonly Row[] = [
  [
    'README.md',
    'npm ci && npm start',
    'CI runs `npm ci` and `npm test`; docs-commands.test.ts has what `npm start` builds',
  ],
  ['CONTRIBUTING.md', 'npm ci && npm test', 'CI runs it, and this test is a part of it'],
  ['CONTRIBUTING.md', 'npm run check', 'CI runs the check; `format` changes the working tree'],
  [
    'docs/releases.md',
    '$ cosign verify-blob --key',
    'needs cosign; release-check.test.ts runs it where cosign is installed',
  ],
  [
    'docs/testing.md',
    '$ bash test/judges/appinspect.sh',
    "needs Splunk's AppInspect; CI runs it as a judge",
  ],
];

const isOf = ({ page, language, text }: DocBlock, [of, which]: Row): boolean =>
  page === of && (which.endsWith(' *') ? language === which.slice(0, -2) : text.startsWith(which));
const blocks = allBlocks();

test('every block of commands is run by a test, or there is a reason why not', () => {
  const rows = [...run, ...excepted];
  const open = blocks.filter((block) => rows.filter((row) => isOf(block, row)).length !== 1);
  expect(
    open.map(({ page, text }) => `${page}: ${text}`),
    'run it in test/docs-commands.test.ts, and add it to the table above',
  ).toEqual([]);
});

test('a row is of one block, or of those of a language', () => {
  const counts = [...run, ...excepted].map((row) => {
    const { length } = blocks.filter((block) => isOf(block, row));
    return row[1].endsWith(' *') && length > 0 ? [row, 'several'] : [row, length];
  });
  expect(counts.filter(([, count]) => count !== 1 && count !== 'several')).toEqual([]);
});

test('commands are in blocks of a language that is looked for, at the start of a line', () => {
  const text = docPages()
    .map((page) => readFileSync(join(root, page), 'utf8'))
    .join('');
  const opened =
    /^[ \t>*-]*(?:`{3,}|~{3,})[ \t]*\{?\.?(?:bash|bat|console|cmd|fish|power|ps1|sh|terminal|zsh)/gim;
  expect([...text.matchAll(opened)]).toHaveLength(blocks.length);
  expect([...text.matchAll(/^ *\$ \w/gm)].length).toBe(
    blocks.flatMap(({ text: code }) => [...code.matchAll(/^\$ \w/gm)]).length,
  );
});

describe('tests that run blocks', () => {
  test.each([...Map.groupBy(run, ([, , by]) => by)])('%s reads its pages', (by, rows) => {
    const text = readFileSync(join(import.meta.dirname, by), 'utf8');
    const pages = new Set(rows.map(([page]) => basename(page, '.md')));
    // `tests` alone would be in any test
    const isNamed = (page: string): boolean =>
      text.includes(`${page}.md`) || text.includes(`'${page}'`);
    expect([...pages].filter((page) => !isNamed(page))).toEqual([]);
  });
});

test('what no test runs names scripts and files that are there', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const texts = blocks.filter((block) => excepted.some((row) => isOf(block, row)));
  const all = texts.map(({ text }) => text).join('');
  const named = [...all.matchAll(/\bnpm (?:run )?(\w+)/g)].map(([, name = '']) => name);
  expect(named).toContain('start');
  expect(named.filter((name) => name !== 'ci' && !(name in scripts))).toEqual([]);
  const files = [...all.matchAll(/\bbash (\S+)/g)].map(([, path = '']) => path);
  expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
