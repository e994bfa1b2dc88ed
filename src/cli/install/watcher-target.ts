import { mergeFields } from '../../install/merge-fields.ts';
import { type JsonObject, stateOf } from '../../install/plan.ts';
import {
  type KeptWatches,
  type MarkedWatch,
  marked,
  type NamedWatch,
  type TakenWatch,
  unmarked,
  type WatchBefore,
  WatchError,
  watchesDigest,
  watchObject,
} from '../../install/watcher/watches.ts';
import { plural } from '../../source/plural.ts';
import { isRecord } from '../../source/record.ts';
import { CommandError, remoteError } from '../error/command-error.ts';
import { type Client, inParallel } from './http/http-client.ts';
import type { Applying, Installed, InstallTarget, Version } from './target.ts';

export interface WatcherOptions {
  readonly client: Client;
  readonly packId: string;
  readonly version: string;
  /** Undefined where nothing is to be installed. */
  readonly watches: readonly NamedWatch[] | undefined;
  readonly concurrency: number;
}

/**
 * Watches of Elasticsearch. Each carries in its metadata which pack and version wrote it, and what
 * it was before, so that any machine can plan the next install or go back. A watch that a version
 * lacks is switched off and removed by the version after it: till then a rollback has it.
 */
export function watcherTarget(options: WatcherOptions): InstallTarget<readonly NamedWatch[]> {
  const { client, packId, version, watches, concurrency } = options;
  return {
    kind: 'elasticsearch',
    id: packId,
    async wanted() {
      if (!watches) throw new CommandError('there are no watches to install');
      return versionOf(version, watches);
    },
    async installed() {
      return installedOf(await readWatchesOf(client, packId), watches);
    },
    apply: (applying) => apply(options, applying),
    async uninstall(progress) {
      const { ours: there } = await readWatchesOf(client, packId);
      let done = 0;
      await inParallel(there, concurrency, async ({ id, taken }) => {
        await removeWatch(client, id, taken);
        progress(++done, there.length, 'removing watches');
      });
      const back = there.flatMap(({ id, taken }) => (taken ? [id] : []));
      return {
        objects: there.length,
        notes:
          back.length === 0 ? [] : [`What had been taken over is there again: ${back.join(', ')}.`],
      };
    },
  };
}

const versionOf = (
  version: string,
  watches: readonly NamedWatch[],
  digest = watchesDigest(watches),
): Version<readonly NamedWatch[]> => ({
  version,
  digest,
  objects: watches
    .filter(({ foreign }) => foreign === undefined)
    .map(({ id, body }) => watchObject(id, body, true)),
  content: watches,
});

const address = (id: string): string => `/_watcher/watch/${encodeURIComponent(id)}`;
const withState = (id: string, active: boolean): string =>
  `${address(id)}${active ? '' : '?active=false'}`;

/** Takes a watch away; what it was taken over from comes back. */
async function removeWatch(
  client: Client,
  id: string,
  taken: TakenWatch | undefined,
): Promise<void> {
  if (taken)
    await client.send('PUT', withState(id, taken.foreign === 'active'), { body: taken.body });
  else await client.send('DELETE', address(id), { expect: [404] });
}

/** More than the server gives at once. */
const maximumWatches = 10_000;

interface Other {
  readonly body: JsonObject;
  readonly active: boolean;
}

const takenFrom = ({ body, active }: Other): TakenWatch => ({
  body,
  foreign: active ? 'active' : 'inactive',
});

interface WatchesThere {
  readonly ours: readonly MarkedWatch[];
  /** Of other packs and of no one that is known. */
  readonly others: ReadonlyMap<string, Other>;
}

async function readWatchesOf(client: Client, packId: string): Promise<WatchesThere> {
  const { json } = await client.send('POST', '/_watcher/_query/watches', {
    body: { size: maximumWatches },
    repeatable: true,
  });
  const watches =
    isRecord(json) && Array.isArray(json.watches)
      ? (json.watches as readonly unknown[])
      : undefined;
  if (!isRecord(json) || !watches?.every(isListed) || typeof json.count !== 'number')
    throw remoteError('the answer is not that of Watcher');
  // a list that is as long as may be is not all, whatever the count says
  if (json.count > watches.length || watches.length >= maximumWatches)
    throw remoteError(
      `the server has ${String(json.count)} watches, of which it lists ${watches.length}`,
    );
  const ours: MarkedWatch[] = [];
  const others = new Map<string, Other>();
  for (const { _id: id, watch, status } of watches) {
    const active = status?.state?.active !== false;
    const one = markedOf(id, watch, active, packId);
    if (one) ours.push(one);
    else others.set(id, { body: watch, active });
  }
  return { ours: ours.sort((a, b) => (a.id < b.id ? -1 : 1)), others };
}

function markedOf(...watch: Parameters<typeof unmarked>): MarkedWatch | undefined {
  try {
    return unmarked(...watch);
  } catch (error) {
    if (!(error instanceof WatchError)) throw error;
    throw remoteError(
      `the server answers with something else than Sigpack wrote of ${error.message}: ` +
        'someone changed metadata.sigpack',
    );
  }
}

const isListed = (value: unknown): value is ListedWatch =>
  isRecord(value) && typeof value._id === 'string' && isRecord(value.watch);

interface ListedWatch {
  readonly _id: string;
  readonly watch: JsonObject;
  readonly status?: { readonly state?: { readonly active?: boolean } };
}

function installedOf(
  { ours: there, others }: WatchesThere,
  wanted: readonly NamedWatch[] = [],
): Installed<readonly NamedWatch[]> {
  const taken = wanted.filter(({ id }) => others.has(id)).map(({ id }) => id);
  const alive = there.filter(({ mark }) => mark.retired !== true);
  const digests = new Set(there.map(({ mark }) => mark.digest));
  const versions = [...new Set(there.map(({ mark }) => mark.version))];
  const current = [
    ...there.map(({ id, body, active }) => watchObject(id, body, active)),
    ...taken.map((id) =>
      watchObject(id, others.get(id)?.body ?? {}, others.get(id)?.active !== false),
    ),
  ];
  const befores = there.flatMap(({ id, before }) => (before ? [{ id, ...before }] : []));
  const before = befores.flatMap(({ id, body, foreign }): NamedWatch[] =>
    body ? [{ id, body, ...(foreign ? { foreign } : {}) }] : [],
  );
  const [one] = befores;
  return {
    // an install that was cut off left two of them
    version: versions.length > 1 ? versions.join(' and ') : versions[0],
    digest: digests.size === 1 ? [...digests][0] : undefined,
    ...(taken.length === 0
      ? {}
      : {
          foreign:
            `${plural(taken.length, 'a watch', 'watches')} ${taken.slice(0, 5).join(', ')}` +
            `${taken.length > 5 ? ', ...' : ''} ${plural(taken.length, 'is', 'are')} there ` +
            'that Sigpack did not install',
        }),
    current,
    known: [alive.flatMap(({ id, written }) => (written ? [watchObject(id, written, true)] : []))],
    gone: (key, digest) => {
      const mark = there.find(({ id }) => id === key)?.mark;
      if (mark?.retired !== true) return 'disable';
      return mark.digest === digest ? undefined : 'remove';
    },
    previous:
      one && before.length > 0
        ? {
            ...versionOf(one.version, before, one.digest),
            isForeign: before.every(({ foreign }) => foreign !== undefined),
          }
        : undefined,
    state: stateOf(
      there.map(({ mark }) => mark),
      current,
    ),
  };
}

async function apply(
  { client, packId, concurrency }: WatcherOptions,
  { plan, wanted, progress, direction }: Applying<readonly NamedWatch[]>,
): Promise<readonly string[]> {
  const { ours, others } = await readWatchesOf(client, packId);
  const there = new Map(ours.map((one) => [one.id, one]));
  const planned = new Map(plan.objects.map((one) => [one.key, one]));
  const kept = new Set(plan.drift.flatMap(({ key, outcome }) => (outcome === 'kept' ? [key] : [])));
  const pack = { pack: packId, version: wanted.version, digest: wanted.digest };
  const beforeOf = (id: string, found: MarkedWatch | undefined): WatchBefore | undefined => {
    if (direction === 'rollback') return undefined;
    const foreign = others.get(id);
    const { version = 'what was there', digest = 'adopted' } = ours[0]?.mark ?? {};
    if (foreign) return { version, digest, ...takenFrom(foreign) };
    // a run before this one, of the same version, has seen to it
    if (found?.mark.digest === wanted.digest) return found.before;
    if (found)
      return {
        version: found.mark.version,
        digest: found.mark.digest,
        body: found.mark.retired === true ? null : (found.written ?? found.body),
      };
    const [other] = there.values();
    return other
      ? { version: other.mark.version, digest: other.mark.digest, body: null }
      : undefined;
  };
  const keptOf = (id: string, found: MarkedWatch | undefined): KeptWatches => {
    const before = beforeOf(id, found);
    // what was before says so itself right after the takeover
    if (before?.foreign !== undefined) return { before, taken: undefined };
    const foreign = others.get(id);
    return { before, taken: foreign ? takenFrom(foreign) : found?.taken };
  };
  const back = new Set(wanted.content.flatMap(({ id, foreign }) => (foreign ? [id] : [])));
  const gone = plan.objects.filter(
    ({ verb, key }) =>
      !back.has(key) && (verb === 'remove' || !wanted.content.some(({ id }) => id === key)),
  );
  const total = wanted.content.length + gone.length;
  let done = 0;
  await inParallel(wanted.content, concurrency, async ({ id, body, foreign }) => {
    const found = there.get(id);
    const changed = new Set(planned.get(id)?.changes.map(({ name }) => name));
    const written =
      found && kept.has(id) ? mergeFields(found.body, body, changed, () => true) : body;
    // the watch that was kept as it is must show as changed in place the next time, too
    const watch = foreign ? body : marked(written, body, pack, keptOf(id, found));
    const active = foreign
      ? foreign === 'active'
      : found === undefined || found.active || changed.has('disabled');
    await client.send('PUT', withState(id, active), { body: watch });
    progress(++done, total, 'writing watches');
  });
  await inParallel(gone, concurrency, async ({ key, verb }) => {
    const found = there.get(key);
    if (verb === 'remove') await removeWatch(client, key, found?.taken);
    else if (found) {
      // as it was written: a server hides secrets in what it answers
      const written = found.written ?? found.body;
      const body = marked(written, written, { ...pack, retired: true }, keptOf(key, found));
      await client.send('PUT', withState(key, false), { body });
    }
    progress(++done, total, 'switching watches off');
  });
  return [];
}
