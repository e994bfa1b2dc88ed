import type { ReadText } from '../src/pipeline/named-file.ts';
import type { Pipeline } from '../src/pipeline/pipeline.ts';
import { readPipeline } from '../src/pipeline/read-pipeline.ts';
import { createProcessor } from '../src/pipeline/run/process.ts';
import { type CompiledRule, createCombiner, createSettler } from '../src/query/compile.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { failed, ok } from '../src/source/result.ts';
import { queryText, told } from './diagnostics.ts';

/** The files of a pipeline that has none. */
export const noFiles: ReadText = () => failed('unreadable');

/** A pipeline of a text; files that it names are those of `files`. */
export function pipelineOf(
  text: string,
  bag: DiagnosticBag = createBag(),
  files: Readonly<Record<string, readonly string[]>> = {},
): Pipeline | undefined {
  return readPipeline({ path: 'pipeline.yml', text }, bag, {
    readText: (path) => (files[path] ? ok(files[path].join('\n')) : noFiles(path)),
  });
}

/** The first rule of a text after a pipeline. */
export function compiledAfter(
  rule: string,
  pipeline: string,
  bag: DiagnosticBag,
  files?: Readonly<Record<string, readonly string[]>>,
): CompiledRule | undefined {
  const read = pipelineOf(pipeline, bag, files);
  const collection = collect(readDocuments({ path: 'rule.yml', text: rule }, bag).documents, bag);
  const [first] = collection.rules;
  const settled =
    first &&
    createSettler(collection, { placeholders: new Map(), keepPlaceholders: true, bag })(first);
  const done = settled && read && createProcessor([read], { bag })(settled);
  return done && createCombiner(bag)(done);
}

export function ruleOf(lines: string, attributes = ''): string {
  const indented = lines.replaceAll('\n', '\n    ');
  return `title: Test\nid: 00000000-0000-4000-8000-000000000000\n${attributes}logsource: { product: windows, category: process_creation }\ndetection:\n  selection:\n    ${indented}\n  condition: selection\n`;
}

/** The query of a selection after the items of a pipeline, or the diagnostics. */
export function queryAfter(
  lines: string,
  items: string,
  more = '',
  files?: Readonly<Record<string, readonly string[]>>,
): string {
  const bag = createBag();
  const compiled = compiledAfter(ruleOf(lines), `${more}transformations:\n${items}\n`, bag, files);
  return compiled?.kind === 'detection' ? queryText(compiled.query) : told(bag).join('; ');
}
