import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { writeFiles } from './project-folder.ts';
import { environment, mainFile, sigpack } from './sigpack.ts';

const after = async (...words: readonly string[]): Promise<readonly string[]> =>
  (await sigpack(['completion', 'words', ...words])).stdout
    .split('\n')
    .filter((word) => word !== '');

describe('after what has been typed come', () => {
  it.each([
    ['commands', ['con'], ['convert']],
    ['commands below none', ['sta'], ['stats', 'status']],
    ['options', ['convert', '--skip'], ['--skip-unsupported']],
    ['options of the program', ['--ver'], ['--version']],
    ['targets', ['convert', '-t', 'sp'], ['splunk']],
    ['targets behind a comma', ['convert', '-t', 'splunk,gr'], ['splunk,graylog', 'splunk,grep']],
    ['targets of a pack', ['build', '-t', 'gr'], ['graylog']],
    [
      'pipelines',
      ['convert', 'rules', '--pipeline', 'splunk-w'],
      ['splunk-web', 'splunk-windows-classic', 'splunk-windows-xml'],
    ],
    ['pipelines of the target', ['convert', '-t', 'graylog', '-p', 's'], []],
    [
      'pipelines of each target',
      ['convert', '-t', 'graylog,logpoint', '-p', 'logp'],
      ['logpoint', 'logpoint-windows'],
    ],
    ['pipelines of an alias', ['convert', '--target=es', 'rules', '-p', 'elas'], ['elastic']],
    ['pipelines as bash parts the words', ['match', '--target', '=', 'graylog', '-p', 'splu'], []],
    ['none for a target without pipelines', ['convert', '-t', 'grep', '-p', ''], ['none']],
    ['formats of the target', ['convert', '-t', 'lucene', '-f', 'k'], ['kibana-ndjson']],
    ['no formats of other targets', ['convert', '-t', 'splunk', '-f', 'k'], []],
    ['formats of a report', ['check', '-f', 's'], ['sarif']],
    ['formats with an equals sign', ['check', '--format=s'], ['--format=sarif']],
    ['formats as bash parts the words', ['check', '--format', '=', 's'], ['sarif']],
    ['lists', ['list', 'lo'], ['logsources']],
    ['shells', ['completion', 'z'], ['zsh']],
    ['files, which the shell knows', ['convert', ''], []],
    ['no hidden options', ['test', '--rep'], []],
    [
      'all for two quotes, which stand for nothing',
      ['check', '--fail-on', '""'],
      ['error', 'warning', 'never'],
    ],
  ])('%s', async (_, words, expected) => expect(await after(...words)).toEqual(expected));
});

test('--to has the places of the configuration', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-completion-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const places =
    'installs: { lab: { kind: splunk-disk, home: lab }, live: { kind: splunk-disk, home: live } }';
  writeFiles(folder, { 'sigpack.yml': places, 'other.yml': places.replace('live', 'labour') });
  const words = async (...typed: readonly string[]): Promise<string> =>
    (await sigpack(['completion', 'words', ...typed], { cwd: folder })).stdout;
  expect(await words('install', 'x.spl', '--to', '')).toBe('lab\nlive\n');
  expect(await words('rollback', '-c', 'other.yml', '--to', 'labo')).toBe('labour\n');
  writeFiles(folder, { 'sigpack.yml': 'installs: [' });
  expect(await words('install', '--to', '')).toBe('');
});

const script = async (shell: string): Promise<string> =>
  (await sigpack(['completion', shell])).stdout;
const inShell = (shell: string, ...args: readonly string[]) =>
  spawnSync(shell, args, { encoding: 'utf8', env });
// SIGPACK_SHELLS names those that have to be there, as CI does
const has = (shell: string): boolean =>
  (process.env.SIGPACK_SHELLS ?? '').split(',').includes(shell) ||
  spawnSync(shell, ['--version']).status === 0;
const env = environment({ LC_ALL: 'C.UTF-8', NODE: process.execPath, MAIN: mainFile });

test('bash completes by the script', async () => {
  const typed = `sigpack() { "$NODE" "$MAIN" "$@"; }
${await script('bash')}
complete -p sigpack
for line in 'convert -t spl' 'convert -t splunk,' 'list '; do
  COMP_WORDS=(sigpack $line); [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _sigpack
  printf '%s: %s\\n' "$line" "\${COMPREPLY[*]}"
done`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-euc', typed], {
    encoding: 'utf8',
    env,
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.split('\n')).toEqual([
    'complete -o default -F _sigpack sigpack',
    'convert -t spl: splunk',
    'convert -t splunk,: splunk,es-qs splunk,xpack-watcher splunk,graylog splunk,logpoint splunk,grep',
    'list : targets formats pipelines logsources fields',
    '',
  ]);
});

test.skipIf(!has('zsh'))('zsh completes by the script', () => {
  // a shell that believes to have a terminal, as at a prompt
  const typed = `zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT=; autoload -Uz compinit; compinit -D -u; sigpack() { "$NODE" "$MAIN" "$@"; }; eval "$(sigpack completion zsh)"; echo re""ady'
zpty -r shell out '*ready*'
zpty -w -n shell $'sigpack convert -t spl\\t'
zpty -r shell out '*splunk*'
print -r -- "$out"`;
  const { stdout, stderr } = spawnSync('zsh', ['-fc', typed], {
    encoding: 'utf8',
    env,
    timeout: 20_000,
  });
  expect(stderr).toBe('');
  expect(stdout).toContain('sigpack convert -t splunk');
});

test.skipIf(!has('fish'))('fish completes by the script', async () => {
  const typed = `function sigpack; $NODE $MAIN $argv; end\n${await script('fish')}\ncomplete -C 'sigpack convert -t spl'`;
  expect(inShell('fish', '-N', '-c', typed).stdout).toContain('splunk');
});

test.skipIf(!has('pwsh'))('PowerShell completes by the script', async () => {
  const typed = `function sigpack { & $env:NODE $env:MAIN @args }\n${await script('powershell')}\n(TabExpansion2 'sigpack convert -t spl' 22).CompletionMatches.CompletionText`;
  expect(inShell('pwsh', '-NoProfile', '-Command', typed).stdout).toContain('splunk');
});

test('each script names the command that it asks', async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell'])
    expect(await script(shell)).toContain('sigpack completion words');
  expect(await sigpack(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('bash, zsh, fish, powershell'),
  });
});
