import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { postprocessedRule } from '../src/backend/postprocess.ts';
import {
  defaultTargetSettings,
  type RegisteredTarget,
  type TargetSettings,
  targets,
} from '../src/backend/registry.ts';
import type { ConvertedEntry } from '../src/backend/target.ts';
import { unpainted } from '../src/cli/report/context.ts';
import { reportText } from '../src/cli/report/text.ts';
import type { Pipeline } from '../src/pipeline/pipeline.ts';
import { readPipeline } from '../src/pipeline/read-pipeline.ts';
import { createTargetCompiler } from '../src/pipeline/run/target-compiler.ts';
import { type Collection, collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { compareDiagnostics, createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { noFiles } from './pipeline-run.ts';
import { valueIfOk } from './result.ts';

/**
 * A folder a case: `rule.yml`, perhaps `pipeline.yml`, and the text of each target in
 * `<target>.txt`.
 */
export const goldenFolder = join(import.meta.dirname, 'golden');

export const goldenCases: readonly string[] = readdirSync(goldenFolder).sort();

export const targetNames: readonly string[] = targets.map(({ name }) => name);

const narrowedSettings: TargetSettings = {
  ...defaultTargetSettings,
  graylog: { ...defaultTargetSettings.graylog, streams: ['Events'] },
  elasticsearch: { ...defaultTargetSettings.elasticsearch, index: 'events-*' },
};

/**
 * What each target makes of a case, as `sigpack convert` prints it, and what a person reads about
 * it.
 */
export function goldenTexts(name: string): ReadonlyMap<string, string> {
  const folder = join(goldenFolder, name);
  const bag = createBag();
  const collection = collect(
    readDocuments({ path: 'rule.yml', text: readFileSync(join(folder, 'rule.yml'), 'utf8') }, bag)
      .documents,
    bag,
  );
  const pipeline = pipelineOf(join(folder, 'pipeline.yml'), bag);
  if (bag.list.some(({ severity }) => severity === 'error')) throw new Error(shown(bag));
  return new Map(targets.map((target) => [target.name, textOf(target, collection, pipeline)]));
}

function pipelineOf(path: string, bag: DiagnosticBag): Pipeline | undefined {
  return existsSync(path)
    ? readPipeline({ path: 'pipeline.yml', text: readFileSync(path, 'utf8') }, bag, {
        readText: noFiles,
      })
    : undefined;
}

function textOf(
  target: RegisteredTarget,
  collection: Collection,
  pipeline: Pipeline | undefined,
): string {
  const bag = createBag();
  const applies =
    pipeline && (pipeline.allowedBackends.size === 0 || pipeline.allowedBackends.has(target.name));
  const { compile } = createTargetCompiler({
    collection,
    placeholders: new Map(),
    bag,
    pipelines: new Map([[target.name, applies ? [pipeline] : []]]),
  });
  const entries = collection.rules
    .filter((rule) => collection.standsAlone(rule))
    .flatMap((rule): ConvertedEntry[] => {
      const compiled = valueIfOk(compile(rule)?.forTarget(target.name))?.compiled;
      if (!compiled) return [];
      const conversion = postprocessedRule(
        target.convert(compiled, defaultTargetSettings),
        compiled,
      );
      for (const { file, ...diagnostic } of conversion.ok
        ? conversion.diagnostics
        : conversion.error)
        bag.add(file, diagnostic);
      // the diagnostic, and what becomes of the rule where something narrows it
      if (!conversion.ok && conversion.error.every(({ code }) => code === 'TGT005')) {
        const narrowed = postprocessedRule(target.convert(compiled, narrowedSettings), compiled);
        if (narrowed.ok)
          for (const { file, ...diagnostic } of narrowed.diagnostics) bag.add(file, diagnostic);
        return narrowed.ok ? [{ rule: compiled.rule, converted: narrowed.value }] : [];
      }
      return conversion.ok ? [{ rule: compiled.rule, converted: conversion.value }] : [];
    });
  const text = entries.length === 0 ? '' : target.formats[0].print(entries);
  const diagnostics = shown(bag);
  return text === '' || diagnostics === '' ? text + diagnostics : `${text}\n${diagnostics}`;
}

const shown = ({ list }: DiagnosticBag): string =>
  reportText(list.toSorted(compareDiagnostics), {
    toolVersion: '0.0.0',
    paint: unpainted,
    width: 100,
    failOn: 'error',
  });
