import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Run, sigpack } from '../sigpack.ts';

/** What a run of Sigpack may not do; its message says what it did. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/**
 * What a case may write beside many times its own size: the parts of a pack that are always there.
 */
const freeOutput = 8 * 1024 * 1024;
const outputPerInput = 400;
/** Pipelines may make a query of a Mi characters of each rule. */
const outputPerRule = 8 * 1024 * 1024;

/** A project in a folder of its own, which is taken away at the end. */
export interface Project {
  readonly folder: string;
  /**
   * Runs a command; broken where it ends otherwise than with success, findings or an error of its
   * user.
   */
  readonly run: (...args: readonly string[]) => Promise<Run>;
  readonly read: (path: string) => Buffer;
  readonly write: (path: string, content: string | Uint8Array) => void;
  /** Paths of files below a folder of the project. */
  readonly files: (below: string) => readonly string[];
}

/** `files` by their paths. What commands write goes to `made/` of the project, and nowhere else. */
export async function inProject(
  files: ReadonlyMap<string, string>,
  work: (project: Project) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'sigpack-fuzz-'));
  const folder = join(root, 'project');
  const write = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  try {
    for (const [path, text] of files) write(path, text);
    const before = state(root);
    const size = [...files.values()].reduce((sum, text) => sum + text.length, 0);
    await work({
      folder,
      write,
      run: async (...args) => checked(args, await sigpack(args, { cwd: folder })),
      read: (path) => readFileSync(join(folder, path)),
      files: (below) => filesBelow(join(folder, below)).map((path) => `${below}/${path}`),
    });
    const after = state(root);
    for (const [path, digest] of after)
      if (before.get(path) !== digest) throw new Broken(`it writes ${path}`);
    for (const path of before.keys())
      if (!after.has(path)) throw new Broken(`it takes ${path} away`);
    const made = filesBelow(join(folder, 'made')).reduce(
      (sum, path) => sum + statSync(join(folder, 'made', path)).size,
      0,
    );
    if (
      made >
      freeOutput + outputPerInput * size + outputPerRule * (files.has('p.yml') ? files.size : 0)
    )
      throw new Broken(`it writes ${made} bytes for an input of ${size}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function checked(args: readonly string[], run: Run): Run {
  const said = `${run.stderr}\n${run.stdout}`;
  if (run.code !== 0 && run.code !== 1 && run.code !== 2)
    throw new Broken(`sigpack ${args.join(' ')} ends with ${run.code}: ${said.slice(0, 2000)}`);
  if (/internal error|^ {4}at .*:\d+:\d+\)?$/m.test(run.stderr))
    throw new Broken(`sigpack ${args.join(' ')} shows a stack: ${run.stderr.slice(0, 2000)}`);
  if (/\[object Object\]|(?:error|warning)\[PCK007\]/.test(run.stderr))
    throw new Broken(`sigpack ${args.join(' ')} says: ${run.stderr.slice(0, 2000)}`);
  return run;
}

const filesBelow = (folder: string): readonly string[] =>
  statSync(folder, { throwIfNoEntry: false })
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort()
    : [];

/** Digests of all files but those that commands may write. */
function state(root: string): ReadonlyMap<string, string> {
  const own = filesBelow(root).filter((path) => !path.startsWith('project/made/'));
  return new Map(
    own.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    ]),
  );
}
