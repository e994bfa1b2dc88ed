import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createSendRequest } from '../src/cli/install/http/send-request.ts';
import { createClient } from '../src/install/server/client.ts';
import { connectionTo } from './fake/connection.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A server that writes bytes as it likes. */
async function rawServer(answer: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const timeout = 100;
const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n';
const drip = (socket: Socket, begin: string): void => {
  socket.write(begin);
  const timer = setInterval(() => socket.write('x'), 20);
  socket.on('close', () => clearInterval(timer));
};

test.each<[string, (socket: Socket) => void, RegExp]>([
  [
    'another protocol',
    (socket) => socket.write(switching),
    /it answers with 101 and wants another protocol than HTTP$/,
  ],
  [
    'another protocol, and the end',
    (socket) => socket.end(switching),
    /it answers with 101 and wants another protocol than HTTP$/,
  ],
  [
    'a notice and no answer',
    (socket) => socket.write('HTTP/1.1 102 Processing\r\n\r\n'),
    /no answer in time$/,
  ],
  [
    'a header that does not end',
    (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nX: '),
    /the answer does not end$/,
  ],
  ['nothing', (socket) => socket.end(), /the connection was cut$/],
])('a server that answers with %s is an error in time', async (_, answer, message) => {
  const port = await rawServer(answer);
  const client = createClient({
    ...connectionTo(`http://127.0.0.1:${port}`, { timeout }),
    headers: {},
  });
  await expect(client.send('GET', '/x')).rejects.toThrow(message);
});

test.each<[string, (socket: Socket) => void, RegExp]>([
  [
    'a header that does not end',
    (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nX:'),
    /\(its answer does not end\)$/,
  ],
  [
    'another protocol',
    (socket) => socket.write(switching),
    /makes no connection: it answers with 101$/,
  ],
  ['nothing for long', () => undefined, /\(no answer in time\)$/],
  [
    'a tunnel to a server that says no word',
    (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'),
    /the answer does not end|no answer in time/,
  ],
])('a proxy that answers CONNECT with %s is an error in time', async (_, answer, message) => {
  const url = new URL(`http://127.0.0.1:${await rawServer(answer)}`);
  const proxyFor = () => ({ url, name: url.host, headers: {} });
  const send = createSendRequest({ proxyFor });
  const client = createClient({
    ...connectionTo('https://graylog.example', { timeout, send }),
    headers: {},
  });
  await expect(client.send('GET', '/x')).rejects.toThrow(message);
});
