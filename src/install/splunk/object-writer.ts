import { urlPart } from '../../source/char-escape.ts';
import { valueText } from '../../source/record.ts';
import { InstallError } from '../install-error.ts';
import type { SplunkClient } from './client.ts';
import { lookupSearches } from './lookup-search.ts';
import { addressOf, type SplunkCollection, type SplunkObject } from './objects.ts';

/** Writes the objects of one app by Splunk's management interface. */
export interface ObjectWriter {
  readonly createApp: (app: SplunkObject) => Promise<void>;
  /** The app itself is there already. */
  readonly create: (object: SplunkObject) => Promise<void>;
  /** Writes the fields that are to change; `there` is what the server has. */
  readonly change: (
    object: SplunkObject,
    names: readonly string[],
    there: ReadonlyMap<string, string>,
  ) => Promise<void>;
  readonly remove: (object: SplunkObject) => Promise<void>;
  readonly reload: (collections: ReadonlySet<SplunkCollection>) => Promise<void>;
}

export function createObjectWriter(client: SplunkClient, appId: string): ObjectWriter {
  const base = `/servicesNS/nobody/${appId}`;
  return {
    createApp: (app) => createApp(client, base, app),
    async create(object) {
      if (object.collection === 'lookups') await writeLookup(client, base, object);
      else if (object.collection !== 'apps/local') await create(client, base, object);
    },
    async change(object, names, there) {
      if (object.collection === 'lookups') await writeLookup(client, base, object);
      else await change(client, base, withOthers(object, names, there), names);
    },
    remove: (object) => client.remove(addressIn(base, object)),
    reload: (changed) => reload(client, base, changed),
  };
}

const collectionIn = (base: string, { collection }: SplunkObject): string =>
  collection === 'apps/local' ? '/services/apps/local' : `${base}/${addressOf(collection)}`;

const addressIn = (base: string, object: SplunkObject): string =>
  `${collectionIn(base, object)}/${urlPart(object.entity)}`;

async function createApp(client: SplunkClient, base: string, app: SplunkObject): Promise<void> {
  const { status } = await client.post(
    '/services/apps/local',
    [['name', app.entity], ['template', 'barebones'], ['visible', '1'], ...app.fields],
    { expect: [409], repeatable: true },
  );
  if (status === 409) await update(client, base, app, [...app.fields.keys()]);
  // other apps see its searches and macros, as they do those of the app as a file
  await client.post(
    `/services/apps/local/${app.entity}/acl`,
    [
      ['sharing', 'global'],
      ['owner', 'nobody'],
      ['perms.read', '*'],
      ['perms.write', 'admin'],
    ],
    { repeatable: true },
  );
}

async function create(client: SplunkClient, base: string, object: SplunkObject): Promise<void> {
  const { status } = await client.post(
    collectionIn(base, object),
    [['name', object.entity], ...object.fields],
    { expect: [409], repeatable: true },
  );
  // a try before may have made it, with its answer cut off
  if (status === 409) await update(client, base, object, [...object.fields.keys()]);
}

async function update(
  client: SplunkClient,
  base: string,
  object: SplunkObject,
  names: readonly string[],
): Promise<void> {
  // Splunk takes no update of a saved search without its search
  const all =
    object.collection === 'saved/searches' && !names.includes('search')
      ? ['search', ...names]
      : names;
  const parameters = all.map((name) => [name, object.fields.get(name) ?? ''] as const);
  await client.post(addressIn(base, object), parameters, { repeatable: true });
}

async function change(
  client: SplunkClient,
  base: string,
  object: SplunkObject,
  names: readonly string[],
): Promise<void> {
  // an empty value is not the default of the server
  const forgets =
    object.collection !== 'apps/local' && names.some((name) => !object.fields.has(name));
  if (forgets) await client.remove(addressIn(base, object));
  await (forgets ? create(client, base, object) : update(client, base, object, names));
}

/** What is not to change stays as the server has it. */
const withOthers = (
  object: SplunkObject,
  names: readonly string[],
  there: ReadonlyMap<string, string>,
): SplunkObject => ({
  ...object,
  fields: new Map(
    [...object.fields].map(([name, value]) => [
      name,
      names.includes(name) ? value : (there.get(name) ?? value),
    ]),
  ),
});

const reloaded = [
  'configs/conf-macros',
  'data/transforms/lookups',
  'saved/searches',
  'data/ui/views',
  'data/ui/nav',
] as const;

async function reload(
  client: SplunkClient,
  base: string,
  changed: ReadonlySet<SplunkCollection>,
): Promise<void> {
  for (const collection of reloaded)
    if (changed.has(collection))
      await client.post(`${base}/${collection}/_reload`, [], { expect: [404], repeatable: true });
}

async function writeLookup(
  client: SplunkClient,
  base: string,
  { entity, fields }: SplunkObject,
): Promise<void> {
  for (const search of lookupSearches(entity, fields.get('content') ?? '')) {
    const { json } = await client.post(
      `${base}/search/jobs`,
      [
        ['search', search],
        ['exec_mode', 'oneshot'],
      ],
      { repeatable: false },
    );
    const messages =
      (
        json as
          | { readonly messages?: readonly { readonly type?: string; readonly text?: string }[] }
          | undefined
      )?.messages ?? [];
    const reason = messages.find(({ type }) => type === 'ERROR' || type === 'FATAL');
    if (reason)
      throw new InstallError(
        'place',
        `the lookup ${entity} cannot be written: ${client.shown(valueText(reason.text ?? ''))}`,
      );
  }
}
