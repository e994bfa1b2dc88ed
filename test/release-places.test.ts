import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const root = mkdtempSync(join(tmpdir(), 'sigpack-places-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rule =
  'title: A rule\nid: 11111111-1111-4111-8111-111111111111\nstatus: test\nlevel: high\nlogsource: { product: linux }\ndetection: { s: { a: x }, condition: s }\n';
const pipeline = 'name: Mine\npriority: 10\ntransformations: []\n';
const project = (release: string, more = ''): string =>
  projectIn(root, {
    'sigpack.yml': `id: places\ntitle: Places\ntargets: [splunk]\npipelines: { splunk: ./mine.yml }\nrules: [rules, 'globs/**/*.yml']\nrelease: ${release}\n${more}`,
    'rules/a.yml': rule,
    'globs/a.yml': rule.replace('A rule', 'B rule').replace('id: 1', 'id: 2'),
    'mine.yml': pipeline,
  });
const files = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => `${path} ${readFileSync(join(folder, path), 'utf8')}`);
const run = (folder: string, ...more: readonly string[]) =>
  sigpack(['release', ...more], { cwd: folder, env: { SOURCE_DATE_EPOCH: '1700000000' } });

describe("a place of a release that is something else's", () => {
  test.each([
    [
      '{ changelog: sigpack.yml }',
      /release\.changelog is "sigpack\.yml", which is the configuration; name another place/,
    ],
    ['{ changelog: SIGPACK.YML }', /which is the configuration/],
    ['{ changelog: sigpack.lock }', /which is the lock/],
    ['{ changelog: mine.yml }', /which is where a pipeline is read from/],
    ['{ changelog: rules/a.yml }', /which is where rules are read from/],
    ['{ changelog: rules/new.yml }', /which is where rules are read from/],
    ['{ changelog: .git/hooks/pre-commit }', /which is what git keeps/],
    ['{ changelog: .sigpack-release/file-0 }', /which is what a release under way is written to/],
    ['{ output: rules }', /release\.output is "rules", which is where rules are read from/],
    ['{ output: rules/released }', /which is where rules are read from/],
    ['{ output: globs/released }', /which is where rules are read from/],
    ['{ output: ./.sigpack-release }', /which is what a release under way is written to/],
    ['{ output: CHANGELOG.md }', /which is the changelog/],
    ['{ output: sigpack.lock/x }', /which is the lock/],
    ['{ output: mine.yml }', /which is where a pipeline is read from/],
  ])('is refused: %s', async (release, message) => {
    const folder = project(release);
    const before = files(folder);
    expect(await run(folder)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect(files(folder)).toEqual(before);
  });

  test.each([
    [
      'a file as output',
      '{ output: taken }',
      (folder: string) => writeFileSync(join(folder, 'taken'), ''),
      'taken is a file; a folder is needed there',
    ],
    [
      'a file above the output',
      '{ output: taken/a/b }',
      (folder: string) => writeFileSync(join(folder, 'taken'), ''),
      'taken is a file',
    ],
    [
      'a link that leads nowhere',
      '{ output: taken }',
      (folder: string) => symlinkSync('nowhere', join(folder, 'taken')),
      'taken is a link that leads nowhere',
    ],
    [
      'a folder as changelog',
      '{ changelog: rules }',
      () => undefined,
      'release.changelog is "rules", which is where rules',
    ],
    [
      'another folder as changelog',
      '{ changelog: notes }',
      (folder: string) => mkdirSync(join(folder, 'notes')),
      'which is a folder',
    ],
  ])('is refused: %s', async (_, release, prepare, message) => {
    const folder = project(release);
    prepare(folder);
    const { code, stderr } = await run(folder);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(readdirSync(folder)).not.toContain('.sigpack-release');
    expect(readdirSync(folder)).not.toContain('sigpack.lock');
  });

  test('is none below a folder of rules that is the whole project', async () => {
    const folder = projectIn(root, {
      'sigpack.yml': 'targets: [splunk]\nrules: [.]\n',
      'a.yml': rule,
    });
    const { stderr } = await run(folder, '--dry-run');
    expect(stderr).not.toContain('name another place');
  });
});
