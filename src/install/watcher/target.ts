import { plural } from '../../source/plural.ts';
import { InstallError } from '../install-error.ts';
import { stateOf } from '../plan.ts';
import { type Client, createClient } from '../server/client.ts';
import {
  basicLogin,
  type ServerConnection,
  type ServerLogin,
  secretOf,
  textsOf,
  widthOf,
} from '../server/connection.ts';
import { inParallel } from '../server/in-parallel.ts';
import type {
  InstalledPack,
  InstallTarget,
  PackVersion,
  Progress,
  Uninstalled,
} from '../target.ts';
import { type ApplyingOn, applyToWatcher } from './apply.ts';
import { readWatchesOf, removeWatch, type WatchesThere } from './server-watches.ts';
import { type NamedWatch, watchesDigest, watchObject } from './watches.ts';

/** What {@link watcherTarget} needs. */
export interface WatcherTargetOptions {
  readonly server: ServerConnection;
  /** Without a user the secret is an API key. */
  readonly login: ServerLogin;
  readonly packId: string;
  readonly version: string;
  /** What is to be installed; undefined: nothing is. */
  readonly watches?: readonly NamedWatch[] | undefined;
}

/**
 * Watches of Elasticsearch. Each carries in its metadata which pack and version wrote it, and what
 * it was before, so that any machine can plan the next install or go back. A watch that a version
 * lacks is switched off and removed by the version after it: till then a rollback has it.
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * import { setTimeout } from 'node:timers/promises';
 * import { readWatches, watcherTarget } from 'sigpack';
 * import { send } from './send.js'; // the example of SendRequest
 *
 * const target = watcherTarget({
 *   server: { url: 'https://elastic.example.org:9200', send, sleep: setTimeout },
 *   login: { secret: process.env.ELASTIC_KEY ?? '' },
 *   packId: 'acme',
 *   version: '1.0.0',
 *   watches: readWatches(readFileSync('packs/acme-1.0.0.ndjson', 'utf8')),
 * });
 * (await target.installed()).version; // => undefined
 */
export function watcherTarget(options: WatcherTargetOptions): InstallTarget<readonly NamedWatch[]> {
  const { server, packId, version, watches } = options;
  const on = { client: clientOf(options), packId, width: widthOf(server) };
  return {
    kind: 'elasticsearch',
    id: packId,
    async wanted() {
      if (!watches) throw new InstallError('input', 'there are no watches to install');
      return versionOf(version, watches);
    },
    async installed() {
      return installedOf(await readWatchesOf(on.client, packId), watches);
    },
    async apply(applying) {
      await applyToWatcher(on, applying);
      return [];
    },
    uninstall: (progress) => uninstall(on, progress),
  };
}

function clientOf({ server, login }: WatcherTargetOptions): Client {
  const { user } = login;
  const secret = secretOf(login);
  const authorization = user === undefined ? `ApiKey ${secret}` : basicLogin(user, secret);
  return createClient({ ...server, texts: textsOf(server, secret), headers: { authorization } });
}

async function uninstall(
  { client, packId, width }: ApplyingOn,
  progress: Progress,
): Promise<Uninstalled> {
  const { ours: there } = await readWatchesOf(client, packId);
  let done = 0;
  await inParallel(there, width, async ({ id, taken }) => {
    await removeWatch(client, id, taken);
    progress(++done, there.length, 'removing watches');
  });
  const back = there.flatMap(({ id, taken }) => (taken ? [id] : []));
  return {
    objects: there.length,
    notes:
      back.length === 0 ? [] : [`What had been taken over is there again: ${back.join(', ')}.`],
  };
}

const versionOf = (
  version: string,
  watches: readonly NamedWatch[],
  digest = watchesDigest(watches),
): PackVersion<readonly NamedWatch[]> => ({
  version,
  digest,
  objects: watches
    .filter(({ foreign }) => foreign === undefined)
    .map(({ id, body }) => watchObject(id, body, true)),
  content: watches,
});

function installedOf(
  { ours: there, others }: WatchesThere,
  wanted: readonly NamedWatch[] = [],
): InstalledPack<readonly NamedWatch[]> {
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
    ...(taken.length === 0 ? {} : { foreign: foreignText(taken) }),
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

function foreignText(ids: readonly string[]): string {
  const names = `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', ...' : ''}`;
  const what = plural(ids.length, 'a watch', 'watches');
  return `${what} ${names} ${plural(ids.length, 'is', 'are')} there that Sigpack did not install`;
}
