import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { graylogTarget } from '../../install/graylog/target.ts';
import type { AppArchive } from '../../install/splunk/app-files.ts';
import type { IsConfigured } from '../../install/splunk/search-settings.ts';
import { splunkTarget } from '../../install/splunk/target.ts';
import { splunkCloudTarget } from '../../install/splunk-cloud/target.ts';
import type { InstallTarget } from '../../install/target.ts';
import { watcherTarget } from '../../install/watcher/target.ts';
import type { WatchActions } from '../../install/watcher/watch-allowed.ts';
import type {
  ElasticsearchConfig,
  GraylogServerConfig,
  InstallConfig,
  SplunkCloudConfig,
  SplunkConfig,
  SplunkDiskConfig,
} from '../../pack/config/install-config.ts';
import type { PackInfo } from '../../pack/model/detection.ts';
import { graylogPackId } from '../../pack/model/pack-entity.ts';
import { CommandError, isUsageError } from '../error/command-error.ts';
import { type ArtifactSource, appIn, contentPackIn, watchesIn } from './artifact-file.ts';
import { splunkDiskTarget } from './disk/target.ts';
import {
  connectionOf,
  keptSecret,
  limitsOf,
  type PlaceInput,
  refuseNoAddress,
  secretOf,
} from './place-connection.ts';
import { uploaderTo } from './upload-folder.ts';

export interface OpenInput extends PlaceInput {
  readonly place: InstallConfig;
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
}

/** What `use` makes of the place; the content of a version is its own affair. */
export async function withTarget<T>(
  input: OpenInput,
  use: <C>(target: InstallTarget<C>) => Promise<T>,
): Promise<T> {
  const { place } = input;
  switch (place.kind) {
    case 'splunk-disk':
      return use(await openSplunkDisk(input, place));
    case 'splunk':
      return use(await openSplunk(input, place));
    case 'splunk-cloud':
      return use(await openSplunkCloud(input, place));
    case 'graylog':
      return use(await openGraylog(input, place));
    case 'elasticsearch':
      return use(await openWatcher(input, place));
  }
}

async function openSplunkDisk(input: OpenInput, { home, place = 'apps' }: SplunkDiskConfig) {
  const app = (await ownApp(input))?.app;
  return splunkDiskTarget({
    home: resolve(input.folder, home),
    place,
    appId: app?.id ?? input.info.id,
    app,
  });
}

async function openSplunk(input: OpenInput, place: SplunkConfig) {
  const artifact = await ownApp(input);
  return splunkTarget({
    server: connectionOf(input, place),
    login: { user: place.user, secret: secretOf(input, place) },
    appId: artifact?.app.id ?? input.info.id,
    app: artifact?.app,
    putFile: place.upload && uploaderTo(place.upload, input.folder, artifact),
  });
}

async function openSplunkCloud(input: OpenInput, place: SplunkCloudConfig) {
  const { stack, experience, user, url, loginUrl, appInspectUrl } = place;
  const app = await ownApp(input);
  const token = secretOf(input, place);
  const login = app && {
    user,
    password: keptSecret(input, {
      prefix: 'SIGPACK_PASSWORD_',
      secretEnv: place.passwordEnv,
      secretFile: place.passwordFile,
    }),
  };
  for (const one of [url, loginUrl, app && appInspectUrl])
    if (one !== undefined) refuseNoAddress(input, one);
  return splunkCloudTarget({
    server: limitsOf(input, place),
    urls: { acs: url, login: loginUrl, appInspect: appInspectUrl },
    stack,
    experience,
    token,
    login,
    appId: app?.app.id ?? input.info.id,
    app,
  });
}

async function openGraylog(input: OpenInput, place: GraylogServerConfig) {
  const pack = await contentPackIn(input.artifact);
  const own = graylogPackId(input.info);
  refuseOther(input, pack?.id, own);
  const secret = secretOf(input, place);
  return graylogTarget({
    server: connectionOf(input, place),
    login: { user: place.user, secret },
    packId: pack?.id ?? own,
    pack,
    parameters: parametersOf(input, place, pack !== undefined),
    randomId: () => randomBytes(12).toString('hex'),
  });
}

async function openWatcher(input: OpenInput, place: ElasticsearchConfig) {
  const watches = await watchesIn(input.artifact, input.watchActions);
  const secret = secretOf(input, place);
  return watcherTarget({
    server: connectionOf(input, place),
    login: { user: place.user, secret },
    packId: input.info.id,
    version: input.info.version,
    watches,
  });
}

async function ownApp(input: OpenInput): Promise<AppArchive | undefined> {
  const artifact = await appIn(input.artifact, input.isConfigured);
  refuseOther(input, artifact?.app.id, input.info.id);
  return artifact;
}

/** An artifact that brings another id takes the place of what is there under that id. */
function refuseOther({ ownOnly, info }: OpenInput, id: string | undefined, own: string): void {
  if (ownOnly && id !== undefined && id !== own)
    throw new CommandError(
      `the artifact is ${id}, which is not the pack of sigpack.yml ` +
        `(${info.id === own ? own : `${info.id}, as Graylog knows it ${own}`})`,
    );
}

/**
 * Where nothing is installed, a value whose variable or file is not there is left out: what is
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
