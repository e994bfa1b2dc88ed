import { additionsOf, type ContentPack } from '../../install/graylog-definitions.ts';
import { uuidV5 } from '../../pack/uuid.ts';
import { type Client, RemoteError } from './http-client.ts';
import type { Progress } from './target.ts';

/** The content packs of one Sigpack pack on a Graylog server: itself, and the additions of its later revisions. */
export interface ServerPacks {
  readonly majorVersion: () => Promise<number>;
  readonly revisions: () => Promise<ReadonlyMap<number, ContentPack>>;
  /** Ids of event definitions by the entity that they were made from, the latest last. */
  readonly definitionIds: () => Promise<ReadonlyMap<string, readonly string[]>>;
  readonly upload: (pack: ContentPack) => Promise<void>;
  /** Uploads, unless a run before got that far, and installs. */
  readonly install: (pack: ContentPack) => Promise<void>;
  /** Definitions that the server has not: a pack of these alone. */
  readonly installAdditions: (pack: ContentPack, entities: ReadonlySet<string>) => Promise<void>;
  readonly forgetAbove: (revision: number) => Promise<void>;
  readonly uninstall: (progress: Progress) => Promise<number>;
}

interface Installation {
  readonly _id: string;
  readonly content_pack_revision: number;
  readonly entities: readonly { readonly id: string; readonly type: { readonly name: string }; readonly content_pack_entity_id: string }[];
}

export function createContentPacks(client: Client, packId: string): ServerPacks {
  const additions = uuidV5(packId, 'additions');
  const majorVersion = async (): Promise<number> => {
    const root = (await client.send('GET', '/')).json as { readonly version?: string } | undefined;
    const major = Number(/^\d+/.exec(String(root?.version ?? ''))?.[0] ?? Number.NaN);
    if (Number.isNaN(major)) throw new RemoteError('the answer is not that of a Graylog server; its url ends with /api');
    return major;
  };
  const install = async (pack: ContentPack): Promise<void> => {
    if (!(await revisionsOf(client, pack.id)).has(pack.rev)) await upload(client, pack);
    await installUploaded(client, pack, await majorVersion());
  };
  return {
    majorVersion,
    revisions: () => revisionsOf(client, packId),
    async definitionIds() {
      const ids = new Map<string, string[]>();
      if ((await revisionsOf(client, packId)).size === 0 && (await installationsOf(client, packId)).length > 0)
        throw new RemoteError('the server has installations of a content pack that it does not have; run the command again');
      for (const { entities } of [...(await installationsOf(client, packId)), ...(await installationsOf(client, additions))]) {
        for (const { type, id, content_pack_entity_id: entity } of entities)
          if (type.name === 'event_definition') ids.set(entity, [...(ids.get(entity) ?? []), id]);
      }
      return ids;
    },
    upload: (pack) => upload(client, pack),
    install,
    async installAdditions(pack, entities) {
      const rev = Math.max(0, ...(await revisionsOf(client, additions)).keys()) + 1;
      await install({ ...additionsOf(pack, entities, additions), rev });
    },
    async forgetAbove(revision) {
      for (const above of (await revisionsOf(client, packId)).keys())
        if (above > revision) await client.send('DELETE', `/system/content_packs/${packId}/${above}`, { expect: [404] });
    },
    async uninstall(progress) {
      const installed = (await Promise.all([additions, packId].map(async (id) => (await installationsOf(client, id)).map((one) => ({ id, ...one }))))).flat();
      const total = installed.flatMap(({ entities }) => entities.filter(({ type }) => type.name === 'event_definition')).length;
      for (const [index, { id, _id }] of installed.entries()) {
        await client.send('DELETE', `/system/content_packs/${id}/installations/${_id}`, { expect: [404] });
        progress(index + 1, installed.length, 'removing installations');
      }
      for (const id of [additions, packId])
        for (const revision of (await revisionsOf(client, id)).keys())
          await client.send('DELETE', `/system/content_packs/${id}/${revision}`, { expect: [404] });
      return total;
    },
  };
}

async function revisionsOf(client: Client, packId: string): Promise<ReadonlyMap<number, ContentPack>> {
  const { status, json } = await client.send('GET', `/system/content_packs/${packId}`, { expect: [404] });
  if (status === 404) return new Map();
  const found = (json as { readonly content_pack_revisions?: Readonly<Record<string, ContentPack>> } | undefined)?.content_pack_revisions;
  if (!found) throw new RemoteError('the server answers with something else than the revisions of a content pack');
  return new Map(Object.entries(found).map(([revision, pack]) => [Number(revision), pack]));
}

async function installationsOf(client: Client, packId: string): Promise<readonly Installation[]> {
  const { status, json } = await client.send('GET', `/system/content_packs/${packId}/installations`, { expect: [404] });
  // a pack that was installed and is not there after all would be installed a second time
  if (status === 404 && (await revisionsOf(client, packId)).size > 0)
    throw new RemoteError('the server has the content pack, but no installations of it to look at');
  if (status === 404) return [];
  const found = (json as { readonly installations?: readonly Installation[] } | undefined)?.installations;
  if (!found) throw new RemoteError('the server answers with something else than the installations of a content pack');
  return found;
}

/** Sent again where the connection broke: a revision that is there already was uploaded by the try before. */
async function upload(client: Client, pack: ContentPack): Promise<void> {
  const { status, text } = await client.send('POST', '/system/content_packs', { body: pack, repeatable: true, expect: [400] });
  if (status === 400 && !(await revisionsOf(client, pack.id)).has(pack.rev))
    throw new RemoteError(`the server does not take the content pack: ${text.slice(0, 200)}`, 400);
}

async function installUploaded(client: Client, pack: ContentPack, major: number): Promise<void> {
  const before = (await installationsOf(client, pack.id)).length;
  const parameters = Object.fromEntries(pack.parameters.map(({ name, type, default_value: value }) => [name, { '@type': type, '@value': value }]));
  const body = { parameters, comment: 'sigpack install' };
  // 7.0 wraps every creation
  const wrapped = major >= 7 ? { entity: body, share_request: null } : body;
  try {
    await client.send('POST', `/system/content_packs/${pack.id}/${pack.rev}/installations`, { body: wrapped, repeatable: false });
  } catch (error) {
    // an answer that was cut off says nothing of what the server did
    if (!(error instanceof RemoteError) || error.status !== undefined || (await installationsOf(client, pack.id)).length === before) throw error;
  }
}
