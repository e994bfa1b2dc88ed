import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { nearPath, withSlashes } from './portable-path.ts';

const isRuleFile = (name: string): boolean => /\.ya?ml$/i.test(name) && !/\.tests?\.ya?ml$/i.test(name) && !/^(?:sigpack|info)\.ya?ml$/i.test(name);

/** Rule files below the given files and folders, each once, sorted. Links to folders are not followed. Complains about paths that can't be read. */
export function findRuleFiles(paths: readonly string[], bag: DiagnosticBag): readonly string[] {
  const found: FoundFile[] = [];
  for (const path of paths) {
    try {
      if (statSync(path).isDirectory()) walk(path, resolve(path), found);
      else found.push({ path: withSlashes(path), absolute: resolve(path) });
    } catch (error) {
      complain(bag, path, error);
    }
  }
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  return paths.length < 2 ? found.map(({ path }) => path) : [...new Map(found.map(({ path, absolute }) => [absolute, path])).values()];
}

interface FoundFile {
  readonly path: string;
  /** By which it is known that a file was found before. */
  readonly absolute: string;
}

function walk(folder: string, absolute: string, found: FoundFile[]): void {
  // joined once: names of entries need no normalizing
  const start = join(folder, 'x').slice(0, -1);
  const absoluteStart = join(absolute, 'x').slice(0, -1);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (entry.isDirectory()) walk(`${start}${entry.name}`, `${absoluteStart}${entry.name}`, found);
    // a pipe would be waited for without end
    else if ((entry.isFile() || entry.isSymbolicLink()) && isRuleFile(entry.name))
      found.push({ path: withSlashes(`${start}${entry.name}`), absolute: `${absoluteStart}${entry.name}` });
  }
}

/** The file's text; undefined (and a complaint) when it can't be read or is not UTF-8. */
export function readSourceFile(path: string, bag: DiagnosticBag): SourceFile | undefined {
  const shown = shownPath(path);
  try {
    const text = readFileSync(path, 'utf8');
    // a replacement character is what broken UTF-8 becomes, or what really stands there
    if (text.includes('\ufffd') && !isUtf8(readFileSync(path))) throw new Error('the file is not UTF-8');
    return { path: shown, text: withoutMark(text) };
  } catch (error) {
    complain(bag, path, error);
    return undefined;
  }
}

/** Rules that are piped in: by number, since a socket has no path. */
export function readStandardInput(bag: DiagnosticBag): SourceFile | undefined {
  try {
    const bytes = readFileSync(0);
    if (!isUtf8(bytes)) throw new Error('the input is not UTF-8');
    return { path: 'stdin', text: withoutMark(bytes.toString('utf8')) };
  } catch (error) {
    complain(bag, 'stdin', error);
    return undefined;
  }
}

const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

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

function complain(bag: DiagnosticBag, path: string, error: unknown): void {
  const reason = error instanceof Error ? error.message.replace(/, (?:stat|open|scandir|read)\b.*$/, '') : String(error);
  const hint = reason.endsWith('is not UTF-8') ? { hint: 'Save it as UTF-8: `>` of Windows PowerShell, for one, writes UTF-16.' } : {};
  bag.add({ path: shownPath(path), text: '' }, { code: 'SIG001', message: `${shownPath(path)}: ${reason}`, span: { start: 0, end: 0 }, ...hint });
}
