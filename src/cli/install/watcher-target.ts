import { isRecord } from '../../event/field.ts';
import { mergeFields } from '../../install/merge-fields.ts';
import { stateOf } from '../../install/plan.ts';
import { type MarkedWatch, marked, type NamedWatch, unmarked, type WatchBefore, watchesDigest, watchObject } from '../../install/watches.ts';
import { UsageError } from '../exit-code.ts';
import { type Client, inParallel, RemoteError } from './http-client.ts';
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
 * Watches of Elasticsearch. Each carries in its metadata which pack and version wrote it, and what it was before, so that any machine can plan the next
 * install or go back. A watch that a version lacks is switched off and removed by the version after it: till then a rollback has it.
 */
export function watcherTarget(options: WatcherOptions): InstallTarget<readonly NamedWatch[]> {
  const { client, packId, version, watches, concurrency } = options;
  return {
    kind: 'elasticsearch',
    id: packId,
    async wanted() {
      if (!watches) throw new UsageError('there are no watches to install');
      return versionOf(version, watches);
    },
    async installed() {
      return installedOf(await readWatchesOf(client, packId));
    },
    apply: (applying) => apply(options, applying),
    async uninstall(progress) {
      const there = await readWatchesOf(client, packId);
      let done = 0;
      await inParallel(there, concurrency, async ({ id }) => {
        await client.send('DELETE', address(id), { expect: [404] });
        progress(++done, there.length, 'removing watches');
      });
      return there.length;
    },
  };
}

const versionOf = (version: string, watches: readonly NamedWatch[], digest = watchesDigest(watches)): Version<readonly NamedWatch[]> => ({
  version,
  digest,
  objects: watches.map(({ id, body }) => watchObject(id, body, true)),
  content: watches,
});

const address = (id: string): string => `/_watcher/watch/${encodeURIComponent(id)}`;

/** More than the server gives at once. */
const maximumWatches = 10_000;

async function readWatchesOf(client: Client, packId: string): Promise<readonly MarkedWatch[]> {
  const { json } = await client.send('POST', '/_watcher/_query/watches', { body: { size: maximumWatches }, repeatable: true });
  const watches = isRecord(json) && Array.isArray(json.watches) ? (json.watches as readonly ListedWatch[]) : undefined;
  if (!isRecord(json) || !watches) throw new RemoteError('the answer is not that of Watcher');
  if (Number(json.count) > watches.length) throw new RemoteError(`the server has ${String(json.count)} watches, of which it lists ${watches.length}`);
  return watches
    .flatMap(({ _id: id, watch, status }) => unmarked(id, watch, status?.state?.active !== false, packId) ?? [])
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface ListedWatch {
  readonly _id: string;
  readonly watch: unknown;
  readonly status?: { readonly state?: { readonly active?: boolean } };
}

function installedOf(there: readonly MarkedWatch[]): Installed<readonly NamedWatch[]> {
  const alive = there.filter(({ mark }) => mark.retired !== true);
  const digests = new Set(there.map(({ mark }) => mark.digest));
  const versions = [...new Set(there.map(({ mark }) => mark.version))];
  const current = there.map(({ id, body, active }) => watchObject(id, body, active));
  const befores = there.flatMap(({ id, before }) => (before ? [{ id, ...before }] : []));
  const before = befores.flatMap(({ id, body }) => (body ? [{ id, body }] : []));
  const [one] = befores;
  return {
    // an install that was cut off left two of them
    version: versions.length > 1 ? versions.join(' and ') : versions[0],
    digest: digests.size === 1 ? [...digests][0] : undefined,
    current,
    known: [alive.flatMap(({ id, written }) => (written ? [watchObject(id, written, true)] : []))],
    gone: (key, digest) => {
      const mark = there.find(({ id }) => id === key)?.mark;
      if (mark?.retired !== true) return 'disable';
      return mark.digest === digest ? undefined : 'remove';
    },
    previous: one && before.length > 0 ? versionOf(one.version, before, one.digest) : undefined,
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
  const there = new Map((await readWatchesOf(client, packId)).map((one) => [one.id, one]));
  const planned = new Map(plan.objects.map((one) => [one.key, one]));
  const kept = new Set(plan.drift.flatMap(({ key, outcome }) => (outcome === 'kept' ? [key] : [])));
  const pack = { pack: packId, version: wanted.version, digest: wanted.digest };
  const beforeOf = (found: MarkedWatch | undefined): WatchBefore | undefined => {
    if (direction === 'rollback') return undefined;
    // a run before this one, of the same version, has seen to it
    if (found?.mark.digest === wanted.digest) return found.before;
    if (found) return { version: found.mark.version, digest: found.mark.digest, body: found.mark.retired === true ? null : (found.written ?? found.body) };
    const [other] = there.values();
    return other ? { version: other.mark.version, digest: other.mark.digest, body: null } : undefined;
  };
  const gone = plan.objects.filter(({ verb, key }) => verb === 'remove' || !wanted.content.some(({ id }) => id === key));
  const total = wanted.content.length + gone.length;
  let done = 0;
  await inParallel(wanted.content, concurrency, async ({ id, body }) => {
    const found = there.get(id);
    const changed = new Set(planned.get(id)?.changes.map(({ name }) => name));
    const written = found && kept.has(id) ? mergeFields(found.body, body, changed, () => true) : body;
    // the watch that was kept as it is must show as changed in place the next time, too
    const watch = marked(written, body, pack, beforeOf(found));
    const active = found === undefined || found.active || changed.has('disabled');
    await client.send('PUT', `${address(id)}${active ? '' : '?active=false'}`, { body: watch });
    progress(++done, total, 'writing watches');
  });
  await inParallel(gone, concurrency, async ({ key, verb }) => {
    const found = there.get(key);
    if (verb === 'remove') await client.send('DELETE', address(key), { expect: [404] });
    else if (found) {
      // as it was written: a server hides secrets in what it answers
      const written = found.written ?? found.body;
      const body = marked(written, written, { ...pack, retired: true }, beforeOf(found));
      await client.send('PUT', `${address(key)}?active=false`, { body });
    }
    progress(++done, total, 'switching watches off');
  });
  return [];
}
