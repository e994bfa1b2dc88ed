import type { Target } from '../pack/config/config.ts';
import { enabledIds } from '../pack/config/enabled.ts';
import { eventDefinitionIds } from '../pack/graylog/event-definition.ts';
import type { PackDetection } from '../pack/model/detection.ts';
import type { CompiledOutcome, Pack } from '../pack/pack.ts';
import type { CompiledRule } from '../query/compile.ts';
import type { Level } from '../sigma/rule/rule.ts';
import { recordOf } from '../source/record.ts';
import { sortedJson } from '../source/sorted-json.ts';
import { conditionDigest, digestOf } from './meaning/digest.ts';
import { type PackSettings, packSettings } from './pack-settings.ts';
import type { Uncompiled } from './uncompiled.ts';

/** Digests of 32 hexadecimal digits: detections differ where their digests do. */
export interface Digests {
  /** Description, references and the like. */
  readonly text: string;
  /** The meaning of the condition; undefined if only queries are known. */
  readonly condition?: string;
  /** Severity, schedule and other settings. */
  readonly settings: string;
  readonly queries: Readonly<Partial<Record<Target, string>>>;
}

/** A detection at a point in time. */
export interface SnapshotEntry {
  readonly id: string;
  readonly title: string;
  /** File of the rule, relative to the folder of the configuration; empty if unknown. */
  readonly file: string;
  /** Name in the packs. */
  readonly name: string;
  readonly severity?: Level;
  readonly digests: Digests;
  /** The content behind the digests, if it is known. */
  readonly detail?: EntryDetail;
}

export interface EntryDetail {
  readonly text: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly queries: Readonly<Partial<Record<Target, readonly string[]>>>;
  /** Before pipelines. */
  readonly compiled?: CompiledRule;
}

/** The digests of texts, settings and queries. */
export const digestsOf = ({ text, settings, queries }: EntryDetail): Digests => ({
  text: digestOf(text),
  settings: digestOf(settings),
  queries: Object.fromEntries(
    Object.entries(queries).map(([target, texts]) => [target, digestOf(texts)]),
  ),
});

/** All detections of a pack at a point in time, by id. */
export interface Snapshot {
  /** For readers: `1.2.0`, a path, a revision of git. */
  readonly label: string;
  readonly version: string;
  readonly entries: ReadonlyMap<string, SnapshotEntry>;
  /**
   * What an installation asks for or an admin sets: names of macros and of content pack parameters.
   * Undefined if unknown.
   */
  readonly parameters?: readonly string[];
  /** Undefined if unknown. */
  readonly settings?: PackSettings;
  /**
   * By the id of a detection that a grouped search runs in Splunk: the name of that search.
   * Undefined if unknown.
   */
  readonly grouped?: ReadonlyMap<string, string>;
  /** Errors of a build from rules: why a detection may be missing. */
  readonly uncompiled?: readonly Uncompiled[];
}

/** A detection that was built. */
export interface BuiltEntry extends SnapshotEntry {
  readonly slug: string;
  readonly filterMacro: string;
  readonly generated: boolean;
  /** Ids of its Graylog entities. */
  readonly entities: readonly string[];
  /** Targets in which it is switched off; undefined if there are none. */
  readonly off?: readonly Target[];
}

export interface Built {
  readonly entries: readonly BuiltEntry[];
  readonly add: (outcome: CompiledOutcome) => void;
}

export interface SnapshotOptions {
  readonly pathOf: (path: string) => string;
  /** Keeps conditions and queries for a diff that shows them; digests are always there. */
  readonly details: boolean;
}

/** Collects the detections of a build, outcome by outcome. */
export function createBuilt(
  info: Pack['config']['info'],
  { pathOf, details }: SnapshotOptions,
): Built {
  const entries: BuiltEntry[] = [];
  return {
    entries,
    add({ outcome: { detection, targets }, written }) {
      const queries: Partial<Record<Target, readonly string[]>> = {};
      let definitions = 0;
      for (const [target, outcome] of targets) {
        if (outcome.kind !== 'compiled') continue;
        queries[target] = outcome.queries;
        if (target === 'graylog') definitions = outcome.definitions ?? outcome.queries.length;
      }
      // a rule that no target can express is published nowhere
      if (Object.keys(queries).length === 0) return;
      const detail: EntryDetail = {
        text: textOf(detection),
        settings: settingsOf(detection),
        queries,
        compiled: written,
      };
      entries.push({
        id: detection.id,
        title: detection.rule.title,
        file: pathOf(detection.rule.file.path),
        name: detection.name,
        severity: detection.severity,
        slug: detection.slug,
        filterMacro: detection.filterMacro,
        generated: detection.rule.id === undefined,
        entities: eventDefinitionIds(info, detection.id, definitions),
        digests: { ...digestsOf(detail), condition: conditionDigest(written) },
        ...(details ? { detail } : {}),
      });
    },
  };
}

const textKeys = [
  'description',
  'author',
  'license',
  'status',
  'date',
  'modified',
  'references',
  'tags',
  'falsepositives',
  'fields',
] as const;

const textOf = ({ rule }: PackDetection): Readonly<Record<string, unknown>> =>
  recordOf(textKeys, (key) => rule[key]);

const settingKeys = [
  'owner',
  'enabled',
  'interval',
  'cron',
  'window',
  'delay',
  'threshold',
  'suppress',
  'risk',
  'splunk',
  'graylog',
] as const;

const settingsOf = ({ severity, settings }: PackDetection): Readonly<Record<string, unknown>> => ({
  severity,
  ...recordOf(settingKeys, (key) => settings[key]),
});

/**
 * The detections of a build. Those that the budgets of the pack left off are only known now, when
 * all are there.
 */
export function builtEntries(pack: Pack, built: Built): readonly BuiltEntry[] {
  const { leftOff } = pack;
  const targets: readonly Target[] = ['splunk', 'graylog'];
  const off = new Map<string, readonly Target[]>();
  for (const target of targets)
    for (const { id } of leftOff[target]) off.set(id, [...(off.get(id) ?? []), target]);
  const running = new Map(targets.map((target) => [target, enabledIds(pack, target)]));
  const detections = new Map(pack.outcomes.map(({ detection }) => [detection.id, detection]));
  return built.entries.map((entry): BuiltEntry => {
    const compiledFor = targets.filter((target) => entry.digests.queries[target] !== undefined);
    const silent = compiledFor.filter((target) => running.get(target)?.has(entry.id) !== true);
    const shown = silent.length === 0 ? entry : { ...entry, off: silent };
    const without = off.get(entry.id);
    const detection = without && detections.get(entry.id);
    if (!detection || !without) return shown;
    const settings = settingsWithout(detection, without, compiledFor);
    const detail = entry.detail === undefined ? {} : { detail: { ...entry.detail, settings } };
    return { ...shown, digests: { ...entry.digests, settings: digestOf(settings) }, ...detail };
  });
}

/** The settings with `enabled: false`: for all targets if it is off in each, else per target. */
function settingsWithout(
  detection: PackDetection,
  without: readonly Target[],
  compiledFor: readonly Target[],
): Readonly<Record<string, unknown>> {
  const settings = settingsOf(detection);
  if (compiledFor.every((target) => without.includes(target)))
    return { ...settings, enabled: false };
  const off = Object.fromEntries(
    without.map((target) => [target, { ...detection.settings[target], enabled: false }]),
  );
  return { ...settings, ...off };
}

/** Names that an admin sets values for, sorted: `graylog <parameter>`, `macro <index macro>`. */
export function parametersOf({ config, splunk }: Pack): readonly string[] {
  const macros = splunk.flatMap(({ scopes }) => scopes.map(({ macro }) => `macro ${macro}`));
  const parameter = config.targets.includes('graylog') ? config.graylog.streamParameter : undefined;
  return [
    ...new Set([...macros, ...(parameter === undefined ? [] : [`graylog ${parameter}`])]),
  ].sort();
}

export function snapshotOf(label: string, pack: Pack, built: Built): Snapshot {
  return {
    label,
    version: pack.config.info.version,
    entries: new Map(builtEntries(pack, built).map((entry) => [entry.id, entry])),
    parameters: parametersOf(pack),
    settings: packSettings(pack),
    grouped: new Map([...pack.groups.groupOf].map(([id, { name }]) => [id, name])),
  };
}

/** The snapshot with the details of another one, for the detections that are the same in both. */
export function withDetails(snapshot: Snapshot, other: Snapshot): Snapshot {
  const entries = [...snapshot.entries].map(([id, entry]): [string, SnapshotEntry] => {
    const same = other.entries.get(id);
    return [
      id,
      same?.detail && sortedJson(same.digests) === sortedJson(entry.digests)
        ? { ...entry, detail: same.detail }
        : entry,
    ];
  });
  return { ...snapshot, entries: new Map(entries) };
}
