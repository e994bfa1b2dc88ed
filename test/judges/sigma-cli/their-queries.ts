import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileDigests, keptOrMade, keptOrMadeTogether, pythonDigest } from '../kept.ts';
import { installed } from '../places.ts';
import type { Answer, Run } from './our-queries.ts';

const bin = join(installed('sigma-cli', 'sigma', 'bin', 'python3'), '..');
const script = join(import.meta.dirname, 'convert.py');

interface Line {
  readonly run: string;
  readonly path: string;
  readonly queries?: readonly string[];
  readonly error?: string;
}

type AnswersByPath = ReadonlyMap<string, Answer>;

/** What the answers of a run are made from; the places of the files make no difference. */
const madeFrom = (
  { backend, pipelines }: Run,
  rules: readonly string[],
  ...scripts: readonly string[]
): readonly string[] => [
  pythonDigest(join(bin, '..')),
  ...fileDigests([import.meta.filename, ...scripts]),
  backend,
  JSON.stringify(fileDigests(pipelines)),
  ...rules,
];

/** The name of what is kept of a run. */
const keptName = (what: string, { name }: Run): string =>
  `${what}-${name.replace(/[^a-z0-9]+/g, '-')}.json`;

/**
 * Converts every rule in every run with pySigma; answers by name of the run, then by path. What it
 * made of the same before is kept.
 */
export async function theirAnswers(
  paths: readonly string[],
  runs: readonly Run[],
): Promise<ReadonlyMap<string, AnswersByPath>> {
  const named = new Map(runs.map((run) => [keptName('pysigma', run), run]));
  const texts = await keptOrMadeTogether(
    () => {
      const rules = fileDigests(paths);
      return new Map(Array.from(named, ([name, run]) => [name, madeFrom(run, rules, script)]));
    },
    async (missing) => {
      const made = await converted(
        paths,
        missing.flatMap((name) => named.get(name) ?? []),
      );
      return new Map(
        missing.map((name) => [name, textOf(paths, made.get(named.get(name)?.name ?? ''))]),
      );
    },
  );
  return new Map(
    Array.from(named, ([name, run]) => [run.name, answersIn(paths, texts.get(name) ?? '')]),
  );
}

/** An answer or null for each path, in their order. */
const textOf = (paths: readonly string[], answers: AnswersByPath | undefined): string =>
  JSON.stringify(paths.map((path) => answers?.get(path) ?? null));

function answersIn(paths: readonly string[], text: string): AnswersByPath {
  const answers = JSON.parse(text) as readonly (Answer | null)[];
  return new Map(
    paths.flatMap((path, at): readonly [string, Answer][] =>
      answers[at] ? [[path, answers[at]]] : [],
    ),
  );
}

/** In two processes. */
async function converted(
  paths: readonly string[],
  runs: readonly Run[],
): Promise<ReadonlyMap<string, AnswersByPath>> {
  const found = new Map(runs.map(({ name }) => [name, new Map<string, Answer>()]));
  const halves = [0, 1].map((half) => paths.filter((_, index) => index % 2 === half));
  const outputs = await Promise.all(
    halves.map((half) => python(JSON.stringify({ paths: half, runs }))),
  );
  for (const text of outputs.flatMap((output) => output.trimEnd().split('\n'))) {
    const { run, path, queries = [], error } = JSON.parse(text) as Line;
    const known = found.get(run)?.get(path);
    if (known) throw new Error(`${path} has several documents, which this judge does not compare`);
    found.get(run)?.set(path, error === undefined ? { queries } : { queries, error });
  }
  return found;
}

function python(input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      join(bin, 'python'),
      [script],
      { encoding: 'utf8', maxBuffer: 1 << 30 },
      (error, stdout) => (error ? reject(error) : resolve(stdout)),
    );
    child.stdin?.end(input);
  });
}

/**
 * What the command line prints for some rules: every query, each followed by an empty line. What it
 * printed for the same before is kept.
 */
export function cliOutput(run: Run, paths: readonly string[]): string {
  const { backend, pipelines } = run;
  const options =
    pipelines.length > 0 ? pipelines.flatMap((path) => ['-p', path]) : ['--without-pipeline'];
  return keptOrMade(
    keptName('sigma-cli', run),
    () => madeFrom(run, fileDigests(paths)),
    () =>
      execFileSync(join(bin, 'sigma'), ['convert', '-t', backend, ...options, ...paths], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
  );
}

/** Packages and versions, as they are installed. */
export function versions(): readonly string[] {
  const list = keptOrMade(
    'sigma-cli-packages.txt',
    () => [pythonDigest(join(bin, '..')), ...fileDigests([import.meta.filename])],
    () =>
      // the environment has no pip of its own
      execFileSync(
        join(bin, 'python'),
        [
          '-c',
          `from importlib.metadata import distributions
for one in sorted(distributions(), key=lambda one: one.name.lower()): print(f'{one.name}=={one.version}')`,
        ],
        { encoding: 'utf8' },
      ),
  );
  return list.split('\n').flatMap((line) => {
    const [name = '', version = ''] = line.split('==');
    return /sigma/i.test(name) ? [`${name} ${version}`] : [];
  });
}
