import type { Connection } from 'vscode-languageserver/node';
import { compareDiagnostics, type Diagnostic } from '../../../source/diagnostic.ts';
import { editorDiagnostic } from './answers.ts';
import { uriOf } from './positions.ts';
import type { Workspace } from './workspace.ts';

/** Sends diagnostics to an editor, and takes back those that no longer hold. */
export interface Publisher {
  /** Of all files with errors or warnings, and everything of those that are open. */
  readonly rules: (workspace: Workspace, opened: Iterable<string>) => void;
  /** Of the configuration and its pipelines. */
  readonly project: (list: readonly Diagnostic[]) => void;
}

export function createPublisher(connection: Connection): Publisher {
  let published: ReadonlySet<string> = new Set();
  let ofProject: ReadonlyMap<string, readonly Diagnostic[]> = new Map();
  // what the editor has open may be a pipeline
  const send = (path: string, ofRules: readonly Diagnostic[]): void => {
    const list = [...ofRules, ...(ofProject.get(path) ?? [])];
    const diagnostics = list.sort(compareDiagnostics).map(editorDiagnostic);
    void connection.sendDiagnostics({ uri: uriOf(path), diagnostics });
  };
  return {
    rules(workspace, opened) {
      const open = new Set(opened);
      const paths = new Set([...workspace.troubled(), ...open]);
      for (const path of published) if (!paths.has(path)) send(path, []);
      for (const path of paths)
        send(path, open.has(path) ? workspace.diagnosticsOf(path) : workspace.briefly(path));
      published = paths;
    },
    project(list) {
      const before = ofProject.keys();
      ofProject = Map.groupBy(list, ({ file }) => file.path);
      for (const path of new Set([...before, ...ofProject.keys()])) send(path, []);
    },
  };
}
