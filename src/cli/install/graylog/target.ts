import { madeForIn } from '../../../artifact/made-for.ts';
import type { ContentPack } from '../../../install/graylog/content-pack-model.ts';
import {
  packDigest,
  serverObject,
  streamTitles,
  versionOf,
  withParameters,
} from '../../../install/graylog/definitions.ts';
import {
  mailRecipients,
  notificationObject,
  secretParameters,
  serverDashboard,
} from '../../../install/graylog/extras.ts';
import { packLoadLines } from '../../../install/pack-load.ts';
import { type InstallObject, stateOf } from '../../../install/plan.ts';
import { CommandError, isUsageError } from '../../error/command-error.ts';
import type { Client } from '../http/http-client.ts';
import type { Installed, InstallTarget, Version } from '../target.ts';
import { applyPlan, refuseEmpty } from './apply.ts';
import { allowlistNotes } from './extras.ts';
import { createContentPacks } from './packs.ts';
import { readServer, type ServerState, type Wanted, wantedOf } from './server.ts';

export interface GraylogOptions {
  readonly client: Client;
  readonly packId: string;
  /** Undefined where nothing is to be installed. */
  readonly pack: ContentPack | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly concurrency: number;
}

/** By test/judges/graylog/install.ts. */
const testedVersions: readonly string[] = ['6.3.7', '7.0.1'];

/**
 * A Graylog server. It never updates event definitions by a content pack, so those that are there
 * are changed by the REST interface, which keeps their ids, the events that they raised and their
 * notifications; new ones come by a pack of these alone. A revision is uploaded last: the revisions
 * that the server has are the history of what was installed.
 */
export function graylogTarget(options: GraylogOptions): InstallTarget<ContentPack> {
  const { client, packId, parameters, concurrency } = options;
  const packs = createContentPacks(client, packId);
  let server: Promise<ServerState> | undefined;
  const versionFor = async (pack: ContentPack): Promise<Version<ContentPack>> => {
    server ??= readServer(client, packs);
    const { definitions, extras } = wantedOf(pack, await server);
    return {
      version: versionOf(pack),
      digest: packDigest(pack),
      objects: [...extras, ...definitions].map(({ object }) => object),
      content: pack,
      refers: [
        ...streamTitles(pack).map((title) => `stream ${JSON.stringify(title)} of the server`),
        ...mailRecipients(pack).map((to) => `alerts are mailed to ${JSON.stringify(to)}`),
      ],
    };
  };
  return {
    kind: 'graylog',
    id: packId,
    wanted() {
      const { pack } = options;
      if (!pack) throw new CommandError('there is no content pack to install');
      const unknown = Object.keys(parameters).find(
        (name) => !pack.parameters.some((one) => one.name === name),
      );
      if (unknown !== undefined)
        throw new CommandError(`the content pack has no parameter ${unknown}`);
      const given = withParameters(pack, parameters);
      refuseEmpty(given);
      return versionFor(given);
    },
    async installed() {
      server = readServer(client, packs);
      return installedOf(await server, parameters, versionFor);
    },
    advice: async ({ content }) => packLoadLines(content),
    async apply(applying) {
      server ??= readServer(client, packs);
      const state = await server;
      await applyPlan({ client, packs, server: state, concurrency }, applying);
      server = undefined;
      const untested =
        `Graylog ${state.version} is none of the versions that this was tested on: ` +
        `${testedVersions.join(', ')}.`;
      return [
        ...(testedVersions.includes(state.version) ? [] : [untested]),
        ...(await allowlistNotes(client, applying.wanted.content)),
      ];
    },
    async uninstall(progress) {
      const { definitions, extras } = await readServer(client, packs);
      server = undefined;
      const total = await packs.uninstall(progress);
      // an installation still names what an upgrade or someone has deleted
      return { objects: definitions.size + extras.size || total, notes: [] };
    },
  };
}

/**
 * Of a version that was installed: a stream of it that is no more makes its values unknown, but
 * nothing impossible.
 */
function knownOf(pack: ContentPack, server: ServerState): readonly Wanted[] {
  try {
    return [wantedOf(pack, server)];
  } catch (error) {
    if (isUsageError(error)) return [];
    throw error;
  }
}

async function installedOf(
  server: ServerState,
  parameters: GraylogOptions['parameters'],
  versionFor: (pack: ContentPack) => Promise<Version<ContentPack>>,
): Promise<Installed<ContentPack>> {
  const { revisions, isInstalled, begun } = server;
  const [latest, previous] = isInstalled
    ? [...revisions.values()].sort((a, b) => b.rev - a.rev)
    : [];
  const known = latest
    ? [latest, withParameters(latest, parameters), ...begun].flatMap((pack) =>
        knownOf(pack, server),
      )
    : [];
  const current = currentObjects(server, known);
  return {
    version: latest && versionOf(latest),
    title: latest?.name,
    madeFor: typeof latest?.description === 'string' ? madeForIn(latest.description) : undefined,
    digest: latest && begun.length === 0 ? packDigest(latest) : undefined,
    current,
    known: known.map(({ definitions, extras }) =>
      [...extras, ...definitions].map(({ object }) => object),
    ),
    previous:
      previous && knownOf(previous, server).length > 0
        ? await versionFor(withAddresses(previous, parameters))
        : undefined,
    state: stateOf(latest?.rev, current),
  };
}

function currentObjects(
  { definitions, extras }: ServerState,
  known: readonly Wanted[],
): readonly InstallObject[] {
  const notifications = new Set(
    [...extras.values()].flatMap(({ kind, id }) => (kind === 'notification' ? [id] : [])),
  );
  const written = known.flatMap((one) => one.extras);
  const others = [...extras].map(([entity, { kind, body }]) =>
    kind === 'notification'
      ? notificationObject(entity, body)
      : serverDashboard(entity, body, written),
  );
  const all = [
    ...others,
    ...[...definitions].map(([entity, { body }]) => serverObject(entity, body, notifications)),
  ];
  return all.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The addresses that a version on the server is kept without, as they are given now. */
function withAddresses(pack: ContentPack, parameters: GraylogOptions['parameters']): ContentPack {
  const names = secretParameters(pack);
  return withParameters(
    pack,
    Object.fromEntries(Object.entries(parameters).filter(([name]) => names.has(name))),
  );
}
