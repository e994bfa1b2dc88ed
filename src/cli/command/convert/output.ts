import { basename, dirname, join, relative } from 'node:path';
import type { ConvertedEntry, TargetFormat } from '../../../backend/target.ts';
import type { DiagnosticBag } from '../../../source/diagnostic.ts';
import { ProcessingError } from '../../../work/processing-error.ts';
import { CommandError } from '../../error/command-error.ts';
import { statsOf } from '../../files/path-stats.ts';
import { belowFolder } from '../../files/portable-path.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { pluginHint } from '../../plugin/guard.ts';
import { forStream } from '../../terminal/guarded.ts';

/** Writes the queries for a target. */
export type QueryWriter = (
  target: string,
  format: TargetFormat,
  entries: readonly ConvertedEntry[],
) => void;

/** To standard output, one file, or a folder with one file for each rule. */
export function queryWriter(
  output: string | undefined,
  paths: readonly string[],
  targetCount: number,
  bag: DiagnosticBag,
): QueryWriter {
  if (output !== undefined && isFolder(output, targetCount)) {
    const root = commonFolder(paths);
    return (target, format, entries) => writeEach(join(output, target), root, format, entries, bag);
  }
  return (target, format, entries) => {
    const text = printed(format, entries, bag);
    if (text === undefined) return;
    if (output !== undefined) writeWhole(output, text);
    else
      process.stdout.write(
        forStream(targetCount > 1 ? `== ${target}\n${text}` : text, process.stdout),
      );
  };
}

/**
 * True for a path that ends in a slash, an existing folder, or where only a folder can hold several
 * targets.
 */
function isFolder(path: string, targetCount: number): boolean {
  if (path.endsWith('/') || path.endsWith('\\') || targetCount > 1) return true;
  return statsOf(path)?.isDirectory() ?? false;
}

/** The folder that the files' folders are relative to: the only path, if it is a folder. */
function commonFolder(paths: readonly string[]): string | undefined {
  const [only] = paths;
  return paths.length === 1 && only !== undefined && statsOf(only)?.isDirectory()
    ? only
    : undefined;
}

/**
 * Writes one file for each rule, in the folders of the rules. Several rules of one file are
 * numbered.
 */
function writeEach(
  folder: string,
  root: string | undefined,
  format: TargetFormat,
  entries: readonly ConvertedEntry[],
  bag: DiagnosticBag,
): void {
  const taken = new Map<string, number>();
  for (const entry of entries) {
    const { path } = entry.rule.file;
    const inside = root === undefined ? belowFolder(path) : relative(root, path);
    const stem = join(folder, dirname(inside), basename(inside).replace(/\.ya?ml$/i, ''));
    const count = (taken.get(stem) ?? 0) + 1;
    taken.set(stem, count);
    const text = printed(format, [entry], bag, entries);
    if (text !== undefined)
      writeWhole(`${stem}${count > 1 ? `-${count}` : ''}.${format.extension}`, text);
  }
}

/**
 * The text of entries; undefined where a finalizer or the format of a plugin failed and has been
 * reported.
 */
function printed(
  format: TargetFormat,
  entries: readonly ConvertedEntry[],
  bag: DiagnosticBag,
  among?: readonly ConvertedEntry[],
): string | undefined {
  try {
    return format.print(entries, among);
  } catch (error) {
    if (!(error instanceof ProcessingError) && !(error instanceof CommandError)) throw error;
    const [first] = entries;
    // without an entry, there is no rule to report it at
    if (!first) throw new CommandError(error.message);
    const { file, titleSpan: span } = first.rule;
    const { message } = error;
    // a template of a finalizer asks for what is not there
    if (error instanceof ProcessingError) bag.add(file, { code: 'PIP002', message, span });
    else bag.add(file, { code: 'TGT001', message, span, hint: pluginHint });
    return undefined;
  }
}
