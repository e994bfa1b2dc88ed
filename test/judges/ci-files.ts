/**
 * The CI files that `sigpack init` writes, and those of this project with its action and its hooks,
 * before zizmor, actionlint with ShellCheck, the schemas of GitHub and GitLab, pre-commit, and jq.
 * Each judge must find the fault that is put in for it, too: one that says nothing of anything
 * proves nothing.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { gitOptions } from '../git-options.ts';
import { initFlags } from '../project-folder.ts';
import { existing, installed, main, root } from './places.ts';

const bin = (name: string): string => installed('ci-files', 'ci-files', 'bin', name);
const workflow = '.github/workflows/detections.yml';
const [own, written] = ['own', 'init'].map((name) =>
  join(mkdtempSync(join(tmpdir(), 'sigpack-ci-files-')), name),
) as [string, string];

interface Judge {
  readonly name: string;
  /** Of the files in the folder. */
  readonly command: (folder: string) => readonly string[];
  /** A fault that it must find: a file of the first folder, a text in it, and what replaces it. */
  readonly fault: readonly [path: string, text: string, replacement: string];
  /** What it reads: what `init` writes, or the project's own files. */
  readonly folders: readonly [string, ...string[]];
}

const schema = (name: string, file: string) => (folder: string) => [
  bin('check-jsonschema'),
  '--builtin-schema',
  `vendor.${name}`,
  join(folder, file),
];
const judges: readonly Judge[] = [
  {
    name: 'zizmor',
    command: (folder) => [bin('zizmor'), '--offline', '--no-progress', '--format', 'plain', folder],
    fault: [workflow, '@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1', '@v7'],
    folders: [written, own],
  },
  {
    name: 'actionlint',
    command: (folder) => [
      bin('actionlint'),
      '-no-color',
      '-shellcheck',
      bin('shellcheck'),
      ...workflowsOf(folder),
    ],
    fault: [workflow, 'runs-on: ubuntu-24.04', 'runs-on: ubuntu-nowhere'],
    folders: [written, own],
  },
  {
    name: 'ShellCheck in actionlint',
    command: (folder) => [
      bin('actionlint'),
      '-no-color',
      '-shellcheck',
      bin('shellcheck'),
      ...workflowsOf(folder),
    ],
    fault: [workflow, '--to "$PLACE"', '--to $PLACE'],
    folders: [written],
  },
  {
    name: 'schema of workflows',
    command: schema('github-workflows', workflow),
    fault: [workflow, 'timeout-minutes: 15', 'timeout: 15'],
    folders: [written],
  },
  {
    name: 'schema of Dependabot',
    command: schema('dependabot', '.github/dependabot.yml'),
    fault: ['.github/dependabot.yml', 'interval: weekly', 'interval: often'],
    folders: [written],
  },
  {
    name: 'schema of GitLab',
    command: schema('gitlab-ci', '.gitlab-ci.yml'),
    fault: ['.gitlab-ci.yml', 'action: access', 'action: look'],
    folders: [written],
  },
  {
    name: 'ShellCheck of GitLab',
    command: (folder) => [bin('shellcheck'), '--shell=bash', ...gitlabScripts(folder)],
    fault: ['.gitlab-ci.yml', '"$notes/$id"', '$notes/$id'],
    folders: [written],
  },
  {
    name: 'schema of actions',
    command: schema('github-actions', 'action.yml'),
    fault: ['action.yml', 'using: composite', 'using: nothing'],
    folders: [own],
  },
];

function workflowsOf(folder: string): readonly string[] {
  return folder === own
    ? ['ci.yml', 'release.yml'].map((name) => join(folder, '.github/workflows', name))
    : [join(folder, workflow)];
}

/** Each job's script as a file of its own, as the runner makes it. */
function gitlabScripts(folder: string): readonly string[] {
  const jobs = load(readFileSync(join(folder, '.gitlab-ci.yml'), 'utf8')) as Readonly<
    Record<string, { readonly script?: readonly string[] }>
  >;
  return Object.entries(jobs).flatMap(([name, { script }]) => {
    if (!script) return [];
    const path = join(folder, `${name}.sh`);
    writeFileSync(path, `set -eo pipefail\n${script.join('\n')}\n`);
    return [path];
  });
}

function run(
  [program = '', ...args]: readonly string[],
  { input = '', cwd = root }: { readonly input?: string; readonly cwd?: string } = {},
): { readonly passed: boolean; readonly out: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    input,
    env: { ...process.env, PRE_COMMIT_HOME: `${own}-hooks` },
  });
  if (error) throw error;
  return { passed: status === 0, out: `${stdout}${stderr}` };
}

let [passed, failed] = [0, 0];
function check(what: string, holds: boolean, out: string): void {
  if (holds) passed++;
  else {
    failed++;
    console.error(`FAILED: ${what}\n${out}`);
  }
}

/** The expression that finds the workflow's own comment, on comments of several people. */
function checkOwnComment(): void {
  const expression =
    /mine='([^']+)'/.exec(readFileSync(join(written, workflow), 'utf8'))?.[1] ?? '';
  const bot = { login: 'github-actions[bot]' };
  const comments = [
    { id: 1, user: { login: 'someone' }, body: '<!-- sigpack diff -->' },
    { id: 2, user: bot, body: 'of another workflow' },
    { id: 3, user: bot, body: '<!-- sigpack diff -->\n## Detections' },
  ];
  const program =
    'import jq, json, sys; print(jq.compile(sys.argv[1]).input_value(json.load(sys.stdin)).all())';
  const { out } = run([bin('python3'), '-c', program, expression], {
    input: JSON.stringify(comments),
  });
  check('jq finds the own comment alone', out === '[3]\n', out);
}

/**
 * The hooks, run by pre-commit in the project that `init` has written: with a sound rule, and with
 * one that does not compile.
 */
function checkHooks(): void {
  const hooks = join(own, '..', 'hooks');
  mkdirSync(hooks);
  cpSync(join(root, '.pre-commit-hooks.yaml'), join(hooks, '.pre-commit-hooks.yaml'));
  const programs = join(written, 'node_modules', '.bin');
  mkdirSync(programs, { recursive: true });
  writeFileSync(
    join(programs, 'sigpack'),
    `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`,
    { mode: 0o755 },
  );
  const commit = (cwd: string): void => {
    for (const args of [
      ['init', '-q'],
      ['add', '-A'],
      [...gitOptions, 'commit', '-q', '-m', 'start'],
    ]) {
      const { passed: done, out } = run(['git', ...args], { cwd });
      if (!done) throw new Error(out);
    }
  };
  for (const cwd of [hooks, written]) commit(cwd);
  const hook = (id: string) =>
    run([bin('pre-commit'), 'try-repo', hooks, id, '--all-files'], { cwd: written });
  for (const id of ['sigpack-check', 'sigpack-test']) {
    const { passed: sound, out } = hook(id);
    check(`pre-commit: ${id} passes`, sound && out.includes('Passed'), out);
  }
  const rule = join(written, 'rules/windows/office-starts-schtasks.yml');
  writeFileSync(rule, readFileSync(rule, 'utf8').replace('all of selection_*', 'selectoin'));
  const { passed: broken, out } = hook('sigpack-check');
  check(
    'pre-commit: finds selectoin',
    !broken && out.includes('there is no selection `selectoin`'),
    out,
  );
}

existing(main, 'run npm run build');
mkdirSync(written);
const { passed: made, out: said } = run([process.execPath, main, 'init', written, ...initFlags]);
if (!made) throw new Error(said);
for (const name of ['.github', 'action.yml'])
  cpSync(join(root, name), join(own, name), { recursive: true });
for (const { name, command, fault, folders } of judges) {
  for (const folder of folders) {
    const clean = run(command(folder));
    check(
      `${name}: ${folder === own ? "the project's own files are" : 'what init writes is'} clean`,
      clean.passed,
      clean.out,
    );
  }
  const [path, text, replacement] = fault;
  const [folder] = folders;
  const file = join(folder, path);
  const sound = readFileSync(file, 'utf8');
  writeFileSync(file, sound.replace(text, replacement));
  const faulty = run(command(folder));
  check(
    `${name}: finds ${replacement} in ${path}`,
    sound.includes(text) && !faulty.passed,
    faulty.out,
  );
  writeFileSync(file, sound);
}
checkOwnComment();
checkHooks();
for (const folder of [own, written]) rmSync(join(folder, '..'), { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
