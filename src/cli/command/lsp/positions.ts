import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Position, Range } from 'vscode-languageserver/node';
import { positionAt, type SourceFile, type Span } from '../../../source/span.ts';
import { shownPath } from '../../files/rule-files.ts';

/** A place as editors count it: from 0, in UTF-16 units, as spans do. */
function editorPosition(file: SourceFile, offset: number): Position {
  const { line, column } = positionAt(file, offset);
  return { line: line - 1, character: column - 1 };
}

export const editorRange = (file: SourceFile, { start, end }: Span): Range => ({
  start: editorPosition(file, start),
  end: editorPosition(file, end),
});

/** The offset of a place; past the end of a line, that end. */
export function offsetOf({ text }: SourceFile, { line, character }: Position): number {
  let start = 0;
  for (let number = 0; number < line; number++) {
    const end = text.indexOf('\n', start);
    if (end === -1) return text.length;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + character, end === -1 ? text.length : end);
}

/** As diagnostics name the file; undefined for what is not a file on disk. */
export function pathOf(uri: string): string | undefined {
  try {
    return shownPath(fileURLToPath(uri));
  } catch {
    return undefined;
  }
}

export const uriOf = (path: string): string => pathToFileURL(path).href;
