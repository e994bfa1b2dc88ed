import type { ContentPack, PackEntity } from '../../../install/graylog/content-pack-model.ts';
import { additionsOf, packDigest } from '../../../install/graylog/definitions.ts';
import { type ExtraKind, isExtra, withoutSecretValues } from '../../../install/graylog/extras.ts';
import { isRecord } from '../../../source/record.ts';
import { uuidV5 } from '../../../source/uuid.ts';
import { type CommandError, isRemoteError, remoteError } from '../../error/command-error.ts';
import type { Client } from '../http/http-client.ts';
import { isListOf } from '../http/server-list.ts';
import type { Progress } from '../target.ts';

/**
 * The content packs of one Sigpack pack on a Graylog server: itself, and the additions of its later
 * revisions.
 */
export interface ServerPacks {
  /** x.y.z */
  readonly serverVersion: () => Promise<string>;
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
  readonly extraIds: ReadonlyMap<
    string,
    { readonly kind: ExtraKind; readonly ids: readonly string[] }
  >;
  /** Versions whose installation was begun and not ended: what they wrote is no one else's. */
  readonly begun: readonly ContentPack[];
}

interface Installation {
  readonly _id: string;
  readonly content_pack_revision: number;
  readonly entities: readonly {
    readonly id: string;
    readonly type: { readonly name: string };
    readonly content_pack_entity_id: string;
  }[];
}

export function createContentPacks(client: Client, packId: string): ServerPacks {
  const additions = uuidV5(packId, 'additions');
  const serverVersion = async (): Promise<string> => {
    const root = (await client.send('GET', '/')).json as { readonly version?: string } | undefined;
    const version = /^\d+\.\d+\.\d+/.exec(String(root?.version ?? ''))?.[0];
    if (version === undefined)
      throw remoteError('the answer is not that of a Graylog server; its url ends with /api');
    return version;
  };
  /** Revisions of additions that are uploaded alone. */
  const uninstalled = async (
    installations: readonly Installation[],
  ): Promise<ReadonlyMap<number, ContentPack>> => {
    const installed = new Set(installations.map((one) => one.content_pack_revision));
    return new Map(
      [...(await revisionsOf(client, additions))].filter(([revision]) => !installed.has(revision)),
    );
  };
  const nextAddition = async (
    pack: ContentPack,
    entities?: ReadonlySet<string>,
  ): Promise<ContentPack> => {
    const rev = Math.max(0, ...(await revisionsOf(client, additions)).keys()) + 1;
    return { ...additionsOf(pack, additions, entities), rev };
  };
  const install = async (pack: ContentPack): Promise<void> => {
    const there = (await revisionsOf(client, pack.id)).get(pack.rev);
    if (!there) await upload(client, pack);
    else if (packDigest(there) !== packDigest(pack)) throw otherContent(pack);
    await installUploaded(client, pack, Number.parseInt(await serverVersion(), 10));
  };
  return {
    serverVersion,
    async read() {
      const revisions = await revisionsOf(client, packId);
      const installations = await installationsOf(client, packId);
      if (revisions.size === 0 && installations.length > 0)
        throw remoteError(
          'the server has installations of a content pack that it does not have; run the ' +
            'command again',
        );
      const added = await installationsOf(client, additions);
      const made = [...installations, ...added].flatMap(({ entities }) => entities);
      const definitionIds = new Map<string, string[]>();
      const extraIds = new Map<
        string,
        { readonly kind: ExtraKind; readonly ids: readonly string[] }
      >();
      for (const { type, id, content_pack_entity_id: entity } of made) {
        if (type.name === 'event_definition')
          definitionIds.set(entity, [...(definitionIds.get(entity) ?? []), id]);
        else if (isExtra(type.name))
          extraIds.set(entity, {
            kind: type.name,
            ids: [...(extraIds.get(entity)?.ids ?? []), id],
          });
      }
      return {
        revisions,
        definitionIds,
        extraIds,
        begun: definitionIds.size > 0 ? [...(await uninstalled(added)).values()] : [],
      };
    },
    begin: async (pack) => upload(client, await nextAddition(pack)),
    async end() {
      for (const revision of (await uninstalled(await installationsOf(client, additions))).keys())
        await client.send('DELETE', `/system/content_packs/${additions}/${revision}`, {
          expect: [404],
        });
    },
    upload: (pack) => upload(client, pack),
    install,
    async installAdditions(pack, entities) {
      await install(await nextAddition(pack, entities));
    },
    async forgetAbove(revision) {
      for (const above of (await revisionsOf(client, packId)).keys())
        if (above > revision)
          await client.send('DELETE', `/system/content_packs/${packId}/${above}`, {
            expect: [404],
          });
    },
    async uninstall(progress) {
      const installed = (
        await Promise.all(
          [additions, packId].map(async (id) =>
            (await installationsOf(client, id)).map((one) => ({ id, ...one })),
          ),
        )
      ).flat();
      const made = installed.flatMap(({ entities }) =>
        entities.filter(({ type }) => type.name === 'event_definition' || isExtra(type.name)),
      );
      // what was deleted by hand and installed again is one object
      const total = new Set(made.map(({ content_pack_entity_id: entity }) => entity)).size;
      for (const [index, { id, _id }] of installed.entries()) {
        await client.send(
          'DELETE',
          `/system/content_packs/${id}/installations/${encodeURIComponent(_id)}`,
          { expect: [404] },
        );
        progress(index + 1, installed.length, 'removing installations');
      }
      for (const id of [additions, packId])
        for (const revision of (await revisionsOf(client, id)).keys())
          await client.send('DELETE', `/system/content_packs/${id}/${revision}`, { expect: [404] });
      return total;
    },
  };
}

const isRevision = (entry: unknown): entry is [string, ContentPack] => {
  const [revision, pack]: readonly unknown[] = Array.isArray(entry) ? entry : [];
  if (!isRecord(pack) || !Number.isSafeInteger(pack.rev) || pack.rev !== Number(revision))
    return false;
  return (
    typeof pack.name === 'string' &&
    typeof pack.summary === 'string' &&
    isListOf(pack.entities, isEntity) &&
    isListOf(pack.parameters, isParameter)
  );
};

const isParameter = (value: unknown): value is ContentPack['parameters'][number] =>
  isRecord(value) && typeof value.name === 'string' && typeof value.type === 'string';

const isEntity = (value: unknown): value is PackEntity =>
  isRecord(value) &&
  typeof value.id === 'string' &&
  isRecord(value.type) &&
  typeof value.type.name === 'string' &&
  isRecord(value.data);

const isInstallation = (value: unknown): value is Installation =>
  isRecord(value) && typeof value._id === 'string' && isListOf(value.entities, isInstalled);

const isInstalled = (value: unknown): value is Installation['entities'][number] =>
  isRecord(value) &&
  typeof value.id === 'string' &&
  isRecord(value.type) &&
  typeof value.content_pack_entity_id === 'string';

async function revisionsOf(
  client: Client,
  packId: string,
): Promise<ReadonlyMap<number, ContentPack>> {
  const { status, json } = await client.send('GET', `/system/content_packs/${packId}`, {
    expect: [404],
  });
  if (status === 404) return new Map();
  const revisions: unknown =
    isRecord(json) && isRecord(json.content_pack_revisions)
      ? Object.entries(json.content_pack_revisions)
      : undefined;
  if (!isListOf(revisions, isRevision))
    throw remoteError(
      'the server answers with something else than the revisions of a content pack',
    );
  return new Map(revisions.map(([revision, pack]) => [Number(revision), pack]));
}

async function installationsOf(client: Client, packId: string): Promise<readonly Installation[]> {
  const { status, json } = await client.send(
    'GET',
    `/system/content_packs/${packId}/installations`,
    { expect: [404] },
  );
  // a pack that was installed and is not there after all would be installed a second time
  if (status === 404 && (await revisionsOf(client, packId)).size > 0)
    throw remoteError('the server has the content pack, but no installations of it to look at');
  if (status === 404) return [];
  const found = isRecord(json) ? json.installations : undefined;
  if (!isListOf(found, isInstallation))
    throw remoteError(
      'the server answers with something else than the installations of a content pack',
    );
  return found;
}

/**
 * Sent again where the connection broke: a revision that is there already was uploaded by the try
 * before.
 */
async function upload(client: Client, pack: ContentPack): Promise<void> {
  const { status, text } = await client.send('POST', '/system/content_packs', {
    body: withoutSecretValues(pack),
    repeatable: true,
    expect: [400],
    slow: true,
  });
  if (status !== 400) return;
  const there = (await revisionsOf(client, pack.id)).get(pack.rev);
  if (!there)
    throw remoteError(`the server does not take the content pack: ${client.shown(text)}`, 400);
  if (packDigest(there) !== packDigest(pack)) throw otherContent(pack);
}

async function installUploaded(client: Client, pack: ContentPack, major: number): Promise<void> {
  const before = (await installationsOf(client, pack.id)).length;
  const parameters = Object.fromEntries(
    pack.parameters.map(({ name, type, default_value: value }) => [
      name,
      { '@type': type, '@value': value },
    ]),
  );
  const body = { parameters, comment: 'sigpack install' };
  // 7.0 wraps every creation
  const wrapped = major >= 7 ? { entity: body, share_request: null } : body;
  try {
    await client.send('POST', `/system/content_packs/${pack.id}/${pack.rev}/installations`, {
      body: wrapped,
      repeatable: false,
      slow: true,
    });
  } catch (error) {
    // an answer that was cut off says nothing of what the server did
    if (
      !isRemoteError(error) ||
      error.httpStatus !== undefined ||
      (await installationsOf(client, pack.id)).length === before
    )
      throw error;
  }
}

const otherContent = ({ name, rev }: ContentPack): CommandError =>
  remoteError(
    `the server has a revision ${rev} of ${JSON.stringify(name)} with another content; run ` +
      'the command again',
  );
