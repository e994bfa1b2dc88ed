import { request as plainRequest, type RequestOptions, validateHeaderValue } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeeperThan, jsonOf, maximumAnswerDepth } from '../../../source/json.ts';
import { CommandError, remoteError } from '../../error/command-error.ts';
import { isCertificate, reasonOf } from './failure-reason.ts';
import {
  hostOf,
  openTunnel,
  type ProxyServer,
  proxyFailure,
  proxyRefusal,
  secureTunnel,
  wholeFactor,
} from './proxy.ts';
import type { ServerTexts } from './server-text.ts';

export interface ClientOptions {
  /** Where paths begin, without a slash at its end. */
  readonly url: string;
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>;
  /** The proxy on the way to an address; without it there is none. */
  readonly proxyFor?: (target: URL) => ProxyServer | undefined;
  /** Through which all goes that a server says. */
  readonly texts: ServerTexts;
  /** PEM of the authorities to trust in place of the built-in ones. */
  readonly ca?: string;
  /** Milliseconds without a byte of the answer, and four times as many for all of it. */
  readonly timeout: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Milliseconds before the first try after a failure; twice as many before the next. */
  readonly pause?: number;
}

export interface Sending {
  /** JSON, or text or bytes that are sent as they are. */
  readonly body?: unknown;
  readonly type?: string;
  /** The server has much to do before it answers: it gets twenty times as long. */
  readonly slow?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses other than 2xx that are an answer, no error. */
  readonly expect?: readonly number[];
  /**
   * False: what was cut off may have been done, so it is not sent again by itself. Default: true
   * but for POST.
   */
  readonly repeatable?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** Parsed JSON; undefined where the answer is none. */
  readonly json: unknown;
}

export interface Client {
  send(method: string, path: string, sending?: Sending): Promise<Answer>;
  /** A server's own words as an error may repeat them. */
  readonly shown: (text: string) => string;
}

/** Larger answers are none of a management interface. */
const maximumAnswer = 256 * 1024 * 1024;
const maximumPause = 30_000;

/**
 * A client of one server: JSON, time limits, tries again on 429, 5xx and broken connections;
 * certificates are checked.
 */
export function createClient(options: ClientOptions): Client {
  refuseUnsendable(options);
  return {
    shown: (text) => options.texts.shown(text),
    async send(method, path, sending = {}) {
      const repeatable = sending.repeatable ?? method !== 'POST';
      for (let attempt = 0; ; attempt++) {
        const result = await once(options, method, path, sending);
        if (
          'answer' in result &&
          (isFine(result.answer.status) || sending.expect?.includes(result.answer.status))
        )
          return result.answer;
        if (!mayTryAgain(result, repeatable) || attempt >= options.retries)
          throw errorOf(options, method, path, result);
        await sleep(
          pauseBefore(options, attempt, 'answer' in result ? result.answer.retryAfter : undefined),
        );
      }
    },
  };
}

/** What is wrong with a header is said without its value. */
function refuseUnsendable({ headers }: ClientOptions): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderValue(name, value);
    } catch {
      throw new CommandError(
        'the secret holds a character that cannot be sent: a line break, a control character ' +
          'or one that is not of Latin-1',
      );
    }
  }
}

const isFine = (status: number): boolean => status >= 200 && status < 300;

function mayTryAgain(result: Result, repeatable: boolean): boolean {
  if (!('answer' in result)) return result.isFinal !== true && (repeatable || !result.sent);
  const { status } = result.answer;
  // 429 and 503 say that nothing was done
  return status === 429 || status === 503 || (repeatable && status >= 500);
}

function pauseBefore(
  { pause = 500 }: ClientOptions,
  attempt: number,
  retryAfter: number | undefined,
): number {
  return Math.min(maximumPause, Math.max(pause * 2 ** attempt, (retryAfter ?? 0) * 1000));
}

interface Answered extends Answer {
  /** Seconds, as the server asks. */
  readonly retryAfter: number | undefined;
}
type Result =
  | { readonly answer: Answered }
  | {
      readonly reason: string;
      readonly sent: boolean;
      readonly certificate: boolean;
      /** Another try would end as this one did. */
      readonly isFinal?: boolean;
    };

const slowFactor = 20;

async function once(
  options: ClientOptions,
  method: string,
  path: string,
  sending: Sending,
): Promise<Result> {
  const target = new URL(options.url + path);
  const proxy = options.proxyFor?.(target);
  const limit = limitOf(options, sending);
  if (!proxy || target.protocol !== 'https:')
    return exchange(options, method, { target, ...(proxy ? { proxy } : {}) }, sending);
  const tunnel = await openTunnel(proxy, target, limit);
  if ('socket' in tunnel)
    return exchange(options, method, { target, socket: tunnel.socket }, sending);
  return {
    reason: tunnel.reason,
    sent: false,
    certificate: false,
    isFinal: tunnel.status !== undefined && tunnel.status < 500,
  };
}

const limitOf = ({ timeout }: ClientOptions, { slow }: Sending): number =>
  slow === true ? timeout * slowFactor : timeout;

/** The way to a server: itself, a proxy that passes on what is not secret to it, or a tunnel. */
interface Route {
  readonly target: URL;
  readonly proxy?: ProxyServer;
  readonly socket?: Duplex;
}

/** What differs by the way. */
function routeOptions(
  { target, proxy, socket }: Route,
  ca: string | undefined,
): RequestOptions & { readonly headers: Readonly<Record<string, string>> } {
  const itself = {
    host: hostOf(target),
    port: target.port,
    path: target.pathname + target.search,
    headers: { host: target.host },
  };
  // an agent would open a connection of its own
  if (socket) return { ...itself, createConnection: () => secureTunnel(socket, target, ca) };
  // one connection a request: a server that restarts leaves no dead ones behind
  const agent = false;
  if (!proxy) return { ...itself, agent, ...(ca === undefined ? {} : { ca }) };
  return {
    host: hostOf(proxy.url),
    port: proxy.url.port,
    path: target.href,
    headers: { host: target.host, ...proxy.headers },
    agent,
  };
}

function exchange(
  options: ClientOptions,
  method: string,
  route: Route,
  sending: Sending,
): Promise<Result> {
  const { headers, ca } = options;
  const { body, type, headers: more } = sending;
  const limit = limitOf(options, sending);
  const text =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
      ? (body as string | Buffer | undefined)
      : JSON.stringify(body);
  const kind = type ?? 'application/json';
  return new Promise((resolve) => {
    let sent = false;
    const way = routeOptions(route, ca);
    const send =
      (route.proxy?.url ?? route.target).protocol === 'https:' ? secureRequest : plainRequest;
    const request = send({
      ...way,
      method,
      headers: {
        ...way.headers,
        accept: 'application/json',
        ...headers,
        ...more,
        ...(text === undefined
          ? {}
          : { 'content-type': kind, 'content-length': Buffer.byteLength(text) }),
      },
    });
    let answered = false;
    const fail = (error: NodeJS.ErrnoException): void => {
      clearTimeout(whole);
      if (route.proxy)
        resolve({ reason: proxyFailure(route.proxy, error), sent, certificate: false });
      else resolve({ reason: reasonOf(error), sent, certificate: isCertificate(error) });
    };
    // a request whose connection is gone already emits no error when it is destroyed
    const giveUp = (reason: string): void => {
      request.destroy();
      fail(new Error(reason));
    };
    const whole = setTimeout(() => giveUp('the answer does not end'), limit * wholeFactor);
    request.setTimeout(limit, () => giveUp('no answer in time'));
    request.on('error', fail);
    request.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      giveUp(`it answers with ${statusCode} and wants another protocol than HTTP`);
    });
    request.on('close', () => {
      if (!answered) giveUp('the connection was cut');
    });
    request.on('finish', () => {
      sent = true;
    });
    request.on('response', (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maximumAnswer) giveUp('the answer is too large');
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('aborted', () =>
        fail(new Error('the connection was cut in the middle of the answer')),
      );
      response.on('end', () => {
        clearTimeout(whole);
        const answer = Buffer.concat(chunks).toString('utf8');
        const after = Number(response.headers['retry-after']);
        if (route.proxy && response.statusCode === 407) {
          resolve({
            reason: proxyRefusal(route.proxy.name, 407),
            sent: false,
            certificate: false,
            isFinal: true,
          });
          return;
        }
        resolve({
          answer: {
            status: response.statusCode ?? 0,
            text: answer,
            json: jsonIn(answer),
            retryAfter: Number.isFinite(after) ? after : undefined,
          },
        });
      });
    });
    request.end(text);
  });
}

function jsonIn(answer: string): unknown {
  const value = jsonOf(answer);
  return isDeeperThan(value, maximumAnswerDepth) ? undefined : value;
}

const meanings: Readonly<Record<number, string>> = {
  401: 'the user or token is not accepted',
  403: 'the user may not do this',
  404: 'it is not there',
  409: 'something else changed it meanwhile',
  429: 'the server asks to wait, again and again',
};

function errorOf(
  { url, texts, proxyFor }: ClientOptions,
  method: string,
  path: string,
  result: Result,
): CommandError {
  const { host } = new URL(url);
  const what = `${host}: ${method} ${texts.shown(path.replace(/\?.*$/, ''))}`;
  if (!('answer' in result)) {
    const hint = result.certificate ? '; give the authority that signed it as caFile' : '';
    return remoteError(`${what}: ${texts.shown(result.reason)}${hint}`);
  }
  const { status, json, text } = result.answer;
  // a proxy that passes plain requests on answers in the place of the server, too
  const proxy = new URL(url).protocol === 'http:' ? proxyFor?.(new URL(url + path)) : undefined;
  const meaning = proxy ? `from the proxy ${proxy.name} or a server behind it` : meanings[status];
  const words = texts.shown(
    wordsOf(json) ?? withoutTags(texts.redacted(text.slice(0, longestPage))),
  );
  return remoteError(
    `${what}: ${status}${meaning === undefined ? '' : `, ${meaning}`}` +
      `${words === '' ? '' : ` (${words})`}`,
    status,
  );
}

/** Characters of a page that are looked at for its words. */
const longestPage = 100_000;

const withoutTags = (text: string): string =>
  text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** What servers call their message. */
function wordsOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { message, messages, error, reason } = json as Readonly<Record<string, unknown>>;
  for (const one of [
    message,
    Array.isArray(messages)
      ? messages.map((each: unknown) => (each as { readonly text?: unknown })?.text).join('; ')
      : undefined,
    error,
    reason,
  ]) {
    if (typeof one === 'string' && one !== '') return one;
    if (typeof one === 'object' && one !== null) return wordsOf(one) ?? JSON.stringify(one);
  }
  return undefined;
}

/**
 * Bounded work side by side: `work` of each item, at most `width` at a time, in their order. The
 * first failure ends it, after what is under way.
 */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: unknown;
  const worker = async (): Promise<void> => {
    while (next < items.length && failure === undefined) {
      try {
        await work(items[next++] as T);
      } catch (error) {
        failure ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failure !== undefined) throw failure;
}
