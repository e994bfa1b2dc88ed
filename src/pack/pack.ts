import type { Pipeline } from '../pipeline/pipeline.ts';
import { createTargetCompiler, type TargetedRule } from '../pipeline/run/target-compiler.ts';
import { type CompiledRule, logSourcesOf } from '../query/compile.ts';
import { lookBackOf } from '../query/look-back.ts';
import type { Collection, Rule } from '../sigma/collection/collection.ts';
import type { LogSource } from '../sigma/rule/rule.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import { usualNames } from './alert/table.ts';
import { chosenPipelines, type NamedPipeline } from './chosen-pipelines.ts';
import type { PackConfig, Target } from './config/config.ts';
import {
  createEsSettingsReport,
  type EsSettingsReport,
  splunkSettings,
} from './config/es-settings.ts';
import { warnOfMatchSlips } from './config/match-slips.ts';
import { mergeSettings } from './config/merge-settings.ts';
import { nothingPublished } from './config/published.ts';
import { placeOfKey } from './config/savedsearch-place.ts';
import { graylogGrace } from './graylog/grace.ts';
import { ignoredByGraylog } from './graylog/window.ts';
import { graylogSearch } from './graylog-search.ts';
import { warnOfDefaultIndexes, warnOfUnplaced, withMacrosApart } from './index-macro.ts';
import { type LeftOffByTarget, switchedOff, withinBudgets } from './load-trim.ts';
import { attackReferences } from './model/attack-tags.ts';
import type {
  GraylogDetection,
  PackDetection,
  PackRule,
  SplunkDetection,
} from './model/detection.ts';
import { createNamer, type DetectionName, type NamingHistory } from './naming/naming.ts';
import { type Tombstone, tombstonesOf } from './naming/tombstone.ts';
import { compiledAs, type DetectionOutcome, skipped, type TargetOutcome } from './outcome.ts';
import { type CountedWarnings, createCountedWarnings, warnOfPipelines } from './pipeline-report.ts';
import { graylogFields } from './result/graylog-fields.ts';
import { createFieldNames } from './result/named-fields.ts';
import { resultThreshold } from './result/result-threshold.ts';
import { type SplunkFields, splunkFields } from './result/splunk-fields.ts';
import { checkRuleSettings } from './settings/patch.ts';
import { isSelected, levelOf } from './settings/selection.ts';
import { serverVersion } from './settings/server-version.ts';
import { createSharedDiagnostics, type SharedDiagnostics } from './shared-diagnostics.ts';
import { doubleOutput } from './splunk/es-output.ts';
import { overrideErrors } from './splunk/overrides.ts';
import { splunkSchedule } from './splunk/schedule.ts';
import { filterMacroName, modelNameOf, searchScopes, splunkDetection } from './splunk-search.ts';

/**
 * The detections of a pack with their queries in each target: what {@link makeArtifacts} writes.
 *
 * @example
 * import { assemblePack, collect, createBag, defaultConfig, type Pack } from 'sigpack';
 *
 * const namesOf = (pack: Pack) => pack.outcomes.map(({ detection }) => detection.name);
 * const bag = createBag();
 * namesOf(assemblePack({ collection: collect([], bag), config: defaultConfig(), bag })); // => []
 */
export interface Pack {
  readonly config: PackConfig;
  /** By target: the pipelines that its rules went through, as they were chosen. */
  readonly chosen: ReadonlyMap<Target, readonly NamedPipeline[]>;
  readonly outcomes: readonly DetectionOutcome[];
  readonly splunk: readonly SplunkDetection[];
  readonly graylog: readonly GraylogDetection[];
  /** Published once and no longer there: disabled stanzas of the Splunk app. Sorted by name. */
  readonly tombstones: readonly Tombstone[];
  /**
   * Switched off, since the budget of a target has no room for them; those with the best claim to
   * it first.
   */
  readonly leftOff: LeftOffByTarget;
  /** Rules left out by `select`. */
  readonly excluded: number;
  /** Rules whose items or references are wrong. */
  readonly invalid: number;
}

/** What {@link assemblePack} makes a pack of. */
export interface PackInput {
  readonly collection: Collection;
  /**
   * The rules to compile, with their number or more for the progress; default: those of the
   * collection.
   */
  readonly rules?: Iterable<Rule>;
  readonly total?: number;
  readonly config: PackConfig;
  readonly bag: DiagnosticBag;
  /** None: fields keep their names. */
  readonly pipelines?: ReadonlyMap<string, readonly Pipeline[]>;
  /** Names that the pack was published with; default: none. */
  readonly history?: NamingHistory;
  readonly onProgress?: (done: number, total: number) => void;
  /** Told of each detection while its rule is at hand: the pack itself lets go of it. */
  readonly onOutcome?: (outcome: DetectionOutcome, written: CompiledRule) => void;
}

/**
 * Compiles the rules that the configuration selects, for its targets.
 *
 * @param collection - The rules and filters of a run.
 * @param rules - The rules to compile, such as a part of them. Default: those of the collection.
 * @param config - The configuration.
 * @param bag - Takes the diagnostics. A rule that a target refuses is left out of that target.
 * @param pipelines - Processing pipelines by target. Default: none, so fields keep their names.
 * @returns The pack. It writes nothing.
 * @example
 * import { assemblePack, collect, createBag, defaultConfig, readDocuments } from 'sigpack';
 *
 * const text = `title: Logon
 * logsource: { product: windows, service: security }
 * detection: { selection: { EventID: 4624 }, condition: selection }
 * `;
 * const bag = createBag();
 * const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
 * const pack = assemblePack({ collection, config: defaultConfig(), bag });
 * pack.outcomes.map(({ detection }) => detection.name); // => ['Logon']
 * pack.graylog.map(({ search }) => search.kind); // => ['filter']
 */
export function assemblePack({
  collection,
  rules = collection.rules,
  total = collection.rules.length,
  config,
  bag,
  pipelines = new Map(),
  history,
  onProgress,
  onOutcome,
}: PackInput): Pack {
  const { compile } = createTargetCompiler({
    collection,
    placeholders: config.placeholders,
    bag,
    pipelines,
    unmatchable: config.unmatchable,
    namedBy: createFieldNames(config),
    usualNames,
  });
  const namer = createNamer({
    info: config.info,
    prefix: config.namePrefix,
    rules: collection.rules.filter(collection.standsAlone),
    bag,
    history,
  });
  const pack = {
    outcomes: [] as DetectionOutcome[],
    splunk: [] as SplunkDetection[],
    graylog: [] as GraylogDetection[],
  };
  const warnings = createCountedWarnings(bag);
  const diagnostics = createSharedDiagnostics(bag);
  const esSettings = createEsSettingsReport(config, bag);
  const sources = new Set<LogSource>();
  let excluded = 0;
  let invalid = 0;
  let index = 0;
  for (const rule of rules) {
    onProgress?.(index++, total);
    if (!collection.standsAlone(rule)) continue;
    const targeted = compile(rule);
    if (!targeted) {
      invalid++;
      continue;
    }
    const logSources = logSourcesOf(targeted.written);
    if (!isSelected(config.select, rule, logSources)) {
      excluded++;
      continue;
    }
    logSources.forEach(sources.add, sources);
    const detection = detectionOf(
      targeted.written,
      logSources,
      config,
      (chosen) => namer.nameOf(rule, chosen),
      bag,
    );
    if (detection)
      addDetection(
        { pack, config, warnings, diagnostics, esSettings, onOutcome },
        detection,
        targeted,
      );
    else invalid++;
  }
  namer.tell();
  diagnostics.tell();
  warnings.tell();
  esSettings.tell();
  warnOfMatchSlips(
    config,
    [...sources, ...pack.splunk.flatMap(({ scopes }) => scopes.map(({ source }) => source))],
    bag,
  );
  const splunk = withMacrosApart(config, pack.splunk);
  const settled = withinBudgets(
    { ...pack, splunk },
    config,
    history?.published ?? nothingPublished,
  );
  const chosen = new Map(
    config.targets.map((target) => [
      target,
      chosenPipelines(target, config.pipelines.get(target) ?? [], pipelines.get(target) ?? []),
    ]),
  );
  return {
    config,
    chosen,
    ...settled,
    tombstones: tombstonesOf(history, splunk, config.info.version),
    excluded,
    invalid,
  };
}

function detectionOf(
  compiled: CompiledRule,
  logSources: readonly LogSource[],
  config: PackConfig,
  nameFor: (chosen: string | undefined) => DetectionName | undefined,
  bag: DiagnosticBag,
): PackDetection | undefined {
  const { rule } = compiled;
  if (!checkRuleSettings(rule, bag)) return undefined;
  const settings = mergeSettings(config, rule, logSources);
  const names = nameFor(settings.name);
  if (!names) return undefined;
  const detection = {
    ...names,
    rule: packRule(rule),
    severity: settings.severity ?? levelOf(rule),
    logSources,
    attack: attackReferences(rule.tags),
    settings,
  };
  return compiled.kind === 'correlation'
    ? { ...detection, lookBack: lookBackOf(compiled) }
    : detection;
}

function packRule(rule: Rule): PackRule {
  if (rule.kind === 'correlation') return rule;
  const { detection: _, ...head } = rule;
  // its path is all that is needed from here on
  return { ...head, file: { path: rule.file.path, text: '' } };
}

interface Growing {
  readonly outcomes: DetectionOutcome[];
  readonly splunk: SplunkDetection[];
  readonly graylog: GraylogDetection[];
}

interface Adding {
  readonly pack: Growing;
  readonly config: PackConfig;
  readonly warnings: CountedWarnings;
  readonly diagnostics: SharedDiagnostics;
  readonly esSettings: EsSettingsReport;
  readonly onOutcome: PackInput['onOutcome'] | undefined;
}

function addDetection(
  adding: Adding,
  detection: PackDetection,
  { written, forTarget }: TargetedRule,
): void {
  const { pack, config } = adding;
  const targets = new Map<Target, TargetOutcome>();
  for (const target of config.targets) {
    const made = forTarget(target);
    if (!made.compiled) {
      targets.set(target, skipped([made.reason]));
      continue;
    }
    const { compiled, off } = made;
    if (!off) warnOfPipelines(adding.warnings, target, compiled);
    const shown = off ? { ...detection, settings: switchedOff(detection.settings) } : detection;
    const own: PackDetection = compiled.processing?.postprocess
      ? { ...shown, postprocessed: true }
      : shown;
    const outcome =
      target === 'splunk'
        ? addToSplunk(adding, own, compiled)
        : addToGraylog(adding, own, compiled);
    targets.set(target, off && outcome.kind === 'compiled' ? { ...outcome, off } : outcome);
  }
  const outcome = { detection, targets };
  pack.outcomes.push(outcome);
  adding.onOutcome?.(outcome, written);
}

function addToSplunk(adding: Adding, given: PackDetection, compiled: CompiledRule): TargetOutcome {
  const { pack, config, diagnostics, warnings } = adding;
  const { threshold, ignored } = resultThreshold(compiled.rule, given.settings.threshold);
  const own = { ...given, settings: splunkSettings(given.settings, config) };
  const detection =
    ignored === undefined ? own : { ...own, settings: { ...own.settings, threshold } };
  const fields = splunkFields(compiled, detection, config.splunk.enterpriseSecurity);
  diagnostics.add('splunk', compiled.rule, fields.ok ? fields.diagnostics : fields.error);
  if (!fields.ok) return skipped(fields.error);
  const scopes = searchScopes(compiled, config);
  const conversion = splunkDetection(compiled, fields.value, scopes, config);
  diagnostics.add(
    'splunk',
    compiled.rule,
    conversion.ok ? conversion.diagnostics : conversion.error,
  );
  if (!conversion.ok) return skipped(conversion.error);
  if (ignored !== undefined) warnings.add('TGT007', 'splunk', ignored, compiled.rule);
  warnOfOverrides(adding, fields.value, compiled);
  warnOfUnplaced(warnings, scopes, compiled, config);
  warnOfDefaultIndexes(warnings, scopes, compiled, config);
  const twice = config.splunk.enterpriseSecurity ? doubleOutput(fields.value.detection) : undefined;
  if (twice !== undefined) warnings.add('TGT007', 'splunk', twice, compiled.rule);
  const { search, events } = conversion.value;
  const made = {
    detection: fields.value.detection,
    search,
    scopes,
    filterMacro: filterMacroName(detection),
  };
  adding.esSettings.add(compiled.rule);
  pack.splunk.push(
    config.splunk.enterpriseSecurity ? { ...made, ...drilledInto(compiled, events) } : made,
  );
  return compiledAs([detection.name], [search]);
}

/** What drill-downs of a finding search. */
function drilledInto(
  compiled: CompiledRule,
  events: (() => string) | undefined,
): Pick<SplunkDetection, 'events' | 'dataModel'> {
  const dataModel = modelNameOf(compiled);
  return {
    ...(events === undefined ? {} : { events: events() }),
    ...(dataModel === undefined ? {} : { dataModel }),
  };
}

/** Since nobody has chosen any, and not on purpose. */
const searchesAllStreams = ({ settings }: PackDetection, { graylog }: PackConfig): boolean =>
  settings.graylog.streams.length === 0 &&
  graylog.streams.length === 0 &&
  graylog.streamParameter === undefined &&
  !graylog.allStreams;

/** Keys of savedsearches.conf that replace what is made from `suppress` and the window. */
const isByHand = ({ settings: { splunk } }: PackDetection): boolean =>
  Object.keys(splunk.savedsearch).some((key) =>
    /^(?:alert\.suppress|dispatch\.(?:earliest|latest)_time)/.test(key),
  );

function warnOfOverrides(
  { config, diagnostics, warnings }: Adding,
  { detection, results }: SplunkFields,
  { rule }: CompiledRule,
): void {
  const { repeats } = splunkSchedule(detection);
  if (repeats !== undefined && !isByHand(detection))
    warnings.add('TGT008', 'splunk', repeats, rule);
  const found = overrideErrors(detection, results).map(({ key, ...reason }) => ({
    ...reason,
    ...placeOfKey(key, rule, detection.logSources, config),
  }));
  diagnostics.add('splunk', rule, found);
}

function addToGraylog(
  adding: Adding,
  detection: PackDetection,
  compiled: CompiledRule,
): TargetOutcome {
  const { pack, config, diagnostics, warnings } = adding;
  const conversion = graylogSearch(compiled, detection, config);
  diagnostics.add(
    'graylog',
    compiled.rule,
    conversion.ok ? conversion.diagnostics : conversion.error,
  );
  if (!conversion.ok) return skipped(conversion.error);
  const fields = graylogFields(compiled, detection, conversion.value);
  diagnostics.add('graylog', compiled.rule, fields.ok ? fields.diagnostics : fields.error);
  if (!fields.ok) return skipped(fields.error);
  const added = { detection: fields.value, search: conversion.value };
  const minimum = serverVersion(config.graylog.minimumServerVersion) ?? 0;
  for (const message of ignoredByGraylog(added, compiled, minimum))
    warnings.add('TGT007', 'graylog', message, compiled.rule);
  const { ignored, repeats } = graylogGrace(added, minimum);
  if (ignored !== undefined) warnings.add('TGT007', 'graylog', ignored, compiled.rule);
  if (repeats !== undefined) warnings.add('TGT008', 'graylog', repeats, compiled.rule);
  if (searchesAllStreams(detection, config))
    warnings.add(
      'PIP010',
      'graylog',
      'nothing says which streams hold the events, so all are searched',
      compiled.rule,
    );
  pack.graylog.push(added);
  return compiledAs(
    [detection.name],
    conversion.value.kind === 'filter' ? conversion.value.queries : [conversion.value.query],
  );
}
