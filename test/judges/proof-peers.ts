import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileDigests, keptOrMade, pythonDigest } from './kept.ts';
import { installed } from './places.ts';
import { pipelinePaths, rulePaths } from './proof-data.ts';
import type { Answer } from './sigma-cli/our-queries.ts';
import { theirAnswers } from './sigma-cli/their-queries.ts';

/** Queries of each rule by its path. */
export type Answers = ReadonlyMap<string, Answer>;

/**
 * What pySigma, which sigma-cli is made of, makes of the rules that have events, with the built-in
 * pipelines named.
 */
export async function sigmaCliAnswers(
  backend: 'splunk' | 'lucene',
  pipelines: readonly string[] = [],
): Promise<Answers> {
  const name = ['proof', backend, ...pipelines].join(' ');
  const run = { name, backend, pipelines: pipelinePaths(pipelines) };
  return (await theirAnswers(rulePaths, [run])).get(name) ?? new Map();
}

/** What sigmac makes of them; what it made of the same before is kept. */
export function sigmacAnswers(backend: 'splunk' | 'es-qs' | 'graylog'): Answers {
  const sigmac = installed('sigmac', 'sigmac', 'bin', 'python3');
  const script = join(import.meta.dirname, 'proof-sigmac.py');
  const text = keptOrMade(
    `sigmac-${backend}.json`,
    () => [
      pythonDigest(join(sigmac, '..', '..')),
      ...fileDigests([import.meta.filename, script]),
      backend,
      ...fileDigests(rulePaths),
    ],
    () => {
      const printed = execFileSync(sigmac, [script], {
        input: JSON.stringify({ backend, paths: rulePaths }),
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      return JSON.stringify(printed.trimEnd().split('\n').map(answerOfLine));
    },
  );
  const answers = JSON.parse(text) as readonly Answer[];
  return new Map(rulePaths.map((path, at) => [path, answers[at] ?? unanswered]));
}

const unanswered: Answer = { queries: [], error: 'no answer' };

/** sigmac prints a line for each file, in their order. */
function answerOfLine(line: string, at: number): Answer {
  const { path, ...answer } = JSON.parse(line) as Answer & { readonly path: string };
  if (path !== rulePaths[at]) throw new Error(`sigmac answers for ${path}, not ${rulePaths[at]}`);
  return answer;
}
