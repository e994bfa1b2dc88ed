import { madeForIn } from '../../artifact/made-for.ts';
import { isUuid } from '../../sigma/rule/rule-id.ts';
import { InstallError } from '../install-error.ts';
import { type InstallObject, stateOf } from '../plan.ts';
import { type Client, createClient } from '../server/client.ts';

import {
  basicLogin,
  type ServerConnection,
  type ServerLogin,
  secretOf,
  textsOf,
  widthOf,
} from '../server/connection.ts';

import type { InstalledPack, InstallTarget, PackVersion, Progress } from '../target.ts';
import { type ApplyingOn, applyToServer, refuseEmpty } from './apply.ts';
import type { ContentPack } from './content-pack-model.ts';
import { packDigest, serverObject, versionOf, withParameters } from './definitions.ts';
import { mailRecipients, notificationObject, secretParameters, serverDashboard } from './extras.ts';
import { packLoadLines } from './pack-load.ts';
import { removeAll } from './pipelines/apply-pipelines.ts';
import { processorHints, refuseOldServer } from './pipelines/requirements.ts';
import { type Rereads, rereadLines, rereadsOf, restartNotes } from './pipelines/rereads.ts';
import { removeTuning, tuningLine } from './pipelines/tuning.ts';
import { hasPipelines, isForAllRules, wantedTexts } from './pipelines/wanted-texts.ts';
import { allowlistNotes } from './server-extras.ts';
import { createServerPacks } from './server-packs.ts';
import {
  currentStreams,
  objectsOf,
  readServer,
  type ServerState,
  type Wanted,
  wantedOf,
} from './server-state.ts';
import { ownStreams, streamShown, streamTitles } from './streams.ts';

/** What {@link graylogTarget} needs. */
export interface GraylogTargetOptions {
  /** Its url ends with `/api`. */
  readonly server: ServerConnection;
  readonly login: ServerLogin;
  /** `id` of a content pack, a UUID. */
  readonly packId: string;
  /** What is to be installed; undefined: nothing is. */
  readonly pack?: ContentPack | undefined;
  /** Values of the pack's parameters. */
  readonly parameters?: ParameterValues;
  /** 24 hexadecimal digits, other ones each time. */
  readonly randomId: () => string;
}

/** Values of parameters by name. */
type ParameterValues = Readonly<Record<string, string>>;

/** By test/judges/graylog/install.ts. */
const testedVersions: readonly string[] = ['6.3.7', '7.0.1'];

/**
 * A Graylog server. It never updates event definitions by a content pack, so those that are there
 * are changed by the REST interface, which keeps their ids, the events that they raised and their
 * notifications; new ones come by a pack of these alone. A revision is uploaded last: the revisions
 * that the server has are the history of what was installed. Throws an {@link InstallError} for an
 * address, an id or a secret that can't be right.
 *
 * @example
 * import { randomBytes } from 'node:crypto';
 * import { readFileSync } from 'node:fs';
 * import { setTimeout } from 'node:timers/promises';
 * import { graylogTarget, readContentPack } from 'sigpack';
 * import { send } from './send.js'; // the example of SendRequest
 *
 * const pack = readContentPack(readFileSync('packs/acme-1.0.0-graylog.json', 'utf8'));
 * const target = graylogTarget({
 *   server: { url: 'https://graylog.example.org/api', send, sleep: setTimeout },
 *   login: { secret: process.env.GRAYLOG_TOKEN ?? '' },
 *   packId: pack.id,
 *   pack,
 *   randomId: () => randomBytes(12).toString('hex'),
 * });
 * (await target.installed()).version; // => undefined
 */
export function graylogTarget(options: GraylogTargetOptions): InstallTarget<ContentPack> {
  const { packId, pack, parameters = {}, randomId } = options;
  if (!isUuid(packId))
    throw new InstallError(
      'input',
      `${JSON.stringify(packId)} is not the id of a content pack, which is a UUID`,
    );
  const client = clientOf(options);
  const packs = createServerPacks(client, packId);
  let server: Promise<ServerState> | undefined;
  const serverState = (): Promise<ServerState> => {
    server ??= readServer(client, packs, pack);
    return server;
  };
  return {
    kind: 'graylog',
    id: packId,
    async wanted() {
      if (!pack) throw new InstallError('input', 'there is no content pack to install');
      const given = withAllParameters(pack, parameters);
      const state = await serverState();
      if (hasPipelines(pack)) refuseOldServer(state.version);
      return versionOn(state, given);
    },
    async installed() {
      server = readServer(client, packs, pack);
      const state = await server;
      return installedOf(state, parameters, await hintsOf(client, state));
    },
    async advice({ content }) {
      const load = packLoadLines(content);
      if (!hasPipelines(content)) return load;
      const state = await serverState();
      return [
        ...load,
        ...rereadLines(rereadsFor(content, state)),
        ...(await processorHints(client)),
      ];
    },
    async apply(applying) {
      const state = await serverState();
      const concurrency = widthOf(options.server);
      const { sleep } = options.server;
      const rereads = rereadsFor(applying.wanted.content, state);
      await applyToServer({ client, packs, server: state, concurrency, sleep, randomId }, applying);
      server = undefined;
      const untested =
        `Graylog ${state.version} is none of the versions that this was tested on: ` +
        `${testedVersions.join(', ')}.`;
      return [
        ...(testedVersions.includes(state.version) ? [] : [untested]),
        ...restartNotes(rereads),
        ...(await allowlistNotes(client, applying.wanted.content)),
      ];
    },
    async uninstall(progress) {
      const state = await readServer(client, packs);
      server = undefined;
      const { sleep } = options.server;
      const concurrency = widthOf(options.server);
      const notes = await removePipelines({ client, sleep, concurrency }, state, progress);
      const total = await packs.uninstall(progress);
      // an installation still names what an upgrade or someone has deleted
      return { objects: currentObjects(state, []).length || total, notes };
    },
  };
}

/** What a server does to have the pipelines of a pack in place of those that it has. */
const rereadsFor = (pack: ContentPack, { pipelinePacks, pipelines }: ServerState): Rereads =>
  rereadsOf(wantedTexts(pack), pipelinePacks, pipelines);

/** What the admin has to know of a server whose pipelines test messages. */
const hintsOf = async (client: Client, state: ServerState): Promise<readonly string[]> =>
  state.tuning && state.texts.size > 0
    ? [...(await processorHints(client)), tuningLine(state.tuning, state.pipelines)]
    : [];

/** While the revisions are there, which name them. */
async function removePipelines(
  on: Pick<ApplyingOn, 'client' | 'sleep' | 'concurrency'>,
  state: ServerState,
  progress: Progress,
): Promise<readonly string[]> {
  const { pipelinePacks: known, texts, pipelines: there, streams, tuning } = state;
  const total = texts.size;
  let done = 0;
  const step = (label: string): void => progress(Math.min(++done, total), total, label);
  await removeAll({ ...on, known, there, streams, step });
  return tuning ? removeTuning(on.client, tuning, there) : [];
}

function clientOf({ server, login }: GraylogTargetOptions): Client {
  const { user } = login;
  const secret = secretOf(login);
  const authorization = user === undefined ? basicLogin(secret, 'token') : basicLogin(user, secret);
  const headers = { authorization, 'x-requested-by': 'sigpack' };
  return createClient({ ...server, texts: textsOf(server, secret), headers });
}

function withAllParameters(pack: ContentPack, parameters: ParameterValues): ContentPack {
  const known = new Set(pack.parameters.map(({ name }) => name));
  const unknown = Object.keys(parameters).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new InstallError('input', `the content pack has no parameter ${unknown}`);
  const given = withParameters(pack, parameters);
  refuseEmpty(given);
  return given;
}

function versionOn(server: ServerState, pack: ContentPack): PackVersion<ContentPack> {
  const wanted = wantedOf(pack, server);
  return {
    version: versionOf(pack),
    digest: packDigest(pack),
    objects: objectsOf(wanted),
    content: pack,
    refers: [
      ...[...streamTitles(pack), ...usedStreams(wanted)].map(
        (title) => `stream ${JSON.stringify(title)} of the server`,
      ),
      ...mailRecipients(pack).map((to) => `alerts are mailed to ${JSON.stringify(to)}`),
    ],
  };
}

/** The stream of hits, where someone else has made it. */
const usedStreams = ({ hits, streams }: Wanted): readonly string[] =>
  hits === undefined || streams.length > 0 ? [] : [hits];

/**
 * Of a version that was installed: where one of its streams is gone, its values are unknown, and
 * the install goes on.
 */
function knownOf(pack: ContentPack, server: ServerState): readonly Wanted[] {
  try {
    return [wantedOf(pack, server)];
  } catch (error) {
    if (error instanceof InstallError && error.kind === 'input') return [];
    throw error;
  }
}

function installedOf(
  server: ServerState,
  parameters: ParameterValues,
  hints: readonly string[],
): InstalledPack<ContentPack> {
  const { revisions, isInstalled, begun } = server;
  const [latest, previous] = isInstalled
    ? [...revisions.values()].sort((a, b) => b.rev - a.rev)
    : [];
  const known = latest
    ? [...new Set([latest, withParameters(latest, parameters), ...begun])].flatMap((pack) =>
        knownOf(pack, server),
      )
    : [];
  const current = currentObjects(server, known);
  const forAll = new Set(
    known.flatMap(({ texts }) => texts.filter(isForAllRules)).map(({ key }) => key),
  );
  return {
    version: latest && versionOf(latest),
    title: latest?.name,
    madeFor: typeof latest?.description === 'string' ? madeForIn(latest.description) : undefined,
    digest: latest && begun.length === 0 ? packDigest(latest) : undefined,
    current,
    known: known.map(objectsOf),
    putsBack: (key) => forAll.has(key),
    hints,
    previous:
      previous && knownOf(previous, server).length > 0
        ? versionOn(server, withAddresses(previous, parameters))
        : undefined,
    state: stateOf(latest?.rev, current),
  };
}

function currentObjects(server: ServerState, known: readonly Wanted[]): readonly InstallObject[] {
  const { definitions, extras, texts, pipelinePacks, streams } = server;
  const notifications = new Set(
    [...extras.values()].flatMap(({ kind, id }) => (kind === 'notification' ? [id] : [])),
  );
  const written = known.flatMap((one) => one.extras);
  const others = [...extras].map(([entity, { kind, body }]) =>
    kind === 'notification'
      ? notificationObject(entity, body)
      : serverDashboard(entity, body, written),
  );
  const shown = streamShown(
    new Set(pipelinePacks.flatMap((pack) => [...ownStreams(pack)])),
    streams,
  );
  const all = [
    ...others,
    ...[...definitions].map(([entity, { body }]) =>
      serverObject(entity, body, notifications, shown),
    ),
    ...[...texts.values()].map(({ object }) => object),
    ...currentStreams(server),
  ];
  return all.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The addresses that a version on the server is kept without, as they are given now. */
function withAddresses(pack: ContentPack, parameters: ParameterValues): ContentPack {
  const names = secretParameters(pack);
  return withParameters(
    pack,
    Object.fromEntries(Object.entries(parameters).filter(([name]) => names.has(name))),
  );
}
