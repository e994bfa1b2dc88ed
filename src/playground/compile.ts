import { targets } from '../backend/registry.ts';
import { printedTargets } from '../convert/printed-targets.ts';
import { quickFixes } from '../editor/quick-fix.ts';
import { defaultConfig, type PackConfig, readConfig } from '../pack/config/config.ts';
import { collect } from '../sigma/collection/collection.ts';
import { readDocuments } from '../sigma/collection/document.ts';
import {
  compareDiagnostics,
  createBag,
  type Diagnostic,
  type DiagnosticBag,
} from '../source/diagnostic.ts';
import { positionAt } from '../source/span.ts';
import { matchedEvents } from './match-events.ts';
import type { PlaygroundDiagnostic, PlaygroundInput, PlaygroundResult } from './messages.ts';
import { chosenByTarget, createPipelineShelf, pipelineOf } from './pipelines.ts';

const paths = { rule: 'rule.yml', settings: 'sigpack.yml', pipeline: 'pipeline.yml' } as const;

/** Makes the function that compiles what is in a page. `pipelines`: texts of built-in ones. */
export function createPlayground(
  pipelines: Readonly<Record<string, string>>,
  newId: () => string,
): (input: PlaygroundInput) => PlaygroundResult {
  // what is built in is sound: its tests see to that
  const shelf = createPipelineShelf(pipelines, createBag());
  return (input) => {
    const settings = { path: paths.settings, text: input.settings };
    const first = createBag();
    const config = configOf(settings, first);
    const bag = createBag(config.severities);
    bag.list.push(...first.list);
    const pasted =
      input.pasted.trim() === ''
        ? undefined
        : pipelineOf({ path: paths.pipeline, text: input.pasted }, bag);
    const byTarget = chosenByTarget(chosenNames(input, config), pasted, shelf, (target, name) =>
      bag.add(settings, {
        code: 'PCK001',
        message: `there is no built-in pipeline ${name} for ${target}`,
        span: { start: 0, end: 0 },
        hint: 'Paste the pipeline.',
      }),
    );
    const file = { path: paths.rule, text: input.rule };
    const collection = collect(readDocuments(file, bag).documents, bag);
    const queries = printedTargets(targets, collection, { config, pipelines: byTarget, bag });
    const { placeholders, targets: chosen } = config;
    const rules = { collection, placeholders, pipelines: byTarget, targets: chosen };
    const matched = matchedEvents(rules, input.events);
    return {
      diagnostics: bag.list.toSorted(compareDiagnostics).flatMap((one) => shown(one, newId)),
      queries: queries.map(({ target, text, entries }) => ({
        target,
        rules: entries.length,
        text,
      })),
      ...matched,
    };
  };
}

const configOf = (file: { path: string; text: string }, bag: DiagnosticBag): PackConfig =>
  file.text.trim() === '' ? defaultConfig() : (readConfig(file, bag) ?? defaultConfig());

/** Of every target: what the page chose, or the settings name. */
const chosenNames = (
  { pipelines }: PlaygroundInput,
  config: PackConfig,
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    targets.map(({ name }) => [
      name,
      (Object.hasOwn(pipelines, name) ? pipelines[name] : config.pipelines.get(name)) ?? [],
    ]),
  );

function shown(one: Diagnostic, newId: () => string): readonly PlaygroundDiagnostic[] {
  const of = (['rule', 'settings', 'pipeline'] as const).find(
    (name) => paths[name] === one.file.path,
  );
  if (of === undefined) return [];
  const { code, severity, message, hint, span, file, target } = one;
  const { line } = positionAt(file, span.start);
  const fixes = of === 'rule' ? quickFixes(one, newId) : [];
  return [{ of, span, line, severity, code, message, hint, target, fixes }];
}
