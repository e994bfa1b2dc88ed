import { readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { mentionsSigma } from '../../sigma/collection/meant-for-sigma.ts';
import { createBag, type DiagnosticBag } from '../../source/diagnostic.ts';
import { ok, type Result } from '../../source/result.ts';
import type { SourceFile } from '../../source/span.ts';
import { fileError, fileHint } from '../error/file-error.ts';
import { type FileOrPipe, readBounded } from './bounded-file.ts';
import { nearPath, withSlashes } from './portable-path.ts';
import { sourceText, withoutMark } from './source-text.ts';

/** By the name alone. */
export const isRuleFile = (name: string): boolean =>
  /\.ya?ml$/i.test(name) &&
  !/\.tests?\.ya?ml$/i.test(name) &&
  !/^(?:sigpack|info)\.ya?ml$/i.test(name);

/**
 * The file's text. Undefined, after a diagnostic, where it can't be read or is neither UTF-8 nor
 * UTF-16 with its mark.
 */
export function readSourceFile(path: string, bag: DiagnosticBag): SourceFile | undefined {
  return readWith(() => textOf(path, 'file or pipe'), path, bag);
}

/**
 * Reads a file again to find a place in it: the texts of thousands of rules do not stay in memory.
 */
export const readAgain = (path: string): SourceFile =>
  readSourceFile(path, createBag()) ?? { path, text: '' };

/**
 * As {@link readSourceFile}, of a file in a folder of rules. Unless the user named it, one in
 * another encoding may be anything.
 */
export function readRuleFile(
  path: string,
  named: boolean,
  bag: DiagnosticBag,
): SourceFile | undefined {
  if (named) return readSourceFile(path, bag);
  return readWith(
    () => textOf(path, 'file'),
    path,
    bag,
    (bytes) => {
      // Latin-1 is good enough to look for words
      if (mentionsSigma(bytes.toString('latin1'))) reportEncoding(bag, path);
      else
        bag.add(
          { path: shownPath(path), text: '' },
          {
            code: 'SIG071',
            message: 'nothing in the file is of a rule',
            span: { start: 0, end: 0 },
          },
        );
    },
  );
}

/** Rules that are piped in: by number, since a socket has no path. */
export function readStandardInput(bag: DiagnosticBag): SourceFile | undefined {
  return readWith(() => sourceText(readFileSync(0)), 'stdin', bag);
}

function textOf(path: string, kind: FileOrPipe): Result<string, Buffer> {
  const text = readBounded(path, kind, 'utf8');
  if (typeof text !== 'string') return sourceText(text);
  if (!text.includes('\ufffd')) return ok(withoutMark(text));
  // anything but UTF-8 becomes this character, or the file really contains it
  return sourceText(readBounded(path, kind));
}

/** `reportBytes`: reports bytes that are not text. */
function readWith(
  read: () => Result<string, Buffer>,
  path: string,
  bag: DiagnosticBag,
  reportBytes: (bytes: Buffer) => void = () => reportEncoding(bag, path),
): SourceFile | undefined {
  try {
    const text = read();
    if (text.ok) return { path: shownPath(path), text: text.value };
    reportBytes(text.error);
  } catch (error) {
    reportFile(bag, path, error);
  }
  return undefined;
}

const reportEncoding = (bag: DiagnosticBag, path: string): void =>
  reportFile(
    bag,
    path,
    new Error('the file is not UTF-8'),
    'Save it as UTF-8; Windows PowerShell writes UTF-16, `Out-File -Encoding utf8` does not.',
  );

/** Relative to the working directory where it is below or near that; with `/` on every system. */
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
      hint,
    },
  );
}
