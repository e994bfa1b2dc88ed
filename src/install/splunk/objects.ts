import { valueText } from '../../source/record.ts';
import type { InstallObject } from '../plan.ts';
import { type AppFiles, type SplunkApp, searchName, settingsIn, textOf } from './app-files.ts';

/**
 * Where objects live in Splunk's REST interface, in the order that they are written: what others
 * need comes first.
 */
export const collections = [
  'apps/local',
  'lookups',
  'data/transforms/lookups',
  'configs/conf-macros',
  'saved/searches',
  'data/ui/views',
  'data/ui/nav',
] as const;
export type SplunkCollection = (typeof collections)[number];

export const addressOf = (collection: SplunkCollection): string =>
  collection === 'lookups' ? 'data/lookup-table-files' : collection;

/** An object as Splunk's REST interface takes it: `fields` are the parameters of its endpoint. */
export interface SplunkObject extends InstallObject {
  readonly collection: SplunkCollection;
  /** Last part of its address. */
  readonly entity: string;
}

/**
 * What an app of Sigpack is made of, for a server that takes no app as a file. Its manifest, README
 * and static files stay behind.
 */
export function splunkObjects({ id, files }: SplunkApp): readonly SplunkObject[] {
  const conf = settingsIn(files, 'default/app.conf');
  const about = new Map([
    ['label', conf.get('ui')?.get('label') ?? id],
    ['version', conf.get('launcher')?.get('version') ?? ''],
    ['author', conf.get('launcher')?.get('author') ?? ''],
    ['description', conf.get('launcher')?.get('description') ?? ''],
  ]);
  return [
    object('apps/local', id, about),
    ...texts(files, /^lookups\/([^/]+\.csv)$/).map(([name, text]) =>
      object('lookups', name, new Map([['content', text]])),
    ),
    ...stanzas(files, 'transforms').map(([name, settings]) =>
      object('data/transforms/lookups', name, settings),
    ),
    ...stanzas(files, 'macros').map(([name, settings]) =>
      object('configs/conf-macros', name, settings),
    ),
    ...stanzas(files, 'savedsearches').map(([name, settings]) =>
      object('saved/searches', name, searchParameters(settings)),
    ),
    ...texts(files, /^default\/data\/ui\/views\/([^/]+)\.xml$/).map(([name, text]) =>
      object('data/ui/views', name, new Map([['eai:data', text]])),
    ),
    ...texts(files, /^default\/data\/ui\/nav\/([^/]+)\.xml$/).map(([name, text]) =>
      object('data/ui/nav', name, new Map([['eai:data', text]])),
    ),
  ];
}

const names: Readonly<Record<SplunkCollection, string>> = {
  'apps/local': 'app',
  lookups: 'lookup',
  'data/transforms/lookups': 'lookup definition',
  'configs/conf-macros': 'macro',
  'saved/searches': '',
  'data/ui/views': 'view',
  'data/ui/nav': 'navigation',
};

const splunkKey = (collection: SplunkCollection, entity: string): string =>
  `${collection} ${entity}`;

export function object(
  collection: SplunkCollection,
  entity: string,
  fields: ReadonlyMap<string, string>,
): SplunkObject {
  const plain = new Map(
    [...fields].map(([name, value]): [string, string] => [name, plainValue(name, value)]),
  );
  return {
    collection,
    entity,
    key: splunkKey(collection, entity),
    name:
      collection === 'saved/searches'
        ? searchName(entity, fields)
        : `${names[collection]} ${entity}`.trim(),
    fields: plain,
  };
}

const stanzas = (files: AppFiles, name: string) =>
  [...settingsIn(files, `default/${name}.conf`)].filter(([stanza]) => stanza !== 'default');

const texts = (files: AppFiles, pattern: RegExp): readonly (readonly [string, string])[] =>
  [...files].flatMap(([path, bytes]) => {
    const name = pattern.exec(path)?.[1];
    return name === undefined ? [] : [[name, textOf(bytes)] as const];
  });

/** Settings that saved/searches calls otherwise than savedsearches.conf. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['enableSched', 'is_scheduled'],
  ['counttype', 'alert_type'],
  ['relation', 'alert_comparator'],
  ['quantity', 'alert_threshold'],
]);

const searchParameters = (settings: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...settings].map(([name, value]) => [renamed.get(name) ?? name, value]));

/** Values that are texts, in which `true` is a word. */
const textFields = new Set([
  'search',
  'description',
  'definition',
  'eai:data',
  'content',
  'label',
  'author',
  'version',
]);

/** Booleans as 0 and 1: Splunk answers with either form, or with one of JSON. */
export function plainValue(name: string, value: unknown): string {
  const text = value === null || value === undefined ? '' : valueText(value);
  if (textFields.has(name)) return text;
  return text === 'true' ? '1' : text === 'false' ? '0' : text;
}

/** In the order that they are written. */
export const sortedObjects = (objects: readonly SplunkObject[]): SplunkObject[] =>
  [...objects].sort(
    (a, b) => collections.indexOf(a.collection) - collections.indexOf(b.collection),
  );
