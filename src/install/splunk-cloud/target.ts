import { createHash } from 'node:crypto';
import { isRecord } from '../../source/record.ts';
import { failed } from '../../source/result.ts';
import { InstallError } from '../install-error.ts';
import type { InstallObject } from '../plan.ts';
import { type Client, createClient } from '../server/client.ts';
import { basicLogin, type ServerConnection, secretOf, textsOf } from '../server/connection.ts';
import type { AppArchive } from '../splunk/app-files.ts';
import { appLoadLines } from '../splunk/app-load.ts';
import type { Applying, InstalledPack, InstallTarget, PackVersion } from '../target.ts';
import { stringIn } from './answer-fields.ts';
import { inspectApp } from './app-inspect.ts';
import { multipart } from './multipart.ts';
import { type Patience, waitUntil } from './patience.ts';

/** What {@link splunkCloudTarget} needs. */
export interface SplunkCloudTargetOptions {
  readonly server: Omit<ServerConnection, 'url'>;
  /** Where the services are not Splunk's own. */
  readonly urls?: {
    /** The Admin Config Service. */
    readonly acs?: string | undefined;
    readonly login?: string | undefined;
    readonly appInspect?: string | undefined;
  };
  readonly stack: string;
  /** Default: `victoria`. */
  readonly experience?: 'victoria' | 'classic' | undefined;
  /** Of the stack, for the Admin Config Service. */
  readonly token: string;
  /** Of splunk.com, for AppInspect, which only an installation asks. */
  readonly login?: { readonly user: string; readonly password: string } | undefined;
  readonly appId: string;
  /** What is to be installed; undefined: nothing is. */
  readonly app?: AppArchive | undefined;
  /** Milliseconds between two questions for a state. Default: 5,000. */
  readonly pollEvery?: number;
  /** Milliseconds to wait for AppInspect, and for the installation. Default: half an hour. */
  readonly patience?: number;
}

/** The services, and what they know the app by. */
interface Services {
  readonly acs: Client;
  /** Of splunk.com; undefined: there is no login for it. */
  readonly login: Client | undefined;
  /** By the token that the login gave. */
  readonly appInspect: (token: string) => Client;
  readonly appId: string;
  /** Where the Admin Config Service has the apps of the stack. */
  readonly apps: string;
  readonly experience: 'victoria' | 'classic';
  readonly patience: Patience;
}

/**
 * A stack of Splunk Cloud: AppInspect validates the app, the Admin Config Service installs it. The
 * service shows which version is there and not what is in it, so the plan is about the app as a
 * whole, and a rollback is an install of the artifact before.
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * import { setTimeout } from 'node:timers/promises';
 * import { readSplunkApp, splunkCloudTarget } from 'sigpack';
 * import { send } from './send.js'; // the example of SendRequest
 *
 * const archive = readFileSync('packs/acme-1.0.0.spl');
 * const app = await readSplunkApp(archive);
 * const target = splunkCloudTarget({
 *   server: { send, sleep: setTimeout },
 *   stack: 'acme-stack',
 *   token: process.env.STACK_TOKEN ?? '',
 *   login: { user: 'jane', password: process.env.SPLUNK_PASSWORD ?? '' },
 *   appId: app.id,
 *   app: { app, archive },
 * });
 * (await target.installed()).version; // => undefined
 */
export function splunkCloudTarget(options: SplunkCloudTargetOptions): InstallTarget<Uint8Array> {
  const { appId, app } = options;
  const services = servicesOf(options);
  return {
    kind: 'splunk-cloud',
    id: appId,
    async wanted() {
      if (app) return versionOf(appId, app);
      throw new InstallError(
        'input',
        'there is no app to install; to go back on Splunk Cloud, install the artifact of ' +
          'the version before',
      );
    },
    installed: () => readInstalled(services, app),
    advice: async () =>
      app
        ? appLoadLines(app.app.files, failed('the Admin Config Service has no answer to that'))
        : [],
    apply: (applying) => apply(services, applying),
    async uninstall() {
      const { status } = await services.acs.send('DELETE', addressOf(services), { expect: [404] });
      return { objects: status === 404 ? 0 : 1, notes: [] };
    },
  };
}

function servicesOf({
  server,
  urls = {},
  stack,
  experience = 'victoria',
  token,
  login,
  appId,
  pollEvery = 5000,
  patience = 30 * 60_000,
}: SplunkCloudTargetOptions): Services {
  const password = login && secretOf({ secret: login.password });
  const secrets = [secretOf({ secret: token }), ...(password === undefined ? [] : [password])];
  const texts = textsOf(server, ...secrets);
  const clientOf = (url: string, authorization: string): Client =>
    createClient({ ...server, texts, url, headers: { authorization } });
  return {
    acs: clientOf(urls.acs ?? 'https://admin.splunk.com', `Bearer ${token}`),
    login:
      login &&
      clientOf(urls.login ?? 'https://api.splunk.com', basicLogin(login.user, login.password)),
    appInspect: (given) =>
      clientOf(urls.appInspect ?? 'https://appinspect.splunk.com', `Bearer ${given}`),
    appId,
    apps: `/${stack}/adminconfig/v2/apps${experience === 'victoria' ? '/victoria' : ''}`,
    experience,
    patience: { sleep: server.sleep, pollEvery, patience },
  };
}

const addressOf = ({ apps, appId }: Services): string => `${apps}/${appId}`;

const objectOf = (appId: string, version: string): InstallObject => ({
  key: appId,
  name: `app ${appId}`,
  fields: new Map([['version', version]]),
});

const digestOf = (archive: Uint8Array): string =>
  createHash('sha256').update(archive).digest('hex').slice(0, 32);

const versionOf = (appId: string, { app, archive }: AppArchive): PackVersion<Uint8Array> => ({
  version: app.version,
  digest: digestOf(archive),
  objects: [objectOf(appId, app.version)],
  content: archive,
});

async function readInstalled(
  services: Services,
  app: AppArchive | undefined,
): Promise<InstalledPack<Uint8Array>> {
  const { status, json } = await services.acs.send('GET', addressOf(services), { expect: [404] });
  const version = status === 404 ? undefined : stringIn(json, 'version');
  if (status !== 404 && version === undefined)
    throw new InstallError('place', 'the answer is not that of the Admin Config Service');
  return {
    version,
    // the service knows an app by its version alone
    digest: app && version === app.app.version ? digestOf(app.archive) : undefined,
    current: version === undefined ? [] : [objectOf(services.appId, version)],
    known: [],
    previous: undefined,
    unseen: { what: 'what is changed in it', all: true },
    state: version ?? 'none',
  };
}

async function apply(
  services: Services,
  { wanted, progress }: Applying<Uint8Array>,
): Promise<readonly string[]> {
  const { acs, appId, apps, experience, patience, login } = services;
  if (!login) throw new InstallError('input', 'AppInspect needs a login of splunk.com');
  progress(0, 3, 'AppInspect');
  const token = await appInspectToken(login);
  await inspectApp({
    client: services.appInspect(token),
    archive: wanted.content,
    appId,
    experience,
    patience,
    onStatus: (status) => progress(0, 3, `AppInspect: ${status}`),
  });
  progress(1, 3, 'installing');
  const isVictoria = experience === 'victoria';
  const { body, type } = isVictoria
    ? { body: wanted.content, type: 'application/x-www-form-urlencoded' }
    : multipart([
        { name: 'token', content: Buffer.from(token) },
        { name: 'package', content: wanted.content, file: `${appId}.spl` },
      ]);
  const headers = {
    'acs-legal-ack': 'Y',
    ...(isVictoria ? { 'x-splunk-authorization': token } : {}),
  };
  // sent again, it is the same app in the same version
  await acs.send('POST', apps, { body, type, headers, repeatable: true, slow: true });
  await waitUntil(patience, 'the installation', () => isInstalled(services, wanted.version));
  progress(3, 3, 'installed');
  return ['Splunk Cloud may restart its search heads by itself to load the app.'];
}

async function appInspectToken(login: Client): Promise<string> {
  const { json } = await login.send('GET', '/2.0/rest/login/splunk');
  const token = stringIn(isRecord(json) ? json.data : undefined, 'token');
  if (token === undefined) throw new InstallError('place', 'splunk.com gave no token for the user');
  return token;
}

async function isInstalled(services: Services, version: string): Promise<boolean> {
  const { status: code, json } = await services.acs.send('GET', addressOf(services), {
    expect: [404],
  });
  const status = stringIn(json, 'status');
  if (status === 'failed')
    throw new InstallError('place', 'the Admin Config Service could not install the app');
  return (
    code !== 404 &&
    stringIn(json, 'version') === version &&
    (status === undefined || status === 'installed')
  );
}
