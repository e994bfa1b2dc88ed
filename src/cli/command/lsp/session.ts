import { basename } from 'node:path';
import {
  type Connection,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  ResponseError,
} from 'vscode-languageserver/node';
import type { RegisteredTarget } from '../../../backend/registry.ts';
import { createBag } from '../../../source/diagnostic.ts';
import { configName } from '../../files/find-config.ts';
import { readRuleFile } from '../../files/rule-files.ts';
import { loadUsableProject, type UsableProject } from '../../project/usable-project.ts';
import { createPublisher } from './publisher.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** What an editor has open, over the rules of the folder. */
export interface Session {
  /** Reads the configuration and all rules, again if they have been read before. */
  readonly load: () => void;
  /** After the editor is ready for requests of the server. */
  readonly open: () => void;
  /** The rules, once they have been read. */
  readonly ready: () => Promise<Workspace>;
  readonly edit: (path: string, text: string) => void;
  /** Its text on disk counts again. */
  readonly closeFile: (path: string) => void;
  /** A file of the project's rules has changed on disk; others do not count. */
  readonly rereadFile: (path: string) => void;
  /** True for the configuration and a pipeline: they decide about every rule. */
  readonly isSetting: (path: string) => boolean;
  readonly close: () => void;
}

/** After the last change, in milliseconds. */
const pause = 150;

export function createSession(
  connection: Connection,
  targets: readonly RegisteredTarget[],
  config: string | undefined,
): Session {
  /** Texts in the editor by path. */
  const opened = new Map<string, string>();
  const publisher = createPublisher(connection);
  let settings = new Set<string>();
  /** Paths of the project's rules; others count while they are open. */
  let rules = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let loading: Promise<Workspace> | undefined;
  let closed = false;

  /** The configuration and a pipeline that it names hold no rules, unless it names them as such. */
  const isRead = (path: string): boolean => rules.has(path) || !settings.has(path);

  const read = async (): Promise<Workspace> => {
    const project = await loadUsableProject(config);
    if (project.error !== undefined) connection.window.showErrorMessage(project.error);
    const chosen = targets.filter(({ name }) => project.config.targets.some((one) => one === name));
    const workspace = createWorkspace(project, chosen, new Date().toISOString().slice(0, 10));
    rules = new Set(project.files.map(({ path }) => path));
    for (const { path, text } of project.files) workspace.set(path, text);
    settings = settingsOf(project);
    for (const [path, text] of opened) if (isRead(path)) workspace.set(path, text);
    publisher.project(project.diagnostics);
    return workspace;
  };
  const publish = async (): Promise<void> => {
    const workspace = await loading;
    if (workspace) publisher.rules(workspace, opened.keys());
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void publish(), pause);
  };
  const set = async (path: string, text: string | undefined): Promise<void> => {
    const workspace = await loading;
    if (isRead(path)) workspace?.set(path, text);
    later();
  };
  return {
    load() {
      loading = read();
      later();
    },
    open() {
      const watchers = ['**/*.yml', '**/*.yaml'].map((globPattern) => ({ globPattern }));
      connection.client
        .register(DidChangeWatchedFilesNotification.type, { watchers })
        // an editor that watches nothing still sends what is saved
        .catch(() => undefined);
    },
    ready: async () => {
      if (closed) throw new ResponseError(ErrorCodes.InvalidRequest, 'the server was shut down');
      if (!loading) throw notInitialized();
      return loading;
    },
    edit(path, text) {
      opened.set(path, text);
      void set(path, text);
    },
    closeFile(path) {
      opened.delete(path);
      void set(path, rules.has(path) ? onDisk(path) : undefined);
    },
    rereadFile(path) {
      if (rules.has(path) && !opened.has(path)) void set(path, onDisk(path));
    },
    isSetting: (path) => settings.has(path) || basename(path) === configName,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function settingsOf({ pipelines, diagnostics, configPath }: UsableProject): Set<string> {
  // a pipeline that is wrong is only among the diagnostics
  const files = [...[...pipelines.values()].flat(), ...diagnostics].map(({ file }) => file.path);
  return new Set(configPath === undefined ? files : [...files, configPath]);
}

const notInitialized = (): ResponseError<void> =>
  new ResponseError(ErrorCodes.ServerNotInitialized, 'the editor has not initialized the server');

const onDisk = (path: string): string | undefined => readRuleFile(path, false, createBag())?.text;
