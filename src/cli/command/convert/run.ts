import { basename, dirname, join, relative } from 'node:path';
import { type Conversion, placeOfRule, unconverted } from '../../../backend/backend.ts';
import { plainFormat } from '../../../backend/format.ts';
import { luceneLineFormat } from '../../../backend/lucene/line-format.ts';
import { postprocessedRule } from '../../../backend/postprocess.ts';
import type { RegisteredTarget } from '../../../backend/registry.ts';
import { dataModelState, inDataModel } from '../../../backend/splunk/scope.ts';
import type { ConvertedEntry, ConvertedRule, TargetFormat } from '../../../backend/target.ts';
import { targetName } from '../../../backend/target-name.ts';
import { warnOfUnplaced } from '../../../pack/index-macro.ts';
import {
  type CountedWarnings,
  createCountedWarnings,
  warnOfFinalizers,
  warnOfPipelines,
} from '../../../pack/pipeline-report.ts';
import { checkRuleSettings } from '../../../pack/settings/patch.ts';
import { createSharedDiagnostics } from '../../../pack/shared-diagnostics.ts';
import { searchScopes } from '../../../pack/splunk-search.ts';
import { noPipeline } from '../../../pipeline/bundle.ts';
import { fieldChoices } from '../../../pipeline/field-choice.ts';
import type { Pipeline } from '../../../pipeline/pipeline.ts';
import { conversionVars, varsOf } from '../../../pipeline/run/process.ts';
import {
  createTargetCompiler,
  type TargetedRule,
  type TargetRule,
} from '../../../pipeline/run/target-compiler.ts';
import { type CompiledRule, detectionsBelow } from '../../../query/compile.ts';
import type { DiagnosticCode } from '../../../source/code/catalogue.ts';
import type { DiagnosticBag } from '../../../source/diagnostic.ts';
import { visible } from '../../../source/visible.ts';
import { ProcessingFailure } from '../../../work/processing-failure.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { statsOf } from '../../files/path-stats.ts';
import { belowFolder } from '../../files/portable-path.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { pluginHint } from '../../plugin/guard.ts';
import { loadTargets } from '../../plugin/load.ts';
import { optimizeLate } from '../../process/optimize-late.ts';
import { keepNurserySmall } from '../../process/small-nursery.ts';
import { chosenTarget } from '../../project/chosen-target.ts';
import { targetSettings } from '../../project/conversion-settings.ts';
import { loadGivenRules } from '../../project/given-rules.ts';
import { openProject, type Project, reportProject } from '../../project/project.ts';
import { forStream } from '../../terminal/guarded.ts';

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
  /** Files and folders with Sigma filters, beside those of the configuration. */
  readonly filter?: readonly string[];
  /** A rule that a target refuses is a warning. */
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
  const inModel = isDataModel(options);
  const format = inModel ? undefined : options.format;
  const every = options.target.map((name) => chosenTarget(targets, name, format));
  // two names may mean one target
  const chosen = [...new Map(every.map((one) => [one.target, one])).values()];
  const names = chosen.map(({ target }) => target.name);
  if (options.table && !names.includes('splunk'))
    throw new CommandError('--table is for the target splunk');
  const project = await openProject(
    { config: options.config, pipeline: chosenPipelines(options), targets: names, sections },
    answer,
  );
  if ('code' in project) return project.code;
  const { loaded, bag, pipelines, pluginSettings } = project;
  // which fails: there is no such format
  if (inModel && !setsDataModel(pipelines.get('splunk')))
    chosenTarget(targets, 'splunk', options.format);
  const formats = new Map(
    chosen.map(({ target, format }) => [target.name, formatName(target, format)]),
  );
  const rules = targetedRules(project, [...paths, ...(options.filter ?? [])], formats);
  const write = writerTo(options.output, paths, chosen.length);
  const warnings = createCountedWarnings(bag);
  const unfinished = chosen.flatMap(({ target, format }) =>
    isPlain(format) ? [] : (pipelines.get(target.name) ?? []),
  );
  warnOfFinalizers(bag, unfinished);
  for (const { target, format } of chosen) {
    const own = pipelines.get(target.name) ?? [];
    const settings = targetSettings(loaded.config, own, pluginSettings);
    const wanted = options.table
      ? { ...settings, splunk: { ...settings.splunk, table: true } }
      : settings;
    const convertRule = (compiled: CompiledRule) =>
      inModel && !hasModel(compiled) ? withoutModel(compiled) : target.convert(compiled, wanted);
    const entries = converted(rules, target, convertRule, bag, (made) =>
      warnOf(made, target, project, warnings),
    );
    write(
      target,
      finalized(format, own, conversionVars(target.name, formatName(target, format))),
      entries,
      bag,
    );
    diagnosticLineBreaks(target, format, entries);
  }
  warnings.report();
  if (options.skipUnsupported) lowerRefusals(bag);
  if (options.verbose) diagnosticSigmaNames(names.filter((name) => !pipelines.has(name)));
  return reportProject(project, answer);
}

/** `-f data_model` of sigma-cli is what pipelines say here. */
const isDataModel = ({ format = '', target }: ConvertOptions): boolean =>
  /^data[_-]model$/i.test(format) &&
  target.every((name) => targetName(name, ['splunk']) === 'splunk');

const setsDataModel = (pipelines: readonly Pipeline[] = []): boolean =>
  pipelines.some(({ file }) => file.text.includes(dataModelState));

const hasModel = (compiled: CompiledRule): boolean => detectionsBelow(compiled).every(inDataModel);

function withoutModel({ rule }: CompiledRule): Conversion<never> {
  return unconverted(
    placeOfRule(rule),
    'no pipeline names a data model for the rule',
    'Leave -f data_model out to search it in an index.',
  );
}

const dataModelPipeline = 'splunk-cim';

function chosenPipelines(options: ConvertOptions): readonly string[] | undefined {
  const { pipeline, withoutPipeline = false } = options;
  if (withoutPipeline && isDataModel(options))
    throw new CommandError(
      `-f data_model is the pipeline ${dataModelPipeline}: leave --without-pipeline out`,
    );
  if (withoutPipeline && pipeline)
    throw new CommandError('--without-pipeline and --pipeline exclude each other');
  if (withoutPipeline) return [noPipeline];
  return pipeline ?? (isDataModel(options) ? [dataModelPipeline] : undefined);
}

/**
 * With --skip-unsupported, what one target can't say is no reason to fail; a rule that is wrong is.
 */
function lowerRefusals({ list }: DiagnosticBag): void {
  for (const [index, one] of list.entries())
    if (one.severity === 'error' && isRefusal(one.code))
      list[index] = { ...one, severity: 'warning' };
}

const isRefusal = (code: DiagnosticCode): boolean =>
  code.startsWith('TGT') || ['PIP002', 'PIP006', 'PIP007', 'PIP008'].includes(code);

/** As pySigma's templates know it: what is written without a choice is the default. */
const formatName = (target: RegisteredTarget, format: TargetFormat): string =>
  format === target.formats[0] ? 'default' : format.name;

function targetedRules(
  project: Project,
  paths: readonly string[],
  formats: ReadonlyMap<string, string>,
): readonly TargetedRule[] {
  const { loaded, bag, pipelines } = project;
  const { collection } = loadGivenRules(project, paths);
  const { placeholders, unmatchable } = loaded.config;
  const { compile } = createTargetCompiler({
    collection,
    placeholders,
    bag,
    pipelines,
    formats,
    unmatchable,
    namedBy: (rule) => rule.fields,
  });
  return collection.rules
    .filter((rule) => collection.standsAlone(rule) && checkRuleSettings(rule, bag))
    .flatMap((rule) => compile(rule) ?? []);
}

interface Entry {
  readonly entry: ConvertedEntry;
  readonly path: string;
}

/** What pipelines leave open is told as `sigpack build` tells it. */
function warnOf(
  { compiled, off }: TargetRule,
  { name }: RegisteredTarget,
  { loaded, pipelines }: Project,
  warnings: CountedWarnings,
): void {
  if (!off) warnOfPipelines(warnings, name, compiled);
  if (name === 'splunk' && (pipelines.get(name) ?? []).length > 0)
    warnOfUnplaced(warnings, searchScopes(compiled, loaded.config), compiled, loaded.config);
}

function converted(
  rules: readonly TargetedRule[],
  target: RegisteredTarget,
  convertRule: (compiled: CompiledRule) => Conversion<ConvertedRule>,
  bag: DiagnosticBag,
  onMade: (made: TargetRule) => void,
): readonly Entry[] {
  const diagnostics = createSharedDiagnostics(bag);
  const entries = rules.flatMap(({ forTarget }): readonly Entry[] => {
    const made = forTarget(target.name);
    if (!made.ok) return [];
    onMade(made.value);
    const { compiled } = made.value;
    const conversion = postprocessedRule(convertRule(compiled), compiled);
    diagnostics.add(
      target.name,
      compiled.rule,
      conversion.ok ? conversion.diagnostics : conversion.error,
    );
    return conversion.ok
      ? [{ entry: entryOf(compiled, conversion.value), path: compiled.rule.file.path }]
      : [];
  });
  diagnostics.report();
  return entries;
}

function entryOf(
  { rule, processing }: CompiledRule,
  convertedRule: ConvertedEntry['converted'],
): ConvertedEntry {
  return { rule, converted: convertedRule, ...(processing && { state: processing.state }) };
}

/** Queries and nothing else, one after the other. */
const isPlain = (format: TargetFormat): boolean =>
  format === plainFormat || format === luceneLineFormat;

/**
 * The finalizers of pipelines make the text of the plain format; others have a form of their own.
 */
function finalized(
  format: TargetFormat,
  pipelines: readonly Pipeline[],
  conversion: ReadonlyMap<string, unknown>,
): TargetFormat {
  const finalizers = pipelines.flatMap((pipeline) => pipeline.finalizers);
  if (finalizers.length === 0 || !isPlain(format)) return format;
  return {
    ...format,
    print(entries) {
      const queries = entries.flatMap((entry) => entry.converted.queries);
      const context = {
        vars: varsOf(pipelines),
        conversion,
        states: entries.map(({ state }) => state ?? new Map()),
      };
      return `${finalizers.reduce<readonly string[]>((texts, { apply }) => apply(texts, context), queries).join('\n')}\n`;
    },
  };
}

/**
 * A query may hold a line break that has no other spelling in its language; nothing in the text
 * tells where such a query ends.
 */
function diagnosticLineBreaks(
  target: RegisteredTarget,
  format: TargetFormat,
  entries: readonly Entry[],
): void {
  if (!isPlain(format)) return;
  const broken = entries.filter(({ entry }) => {
    const { queries } = entry.converted;
    return (
      queries.some((query) => /[\n\r]/.test(query)) &&
      format.print([entry]).split(/[\n\r]/).length > queries.length + 1
    );
  });
  const [first] = broken;
  if (!first) return;
  const others = broken.length > 1 ? ` and ${broken.length - 1} more` : '';
  const { title } = first.entry.rule;
  process.stderr.write(
    `sigpack: ${target.name}: queries hold line breaks (${visible(title)}${others}); -f json ` +
      `and -f ndjson keep each on one line\n`,
  );
}

/** Nobody has chosen other names for these targets, and their products have others. */
function diagnosticSigmaNames(names: readonly string[]): void {
  const concerned = names.filter((name) => fieldChoices(name).length > 1);
  if (concerned.length === 0) return;
  const choices =
    '-p chooses pipelines (sigpack list pipelines), -p none says that these names are meant';
  process.stderr.write(
    `sigpack: ${concerned.join(', ')}: field names are Sigma's own; ${choices}\n`,
  );
}

type Writer = (
  target: RegisteredTarget,
  format: TargetFormat,
  entries: readonly Entry[],
  bag: DiagnosticBag,
) => void;

function writerTo(
  output: string | undefined,
  paths: readonly string[],
  targetCount: number,
): Writer {
  if (output !== undefined && isFolder(output, targetCount)) {
    const root = commonFolder(paths);
    return (target, format, entries, bag) => {
      const among = entries.map(({ entry }) => entry);
      writeEach(
        output,
        root,
        target,
        (entry) => printed(format, [entry], bag, among),
        format.extension,
        entries,
      );
    };
  }
  return (target, format, entries, bag) => {
    const text = printed(format, entries, bag);
    if (text === undefined) return;
    if (output !== undefined) writeWhole(output, text);
    else
      process.stdout.write(
        forStream(targetCount > 1 ? `== ${target.name}\n${text}` : text, process.stdout),
      );
  };
}

/** Undefined where a finalizer or the format of a plugin failed and has been reported. */
function printed(
  format: TargetFormat,
  entries: readonly Entry[],
  bag: DiagnosticBag,
  among?: readonly ConvertedEntry[],
): string | undefined {
  try {
    return format.print(
      entries.map(({ entry }) => entry),
      among,
    );
  } catch (error) {
    if (!(error instanceof ProcessingFailure) && !(error instanceof CommandError)) throw error;
    const [first] = entries;
    // there is no rule to put it to
    if (!first) throw new CommandError(error.message);
    const { file, titleSpan } = first.entry.rule;
    // a template of a finalizer asks for what is not there
    if (error instanceof ProcessingFailure)
      bag.add(file, { code: 'PIP002', message: error.message, span: titleSpan });
    else
      bag.add(file, { code: 'TGT001', message: error.message, span: titleSpan, hint: pluginHint });
    return undefined;
  }
}

/**
 * A path that ends in a slash, a folder that is there, or the only way to write several targets.
 */
function isFolder(path: string, targetCount: number): boolean {
  if (path.endsWith('/') || path.endsWith('\\') || targetCount > 1) return true;
  return statsOf(path)?.isDirectory() ?? false;
}

/** What the files' own folders are relative to: the one folder given, or nothing. */
function commonFolder(paths: readonly string[]): string | undefined {
  const [only] = paths;
  return paths.length === 1 && only !== undefined && statsOf(only)?.isDirectory()
    ? only
    : undefined;
}

/**
 * One file a rule; the folders of the rules are mirrored. Several rules of one file are numbered.
 */
function writeEach(
  folder: string,
  root: string | undefined,
  target: RegisteredTarget,
  print: (entry: Entry) => string | undefined,
  extension: string,
  entries: readonly Entry[],
): void {
  const taken = new Map<string, number>();
  for (const entry of entries) {
    const { path } = entry;
    const inside = root === undefined ? belowFolder(path) : relative(root, path);
    const name = basename(inside).replace(/\.ya?ml$/i, '');
    const stem = join(folder, target.name, dirname(inside), name);
    const count = (taken.get(stem) ?? 0) + 1;
    taken.set(stem, count);
    const text = print(entry);
    if (text !== undefined) writeWhole(`${stem}${count > 1 ? `-${count}` : ''}.${extension}`, text);
  }
}
