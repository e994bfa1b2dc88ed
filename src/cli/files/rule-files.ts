import { readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { saysSomethingOfSigma } from '../../sigma/collection/meant-for-sigma.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';
import { fileError, fileHint } from '../error/file-error.ts';
import { type FileOrPipe, readBounded } from './bounded-file.ts';
import { nearPath, withSlashes } from './portable-path.ts';
import { EncodingError, encodingHint, sourceText, withoutMark } from './source-text.ts';

/** By the name alone. */
export const isRuleFile = (name: string): boolean =>
  /\.ya?ml$/i.test(name) &&
  !/\.tests?\.ya?ml$/i.test(name) &&
  !/^(?:sigpack|info)\.ya?ml$/i.test(name);

/**
 * The file's text; undefined (and a diagnostic) when it can't be read or is neither UTF-8 nor UTF-16
 * with its mark.
 */
export function readSourceFile(path: string, bag: DiagnosticBag): SourceFile | undefined {
  return readWith(() => textOf(path, 'file or pipe'), path, bag);
}

/** As {@link readSourceFile}, of a file that may be something else than a rule. */
export function readRuleFile(
  path: string,
  named: boolean,
  bag: DiagnosticBag,
): SourceFile | undefined {
  return readWith(
    () => textOf(path, named ? 'file or pipe' : 'file'),
    path,
    bag,
    (reason) => {
      const isOther = !named && !saysSomethingOfSigma(reason.roughly);
      if (isOther)
        bag.add(
          { path: shownPath(path), text: '' },
          {
            code: 'SIG071',
            message: 'nothing in the file is of a rule',
            span: { start: 0, end: 0 },
          },
        );
      return isOther;
    },
  );
}

/** Rules that are piped in: by number, since a socket has no path. */
export function readStandardInput(bag: DiagnosticBag): SourceFile | undefined {
  return readWith(() => sourceText(readFileSync(0)), 'stdin', bag);
}

function textOf(path: string, kind: FileOrPipe): string {
  const text = readBounded(path, kind, 'utf8');
  if (typeof text !== 'string') return sourceText(text);
  if (!text.includes('\ufffd')) return withoutMark(text);
  // that is what anything but UTF-8 becomes, or what really stands there
  return sourceText(readBounded(path, kind));
}

function readWith(
  read: () => string,
  path: string,
  bag: DiagnosticBag,
  isToldOf: (reason: EncodingError) => boolean = () => false,
): SourceFile | undefined {
  try {
    return { path: shownPath(path), text: read() };
  } catch (error) {
    if (!(error instanceof EncodingError)) reportFile(bag, path, error);
    else if (!isToldOf(error)) reportFile(bag, path, error, encodingHint);
    return undefined;
  }
}

/** Relative to the working directory where it lies below it or near; with `/` on every system. */
export function shownPath(path: string): string {
  // most paths are relative already
  if (!isAbsolute(path) && !path.startsWith('.')) return withSlashes(path);
  const folder = dirname(path);
  const from = process.cwd();
  const key = `${from}\n${folder}`;
  let shown = shownFolders.get(key);
  if (shown === undefined) {
    shown = nearPath(join(folder, 'x'), from).slice(0, -1);
    shownFolders.set(key, shown);
  }
  return `${shown}${basename(path)}`;
}

/** Folders hold many files, and making a path relative takes longer than reading a small one. */
const shownFolders = new Map<string, string>();

/** Reports a file or folder that can't be read (SIG001). */
export function reportFile(
  bag: DiagnosticBag,
  path: string,
  error: unknown,
  hint = fileHint(error, path),
): void {
  const message = `${shownPath(path)}: ${fileError(error)}`;
  bag.add(
    { path: shownPath(path), text: '' },
    {
      code: 'SIG001',
      message,
      span: { start: 0, end: 0 },
      ...(hint === undefined ? {} : { hint }),
    },
  );
}
