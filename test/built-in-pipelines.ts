import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Pipeline } from '../src/pipeline/pipeline.ts';
import { readPipeline } from '../src/pipeline/read-pipeline.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { noFiles } from './pipeline-run.ts';

export const pipelineFolder = join(import.meta.dirname, '..', 'pipelines');

/** A pipeline of the project by its name; expects it to be read without a diagnostic. */
export function builtInPipeline(name: string): Pipeline {
  const bag = createBag();
  const path = join(pipelineFolder, `${name}.yml`);
  const pipeline = readPipeline({ path, text: readFileSync(path, 'utf8') }, bag, {
    readText: noFiles,
  });
  expect(bag.list.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  if (!pipeline) throw new Error(`${name} was not read`);
  return pipeline;
}
