import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ArtifactTexts } from '../../../release/artifact-snapshot.ts';
import { type Diff, diffOf } from '../../../release/diff/diff.ts';
import { diffMarkdown } from '../../../release/diff/markdown.ts';
import type { SideChange } from '../../../release/diff/side-change.ts';
import { diffView } from '../../../release/diff/view.ts';
import { lockSnapshot } from '../../../release/lock/lock.ts';
import { readLock } from '../../../release/lock/text.ts';
import { createBuilt, type Snapshot, snapshotOf, withDetails } from '../../../release/snapshot.ts';
import {
  compareDiagnostics,
  createBag,
  type DiagnosticBag,
  isFatal,
} from '../../../source/diagnostic.ts';
import { counted } from '../../../source/plural.ts';
import { positionAt } from '../../../source/span.ts';
import { visible, visibleJson } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { loadConfig, withoutConfig } from '../../files/config-file.ts';
import { configName, findConfig } from '../../files/find-config.ts';
import { readSourceFile, shownPath } from '../../files/rule-files.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { checkOut, commitOf } from '../../process/git.ts';
import { compileCollection } from '../../project/compile-rules.ts';
import { projectOf } from '../../project/project.ts';
import { isArtifact, readArtifact, snapshotOfTexts } from '../../release/artifact-files.ts';
import { lockName } from '../../release/lock-file.ts';
import { reportRelease } from '../../release/reader.ts';
import { diffText } from '../../report/diff-text.ts';
import { type BuiltSide, sideChanges } from '../../rule-test/side-changes.ts';
import { printText } from '../../terminal/guarded.ts';
import { configurationLine, contextFor, report } from '../../terminal/run.ts';
import { createTerminal, type Terminal } from '../../terminal/terminal.ts';

export interface DiffOptions {
  readonly config?: string;
  readonly format: 'text' | 'markdown' | 'json';
  readonly output?: string;
  readonly verbose: boolean;
}

/** One side of a diff. */
export interface Side {
  readonly snapshot: Snapshot;
  /** Where it was built from rules. */
  readonly built?: BuiltSide;
  /** Where it was read from artifacts. */
  readonly texts?: ArtifactTexts;
  /** Of rules that do not compile there, and so seem to be gone. */
  readonly errors?: number;
  readonly remove: () => void;
}

/**
 * `sigpack diff [from] [to]`: the lock and the work tree, two revisions of git, two folders, two
 * artifacts, or one of each.
 */
export async function diff(
  from: string | undefined,
  to: string | undefined,
  options: DiffOptions,
): Promise<ExitCode> {
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  const bag = createBag();
  const sides: Side[] = [];
  const path = findConfig(options.config);
  if (options.verbose) process.stderr.write(configurationLine(path, terminal.paint));
  const home = path === undefined ? '.' : dirname(path);
  const reader = {
    home,
    configName: path === undefined ? configName : basename(path),
    terminal,
    bag,
  };
  try {
    const before = await sideOf(from ?? defaultFrom(home), reader);
    if (before) sides.push(before);
    const after = before && (await sideOf(to ?? home, reader));
    if (after) sides.push(after);
    terminal.clear();
    if (!before || !after) {
      report({
        diagnostics: bag.list,
        format: 'text',
        verbose: options.verbose,
        context: contextFor(terminal),
        terminal,
      });
      return exitCodes.usage;
    }
    const found = diffOf(...comparable(before, after));
    const changed =
      before.built && after.built ? await sideChanges(before.built, after.built, found) : [];
    for (const { snapshot, errors = 0 } of sides) {
      if (errors > 0)
        process.stderr.write(
          `${visible(snapshot.label)}: ${counted(errors, 'error')} in ` +
            'rules or for a target (sigpack check shows them): what does not compile is not in ' +
            `the diff\n`,
        );
    }
    await write(found, changed, options);
  } finally {
    for (const { remove } of sides) remove();
  }
  return exitCodes.success;
}

/** Of two artifacts, only what both hold can be compared. */
function comparable(before: Side, after: Side): readonly [Snapshot, Snapshot] {
  const [old, now] = [before.texts, after.texts];
  if (!old || !now) return [before.snapshot, after.snapshot];
  const common = (texts: ArtifactTexts): ArtifactTexts =>
    Object.fromEntries(Object.entries(texts).filter(([key]) => key in old && key in now));
  const both = common(old);
  if (Object.keys(both).length === 0)
    throw new CommandError('the two artifacts have nothing in common to compare');
  return [
    snapshotOfTexts(before.snapshot.label, both),
    snapshotOfTexts(after.snapshot.label, common(now)),
  ];
}

function defaultFrom(home: string): string {
  const lock = join(home, lockName);
  if (!existsSync(lock))
    throw new CommandError(
      `there is no ${shownPath(lock)} to compare with; name a revision, a folder or an artifact`,
    );
  return lock;
}

async function write(
  found: Diff,
  changed: readonly SideChange[],
  { format, output, verbose }: DiffOptions,
): Promise<void> {
  const view = diffView(found);
  const paint = createTerminal(process.stdout, process.env, () => 0).paint;
  const text =
    format === 'json'
      ? `${visibleJson(JSON.stringify({ diffVersion: 1, ...view, tests: changed }, undefined, 1))}\n`
      : format === 'markdown'
        ? diffMarkdown(view, changed)
        : diffText(view, changed, {
            paint: output === undefined ? paint : (_, plain) => plain,
            verbose,
          });
  if (output === undefined && format === 'text') printText(text);
  else if (output === undefined) process.stdout.write(text);
  else writeWhole(output, text);
}

interface SideReader {
  /** The project's folder. */
  readonly home: string;
  /** Name of the configuration, in whatever folder. */
  readonly configName: string;
  readonly terminal: Terminal;
  readonly bag: DiagnosticBag;
}

const nothing = (): void => {};

/** Undefined where `bag` has been told why there is none. */
async function sideOf(spec: string, reader: SideReader): Promise<Side | undefined> {
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
 * The lock has digests; where git has the tag of its version, conditions and queries are taken from
 * there.
 */
export async function lockSide(path: string, reader: SideReader): Promise<Side | undefined> {
  const file = readSourceFile(path, reader.bag);
  const lock = file && readLock(file, reader.bag);
  if (file && reportRelease(dirname(resolve(path)), file, reader.bag)) return undefined;
  if (!lock) return undefined;
  const snapshot = { ...lockSnapshot(lock), label: `${lockName} ${lock.pack.version}` };
  const folder = dirname(resolve(path));
  const commit = commitOf(folder, `refs/tags/v${lock.pack.version}`);
  if (commit === undefined) return { snapshot, remove: nothing };
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
 * for `sigpack check` to tell.
 */
async function folderSide(
  folder: string,
  label: string,
  { configName, terminal, bag }: SideReader,
  remove: () => void,
): Promise<Side | undefined> {
  const path = join(folder, configName);
  const written = existsSync(path) ? loadConfig(path) : withoutConfig(resolve(folder));
  if (!('config' in written)) {
    bag.list.push(...written);
    return undefined;
  }
  const own = createBag(written.config.severities);
  const project = await projectOf(
    written,
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
