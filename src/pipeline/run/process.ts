import type { SettledCorrelation, SettledRule } from '../../query/compile.ts';
import type { Rule } from '../../sigma/collection/collection.ts';
import type { LogSource } from '../../sigma/rule/rule.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { ProcessingError } from '../../work/processing-error.ts';
import type { FieldTransformation, Pipeline, ProcessingItem } from '../pipeline.ts';
import { type RuleInProcess, startProcess } from '../rule-in-process.ts';
import { applyItem } from './apply-item.ts';
import { givenNames } from './field-coverage.ts';
import { createNearSource, createSourceCheck, namedSources } from './named-sources.ts';
import { nameByRule } from './names-by-rule.ts';
import { spelledFields } from './near-fields.ts';
import { itemPlace } from './postprocess.ts';
import { type ProcessEnd, processedRule } from './processed-rule.ts';
import { createRelevance, forEachRelevant } from './relevant-items.ts';
import { createUsualFields } from './usual-fields.ts';

/**
 * Called for a rule before its first item, after each item that was looked at, and after the fields
 * of a correlation got their names by rule.
 */
export type OnStep = (step: {
  /** Undefined before the first item and after the last. */
  readonly item: ProcessingItem | undefined;
  readonly applied: boolean;
  readonly rule: RuleInProcess;
}) => void;

export interface ProcessOptions {
  readonly bag: DiagnosticBag;
  readonly onStep?: OnStep;
  /** `pipeline.vars` of templates that no pipeline has to give: see {@link conversionVars}. */
  readonly conversion?: ReadonlyMap<string, unknown>;
  /** Fields that the settings of a rule name: they are renamed with those of the rule. */
  readonly namedBy?: (rule: Rule) => Iterable<string>;
  /** Fields that rules of a log source are known by, whatever they ask for. */
  readonly usualNames?: (source: LogSource) => readonly string[];
}

const noVars: ReadonlyMap<string, unknown> = new Map();

/** As pySigma gives them: the target by its name, and its output format. */
export const conversionVars = (target: string, format = 'default'): ReadonlyMap<string, unknown> =>
  new Map([
    ['backend', target],
    ['output_format', format],
  ]);

/** `vars` of the pipelines; later ones win. */
export const varsOf = (pipelines: readonly Pipeline[]): ReadonlyMap<string, unknown> =>
  new Map(byPriority(pipelines).flatMap(({ vars }) => [...vars]));

/** Lower priorities first; those of one priority in the order given. */
export function byPriority(pipelines: readonly Pipeline[]): readonly Pipeline[] {
  return pipelines.toSorted((a, b) => a.priority - b.priority);
}

interface Run extends ProcessOptions {
  readonly items: readonly ProcessingItem[];
  readonly numbers: ReadonlyMap<ProcessingItem, number>;
  /** Which of the items can apply to a rule. */
  readonly relevant: (rule: RuleInProcess) => readonly number[];
  readonly vars: ReadonlyMap<string, unknown>;
  readonly end: ProcessEnd;
}

/**
 * Applies pipelines to settled rules: to shared ones once, and to those that a correlation refers
 * to before the correlation. The function returns undefined after a diagnostic.
 */
export function createProcessor(
  pipelines: readonly Pipeline[],
  options: ProcessOptions,
): (settled: SettledRule) => SettledRule | undefined {
  const run = runOf(pipelines, options);
  const known = new WeakMap<SettledRule, { readonly processed: SettledRule | undefined }>();
  const process = (settled: SettledRule): SettledRule | undefined => {
    const before = settled.shared ? known.get(settled) : undefined;
    if (before) return before.processed;
    const processed = processRule(run, settled, process);
    if (settled.shared) known.set(settled, { processed });
    return processed;
  };
  return process;
}

function runOf(pipelines: readonly Pipeline[], options: ProcessOptions): Run {
  const ordered = byPriority(pipelines);
  const items = ordered.flatMap((pipeline) => pipeline.items);
  const fields = items.flatMap(fieldTransformations);
  const given = givenNames(fields);
  const named = namedSources(items);
  return {
    ...options,
    items,
    numbers: new Map(items.map((item, index) => [item, index])),
    relevant: createRelevance(items),
    vars: varsOf(pipelines),
    end: {
      bag: options.bag,
      postprocessing: ordered.flatMap(({ postprocessing }) => postprocessing),
      renames: fields.length > 0,
      pipelineFiles: new Set(items.map(({ file }) => file)),
      given,
      spelled: spelledFields(items),
      usualFields: createUsualFields(options.usualNames ?? (() => []), given),
      strangeSource: createSourceCheck(named),
      nearSource: createNearSource(named),
    },
  };
}

function fieldTransformations({ transformation }: ProcessingItem): readonly FieldTransformation[] {
  if (transformation.kind === 'nest') return transformation.items.flatMap(fieldTransformations);
  return transformation.kind === 'field' ? [transformation] : [];
}

function processRule(
  run: Run,
  settled: SettledRule,
  process: (settled: SettledRule) => SettledRule | undefined,
): SettledRule | undefined {
  const referenced = settled.kind === 'correlation' ? settled.parts.map(process) : [];
  if (!referenced.every((part) => part !== undefined)) {
    run.bag.add(settled.rule.file, {
      code: 'SIG053',
      message: 'a rule that this one refers to could not be processed',
      span: settled.rule.titleSpan,
    });
    return undefined;
  }
  const { vars, conversion = noVars } = run;
  const named = run.namedBy?.(settled.rule) ?? [];
  const rule = startProcess(settled, referenced, { vars, conversion, named });
  run.onStep?.({ item: undefined, applied: false, rule });
  const whole = run.onStep
    ? run.items.every((item) => step(run, item, rule))
    : forEachRelevant(run.items, run.relevant, rule, (item, holds) => step(run, item, rule, holds));
  if (!whole) return undefined;
  try {
    if (settled.kind === 'correlation') {
      nameFields(run, settled, rule);
      run.onStep?.({ item: undefined, applied: true, rule });
    }
    return processedRule(run.end, rule, settled);
  } catch (error) {
    report(run, rule, error);
    return undefined;
  }
}

/** Names the fields of a correlation as the pipelines do for each of its rules alone. */
function nameFields(run: Run, settled: SettledCorrelation, done: RuleInProcess): void {
  if (done.rule.kind !== 'correlation') return;
  const { vars, conversion = noVars } = run;
  const { rule: written, parts } = settled;
  const { rule, referenced: processed } = done;
  done.rule = nameByRule({ written, done: rule, parts, processed }, (leaf, named) => {
    const alone = { ...settled, parts: [leaf.written] };
    const made = startProcess(alone, [leaf.processed], { vars, conversion, named });
    for (const item of run.items) applyIfAble(item, made);
    for (const [field, { names, mapped }] of made.named) if (mapped) noteNames(done, field, names);
    return (field) => made.named.get(field)?.names ?? [field];
  });
}

/** What fails for one rule alone, such as `rule_failure`, says nothing of the names. */
function applyIfAble(item: ProcessingItem, rule: RuleInProcess): void {
  try {
    applyItem(item, rule, false);
  } catch (error) {
    if (!(error instanceof ProcessingError)) throw error;
  }
}

function noteNames(done: RuleInProcess, field: string, names: readonly string[]): void {
  for (const name of names) done.chosen.add(name);
  done.mappings.set(field, new Set([...(done.mappings.get(field) ?? []), ...names]));
}

/** False after a diagnostic. */
function step(run: Run, item: ProcessingItem, rule: RuleInProcess, holds = false): boolean {
  const { onStep, numbers } = run;
  try {
    const applied = applyItem(item, rule, holds);
    if (applied) rule.trail += `${numbers.get(item)} `;
    onStep?.({ item, applied, rule });
    return true;
  } catch (error) {
    report(run, rule, error, item);
    return false;
  }
}

/** What ends the work on a rule; `item`: where it was. Throws what is not a ProcessingError. */
function report(
  { bag }: Run,
  { rule }: RuleInProcess,
  error: unknown,
  item?: ProcessingItem,
): void {
  if (!(error instanceof ProcessingError)) throw error;
  const { message, hint, place } = error;
  const { file, span } = place ?? { file: rule.file, span: rule.titleSpan };
  const where = item ? itemPlace(item) : '';
  bag.add(file, { code: 'PIP002', message: `${message}${where}`, span, hint });
}
