import { isRecord, valueText } from '../../source/record.ts';
import { InstallError, isPlaceError } from '../install-error.ts';
import type { Client } from '../server/client.ts';
import { isListOf } from '../server/server-list.ts';
import type { ContentPack, PackEntity } from './content-pack-model.ts';
import { packDigest } from './definitions.ts';
import { withoutSecretValues } from './extras.ts';

/** A content pack that was installed, and what became of its entities. */
export interface Installation {
  readonly _id: string;
  readonly content_pack_revision: number;
  readonly entities: readonly {
    readonly id: string;
    readonly type: { readonly name: string };
    readonly content_pack_entity_id: string;
  }[];
}

/** x.y.z */
export async function serverVersion(client: Client): Promise<string> {
  const root = (await client.send('GET', '/')).json as { readonly version?: string } | undefined;
  const version = /^\d+\.\d+\.\d+/.exec(valueText(root?.version ?? ''))?.[0];
  if (version === undefined)
    throw new InstallError(
      'place',
      'the answer is not that of a Graylog server; its url ends with /api',
    );
  return version;
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

export async function revisionsOf(
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
    throw new InstallError(
      'place',
      'the server answers with something else than the revisions of a content pack',
    );
  return new Map(revisions.map(([revision, pack]) => [Number(revision), pack]));
}

export async function installationsOf(
  client: Client,
  packId: string,
): Promise<readonly Installation[]> {
  const { status, json } = await client.send(
    'GET',
    `/system/content_packs/${packId}/installations`,
    { expect: [404] },
  );
  // a pack that was installed and is not there after all would be installed a second time
  if (status === 404 && (await revisionsOf(client, packId)).size > 0)
    throw new InstallError(
      'place',
      'the server has the content pack, but no installations of it to look at',
    );
  if (status === 404) return [];
  const installations = isRecord(json) ? json.installations : undefined;
  if (!isListOf(installations, isInstallation))
    throw new InstallError(
      'place',
      'the server answers with something else than the installations of a content pack',
    );
  return installations;
}

/**
 * Sent again where the connection broke: a revision that is there already was uploaded by the try
 * before.
 */
export async function upload(client: Client, pack: ContentPack): Promise<void> {
  const { status, text } = await client.send('POST', '/system/content_packs', {
    body: withoutSecretValues(pack),
    repeatable: true,
    expect: [400],
    slow: true,
  });
  if (status !== 400) return;
  const there = (await revisionsOf(client, pack.id)).get(pack.rev);
  if (!there)
    throw new InstallError(
      'place',
      `the server does not take the content pack: ${client.shown(text)}`,
      400,
    );
  if (packDigest(there) !== packDigest(pack)) throw otherContent(pack);
}

/** Uploads the pack, unless a run before got that far, and installs it. */
export async function install(client: Client, pack: ContentPack): Promise<void> {
  const there = (await revisionsOf(client, pack.id)).get(pack.rev);
  if (!there) await upload(client, pack);
  else if (packDigest(there) !== packDigest(pack)) throw otherContent(pack);
  await installUploaded(client, pack, Number.parseInt(await serverVersion(client), 10));
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
    // an answer that was cut off does not show what the server did
    if (
      !isPlaceError(error) ||
      error.httpStatus !== undefined ||
      (await installationsOf(client, pack.id)).length === before
    )
      throw error;
  }
}

/** What has an installation stays. */
export async function removeRevision(
  client: Client,
  packId: string,
  revision: number,
): Promise<void> {
  await client.send('DELETE', `/system/content_packs/${packId}/${revision}`, { expect: [404] });
}

const otherContent = ({ name, rev }: ContentPack): InstallError =>
  new InstallError(
    'place',
    `the server has a revision ${rev} of ${JSON.stringify(name)} with another content; run ` +
      'the command again',
  );
