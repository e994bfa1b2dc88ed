import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerConnection } from '../../install/server/connection.ts';
import type { ServerTexts } from '../../install/server/server-text.ts';
import type { ServerConfig } from '../../pack/config/install-config.ts';
import { CommandError } from '../error/command-error.ts';
import { statsOf } from '../files/path-stats.ts';
import { shownPath } from '../files/rule-files.ts';
import { type ProxyServer, proxyFor } from './http/proxy.ts';
import { readSecret, type SecretPlace } from './http/secret.ts';
import { createSendRequest } from './http/send-request.ts';

/** What the connections of a place have in common. */
export interface PlaceInput {
  readonly name: string;
  /** Folder of sigpack.yml. */
  readonly folder: string;
  /** In place of the configuration's. */
  readonly caFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly texts: ServerTexts;
}

type Limits = Pick<ServerConfig, 'caFile' | 'timeout' | 'retries' | 'concurrency'>;

/** How the server of a place is reached. */
export function connectionOf(
  input: PlaceInput,
  place: Limits & Pick<ServerConfig, 'url'>,
): ServerConnection {
  refuseNoAddress(input, place.url);
  return { ...limitsOf(input, place), url: place.url };
}

/** Wrong use, which names the address as it is written. */
export function refuseNoAddress({ name }: PlaceInput, url: string): void {
  if (!URL.canParse(url))
    throw new CommandError(`the url of ${name} is not an address: ${JSON.stringify(url)}`);
}

/** How any server of a place is reached. */
export function limitsOf(
  input: PlaceInput,
  { caFile, timeout, retries, concurrency }: Limits,
): Omit<ServerConnection, 'url'> {
  const path = input.caFile === undefined ? wholePath(input, caFile) : resolve(input.caFile);
  return {
    send: createSendRequest({
      proxyFor: (target) => keptProxy(input, target),
      ca: path === undefined ? undefined : readCa(path),
    }),
    sleep,
    texts: input.texts,
    timeout: timeout === undefined ? undefined : timeout * 1000,
    retries,
    concurrency,
  };
}

const wholePath = ({ folder }: PlaceInput, path: string | undefined): string | undefined =>
  path === undefined ? undefined : resolve(folder, path);

/** A secret of the place's, which no output has from now on. */
export function keptSecret(
  input: PlaceInput,
  where: Pick<SecretPlace, 'prefix' | 'secretEnv' | 'secretFile'>,
): string {
  const secret = readSecret(
    { ...where, name: input.name, secretFile: wholePath(input, where.secretFile) },
    input.env,
  );
  input.texts.keep(secret);
  return secret;
}

/** The secret that a place names itself. */
export const secretOf = (
  input: PlaceInput,
  { secretEnv, secretFile }: Pick<ServerConfig, 'secretEnv' | 'secretFile'>,
): string => keptSecret(input, { prefix: 'SIGPACK_SECRET_', secretEnv, secretFile });

/** The proxy on the way to an address, whose login no output has from now on. */
function keptProxy({ env, texts }: PlaceInput, target: URL): ProxyServer | undefined {
  const proxy = proxyFor(target, env);
  const login = proxy?.headers['proxy-authorization']?.replace(/^\S+ /, '');
  const secrets = [login, proxy?.url.password, login && passwordIn(login)];
  for (const secret of secrets) if (secret !== undefined) texts.keep(secret);
  return proxy;
}

/** Of a user and a password in base64. */
const passwordIn = (login: string): string =>
  Buffer.from(login, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '');

function readCa(path: string): string {
  const text = statsOf(path)?.isFile() === true ? readFileSync(path, 'utf8') : '';
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new CommandError(`${shownPath(path)} holds no certificate in PEM`);
  return text;
}
