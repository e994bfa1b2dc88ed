import { InstallError } from '../install-error.ts';
import type { SendRequest } from './http.ts';
import { createServerTexts, type ServerTexts } from './server-text.ts';

/** How a server is reached. */
export interface ServerConnection {
  /** Where the paths of its interface begin. */
  readonly url: string;
  readonly send: SendRequest;
  /** Waits: before another try, and until a server is done. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Leaves secrets out of what is shown. Default: those of this connection. */
  readonly texts?: ServerTexts;
  /** Milliseconds to wait for a byte of an answer. Default: 60,000. */
  readonly timeout?: number | undefined;
  /** Tries after the first that failed in a way that may pass. Default: 4. */
  readonly retries?: number | undefined;
  /** Milliseconds before the second try; twice as many before each further one. Default: 500. */
  readonly pause?: number;
  /** Requests side by side. Default: 4. */
  readonly concurrency?: number | undefined;
}

/** Who asks a server: with a user the secret is a password, without one a token. */
export interface ServerLogin {
  readonly user?: string | undefined;
  readonly secret: string;
}

/** Requests side by side. */
export const widthOf = ({ concurrency = 4 }: Pick<ServerConnection, 'concurrency'>): number =>
  concurrency;

/** The texts of a connection, which leave out these secrets from now on. */
export function textsOf(
  { texts = createServerTexts() }: Pick<ServerConnection, 'texts'>,
  ...secrets: readonly string[]
): ServerTexts {
  for (const secret of secrets) texts.keep(secret);
  return texts;
}

/**
 * The secret of a login. An InstallError where it is empty: a server might take the request for one
 * of nobody.
 */
export function secretOf({ secret }: ServerLogin): string {
  // a program may give what an environment variable lacks
  if (typeof secret === 'string' && secret !== '') return secret;
  throw new InstallError('input', 'the secret of the server is empty');
}

/** The header `authorization` of a user and a password. */
export const basicLogin = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
