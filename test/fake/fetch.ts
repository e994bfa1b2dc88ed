/*
 * Fake servers behind `fetch`, for programs that know no other: `node --import` loads this file
 * before them. Each host is a server of its own, and the first word of its name but one says of
 * which kind: graylog.example.org, apply.graylog.example.org.
 */
import { createFakeGraylog } from './graylog.ts';
import type { Reply, Request as ServerRequest } from './server.ts';
import { createFakeSplunk } from './splunk.ts';
import { createFakeCloud } from './splunk-cloud.ts';
import { createFakeWatcher } from './watcher.ts';

type Handle = (request: ServerRequest) => Reply | Promise<Reply>;

const { GRAYLOG_TOKEN, SPLUNK_TOKEN, STACK_TOKEN, SPLUNK_PASSWORD, ELASTIC_KEY } = process.env;
const kinds: readonly (readonly [RegExp, () => Handle])[] = [
  [
    /\bgraylog\.example\.org$/,
    () => createFakeGraylog(`Basic ${btoa(`${GRAYLOG_TOKEN}:token`)}`).handle,
  ],
  [
    /\bsplunk\.example\.org$/,
    () => createFakeSplunk({ user: 'jane', password: '', token: `${SPLUNK_TOKEN}` }).handle,
  ],
  [/\belastic\.example\.org$/, () => createFakeWatcher(`ApiKey ${ELASTIC_KEY}`).handle],
  [
    /\bsplunk\.com$/,
    () =>
      createFakeCloud({
        stack: 'acme-stack',
        login: `jane:${SPLUNK_PASSWORD}`,
        stackToken: `${STACK_TOKEN}`,
        experience: 'victoria',
      }).handle,
  ],
];

const servers = new Map<string, Handle>();

function serverAt(host: string): Handle {
  const create = kinds.find(([pattern]) => pattern.test(host))?.[1];
  if (!create) throw new Error(`there is no server at ${host}`);
  const server = servers.get(host) ?? create();
  servers.set(host, server);
  return server;
}

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const { hostname, pathname, searchParams } = new URL(request.url);
  const { status, body, type } = await serverAt(hostname)({
    method: request.method,
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(request.headers),
    body: Buffer.from(await request.arrayBuffer()),
  });
  const headers = { 'content-type': type ?? 'application/json' };
  return new Response(body === '' ? null : body, { status, headers });
};
