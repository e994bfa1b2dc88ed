import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type DocumentSymbol,
  ErrorCodes,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { logon, startServer } from './lsp-client.ts';
import { anyEvents, writeFiles } from './project-folder.ts';

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
