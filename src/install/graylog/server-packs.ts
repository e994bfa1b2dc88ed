import { urlPart } from '../../source/char-escape.ts';
import { uuidV5 } from '../../source/uuid.ts';
import { InstallError } from '../install-error.ts';
import type { Client } from '../server/client.ts';
import type { Progress } from '../target.ts';
import { additionsOf } from './additions.ts';
import type { ContentPack } from './content-pack-model.ts';
import { type ExtraKind, isExtra } from './extras.ts';
import {
  type Installation,
  install,
  installationsOf,
  removeRevision,
  revisionsOf,
  upload,
} from './pack-requests.ts';

/**
 * The content packs of one Sigpack pack on a Graylog server: itself, and the additions of its later
 * revisions.
 */
export interface ServerPacks {
  readonly read: () => Promise<PacksThere>;
  readonly begin: (pack: ContentPack) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly upload: (pack: ContentPack) => Promise<void>;
  /** Uploads, unless a run before got that far, and installs. */
  readonly install: (pack: ContentPack) => Promise<void>;
  /** Entities that the server has not: a pack of these alone. */
  readonly installAdditions: (pack: ContentPack, entities: ReadonlySet<string>) => Promise<void>;
  readonly forgetAbove: (revision: number) => Promise<void>;
  readonly uninstall: (progress: Progress) => Promise<number>;
}

export interface PacksThere {
  readonly revisions: ReadonlyMap<number, ContentPack>;
  /**
   * Ids of event definitions by the entity that they were made from, the latest last; empty where
   * nothing is installed.
   */
  readonly definitionIds: ReadonlyMap<string, readonly string[]>;
  /** The same of notifications and dashboards. */
  readonly extraIds: ReadonlyMap<string, ExtraIds>;
  /** Ids of streams that were made with the pack. */
  readonly streamIds: ReadonlySet<string>;
  /** Versions whose installation was cut off: what they wrote is Sigpack's, too. */
  readonly begun: readonly ContentPack[];
}

/** The latest is the last. */
export interface ExtraIds {
  readonly kind: ExtraKind;
  readonly ids: readonly string[];
}

/** The content packs of a Sigpack pack: itself, and what its later revisions added. */
interface PackIds {
  readonly packId: string;
  readonly additions: string;
}

export function createServerPacks(client: Client, packId: string): ServerPacks {
  const ids = { packId, additions: uuidV5(packId, 'additions') };
  return {
    read: () => readPacks(client, ids),
    begin: async (pack) => upload(client, await nextAddition(client, ids, pack)),
    end: () => endAdditions(client, ids),
    upload: (pack) => upload(client, pack),
    install: (pack) => install(client, pack),
    installAdditions: async (pack, entities) =>
      install(client, await nextAddition(client, ids, pack, entities)),
    async forgetAbove(revision) {
      for (const above of (await revisionsOf(client, packId)).keys())
        if (above > revision) await removeRevision(client, packId, above);
    },
    uninstall: (progress) => uninstall(client, ids, progress),
  };
}

async function readPacks(client: Client, { packId, additions }: PackIds): Promise<PacksThere> {
  let revisions = await revisionsOf(client, packId);
  const installations = await installationsOf(client, packId);
  const added = await installationsOf(client, additions);
  // so it is after a first install that was cut off, or where a proxy answered for the server
  if (revisions.size === 0 && added.length > 0) revisions = await revisionsOf(client, packId);
  const objects = [...installations, ...added].flatMap(({ entities }) => entities);
  const definitionIds = new Map(
    byEntity(objects.filter(({ type }) => type.name === 'event_definition')).map(
      ([entity, definitions]) => [entity, definitions.map(({ id }) => id)],
    ),
  );
  const extraIds = new Map<string, ExtraIds>();
  for (const [entity, extras] of byEntity(objects)) {
    const ids = extras.flatMap(({ type, id }) => (isExtra(type.name) ? [id] : []));
    const kind = extras.map(({ type }) => type.name).findLast(isExtra);
    if (kind !== undefined) extraIds.set(entity, { kind, ids });
  }
  const streamIds = new Set(
    objects.flatMap(({ id, type }) => (type.name === 'stream' ? [id] : [])),
  );
  const begun = definitionIds.size > 0 ? await uninstalled(client, additions, added) : undefined;
  if (revisions.size === 0 && (installations.length > 0 || (added.length > 0 && !begun?.size)))
    throw new InstallError(
      'place',
      'the server has installations of a content pack that it does not have; run the ' +
        'command again',
    );
  return { revisions, definitionIds, extraIds, streamIds, begun: [...(begun?.values() ?? [])] };
}

type Objects = Installation['entities'];

const byEntity = (objects: Objects): readonly (readonly [string, Objects])[] => [
  ...Map.groupBy(objects, (one) => one.content_pack_entity_id),
];

/** Revisions of additions that are uploaded alone. */
async function uninstalled(
  client: Client,
  additions: string,
  installations: readonly Installation[],
): Promise<ReadonlyMap<number, ContentPack>> {
  const installed = new Set(installations.map((one) => one.content_pack_revision));
  const revisions = await revisionsOf(client, additions);
  return new Map([...revisions].filter(([revision]) => !installed.has(revision)));
}

/** A pack of some entities, or of all, under the next revision of the additions. */
async function nextAddition(
  client: Client,
  { additions }: PackIds,
  pack: ContentPack,
  entities?: ReadonlySet<string>,
): Promise<ContentPack> {
  const rev = Math.max(0, ...(await revisionsOf(client, additions)).keys()) + 1;
  return { ...additionsOf(pack, additions, entities), rev };
}

async function endAdditions(client: Client, { additions }: PackIds): Promise<void> {
  const installations = await installationsOf(client, additions);
  for (const revision of (await uninstalled(client, additions, installations)).keys())
    await removeRevision(client, additions, revision);
}

/** Returns how many objects there were. */
async function uninstall(
  client: Client,
  { packId, additions }: PackIds,
  progress: Progress,
): Promise<number> {
  const installed = (
    await Promise.all(
      [additions, packId].map(async (id) =>
        (await installationsOf(client, id)).map((one) => ({ id, ...one })),
      ),
    )
  ).flat();
  const objects = installed.flatMap(({ entities }) =>
    entities.filter(({ type }) => type.name === 'event_definition' || isExtra(type.name)),
  );
  for (const [index, { id, _id }] of installed.entries()) {
    await client.send('DELETE', `/system/content_packs/${id}/installations/${urlPart(_id)}`, {
      expect: [404],
    });
    progress(index + 1, installed.length, 'removing installations');
  }
  for (const id of [additions, packId])
    for (const revision of (await revisionsOf(client, id)).keys())
      await removeRevision(client, id, revision);
  // what was deleted by hand and installed again is one object
  return new Set(objects.map(({ content_pack_entity_id: entity }) => entity)).size;
}
