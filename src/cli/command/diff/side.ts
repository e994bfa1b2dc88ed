import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ArtifactTexts } from '../../../release/artifact-snapshot.ts';
import { lockSnapshot } from '../../../release/lock/lock.ts';
import { readLock } from '../../../release/lock/text.ts';
import { createBuilt, type Snapshot, snapshotOf, withDetails } from '../../../release/snapshot.ts';
import {
  compareDiagnostics,
  createBag,
  type DiagnosticBag,
  isFatal,
} from '../../../source/diagnostic.ts';
import { ok } from '../../../source/result.ts';
import { positionAt } from '../../../source/span.ts';
import { CommandError } from '../../error/command-error.ts';
import { loadConfig, withoutConfig } from '../../files/config-file.ts';
import { readSourceFile, shownPath } from '../../files/rule-files.ts';
import { checkOut, commitOf } from '../../process/git.ts';
import { compileCollection } from '../../project/compile-rules.ts';
import { projectOf } from '../../project/project.ts';
import { isArtifact, readArtifact, snapshotOfTexts } from '../../release/artifact-files.ts';
import { lockName } from '../../release/lock-file.ts';
import { reportRelease } from '../../release/reader.ts';
import type { BuiltSide } from '../../rule-test/side-changes.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** One side of a diff. */
export interface Side {
  readonly snapshot: Snapshot;
  /** Where it was built from rules. */
  readonly built?: BuiltSide;
  /** Where it was read from artifacts. */
  readonly texts?: ArtifactTexts;
  /** The tag that git lacks: a lock alone does not say what changed in a condition or query. */
  readonly missingTag?: string;
  /** The number of errors: rules that do not compile seem to be removed. */
  readonly errors?: number;
  readonly remove: () => void;
}

export interface SideReader {
  /** The project's folder. */
  readonly home: string;
  /** Name of the configuration, in any folder. */
  readonly configName: string;
  readonly terminal: Terminal;
  readonly bag: DiagnosticBag;
}

const nothing = (): void => {};

/** The side that an argument names; undefined where it can't be read, which has been reported. */
export async function sideOf(spec: string, reader: SideReader): Promise<Side | undefined> {
  if (existsSync(spec)) {
    if (basename(spec) === lockName) return lockSide(spec, reader);
    if (isArtifact(spec)) {
      const texts = await readArtifact(spec);
      return { snapshot: snapshotOfTexts(shownPath(spec), texts), texts, remove: nothing };
    }
    if (statSync(spec).isDirectory())
      return folderSide(
        spec,
        resolve(spec) === resolve(reader.home) ? 'work tree' : shownPath(spec),
        reader,
        nothing,
      );
    throw new CommandError(
      `${spec} is neither a folder, nor ${lockName}, nor something that sigpack build writes`,
    );
  }
  const { home } = reader;
  const commit = commitOf(home, spec);
  if (commit === undefined)
    throw new CommandError(`there is no file, folder or revision of git ${JSON.stringify(spec)}`);
  const { folder: files, remove } = checkOut(home, commit);
  const side = await folderSide(files, spec, reader, remove);
  if (!side) remove();
  return side;
}

/**
 * The side of a lock, which has digests: where git has the tag of its version, conditions and
 * queries are taken from there. Undefined where it can't be read, which has been reported.
 */
export async function lockSide(path: string, reader: SideReader): Promise<Side | undefined> {
  const file = readSourceFile(path, reader.bag);
  const lock = file && readLock(file, reader.bag);
  if (file && reportRelease(dirname(resolve(path)), file, reader.bag)) return undefined;
  if (!lock) return undefined;
  const snapshot = { ...lockSnapshot(lock), label: `${lockName} ${lock.pack.version}` };
  const folder = dirname(resolve(path));
  const tag = `v${lock.pack.version}`;
  const commit = commitOf(folder, `refs/tags/${tag}`);
  if (commit === undefined) return { snapshot, missingTag: tag, remove: nothing };
  const { folder: files, remove } = checkOut(folder, commit);
  const tagged = await folderSide(files, snapshot.label, { ...reader, bag: createBag() }, remove);
  if (!tagged) {
    remove();
    return { snapshot, remove: nothing };
  }
  return { ...tagged, snapshot: withDetails(snapshot, tagged.snapshot) };
}

/**
 * Compiles the rules of a folder as its own configuration says. What is wrong with single rules is
 * for `sigpack check` to report.
 */
async function folderSide(
  folder: string,
  label: string,
  { configName, terminal, bag }: SideReader,
  remove: () => void,
): Promise<Side | undefined> {
  const path = join(folder, configName);
  const written = existsSync(path) ? loadConfig(path) : ok(withoutConfig(resolve(folder)));
  if (!written.ok) {
    bag.list.push(...written.error);
    return undefined;
  }
  const own = createBag(written.value.config.severities);
  const project = await projectOf(
    written.value,
    { compares: true, lock: { retire: false } },
    own,
    terminal,
  );
  if (!project) {
    bag.list.push(...own.list);
    return undefined;
  }
  const { loaded, history } = project;
  const built = createBuilt(loaded.config.info, { pathOf: history.pathOf, details: true });
  const compilation = compileCollection(project, loaded.exists ? [] : [resolve(folder)]);
  for (const outcome of compilation.outcomes) built.add(outcome);
  const pack = compilation.pack();
  const errors = own.list.filter(({ severity }) => severity === 'error').length;
  const uncompiled = own.list
    .filter(isFatal)
    .sort(compareDiagnostics)
    .map(({ file, span, code, message }) => ({
      file: history.pathOf(file.path),
      ...positionAt(file, span.start),
      code,
      message,
    }));
  return {
    snapshot: { ...snapshotOf(label, pack, built), uncompiled },
    built: { project, collection: compilation.collection },
    errors,
    remove,
  };
}
