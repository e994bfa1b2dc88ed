import { setField } from '../event/field.ts';
import { readConf } from '../pack/splunk-conf.ts';
import { type Level, levels } from '../sigma/rule.ts';
import { digestOf } from './digest.ts';
import type { EntryDetail, Snapshot, SnapshotEntry } from './snapshot.ts';

/** Texts of files of a build; at least one of them. */
export interface ArtifactTexts {
  readonly manifest?: string;
  /** `default/savedsearches.conf` of the app. */
  readonly savedSearches?: string;
  readonly contentPack?: string;
}

/** What is known of a detection so far. */
interface Growing {
  id: string;
  title: string;
  name: string;
  file: string;
  severity?: Level;
  readonly text: Record<string, unknown>;
  readonly settings: Record<string, unknown>;
  readonly queries: { splunk?: string[]; graylog?: string[] };
}

/** A pack as its artifacts show it: no conditions, but names, queries, texts and settings. Throws an Error for what is none of ours. */
export function artifactSnapshot(label: string, { manifest, savedSearches, contentPack }: ArtifactTexts): Snapshot {
  const known = new Map<string, Growing>();
  const byName = new Map<string, Growing>();
  let version = '';
  const add = (id: string, name: string): Growing => {
    const one = known.get(id) ?? byName.get(name) ?? { id, title: name, name, file: '', text: {}, settings: {}, queries: {} };
    known.set(one.id, one);
    byName.set(name, one);
    return one;
  };
  if (manifest !== undefined) version = addManifest(manifest, add);
  if (savedSearches !== undefined) addSearches(savedSearches, add);
  if (contentPack !== undefined) version = addContentPack(contentPack, add) || version;
  return { label, version, entries: new Map([...known].map(([id, one]) => [id, entryOf(one)])) };
}

type Add = (id: string, name: string) => Growing;

function entryOf({ id, title, name, file, severity, text, settings, queries }: Growing): SnapshotEntry {
  const detail: EntryDetail = { text, settings, queries };
  return {
    id,
    title,
    file,
    name,
    ...(severity === undefined ? {} : { severity }),
    digests: {
      text: digestOf(text),
      settings: digestOf(settings),
      queries: Object.fromEntries(Object.entries(queries).map(([target, texts]) => [target, digestOf(texts)])),
    },
    detail,
  };
}

interface Manifest {
  readonly pack?: { readonly version?: unknown };
  readonly detections?: readonly {
    readonly id: string;
    readonly name: string;
    readonly file?: string;
    readonly severity?: string;
    readonly enabled?: boolean;
  }[];
}

function addManifest(text: string, add: Add): string {
  const { pack, detections } = JSON.parse(text) as Manifest;
  if (!Array.isArray(detections)) throw new Error('this is no manifest of Sigpack');
  for (const { id, name, file = '', severity, enabled } of detections as NonNullable<Manifest['detections']>) {
    const one = add(String(id), String(name));
    one.file = String(file);
    const level = levels.find((known) => known === severity);
    if (level !== undefined) one.severity = level;
    one.settings.enabled = enabled;
  }
  return typeof pack?.version === 'string' ? pack.version : '';
}

/** The id of a detection stands in a comment above its stanza. */
const idAbove = /^# ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\n\[([^\n]*)\]$/gim;
const textKeys = new Set(['description']);
/** Names once more, and texts that follow from others. */
const derivedKey =
  /^action\.(?:notable\.param\.(?:rule_title|rule_description|drilldown_name|drilldown_search)|correlationsearch\.|risk\.param\._risk_message)/;

function addSearches(text: string, add: Add): void {
  const ids = new Map([...text.matchAll(idAbove)].map(([, id = '', name = '']) => [name, id]));
  for (const [name, settings] of readConf(text).stanzas) {
    // a retired detection is one no longer
    if (settings.get('description')?.startsWith('Retired in ') && settings.get('disabled') === '1') continue;
    const one = add(ids.get(name) ?? name, name);
    for (const [key, value] of settings) {
      if (key === 'search') one.queries.splunk = [value];
      else if (textKeys.has(key)) setField(one.text, key, value);
      else if (!derivedKey.test(key)) setField(one.settings, key, value);
    }
  }
}

interface ContentPack {
  readonly rev?: unknown;
  readonly summary?: unknown;
  readonly entities?: readonly {
    readonly id: string;
    readonly type: { readonly name: string };
    readonly data: Readonly<Record<string, unknown>> & {
      readonly title: unknown;
      readonly description?: unknown;
      readonly config: Readonly<Record<string, unknown>>;
    };
  }[];
}

function addContentPack(text: string, add: Add): string {
  const { entities, summary } = JSON.parse(text) as ContentPack;
  if (!Array.isArray(entities)) throw new Error('this is no content pack');
  for (const { id, type, data } of entities as NonNullable<ContentPack['entities']>) {
    if (type.name !== 'event_definition') continue;
    const title = String(plain(data.title));
    const name = title.replace(/ \(part \d+\)$/, '');
    const one = add(id, name);
    const { query, ...config } = data.config;
    one.queries.graylog = [...(one.queries.graylog ?? []), String(plain(query))];
    one.text.graylog = plain(data.description);
    one.settings.graylog = {
      priority: data.priority,
      config: { ...config, query_parameters: undefined },
      key_spec: data.key_spec,
      is_scheduled: data.is_scheduled,
    };
  }
  return typeof summary === 'string' ? (/ (\d+\.\d+\.\d+)$/.exec(summary)?.[1] ?? '') : '';
}

const plain = (value: unknown): unknown => (typeof value === 'object' && value !== null && '@value' in value ? value['@value'] : value);
