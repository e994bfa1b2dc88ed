import { hitFields } from '../backend/graylog/ingest/hit-fields.ts';
import { setField } from '../event/field.ts';
import { ruleLinesIn } from '../pack/graylog/ingest/rule-line.ts';
import { type ConfFile, readBoundedConf } from '../pack/render/conf-reader.ts';
import { namedSearches } from '../pack/splunk/grouped/member-searches.ts';
import { type Level, levels } from '../sigma/rule/rule.ts';
import { isDeeperThan, maximumDepth } from '../source/json.ts';
import { isRecord, valueText } from '../source/record.ts';
import { failed, ok, type Result } from '../source/result.ts';
import { digestsOf, type EntryDetail, type Snapshot, type SnapshotEntry } from './snapshot.ts';

/** An artifact that cannot be read; the caller names its file. */
class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
}

/** Texts of the files of a build; at least one of them. */
export interface ArtifactTexts {
  readonly manifest?: string;
  /** `default/savedsearches.conf` of the app. */
  readonly savedSearches?: string;
  readonly contentPack?: string;
}

/** What the files read so far have of a detection. */
interface PartialEntry {
  id: string;
  title: string;
  name: string;
  file: string;
  severity?: Level;
  readonly text: Record<string, unknown>;
  readonly settings: Record<string, unknown>;
  readonly queries: { splunk?: string[]; graylog?: string[] };
}

/**
 * A pack as its artifacts show it: names, queries, texts and settings, but no conditions. Anything
 * that Sigpack does not write is an error.
 */
export function artifactSnapshot(label: string, texts: ArtifactTexts): Result<Snapshot> {
  try {
    return ok(readSnapshot(label, texts));
  } catch (error) {
    if (error instanceof ArtifactError) return failed(error.message);
    throw error;
  }
}

function readSnapshot(
  label: string,
  { manifest, savedSearches, contentPack }: ArtifactTexts,
): Snapshot {
  const byId = new Map<string, PartialEntry>();
  const byName = new Map<string, PartialEntry>();
  let version = '';
  let grouped: ReadonlyMap<string, string> | undefined;
  const add = (id: string, name: string): PartialEntry => {
    const one = byId.get(id) ??
      byName.get(name) ?? {
        id,
        title: name,
        name,
        file: '',
        text: fields(),
        settings: fields(),
        queries: {},
      };
    byId.set(one.id, one);
    byName.set(name, one);
    return one;
  };
  if (manifest !== undefined) ({ version, grouped } = addManifest(manifest, add));
  if (savedSearches !== undefined) grouped = addSearches(savedSearches, add);
  const isKnown = (id: string): boolean => manifest === undefined || byId.has(id);
  if (contentPack !== undefined) version = addContentPack(contentPack, add, isKnown) || version;
  return {
    label,
    version,
    entries: new Map([...byId].map(([id, one]) => [id, entryOf(one)])),
    ...(grouped === undefined ? {} : { grouped }),
  };
}

/** Without a prototype: a setting may be called `__proto__`. */
const fields = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

type Add = (id: string, name: string) => PartialEntry;

function entryOf({
  id,
  title,
  name,
  file,
  severity,
  text,
  settings,
  queries,
}: PartialEntry): SnapshotEntry {
  const detail: EntryDetail = { text, settings, queries };
  return {
    id,
    title,
    file,
    name,
    ...(severity === undefined ? {} : { severity }),
    digests: digestsOf(detail),
    detail,
  };
}

interface ManifestFacts {
  readonly version: string;
  /** Undefined without an app. */
  readonly grouped: ReadonlyMap<string, string> | undefined;
}

function addManifest(text: string, add: Add): ManifestFacts {
  const manifest = readJson(text, 'the manifest');
  if (!isRecord(manifest) || !Array.isArray(manifest.detections))
    throw new ArtifactError('it is not a manifest of Sigpack');
  const ids = new Set<string>();
  for (const [index, detection] of (manifest.detections as readonly unknown[]).entries()) {
    if (
      !isRecord(detection) ||
      typeof detection.id !== 'string' ||
      typeof detection.name !== 'string'
    )
      throw new ArtifactError(`detection ${index + 1} of the manifest has no id or no name`);
    if (ids.has(detection.id))
      throw new ArtifactError(`the manifest has two detections with the id ${detection.id}`);
    ids.add(detection.id);
    const one = add(detection.id, detection.name);
    if (typeof detection.file === 'string') one.file = detection.file;
    const level = levels.find((one) => one === detection.severity);
    if (level !== undefined) one.severity = level;
    one.settings.enabled = detection.enabled;
  }
  const { pack } = manifest;
  return {
    version: isRecord(pack) && typeof pack.version === 'string' ? pack.version : '',
    grouped: groupedIn(manifest.detections as readonly unknown[]),
  };
}

/** Undefined where no detection is one of the app. */
function groupedIn(detections: readonly unknown[]): ManifestFacts['grouped'] {
  const searches = detections.flatMap((one): (readonly [unknown, unknown])[] => {
    if (!isRecord(one) || !isRecord(one.targets) || !isRecord(one.targets.splunk)) return [];
    return [[one.id, one.targets.splunk.scheduled]];
  });
  if (searches.length === 0) return undefined;
  return new Map(
    searches.flatMap(([id, search]) =>
      typeof id === 'string' && typeof search === 'string' ? [[id, search] as const] : [],
    ),
  );
}

const textKeys = new Set(['description']);
/** Settings that repeat names, or that follow from other texts. */
const derivedNotable = 'rule_title|rule_description|drilldown_name|drilldown_search(?:es)?';
const derivedKey = new RegExp(
  `^action\\.(?:notable\\.param\\.(?:${derivedNotable})|` +
    'correlationsearch\\.|escu\\b|risk\\.param\\._risk_message)',
);

function addSearches(text: string, add: Add): ReadonlyMap<string, string> {
  const file = searchesIn(text);
  const { ids, groups, runBy } = namedSearches(text, file);
  const grouped = new Map<string, string>();
  for (const [name, settings] of file.stanzas) {
    if (groups.has(name) || isRetired(settings)) continue;
    const one = add(ids.get(name) ?? name, name);
    for (const [key, value] of settings) {
      if (key === 'search') one.queries.splunk = [value];
      else if (textKeys.has(key)) setField(one.text, key, value);
      else if (!derivedKey.test(key)) setField(one.settings, key, value);
    }
    // its group runs it: that is how the pack schedules, and no change of the detection
    const group = runBy.get(name);
    if (group === undefined) continue;
    one.settings.enableSched = '1';
    grouped.set(one.id, group);
  }
  return grouped;
}

/** Not a detection any more. */
const isRetired = (settings: ReadonlyMap<string, string>): boolean =>
  settings.get('description')?.startsWith('Retired in ') === true &&
  settings.get('disabled') === '1';

function searchesIn(text: string): ConfFile {
  const file = readBoundedConf(text);
  if (!file.ok) throw new ArtifactError(`savedsearches.conf has ${file.error}`);
  return file.value;
}

function addContentPack(text: string, add: Add, isKnown: (id: string) => boolean): string {
  const pack = readJson(text, 'the content pack');
  if (!isRecord(pack) || !Array.isArray(pack.entities))
    throw new ArtifactError('it is not a content pack');
  for (const [index, entity] of (pack.entities as readonly unknown[]).entries()) {
    if (!isRecord(entity) || !isRecord(entity.type) || typeof entity.type.name !== 'string')
      throw new ArtifactError(`entity ${index + 1} of the content pack has no type`);
    if (entity.type.name === 'event_definition') addDefinition(entity, index, add);
    if (entity.type.name === 'pipeline_rule') addPipelineRule(entity, add, isKnown);
  }
  return typeof pack.summary === 'string'
    ? (/ (\d+\.\d+\.\d+)$/.exec(pack.summary)?.[1] ?? '')
    : '';
}

function addDefinition(
  { id, data }: Readonly<Record<string, unknown>>,
  index: number,
  add: Add,
): void {
  const title = isRecord(data) ? plain(data.title) : undefined;
  if (
    typeof id !== 'string' ||
    !isRecord(data) ||
    typeof title !== 'string' ||
    !isRecord(data.config)
  )
    throw new ArtifactError(
      `the event definition that is entity ${index + 1} of the content pack has no id, title ` +
        'or config',
    );
  // of what the rules of a level found at ingest
  const { group_by: group } = data.config;
  if (Array.isArray(group) && group.includes(hitFields.rule)) return;
  const one = add(id, title.replace(/ \(part \d+\)$/, ''));
  const { query, ...config } = data.config;
  one.queries.graylog = [...(one.queries.graylog ?? []), valueText(plain(query) ?? '')];
  one.text.graylog = plain(data.description);
  one.settings.graylog = {
    priority: data.priority,
    config: { ...config, query_parameters: undefined },
    key_spec: data.key_spec,
    is_scheduled: data.is_scheduled,
  };
}

/**
 * Its description has a line for each rule that it is of. Its source has only a part of the
 * condition, and names that change with other rules: the digest stands for all of it.
 */
function addPipelineRule(
  { data }: Readonly<Record<string, unknown>>,
  add: Add,
  isKnown: (id: string) => boolean,
): void {
  if (!isRecord(data)) return;
  for (const { id, digest, title } of ruleLinesIn(valueText(plain(data.description)))) {
    if (!isKnown(id)) continue;
    const one = add(id, title);
    // a rule may be in several of them
    one.queries.graylog = [...new Set([...(one.queries.graylog ?? []), `condition ${digest}`])];
  }
}

const plain = (value: unknown): unknown =>
  isRecord(value) && '@value' in value ? value['@value'] : value;

function readJson(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ArtifactError(`${what} is not JSON`);
  }
  if (isDeeperThan(value, maximumDepth))
    throw new ArtifactError(`${what} is nested more than ${maximumDepth} deep`);
  return value;
}
