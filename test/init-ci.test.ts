import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mainFile, sigpack } from './sigpack.ts';

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}
type Pipeline = Readonly<Record<string, { readonly script: readonly string[] }>>;

let folder = '';
let tools = '';
const at = (path: string): string => join(folder, path);
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], { cwd: folder, encoding: 'utf8' }).trim();

/** Stands in for a program that talks to a server: writes down how it was called. */
function tool(name: string, script: string): void {
  writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(tools, name), 0o755);
}

/** Runs a step as CI does: a shell that stops at the first error. */
function run(script: string, env: Readonly<Record<string, string>> = {}): { readonly code: number | null; readonly out: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { HOME: folder, PATH: `${tools}${delimiter}${process.env.PATH ?? ''}`, CALLS: at('dist/calls'), ...env },
  });
  return { code: status, out: stdout + stderr };
}

const calls = (): string => (existsSync(at('dist/calls')) ? readFileSync(at('dist/calls'), 'utf8') : '');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-ci-'));
  tools = mkdtempSync(join(tmpdir(), 'sigpack-tools-'));
  // npx fetches the version from the registry; here it is this one
  tool('npx', `[ "$1" = --yes ] || exit 9; case $2 in sigpack@*) ;; *) exit 9 ;; esac; shift 2; exec '${process.execPath}' '${mainFile}' "$@"`);
  tool('gh', 'echo "gh $*" >> "$CALLS"');
  tool('curl', 'echo "curl $*" >> "$CALLS"; cat >> "$CALLS"');
  expect((await sigpack(['init', '.'], { cwd: folder })).code).toBe(0);
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');
  expect((await sigpack(['release'], { cwd: folder })).code).toBe(0);
  git('add', '-A');
  git('commit', '-q', '-m', 'release');
  git('tag', 'v1.0.0');
  rmSync(at('dist'), { recursive: true });
  const rule = at('rules/windows/office-starts-schtasks.yml');
  writeFileSync(rule, readFileSync(rule, 'utf8').replace('outlook', 'onenote'));
  git('add', '-A');
  git('commit', '-q', '-m', 'change');
  mkdirSync(at('dist'));
});
afterAll(() => {
  for (const path of [folder, tools]) rmSync(path, { recursive: true, force: true });
});

describe('the GitHub workflow', () => {
  const workflow = (): Workflow => load(readFileSync(at('.github/workflows/detections.yml'), 'utf8')) as Workflow;
  const scripts = (job: string): readonly string[] => (workflow().jobs[job]?.steps ?? []).flatMap(({ run: script }) => script ?? []);

  test('keeps what GitHub puts in out of the scripts, where a name could be a command', () => {
    const all = [...scripts('packs'), ...scripts('release')];
    expect(all.length).toBeGreaterThan(4);
    expect(all.filter((script) => script.includes('${{'))).toEqual([]);
    const steps = Object.values(workflow().jobs).flatMap(({ steps: list }) => list);
    expect(
      steps.flatMap(({ env }) => Object.values(env ?? {})).filter((value) => !/^\S*\$\{\{ [a-z_.A-Z]+ \}\}\S*(?:\/\$\{\{ [a-z_.]+ \}\}\S*)?$/.test(value)),
    ).toEqual([]);
  });

  test('checks a pull request and comments what it does to the detections', () => {
    const env = { BASE: git('rev-parse', 'HEAD~1'), PULL_REQUEST: '7' };
    for (const script of scripts('packs')) expect(run(script, env)).toMatchObject({ code: 0 });
    expect(readdirSync(at('dist/packs')).length).toBe(4);
    expect(calls()).toBe('gh pr comment 7 --edit-last --create-if-none --body-file dist/diff.md\n');
    expect(readFileSync(at('dist/diff.md'), 'utf8')).toContain('### Meaning changed');
    rmSync(at('dist'), { recursive: true });
  });

  test('makes the artifacts of a tag again and puts them into a release', () => {
    git('checkout', '-q', 'v1.0.0');
    mkdirSync(at('dist'));
    const env = { GITHUB_REF_NAME: 'v1.0.0', GITHUB_REPOSITORY: 'acme/rules' };
    for (const script of scripts('release')) expect(run(script, env)).toMatchObject({ code: 0 });
    expect(calls()).toMatch(
      /^gh release create v1\.0\.0 --repo acme\/rules --verify-tag --notes-file CHANGELOG\.md dist\/release\/1\.0\.0\/SHA256SUMS .*\.spl /,
    );
    rmSync(at('dist'), { recursive: true });
    expect(run(scripts('release')[0] ?? '', { ...env, GITHUB_REF_NAME: 'v1.0.1' }).code).toBe(1);
    rmSync(at('dist'), { recursive: true });
    git('checkout', '-q', 'main');
  });
});

describe('the GitLab pipeline', () => {
  const pipeline = (): Pipeline => load(readFileSync(at('.gitlab-ci.yml'), 'utf8')) as Pipeline;
  const script = (job: string): string => (pipeline()[job]?.script ?? []).join('\n');

  test('checks a merge request and comments, with the token out of sight', () => {
    mkdirSync(at('dist'), { recursive: true });
    const env = {
      CI_MERGE_REQUEST_DIFF_BASE_SHA: git('rev-parse', 'HEAD~1'),
      SIGPACK_GITLAB_TOKEN: 'secret',
      CI_API_V4_URL: 'https://gitlab.example.org/api/v4',
      CI_PROJECT_ID: '1',
      CI_MERGE_REQUEST_IID: '2',
    };
    const { code, out } = run(script('packs'), env);
    expect(code).toBe(0);
    expect(out).not.toContain('secret');
    const [command = '', ...input] = calls().split('\n');
    expect(command).toMatch(/^curl .*--data-urlencode body@dist\/diff\.md https:\/\/gitlab\.example\.org\/api\/v4\/projects\/1\/merge_requests\/2\/notes$/);
    expect(command).not.toContain('secret');
    expect(input.join('\n')).toBe('header = "PRIVATE-TOKEN: secret"\n');
    expect(run(script('packs')).code).toBe(0);
    for (const path of ['dist', 'sigpack-tests.xml', 'sigpack-report.xml']) rmSync(at(path), { recursive: true });
  });

  test('makes the artifacts of a tag again', () => {
    git('checkout', '-q', 'v1.0.0');
    expect(run(script('release'), { CI_COMMIT_TAG: 'v1.0.0', CI_PROJECT_URL: 'https://gitlab.example.org/acme/rules', CI_JOB_ID: '9' })).toMatchObject({
      code: 0,
    });
    expect(readFileSync(at(`dist/release/1.0.0/${readdirSync(at('dist/release/1.0.0')).find((name) => name.endsWith('.intoto.json'))}`), 'utf8')).toContain(
      '"id": "https://gitlab.example.org/acme/rules"',
    );
  });
});
