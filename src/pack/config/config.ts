import { type GrepSettings, grepDefaults } from '../../backend/grep/settings.ts';
import { noPipeline } from '../../pipeline/bundle.ts';
import type { Unmatchable } from '../../pipeline/run/target-compiler.ts';
import { type Level, levels } from '../../sigma/rule/rule.ts';
import { type Pattern, parsePattern } from '../../sigma/value/pattern.ts';
import type { DiagnosticCode } from '../../source/code/catalogue.ts';
import type { DiagnosticBag, NewDiagnostic, Severity } from '../../source/diagnostic.ts';
import { keysOf } from '../../source/record.ts';
import { failed, type Result } from '../../source/result.ts';
import { fromSchema } from '../../source/schema/from-schema.ts';
import type { SourceFile } from '../../source/span.ts';
import { parseYaml } from '../../source/yaml/parse.ts';
import { lookup, type YamlNode } from '../../source/yaml/tree.ts';
import { detectionsTitle } from '../graylog/ingest/detections-stream.ts';
import type { PackInfo } from '../model/detection.ts';
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
import type { Enabling, LogSourceMatch, Selection } from '../settings/selection.ts';
import { serverVersion } from '../settings/server-version.ts';
import {
  type ElasticsearchConfig,
  elasticsearchConfig,
  elasticsearchDiagnostics,
} from './elasticsearch-config.ts';
import { type GraylogConfig, graylogConfig } from './graylog-config.ts';
import { graylogDiagnostics } from './graylog-config-check.ts';
import { ingestDiagnostics } from './ingest-config-check.ts';
import type { InstallConfig } from './install-config.ts';
import { type LintConfig, lintConfig, lintDiagnostics } from './lint-config.ts';
import { noteMatches } from './match-slips.ts';
import { type ReleaseConfig, releaseConfig } from './release-config.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { enablingConfig, selectionConfig } from './selection-config.ts';
import { type SplunkConfig, splunkConfig, splunkDiagnostics } from './splunk-config.ts';

/** A product that a pack is built for. `sigpack convert` knows more languages. */
export type Target = 'splunk' | 'graylog';
export type FailOn = 'error' | 'warning' | 'never';
/**
 * What happens to detections that exceed a budget: they are disabled, or a diagnostic reports them
 * (PCK006).
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
  /** Address of the file of a rule, with `{path}`; empty if there is none. */
  readonly ruleUrl: string;
  /** Prefix of the name of each detection. */
  readonly namePrefix: string;
  readonly rules: readonly string[];
  readonly filters: readonly string[];
  readonly select: Selection;
  readonly targets: readonly Target[];
  /** Names of processing pipelines by target, as written. */
  readonly pipelines: ReadonlyMap<string, readonly string[]>;
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  /** Folder with templates that replace built-in ones. */
  readonly templates?: string;
  readonly severities: ReadonlyMap<DiagnosticCode, Severity>;
  readonly failOn: FailOn;
  readonly lint: LintConfig;
  readonly enable: Enabling;
  readonly overBudget: OverBudget;
  /** What happens to rules that can never match in a target. */
  readonly unmatchable: Unmatchable;
  readonly defaults: SettingsPatch;
  readonly levels: ReadonlyMap<Level, SettingsPatch>;
  readonly logsources: readonly LogSourceSettings[];
  readonly splunk: SplunkConfig;
  readonly graylog: GraylogConfig;
  readonly elasticsearch: ElasticsearchConfig;
  readonly grep: GrepSettings;
  /** Settings of targets of plugins by the target, as written: their schemas are not known here. */
  readonly pluginSettings: Readonly<Record<string, unknown>>;
  readonly release: ReleaseConfig;
  /** Where packs are installed, by name. */
  readonly installs: ReadonlyMap<string, InstallConfig>;
}

export interface LogSourceSettings {
  readonly match: LogSourceMatch;
  readonly settings: SettingsPatch;
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
  const { documents, errors } = parseYaml(file);
  for (const error of errors) bag.add(file, error);
  if (errors.length > 0) return undefined;
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
  const checked = checkedFile(root);
  for (const node of settingsNodes(root)) noteFile(node, file);
  for (const node of generalNodes(root)) noteGeneral(node);
  const diagnostics = checked.ok
    ? settingsNodes(root).flatMap(savedSearchDiagnostics)
    : checked.error;
  for (const diagnostic of diagnostics) bag.add(file, diagnostic);
  if (!checked.ok) return undefined;
  const config = configOf(checked.value, root);
  noteMatches(config, file, root);
  return config;
}

/** The content of the file, after the checks that the schema can't express. */
function checkedFile(root: YamlNode): Result<ConfigFile, readonly NewDiagnostic[]> {
  const file = fromSchema(configSchema, root, 'PCK001', 'the file', retiredSettings);
  if (!file.ok) return file;
  const graylog = graylogConfig(file.value.graylog);
  const minimum = serverVersion(graylog.minimumServerVersion) ?? 0;
  const settings = settingsNodes(root);
  const ofSettings = settings.flatMap((node): readonly NewDiagnostic[] => [
    ...rangeDiagnostics(node, 'PCK001'),
    ...savedSearchValueDiagnostics(node),
  ]);
  const diagnostics = [
    ...ofSettings,
    ...pipelineDiagnostics(lookup(root, 'pipelines')),
    ...splunkDiagnostics(lookup(root, 'splunk')),
    ...elasticsearchDiagnostics(lookup(root, 'elasticsearch')),
    ...graylogDiagnostics(lookup(root, 'graylog'), minimum),
    ...ingestDiagnostics({
      root,
      settings,
      minimum,
      detectionsStream: detectionsTitle(infoOf(file.value), graylog),
    }),
    ...lintDiagnostics(lookup(root, 'lint')),
    ...misreadPlaces(root),
  ];
  return diagnostics.length === 0 ? file : failed(diagnostics);
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

/** `none` excludes all other pipelines. */
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
            span: none,
          },
        ]
      : [];
  });
}

/** `root` is the tree of the file: settings are read from it, to keep their places. */
function configOf(file: ConfigFile, root: YamlNode | undefined): PackConfig {
  const { templates } = file;
  const defaults = lookup(root, 'defaults');
  return {
    info: infoOf(file),
    ruleUrl: file.ruleUrl ?? '',
    namePrefix: file.namePrefix ?? '',
    rules: file.rules ?? ['rules'],
    filters: file.filters ?? [],
    select: selectionConfig(file.select),
    targets: [...new Set(file.targets ?? (['splunk', 'graylog'] as const))],
    pipelines: new Map(
      Object.entries(file.pipelines ?? {}).map(([target, names]) => [target, [names].flat()]),
    ),
    placeholders: new Map(
      Object.entries(file.placeholders ?? {}).map(([name, values]) => [
        name,
        values.map((value) => parsePattern(String(value))),
      ]),
    ),
    ...(templates === undefined ? {} : { templates }),
    severities: severitiesOf(file),
    failOn: file.failOn ?? 'error',
    lint: lintConfig(file.lint),
    enable: enablingConfig(file.enable),
    overBudget: file.overBudget ?? 'disable',
    unmatchable: file.unmatchable ?? 'leave-out',
    defaults: defaults ? readSettings(defaults) : {},
    levels: levelSettings(lookup(root, 'levels')),
    logsources: logSourceSettings(file.logsources, lookup(root, 'logsources')),
    splunk: splunkConfig(file.splunk),
    graylog: graylogConfig(file.graylog),
    elasticsearch: elasticsearchConfig(file.elasticsearch),
    grep: { ...grepDefaults, ...file.grep },
    pluginSettings: file.pluginSettings ?? {},
    release: releaseConfig(file.release),
    installs: new Map(Object.entries(file.installs ?? {})),
  };
}

function infoOf(file: ConfigFile): PackInfo {
  const author = file.author ?? 'Sigpack';
  return {
    id: file.id ?? 'sigpack',
    title: file.title ?? 'Sigpack detections',
    version: file.version ?? '1.0.0',
    description: file.description ?? 'Detections compiled from Sigma rules.',
    author,
    vendor: file.vendor ?? author,
    url: file.url ?? '',
    license: file.license ?? '',
    revision: file.revision ?? 1,
  };
}

/** `overBudget: error` sets the severity of a diagnostic; `severities` takes precedence. */
function severitiesOf({ severities = {}, overBudget }: ConfigFile): PackConfig['severities'] {
  const chosen = new Map<DiagnosticCode, Severity>();
  if (overBudget === 'error') chosen.set('PCK006', 'error');
  for (const code of keysOf(severities)) {
    const severity = severities[code];
    if (severity !== undefined) chosen.set(code, severity);
  }
  return chosen;
}

function levelSettings(node: YamlNode | undefined): ReadonlyMap<Level, SettingsPatch> {
  if (node?.kind !== 'mapping') return new Map();
  return new Map(
    node.pairs.flatMap(({ key, value }) => {
      const level = levels.find((name) => name === key.text);
      return level === undefined ? [] : [[level, readSettings(value)] as const];
    }),
  );
}

function logSourceSettings(
  entries: ConfigFile['logsources'],
  node: YamlNode | undefined,
): readonly LogSourceSettings[] {
  if (!entries || node?.kind !== 'sequence') return [];
  return entries.flatMap(({ match }, index) => {
    const settings = lookup(node.items[index], 'settings');
    return settings ? [{ match, settings: readSettings(settings) }] : [];
  });
}
