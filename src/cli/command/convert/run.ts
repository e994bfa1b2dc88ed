import type { RegisteredTarget } from '../../../backend/registry.ts';
import { convertedEntries, targetedRules } from '../../../convert/entries.ts';
import { finalized, isPlain } from '../../../convert/plain-format.ts';
import { targetSettings } from '../../../convert/target-settings.ts';
import { createCountedWarnings, warnOfFinalizers } from '../../../pack/pipeline-report.ts';
import { noPipeline } from '../../../pipeline/bundle.ts';
import { conversionVars } from '../../../pipeline/run/process.ts';
import type { CompiledRule } from '../../../query/compile.ts';
import type { DiagnosticCode } from '../../../source/code/catalogue.ts';
import type { DiagnosticBag } from '../../../source/diagnostic.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { loadTargets } from '../../plugin/load.ts';
import { optimizeLate } from '../../process/optimize-late.ts';
import { keepNurserySmall } from '../../process/small-nursery.ts';
import { type Chosen, chosenTarget } from '../../project/chosen-target.ts';
import { loadGivenRules } from '../../project/given-rules.ts';
import { openProject, reportProject } from '../../project/project.ts';
import { noteSigmaNames } from '../../project/unchosen.ts';
import {
  asksForDataModel,
  dataModelPipeline,
  setDataModel,
  withoutDataModel,
} from './data-model.ts';
import { noteLineBreaks } from './notes.ts';
import { queryWriter } from './output.ts';

export interface ConvertOptions {
  readonly target: readonly string[];
  readonly format?: string;
  readonly output?: string;
  readonly config?: string;
  /** Packages or files with more targets. */
  readonly plugin?: readonly string[];
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  /** sigma-cli's word for `--pipeline none`. */
  readonly withoutPipeline?: boolean;
  /** Files and folders with Sigma filters, besides those of the configuration. */
  readonly filter?: readonly string[];
  /** Rules that a target refuses are warnings. */
  readonly skipUnsupported?: boolean;
  /** Splunk queries end with a table of the rule attribute `fields`. */
  readonly table?: boolean;
  readonly verbose: boolean;
}

/**
 * `sigpack convert`: queries alone, of each rule in each target. Rules that a target can't express
 * are reported, the others printed.
 */
export async function convert(
  paths: readonly string[],
  options: ConvertOptions,
): Promise<ExitCode> {
  optimizeLate();
  keepNurserySmall();
  const answer = { format: 'text', verbose: options.verbose, names: 'verbose' } as const;
  const { targets, sections } = await loadTargets(options.plugin ?? []);
  const inModel = asksForDataModel(options.format, options.target);
  const chosen = chosenTargets(targets, options, inModel);
  const names = chosen.map(({ target }) => target.name);
  if (options.table && !names.includes('splunk'))
    throw new CommandError('--table is for the target splunk');
  const pipeline = chosenPipelines(options, inModel);
  const opened = await openProject(
    { config: options.config, pipeline, targets: names, sections },
    answer,
  );
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const { loaded, bag, pipelines, pluginSettings } = project;
  // throws that there is no such format
  if (inModel && !setDataModel(pipelines.get('splunk')))
    chosenTarget(targets, 'splunk', options.format);
  const formats = new Map(chosen.map((one) => [one.target.name, formatName(one)]));
  const { collection } = loadGivenRules(project, [...paths, ...(options.filter ?? [])]);
  const context = { config: loaded.config, pipelines, bag };
  const rules = targetedRules(collection, context, formats);
  const write = queryWriter(options.output, paths, chosen.length, bag);
  const warnings = createCountedWarnings(bag);
  const unfinished = chosen.flatMap(({ target, format }) =>
    isPlain(format) ? [] : (pipelines.get(target.name) ?? []),
  );
  warnOfFinalizers(bag, unfinished);
  for (const { target, format } of chosen) {
    const { name } = target;
    const own = pipelines.get(name) ?? [];
    const settings = targetSettings(loaded.config, own, pluginSettings);
    const all = options.table
      ? { ...settings, splunk: { ...settings.splunk, table: true } }
      : settings;
    const convertRule = (compiled: CompiledRule) =>
      (inModel ? withoutDataModel(compiled) : undefined) ?? target.convert(compiled, all);
    const entries = convertedEntries(rules, name, convertRule, context, warnings);
    write(name, finalized(format, own, conversionVars(name, formats.get(name) ?? '')), entries);
    noteLineBreaks(name, format, entries);
  }
  warnings.report();
  if (options.skipUnsupported) lowerRefusals(bag);
  // of a pipe, standard output is data for a program, and nobody may read the rest
  if (options.verbose || process.stdout.isTTY || options.output !== undefined)
    noteSigmaNames(names.filter((name) => !pipelines.has(name)));
  return reportProject(project, answer);
}

/** Each target once: two names may mean the same one. */
function chosenTargets(
  targets: readonly RegisteredTarget[],
  { target: names, format }: ConvertOptions,
  inModel: boolean,
): readonly Chosen[] {
  const chosen = names.map((name) => chosenTarget(targets, name, inModel ? undefined : format));
  return [...new Map(chosen.map((one) => [one.target, one])).values()];
}

/** As pySigma's templates know it: the first format, which needs no choice, is the default. */
const formatName = ({ target, format }: Chosen): string =>
  format === target.formats[0] ? 'default' : format.name;

function chosenPipelines(
  { pipeline, withoutPipeline = false }: ConvertOptions,
  inModel: boolean,
): readonly string[] | undefined {
  if (withoutPipeline && inModel)
    throw new CommandError(
      `-f data_model is the pipeline ${dataModelPipeline}: leave --without-pipeline out`,
    );
  if (withoutPipeline && pipeline)
    throw new CommandError('--without-pipeline and --pipeline exclude each other');
  if (withoutPipeline) return [noPipeline];
  return pipeline ?? (inModel ? [dataModelPipeline] : undefined);
}

/**
 * With --skip-unsupported, what one target can't express is no reason to fail; a rule that is wrong
 * is.
 */
function lowerRefusals({ list }: DiagnosticBag): void {
  for (const [index, one] of list.entries())
    if (one.severity === 'error' && isRefusal(one.code))
      list[index] = { ...one, severity: 'warning' };
}

const isRefusal = (code: DiagnosticCode): boolean =>
  code.startsWith('TGT') || ['PIP002', 'PIP006', 'PIP007', 'PIP008'].includes(code);
