import {
  type ClientRequest,
  type IncomingMessage,
  request as plainRequest,
  type RequestOptions,
} from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { HttpRequest, HttpResponse, NoResponse } from '../../../install/server/http.ts';
import { failed, ok, type Result } from '../../../source/result.ts';
import { isCertificate, reasonOf } from './network-reason.ts';
import {
  hostOf,
  type ProxyServer,
  proxyFailure,
  proxyRefusal,
  secureTunnel,
  wholeFactor,
} from './proxy.ts';

/** The way to a server: itself, a proxy that passes on what is not secret to it, or a tunnel. */
export interface Route {
  readonly target: URL;
  readonly ca?: string | undefined;
  readonly proxy?: ProxyServer;
  readonly socket?: Duplex;
}

type Outcome = Result<HttpResponse, NoResponse>;

/** No management interface answers with more. */
const maximumAnswer = 256 * 1024 * 1024;

/** Sends a request, and reads all of its answer. */
export function exchange(request: HttpRequest, route: Route): Promise<Outcome> {
  const { body, timeout } = request;
  return new Promise((resolve) => {
    const sending = open(request, route);
    let isSent = false;
    let isAnswered = false;
    const fail = (error: NodeJS.ErrnoException): void => {
      clearTimeout(whole);
      resolve(failed(noResponse(error, route, isSent)));
    };
    // a request whose connection is gone already emits no error when it is destroyed
    const giveUp = (reason: string): void => {
      sending.destroy();
      fail(new Error(reason));
    };
    const whole = setTimeout(() => giveUp('the answer does not end'), timeout * wholeFactor);
    sending.setTimeout(timeout, () => giveUp('no answer in time'));
    sending.on('error', fail);
    sending.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      giveUp(`it answers with ${statusCode} and wants another protocol than HTTP`);
    });
    sending.on('close', () => {
      if (!isAnswered) giveUp('the connection was cut');
    });
    sending.on('finish', () => {
      isSent = true;
    });
    sending.on('response', (response) => {
      isAnswered = true;
      readAnswer(response, {
        fail,
        giveUp,
        end(text) {
          clearTimeout(whole);
          resolve(outcomeOf(response, text, route));
        },
      });
    });
    sending.end(body);
  });
}

function open({ method, headers, body }: HttpRequest, route: Route): ClientRequest {
  const way = routeOptions(route);
  const send =
    (route.proxy?.url ?? route.target).protocol === 'https:' ? secureRequest : plainRequest;
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  return send({ ...way, method, headers: { ...way.headers, ...headers, ...length } });
}

/** What differs by the way. */
function routeOptions({
  target,
  proxy,
  socket,
  ca,
}: Route): RequestOptions & { readonly headers: Readonly<Record<string, string>> } {
  const itself = {
    host: hostOf(target),
    port: target.port,
    path: target.pathname + target.search,
    headers: { host: target.host },
  };
  // an agent would open another connection
  if (socket) return { ...itself, createConnection: () => secureTunnel(socket, target, ca) };
  // one connection per request: a server that restarts leaves no dead ones behind
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

function noResponse(error: NodeJS.ErrnoException, { proxy }: Route, isSent: boolean): NoResponse {
  if (proxy) return { reason: proxyFailure(proxy, error), isSent };
  const hint = isCertificate(error) ? 'give the authority that signed it as caFile' : undefined;
  return { reason: reasonOf(error), hint, isSent };
}

interface Reading {
  readonly fail: (error: Error) => void;
  readonly giveUp: (reason: string) => void;
  readonly end: (text: string) => void;
}

function readAnswer(response: IncomingMessage, { fail, giveUp, end }: Reading): void {
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
  response.on('end', () => end(Buffer.concat(chunks).toString('utf8')));
}

function outcomeOf(
  { statusCode: status = 0, headers }: IncomingMessage,
  text: string,
  { proxy }: Route,
): Outcome {
  if (proxy && status === 407)
    return failed({ reason: proxyRefusal(proxy.name, 407), isSent: false, isFinal: true });
  return ok({ status, text, retryAfter: headers['retry-after'], proxy: proxy?.name });
}
