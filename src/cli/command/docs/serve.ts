import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PackFile } from '../../../pack/model/detection.ts';
import { CommandError } from '../../error/command-error.ts';
import { fileError } from '../../error/file-error.ts';
import { changesScript } from './missing-page.ts';

const types: ReadonlyMap<string, string> = new Map([
  ['html', 'text/html; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['json', 'application/json; charset=utf-8'],
]);

const changes = '/changes';
const styleSheet = '/site.css';

/** Loads the page again when the site has changed. */
const reloading = `
new EventSource('${changes}').onmessage = () => location.reload();
`;

/** What is served now. */
interface Site {
  readonly pages: ReadonlyMap<string, string | Uint8Array>;
  /** HTML in place of a page that the site lacks. */
  readonly missing: string;
}

/** A site in memory that a browser on this machine can look at. */
export interface SiteServer {
  /** `http://127.0.0.1:8080/`. */
  readonly address: string;
  /** Takes the place of the site; open pages load again. `missing` is shown for a page it lacks. */
  readonly show: (files: Iterable<PackFile>, missing: string) => void;
  readonly close: () => void;
}

/** Port 0: any that is free. Throws `CommandError` if the port is taken. */
export async function serveSite(port: number): Promise<SiteServer> {
  let site: Site = { pages: new Map(), missing: 'The site is not made yet.\n' };
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answer(request, response, portOf(server), site, listeners);
  });
  await new Promise<void>((done, fail) => {
    server.once('error', (error) =>
      fail(new CommandError(`port ${port} can't be used: ${fileError(error)}`)),
    );
    // of no use to others: the rules of a SOC are nobody else's business
    server.listen(port, '127.0.0.1', done);
  });
  return {
    address: `http://127.0.0.1:${portOf(server)}/`,
    show(files, missing) {
      const made = [...files].map(({ path, content }) => [`/${path}`, content] as const);
      const pages = new Map<string, string | Uint8Array>(made);
      const look = site.pages.get(styleSheet);
      // the errors keep their look where they are all that there is
      if (made.length === 0 && look !== undefined) pages.set(styleSheet, look);
      site = { pages: pages.set(changesScript, reloading), missing };
      for (const listener of listeners) listener.write('data: changed\n\n');
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

function answer(
  { method, url = '/', headers }: IncomingMessage,
  response: ServerResponse,
  port: number,
  { pages, missing }: Site,
  listeners: Set<ServerResponse>,
): void {
  // a page of another site must not read this one under a name of its own
  const isOurs = [`127.0.0.1:${port}`, `localhost:${port}`].includes(headers.host ?? '');
  if (!isOurs || (method !== 'GET' && method !== 'HEAD')) {
    response.writeHead(isOurs ? 405 : 403).end();
    return;
  }
  const path = url.split('?')[0] ?? '/';
  if (path === changes) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
    return;
  }
  const name = path === '/' ? '/index.html' : path;
  const content = pages.get(name);
  if (content === undefined) {
    response.writeHead(404, { 'content-type': types.get('html'), 'cache-control': 'no-store' });
    response.end(method === 'HEAD' ? undefined : missing);
    return;
  }
  response.writeHead(200, {
    'content-type': types.get(name.slice(name.lastIndexOf('.') + 1)) ?? 'application/octet-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(method === 'HEAD' ? undefined : withReload(name, content));
}

/** The page may ask this server for changes; nothing else is allowed more. */
function withReload(name: string, content: string | Uint8Array): string | Uint8Array {
  if (name === '/site.js') return `${Buffer.from(content).toString('utf8')}${reloading}`;
  return name.endsWith('.html') && typeof content === 'string'
    ? content.replace("default-src 'none';", "default-src 'none'; connect-src 'self';")
    : content;
}
