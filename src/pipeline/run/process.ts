import type { SettledRule } from '../../query/compile.ts';
import { networkAsText } from '../../query/doubtful-values.ts';
import { type SettledDetection, someSettledItem } from '../../query/settled.ts';
import type { Rule } from '../../sigma/collection/collection.ts';
import type { DetectionRule, LogSource } from '../../sigma/rule/rule.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { positionAt, type SourceFile } from '../../source/span.ts';
import { ProcessingFailure } from '../../work/processing-failure.ts';
import { workOfRule } from '../../work/work.ts';
import type {
  FieldTransformation,
  Pipeline,
  PipelineItem,
  PostprocessingItem,
  ProcessingItem,
} from '../pipeline.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { unprovedInUse } from '../unproved.ts';
import { applyItem } from './apply-item.ts';
import { fieldCoverage, givenNames, namedFields } from './field-coverage.ts';
import { filledNetworks } from './filled-networks.ts';
import { createSourceCheck } from './named-sources.ts';
import { placeholderLeft } from './placeholder-left.ts';
import { createRelevance, forEachRelevant } from './relevant-items.ts';
import { createUsualFields } from './usual-fields.ts';

/** Told after each item that was looked at for a rule. */
export type OnStep = (step: {
  readonly item: ProcessingItem;
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
  /**
   * Fields that rules of a log source are known by, whatever they ask for: one list for each log
   * source.
   */
  readonly usualNames?: (source: LogSource) => readonly string[];
}

const noVars: ReadonlyMap<string, unknown> = new Map();

/** As pySigma gives them: the target by its name, and its output format. */
export const conversionVars = (target: string, format = 'default'): ReadonlyMap<string, unknown> =>
  new Map([
    ['backend', target],
    ['output_format', format],
  ]);

/** `vars` of the pipelines, the later ones winning. */
export const varsOf = (pipelines: readonly Pipeline[]): ReadonlyMap<string, unknown> =>
  new Map(byPriority(pipelines).flatMap(({ vars }) => [...vars]));

/** Lower priorities first; those of one priority in the order given. */
export function byPriority(pipelines: readonly Pipeline[]): readonly Pipeline[] {
  return pipelines.toSorted((a, b) => a.priority - b.priority);
}

interface Run extends ProcessOptions {
  readonly items: readonly ProcessingItem[];
  /** Which of the items can apply to a rule. */
  readonly relevant: (rule: RuleInProcess) => readonly number[];
  readonly postprocessing: readonly PostprocessingItem[];
  readonly numbers: ReadonlyMap<ProcessingItem, number>;
  readonly usualFields: ReturnType<typeof createUsualFields>;
  readonly strangeSource: ReturnType<typeof createSourceCheck>;
  /** Some item renames fields. */
  readonly renames: boolean;
  readonly pipelineFiles: ReadonlySet<SourceFile>;
  /** Names that they give, and that no rule uses. */
  readonly given: ReadonlySet<string>;
  /** Of all pipelines, the later ones winning. */
  readonly vars: ReadonlyMap<string, unknown>;
}

/**
 * Applies pipelines to settled rules, to shared ones once; the rules that a correlation refers to
 * before itself. The function returns undefined where a rule has been reported.
 */
export function createProcessor(
  pipelines: readonly Pipeline[],
  options: ProcessOptions,
): (settled: SettledRule) => SettledRule | undefined {
  const ordered = byPriority(pipelines);
  const items = ordered.flatMap((pipeline) => pipeline.items);
  const fields = items.flatMap(fieldTransformations);
  const given = givenNames(fields);
  const run: Run = {
    ...options,
    items,
    numbers: new Map(items.map((item, index) => [item, index])),
    usualFields: createUsualFields(options.usualNames ?? (() => []), given),
    strangeSource: createSourceCheck(items),
    relevant: createRelevance(items),
    renames: fields.length > 0,
    pipelineFiles: new Set(items.map(({ file }) => file)),
    given,
    postprocessing: ordered.flatMap(({ postprocessing }) => postprocessing),
    vars: varsOf(pipelines),
  };
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
  const rule: RuleInProcess = {
    rule: settled.rule,
    parts: settled.kind === 'detection' ? settled.parts : [],
    referenced,
    written: settled.kind === 'correlation' ? settled.parts : [],
    vars: run.vars,
    conversion: run.conversion ?? noVars,
    state: new Map(),
    attributes: new Map(),
    applied: new Set(),
    fieldsApplied: new Map(),
    mappings: new Map(),
    named: new Map(
      run.namedBy
        ? Array.from(run.namedBy(settled.rule), (name) => [
            name,
            { names: [name], mapped: false, spelled: false },
          ])
        : [],
    ),
    offered: new Set(),
    chosen: new Set(),
    produced: new Set(),
    filled: new Map(),
    renamings: [],
    trail: '',
    unproved: new Map(),
    work: workOfRule(),
    renames: false,
  };
  const whole = run.onStep
    ? run.items.every((item) => step(run, item, rule))
    : forEachRelevant(run.items, run.relevant, rule, (item, holds) => step(run, item, rule, holds));
  if (!whole) return undefined;
  return finished(run, rule, settled);
}

/** False after a diagnostic. */
function step(
  { bag, onStep, numbers }: Run,
  item: ProcessingItem,
  rule: RuleInProcess,
  holds = false,
): boolean {
  try {
    const applied = applyItem(item, rule, holds);
    if (applied) rule.trail += `${numbers.get(item)} `;
    onStep?.({ item, applied, rule });
    return true;
  } catch (error) {
    if (!(error instanceof ProcessingFailure)) throw error;
    const { file, span } = error.place ?? { file: rule.rule.file, span: rule.rule.titleSpan };
    const message = `${error.message}${placeOf(item)}`;
    bag.add(file, {
      code: 'PIP002',
      message,
      span,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
    return false;
  }
}

function finished(
  { bag, postprocessing, renames, pipelineFiles, given, usualFields, strangeSource }: Run,
  done: RuleInProcess,
  written: SettledRule,
): SettledRule | undefined {
  const left = placeholderLeft(done.parts);
  if (left) {
    const message = `placeholder \`%${left.name}%\` has no value`;
    bag.add(left.file, {
      code: 'SIG024',
      message,
      span: left.span,
      hint: 'Give it a value under placeholders: in sigpack.yml, or in a pipeline.',
    });
    return undefined;
  }
  for (const { network, field, file, span } of filledNetworks(done, written))
    bag.add(file, networkAsText(network, `${field}|expand|cidr`, span));
  const { rule, parts, referenced, state, attributes } = done;
  const { shared } = written;
  if (rule.kind === 'detection' && !keepsOwnItem(rule, parts)) {
    bag.add(rule.file, {
      code: 'PIP002',
      message: 'the pipelines dropped every item of the rule: what is left would match anything',
      span: rule.titleSpan,
    });
    return undefined;
  }
  const logsource = written.kind === 'detection' ? { logsource: written.rule.logsource } : {};
  const postprocess =
    postprocessing.length === 0
      ? {}
      : { postprocess: (query: string) => postprocessed(query, postprocessing, done) };
  const { known, ...coverage } = fieldCoverage(done, given);
  const named = done.named.size === 0 ? {} : { named: namedFields(done, given) };
  const usual =
    written.kind === 'detection' ? usualFields(written.rule.logsource, done) : undefined;
  const source = written.kind === 'detection' ? strangeSource(written.rule.logsource) : undefined;
  // keywords are found wherever they are
  const strange = source && (done.renames || source.near !== undefined) ? source : undefined;
  const processing = {
    state,
    attributes,
    ...coverage,
    known: known || !renames,
    pipelineFiles,
    ...named,
    ...(usual ? { usual } : {}),
    ...(strange ? { strange } : {}),
    ...(done.unproved.size === 0 ? {} : { unproved: unprovedInUse(done) }),
    ...logsource,
    ...postprocess,
  };
  return rule.kind === 'detection'
    ? { kind: 'detection', rule, parts, processing, shared }
    : { kind: 'correlation', rule, parts: referenced, processing, shared };
}

function fieldTransformations({ transformation }: ProcessingItem): readonly FieldTransformation[] {
  if (transformation.kind === 'nest') return transformation.items.flatMap(fieldTransformations);
  return transformation.kind === 'field' ? [transformation] : [];
}

function postprocessed(
  query: string,
  items: readonly PostprocessingItem[],
  rule: RuleInProcess,
): string {
  let text = query;
  for (const item of items) {
    if (!item.appliesTo(rule)) continue;
    try {
      text = item.apply(text, rule);
    } catch (error) {
      throw error instanceof ProcessingFailure
        ? new ProcessingFailure(`${error.message}${placeOf(item)}`, error.place, error.hint)
        : error;
    }
    rule.applied.add(item.id);
  }
  return text;
}

/** Where the item of a pipeline is that fails. */
const placeOf = ({ type, file, span }: PipelineItem): string =>
  ` (${type}, ${file.path}:${positionAt(file, span.start).line})`;

/** What a pipeline adds is no reason to alert. */
function keepsOwnItem({ file }: DetectionRule, [own]: readonly SettledDetection[]): boolean {
  for (const { body } of own?.searches.values() ?? [])
    if (someSettledItem(body, (item) => item.file === file && item.values.length > 0)) return true;
  return false;
}
