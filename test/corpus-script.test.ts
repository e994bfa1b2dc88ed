import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitOptions } from './git-options.ts';
import { writeFiles } from './project-folder.ts';

const root = join(import.meta.dirname, '..');
const temporary = mkdtempSync(join(tmpdir(), "sigpack corpus's-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** A repository with these files; its commit. */
function repository(
  name: string,
  files: Readonly<Record<string, string>>,
): { readonly url: string; readonly commit: string } {
  const folder = join(temporary, name);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...gitOptions, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  mkdirSync(folder);
  git('init', '-q', '-b', 'main');
  writeFiles(folder, files);
  git('add', '-A');
  git('commit', '-q', '-m', 'pinned');
  const commit = git('rev-parse', 'HEAD').trim();
  writeFileSync(join(folder, 'rules', 'later.yml'), 'title: Later\n', { flag: 'a' });
  git('add', '-A');
  git('commit', '-q', '-m', 'later');
  return { url: pathToFileURL(folder).href, commit };
}

const folders = [
  'rules',
  'rules-compliance',
  'rules-dfir',
  'rules-emerging-threats',
  'rules-placeholder',
  'rules-threat-hunting',
  'deprecated',
  'unsupported',
];
let sigma = { url: '', commit: '' };
let specification = sigma;
beforeAll(() => {
  sigma = repository('sigma', {
    ...Object.fromEntries(folders.map((name) => [`${name}/a.yml`, `title: ${name}\r\n`])),
    LICENSE: 'terms',
    'other/large.bin': 'x',
    '.gitattributes': 'rules export-ignore\n',
    'regression_data/rules/one/info.yml': 'id: 1\n',
    'regression_data/rules/one/1.json': '{}',
    'regression_data/rules/one/1.evtx': 'binary',
  });
  specification = repository('specification', {
    'json-schema/sigma-detection-rule-schema.json': '{}',
    'rules/x': '',
  });
});

function corpus(folder: string, more: Readonly<Record<string, string>> = {}) {
  const env = {
    ...process.env,
    SIGPACK_SIGMA_URL: sigma.url,
    SIGPACK_SIGMA_COMMIT: sigma.commit,
    SIGPACK_SPECIFICATION_URL: specification.url,
    SIGPACK_SPECIFICATION_COMMIT: specification.commit,
    ...more,
  };
  const { status, stdout, stderr } = spawnSync(
    'bash',
    [join(root, 'scripts', 'corpus.sh'), folder],
    { cwd: temporary, encoding: 'utf8', env },
  );
  return { status, stdout, stderr };
}

describe('scripts/corpus.sh', () => {
  it('lays pinned commits out as the tests of the corpus read them, and does it once', () => {
    const folder = join(temporary, 'new', '-- $(touch x) "q"');
    expect(corpus(folder)).toMatchObject({ status: 0, stderr: '' });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name).slice(folder.length + 1)] : [],
    );
    expect(files.sort()).toEqual(
      [
        '.commits',
        'corpus/LICENSE',
        ...folders.map((name) => `corpus/${name}/a.yml`),
        'events/rules/one/1.json',
        'events/rules/one/info.yml',
        'spec/sigma-detection-rule-schema.json',
      ].sort(),
    );
    expect(readFileSync(join(folder, 'corpus', 'rules', 'a.yml'), 'utf8')).toBe('title: rules\r\n');
    expect(corpus(folder).stdout).toContain('has it already');
    expect(readdirSync(join(temporary, 'new'))).toEqual(['-- $(touch x) "q"']);
    expect(existsSync(join(temporary, 'x'))).toBe(false);
  });

  it.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
    [
      'a commit that the source does not have',
      () => ({ SIGPACK_SIGMA_COMMIT: '0'.repeat(40) }),
      /does not give 0{40}/,
    ],
    [
      'a branch in place of a commit',
      () => ({ SIGPACK_SIGMA_COMMIT: 'main' }),
      /main is not a whole commit id/,
    ],
    [
      'an option in place of a commit',
      () => ({ SIGPACK_SIGMA_COMMIT: '--upload-pack=touch x' }),
      /is not a whole commit id/,
    ],
    [
      'an option in place of an address',
      () => ({ SIGPACK_SIGMA_URL: '--upload-pack=touch x' }),
      /does not give/,
    ],
    [
      'a source that is not there',
      () => ({ SIGPACK_SPECIFICATION_URL: `${specification.url}-gone` }),
      /does not give/,
    ],
    [
      'a source without what is needed',
      () => ({ SIGPACK_SIGMA_URL: specification.url, SIGPACK_SIGMA_COMMIT: specification.commit }),
      /lacks one of/,
    ],
  ])('leaves nothing behind for %s', (_name, more, message) => {
    const folder = join(temporary, 'failed', 'shared');
    const { status, stderr } = corpus(folder, more());
    expect([status, stderr.split('\n').findLast((line) => line.startsWith('corpus: '))]).toEqual([
      1,
      expect.stringMatching(message),
    ]);
    expect(readdirSync(join(temporary, 'failed'))).toEqual([]);
    expect(existsSync(join(temporary, 'x'))).toBe(false);
  });

  it('writes over nothing', () => {
    const folder = join(temporary, 'mine');
    mkdirSync(folder);
    writeFileSync(join(folder, 'notes'), 'mine');
    expect(corpus(folder)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not empty'),
    });
    expect(readdirSync(folder)).toEqual(['notes']);
  });
});
