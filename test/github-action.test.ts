import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ciPlace } from './ci-place.ts';
import { initFlags } from './project-folder.ts';
import { mainFile, sigpack } from './sigpack.ts';
import { type WarmShell, warmShell } from './warm-shell.ts';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly default: string }>
  >;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const root = join(import.meta.dirname, '..');
const action = load(readFileSync(join(root, 'action.yml'), 'utf8')) as Action;
const pinned = /^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/;

const { at, inTools, rulePath, make, remove, git, tool, run, noted, changeRule } = ciPlace({
  project: 'detections',
  programs: [dirname(process.execPath)],
});
const project = (): string => at('detections');

let warm: WarmShell;
beforeAll(async () => {
  warm = await warmShell();
});
afterAll(() => warm.end());

/** Gives each test of a group a new project, which is not built. */
function withProject(): void {
  beforeEach(async () => {
    make();
    // takes the place of the servers: npm's registry, and GitHub, which knows no comment yet
    tool('npm', 'echo "npm $*" >> "$CALLS"');
    tool('gh', 'echo "gh $*" >> "$CALLS"');
    const other = `[ "$1" = '${mainFile}' ] || exec '${process.execPath}' "$@"`;
    warm.write(inTools('node'), `${other}\nshift`);
    expect(
      (await sigpack(['init', 'detections', ...initFlags, '--no-build'], { cwd: at() })).code,
    ).toBe(0);
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'start');
  });
  afterEach(remove);
}

interface Outcome {
  readonly failed: readonly string[];
  /** The actions that were called, with what they were given. */
  readonly used: readonly Step[];
  readonly out: string;
  readonly outputs: Readonly<Record<string, string>>;
}

type Values = Map<string, string>;
const fill = (values: Values, text: string): string =>
  text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => values.get(name) ?? '');
const fillAll = (
  values: Values,
  texts: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, fill(values, String(text))]));

/** The conditions that the action has: comparisons with texts, joined by `&&`. */
const holds = (values: Values, condition: string): boolean =>
  condition
    .replace(/^\$\{\{ (.*) \}\}$/, '$1')
    .split(' && ')
    .every((part) => {
      if (part === '!cancelled()') return true;
      const [, name = '', operator, wanted] = /^([\w.-]+) (==|!=) '(.*)'$/.exec(part) ?? [];
      expect(operator, part).toBeDefined();
      return ((values.get(name) ?? '') === wanted) === (operator === '==');
    });

/**
 * Runs the steps as a runner does: expressions are replaced, a step of bash that fails ends all but
 * those that run all the same.
 */
function runAction(
  inputs: Readonly<Record<string, string>>,
  event: 'push' | 'pull_request' = 'push',
): Outcome {
  const values: Values = new Map([
    ['github.token', 'a-token'],
    ['github.event_name', event],
    ['github.event.pull_request.base.sha', git('rev-parse', 'HEAD')],
    ['github.event.pull_request.number', '7'],
  ]);
  for (const [name, { default: usual }] of Object.entries(action.inputs))
    values.set(`inputs.${name}`, inputs[name] ?? fill(values, usual));
  const [failed, used]: [string[], Step[]] = [[], []];
  let out = '';
  for (const [index, step] of action.runs.steps.entries()) {
    if (failed.length > 0 && step.if === undefined) continue;
    if (step.if !== undefined && !holds(values, step.if)) continue;
    if (step.uses !== undefined) {
      used.push({ ...step, with: fillAll(values, step.with) });
      continue;
    }
    const written = inTools(`output-${index}`);
    writeFileSync(written, '');
    const { code, out: said } = run(step.run ?? '', {
      RUNNER_TEMP: inTools(),
      GITHUB_ACTION_PATH: root,
      GITHUB_OUTPUT: written,
      ...fillAll(values, step.env),
    });
    out += said;
    if (code !== 0) failed.push(step.run ?? '');
    if (step.id === undefined) continue;
    values.set(`steps.${step.id}.outcome`, code === 0 ? 'success' : 'failure');
    for (const [, name, value] of readFileSync(written, 'utf8').matchAll(/^(\w+)=(.*)$/gm))
      values.set(`steps.${step.id}.outputs.${name}`, value ?? '');
  }
  return {
    failed,
    used,
    out,
    outputs: Object.fromEntries(
      Object.entries(action.outputs).map(([name, { value }]) => [name, fill(values, value)]),
    ),
  };
}
const here = {
  config: 'detections/sigpack.yml',
  output: 'detections/dist/packs',
  report: 'detections/dist/report',
};

describe('the action', () => {
  withProject();

  test('runs the main file that this project builds, and pins what it uses', () => {
    expect(mainFile).toBe(join(root, 'dist/lib/cli/main.js'));
    const { steps, using } = action.runs;
    expect(using).toBe('composite');
    expect(steps.flatMap(({ uses }) => uses ?? []).filter((uses) => !pinned.test(uses))).toEqual(
      [],
    );
    // what GitHub puts into a script could be a command
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  test('checks, tests and builds a project in a folder', () => {
    const { failed, used, outputs } = runAction(here);
    expect(failed).toEqual([]);
    expect(noted('calls')).toBe('npm ci --no-audit --no-fund\nnpm run -s build\n');
    expect(outputs).toEqual({
      packs: join(project(), 'dist/packs'),
      sarif: join(project(), 'dist/report/sigpack.sarif'),
      diff: join(project(), 'dist/report/diff.md'),
    });
    expect(readdirSync(join(project(), 'dist/packs'))).toHaveLength(4);
    expect(JSON.parse(readFileSync(outputs.sarif ?? '', 'utf8'))).toMatchObject({
      version: '2.1.0',
    });
    expect(existsSync(outputs.diff ?? '')).toBe(false);
    expect(used).toHaveLength(1);
  });

  test('builds and tests nothing where it is told so', () => {
    changeRule('outlook', 'onenote');
    const tests = rulePath().replace(/\.yml$/, '.test.yml');
    writeFileSync(tests, 'tests:\n  - { name: wrong, match: true, event: { Image: x } }\n');
    expect(runAction(here).failed).toEqual([expect.stringContaining(' test --config ')]);
    rmSync(join(project(), 'dist'), { recursive: true });
    const { failed, outputs } = runAction({ ...here, tests: 'false', output: '' });
    expect(failed).toEqual([]);
    expect(outputs.packs).toBe('');
    expect(readdirSync(join(project(), 'dist'))).toEqual(['report']);
  });

  test('comments on a pull request, and hands diagnostics to code scanning', () => {
    changeRule('outlook', 'onenote');
    const { failed, used, outputs } = runAction(
      { ...here, comment: 'true', 'code-scanning': 'true' },
      'pull_request',
    );
    expect(failed).toEqual([]);
    expect(readFileSync(outputs.diff ?? '', 'utf8')).toContain('### Meaning changed');
    expect(noted('summary')).toBe(readFileSync(outputs.diff ?? '', 'utf8'));
    expect(readFileSync(inTools('sigpack-comment.md'), 'utf8')).toMatch(
      /^<!-- sigpack diff -->\n## Detections/,
    );
    expect(noted('calls')).toContain(
      'gh api --silent --method POST repos/acme/rules/issues/7/comments',
    );
    expect(used.at(-1)).toMatchObject({
      uses: expect.stringContaining('/upload-sarif@'),
      with: { sarif_file: outputs.sarif },
    });
  });

  test('fails for a rule that does not compile, and reports all the same', () => {
    changeRule('all of selection_*', 'selectoin');
    const { failed, out, outputs } = runAction(
      { ...here, comment: 'true', 'code-scanning': 'true' },
      'pull_request',
    );
    expect(failed.map((script) => / (check|test|build|diff) /.exec(script)?.[1])).toEqual([
      'check',
      'test',
      'build',
    ]);
    expect(out).toMatch(
      /^::error file=detections\/rules\/windows\/office-starts-schtasks\.yml,line=\d+,.*selectoin/m,
    );
    expect(readFileSync(outputs.sarif ?? '', 'utf8')).toContain('selectoin');
    expect(readFileSync(outputs.diff ?? '', 'utf8')).toContain('### Does not compile');
    expect(noted('calls')).toContain('issues/7/comments');
  });
});

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly language: string;
  readonly pass_filenames: boolean;
  readonly files: string;
}
const hooks = load(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8')) as readonly Hook[];

describe('the hooks of pre-commit', () => {
  withProject();

  /**
   * As pre-commit runs a hook of the language `system`: in the folder of the repository, without a
   * shell.
   */
  const runHook = (id: string): { readonly code: number | null; readonly out: string } => {
    const [program = '', ...args] = hooks.find((hook) => hook.id === id)?.entry.split(' ') ?? [];
    const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: project(),
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    });
    return { code: status, out: stdout + stderr };
  };

  test('run the Sigpack that the project has installed, and no other', () => {
    expect(hooks.map(({ id, language, pass_filenames }) => [id, language, pass_filenames])).toEqual(
      [
        ['sigpack-check', 'system', false],
        ['sigpack-test', 'system', false],
      ],
    );
    expect(runHook('sigpack-check').code).not.toBe(0);
    mkdirSync(join(project(), 'node_modules/.bin'), { recursive: true });
    writeFileSync(
      join(project(), 'node_modules/.bin/sigpack'),
      `#!/bin/sh\nexec '${process.execPath}' '${mainFile}' "$@"\n`,
      { mode: 0o755 },
    );
    for (const { id } of hooks) expect([id, runHook(id).code]).toEqual([id, 0]);
    changeRule('all of selection_*', 'selectoin');
    const broken = runHook('sigpack-check');
    expect(broken.code).toBe(1);
    expect(broken.out).toContain('selectoin');
  });
});

describe('a hook of pre-commit', () => {
  test.each([
    ['sigpack-check', ['rules/a.yml', 'sigpack.yml', 'b.yaml'], ['README.md', 'a.yml.bak']],
    ['sigpack-test', ['rules/a.test.yml', 'events/a.ndjson.gz', 'e.json'], ['README.md']],
  ])('%s runs where files changed that it reads', (id, read, other) => {
    const pattern = new RegExp(hooks.find((hook) => hook.id === id)?.files ?? '');
    expect(read.filter((path) => !pattern.test(path))).toEqual([]);
    expect(other.filter((path) => pattern.test(path))).toEqual([]);
  });
});
