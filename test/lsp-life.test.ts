import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type DocumentSymbol,
  ErrorCodes,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { logon, startServer } from './lsp-client.ts';
import { anyEvents, writeFiles } from './project-folder.ts';
import { mainFile } from './sigpack.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sigpack-lsp-life-')));
const textDocument = { uri: pathToFileURL(join(folder, 'rules', 'logon.yml')).href };

beforeAll(() => writeFiles(folder, { 'sigpack.yml': anyEvents, 'rules/logon.yml': logon }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Has a server of its own in `folder` for as long as it is used. */
async function withServer(use: (client: ProtocolConnection) => Promise<void>): Promise<void> {
  const { server, client } = startServer(folder);
  try {
    client.listen();
    await use(client);
  } finally {
    client.dispose();
    server.kill();
  }
}

const initialize = (client: ProtocolConnection, params: object = {}): Promise<unknown> =>
  client.sendRequest('initialize', { processId: process.pid, capabilities: {}, ...params });
const symbols = (client: ProtocolConnection): Promise<DocumentSymbol[]> =>
  client.sendRequest('textDocument/documentSymbol', { textDocument });

test.each([
  ['on no disk', 'untitled:rules'],
  ['missing', pathToFileURL(join(folder, 'missing')).href],
])('starts where it is if the folder of the editor is %s', (_, rootUri) =>
  withServer(async (client) => {
    await initialize(client, { rootUri });
    const [symbol] = await symbols(client);
    expect(symbol?.name).toBe('Failed Logon');
  }),
);

test('refuses requests before it is initialized, and answers them afterwards', () =>
  withServer(async (client) => {
    const code = ErrorCodes.ServerNotInitialized;
    await expect(symbols(client)).rejects.toMatchObject({ code });
    const hover = { textDocument, position: { line: 0, character: 0 } };
    const asked = client.sendRequest('textDocument/hover', hover);
    await expect(asked).rejects.toMatchObject({ code });
    await initialize(client);
    expect(await symbols(client)).toHaveLength(1);
  }));

test('refuses requests after it was shut down', () =>
  withServer(async (client) => {
    await initialize(client);
    await client.sendRequest('shutdown');
    await expect(symbols(client)).rejects.toMatchObject({ code: ErrorCodes.InvalidRequest });
  }));

describe('ends by itself, without an error', () => {
  const messageOf = (content: object): string => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...content });
    return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };
  const asked = messageOf({
    id: 1,
    method: 'initialize',
    params: { processId: null, rootUri: null, capabilities: {} },
  });

  const ended = async (input: string, reads: boolean) => {
    const server = spawn(process.execPath, [mainFile, 'lsp'], { cwd: folder });
    let [stdout, stderr] = ['', ''];
    if (reads)
      server.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk;
      });
    else server.stdout.destroy();
    server.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    server.stdin.on('error', () => undefined);
    server.stdin.end(input);
    try {
      const [code] = await once(server, 'close', { signal: AbortSignal.timeout(20_000) });
      return { code, stdout, stderr };
    } finally {
      server.kill();
    }
  };

  test.each([
    [
      'what was asked is not answered yet',
      asked +
        messageOf({ method: 'initialized', params: {} }) +
        messageOf({ id: 2, method: 'shutdown' }),
    ],
    ['a message is not whole', `${asked}Content-Length: 50\r\n\r\n{}`],
  ])('where the pipe of the editor closes and %s', async (_, input) => {
    expect(await ended(input, true)).toEqual({
      code: 0,
      stdout: expect.stringContaining('"capabilities"'),
      stderr: '',
    });
  });

  test('where nobody reads its answers', async () => {
    expect(await ended(asked, false)).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
