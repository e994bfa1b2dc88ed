import { join } from 'node:path';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { inAnyFolder, readPathPattern } from '../../source/path-pattern.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import type { SourceFile } from '../../source/span.ts';
import type { LeavesOut } from './left-out.ts';
import { readRegularFile } from './regular-file.ts';
import { shownPath } from './rule-files.ts';
import { withoutMark } from './source-text.ts';

export const ignoreFileName = '.sigpackignore';

/** Bytes and patterns of one file. */
const limits = { bytes: 64 * 1024, patterns: 1000 } as const;

/**
 * The patterns of the ignore file of a folder, in gitignore's syntax; no patterns without such a
 * file. Reports (PCK013) patterns that Sigpack can't honour.
 */
export function readIgnoreFile(folder: string, bag: DiagnosticBag): readonly LeavesOut[] {
  const path = join(folder, ignoreFileName);
  const bytes = readRegularFile(path, limits.bytes);
  if (!bytes) return [];
  const file: SourceFile = { path: shownPath(path), text: withoutMark(bytes.toString('utf8')) };
  const patterns: LeavesOut[] = [];
  for (const { 0: line, index } of file.text.matchAll(/[^\r\n]+/g)) {
    const text = withoutTrailingBlanks(line);
    if (text === '' || text.startsWith('#')) continue;
    const span = { start: index, end: index + text.length };
    const read =
      patterns.length < limits.patterns
        ? readLine(text)
        : failed(`there are more than ${limits.patterns} patterns`);
    if (!read.ok) {
      bag.add(file, { code: 'PCK013', message: `\`${text}\`: ${read.error}`, span });
      if (patterns.length >= limits.patterns) break;
    } else patterns.push({ ...read.value, text, file, span, files: new Set() });
  }
  return patterns;
}

const withoutTrailingBlanks = (line: string): string =>
  line.replace(/(?<![\\\s])\s+$/, '').replace(/^\s+$/, '');

function readLine(line: string): Result<Pick<LeavesOut, 'pattern' | 'foldersOnly' | 'keeps'>> {
  const keeps = line.startsWith('!');
  const text = keeps ? line.slice(1) : line;
  const foldersOnly = text.endsWith('/');
  const path = foldersOnly ? text.slice(0, -1) : text;
  const read = readPathPattern(path);
  if (!read.ok) return read;
  const { value } = read;
  if (value.length === 0) return failed('the pattern names nothing');
  // a slash at the start or in the middle ties the pattern to the folder of the file
  return ok({ pattern: path.includes('/') ? value : inAnyFolder(value), foldersOnly, keeps });
}
