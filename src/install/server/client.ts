import type { Result } from '../../source/result.ts';
import { InstallError } from '../install-error.ts';
import { type Answer, answerOf } from './answer.ts';
import { type ServerConnection, textsOf } from './connection.ts';
import type { HttpRequest, HttpResponse, NoResponse } from './http.ts';
import { serverError } from './server-error.ts';

export interface ClientOptions extends ServerConnection {
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Sending {
  /** JSON, or text or bytes that are sent as they are. */
  readonly body?: unknown;
  /** Default: `application/json`. */
  readonly type?: string;
  /** The server has much to do before it answers: it gets twenty times as long. */
  readonly slow?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses other than 2xx that are an answer, not an error. */
  readonly expect?: readonly number[];
  /**
   * False: what was cut off may have been done, so it is not sent again by itself. Default: true
   * but for POST.
   */
  readonly repeatable?: boolean;
}

export interface Client {
  send(method: string, path: string, sending?: Sending): Promise<Answer>;
  /** A server's own words as an error may repeat them. */
  readonly shown: (text: string) => string;
}

/**
 * A client of one server: JSON, tries again on 429, 5xx and broken connections. Throws an
 * InstallError where there is no answer, or one with another status than is expected.
 */
export function createClient(options: ClientOptions): Client {
  const { host } = addressOf(options);
  refuseUnsendable(options);
  const login = options.headers.authorization?.replace(/^\S+ /, '');
  // what is sent of a user and a secret is as good as these
  const texts = textsOf(options, ...(login === undefined ? [] : [login]));
  const { retries = 4 } = options;
  return {
    shown: (text) => texts.shown(text),
    async send(method, path, sending = {}) {
      const request = requestOf(options, method, path, sending);
      const repeatable = sending.repeatable ?? method !== 'POST';
      for (let attempt = 0; ; attempt++) {
        const result = await options.send(request);
        if (result.ok && isExpected(result.value, sending)) return answerOf(result.value);
        if (attempt >= retries || !mayTryAgain(result, repeatable))
          throw serverError(
            `${host}: ${method} ${texts.shown(path.replace(/\?.*$/, ''))}`,
            result,
            texts,
          );
        await options.sleep(pauseBefore(options, attempt, result));
      }
    },
  };
}

function addressOf({ url }: ClientOptions): URL {
  if (URL.canParse(url)) return new URL(url);
  throw new InstallError('input', `${JSON.stringify(url)} is not the address of a server`);
}

/** Does not show the value of the header. */
function refuseUnsendable({ headers }: ClientOptions): void {
  if (Object.values(headers).some((value) => /[^\t\x20-\x7e\x80-\xff]/.test(value)))
    throw new InstallError(
      'input',
      'the secret holds a character that cannot be sent: a line break, a control character ' +
        'or one that is not of Latin-1',
    );
}

const slowFactor = 20;

function requestOf(
  { url, timeout = 60_000, headers }: ClientOptions,
  method: string,
  path: string,
  { body, type = 'application/json', slow, headers: more }: Sending,
): HttpRequest {
  return {
    method,
    url: url.replace(/\/$/, '') + path,
    headers: {
      accept: 'application/json',
      ...headers,
      ...more,
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    body: sendable(body),
    timeout: slow === true ? timeout * slowFactor : timeout,
  };
}

function sendable(body: unknown): HttpRequest['body'] {
  if (body === undefined || typeof body === 'string') return body;
  // no bytes of ours are shared with other threads
  return body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body);
}

const isExpected = ({ status }: HttpResponse, { expect }: Sending): boolean =>
  (status >= 200 && status < 300) || expect?.includes(status) === true;

function mayTryAgain(result: Result<HttpResponse, NoResponse>, repeatable: boolean): boolean {
  if (!result.ok) return result.error.isFinal !== true && (repeatable || !result.error.isSent);
  const { status } = result.value;
  // after 429 and 503 nothing was done
  return status === 429 || status === 503 || (repeatable && status >= 500);
}

const longestPause = 30_000;

/** Milliseconds: twice as many as the time before, or as many as the server asks for. */
function pauseBefore(
  { pause = 500 }: ClientOptions,
  attempt: number,
  result: Result<HttpResponse, NoResponse>,
): number {
  const asked = result.ok ? Number(result.value.retryAfter) * 1000 : 0;
  return Math.min(longestPause, Math.max(pause * 2 ** attempt, Number.isFinite(asked) ? asked : 0));
}
