import { parameterDefault } from '../../backend/graylog/blank.ts';
import { graylogDefaults } from '../../backend/graylog/graylog.ts';
import type { CorrelationMethod } from '../../backend/splunk/splunk.ts';
import { defaultTargetSettings, type GrepSettings } from '../../backend/target.ts';
import { noPipeline } from '../../pipeline/bundle.ts';
import type { Unmatchable } from '../../pipeline/run/target-compiler.ts';
import type { Level } from '../../sigma/rule/rule.ts';
import { type Pattern, parsePattern } from '../../sigma/value/pattern.ts';
import type { DiagnosticCode } from '../../source/code.ts';
import type { DiagnosticBag, NewDiagnostic, Severity } from '../../source/diagnostic.ts';
import { checkSchema } from '../../source/schema.ts';
import type { SourceFile } from '../../source/span.ts';
import { lookup, parseYaml, toPlain, type YamlNode } from '../../source/yaml.ts';
import type { NotificationChoice } from '../graylog/notification.ts';
import type { StreamChoice } from '../graylog/stream-reference.ts';
import type { PackInfo } from '../model/detection.ts';
import { confError } from '../render/splunk-conf.ts';
import { misreadPlaces } from '../settings/all-events.ts';
import {
  noteFile,
  noteGeneral,
  rangeDiagnostics,
  readSettings,
  type SettingsPatch,
} from '../settings/patch.ts';
import {
  savedSearchDiagnostics,
  savedSearchValueDiagnostics,
} from '../settings/savedsearch-check.ts';
import { retiredSettings } from '../settings/schema.ts';
import {
  type EnablePreset,
  type Enabling,
  enablePresets,
  type LogSourceMatch,
  type Selection,
} from '../settings/selection.ts';
import {
  type ElasticsearchConfig,
  elasticsearchConfig,
  elasticsearchDiagnostics,
  type WrittenElasticsearch,
} from './elasticsearch-config.ts';
import { graylogDiagnostics } from './graylog-config-check.ts';
import type { InstallConfig } from './install-config.ts';
import { type LintConfig, lintConfig, lintDiagnostics, type WrittenLint } from './lint-config.ts';
import { defaultDefinitionsPerMinute, defaultSearchesPerMinute } from './load-budget.ts';
import { noteMatches } from './match-slips.ts';
import { type ReleaseConfig, releaseConfig, type WrittenRelease } from './release-config.ts';
import { configSchema } from './schema.ts';

/** A product that a pack is built for. `sigpack convert` knows more languages. */
export type Target = 'splunk' | 'graylog';
export type FailOn = 'error' | 'warning' | 'never';
/**
 * What becomes of detections that a budget has no room for: they are switched off, or a diagnostic
 * says it (PCK006).
 */
export type OverBudget = 'disable' | 'warn' | 'error';

/**
 * A sigpack.yml with its defaults (docs/configuration.md). Paths are as written: relative to the
 * folder of the file.
 *
 * @example
 * import { defaultConfig, type PackConfig } from 'sigpack';
 *
 * const config: PackConfig = { ...defaultConfig(), targets: ['splunk'] };
 * config.failOn; // => 'error'
 */
export interface PackConfig {
  readonly info: PackInfo;
  /** Before the name of each detection. */
  readonly namePrefix: string;
  readonly rules: readonly string[];
  readonly filters: readonly string[];
  readonly select: Selection;
  readonly targets: readonly Target[];
  /** Names of processing pipelines by target, as written. */
  readonly pipelines: ReadonlyMap<string, readonly string[]>;
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  /** Folder of overriding templates. */
  readonly templates?: string;
  readonly severities: ReadonlyMap<DiagnosticCode, Severity>;
  readonly failOn: FailOn;
  readonly lint: LintConfig;
  readonly enable: Enabling;
  readonly overBudget: OverBudget;
  /** What becomes of rules that can never be true in a target. */
  readonly unmatchable: Unmatchable;
  readonly defaults: SettingsPatch;
  readonly levels: ReadonlyMap<Level, SettingsPatch>;
  readonly logsources: readonly LogSourceSettings[];
  readonly splunk: SplunkConfig;
  readonly graylog: GraylogConfig;
  readonly elasticsearch: ElasticsearchConfig;
  readonly grep: GrepSettings;
  readonly release: ReleaseConfig;
  /** Where packs are installed, by name. */
  readonly installs: ReadonlyMap<string, InstallConfig>;
}

export interface LogSourceSettings {
  readonly match: LogSourceMatch;
  readonly settings: SettingsPatch;
}

export interface SplunkConfig {
  /** The app is for a Splunk with Enterprise Security 7 or 8. */
  readonly enterpriseSecurity: boolean;
  /** Names of the indexes of all log sources; `*` for all. Undefined: nobody has chosen. */
  readonly index?: readonly string[];
  /** The first entry that matches a log source defines its index macro. */
  readonly indexes: readonly { readonly match: LogSourceMatch; readonly definition: string }[];
  /** Enabled searches that may start in one minute. */
  readonly searchesPerMinute: number;
  readonly cloudSafe: boolean;
  /** Default: `streamstats`. */
  readonly correlation?: CorrelationMethod;
  /** Name of the index that keeps the results of alerts. */
  readonly summaryIndex?: string;
}

export interface GraylogConfig {
  readonly matching: 'exact' | 'case-insensitive';
  /** x.y.z */
  readonly minimumServerVersion: string;
  /** Stream titles; empty: all streams. */
  readonly streams: readonly string[];
  /** All streams are searched on purpose. */
  readonly allStreams: boolean;
  /** Name of the content pack parameter that holds a stream's title. */
  readonly streamParameter?: string;
  readonly leadingWildcards: boolean;
  readonly keywordFields: readonly string[];
  readonly textFields: readonly string[];
  readonly ipFields: readonly string[];
  readonly titlePrefix: string;
  readonly priority: Readonly<Partial<Record<Level, number>>>;
  /** Undefined: definitions notify nobody. */
  readonly notification?: NotificationChoice;
  readonly dashboard: boolean;
  /** Enabled event definitions that may run in a minute on average. */
  readonly definitionsPerMinute: number;
}

/** What a file that fits {@link configSchema} holds. */
interface Written extends Partial<PackInfo> {
  readonly namePrefix?: string;
  readonly rules?: readonly string[];
  readonly filters?: readonly string[];
  readonly select?: Omit<Selection, 'ids' | 'excludeIds'> & {
    readonly ids?: readonly string[];
    readonly excludeIds?: readonly string[];
  };
  readonly targets?: readonly Target[];
  readonly pipelines?: Readonly<Record<string, string | readonly string[]>>;
  readonly placeholders?: Readonly<Record<string, readonly (string | number)[]>>;
  readonly templates?: string;
  readonly severities?: Readonly<Partial<Record<DiagnosticCode, Severity>>>;
  readonly failOn?: FailOn;
  readonly lint?: WrittenLint;
  readonly enable?: EnablePreset | Partial<Enabling>;
  readonly overBudget?: OverBudget;
  readonly unmatchable?: Unmatchable;
  readonly splunk?: Partial<Omit<SplunkConfig, 'index'>> & {
    readonly index?: string | readonly string[];
  };
  readonly graylog?: Partial<Omit<GraylogConfig, 'streams' | 'allStreams'>> & {
    readonly streams?: 'all' | readonly string[];
  };
  readonly elasticsearch?: WrittenElasticsearch;
  readonly grep?: Partial<GrepSettings>;
  readonly release?: WrittenRelease;
  readonly installs?: Readonly<Record<string, InstallConfig>>;
}

/**
 * The configuration of a project without a sigpack.yml.
 *
 * @param given - What to use in place of the defaults: facts about the pack, paths of rules.
 * @returns A whole configuration.
 * @example
 * import { defaultConfig } from 'sigpack';
 *
 * const { info, targets } = defaultConfig({ info: { id: 'acme_detections' } });
 * [info.id, info.version, ...targets]; // => ['acme_detections', '1.0.0', 'splunk', 'graylog']
 */
export function defaultConfig(
  given: { readonly info?: Partial<PackInfo>; readonly rules?: readonly string[] } = {},
): PackConfig {
  return configOf({ ...given.info, ...(given.rules ? { rules: given.rules } : {}) }, undefined);
}

/**
 * Reads a sigpack.yml.
 *
 * @param file - The text and its path.
 * @param bag - Takes the diagnostics: errors have the code PCK001.
 * @returns The configuration with its defaults; undefined where a diagnostic says what is wrong.
 * @example
 * import { createBag, readConfig } from 'sigpack';
 *
 * const bag = createBag();
 * const config = readConfig({ path: 'sigpack.yml', text: 'defaults: { interval: 1h }\n' }, bag);
 * config?.defaults.interval; // => 3600
 * readConfig({ path: 'sigpack.yml', text: 'rule: [rules]\n' }, bag); // => undefined
 * bag.list.map(({ code }) => code); // => ['PCK001']
 */
export function readConfig(file: SourceFile, bag: DiagnosticBag): PackConfig | undefined {
  const before = bag.list.length;
  const documents = parseYaml(file, bag);
  if (bag.list.length > before) return undefined;
  const [root, second] = documents;
  if (second) {
    bag.add(file, {
      code: 'PCK001',
      message: 'the file has more than one YAML document',
      span: { start: second.start, end: second.start },
    });
    return undefined;
  }
  if (!root) return defaultConfig();
  let diagnostics = checkSchema(configSchema, root, 'PCK001', 'the file', retiredSettings);
  if (diagnostics.length === 0) {
    const ofSettings = settingsNodes(root).flatMap((node): readonly NewDiagnostic[] => [
      ...rangeDiagnostics(node, 'PCK001'),
      ...savedSearchValueDiagnostics(node),
    ]);
    diagnostics = [
      ...ofSettings,
      ...pipelineDiagnostics(lookup(root, 'pipelines')),
      ...indexDiagnostics(lookup(lookup(root, 'splunk'), 'indexes')),
      ...elasticsearchDiagnostics(lookup(root, 'elasticsearch')),
      ...graylogDiagnostics(lookup(root, 'graylog')),
      ...lintDiagnostics(lookup(root, 'lint')),
      ...misreadPlaces(root),
    ];
  }
  for (const node of settingsNodes(root)) noteFile(node, file);
  for (const node of generalNodes(root)) noteGeneral(node);
  if (diagnostics.length === 0)
    for (const diagnostic of settingsNodes(root).flatMap(savedSearchDiagnostics))
      bag.add(file, diagnostic);
  for (const diagnostic of diagnostics) bag.add(file, diagnostic);
  if (diagnostics.length > 0) return undefined;
  const config = configOf(toPlain(root) as Written, root);
  noteMatches(config, file, root);
  return config;
}

function generalNodes(root: YamlNode): readonly YamlNode[] {
  const defaults = lookup(root, 'defaults');
  const levels = lookup(root, 'levels');
  return [
    ...(defaults ? [defaults] : []),
    ...(levels?.kind === 'mapping' ? levels.pairs.map((pair) => pair.value) : []),
  ];
}

function settingsNodes(root: YamlNode): readonly YamlNode[] {
  const logsources = lookup(root, 'logsources');
  return [
    ...generalNodes(root),
    ...(logsources?.kind === 'sequence'
      ? logsources.items.map((item) => lookup(item, 'settings'))
      : []),
  ].filter((node) => node !== undefined);
}

/** `none` says that there are no others. */
function pipelineDiagnostics(pipelines: YamlNode | undefined): readonly NewDiagnostic[] {
  if (pipelines?.kind !== 'mapping') return [];
  return pipelines.pairs.flatMap(({ value }): readonly NewDiagnostic[] => {
    if (value.kind !== 'sequence' || value.items.length < 2) return [];
    const none = value.items.find((item) => item.kind === 'scalar' && item.text === noPipeline);
    return none
      ? [
          {
            code: 'PCK001',
            message: `\`${noPipeline}\` goes with no other pipeline`,
            span: { start: none.start, end: none.end },
          },
        ]
      : [];
  });
}

/** Definitions of index macros that macros.conf can't hold. */
function indexDiagnostics(indexes: YamlNode | undefined): readonly NewDiagnostic[] {
  if (indexes?.kind !== 'sequence') return [];
  return indexes.items.flatMap((item): readonly NewDiagnostic[] => {
    const definition = lookup(item, 'definition');
    const reason = definition?.kind === 'scalar' ? confError(definition.text) : undefined;
    if (!definition || reason === undefined) return [];
    return [
      {
        code: 'PCK001',
        message: `\`definition\` ${reason}`,
        span: { start: definition.start, end: definition.end },
      },
    ];
  });
}

function configOf(written: Written, root: YamlNode | undefined): PackConfig {
  const { templates } = written;
  const defaults = lookup(root, 'defaults');
  return {
    info: infoOf(written),
    namePrefix: written.namePrefix ?? '',
    rules: written.rules ?? ['rules'],
    filters: written.filters ?? [],
    select: selectionOf(written.select ?? {}),
    targets: [...new Set(written.targets ?? (['splunk', 'graylog'] as const))],
    pipelines: new Map(
      Object.entries(written.pipelines ?? {}).map(([target, names]) => [target, [names].flat()]),
    ),
    placeholders: new Map(
      Object.entries(written.placeholders ?? {}).map(([name, values]) => [
        name,
        values.map((value) => parsePattern(String(value))),
      ]),
    ),
    ...(templates === undefined ? {} : { templates }),
    severities: severitiesOf(written),
    failOn: written.failOn ?? 'error',
    lint: lintConfig(written.lint),
    enable: enablingOf(written.enable ?? {}),
    overBudget: written.overBudget ?? 'disable',
    unmatchable: written.unmatchable ?? 'leave-out',
    defaults: defaults ? readSettings(defaults) : {},
    levels: levelSettings(lookup(root, 'levels')),
    logsources: logSourceSettings(lookup(root, 'logsources')),
    splunk: splunkOf(written.splunk ?? {}),
    graylog: graylogOf(written.graylog ?? {}),
    elasticsearch: elasticsearchConfig(written.elasticsearch ?? {}),
    grep: { ...defaultTargetSettings.grep, ...written.grep },
    release: releaseConfig(written.release),
    installs: new Map(Object.entries(written.installs ?? {})),
  };
}

function splunkOf({ index, ...written }: NonNullable<Written['splunk']>): SplunkConfig {
  return {
    enterpriseSecurity: false,
    indexes: [],
    cloudSafe: true,
    searchesPerMinute: defaultSearchesPerMinute,
    ...written,
    ...(index === undefined ? {} : { index: [...new Set([index].flat())] }),
  };
}

function graylogOf({ streams = [], ...written }: NonNullable<Written['graylog']>): GraylogConfig {
  const allStreams = streams === 'all';
  return {
    ...graylogDefaults,
    titlePrefix: '',
    priority: {},
    dashboard: true,
    definitionsPerMinute: defaultDefinitionsPerMinute,
    ...written,
    // a range of versions has all three numbers
    minimumServerVersion: written.minimumServerVersion?.replace(/^\d+\.\d+$/, '$&.0') ?? '6.0.0',
    streams: allStreams ? [] : streams,
    allStreams,
  };
}

function infoOf(written: Written): PackInfo {
  const author = written.author ?? 'Sigpack';
  return {
    id: written.id ?? 'sigpack',
    title: written.title ?? 'Sigpack detections',
    version: written.version ?? '1.0.0',
    description: written.description ?? 'Detections compiled from Sigma rules.',
    author,
    vendor: written.vendor ?? author,
    url: written.url ?? '',
    license: written.license ?? '',
    revision: written.revision ?? 1,
  };
}

const lowerCase = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => text.toLowerCase());

function selectionOf(written: NonNullable<Written['select']>): Selection {
  const { tags, excludeTags, ids, excludeIds, ...rest } = written;
  return {
    ...rest,
    ...(tags ? { tags: lowerCase(tags) } : {}),
    ...(excludeTags ? { excludeTags: lowerCase(excludeTags) } : {}),
    ...(ids ? { ids: new Set(lowerCase(ids)) } : {}),
    ...(excludeIds ? { excludeIds: new Set(lowerCase(excludeIds)) } : {}),
  };
}

/** `overBudget: error` is the severity of the diagnostic, which `severities` may set, too. */
function severitiesOf({ severities = {}, overBudget }: Written): PackConfig['severities'] {
  return new Map(
    Object.entries({ ...(overBudget === 'error' ? { PCK006: 'error' } : {}), ...severities }) as [
      DiagnosticCode,
      Severity,
    ][],
  );
}

function enablingOf(written: EnablePreset | Partial<Enabling>): Enabling {
  if (typeof written === 'string') return enablePresets[written];
  const { tags } = written;
  return {
    ...enablePresets['all-but-experimental'],
    ...written,
    ...(tags ? { tags: lowerCase(tags) } : {}),
  };
}

function levelSettings(node: YamlNode | undefined): ReadonlyMap<Level, SettingsPatch> {
  if (node?.kind !== 'mapping') return new Map();
  return new Map(node.pairs.map(({ key, value }) => [key.text as Level, readSettings(value)]));
}

function logSourceSettings(node: YamlNode | undefined): readonly LogSourceSettings[] {
  if (node?.kind !== 'sequence') return [];
  return node.items.flatMap((item) => {
    const match = lookup(item, 'match');
    const settings = lookup(item, 'settings');
    return match && settings
      ? [{ match: toPlain(match) as LogSourceMatch, settings: readSettings(settings) }]
      : [];
  });
}

/** Where detections search whose settings name no streams. */
export function streamChoice({ streams, streamParameter }: GraylogConfig): StreamChoice {
  // the one stream that every server has
  if (streamParameter !== undefined)
    return { kind: 'parameter', name: streamParameter, defaultTitle: parameterDefault(streams) };
  return streams.length === 0 ? { kind: 'all' } : { kind: 'titles', titles: streams };
}
