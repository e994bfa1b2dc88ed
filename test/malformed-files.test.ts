import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { afterAll, describe, expect, test } from 'vitest';
import { readLock } from '../src/release/lock/text.ts';
import { readRegressionInfo } from '../src/rule-test/regression-info.ts';
import { readTestFile } from '../src/rule-test/test-file.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import type { SourceFile } from '../src/source/span.ts';
import { changedValues } from './changed-values.ts';
import { anyEvents, initFlags, projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const root = mkdtempSync(join(tmpdir(), 'sigpack-malformed-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const id = '11111111-1111-4111-8111-111111111111';
const rule = `title: A rule\nid: ${id}\nstatus: test\nlevel: high\nlogsource: { product: linux }\ndetection: { s: { a: x }, condition: s }\n`;
const tests =
  'tests:\n  - name: finds it\n    match: true\n    event: { a: x }\n  - name: finds two\n    match: [1]\n    events: [{ a: y }, { a: x }]\n';
const project = (): string =>
  projectIn(root, {
    'sigpack.yml': `id: acme\ntitle: Acme detections\n${anyEvents}`,
    'rules/a.yml': rule,
    'rules/a.test.yml': tests,
  });
const env = { SOURCE_DATE_EPOCH: '1700000000' };

const digest = 'a'.repeat(32);
const lock = {
  lock: 1,
  pack: { id: 'acme', version: '1.0.0', revision: 1, parameters: ['x'] },
  rules: {
    [id]: {
      title: 'A',
      file: 'a.yml',
      stanza: 'A',
      slug: 'a',
      entities: [id],
      severity: 'high',
      text: digest,
      condition: digest,
      settings: digest,
      splunk: digest,
      added: '1.0.0',
      changed: '1.0.0',
    },
  },
  retired: { Old: { id, title: 'Old', slug: 'old', splunk: true, retired: '1.0.0' } },
  end: true,
};
const info = {
  id,
  regression_tests_info: [
    { name: 'Positive', type: 'evtx', provider: 'x', match_count: 1, path: 'a.evtx' },
  ],
  rule_metadata: [{ id, title: 'A' }],
};

describe('a file with something else in any one place is read or reported', () => {
  const readers: Readonly<
    Record<string, readonly [unknown, (file: SourceFile, bag: DiagnosticBag) => unknown]>
  > = {
    'sigpack.lock': [lock, readLock],
    'a.test.yml': [load(tests), readTestFile],
    'info.yml': [info, readRegressionInfo],
  };
  test.each(Object.keys(readers))('%s', (path) => {
    const [value, read] = readers[path] ?? expect.fail();
    let diagnostics = 0;
    for (const changed of changedValues(value)) {
      const bag = createBag();
      read({ path, text: dump(changed) }, bag);
      if (bag.list.length > 0) diagnostics++;
    }
    expect(diagnostics).toBeGreaterThan(20);
  });
});

const lockOf = (text: string | Buffer) => (folder: string) =>
  writeFileSync(join(folder, 'sigpack.lock'), text);

describe('a project with a file that is none', () => {
  test.each<[string, (folder: string) => unknown]>([
    ['a lock that is a folder', (folder) => mkdirSync(join(folder, 'sigpack.lock'))],
    [
      'a lock that is a link to nowhere',
      (folder) => symlinkSync('nowhere', join(folder, 'sigpack.lock')),
    ],
    ['a lock of bytes', lockOf(Buffer.from([0xff, 0xfe, 0x00]))],
    ['an empty lock', lockOf('')],
    ['a lock of another form', lockOf(dump({ ...lock, lock: 2 }))],
    ['half a lock', lockOf(dump(lock).slice(0, -20))],
    ['a lock nested deeply', lockOf(`lock: ${'['.repeat(50_000)}`)],
    ['a stage that is a file', (folder) => writeFileSync(join(folder, '.sigpack-release'), '')],
    [
      'a stage whose lock is a folder',
      (folder) => mkdirSync(join(folder, '.sigpack-release/lock'), { recursive: true }),
    ],
    ['a test file that is a folder', (folder) => mkdirSync(join(folder, 'rules/b.test.yml'))],
    [
      'tests nested deeply',
      (folder) => writeFileSync(join(folder, 'rules/b.test.yml'), `tests: ${'['.repeat(50_000)}`),
    ],
    [
      'events that are a folder',
      (folder) =>
        writeFileSync(
          join(folder, 'rules/a.test.yml'),
          'tests: [{ name: n, match: true, file: . }]\n',
        ),
    ],
  ])('%s: no command ends with exit code 3', async (_, prepare) => {
    const folder = project();
    prepare(folder);
    for (const args of [
      ['check'],
      ['build', '-o', 'out'],
      ['test'],
      ['diff', 'sigpack.lock', 'rules'],
      ['diff'],
      ['build', '--frozen', '-o', 'out'],
      ['release'],
    ]) {
      const { code, stderr } = await sigpack(args, {
        cwd: folder,
        env: { ...env, SIGPACK_WAIT: '0' },
      });
      expect([
        args.join(' '),
        code === 3,
        stderr.includes('internal error') || /^ +at /m.test(stderr) ? stderr : '',
      ]).toEqual([args.join(' '), false, '']);
    }
  });
});

describe('an output that is something else', () => {
  test.each([
    ['build', ['build', '-o', 'plain'], 'plain is a file; a folder is needed there'],
    ['build below it', ['build', '-o', 'plain/below'], 'plain is a file; a folder is needed there'],
    ['docs', ['docs', 'rules', '-o', 'plain'], 'plain is a file; a folder is needed there'],
    [
      'docs below it',
      ['docs', 'rules', '-o', 'plain/a/b'],
      'plain is a file; a folder is needed there',
    ],
    [
      'diff',
      ['diff', 'rules', 'rules', '-o', 'rules'],
      'rules is a folder; a file is to be written there',
    ],
    [
      'diff below a file',
      ['diff', 'rules', 'rules', '-o', 'plain/x'],
      'plain is a file; a folder is needed there',
    ],
    [
      'convert',
      ['convert', '-t', 'splunk', 'rules', '-o', 'plain/x'],
      'plain is a file; a folder is needed there',
    ],
    [
      'convert to several',
      ['convert', '-t', 'splunk,graylog', 'rules', '-o', 'plain'],
      'plain is a file; a folder is needed there',
    ],
    ['init', ['init', 'plain', ...initFlags], 'plain is a file; a folder is needed there'],
  ])('is exit code 2 for %s, and stays', async (_, args, message) => {
    const folder = project();
    writeFileSync(join(folder, 'plain'), 'mine');
    const { code, stderr } = await sigpack(args, { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`sigpack: ${message}`)]);
    expect(readFileSync(join(folder, 'plain'), 'utf8')).toBe('mine');
  });
});
