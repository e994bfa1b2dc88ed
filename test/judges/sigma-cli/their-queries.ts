import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { installed } from '../places.ts';
import type { Answer, Run } from './our-queries.ts';

const bin = join(installed('sigma-cli', 'sigma', 'bin', 'python3'), '..');

interface Line {
  readonly run: string;
  readonly path: string;
  readonly queries?: readonly string[];
  readonly error?: string;
}

/**
 * Converts every rule in every run with pySigma, in two processes; answers by name of the run, then
 * by path.
 */
export async function theirAnswers(
  paths: readonly string[],
  runs: readonly Run[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, Answer>>> {
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
      [join(import.meta.dirname, 'convert.py')],
      { encoding: 'utf8', maxBuffer: 1 << 30 },
      (error, stdout) => (error ? reject(error) : resolve(stdout)),
    );
    child.stdin?.end(input);
  });
}

/** What the command line prints for some rules: every query, each followed by an empty line. */
export function cliOutput({ backend, pipelines }: Run, paths: readonly string[]): string {
  const options =
    pipelines.length > 0 ? pipelines.flatMap((path) => ['-p', path]) : ['--without-pipeline'];
  return execFileSync(join(bin, 'sigma'), ['convert', '-t', backend, ...options, ...paths], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Packages and versions, as they are installed. */
export function versions(): readonly string[] {
  const list = execFileSync(
    join(bin, 'python'),
    ['-m', 'pip', 'list', '--format=freeze', '--disable-pip-version-check'],
    { encoding: 'utf8' },
  );
  return list.split('\n').flatMap((line) => {
    const [name = '', version = ''] = line.split('==');
    return /sigma/i.test(name) ? [`${name} ${version}`] : [];
  });
}
