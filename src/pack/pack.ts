import type { Pipeline } from '../pipeline/pipeline.ts';
import {
  createTargetCompiler,
  type TargetCompiler,
  type TargetedRule,
} from '../pipeline/run/target-compiler.ts';
import { type CompiledRule, logSourcesOf } from '../query/compile.ts';
import type { Collection, Rule } from '../sigma/collection/collection.ts';
import type { LogSource } from '../sigma/rule/rule.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import { usualNames } from './alert/table.ts';
import { chosenPipelines, type NamedPipeline } from './chosen-pipelines.ts';
import type { PackConfig, Target } from './config/config.ts';
import { warnOfMatchSlips } from './config/match-slips.ts';
import { nothingPublished } from './config/published.ts';
import { detectionInGraylog, outcomeInGraylog } from './graylog-target.ts';
import { withMacrosApart } from './index-macro.ts';
import { type LeftOffByTarget, switchedOff, withinBudgets } from './load-trim.ts';
import type { GraylogDetection, PackDetection, SplunkDetection } from './model/detection.ts';
import { createNamer, type Namer } from './naming/naming.ts';
import type { NamingHistory } from './naming/published-names.ts';
import { type Tombstone, tombstonesOf } from './naming/tombstone.ts';
import { compiledAs, type DetectionOutcome, skipped, type TargetOutcome } from './outcome.ts';
import { warnOfPipelines } from './pipeline-report.ts';
import { createReports, type PackReports } from './reports.ts';
import { createFieldNames } from './result/named-fields.ts';
import { detectionOf } from './rule-detection.ts';
import { isSelected } from './settings/selection.ts';
import { type SplunkGroups, splunkGroups } from './splunk/grouped/groups.ts';
import { detectionInSplunk } from './splunk-target.ts';

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
  /**
   * By target: the pipelines that its rules went through, in the order in which they were chosen.
   */
  readonly chosen: ReadonlyMap<Target, readonly NamedPipeline[]>;
  readonly outcomes: readonly DetectionOutcome[];
  readonly splunk: readonly SplunkDetection[];
  readonly graylog: readonly GraylogDetection[];
  /** What the app schedules in place of searches of the detections, with `splunk.grouping`. */
  readonly groups: SplunkGroups;
  /** Published once and now gone: disabled stanzas of the Splunk app. Sorted by name. */
  readonly tombstones: readonly Tombstone[];
  /**
   * Disabled because the budget of a target has no room for them, those with the best claim first.
   */
  readonly leftOff: LeftOffByTarget;
  /** Rules left out by `select`. */
  readonly excluded: number;
  /** Rules whose items or references are invalid. */
  readonly invalid: number;
}

/** What {@link assemblePack} makes a pack of. */
export interface PackInput {
  /** The rules and filters of a run. */
  readonly collection: Collection;
  /** The rules to compile, such as a part of them. Default: those of the collection. */
  readonly rules?: Iterable<Rule>;
  /** The number of the rules or more, for the progress. */
  readonly total?: number;
  readonly config: PackConfig;
  /** Takes the diagnostics. A rule that a target refuses is left out of that target. */
  readonly bag: DiagnosticBag;
  /** Processing pipelines by target. Default: none, so fields keep their names. */
  readonly pipelines?: ReadonlyMap<string, readonly Pipeline[]>;
  /** Names that the pack was published with. Default: none. */
  readonly history?: NamingHistory;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What became of a rule, and the rule as written with its meaning. */
export interface CompiledOutcome {
  readonly outcome: DetectionOutcome;
  readonly written: CompiledRule;
}

/** A pack that is compiled rule by rule. */
export interface PackCompilation {
  /**
   * Each detection, while its rule is in memory: the pack itself only keeps the queries. Can be
   * iterated once.
   */
  readonly outcomes: Iterable<CompiledOutcome>;
  /** Compiles the remaining rules and returns the pack. */
  readonly pack: () => Pack;
}

/**
 * Compiles the rules that the configuration selects, for its targets.
 *
 * @param input - The rules, the configuration, and the bag for the diagnostics.
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
export const assemblePack = (input: PackInput): Pack => compilePack(input).pack();

/** Like {@link assemblePack}, for callers that need each rule while it is compiled. */
export function compilePack(input: PackInput): PackCompilation {
  const { collection, config, bag, pipelines = new Map(), history } = input;
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
  const reports = createReports(config, bag);
  const pack: GrowingPack = {
    outcomes: [],
    splunk: [],
    graylog: [],
    logSources: new Set(),
    excluded: 0,
    invalid: 0,
  };
  const outcomes = compiledOutcomes(input, { compile, namer, reports, pack });
  return {
    outcomes,
    pack() {
      while (!outcomes.next().done);
      namer.report();
      reports.report();
      return completed({ ...input, pipelines }, pack);
    },
  };
}

interface GrowingPack {
  readonly outcomes: DetectionOutcome[];
  readonly splunk: SplunkDetection[];
  readonly graylog: GraylogDetection[];
  /** Of the selected rules. */
  readonly logSources: Set<LogSource>;
  excluded: number;
  invalid: number;
}

interface Compiling extends TargetCompiler {
  readonly namer: Namer;
  readonly reports: PackReports;
  readonly pack: GrowingPack;
}

function* compiledOutcomes(
  { collection, config, bag, onProgress, ...given }: PackInput,
  { compile, namer, reports, pack }: Compiling,
): Generator<CompiledOutcome, void> {
  const { rules = collection.rules, total = collection.rules.length } = given;
  let index = 0;
  for (const rule of rules) {
    onProgress?.(index++, total);
    if (!collection.standsAlone(rule)) continue;
    const targeted = compile(rule);
    if (!targeted) {
      pack.invalid++;
      continue;
    }
    const { written } = targeted;
    const logSources = logSourcesOf(written);
    if (!isSelected(config.select, rule, logSources)) {
      pack.excluded++;
      continue;
    }
    logSources.forEach(pack.logSources.add, pack.logSources);
    const nameFor = (chosen: string | undefined) => namer.nameOf(rule, chosen);
    const detection = detectionOf(written, logSources, config, nameFor, bag);
    if (!detection) {
      pack.invalid++;
      continue;
    }
    const targets = targetOutcomes(detection, targeted, config, reports, pack);
    const outcome = { detection, targets };
    pack.outcomes.push(outcome);
    yield { outcome, written };
  }
}

/** Makes macro names unique, applies the budgets, and adds what was published and is gone. */
function completed(
  {
    config,
    bag,
    pipelines,
    history,
  }: Pick<PackInput, 'config' | 'bag' | 'history'> & Required<Pick<PackInput, 'pipelines'>>,
  { outcomes, splunk, graylog, logSources, excluded, invalid }: GrowingPack,
): Pack {
  const searched = splunk.flatMap(({ scopes }) => scopes.map(({ source }) => source));
  warnOfMatchSlips(config, [...logSources, ...searched], bag);
  const apart = withMacrosApart(config, splunk);
  const groups = splunkGroups(apart, config);
  return {
    config,
    chosen: new Map(
      config.targets.map((target) => [
        target,
        chosenPipelines(target, config.pipelines.get(target) ?? [], pipelines.get(target) ?? []),
      ]),
    ),
    ...withinBudgets(
      { outcomes, splunk: apart, graylog, groups },
      config,
      history?.published ?? nothingPublished,
    ),
    tombstones: tombstonesOf(history, [...apart, ...groups.groups], config.info.version),
    excluded,
    invalid,
  };
}

/** What becomes of a detection in each target. Adds it to the packs that can hold it. */
function targetOutcomes(
  detection: PackDetection,
  { forTarget }: TargetedRule,
  config: PackConfig,
  reports: PackReports,
  pack: GrowingPack,
): ReadonlyMap<Target, TargetOutcome> {
  const targets = new Map<Target, TargetOutcome>();
  for (const target of config.targets) {
    const form = forTarget(target);
    if (!form.ok) {
      targets.set(target, skipped([form.error]));
      continue;
    }
    const { compiled, off } = form.value;
    if (!off) warnOfPipelines(reports.warnings, target, compiled);
    const shown = off ? { ...detection, settings: switchedOff(detection.settings) } : detection;
    const own: PackDetection = compiled.processing?.postprocess
      ? { ...shown, postprocessed: true }
      : shown;
    const outcome =
      target === 'splunk'
        ? addToSplunk(own, compiled, config, reports, pack)
        : addToGraylog(own, compiled, config, reports, pack);
    targets.set(target, off && outcome.kind === 'compiled' ? { ...outcome, off } : outcome);
  }
  return targets;
}

function addToSplunk(
  detection: PackDetection,
  compiled: CompiledRule,
  config: PackConfig,
  reports: PackReports,
  { splunk }: GrowingPack,
): TargetOutcome {
  const own = detectionInSplunk(compiled, detection, config, reports);
  if (!own.ok) return skipped(own.error);
  splunk.push(own.value);
  return compiledAs([detection.name], [own.value.search]);
}

function addToGraylog(
  detection: PackDetection,
  compiled: CompiledRule,
  config: PackConfig,
  reports: PackReports,
  { graylog }: GrowingPack,
): TargetOutcome {
  const own = detectionInGraylog(compiled, detection, config, reports);
  if (!own.ok) return skipped(own.error);
  graylog.push(own.value);
  return outcomeInGraylog(own.value);
}
