/**
 * Runs every command over other people's folders of rules and pipelines, and compares which files
 * Sigpack and sigma-cli take. Usage: SIGPACK_RULE_SETS=FOLDER[:FOLDER...] node
 * test/judges/rule-sets/rule-sets.ts   needs setup.sh sigma-cli and a build. Without the variable:
 * the folders of the public corpus. Fails for a command that breaks down, and in the corpus for a
 * file that sigma-cli takes and Sigpack does not, where the reason is none of those known.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { type Run, spawned } from '../../sigpack.ts';
import { warmProcess } from '../../warm.ts';
import { fileDigests, keptOrMade, pythonDigest } from '../kept.ts';
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

const longest = 300_000;
let loaded = warmProcess();

/** One command after the other in one process; a new one after one that ends it, or takes too long. */
async function runLoaded(args: readonly string[]): Promise<Run> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`longer than ${longest} ms`)), longest);
  try {
    return await Promise.race([loaded.run(args, { cwd: folder }), late]);
  } catch (error) {
    loaded.kill();
    loaded = warmProcess();
    return { code: undefined, stdout: '', stderr: String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** In the last set each command has a process of its own, which has to end by itself. */
const run = (args: readonly string[], set: string): Run | Promise<Run> =>
  set === sets.at(-1) ? spawned(args, { cwd: folder }) : runLoaded(args);

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

function breaksDown(args: readonly string[], { code, stderr }: Run): boolean {
  if (code !== undefined && code <= 2 && !/^(?:sigpack: )?internal error/m.test(stderr))
    return false;
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
async function refusedBySigpack(path: string): Promise<ReadonlyMap<string, Diagnostic>> {
  const args = ['check', path, '-t', 'splunk', '-p', 'none', '-f', 'json'];
  const ran = await runLoaded(args);
  if (breaksDown(args, ran)) return new Map();
  const { diagnostics } = JSON.parse(ran.stdout) as { readonly diagnostics: readonly Diagnostic[] };
  const errors = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map((one) => [resolve(folder, one.file), one] as const);
  return new Map(errors.reverse());
}

interface Answer {
  /** The place of the folder in the list. */
  readonly set: number;
  /** In the folder. */
  readonly path: string;
  readonly kind: 'rules' | 'pipeline';
  readonly error?: string;
}

/** By the folder; pySigma starts once for all. What it said of the public rules before is kept. */
function theirAnswers(paths: readonly string[]): ReadonlyMap<string, readonly Answer[]> {
  const script = join(import.meta.dirname, 'accept.py');
  const accepted = (): string => {
    const { status, stdout, stderr } = spawnSync(python, [script, ...paths], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  const from = (): readonly string[] => [
    pythonDigest(join(python, '..', '..')),
    ...fileDigests([script]),
    ...paths.flatMap((path) => ['folder', ...namesAndDigests(path)]),
  ];
  const lines = given === undefined ? keptOrMade('rule-sets.jsonl', from, accepted) : accepted();
  const answers = lines
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
  return Map.groupBy(answers, ({ set }) => paths[set] ?? '');
}

function namesAndDigests(set: string): readonly string[] {
  const names = readdirSync(set, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/i.test(name) && statSync(join(set, name)).isFile())
    .sort();
  return [...names, ...fileDigests(names.map((name) => join(set, name)))];
}

const probe = join(folder, 'probe.yml');
writeFileSync(
  probe,
  'title: Probe of a pipeline\nid: 00000000-0000-4000-8000-000000000000\nstatus: test\nlevel: low\nlogsource: { category: process_creation, product: windows }\ndetection: { s: { Image: x }, condition: s }\n',
);

async function pipelineFault(path: string): Promise<string | undefined> {
  const args = ['convert', probe, '-t', 'splunk', '-p', path];
  const ran = await runLoaded(args);
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
  for (const args of commands(path)) breaksDown(args, await run(args, set));
  const refused = await refusedBySigpack(path);
  const counts = { files: 0, both: 0, neither: 0, 'Sigpack alone': 0, 'sigma-cli alone': 0 };
  const reasons = new Map<string, string[]>();
  for (const { path: name, kind, error } of theirs.get(path) ?? []) {
    const file = join(path, name);
    const one = refused.get(file);
    const ours =
      kind === 'pipeline' ? await pipelineFault(file) : one && `${one.code} ${one.message}`;
    counts.files++;
    if (ours === undefined) counts[error === undefined ? 'both' : 'Sigpack alone']++;
    else counts[error === undefined ? 'sigma-cli alone' : 'neither']++;
    if (ours === undefined || error !== undefined) continue;
    const known = knownReasons.find(({ message }) => message.test(ours));
    if (!known && given === undefined) fail(`${name}: sigma-cli takes it, Sigpack says ${ours}`);
    const reason = known?.why ?? ours.replace(/`[^`]*`|"[^"]*"/g, '…');
    reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  table[set.split('/').at(-1) ?? set] = counts;
  for (const [reason, files] of [...reasons].sort(([, a], [, b]) => b.length - a.length)) {
    console.log(`${set.split('/').at(-1)}: ${files.length} × ${reason}, such as ${files[0]}`);
  }
}
await loaded.end();
console.table(table);
console.log(failures === 0 ? 'every command ran over every set' : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
