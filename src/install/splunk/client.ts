import { isRecord } from '../../source/record.ts';
import { InstallError } from '../install-error.ts';
import type { Answer } from '../server/answer.ts';
import { type Client, createClient, type Sending } from '../server/client.ts';
import {
  type ServerConnection,
  type ServerLogin,
  secretOf,
  textsOf,
} from '../server/connection.ts';
import { isListOf } from '../server/server-list.ts';
import type { ServerTexts } from '../server/server-text.ts';

export interface SplunkEntry {
  readonly name: string;
  readonly app: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Splunk's management interface: forms that go in, JSON that comes out. */
export interface SplunkClient {
  /** All entries of a collection. */
  readonly list: (path: string) => Promise<readonly SplunkEntry[]>;
  readonly post: (
    path: string,
    parameters: Iterable<readonly [string, string]>,
    sending?: Pick<Sending, 'expect' | 'repeatable' | 'slow'>,
  ) => Promise<Answer>;
  readonly remove: (path: string) => Promise<void>;
  readonly shown: Client['shown'];
}

/** Logs in at the first request: with a user for a session, without one by token. */
export function createSplunkClient(server: ServerConnection, login: ServerLogin): SplunkClient {
  const texts = textsOf(server, secretOf(login));
  let client: Promise<Client> | undefined;
  const send = async (...request: Parameters<Client['send']>): Promise<Answer> => {
    client ??= logIn({ ...server, texts }, login);
    return (await client).send(...request);
  };
  return {
    shown: (text) => texts.shown(text),
    async list(path) {
      return entriesOf(await send('GET', `${path}?output_mode=json&count=0`));
    },
    post: (path, parameters, sending = {}) =>
      send('POST', path, { ...form([...parameters, ['output_mode', 'json']]), ...sending }),
    async remove(path) {
      await send('DELETE', `${path}?output_mode=json`, { expect: [404] });
    },
  };
}

const form = (parameters: readonly (readonly [string, string])[]) => ({
  body: new URLSearchParams(
    parameters.map(([name, value]): [string, string] => [name, value]),
  ).toString(),
  type: 'application/x-www-form-urlencoded',
});

async function logIn(
  server: ServerConnection & { readonly texts: ServerTexts },
  { user, secret }: ServerLogin,
): Promise<Client> {
  if (user === undefined)
    return createClient({ ...server, headers: { authorization: `Bearer ${secret}` } });
  const anonymous = createClient({ ...server, headers: {} });
  const parameters = [
    ['username', user],
    ['password', secret],
    ['output_mode', 'json'],
  ] as const;
  const { json } = await anonymous.send('POST', '/services/auth/login', {
    ...form(parameters),
    repeatable: true,
  });
  const key = (json as { readonly sessionKey?: unknown } | undefined)?.sessionKey;
  if (typeof key !== 'string')
    throw new InstallError('place', 'Splunk gave no session for the user');
  return createClient({ ...server, headers: { authorization: `Splunk ${key}` } });
}

function entriesOf({ json }: Answer): readonly SplunkEntry[] {
  const entries = isRecord(json) ? json.entry : undefined;
  if (!isRecord(json) || !isListOf(entries, isEntry))
    throw new InstallError(
      'place',
      'the answer is not that of Splunk; the url is that of its management port, 8089 by default',
    );
  const { total, perPage } = isRecord(json.paging) ? json.paging : {};
  // asked for all, a server that gives a page alone would have the rest made a second time
  if (
    typeof total === 'number' &&
    typeof perPage === 'number' &&
    perPage > 0 &&
    entries.length >= perPage &&
    total > entries.length
  )
    throw new InstallError(
      'place',
      `Splunk has ${total} entries, of which it lists ${entries.length}`,
    );
  return entries.map(({ name, acl, content }) => ({
    name,
    app: acl?.app ?? '',
    content: content ?? {},
  }));
}

interface ListedEntry {
  readonly name: string;
  readonly acl?: { readonly app?: string };
  readonly content?: SplunkEntry['content'];
}

const isEntry = (value: unknown): value is ListedEntry =>
  isRecord(value) &&
  typeof value.name === 'string' &&
  isAcl(value.acl ?? {}) &&
  isRecord(value.content ?? {});

const isAcl = (value: unknown): boolean => isRecord(value) && typeof (value.app ?? '') === 'string';
