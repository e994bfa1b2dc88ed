import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
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
  const run = { name: backend, backend, pipelines: pipelinePaths(pipelines) };
  return (await theirAnswers(rulePaths, [run])).get(backend) ?? new Map();
}

/** What sigmac makes of them. */
export function sigmacAnswers(backend: 'splunk' | 'es-qs' | 'graylog'): Answers {
  const sigmac = installed('sigmac', 'sigmac', 'bin', 'python3');
  const input = JSON.stringify({ backend, paths: rulePaths });
  const text = execFileSync(sigmac, [join(import.meta.dirname, 'proof-sigmac.py')], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = text.trimEnd().split('\n');
  return new Map(
    lines.map((line): [string, Answer] => {
      const { path, ...answer } = JSON.parse(line) as Answer & { readonly path: string };
      return [path, answer];
    }),
  );
}
