import { postprocessedRule } from '../../../src/backend/postprocess.ts';
import {
  defaultTargetSettings,
  type RegisteredTarget,
  targets,
} from '../../../src/backend/registry.ts';
import { pipelineScope } from '../../../src/backend/splunk/scope.ts';
import { readSourceFile } from '../../../src/cli/files/rule-files.ts';
import { loadPipelines } from '../../../src/cli/project/pipeline-files.ts';
import { createTargetCompiler } from '../../../src/pipeline/run/target-compiler.ts';
import { collect } from '../../../src/sigma/collection/collection.ts';
import { readDocuments, type SigmaDocument } from '../../../src/sigma/collection/document.ts';
import { createBag } from '../../../src/source/diagnostic.ts';
import { valueIfOk } from '../../result.ts';

/** A conversion of the whole corpus: `backend` is pySigma's, `target` ours. */
export interface Run {
  readonly name: string;
  readonly backend: 'splunk' | 'lucene';
  /** Files. */
  readonly pipelines: readonly string[];
}

/** What a rule became; `error`: why it was refused. */
export interface Answer {
  readonly queries: readonly string[];
  readonly error?: string;
  /**
   * Of our Splunk searches: what a pipeline's state says of where the events are, which stands
   * before the query.
   */
  readonly scope?: string;
}

const targetNames = { splunk: 'splunk', lucene: 'es-qs' } as const;

/** Reads the rules once; each call converts them all. Answers by path. */
export function ourConverter(paths: readonly string[]): (run: Run) => ReadonlyMap<string, Answer> {
  const documents = paths.map((path): readonly [string, readonly SigmaDocument[]] => {
    const file = readSourceFile(path, createBag());
    return [path, file ? readDocuments(file, createBag()).documents : []];
  });
  return (run) => {
    const target = targets.find(({ name }) => name === targetNames[run.backend]);
    if (!target) throw new Error(`no target for ${run.backend}`);
    const faults = createBag();
    const pipelines = loadPipelines(run.pipelines, '.', faults);
    if (faults.list.length > 0)
      throw new Error(
        `${run.name}: ${faults.list.map(({ file, message }) => `${file.path}: ${message}`).join('; ')}`,
      );
    return new Map(documents.map(([path, list]) => [path, answer(list, target, pipelines)]));
  };
}

function answer(
  documents: readonly SigmaDocument[],
  target: RegisteredTarget,
  pipelines: ReturnType<typeof loadPipelines>,
): Answer {
  const bag = createBag();
  const collection = collect(documents, bag);
  const compiler = createTargetCompiler({
    collection,
    placeholders: new Map(),
    bag,
    pipelines: new Map([[target.name, pipelines]]),
  });
  const [rule] = collection.rules;
  const compiled = rule && valueIfOk(compiler.compile(rule)?.forTarget(target.name))?.compiled;
  const conversion =
    compiled && postprocessedRule(target.convert(compiled, defaultTargetSettings), compiled);
  if (conversion?.ok) {
    const scope =
      target.name === 'splunk' && compiled?.kind === 'detection'
        ? pipelineScope(compiled)
        : undefined;
    return { queries: conversion.value.queries, ...(scope === undefined ? {} : { scope }) };
  }
  const told = [...bag.list, ...(conversion?.error ?? [])];
  return {
    queries: [],
    error: told.map(({ code, message }) => `${code} ${message}`).join('; ') || 'no reason told',
  };
}
