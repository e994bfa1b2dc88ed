import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSendRequest } from '../../src/cli/install/http/send-request.ts';
import type { SendRequest } from '../../src/install/server/http.ts';
import { ok } from '../../src/source/result.ts';

/**
 * What goes wrong with a request: `cut` before the server did anything, `lost`: it did, and its
 * answer is cut off; `half` of an answer; one that never ends; or a status, with an answer that
 * repeats what it was sent.
 */
export type Fault = 'cut' | 'lost' | 'half' | 'endless' | number;

export interface Request {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (status: number, value: unknown): Reply => ({
  status,
  body: JSON.stringify(value),
});

export interface FakeServer {
  readonly url: string;
  readonly requests: Request[];
  /** Asked before each request; the first has number 0. */
  faultAt: (number: number, request: Request) => Fault | undefined;
  readonly close: () => Promise<void>;
}

export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** A server of a test: `handle` is what it does, `faultAt` what goes wrong. */
export async function startServer(
  handle: (request: Request) => Reply | Promise<Reply>,
  tls?: Tls,
): Promise<FakeServer> {
  const requests: Request[] = [];
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    void answer(incoming, response);
  };
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const address = new URL(incoming.url ?? '/', 'http://fake');
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    );
    const request: Request = {
      method: incoming.method ?? '',
      path: address.pathname,
      query: address.searchParams,
      headers,
      body: Buffer.concat(chunks),
    };
    const fault = fake.faultAt(requests.length, request);
    requests.push(request);
    if (fault === 'cut') {
      incoming.socket.destroy();
      return;
    }
    const reply =
      typeof fault === 'number'
        ? json(fault, { message: `no: ${headers.authorization} ${request.body.toString('utf8')}` })
        : await handle(request);
    if (fault === 'lost') {
      incoming.socket.destroy();
      return;
    }
    response.writeHead(reply.status, {
      'content-type': reply.type ?? 'application/json',
      ...reply.headers,
      ...(fault === 'half' ? { 'content-length': Buffer.byteLength(reply.body) + 10 } : {}),
    });
    if (fault === 'half') {
      response.write(reply.body.slice(0, reply.body.length / 2), () => incoming.socket.destroy());
      return;
    }
    if (fault === 'endless') {
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
      return;
    }
    response.end(reply.body);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeServer = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    faultAt: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return fake;
}

/** Requests to a server without the network, but for those with which something goes wrong. */
export function shortcutTo(
  server: FakeServer,
  handle: (request: Request) => Reply | Promise<Reply>,
): SendRequest {
  const byNetwork = createSendRequest({});
  return async (sent) => {
    const { pathname: path, searchParams: query } = new URL(sent.url);
    const headers = Object.fromEntries(
      Object.entries(sent.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const { method, body = '' } = sent;
    const request = { method, path, query, headers, body: Buffer.from(body) };
    if (server.faultAt(server.requests.length, request) !== undefined) return byNetwork(sent);
    server.requests.push(request);
    const reply = await handle(request);
    return ok({
      status: reply.status,
      text: reply.body,
      retryAfter: reply.headers?.['retry-after'],
    });
  };
}
