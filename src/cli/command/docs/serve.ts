import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PackFile } from '../../../pack/model/detection.ts';
import { CommandError } from '../../error/command-error.ts';
import { errorCode } from '../../error/error-code.ts';
import { fileError } from '../../error/file-error.ts';
import { changesScript } from './missing-page.ts';

const types: ReadonlyMap<string, string> = new Map([
  ['html', 'text/html; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['json', 'application/json; charset=utf-8'],
  ['txt', 'text/plain; charset=utf-8'],
]);

const versionPath = '/version';
const styleSheet = '/site.css';

/**
 * Loads the page again when the site is another one than that of the page. It asks rather than
 * keeping a connection open: browsers allow six to a server, over all of their tabs.
 */
const reloading = `
(() => {
  let own = document.querySelector('meta[name=sigpack-version]')?.content;
  let asking = false;
  const look = async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch('${versionPath}');
      const now = await answer.text();
      own ??= now;
      if (answer.ok && now !== own) location.reload();
    } catch {
      // the server has ended, and may come back
    }
    asking = false;
  };
  setInterval(look, 1000);
  document.addEventListener('visibilitychange', look);
})();
`;

/** What is served now. */
interface Site {
  /** Another one for each site, also after another start on the same port. */
  readonly version: string;
  readonly pages: ReadonlyMap<string, string | Uint8Array>;
  /** HTML in place of a page that the site lacks. */
  readonly missing: string;
}

/** A site in memory that a browser on this machine can look at. */
export interface SiteServer {
  /** `http://127.0.0.1:8080/`. */
  readonly address: string;
  /** Takes the place of the site; open pages load again. `missing` is shown for one it lacks. */
  readonly show: (files: Iterable<PackFile>, missing: string) => void;
  readonly close: () => void;
}

/** Port 0: any that is free. Throws `CommandError` if the port is taken. */
export async function serveSite(port: number): Promise<SiteServer> {
  let site: Site = { version: '', pages: new Map(), missing: 'The site is not made yet.\n' };
  const server = createServer((request, response) => {
    answer(request, response, portOf(server), site);
  });
  await new Promise<void>((done, fail) => {
    server.once('error', (error) =>
      fail(new CommandError(`port ${port} can't be used: ${portError(error)}`)),
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
      site = { version: randomUUID(), pages: pages.set(changesScript, reloading), missing };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const portError = (error: Error): string =>
  errorCode(error) === 'EADDRINUSE'
    ? 'another program does; --port names another, and --port 0 takes any that is free'
    : fileError(error);

const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

function answer(
  { method, url = '/', headers }: IncomingMessage,
  response: ServerResponse,
  port: number,
  { version, pages, missing }: Site,
): void {
  // a page of another site must not read this one under a name of its own
  const isOurs = ownHosts(port).includes(headers.host ?? '');
  if (!isOurs || (method !== 'GET' && method !== 'HEAD')) {
    response.writeHead(isOurs ? 405 : 403).end();
    return;
  }
  const send = (status: number, type: string, content: string | Uint8Array): void => {
    response.writeHead(status, {
      'content-type': types.get(type) ?? 'application/octet-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(method === 'HEAD' ? undefined : content);
  };
  const path = url.split('?')[0] ?? '/';
  if (path === versionPath) {
    send(200, 'txt', version);
    return;
  }
  const name = path === '/' ? '/index.html' : path;
  const content = pages.get(name);
  if (content === undefined) send(404, 'html', withVersion(missing, version));
  else send(200, name.slice(name.lastIndexOf('.') + 1), withReload(name, content, version));
}

/** How requests for pages of this server name it; browsers leave out the usual port. */
export const ownHosts = (port: number): readonly string[] =>
  ['127.0.0.1', 'localhost'].flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]);

/** The page may ask this server for its version; nothing else is allowed more. */
function withReload(
  name: string,
  content: string | Uint8Array,
  version: string,
): string | Uint8Array {
  if (name === '/site.js') return `${Buffer.from(content).toString('utf8')}${reloading}`;
  return name.endsWith('.html') && typeof content === 'string'
    ? withVersion(
        content.replace("default-src 'none';", "default-src 'none'; connect-src 'self';"),
        version,
      )
    : content;
}

const withVersion = (html: string, version: string): string =>
  html.replace('<head>', `<head>\n<meta name="sigpack-version" content="${version}">`);
