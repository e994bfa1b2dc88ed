import { madeForIn } from '../../artifact/made-for.ts';
import { stateOf } from '../plan.ts';
import type { InstalledPack } from '../target.ts';
import type { SplunkApp } from './app-files.ts';
import type { SplunkClient, SplunkEntry } from './client.ts';
import type { ObjectWriter } from './object-writer.ts';
import {
  addressOf,
  collections,
  object,
  plainValue,
  type SplunkObject,
  splunkObjects,
} from './objects.ts';
import { readAdopted, readRecord, type SplunkRecord } from './record.ts';
import type { RecordWriter } from './record-writer.ts';

/** An app's place on a server, and the app that is to be there. */
export interface AppPlace {
  readonly client: SplunkClient;
  readonly objects: ObjectWriter;
  readonly records: RecordWriter;
  readonly appId: string;
  /** Undefined where nothing is to be installed. */
  readonly app: SplunkApp | undefined;
  /** Requests side by side. */
  readonly width: number;
  /** Has the server read the whole app as a file; returns what to know. */
  readonly upload: ((app: SplunkApp) => Promise<string>) | undefined;
}

/** What someone added to the app: a removal of the app would delete it. */
export async function othersIn(
  client: SplunkClient,
  appId: string,
  ours: ReadonlySet<string>,
): Promise<readonly string[]> {
  const others: string[] = [];
  for (const collection of collections) {
    if (collection === 'apps/local') continue;
    const entries = await client.list(`/servicesNS/nobody/${appId}/${addressOf(collection)}`);
    others.push(
      ...entries.flatMap(({ name, app }) =>
        app === appId && !ours.has(object(collection, name, new Map()).key)
          ? [object(collection, name, new Map()).name]
          : [],
      ),
    );
  }
  return others;
}

export interface InstalledApp {
  readonly installed: InstalledPack<SplunkApp>;
  readonly record: SplunkRecord | undefined;
  /** What was there before Sigpack took the app over. */
  readonly adopted: SplunkRecord | undefined;
}

export async function readInstalled({
  client,
  records: writer,
  appId,
  app,
  upload,
}: AppPlace): Promise<InstalledApp> {
  const wanted = app ? splunkObjects(app) : [];
  // for a single app, the 404 of a proxy would look like an app that is not there
  const there = (await client.list('/services/apps/local')).find(({ name }) => name === appId);
  const records = there ? await writer.records() : new Map<string, ReadonlyMap<string, string>>();
  const [record, before, pending] = ['installed', 'previous', 'pending'].map((name) =>
    readRecord(appId, records.get(name)),
  );
  // an upload brings an app as a file, and what was taken over has no file
  const adopted = upload ? undefined : readAdopted(appId, records.get('adopted'));
  const previous = before ?? adopted;
  const versions = [record, pending].flatMap((one) => (one ? [one.objects] : []));
  const ours = new Map(
    [...versions.flat(), ...(before ? [] : (adopted?.objects ?? [])), ...wanted].map((one) => [
      one.key,
      one,
    ]),
  );
  const current = there ? await currentObjects(client, appId, there, ours, record) : [];
  const foreign = there && !record && !pending ? foreignApp(appId, there, wanted) : undefined;
  return {
    record,
    adopted: record && adopted,
    installed: {
      version: record?.version,
      title: textOf(there?.content.label),
      unseen: { what: 'what is in its lookups' },
      madeFor: madeForIn(textOf(there?.content.description) ?? ''),
      ...(foreign === undefined ? {} : { foreign }),
      // an install that was cut off has left its own mark
      digest: pending ? undefined : record?.digest,
      current,
      known: record ? versions : [],
      previous: previous && {
        isForeign: previous === adopted,
        version: previous.version,
        digest: previous.digest,
        objects: previous.objects,
        content: previous.app,
      },
      state: stateOf(record?.digest, current),
    },
  };
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/**
 * An app without a record is someone else's, unless it describes itself just as this one does: then
 * an install was cut off right after it was created.
 */
function foreignApp(
  appId: string,
  { content }: SplunkEntry,
  wanted: readonly SplunkObject[],
): string | undefined {
  const own = wanted.find(({ collection }) => collection === 'apps/local');
  if (own && [...own.fields].every(([name, value]) => plainValue(name, content[name]) === value))
    return undefined;
  const version = textOf(content.version);
  const named = version === undefined ? appId : `${appId} ${version}`;
  return `an app ${named} is there that Sigpack did not install`;
}

/** What the server has of the objects that are ours or are to be. */
async function currentObjects(
  client: SplunkClient,
  appId: string,
  there: SplunkEntry,
  ours: ReadonlyMap<string, SplunkObject>,
  record: SplunkRecord | undefined,
): Promise<readonly SplunkObject[]> {
  const recorded = new Map(record?.objects.map((one) => [one.key, one.fields]));
  const current: SplunkObject[] = [];
  for (const collection of collections) {
    const wanted = [...ours.values()].filter((one) => one.collection === collection);
    if (wanted.length === 0) continue;
    const entries =
      collection === 'apps/local'
        ? [there]
        : (await client.list(`/servicesNS/nobody/${appId}/${addressOf(collection)}`)).filter(
            (entry) => entry.app === appId,
          );
    const byName = new Map(entries.map((entry) => [entry.name, entry.content]));
    for (const { entity, key, fields } of wanted) {
      const content = byName.get(entity);
      if (!content) continue;
      const before = recorded.get(key);
      // the server does not show what is in a lookup: it has what was written last
      current.push(
        object(
          collection,
          entity,
          collection === 'lookups' ? (before ?? new Map()) : readFields(content, fields, before),
        ),
      );
    }
  }
  return current.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The server has many more settings: those that a version of the pack has are read. */
function readFields(
  content: SplunkEntry['content'],
  ...versions: readonly (ReadonlyMap<string, string> | undefined)[]
): ReadonlyMap<string, string> {
  const names = versions.flatMap((fields) => [...(fields?.keys() ?? [])]);
  return new Map(names.map((name) => [name, plainValue(name, content[name])]));
}
