import { urlPart } from '../../source/char-escape.ts';
import { valueText } from '../../source/record.ts';
import { InstallError } from '../install-error.ts';
import { mergeFields } from '../merge-fields.ts';
import type { JsonObject, PlannedObject } from '../plan.ts';
import type { Client } from '../server/client.ts';
import { inParallel } from '../server/in-parallel.ts';
import type { Applying } from '../target.ts';
import type { ContentPack } from './content-pack-model.ts';
import { packDigest, type WantedDefinition } from './definitions.ts';
import { secretParameters } from './extras.ts';
import { makeAndConnect, type PipelineChange, removeOthers } from './pipelines/apply-pipelines.ts';
import { hasPipelines, wantedTexts } from './pipelines/wanted-texts.ts';
import { changeExtra, removeExtra } from './server-extras.ts';
import type { ServerPacks } from './server-packs.ts';
import {
  type Definition,
  readServer,
  type ServerState,
  streamKey,
  type Wanted,
  wantedOf,
} from './server-state.ts';

export interface ApplyingOn {
  readonly client: Client;
  readonly packs: ServerPacks;
  readonly server: ServerState;
  readonly concurrency: number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly randomId: () => string;
}

export async function applyToServer(
  on: ApplyingOn,
  applying: Applying<ContentPack>,
): Promise<void> {
  const { packs, server, concurrency } = on;
  const { plan, wanted, progress, direction } = applying;
  const pack = wanted.content;
  const newest = Math.max(0, ...server.revisions.keys());
  if (direction === 'install') refuseRevision(pack, server.revisions, newest, server.isInstalled);
  const before = wantedOf(pack, server);
  const created = new Set(
    plan.objects.filter(({ verb }) => verb === 'create').map(({ key }) => key),
  );
  if (before.extras.some(({ entity }) => created.has(entity.id))) refuseEmpty(pack);
  const total = plan.objects.length;
  let done = 0;
  const step = (label: string): void => progress(Math.min(++done, total), total, label);
  // pipelines of a content pack would be connected one by one, before their rules are there
  const isAdded = server.isInstalled || hasPipelines(pack);
  const there = isAdded ? await addTo(on, pack, entitiesOf(before, created)) : server;
  if (!isAdded) await packs.install(pack);
  for (const key of created) if (!isTextKey(key)) step('creating');
  const versionObjects = wantedOf(pack, there);
  const pipelines = pipelineChange(on, applying, there, step);
  const hits = hitsStream(versionObjects, there);
  // servers from 7.0 on make the stream of a content pack paused: its hits would be lost
  if (hits !== undefined && there.paused.has(hits))
    await on.client.send('POST', `/streams/${urlPart(hits)}/resume`);
  await makeAndConnect(pipelines, there.tuning, hits);
  const changeOne = changerOf(on, there, versionObjects);
  // definitions name the notification, which is there before them and goes after them
  const [extras, definitions] = parted(
    plan.objects.filter(({ key }) => !isTextKey(key)),
    (one) => server.extras.has(one.key),
  );
  const others = definitions.filter(({ verb }) => verb !== 'create');
  for (const one of extras.filter(({ verb }) => verb !== 'remove'))
    await changeOne(one).then(() => step('changing'));
  if (isAdded) await inParallel(linking(versionObjects, created), concurrency, changeOne);
  await inParallel(others, concurrency, async (one) => {
    await changeOne(one);
    step(one.verb === 'remove' ? 'removing definitions' : 'changing definitions');
  });
  for (const one of extras.filter(({ verb }) => verb === 'remove'))
    await changeOne(one).then(() => step('removing'));
  await removeOthers(pipelines);
  // no rule puts hits there any more
  for (const id of goneStreams(plan.objects, there))
    await on.client.send('DELETE', `/streams/${urlPart(id)}`, { expect: [404] });
  // the revision is there only when all of it is; a rollback takes those above it away
  if (direction === 'rollback') await packs.forgetAbove(pack.rev);
  else if (!server.revisions.has(pack.rev) && isAdded) await packs.upload(pack);
  if (isAdded) await packs.end();
}

/** Entities of a content pack that are to be made of it: streams have a key of their own. */
function entitiesOf({ streams }: Wanted, created: ReadonlySet<string>): ReadonlySet<string> {
  const made = streams.flatMap(({ entityId, object }) =>
    created.has(object.key) ? [entityId] : [],
  );
  return new Set([...[...created].filter((key) => !isTextKey(key)), ...made]);
}

const isTextKey = (key: string): boolean => /^pipeline(?:_rule)? /.test(key);

/** Where the hits of the pack go, by its id on the server. */
const hitsStream = ({ hits }: Wanted, { streams }: ServerState): string | undefined =>
  hits === undefined ? undefined : streams.get(hits);

/** Ids of streams that were made with a version before, and that this one lacks. */
function goneStreams(
  objects: readonly PlannedObject[],
  { streams, ownStreamIds }: ServerState,
): readonly string[] {
  const removed = new Set(objects.flatMap(({ verb, key }) => (verb === 'remove' ? [key] : [])));
  return [...streams].flatMap(([title, id]) =>
    ownStreamIds.has(id) && removed.has(streamKey(title)) ? [id] : [],
  );
}

const pipelineChange = (
  { client, sleep, concurrency }: ApplyingOn,
  { plan, wanted }: Applying<ContentPack>,
  there: ServerState,
  step: (label: string) => void,
): PipelineChange => ({
  client,
  sleep,
  concurrency,
  known: there.pipelinePacks,
  wanted: wantedTexts(wanted.content),
  current: there.texts,
  there: there.pipelines,
  streams: there.streams,
  plan,
  step,
});

/** Puts what the server lacks there, and reads what became of it. */
async function addTo(
  { packs, client, server }: ApplyingOn,
  pack: ContentPack,
  created: ReadonlySet<string>,
): Promise<ServerState> {
  await packs.begin(pack);
  if (created.size === 0) return server;
  await packs.installAdditions(pack, created);
  return readServer(client, packs, pack);
}

/**
 * Changes of definitions that are new on the server and do not yet name the notification of the
 * pack.
 */
const linking = ({ definitions }: Wanted, created: ReadonlySet<string>): readonly PlannedObject[] =>
  definitions.flatMap(({ entity, notifies, object }) =>
    notifies && created.has(entity.id)
      ? [
          {
            verb: 'change',
            key: entity.id,
            name: object.name,
            changes: [{ name: 'notification', before: '', after: 'that of the pack' }],
          } as const,
        ]
      : [],
  );

function parted<T>(
  list: readonly T[],
  isFirst: (one: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [list.filter(isFirst), list.filter((one) => !isFirst(one))];
}

function changerOf(
  { client, randomId }: ApplyingOn,
  { definitions, extras, streams }: ServerState,
  versionObjects: Wanted,
): (one: PlannedObject) => Promise<void> {
  const byEntity = new Map(versionObjects.definitions.map((one) => [one.entity.id, one]));
  const extraByEntity = new Map(versionObjects.extras.map((one) => [one.entity.id, one]));
  const notifications = [...extras.values()].flatMap(({ kind, id }) =>
    kind === 'notification' ? [id] : [],
  );
  return async ({ key, verb, changes }) => {
    const names = new Set(changes.map(({ name }) => name));
    const [there, definition, extra, wanted] = [
      definitions.get(key),
      byEntity.get(key),
      extras.get(key),
      extraByEntity.get(key),
    ];
    if (extra && verb === 'remove') await removeExtra(client, extra);
    else if (extra && wanted)
      await changeExtra(client, extra, wanted, { names, streams, randomId });
    else if (there && verb === 'remove')
      await client.send('DELETE', `/events/definitions/${urlPart(there.id)}`, {
        expect: [404],
      });
    else if (there && definition) await change(client, there, definition, { names, notifications });
  };
}

/** What is sent to an address needs one. */
export function refuseEmpty(pack: ContentPack): void {
  const secret = secretParameters(pack);
  const empty = pack.parameters.find(
    ({ name, default_value: value }) => secret.has(name) && (value === undefined || value === ''),
  );
  if (empty)
    throw new InstallError(
      'input',
      `the content pack's parameter ${empty.name} has no value; give it under \`parameters\` ` +
        `of the place: { ${empty.name}: { env: NAME } }`,
    );
}

/**
 * The revisions of a server are the history of the pack: one number, one content, in their order.
 */
function refuseRevision(
  pack: ContentPack,
  revisions: ReadonlyMap<number, ContentPack>,
  newest: number,
  isInstalled: boolean,
): void {
  const same = revisions.get(pack.rev);
  const hint = 'raise `revision` in sigpack.yml, as sigpack release does';
  if (same && packDigest(same) !== packDigest(pack))
    throw new InstallError(
      'input',
      `the server has a revision ${pack.rev} of this pack with another content; ${hint}`,
    );
  if (isInstalled && pack.rev < newest)
    throw new InstallError(
      'input',
      `the server has revision ${newest} of this pack, this is the older ${pack.rev}; ` +
        `sigpack rollback goes back, or ${hint}`,
    );
}

interface Changing {
  /** Of the fields that change. */
  readonly names: ReadonlySet<string>;
  /** Ids of the pack's own on the server. */
  readonly notifications: readonly string[];
}

/**
 * Puts the pack's fields over those of the definition, but for what is kept. Other notifications
 * and fields are the admin's.
 */
async function change(
  client: Client,
  { id, body }: Definition,
  { body: wanted, enabled, notifies }: WantedDefinition,
  { names, notifications }: Changing,
): Promise<void> {
  const { scheduler: _, state, ...there } = body;
  const merged = mergeFields(there, wanted, names, (path) => path === 'config');
  const schedule = names.has('enabled') ? enabled : state === 'ENABLED';
  const uses: readonly JsonObject[] = Array.isArray(there.notifications) ? there.notifications : [];
  const own = notifies
    ? notifications.map((one) => ({ notification_id: one, notification_parameters: null }))
    : [];
  const others = uses.filter((use) => !notifications.includes(valueText(use.notification_id)));
  await client.send('PUT', `/events/definitions/${urlPart(id)}?schedule=${schedule}`, {
    body: { ...merged, notifications: names.has('notification') ? [...others, ...own] : uses, id },
  });
}
