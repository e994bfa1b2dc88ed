import process from 'node:process';
import { fileURLToPath } from 'node:url';
import {
  type Connection,
  createConnection,
  ErrorCodes,
  FileChangeType,
  type InitializeParams,
  type InitializeResult,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { targets } from '../../../backend/registry.ts';
import { nameAt, namesIn } from '../../../editor/names.ts';
import { renamedSelection } from '../../../editor/rename.ts';
import type { SourceFile } from '../../../source/span.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { isRuleFile } from '../../files/rule-files.ts';
import { toolVersion } from '../../process/package-root.ts';
import { codeActions, completions, definitions, hover, references, symbols } from './answers.ts';
import { editorRange, offsetOf, pathOf, uriOf } from './positions.ts';
import type { LspOptions } from './register.ts';
import { createSession, type Session } from './session.ts';

/**
 * Does not tell that the pipe has closed: a connection that knows throws where it would answer what
 * was asked before.
 */
class LastingReader extends StreamMessageReader {
  override get onClose(): StreamMessageReader['onClose'] {
    return () => ({ dispose: () => undefined });
  }
}

/** `sigpack lsp`: answers an editor until it says that it is done, or its pipe closes. */
export async function lsp({ config }: LspOptions): Promise<ExitCode> {
  if (process.stdin.isTTY)
    throw new CommandError('editors start `sigpack lsp`; docs/editors.md says how');
  const reader = new LastingReader(process.stdin);
  // a timer would wait for the rest of a message after the pipe has closed
  reader.partialMessageTimeout = 0;
  const connection = createConnection(reader, new StreamMessageWriter(process.stdout));
  // what else is printed would break the protocol
  console.log = console.info = console.warn = (...texts) => connection.console.log(texts.join(' '));
  const session = createSession(connection, targets, config);
  connection.onInitialize((params) => initialized(params, session));
  connection.onInitialized(() => session.open());
  addDocuments(connection, session);
  addAnswers(connection, session);
  return new Promise((done) => {
    connection.onExit(() => done(exitCodes.success));
    connection.onShutdown(() => session.close());
    process.stdin.on('end', () => done(exitCodes.success));
    // nobody reads, and the connection throws where it says so
    process.stdout.on('error', () => process.exit(exitCodes.success));
    connection.listen();
  });
}

function initialized(
  { rootUri, workspaceFolders }: InitializeParams,
  session: Session,
): InitializeResult {
  const uri = workspaceFolders?.[0]?.uri ?? rootUri;
  if (uri) enter(uri);
  session.load();
  return {
    serverInfo: { name: 'sigpack', version: toolVersion() },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Full, save: true },
      hoverProvider: true,
      completionProvider: { triggerCharacters: ['|', ':', '-', '.', ' '] },
      definitionProvider: true,
      referencesProvider: true,
      renameProvider: { prepareProvider: true },
      codeActionProvider: { codeActionKinds: ['quickfix'] },
      documentSymbolProvider: true,
    },
  };
}

/** Paths in a configuration are relative to its folder, those of diagnostics to this one. */
function enter(uri: string): void {
  try {
    process.chdir(fileURLToPath(uri));
  } catch {
    // not a folder of this machine: the server stays where the editor started it
  }
}

function addDocuments(connection: Connection, session: Session): void {
  // nothing checks what an editor sends
  const changed = (uri: string, text: unknown): void => {
    const path = pathOf(uri);
    if (path === undefined || !isRuleFile(path)) return;
    if (typeof text === 'string') session.edit(path, text);
    else connection.console.error(`the editor sent no text of ${path}`);
  };
  connection.onDidOpenTextDocument(({ textDocument: { uri, text } }) => changed(uri, text));
  connection.onDidChangeTextDocument(({ textDocument: { uri }, contentChanges }) => {
    const text = contentChanges.at(-1)?.text;
    if (text !== undefined) changed(uri, text);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    const path = pathOf(uri);
    if (path !== undefined) session.closeFile(path);
  });
  connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
    if (session.isSetting(pathOf(uri) ?? '')) session.load();
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    const files = changes.map(({ uri, type }) => ({ path: pathOf(uri) ?? '', type }));
    // which files are rules is for the configuration to say
    const decides = ({ path, type }: (typeof files)[number]): boolean =>
      session.isSetting(path) || (isRuleFile(path) && type !== FileChangeType.Changed);
    if (files.some(decides)) session.load();
    else for (const { path } of files) session.rereadFile(path);
  });
}

/** Answers about the text that the editor has, after what is loaded has been loaded. */
function addAnswers(connection: Connection, session: Session): void {
  const about = async <T>(
    { textDocument: { uri } }: { textDocument: { uri: string } },
    answer: (file: SourceFile, workspace: Awaited<ReturnType<Session['ready']>>) => T,
    none: T,
  ): Promise<T> => {
    const workspace = await session.ready();
    const file = workspace.fileOf(pathOf(uri) ?? '');
    return file ? answer(file, workspace) : none;
  };
  connection.onHover((params) =>
    about(params, (file, all) => hover(all, file, offsetOf(file, params.position)), null),
  );
  connection.onCompletion((params) =>
    about(params, (file, all) => completions(all, file, offsetOf(file, params.position)), null),
  );
  connection.onDefinition((params) =>
    about(params, (file, all) => definitions(all, file, offsetOf(file, params.position)), []),
  );
  connection.onReferences((params) =>
    about(
      params,
      (file, all) =>
        references(all, file, offsetOf(file, params.position), params.context.includeDeclaration),
      [],
    ),
  );
  connection.onDocumentSymbol((params) => about(params, symbols, []));
  connection.onCodeAction((params) =>
    about(
      params,
      (file, all) => [
        ...codeActions(all, file.path, {
          start: offsetOf(file, params.range.start),
          end: offsetOf(file, params.range.end),
        }),
      ],
      [],
    ),
  );
  connection.onPrepareRename((params) =>
    about(
      params,
      (file) => {
        const use = nameAt(namesIn(file), offsetOf(file, params.position));
        return use?.kind === 'selection' ? editorRange(file, use) : null;
      },
      null,
    ),
  );
  connection.onRenameRequest((params) =>
    about(
      params,
      (file) => {
        const renamed = renamedSelection(file, offsetOf(file, params.position), params.newName);
        if (!renamed.ok) throw new ResponseError(ErrorCodes.InvalidParams, renamed.error);
        const edits = renamed.value.map(({ text, ...span }) => ({
          range: editorRange(file, span),
          newText: text,
        }));
        return { changes: { [uriOf(file.path)]: edits } };
      },
      null,
    ),
  );
}
