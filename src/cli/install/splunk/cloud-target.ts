import { setTimeout as sleep } from 'node:timers/promises';
import { appLoadLines } from '../../../install/pack-load.ts';
import type { AppFiles } from '../../../install/splunk/app-files.ts';
import { isRecord } from '../../../source/record.ts';
import { CommandError, remoteError } from '../../error/command-error.ts';
import type { Client } from '../http/http-client.ts';
import type { Installed, InstallTarget, Version } from '../target.ts';

export interface SplunkCloudOptions {
  /** Of the Admin Config Service, with the token of the stack. */
  readonly acs: Client;
  /** Of Splunk's login, with user and password. */
  readonly login: Client;
  /** Of AppInspect, by the token that the login gave. */
  readonly appInspect: (token: string) => Client;
  readonly stack: string;
  readonly experience: 'victoria' | 'classic';
  readonly appId: string;
  /** Undefined where nothing is to be installed. */
  readonly app:
    | {
        readonly version: string;
        readonly archive: Buffer;
        readonly digest: string;
        readonly files: AppFiles;
      }
    | undefined;
  /** Milliseconds between two questions for a state. */
  readonly pollEvery: number;
  /** Milliseconds after which neither AppInspect nor an installation is waited for. */
  readonly patience: number;
}

/**
 * A stack of Splunk Cloud: AppInspect validates the app, the Admin Config Service installs it. The
 * service says which version is there and nothing of what is in it, so the plan is about the app as
 * a whole, and a rollback is an install of the artifact before.
 */
export function splunkCloudTarget(options: SplunkCloudOptions): InstallTarget<Buffer> {
  const { acs, appId, app } = options;
  const base =
    `/${options.stack}/adminconfig/v2/apps` +
    `${options.experience === 'victoria' ? '/victoria' : ''}`;
  const one = `${base}/${appId}`;
  return {
    kind: 'splunk-cloud',
    id: appId,
    async wanted(): Promise<Version<Buffer>> {
      if (!app)
        throw new CommandError(
          'there is no app to install; to go back on Splunk Cloud, install the artifact of ' +
            'the version before',
        );
      const objects = [
        { key: appId, name: `app ${appId}`, fields: new Map([['version', app.version]]) },
      ];
      return { version: app.version, digest: app.digest, objects, content: app.archive };
    },
    async installed(): Promise<Installed<Buffer>> {
      const { status, json } = await acs.send('GET', one, { expect: [404] });
      const version = status === 404 ? undefined : stringOf(json, 'version');
      if (status !== 404 && version === undefined)
        throw remoteError('the answer is not that of the Admin Config Service');
      const current =
        version === undefined
          ? []
          : [{ key: appId, name: `app ${appId}`, fields: new Map([['version', version]]) }];
      // the service knows an app by its version alone
      return {
        version,
        digest: version === app?.version ? app?.digest : undefined,
        current,
        known: [],
        previous: undefined,
        unseen: { what: 'what is changed in it', all: true },
        state: version ?? 'none',
      };
    },
    advice: async () =>
      app
        ? appLoadLines(app.files, { unknown: 'the Admin Config Service has no answer to that' })
        : [],
    async apply({ wanted, progress }) {
      progress(0, 3, 'AppInspect');
      const token = await validated(options, wanted.content, progress);
      progress(1, 3, 'installing');
      const { body, type } =
        options.experience === 'victoria'
          ? { body: wanted.content, type: 'application/x-www-form-urlencoded' }
          : multipart([
              { name: 'token', content: Buffer.from(token) },
              { name: 'package', content: wanted.content, file: `${appId}.spl` },
            ]);
      const headers = {
        'acs-legal-ack': 'Y',
        ...(options.experience === 'victoria' ? { 'x-splunk-authorization': token } : {}),
      };
      // sent again, it is the same app in the same version
      await acs.send('POST', base, { body, type, headers, repeatable: true, slow: true });
      await settled(options, one, wanted.version);
      progress(3, 3, 'installed');
      return ['Splunk Cloud may restart its search heads by itself to load the app.'];
    },
    async uninstall() {
      const { status } = await acs.send('DELETE', one, { expect: [404] });
      return { objects: status === 404 ? 0 : 1, notes: [] };
    },
  };
}

const stringOf = (json: unknown, key: string): string | undefined => {
  const value = (json as Readonly<Record<string, unknown>> | undefined)?.[key];
  return typeof value === 'string' ? value : undefined;
};

/** The token with which AppInspect vouches for the app. */
async function validated(
  options: SplunkCloudOptions,
  archive: Buffer,
  progress: (done: number, total: number, label: string) => void,
): Promise<string> {
  const { json } = await options.login.send('GET', '/2.0/rest/login/splunk');
  const token = stringOf((json as { readonly data?: unknown } | undefined)?.data, 'token');
  if (token === undefined) throw remoteError('splunk.com gave no token for the user');
  const client = options.appInspect(token);
  const tag = options.experience === 'victoria' ? 'private_victoria' : 'private_classic';
  const parts = [
    { name: 'included_tags', content: Buffer.from(tag) },
    { name: 'app_package', content: archive, file: `${options.appId}.spl` },
  ];
  const request = stringOf(
    (
      await client.send('POST', '/v1/app/validate', {
        ...multipart(parts),
        repeatable: true,
        slow: true,
      })
    ).json,
    'request_id',
  );
  if (request === undefined || !/^[\w-]+$/.test(request))
    throw remoteError('AppInspect gave no id for its work');
  await patiently(options, 'AppInspect', async () => {
    const status = stringOf(
      (await client.send('GET', `/v1/app/validate/status/${request}`)).json,
      'status',
    );
    progress(0, 3, `AppInspect: ${client.shown(status?.toLowerCase() ?? '')}`);
    if (status === 'ERROR') throw remoteError('AppInspect could not look at the app');
    return status === 'SUCCESS';
  });
  const reasons = errorsOf(
    client,
    (await client.send('GET', `/v1/app/report/${request}`, { repeatable: true })).json,
  );
  if (reasons.length > 0)
    throw remoteError(
      `AppInspect refuses the app: ${reasons.slice(0, 5).join('; ')}` +
        `${reasons.length > 5 ? `; ${reasons.length - 5} more` : ''}`,
    );
  return token;
}

/** The list under a key of what may be anything. */
const listIn = (value: unknown, key: string): readonly unknown[] => {
  const list = isRecord(value) ? value[key] : undefined;
  return Array.isArray(list) ? list : [];
};

/** Checks that an app must pass and did not. */
function errorsOf(client: Client, json: unknown): readonly string[] {
  const summary = isRecord(json) ? json.summary : undefined;
  if (!isRecord(summary)) throw remoteError('AppInspect gave no report');
  const { failure = 0, error = 0 } = summary;
  if (typeof failure !== 'number' || typeof error !== 'number')
    throw remoteError('AppInspect gave a report that does not count what fails');
  const checks = listIn(json, 'reports')
    .flatMap((one) => listIn(one, 'groups'))
    .flatMap((group) => listIn(group, 'checks'))
    .filter((check) => ['failure', 'error'].includes(stringOf(check, 'result') ?? ''));
  const told = checks.map((check) => {
    const message = stringOf(listIn(check, 'messages')[0], 'message');
    return client.shown(
      `${stringOf(check, 'name') ?? 'a check'}${message === undefined ? '' : `: ${message}`}`,
    );
  });
  const count = failure + error;
  return told.length > 0 || count === 0 ? told : [`${count} checks fail`];
}

async function settled(options: SplunkCloudOptions, path: string, version: string): Promise<void> {
  await patiently(options, 'the installation', async () => {
    const { status: code, json } = await options.acs.send('GET', path, { expect: [404] });
    const status = stringOf(json, 'status');
    if (status === 'failed')
      throw remoteError('the Admin Config Service could not install the app');
    return (
      code !== 404 &&
      stringOf(json, 'version') === version &&
      (status === undefined || status === 'installed')
    );
  });
}

async function patiently(
  { pollEvery, patience }: SplunkCloudOptions,
  what: string,
  isDone: () => Promise<boolean>,
): Promise<void> {
  for (let waited = 0; !(await isDone()); waited += pollEvery) {
    if (waited >= patience)
      throw remoteError(
        `${what} is not done after ${Math.round(patience / 60_000)} minutes; run the command ` +
          'again later',
      );
    await sleep(pollEvery);
  }
}

interface Part {
  readonly name: string;
  readonly content: Buffer;
  readonly file?: string;
}

function multipart(parts: readonly Part[]): { readonly body: Buffer; readonly type: string } {
  // no archive holds these words, and no text of a rule is sent plain
  const boundary = 'sigpack-8f6d2c51e0b74f0ca6a3b1d9e7c4f205';
  const pieces = parts.flatMap(({ name, content, file }) => [
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"` +
        `${file === undefined ? '' : `; filename="${file}"`}\r\n` +
        `${file === undefined ? '' : 'content-type: application/octet-stream\r\n'}\r\n`,
    ),
    content,
    Buffer.from('\r\n'),
  ]);
  return {
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}
