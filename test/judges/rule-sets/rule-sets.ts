/**
 * Runs every command over other people's folders of rules and pipelines, and compares which files
 * Sigpack and sigma-cli take. Usage: SIGPACK_RULE_SETS=FOLDER[:FOLDER...] node
 * test/judges/rule-sets/rule-sets.ts   needs setup.sh sigma-cli and a build. Without the variable:
 * the folders of the public corpus. Fails for a command that breaks down, and in the corpus for a
 * file that sigma-cli takes and Sigpack does not, where the reason is none of those known.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative, resolve } from 'node:path';
import { existing, installed, main } from '../places.ts';
import { knownReasons } from './known-reasons.ts';

existing(main, 'run npm run build');
const python = installed('sigma-cli', 'sigma', 'bin', 'python3');
const given = process.env.SIGPACK_RULE_SETS;
const sets =
  given === undefined ? await corpusSets() : given.split(delimiter).filter((path) => path !== '');
for (const path of sets) existing(path, 'SIGPACK_RULE_SETS names it');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-rule-sets-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'event.json'), '{ "EventID": 1, "Image": "C:\\\\x.exe" }');

async function corpusSets(): Promise<readonly string[]> {
  const { shared } = await import('../corpus.ts');
  return [
    'rules',
    'rules-emerging-threats',
    'rules-threat-hunting',
    'rules-compliance',
    'rules-placeholder',
    'deprecated',
    'unsupported',
  ].map((name) => join(shared, 'corpus', name));
}

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
const run = (args: readonly string[]): Ran => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    timeout: 300_000,
  });
  return { code: status, stdout, stderr };
};

/** Every command that reads rules. Exit code 1: there are diagnostics, 2: there is nothing to do. */
const commands = (path: string): readonly (readonly string[])[] => [
  ['build', path, '-p', 'none', '-o', 'out'],
  ['stats', path, '-p', 'none'],
  ['diff', path, 'out'],
  ['docs', path, '-p', 'none', '-f', 'md', '-o', 'pages'],
  ['test', path],
  ['match', path, '--events', 'event.json'],
  ['explain', path, '-t', 'splunk', '-p', 'none'],
  ...['splunk', 'graylog', 'es-qs', 'logpoint', 'grep', 'xpack-watcher'].map((target) => [
    'convert',
    path,
    '-t',
    target,
    '-p',
    'none',
    '-o',
    'queries',
  ]),
];

let failures = 0;
function fail(message: string): void {
  failures++;
  console.error(`FAILED: ${message}`);
}

function breaksDown(args: readonly string[], { code, stderr }: Ran): boolean {
  if (code !== null && code <= 2 && !/^(?:sigpack: )?internal error/m.test(stderr)) return false;
  fail(`sigpack ${args.join(' ')}: exit code ${code}\n${stderr.slice(-2000)}`);
  return true;
}

interface Diagnostic {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly file: string;
}

/** The first error of each file, for a pack of the Splunk app alone. */
function refusedBySigpack(path: string): ReadonlyMap<string, Diagnostic> {
  const args = ['check', path, '-t', 'splunk', '-p', 'none', '-f', 'json'];
  const ran = run(args);
  if (breaksDown(args, ran)) return new Map();
  const { diagnostics } = JSON.parse(ran.stdout) as { readonly diagnostics: readonly Diagnostic[] };
  const errors = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map((one) => [resolve(folder, one.file), one] as const);
  return new Map(errors.reverse());
}

interface Answer {
  readonly folder: string;
  readonly path: string;
  readonly kind: 'rules' | 'pipeline';
  readonly error?: string;
}

/** By the folder; pySigma starts once for all. */
function theirAnswers(paths: readonly string[]): ReadonlyMap<string, readonly Answer[]> {
  const { status, stdout, stderr } = spawnSync(
    python,
    [join(import.meta.dirname, 'accept.py'), ...paths],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  if (status !== 0) throw new Error(stderr);
  const answers = stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
  return Map.groupBy(answers, ({ folder }) => folder);
}

const probe = join(folder, 'probe.yml');
writeFileSync(
  probe,
  'title: Probe of a pipeline\nid: 00000000-0000-4000-8000-000000000000\nstatus: test\nlevel: low\nlogsource: { category: process_creation, product: windows }\ndetection: { s: { Image: x }, condition: s }\n',
);

function pipelineFault(path: string): string | undefined {
  const args = ['convert', probe, '-t', 'splunk', '-p', path];
  const ran = run(args);
  if (breaksDown(args, ran)) return 'broke down';
  return ran.code === 0
    ? undefined
    : (/error\[(\w+)\]: (.*)/.exec(ran.stderr)?.slice(1).join(' ') ??
        ran.stderr.trim().split('\n').at(-1));
}

const table: Record<string, Readonly<Record<string, number>>> = {};
const paths = [...new Set(sets.map((set) => resolve(set)))];
const theirs = theirAnswers(paths);
for (const set of sets) {
  const path = resolve(set);
  for (const args of commands(path)) breaksDown(args, run(args));
  const refused = refusedBySigpack(path);
  const counts = { files: 0, both: 0, neither: 0, 'Sigpack alone': 0, 'sigma-cli alone': 0 };
  const reasons = new Map<string, string[]>();
  for (const { path: file, kind, error } of theirs.get(path) ?? []) {
    const one = refused.get(file);
    const ours = kind === 'pipeline' ? pipelineFault(file) : one && `${one.code} ${one.message}`;
    counts.files++;
    if (ours === undefined) counts[error === undefined ? 'both' : 'Sigpack alone']++;
    else counts[error === undefined ? 'sigma-cli alone' : 'neither']++;
    if (ours === undefined || error !== undefined) continue;
    const known = knownReasons.find(({ message }) => message.test(ours));
    if (!known && given === undefined)
      fail(`${relative(path, file)}: sigma-cli takes it, Sigpack says ${ours}`);
    const reason = known?.why ?? ours.replace(/`[^`]*`|"[^"]*"/g, '…');
    reasons.set(reason, [...(reasons.get(reason) ?? []), relative(path, file)]);
  }
  table[set.split('/').at(-1) ?? set] = counts;
  for (const [reason, files] of [...reasons].sort(([, a], [, b]) => b.length - a.length)) {
    console.log(`${set.split('/').at(-1)}: ${files.length} × ${reason}, such as ${files[0]}`);
  }
}
console.table(table);
console.log(failures === 0 ? 'every command ran over every set' : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
