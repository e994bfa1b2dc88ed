import { lookupSearches } from '../../../install/splunk/lookup-search.ts';
import {
  addressOf,
  type SplunkCollection,
  type SplunkObject,
} from '../../../install/splunk/objects.ts';
import { remoteError } from '../../error/command-error.ts';
import type { SplunkClient } from './client.ts';

type Record = ReadonlyMap<string, string>;

/** Writes the objects of one app by Splunk's management interface. */
export interface SplunkWriter {
  readonly records: () => Promise<ReadonlyMap<string, Record>>;
  readonly writeRecord: (
    stanza: 'installed' | 'previous' | 'pending' | 'adopted',
    record: Record,
  ) => Promise<void>;
  /**
   * The record of an install that is done; what was installed before is what a rollback returns to.
   */
  readonly remember: (how: 'install' | 'rollback' | 'again', record: Record) => Promise<void>;
  readonly removeRecords: () => Promise<void>;
  /** What was taken over is someone else's again; what it was stays known. */
  readonly release: () => Promise<void>;
  readonly createApp: (app: SplunkObject) => Promise<void>;
  /**
   * Creates the object, or writes those of its fields that are to change; `there` is what the
   * server has.
   */
  readonly write: (
    object: SplunkObject,
    what: 'create' | readonly string[],
    there: Record,
  ) => Promise<void>;
  readonly remove: (object: SplunkObject) => Promise<void>;
  readonly reload: (collections: ReadonlySet<SplunkCollection>) => Promise<void>;
}

export function createSplunkWriter(client: SplunkClient, appId: string): SplunkWriter {
  const base = `/servicesNS/nobody/${appId}`;
  return { ...recordWriter(client, base, appId), ...objectWriter(client, base, appId) };
}

type RecordNames = 'records' | 'writeRecord' | 'remember' | 'removeRecords' | 'release';

function recordWriter(
  client: SplunkClient,
  base: string,
  appId: string,
): Pick<SplunkWriter, RecordNames> {
  const conf = `${base}/configs/conf-sigpack`;
  const records = async (): Promise<ReadonlyMap<string, Record>> => {
    const entries = await client.list(conf);
    const texts = entries
      .filter(({ app }) => app === appId)
      .map(({ name, content }): [string, Record] => [
        name,
        new Map(Object.entries(content).map(([key, value]) => [key, String(value)])),
      ]);
    return new Map(texts);
  };
  const writeRecord = async (stanza: string, record: Record): Promise<void> => {
    const { status } = await client.post(`${conf}/${stanza}`, record, {
      expect: [404],
      repeatable: true,
    });
    if (status !== 404) return;
    // a file of this name is not there before its first stanza
    await client.post(`${base}/properties`, [['__conf', 'sigpack']], {
      expect: [409],
      repeatable: true,
    });
    const made = await client.post(conf, [['name', stanza], ...record], {
      expect: [409],
      repeatable: true,
    });
    if (made.status === 409) await client.post(`${conf}/${stanza}`, record, { repeatable: true });
  };
  const removeRecords = async (stanzas: readonly string[]): Promise<void> => {
    for (const stanza of stanzas) await client.remove(`${conf}/${stanza}`);
  };
  return {
    records,
    writeRecord,
    async remember(how, record) {
      if (how === 'install') {
        const before = (await records()).get('installed');
        if (before) await writeRecord('previous', onlyOurs(before));
      }
      await writeRecord('installed', record);
      await removeRecords(how === 'rollback' ? ['previous', 'pending'] : ['pending']);
    },
    removeRecords: () => removeRecords(['pending', 'previous', 'adopted', 'installed']),
    release: () => removeRecords(['pending', 'previous', 'installed']),
  };
}

function objectWriter(
  client: SplunkClient,
  base: string,
  appId: string,
): Omit<SplunkWriter, RecordNames> {
  const collectionOf = ({ collection }: SplunkObject): string =>
    collection === 'apps/local' ? '/services/apps/local' : `${base}/${addressOf(collection)}`;
  const addressOfObject = (object: SplunkObject): string =>
    `${collectionOf(object)}/${encodeURIComponent(object.entity)}`;
  const update = async (object: SplunkObject, names: readonly string[]): Promise<void> => {
    // Splunk takes no update of a saved search without its search
    const said =
      object.collection === 'saved/searches' && !names.includes('search')
        ? ['search', ...names]
        : names;
    const parameters = said.map((name) => [name, object.fields.get(name) ?? ''] as const);
    await client.post(addressOfObject(object), parameters, { repeatable: true });
  };
  const create = async (object: SplunkObject): Promise<void> => {
    const name = object.collection === 'apps/local' ? [] : [['name', object.entity] as const];
    const { status } = await client.post(collectionOf(object), [...name, ...object.fields], {
      expect: [409],
      repeatable: true,
    });
    // a try before may have made it, with its answer cut off
    if (status === 409) await update(object, [...object.fields.keys()]);
  };
  return {
    async createApp(app) {
      const { status } = await client.post(
        '/services/apps/local',
        [['name', appId], ['template', 'barebones'], ['visible', '1'], ...app.fields],
        {
          expect: [409],
          repeatable: true,
        },
      );
      if (status === 409) await update(app, [...app.fields.keys()]);
      // other apps see its searches and macros, as they do those of the app as a file
      await client.post(
        `/services/apps/local/${appId}/acl`,
        [
          ['sharing', 'global'],
          ['owner', 'nobody'],
          ['perms.read', '*'],
          ['perms.write', 'admin'],
        ],
        { repeatable: true },
      );
    },
    async write(object, what, there) {
      if (object.collection === 'lookups') await writeLookup(client, base, object);
      else if (what === 'create') {
        if (object.collection !== 'apps/local') await create(object);
      } else {
        // what is not to change stays as the server has it
        const fields = new Map(
          [...object.fields].map(([name, value]): [string, string] => [
            name,
            what.includes(name) ? value : (there.get(name) ?? value),
          ]),
        );
        // an empty value is not what the server itself takes where nothing is said
        const forgets =
          object.collection !== 'apps/local' && what.some((name) => !fields.has(name));
        if (forgets) await client.remove(addressOfObject(object));
        await (forgets ? create({ ...object, fields }) : update({ ...object, fields }, what));
      }
    },
    async remove(object) {
      await client.remove(addressOfObject(object));
    },
    async reload(changed) {
      for (const collection of [
        'configs/conf-macros',
        'data/transforms/lookups',
        'saved/searches',
        'data/ui/views',
        'data/ui/nav',
      ] as const)
        if (changed.has(collection))
          await client.post(`${base}/${collection}/_reload`, [], {
            expect: [404],
            repeatable: true,
          });
    },
  };
}

const onlyOurs = (record: Record): Record =>
  new Map([...record].filter(([name]) => ['version', 'digest', 'app'].includes(name)));

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
      throw remoteError(
        `the lookup ${entity} cannot be written: ${client.shown(String(reason.text ?? ''))}`,
      );
  }
}
