import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SplunkApp } from '../../install/splunk/app-files.ts';
import type { IsConfigured } from '../../install/splunk/search-settings.ts';
import type { WatchActions } from '../../install/watcher/watch-allowed.ts';
import type {
  GraylogServerConfig,
  InstallConfig,
  ServerConfig,
  SplunkCloudConfig,
  SplunkConfig,
} from '../../pack/config/install-config.ts';
import type { PackInfo } from '../../pack/model/detection.ts';
import { graylogPackId } from '../../pack/model/pack-entity.ts';
import { CommandError, isUsageError } from '../error/command-error.ts';
import { makeFolders } from '../files/make-folders.ts';
import { statsOf } from '../files/path-stats.ts';
import { shownPath } from '../files/rule-files.ts';
import {
  type AppArtifact,
  type ArtifactSource,
  appAt,
  appIn,
  contentPackIn,
  watchesIn,
} from './artifact-file.ts';
import { splunkDiskTarget } from './disk/target.ts';
import { graylogTarget } from './graylog/target.ts';
import { type ClientOptions, createClient } from './http/http-client.ts';
import { proxyFor } from './http/proxy.ts';
import { readSecret, type SecretPlace } from './http/secret.ts';
import type { ServerTexts } from './http/server-text.ts';
import { createSplunkClient } from './splunk/client.ts';
import { splunkCloudTarget } from './splunk/cloud-target.ts';
import { splunkTarget } from './splunk/target.ts';
import type { InstallTarget } from './target.ts';
import { watcherTarget } from './watcher-target.ts';

export interface OpenInput {
  readonly name: string;
  readonly place: InstallConfig;
  /** Folder of sigpack.yml. */
  readonly folder: string;
  readonly info: PackInfo;
  readonly isConfigured: IsConfigured;
  /** What sigpack.yml has watches do. */
  readonly watchActions: WatchActions;
  /**
   * A file, or a folder with one artifact of the kind that the place takes. Undefined where nothing
   * is to be installed.
   */
  readonly artifact: ArtifactSource | undefined;
  /** The artifact has to be of the pack that sigpack.yml names. */
  readonly ownOnly: boolean;
  /** In place of the configuration's. */
  readonly caFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly texts: ServerTexts;
}

/** What `use` makes of the place; the content of a version is its own affair. */
export async function withTarget<T>(
  input: OpenInput,
  use: <C>(target: InstallTarget<C>) => Promise<T>,
): Promise<T> {
  const { place, folder, info } = input;
  switch (place.kind) {
    case 'splunk-disk': {
      const app = (await ownApp(input))?.app;
      return use(
        splunkDiskTarget({
          home: resolve(folder, place.home),
          place: place.place ?? 'apps',
          appId: app?.id ?? info.id,
          app,
        }),
      );
    }
    case 'splunk':
      return use(await openSplunk(input, place));
    case 'splunk-cloud':
      return use(await openSplunkCloud(input, place));
    case 'graylog': {
      const pack = contentPackIn(input.artifact);
      refuseOther(input, pack?.id, graylogPackId(info));
      const secret = secretOf(input, place);
      const login = place.user === undefined ? `${secret}:token` : `${place.user}:${secret}`;
      const headers = {
        authorization: `Basic ${Buffer.from(login).toString('base64')}`,
        'x-requested-by': 'sigpack',
      };
      keepLogin(input, headers.authorization);
      const client = createClient({ ...connectionOf(input, place), headers });
      const parameters = parametersOf(input, place, pack !== undefined);
      return use(
        graylogTarget({
          client,
          packId: pack?.id ?? graylogPackId(info),
          pack,
          parameters,
          concurrency: widthOf(place),
        }),
      );
    }
    case 'elasticsearch': {
      const watches = watchesIn(input.artifact, input.watchActions);
      const secret = secretOf(input, place);
      const authorization =
        place.user === undefined
          ? `ApiKey ${secret}`
          : `Basic ${Buffer.from(`${place.user}:${secret}`).toString('base64')}`;
      keepLogin(input, authorization);
      const client = createClient({ ...connectionOf(input, place), headers: { authorization } });
      return use(
        watcherTarget({
          client,
          packId: info.id,
          version: info.version,
          watches,
          concurrency: widthOf(place),
        }),
      );
    }
  }
}

/**
 * Where nothing is installed, a value whose variable or file is not at hand is left out: what is
 * there can be looked at without it.
 */
function parametersOf(
  input: OpenInput,
  { parameters = {} }: GraylogServerConfig,
  isNeeded: boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]): [string, string][] => {
      if (typeof value === 'string') return [[name, value]];
      const place =
        'env' in value ? { secretEnv: value.env } : { secretEnv: '', secretFile: value.file };
      try {
        return [
          [name, keptSecret({ ...input, name: `the parameter ${name}` }, { prefix: '', ...place })],
        ];
      } catch (error) {
        if (isNeeded || !isUsageError(error)) throw error;
        return [];
      }
    }),
  );
}

async function ownApp(input: OpenInput): Promise<AppArtifact | undefined> {
  const artifact = await appIn(input.artifact, input.isConfigured);
  refuseOther(input, artifact?.app.id, input.info.id);
  return artifact;
}

/** An artifact that brings another id takes the place of what is there under that id. */
function refuseOther({ ownOnly, info }: OpenInput, id: string | undefined, own: string): void {
  if (ownOnly && id !== undefined && id !== own)
    throw new CommandError(
      `the artifact is ${id}, which is not the pack of sigpack.yml (` +
        `${info.id === own ? own : `${info.id}, as Graylog knows it ${own}`})`,
    );
}

const widthOf = ({ concurrency = 4 }: ServerConfig): number => concurrency;

async function openSplunk(input: OpenInput, place: SplunkConfig) {
  const artifact = await ownApp(input);
  const appId = artifact?.app.id ?? input.info.id;
  const client = createSplunkClient(connectionOf(input, place), {
    user: place.user,
    secret: secretOf(input, place),
  });
  const folders = place.upload && {
    here: resolve(input.folder, place.upload.folder),
    there: place.upload.onServer.replace(/[\\/]$/, ''),
  };
  const upload = async (wanted: SplunkApp, { here, there }: UploadFolders): Promise<string> => {
    const name = await putFile(here, wanted, artifact);
    const path = `${there}${there.includes('\\') ? '\\' : '/'}${name}`;
    await client.post(
      '/services/apps/local',
      Object.entries({ name: path, filename: '1', update: '1' }),
      { repeatable: true, slow: true },
    );
    return 'Splunk may ask for a restart in its web interface.';
  };
  return splunkTarget({
    client,
    appId,
    app: artifact?.app,
    concurrency: widthOf(place),
    upload: folders && ((wanted) => upload(wanted, folders)),
  });
}

interface UploadFolders {
  readonly here: string;
  /** The same as the server calls it. */
  readonly there: string;
}

/** Puts the app where the server can read it; each version stays there for a rollback. */
async function putFile(
  folder: string,
  wanted: SplunkApp,
  artifact: AppArtifact | undefined,
): Promise<string> {
  const { id, version } = wanted;
  if (!/^[\w.-]+$/.test(version))
    throw new CommandError('the version of the app is none of Sigpack');
  const name = `${id}-${version}.spl`;
  const path = join(folder, name);
  if (artifact?.app.version !== version) {
    const there = await appAt(path);
    // others write there, too
    const isSame =
      there?.id === id &&
      [...wanted.files].every(([file, bytes]) => there.files.get(file)?.equals(bytes));
    if (!isSame)
      throw new CommandError(
        `${shownPath(path)}, the version before, is not there any more, or not as it was; ` +
          'install its artifact',
      );
    return name;
  }
  makeFolders(folder);
  const part = `${path}.part`;
  // a link of that name would have another file written
  rmSync(part, { force: true });
  writeFileSync(part, artifact.archive, { flag: 'wx' });
  renameSync(part, path);
  return name;
}

/**
 * Between two questions whether AppInspect or a stack is done, and until they are no longer waited
 * for.
 */
const pollEvery = 5000;
const patience = 30 * 60_000;

async function openSplunkCloud(input: OpenInput, place: SplunkCloudConfig) {
  const artifact = await ownApp(input);
  const token = secretOf(input, place);
  const login = artifact
    ? keptSecret(input, {
        prefix: 'SIGPACK_PASSWORD_',
        secretEnv: place.passwordEnv,
        secretFile: place.passwordFile,
      })
    : '';
  const client = (url: string, authorization: string) => {
    keepLogin(input, authorization);
    return createClient({ ...connectionOf(input, { ...place, url }), headers: { authorization } });
  };
  return splunkCloudTarget({
    acs: client(place.url ?? 'https://admin.splunk.com', `Bearer ${token}`),
    login: client(
      place.loginUrl ?? 'https://api.splunk.com',
      `Basic ${Buffer.from(`${place.user}:${login}`).toString('base64')}`,
    ),
    appInspect: (given) =>
      client(place.appInspectUrl ?? 'https://appinspect.splunk.com', `Bearer ${given}`),
    stack: place.stack,
    experience: place.experience ?? 'victoria',
    appId: artifact?.app.id ?? input.info.id,
    app: artifact && {
      version: artifact.app.version,
      archive: artifact.archive,
      files: artifact.app.files,
      digest: createHash('sha256').update(artifact.archive).digest('hex').slice(0, 32),
    },
    pollEvery,
    patience,
  });
}

const whole = ({ folder }: OpenInput, path: string | undefined): string | undefined =>
  path === undefined ? undefined : resolve(folder, path);

/** A secret of the place's, which no output has from now on. */
function keptSecret(
  input: OpenInput,
  where: Pick<SecretPlace, 'prefix' | 'secretEnv' | 'secretFile'>,
): string {
  const secret = readSecret(
    { ...where, name: input.name, secretFile: whole(input, where.secretFile) },
    input.env,
  );
  input.texts.keep(secret);
  return secret;
}

const secretOf = (
  input: OpenInput,
  { secretEnv, secretFile }: Pick<ServerConfig, 'secretEnv' | 'secretFile'>,
): string => keptSecret(input, { prefix: 'SIGPACK_SECRET_', secretEnv, secretFile });

/** What is sent of a user and a secret is as good as these. */
const keepLogin = ({ texts }: OpenInput, authorization: string): void =>
  texts.keep(authorization.replace(/^\S+ /, ''));

function connectionOf(
  input: OpenInput,
  place: Pick<ServerConfig, 'url' | 'caFile' | 'timeout' | 'retries'>,
): Omit<ClientOptions, 'headers'> {
  if (!URL.canParse(place.url))
    throw new CommandError(`the url of ${input.name} is no address: ${JSON.stringify(place.url)}`);
  const caFile = input.caFile === undefined ? whole(input, place.caFile) : resolve(input.caFile);
  return {
    url: place.url.replace(/\/$/, ''),
    texts: input.texts,
    proxyFor(target) {
      const proxy = proxyFor(target, input.env);
      const login = proxy?.headers['proxy-authorization'];
      for (const secret of [
        login?.replace(/^\S+ /, ''),
        proxy?.url.password,
        decodedPassword(login),
      ])
        if (secret !== undefined) input.texts.keep(secret);
      return proxy;
    },
    ...(caFile === undefined ? {} : { ca: readCa(caFile) }),
    timeout: (place.timeout ?? 60) * 1000,
    retries: place.retries ?? 4,
  };
}

const decodedPassword = (login: string | undefined): string | undefined =>
  login === undefined
    ? undefined
    : Buffer.from(login.replace(/^\S+ /, ''), 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, '');

function readCa(path: string): string {
  const text = statsOf(path)?.isFile() === true ? readFileSync(path, 'utf8') : '';
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new CommandError(`${shownPath(path)} holds no certificate in PEM`);
  return text;
}
