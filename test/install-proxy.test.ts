import { execFileSync } from 'node:child_process';
import { createServer, type Server, request as send } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { proxyFor } from '../src/cli/install/http/proxy.ts';
import { createFakeGraylog } from './fake/graylog.ts';
import { type FakeServer, startServer } from './fake/server.ts';
import { createLab, firstRules, type Lab, removeLabs } from './install-lab.ts';

const secret = 'proxy-secret-0123456789';
const login = 'jane:pa%20ss%2Fword';
const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** A proxy that knows the names that no one else does: all of them are one server here. */
interface TestProxy {
  readonly port: number;
  readonly seen: string[];
  answer: 'pass' | 'login' | number;
  readonly close: () => void;
}

async function startProxy(port: () => number): Promise<TestProxy> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const refusal = (authorization: string | undefined): number | undefined => {
    if (proxy.answer === 'login')
      return authorization === `Basic ${Buffer.from('jane:pa ss/word').toString('base64')}`
        ? undefined
        : 407;
    return proxy.answer === 'pass' ? undefined : proxy.answer;
  };
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const status = refusal(request.headers['proxy-authorization']);
    if (status !== undefined) {
      response
        .writeHead(status)
        .end(`blocked: ${request.headers['proxy-authorization']} ${request.headers.authorization}`);
      return;
    }
    const { pathname, search } = new URL(request.url ?? '');
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = send(
      { host: '127.0.0.1', port: port(), method: request.method, path: pathname + search, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, client: Socket) => {
    seen.push(`CONNECT ${request.url}`);
    const status = refusal(request.headers['proxy-authorization']);
    if (status !== undefined) {
      client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const onward = connect(port(), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    for (const socket of [onward, client]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: TestProxy = {
    port: (server.address() as AddressInfo).port,
    seen,
    answer: 'pass',
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return proxy;
}

let lab: Lab;
let artifact = '';
let proxy: TestProxy;
const servers: Partial<Record<'http' | 'https', FakeServer>> = {};
let scheme: 'http' | 'https' = 'http';
let saved: Readonly<Record<string, string | undefined>> = {};

beforeAll(async () => {
  process.env.PROXY_SECRET = secret;
  lab = createLab('{}');
  artifact = await lab.build('1.0.0', 1, firstRules.slice(0, 1));
  const files = [
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    '-subj',
    '/CN=lab',
    '-addext',
    'subjectAltName=DNS:graylog.example',
  ];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files],
    { cwd: lab.folder, stdio: 'ignore' },
  );
  const handle = createFakeGraylog(
    `Basic ${Buffer.from(`${secret}:token`).toString('base64')}`,
  ).handle;
  servers.http = await startServer(handle);
  servers.https = await startServer(handle, {
    key: lab.read('key.pem'),
    cert: lab.read('cert.pem'),
  });
  proxy = await startProxy(() => Number(new URL(servers[scheme]?.url ?? '').port));
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.close();
  proxy.close();
  removeLabs();
});
beforeEach(() => {
  saved = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  for (const name of names) delete process.env[name];
  proxy.answer = 'pass';
  proxy.seen.length = 0;
});
afterEach(() => {
  for (const [name, value] of Object.entries(saved))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

function serverAt(url: string): void {
  scheme = url.startsWith('https') ? 'https' : 'http';
  const place = `{ kind: graylog, url: '${url}/api', secretEnv: PROXY_SECRET, retries: 1, caFile: cert.pem }`;
  lab.write('sigpack.yml', `id: acme\ninstalls: { lab: ${place} }\n`);
}

describe.each(['http', 'https'] as const)('a server by %s', (kind) => {
  const variable = `${kind.toUpperCase()}_PROXY`;
  test('is reached through the proxy, which knows its name', async () => {
    serverAt(`${kind}://graylog.example`);
    process.env[variable] = `http://127.0.0.1:${proxy.port}`;
    const { code, out } = await lab.install(artifact, { plan: true });
    expect(`${code} ${out}`).toMatch(/^0 /);
    expect(out).toContain('  + event definition "First"\n');
    expect(proxy.seen[0]).toBe(
      kind === 'http' ? 'GET http://graylog.example/api/' : 'CONNECT graylog.example:443',
    );
    // behind a tunnel nothing of the requests is seen
    expect(proxy.seen.some((line) => line.includes('content_packs'))).toBe(kind === 'http');
  });

  test('whose proxy wants a login gets one, and no output has it', async () => {
    serverAt(`${kind}://graylog.example:8443`);
    proxy.answer = 'login';
    process.env[variable] = `http://${login}@127.0.0.1:${proxy.port}`;
    expect((await lab.status()).out).toContain('lab (graylog): not installed\n');
    process.env[variable] = `http://jane:wrong-password@127.0.0.1:${proxy.port}`;
    proxy.seen.length = 0;
    const { code, out } = await lab.status();
    expect(code).toBe(4);
    expect(out).toContain(
      `the proxy 127.0.0.1:${proxy.port} wants a user and a password (407); give them in HTTPS_PROXY or HTTP_PROXY`,
    );
    expect(out).not.toContain('wrong-password');
    expect(proxy.seen).toHaveLength(1);
  });

  test('whose proxy has no way to it, or is not there, says which proxy', async () => {
    serverAt(`${kind}://graylog.example`);
    process.env[variable] = `http://${login}@127.0.0.1:${proxy.port}`;
    proxy.answer = 502;
    const bad = await lab.status();
    expect(bad.code).toBe(4);
    expect(bad.out).toMatch(
      kind === 'http'
        ? /502, from the proxy 127\.0\.0\.1:\d+ or a server behind it/
        : /the proxy 127\.0\.0\.1:\d+ makes no connection: it answers with 502/,
    );
    for (const text of [
      'pa ss/word',
      'pa%20ss',
      Buffer.from('jane:pa ss/word').toString('base64'),
      secret,
      Buffer.from(`${secret}:token`).toString('base64'),
    ])
      expect(bad.out).not.toContain(text);
    // tried again, as a server that is away for a moment
    expect(proxy.seen).toHaveLength(2);
    // what it forbids is not said of the user of the server
    proxy.answer = 403;
    expect((await lab.status()).out).toMatch(
      kind === 'http'
        ? /: 403, from the proxy 127\.0\.0\.1:\d+ or a server behind it \(/
        : /the proxy 127\.0\.0\.1:\d+ makes no connection: it answers with 403/,
    );
    process.env[variable] = `https://127.0.0.1:${proxy.port}`;
    expect((await lab.status()).out).toMatch(
      /the proxy 127\.0\.0\.1:\d+ speaks no TLS; give its address with http:\/\//,
    );
    process.env[variable] = `https://127.0.0.1:${new URL(servers.https?.url ?? '').port}`;
    expect((await lab.status()).out).toMatch(
      /its certificate cannot be trusted \(\w+\)\); give the authority that signed it in NODE_EXTRA_CA_CERTS/,
    );
    process.env[variable] = 'http://127.0.0.1:9';
    expect((await lab.status()).out).toMatch(/the proxy 127\.0\.0\.1:9 cannot be reached/);
  });

  test('that NO_PROXY names, or that is on this machine, is reached without', async () => {
    process.env[variable] = `http://127.0.0.1:${proxy.port}`;
    serverAt(`${kind}://127.0.0.1:9`);
    expect((await lab.status()).out).toContain('nothing listens there');
    serverAt(`${kind}://graylog.invalid`);
    process.env.no_proxy = 'other.example, .invalid';
    expect((await lab.status()).out).not.toContain('proxy');
    expect(proxy.seen).toEqual([]);
  });
});

test.each([
  ['http://127.attacker.example', true],
  ['http://localhost.attacker.example', true],
  ['http://127.0.0.1:9', false],
  ['http://[::1]:9', false],
])('%s is another machine: %s, to which a secret should not go as it is', async (url, isOther) => {
  serverAt(url);
  process.env.HTTP_PROXY = 'http://127.0.0.1:9';
  expect((await lab.status()).out.includes('goes over the network as it is')).toBe(isOther);
});

test('a certificate is that of the server, behind a proxy, too', async () => {
  serverAt('https://other.example');
  process.env.https_proxy = `127.0.0.1:${proxy.port}`;
  expect((await lab.status()).out).toContain(
    'its certificate cannot be trusted (ERR_TLS_CERT_ALTNAME_INVALID)',
  );
});

test.each(['socks5://127.0.0.1:1080', 'http://', 'http://[', 'ftp://proxy'])(
  'a proxy that is none is wrong use: %s',
  async (address) => {
    serverAt('https://graylog.example');
    process.env.HTTPS_PROXY = address;
    expect((await lab.status()).code).toBe(
      'usage: HTTPS_PROXY is not an address of an http or https proxy',
    );
  },
);

describe('which proxy', () => {
  const through = (url: string, env: Readonly<Record<string, string>>): string | undefined =>
    proxyFor(new URL(url), env)?.name;
  test.each<[string, string, boolean]>([
    ['https://a.example.org', 'example.org', true],
    ['https://a.example.org', '.example.org', true],
    ['https://a.example.org', '*.example.org', true],
    ['https://example.org', 'EXAMPLE.org', true],
    ['https://example.org.', 'example.org', true],
    ['https://badexample.org', 'example.org', false],
    ['https://a.example.org:8089', 'a.example.org:8089', true],
    ['https://a.example.org:8089', 'a.example.org:443', false],
    ['https://a.example.org', 'a.example.org:443', true],
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3', '10.0.0.0/99', false],
    ['https://[2001:db8::1]', '2001:db8::/32', true],
    ['https://[2001:db8::1]', '2001:db8::1', true],
    ['https://[2001:db8::1]:8089', '[2001:db8::1]:8089', true],
    ['https://a.example', 'b.example c.example,a.example', true],
    ['https://a.example', '*', true],
    ['https://a.example', '', false],
    ['https://graylog.example.org', 'graylog.example.org.', true],
    ['https://a.example.org', '.example.org.:443', true],
    ['https://[2001:db8::1]', '2001:DB8:0:0::1', true],
    ['https://[2001:db8::1]:8089', '[2001:0DB8::0001]:8089', true],
    ['https://[2001:db8::1]', '2001:DB8:0:0::2', false],
    ['https://[::ffff:10.1.2.3]', '10.0.0.0/8', true],
    ['https://10.1.2.3', '::ffff:10.1.2.3', true],
  ])('%s with NO_PROXY %s', (url, list, isExempt) => {
    expect(through(url, { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: list })).toBe(
      isExempt ? undefined : 'proxy:3128',
    );
  });

  test.each([
    'https://localhost:1',
    'https://x.localhost',
    'https://127.8.8.8',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://0.0.0.0',
    'https://[::]',
  ])('%s is this machine', (url) => {
    expect(through(url, { HTTPS_PROXY: 'http://proxy:3128' })).toBeUndefined();
  });

  test('each scheme has its own variable, and small letters go first', () => {
    const env = { HTTP_PROXY: 'http://a', HTTPS_PROXY: 'http://b', https_proxy: 'http://c' };
    expect([through('http://x.example', env), through('https://x.example', env)]).toEqual([
      'a',
      'c',
    ]);
    expect(through('http://x.example', { HTTPS_PROXY: 'http://b' })).toBeUndefined();
  });
});
