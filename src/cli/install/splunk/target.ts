import { madeForIn } from '../../../artifact/made-for.ts';
import { appLoadLines } from '../../../install/pack-load.ts';
import { stateOf } from '../../../install/plan.ts';
import { filesDigest, type SplunkApp } from '../../../install/splunk/app-files.ts';
import {
  addressOf,
  collections,
  object,
  plainValue,
  type SplunkCollection,
  type SplunkObject,
  splunkObjects,
} from '../../../install/splunk/objects.ts';
import {
  adoptedDigest,
  adoptedRecord,
  readAdopted,
  readRecord,
  recordOf,
  type SplunkRecord,
} from '../../../install/splunk/record.ts';
import { CommandError, remoteError } from '../../error/command-error.ts';
import { inParallel } from '../http/http-client.ts';
import type { Applying, Installed, InstallTarget, Version } from '../target.ts';
import type { SplunkClient, SplunkEntry } from './client.ts';
import { slotsOf } from './slots.ts';
import { createSplunkWriter, type SplunkWriter } from './writer.ts';

export interface SplunkOptions {
  readonly client: SplunkClient;
  readonly appId: string;
  /** Undefined where nothing is to be installed. */
  readonly app: SplunkApp | undefined;
  readonly concurrency: number;
  /** Puts the whole app on the server, where that can read it as a file; a note to show. */
  readonly upload: ((app: SplunkApp) => Promise<string>) | undefined;
}

/**
 * A Splunk server, by its management interface: searches, macros, lookups and views one by one, or
 * the app as a file that the server can read. What was installed, and what was before it, is kept
 * in sigpack.conf of the app, so that any machine can plan the next install or go back.
 */
export function splunkTarget(options: SplunkOptions): InstallTarget<SplunkApp> {
  const { client, appId, app, concurrency } = options;
  const writer = createSplunkWriter(client, appId);
  return {
    kind: 'splunk',
    id: appId,
    async wanted() {
      if (!app) throw new CommandError('there is no app to install');
      return versionOf(app);
    },
    async installed() {
      return (await read(options, writer)).installed;
    },
    advice: async ({ content }) => appLoadLines(content.files, await slotsOf(client)),
    apply: (applying) => apply(options, writer, applying),
    async uninstall(progress) {
      const { installed, adopted } = await read(options, writer);
      if (adopted)
        throw new CommandError(
          `an uninstall would delete what is kept of the app ${appId} ${adopted.version} ` +
            'that was taken over; sigpack rollback returns to it',
        );
      if (installed.foreign !== undefined)
        throw new CommandError(`${installed.foreign}; sigpack uninstalls what it installed`);
      const there = sorted(installed.current as readonly SplunkObject[]).reverse();
      let done = 0;
      const ofApp = there.filter(({ collection }) => collection !== 'apps/local');
      await inParallel(ofApp, concurrency, async (one) => {
        await writer.remove(one);
        progress(++done, there.length, 'removing');
      });
      const others = await othersIn(client, appId, new Set(there.map(({ key }) => key)));
      await writer.removeRecords();
      if (others.length > 0)
        return {
          objects: ofApp.length,
          notes: [`The app stays, as it has others in it: ${others.slice(0, 10).join(', ')}.`],
        };
      await client.remove(`/services/apps/local/${appId}`);
      return { objects: there.length, notes: [] };
    },
  };
}

const versionOf = (app: SplunkApp): Version<SplunkApp> => ({
  version: app.version,
  digest: filesDigest(app.files),
  objects: splunkObjects(app),
  content: app,
});

const sorted = (objects: readonly SplunkObject[]): SplunkObject[] =>
  [...objects].sort(
    (a, b) => collections.indexOf(a.collection) - collections.indexOf(b.collection),
  );

/** What someone added to the app: a removal of the app would delete it. */
async function othersIn(
  client: SplunkClient,
  appId: string,
  ours: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const collection of collections) {
    if (collection === 'apps/local') continue;
    const entries = await client.list(`/servicesNS/nobody/${appId}/${addressOf(collection)}`);
    found.push(
      ...entries.flatMap(({ name, app }) =>
        app === appId && !ours.has(object(collection, name, new Map()).key)
          ? [object(collection, name, new Map()).name]
          : [],
      ),
    );
  }
  return found;
}

interface Read {
  readonly installed: Installed<SplunkApp>;
  readonly record: SplunkRecord | undefined;
  /** What was there before Sigpack took the app over. */
  readonly adopted: SplunkRecord | undefined;
}

async function read(
  { client, appId, app, upload }: SplunkOptions,
  writer: SplunkWriter,
): Promise<Read> {
  // asked for alone, a 404 of whatever is between would pass for an app that is not there
  const there = (await client.list('/services/apps/local')).find(({ name }) => name === appId);
  const records = there ? await writer.records() : new Map<string, ReadonlyMap<string, string>>();
  const [record, before, pending] = ['installed', 'previous', 'pending'].map((name) =>
    readRecord(appId, records.get(name)),
  );
  // an upload brings an app as a file, and there is none of what was taken over
  const adopted = upload ? undefined : readAdopted(appId, records.get('adopted'));
  const previous = before ?? adopted;
  const versions = [record, pending].flatMap((one) => (one ? [one.objects] : []));
  const ours = new Map(
    [
      ...versions.flat(),
      ...(before ? [] : (adopted?.objects ?? [])),
      ...(app ? splunkObjects(app) : []),
    ].map((one) => [one.key, one]),
  );
  const current = there ? await currentObjects(client, appId, there, ours, record) : [];
  const foreign = there && !record && !pending ? foreignApp(appId, there, app) : undefined;
  return {
    record,
    adopted: record && adopted,
    installed: {
      version: record?.version,
      title: textOf(there?.content.label),
      unseen: { what: 'what is in its lookups' },
      madeFor:
        typeof there?.content.description === 'string'
          ? madeForIn(there.content.description)
          : undefined,
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
 * An app without a record is someone else's, unless it says of itself just what this one does: then
 * an install was cut off behind its creation.
 */
function foreignApp(
  appId: string,
  { content }: SplunkEntry,
  app: SplunkApp | undefined,
): string | undefined {
  const own = app && splunkObjects(app).find(({ collection }) => collection === 'apps/local');
  if (own && [...own.fields].every(([name, value]) => plainValue(name, content[name]) === value))
    return undefined;
  const version =
    typeof content.version === 'string' && content.version !== '' ? ` ${content.version}` : '';
  return `an app ${appId}${version} is there that Sigpack did not install`;
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
  const found: SplunkObject[] = [];
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
      // the server does not say what is in a lookup: it has what was written last
      found.push(
        object(
          collection,
          entity,
          collection === 'lookups' ? (before ?? new Map()) : readFields(content, fields, before),
        ),
      );
    }
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The server has many settings of its own: those are read that a version of ours says. */
function readFields(
  content: SplunkEntry['content'],
  ...said: readonly (ReadonlyMap<string, string> | undefined)[]
): ReadonlyMap<string, string> {
  const names = said.flatMap((fields) => [...(fields?.keys() ?? [])]);
  return new Map(names.map((name) => [name, plainValue(name, content[name])]));
}

async function apply(
  options: SplunkOptions,
  writer: SplunkWriter,
  { plan, wanted, progress, direction }: Applying<SplunkApp>,
): Promise<readonly string[]> {
  const { concurrency, upload } = options;
  const { record, installed } = await read(options, writer);
  const there = new Map(installed.current.map((one) => [one.key, one.fields]));
  const notes: string[] = [];
  const verbs = new Map(plan.objects.map(({ key, verb, changes }) => [key, { verb, changes }]));
  const total = plan.objects.length;
  let done = 0;
  const app = (wanted.objects as readonly SplunkObject[]).find(
    ({ collection }) => collection === 'apps/local',
  );
  // without a record a first install is under way, or was cut off
  if (app && !record && !upload && plan.adopts === undefined) await writer.createApp(app);
  if (upload) notes.push(await upload(wanted.content));
  const next = recordOf(wanted.content);
  if (plan.adopts !== undefined)
    await writer.writeRecord(
      'adopted',
      adoptedRecord(
        there.get(`apps/local ${options.appId}`)?.get('version') ?? '',
        sorted(installed.current as readonly SplunkObject[]),
      ),
    );
  await writer.writeRecord('pending', next);
  const left = upload
    ? await leftAfterUpload(options, writer, wanted, plan)
    : new Set(verbs.keys());
  for (const collection of collections) {
    const objects = (wanted.objects as readonly SplunkObject[]).filter(
      (one) => one.collection === collection && left.has(one.key) && verbs.has(one.key),
    );
    await inParallel(objects, concurrency, async (one) => {
      const { verb = 'create', changes = [] } = verbs.get(one.key) ?? {};
      await writer.write(
        one,
        verb === 'create' ? 'create' : changes.map(({ name }) => name),
        there.get(one.key) ?? new Map(),
      );
      progress(++done, total, `writing ${addressOf(collection)}`);
    });
  }
  const before = new Map(record?.objects.map((one) => [one.key, one]));
  const gone = sorted(
    plan.objects
      .flatMap(({ key, verb }) => (verb === 'remove' ? [before.get(key)] : []))
      .filter((one) => one !== undefined),
  ).reverse();
  await inParallel(gone, concurrency, async (one) => {
    await writer.remove(one);
    progress(++done, total, 'removing');
  });
  // the record is the only one to know of them: it must not forget one that is still there
  if (gone.length > 0) await refuseLeft(options, writer, new Set(gone.map(({ key }) => key)));
  await writer.reload(
    new Set(plan.objects.map(({ key }) => key.split(' ')[0] as SplunkCollection)),
  );
  // what was taken over is no one's but its owner's again
  if (wanted.digest === adoptedDigest) await writer.release();
  else await writer.remember(record?.digest === wanted.digest ? 'again' : direction, next);
  return notes;
}

async function refuseLeft(
  options: SplunkOptions,
  writer: SplunkWriter,
  gone: ReadonlySet<string>,
): Promise<void> {
  const { installed } = await read(options, writer);
  const left = installed.current.find(({ key }) => gone.has(key));
  if (left)
    throw remoteError(`${left.name} was to be removed and is still there; run the command again`);
}

/**
 * An upload brings default/ alone: what someone changed on the server, where it is not kept, has to
 * be written over it.
 */
async function leftAfterUpload(
  options: SplunkOptions,
  writer: SplunkWriter,
  wanted: Version<SplunkApp>,
  plan: Applying<SplunkApp>['plan'],
): Promise<ReadonlySet<string>> {
  const { installed } = await read(options, writer);
  const there = new Map(installed.current.map((one) => [one.key, one.fields]));
  const planned = new Map(plan.objects.map(({ key, changes }) => [key, changes]));
  return new Set(
    wanted.objects
      .filter(
        ({ key, fields }) =>
          planned.get(key)?.some(({ name }) => there.get(key)?.get(name) !== fields.get(name)) &&
          !key.startsWith('lookups '),
      )
      .map(({ key }) => key),
  );
}
