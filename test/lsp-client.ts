import { type ChildProcess, spawn } from 'node:child_process';
import {
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { mainFile } from './sigpack.ts';

/** A language server, and the editor's end of its connection. */
export interface LspClient {
  readonly server: ChildProcess;
  readonly client: ProtocolConnection;
}

/** Starts a server in `cwd` that nobody has initialized. */
export function startServer(cwd?: string): LspClient {
  const server = spawn(process.execPath, [mainFile, 'lsp', '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd,
  });
  if (!server.stdin || !server.stdout) throw new Error('no pipes');
  const client = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  client.onRequest('client/registerCapability', () => null);
  return { server, client };
}

export const logon = `title: Failed Logon
id: 8c3f0a52-2c0c-4a3e-9a63-0d4b4a1f6a11
name: failed_logon
logsource:
  product: windows
  service: security
tags:
  - attack.t1059.001
detection:
  selection_main:
    EventID: 4625
    Image|contains: findstr
  other:
    User|endswith: '$'
  condition: selection_main and not other
`;
