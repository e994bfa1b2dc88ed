import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ciPlace } from './ci-place.ts';
import { initFlags, writeFiles } from './project-folder.ts';
import { sigpack } from './sigpack.ts';
import { type WarmShell, warmShell } from './warm-shell.ts';

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface PipelineJob {
  readonly before_script?: readonly string[];
  readonly script: readonly string[];
  readonly release?: unknown;
  readonly environment?: unknown;
  readonly rules?: readonly unknown[];
}
type Pipeline = Readonly<Record<string, PipelineJob>>;

const { at, inTools, make, remove, git, tool, run, noted, changeRule } = ciPlace();

let warm: WarmShell;
beforeAll(async () => {
  make();
  // npm would ask the registry; package.test.ts installs with it.
  tool(
    'npm',
    `[ "$*" = 'ci --ignore-scripts' ] || exit 9; mkdir -p node_modules/.bin; cp '${inTools('sigpack.sh')}' node_modules/.bin/sigpack`,
  );
  warm = await warmShell();
  warm.write(inTools('sigpack.sh'));
  // the answer to a request for comments or pull requests is what the test has written
  tool('gh', 'echo "gh $*" >> "$CALLS"; case "$*" in *--jq*) cat "$ANSWER" ;; esac');
  tool(
    'curl',
    'echo "curl $*" >> "$CALLS"; cat >> "$CALLS"; case "$*" in */user) cat "$ANSWER.user" ;; *order_by=*) cat "$ANSWER" ;; esac',
  );
  expect((await sigpack(['init', '.', ...initFlags], { cwd: at() })).code).toBe(0);
  const config = readFileSync(at('sigpack.yml'), 'utf8');
  writeFileSync(
    at('sigpack.yml'),
    `${config}\ninstalls:\n  soc-lab: { kind: splunk-disk, home: splunk }\n`,
  );
  writeFileSync(at('.gitignore'), `${readFileSync(at('.gitignore'), 'utf8')}splunk/\n`);
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');
  expect((await sigpack(['release'], { cwd: at() })).code).toBe(0);
  const changelog = readFileSync(at('CHANGELOG.md'), 'utf8');
  writeFileSync(
    at('CHANGELOG.md'),
    `${changelog}\n## [0.9.0] - 2026-01-01\n\nOlder than this version.\n`,
  );
  git('add', '-A');
  git('commit', '-q', '-m', 'release');
  git('tag', 'v1.0.0');
  changeRule('outlook', 'onenote');
  git('add', '-A');
  git('commit', '-q', '-m', 'change');
});
afterEach(() => {
  git('checkout', '-q', '--force', 'main');
  for (const path of [
    'dist',
    'node_modules',
    'splunk',
    'comment.md',
    'sigpack-tests.xml',
    'sigpack-report.xml',
  ])
    rmSync(at(path), { recursive: true, force: true });
  for (const name of ['calls', 'summary', 'answer', 'answer.user'])
    rmSync(inTools(name), { force: true });
});
afterAll(async () => {
  await warm.end();
  remove();
});

const answer = (text: string, user = ''): { readonly ANSWER: string } => {
  writeFileSync(inTools('answer'), text);
  writeFileSync(inTools('answer.user'), user);
  return { ANSWER: inTools('answer') };
};

describe('the GitHub workflow', () => {
  const workflow = (): Workflow =>
    load(readFileSync(at('.github/workflows/detections.yml'), 'utf8')) as Workflow;
  const job = (name: string): Job => {
    const found = workflow().jobs[name];
    if (!found) throw new Error(`there is no job ${name}`);
    return found;
  };
  const scripts = (name: string): readonly string[] =>
    job(name).steps.flatMap(({ run: script }) => script ?? []);
  /** Runs the steps of a job until one fails, and after that those that run all the same. */
  const runJob = (
    name: string,
    env: Readonly<Record<string, string>> = {},
  ): { readonly failed: readonly string[]; readonly out: string } => {
    const failed: string[] = [];
    let out = '';
    for (const { run: script, if: condition = '' } of job(name).steps) {
      if (script === undefined || (failed.length > 0 && !condition.includes('!cancelled()')))
        continue;
      const result = run(script, env);
      out += result.out;
      if (result.code !== 0) failed.push(script);
    }
    return { failed, out };
  };

  test('keeps what GitHub puts in out of the scripts, where a name could be a command', () => {
    const steps = Object.values(workflow().jobs).flatMap(({ steps: list }) => list);
    const all = steps.flatMap(({ run: script }) => script ?? []);
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter((script) => script.includes('${{'))).toEqual([]);
    expect(
      steps
        .flatMap(({ env }) => Object.values(env ?? {}))
        .filter(
          (value) => !/^\S*\$\{\{ [a-z_.A-Z]+ \}\}\S*(?:\/\$\{\{ [a-z_.]+ \}\}\S*)?$/.test(value),
        ),
    ).toEqual([]);
  });

  test('gives a token that may write to jobs that run nothing of the repository', () => {
    const { permissions, jobs } = workflow();
    expect(permissions).toEqual({ contents: 'read' });
    const writing = Object.entries(jobs).filter(([, { permissions: own = {} }]) =>
      Object.values(own).includes('write'),
    );
    expect(Object.fromEntries(writing.map(([name, { permissions: own }]) => [name, own]))).toEqual({
      comment: { 'pull-requests': 'write' },
      'code-scanning': { actions: 'read', contents: 'read', 'security-events': 'write' },
      publish: { contents: 'write' },
      'plan-comment': { contents: 'read', 'pull-requests': 'write' },
    });
    expect(
      writing
        .flatMap(([name]) => scripts(name))
        .filter((script) => /npm|npx|sigpack (?!diff|plan)/.test(script)),
    ).toEqual([]);
    // secrets come from environments alone
    const withSecrets = Object.entries(jobs).filter(([, one]) =>
      JSON.stringify(one).includes('secrets.'),
    );
    expect(withSecrets.map(([name, { environment }]) => [name, environment])).toEqual([
      ['release', 'release'],
      ['plan', 'plan'],
      ['deploy', 'production'],
    ]);
    expect(job('deploy').needs).toEqual(['publish', 'plan']);
  });

  test('checks a pull request, and says what it does to the detections', () => {
    expect(runJob('packs', { BASE: git('rev-parse', 'HEAD~1') }).failed).toEqual([]);
    expect(readdirSync(at('dist/packs')).length).toBe(4);
    expect(readFileSync(at('dist/report/diff.md'), 'utf8')).toContain('### Meaning changed');
    expect(noted('summary')).toBe(readFileSync(at('dist/report/diff.md'), 'utf8'));
    expect(JSON.parse(readFileSync(at('dist/report/sigpack.sarif'), 'utf8'))).toMatchObject({
      version: '2.1.0',
    });
  });

  test('reports a rule that does not compile, in annotations, in the diff and for code scanning', () => {
    changeRule('all of selection_*', 'selectoin');
    const { failed, out } = runJob('packs', { BASE: git('rev-parse', 'HEAD') });
    expect(failed.some((script) => script.includes('sigpack build'))).toBe(true);
    expect(failed.some((script) => /sigpack (?:check|diff)/.test(script))).toBe(false);
    expect(out).toMatch(/^::error file=rules\/windows\/office-starts-schtasks\.yml,line=\d+/m);
    expect(readFileSync(at('dist/report/diff.md'), 'utf8')).toMatch(
      /### Does not compile\n\n- rules\/windows\/office-starts-schtasks\.yml:\d+:\d+/,
    );
    expect(readFileSync(at('dist/report/sigpack.sarif'), 'utf8')).toContain('selectoin');
  });

  test('a report that cannot be made fails its step', () => {
    const [script = ''] = scripts('packs').filter((one) => one.includes('check --format sarif'));
    mkdirSync(at('node_modules/.bin'), { recursive: true });
    for (const code of [1, 2]) {
      writeFileSync(at('node_modules/.bin/sigpack'), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
      expect(run(script).code === 0).toBe(code === 1);
    }
  });

  test('runs nothing where npm has installed nothing', () => {
    const all = ['packs', 'release', 'plan', 'deploy']
      .flatMap(scripts)
      .filter((script) => /sigpack (?:test|build|check|diff|release|install)/.test(script));
    expect(all).toHaveLength(7);
    const codes = all.map(
      (script) =>
        run(script, { BASE: 'HEAD', PLACE: 'soc-lab', SECRET: 'x', GITHUB_REF_NAME: 'v1.0.0' })
          .code,
    );
    expect(codes.filter((code) => code === 0)).toEqual([]);
  });

  test('writes one comment and changes it with the next push', () => {
    mkdirSync(at('dist/report'), { recursive: true });
    writeFileSync(at('dist/report/diff.md'), '## Detections\n');
    const list = `gh api --paginate repos/acme/rules/issues/7/comments --jq ${'.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- sigpack diff -->"))) | .id'}\n`;
    expect(runJob('comment', { PULL_REQUEST: '7', ...answer('') }).failed).toEqual([]);
    expect(noted('calls')).toBe(
      `${list}gh api --silent --method POST repos/acme/rules/issues/7/comments --field body=@comment.md\n`,
    );
    expect(readFileSync(at('comment.md'), 'utf8')).toBe('<!-- sigpack diff -->\n## Detections\n');
    rmSync(inTools('calls'));
    expect(runJob('comment', { PULL_REQUEST: '7', ...answer('41\n42\n') }).failed).toEqual([]);
    expect(noted('calls')).toBe(
      `${list}gh api --silent --method PATCH repos/acme/rules/issues/comments/42 --field body=@comment.md\n`,
    );
  });

  test('makes the artifacts of a tag again, and a release with the notes of its version alone', () => {
    git('checkout', '-q', 'v1.0.0');
    const env = { GITHUB_REF_NAME: 'v1.0.0' };
    expect(runJob('release', env)).toMatchObject({ failed: [] });
    const notes = readFileSync(at('dist/notes.md'), 'utf8');
    expect(notes).toMatch(/^### Added\n\n- \[Office Program Starts/);
    expect(notes).not.toContain('Older than this version');
    expect(runJob('publish', env).failed).toEqual([]);
    expect(noted('calls')).toMatch(
      /^gh release create v1\.0\.0 --repo acme\/rules --verify-tag --notes-file dist\/notes\.md dist\/packs\/SHA256SUMS .*\.spl /,
    );
    rmSync(at('dist'), { recursive: true });
    expect(runJob('release', { GITHUB_REF_NAME: 'v1.0.1' }).failed).toHaveLength(1);
  });

  test('plans an installation as a comment, and does exactly that plan', () => {
    git('checkout', '-q', 'v1.0.0');
    mkdirSync(at('splunk/etc/apps'), { recursive: true });
    const env = {
      GITHUB_REF_NAME: 'v1.0.0',
      GITHUB_SHA: 'abc',
      PLACE: 'soc-lab',
      SECRET: 'hidden',
    };
    for (const name of ['release', 'plan']) expect(runJob(name, env)).toMatchObject({ failed: [] });
    const plan = readFileSync(at('dist/plan/plan.md'), 'utf8');
    expect(plan).toMatch(
      /^<!-- sigpack plan -->\n## What the installation of v1\.0\.0 does\n\n {4}soc-lab: app sigpack_ci_\w+, nothing → 1\.0\.0\n( {4}.*\n)+$/,
    );
    expect(plan.length).toBeLessThan(65_536);
    expect(noted('summary')).toBe(plan);
    expect(readdirSync(at('splunk/etc/apps'))).toEqual([]);
    expect(runJob('plan-comment', { ...env, ...answer('12\n') }).failed).toEqual([]);
    expect(noted('calls')).toContain(
      'gh api --silent --method POST repos/acme/rules/issues/12/comments --field body=@dist/plan/plan.md\n',
    );
    expect(runJob('plan-comment', { ...env, ...answer('') })).toMatchObject({
      failed: [],
      out: expect.stringContaining('the plan is in the summary'),
    });
    expect(runJob('deploy', env)).toMatchObject({ failed: [] });
    expect(readdirSync(at('splunk/etc/apps'))).toHaveLength(1);
    // done already: a job that runs again has nothing to do
    expect(runJob('deploy', env)).toMatchObject({ failed: [] });
    // what a plan was made for is gone
    rmSync(at('splunk/etc/apps'), { recursive: true });
    mkdirSync(at('splunk/etc/apps/other'), { recursive: true });
    rmSync(at('dist/plan/plan.json'), { force: true });
    expect(runJob('deploy', env).failed).toHaveLength(1);
  });

  test('a long plan is cut to what fits a comment', () => {
    git('checkout', '-q', 'v1.0.0');
    run('npm ci --ignore-scripts');
    for (const line of ['ü'.repeat(40_000), 'x\n'.repeat(40_000)]) {
      writeFileSync(
        at('node_modules/.bin/sigpack'),
        `#!${process.execPath}\nprocess.stdout.write(${JSON.stringify(line)}.slice(0, 80_000))\n`,
      );
      rmSync(at('dist'), { recursive: true, force: true });
      mkdirSync(at('dist'));
      const script = scripts('plan').find((one) => one.includes('--plan')) ?? '';
      expect(run(script, { PLACE: 'x', SECRET: 'y', GITHUB_REF_NAME: 'v1.0.0' })).toMatchObject({
        code: 0,
      });
      const plan = readFileSync(at('dist/plan/plan.md'), 'utf8');
      expect(plan.length).toBeLessThan(60_000);
      expect(plan).not.toContain('\ufffd');
      expect(plan).toContain(line.slice(0, 1));
    }
  });

  test('gives the secret by the name that the place looks for', () => {
    run('npm ci --ignore-scripts');
    writeFileSync(
      at('node_modules/.bin/sigpack'),
      `#!${process.execPath}\nprocess.stdout.write(process.env.SIGPACK_SECRET_SEARCH_HEAD_1 ?? 'none')\n`,
    );
    mkdirSync(at('dist'));
    for (const name of ['plan', 'deploy']) {
      const script = scripts(name).find((one) => one.includes('sigpack install')) ?? '';
      const { out } = run(script, {
        PLACE: 'search-head.1',
        SECRET: 'x y',
        GITHUB_REF_NAME: 'v1.0.0',
      });
      expect(name === 'plan' ? readFileSync(at('dist/plan/plan.txt'), 'utf8') : out).toBe('x y');
    }
  });
});

describe('the GitLab pipeline', () => {
  const pipeline = (): Pipeline => load(readFileSync(at('.gitlab-ci.yml'), 'utf8')) as Pipeline;
  const script = (job: string): string => {
    const all = pipeline();
    const before = all[job]?.before_script ?? all.default?.before_script ?? [];
    return [...before, ...(all[job]?.script ?? [])].join('\n');
  };
  const api = 'https://gitlab.example.org/api/v4';
  const notes = `${api}/projects/1/merge_requests/2/notes`;
  const mergeRequest = (): Readonly<Record<string, string>> => ({
    CI_MERGE_REQUEST_DIFF_BASE_SHA: git('rev-parse', 'HEAD~1'),
    CI_API_V4_URL: api,
    CI_PROJECT_ID: '1',
    CI_MERGE_REQUEST_IID: '2',
  });
  const requests = (): readonly string[] => noted('calls').match(/^curl .*$/gm) ?? [];

  test('checks a merge request', () => {
    expect(run(script('packs'))).toMatchObject({ code: 0 });
    expect(readdirSync(at('dist/packs')).length).toBe(4);
    for (const path of ['sigpack-tests.xml', 'sigpack-report.xml'])
      expect(readFileSync(at(path), 'utf8')).toContain('<testsuites');
    expect(run(script('diff'), mergeRequest())).toMatchObject({ code: 0 });
    expect(requests()).toEqual([]);
  });

  test('writes one note and changes it with the next push, with the token out of sight', () => {
    const env = { ...mergeRequest(), SIGPACK_GITLAB_TOKEN: 'secret' };
    const others = [
      { id: 8, author: { id: 5 }, body: '<!-- sigpack diff --> of someone else' },
      { id: 9, author: { id: 3 }, body: 'another note' },
    ];
    const first = run(script('diff'), { ...env, ...answer(JSON.stringify(others), '{"id":3}') });
    expect(first).toMatchObject({ code: 0 });
    expect(first.out).not.toContain('secret');
    expect(requests().at(-1)).toMatch(
      new RegExp(`--data-urlencode body@dist/comment\\.md ${notes}$`),
    );
    expect(requests().join()).not.toContain('secret');
    expect(noted('calls')).toContain('header = "PRIVATE-TOKEN: secret"\n');
    expect(readFileSync(at('dist/comment.md'), 'utf8')).toMatch(
      /^<!-- sigpack diff -->\n## Detections/,
    );
    rmSync(inTools('calls'));
    const mine = [
      ...others,
      { id: 10, author: { id: 3 }, body: '<!-- sigpack diff -->\n## Detections' },
    ];
    expect(
      run(script('diff'), { ...env, ...answer(JSON.stringify(mine), '{"id":3}') }),
    ).toMatchObject({ code: 0 });
    expect(requests().at(-1)).toMatch(
      new RegExp(`--request PUT --data-urlencode body@dist/comment\\.md ${notes}/10$`),
    );
  });

  test('makes the artifacts of a tag again, a release with its notes, a plan, and does that plan', () => {
    git('checkout', '-q', 'v1.0.0');
    mkdirSync(at('splunk/etc/apps'), { recursive: true });
    const env = {
      CI_COMMIT_TAG: 'v1.0.0',
      CI_COMMIT_SHA: 'abc',
      CI_PROJECT_URL: 'https://gitlab.example.org/acme/rules',
      CI_JOB_ID: '9',
      CI_API_V4_URL: api,
      CI_PROJECT_ID: '1',
      SIGPACK_PLACE: 'soc-lab',
      SIGPACK_GITLAB_TOKEN: 'secret',
    };
    expect(run(script('release'), env)).toMatchObject({ code: 0 });
    const provenance = readdirSync(at('dist/packs')).find((name) => name.endsWith('.intoto.json'));
    expect(readFileSync(at(`dist/packs/${provenance}`), 'utf8')).toContain(
      '"id": "https://gitlab.example.org/acme/rules"',
    );
    expect(readFileSync(at('dist/notes.md'), 'utf8')).not.toContain('Older than this version');
    expect(run(script('publish'), env)).toMatchObject({ code: 0 });
    expect(pipeline().publish?.release).toMatchObject({
      tag_name: '$CI_COMMIT_TAG',
      description: 'dist/notes.md',
    });
    expect(run(script('plan'), { ...env, SIGPACK_SECRET: 'hidden' })).toMatchObject({
      code: 0,
      out: expect.stringContaining('nothing → 1.0.0'),
    });
    expect(requests()).toHaveLength(1);
    expect(requests()[0]).toMatch(
      /--data-urlencode note@dist\/plan\/plan\.md https:\S+\/repository\/commits\/abc\/comments$/,
    );
    expect(readdirSync(at('splunk/etc/apps'))).toEqual([]);
    expect(pipeline().deploy).toMatchObject({
      environment: 'production',
      rules: [{ when: 'manual' }],
    });
    expect(run(script('deploy'), env)).toMatchObject({ code: 0 });
    expect(readdirSync(at('splunk/etc/apps'))).toHaveLength(1);
    rmSync(at('dist'), { recursive: true });
    expect(run(script('release'), { ...env, CI_COMMIT_TAG: 'v1.0.1' }).code).not.toBe(0);
  });
});

describe('sigpack init', () => {
  const initialized = async (
    files: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ) => {
    const place = mkdtempSync(inTools('init-'));
    writeFiles(place, files);
    const { code, stdout, stderr } = await sigpack(
      ['init', '.', ...initFlags, '--no-build', ...args],
      { cwd: place },
    );
    const path = join(place, 'package.json');
    return {
      code,
      said: stdout + stderr,
      package: existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as unknown) : undefined,
    };
  };

  const root = join(import.meta.dirname, '..');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const pack = `npm pack ${root} --pack-destination vendor`;
  const rest =
    'npm install\nThen: commit vendor/ and package-lock.json: CI runs nothing else\nThen: sigpack build\n';

  // package.test.ts has what an installed Sigpack names
  test('names a tarball of the checkout that runs, and says how to make it', async () => {
    const made = await initialized({});
    expect(made).toMatchObject({
      code: 0,
      package: { devDependencies: { sigpack: `file:vendor/sigpack-${version}.tgz` } },
    });
    expect(made.said).toContain(`Next: mkdir vendor\nThen: ${pack}\nThen: ${rest}`);
  });

  test('names a version that was asked for, and says what CI needs', async () => {
    const made = await initialized({}, '--package', version);
    expect(made).toMatchObject({ code: 0, package: { devDependencies: { sigpack: version } } });
    expect(made.said).toContain(
      'Next: npm install\nThen: commit package-lock.json: CI runs what is in it and nothing else\nThen: sigpack build\n',
    );
  });

  test.each([
    ['folder', '.gitkeep', `\nNext: ${pack}\nThen: ${rest}`],
    ['tarball', `sigpack-${version}.tgz`, `\nNext: ${rest}`],
  ])('does not ask for a %s that is there', async (_, name, said) => {
    const made = await initialized({ [`vendor/${name}`]: '' });
    expect(made.said).toContain(said);
  });

  test.each([
    ['proj', 'cd proj'],
    ["a/b c's", "cd 'a/b c'\\''s'"],
  ])('says to go to the folder %s first', async (folder, step) => {
    const { stdout } = await sigpack(['init', folder, ...initFlags], {
      cwd: mkdtempSync(inTools('init-')),
    });
    expect(stdout).toContain(`\nNext: ${step}\nThen: mkdir vendor\nThen: npm pack `);
  });

  test('takes a tarball where no registry has the package', async () => {
    const made = await initialized(
      { 'sigpack-0.1.0.tgz': '' },
      '--package',
      'file:sigpack-0.1.0.tgz',
    );
    expect(made).toMatchObject({
      code: 0,
      package: { devDependencies: { sigpack: 'file:sigpack-0.1.0.tgz' } },
    });
    expect(made.said).toContain('Next: npm install\nThen: commit package-lock.json: ');
  });

  test.each([
    ['file:nowhere.tgz', /nowhere\.tgz is not there; npm pack/],
    ['latest', /--package takes a whole version/],
    ['^0.1.0', /--package takes a whole version/],
    ['other-name@1.0.0', /--package takes a whole version/],
  ])('refuses %s, which could be anything tomorrow', async (spec, said) => {
    const made = await initialized({}, '--package', spec);
    expect(made).toMatchObject({ code: 2, package: undefined });
    expect(made.said).toMatch(said);
  });

  test('leaves what npm has written, and what is ignored, as they are', async () => {
    const own = { name: 'rules', devDependencies: { sigpack: '0.1.0' } };
    const installed = await initialized({
      'package.json': JSON.stringify(own),
      'package-lock.json': '{}',
      '.gitignore': '/dist\nnode_modules\n',
    });
    expect(installed).toMatchObject({ code: 0, package: own });
    expect(installed.said).toContain('Next: sigpack build\n');
    const other = await initialized(
      { 'package.json': '{"name":"site"}', '.gitignore': 'dist\n' },
      '--force',
    );
    expect(other).toMatchObject({ code: 0, package: { name: 'site' } });
    expect(other.said).toContain(
      `Next: add node_modules/ to .gitignore\nThen: mkdir vendor\nThen: ${pack}\nThen: npm install --save-dev --save-exact file:vendor/sigpack-${version}.tgz\n`,
    );
    const pinned = await initialized({ 'package.json': JSON.stringify(own) });
    expect(pinned.said).toContain('Next: npm install\nThen: commit package-lock.json: ');
  });
});
