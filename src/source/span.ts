/**
 * A text with the path that diagnostics show for it. The library opens no files: the caller reads
 * them. What refers to a file refers to this object.
 *
 * @example
 * import type { SourceFile } from 'sigpack';
 *
 * const file: SourceFile = { path: 'rules/logon.yml', text: 'title: Logon\n' };
 * file.text.length; // => 13
 */
export interface SourceFile {
  /** Relative to the working directory, with `/` as separator. */
  readonly path: string;
  /** The whole text. Spans are offsets in it. */
  readonly text: string;
}

/**
 * A part of a {@link SourceFile}'s text, in UTF-16 code units: from `start`, up to but without
 * `end`.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A line and a column, both from 1. Columns count UTF-16 code units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Only the offsets of a node: the node would keep its whole tree in memory. */
export const spanOf = ({ start, end }: Span): Span => ({ start, end });

/** Computed the first time that a position is asked for. */
const lineStartsOf = new WeakMap<SourceFile, readonly number[]>();

function lineStarts(file: SourceFile): readonly number[] {
  const known = lineStartsOf.get(file);
  if (known) return known;
  const starts = [0];
  for (let at = file.text.indexOf('\n'); at !== -1; at = file.text.indexOf('\n', at + 1))
    starts.push(at + 1);
  lineStartsOf.set(file, starts);
  return starts;
}

/**
 * The line and column of an offset.
 *
 * @param file - The text that the offset is in.
 * @param offset - UTF-16 code units from the start of the text, such as the start of a span.
 * @returns Line and column from 1; for an offset past the end, a place on the last line.
 * @example
 * import { positionAt } from 'sigpack';
 *
 * positionAt({ path: 'rule.yml', text: 'title: A\nid: 1\n' }, 13); // => { line: 2, column: 5 }
 */
export function positionAt(file: SourceFile, offset: number): Position {
  const starts = lineStarts(file);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** The text of a one-based line, without its line break. */
export function lineText(file: SourceFile, line: number): string {
  const starts = lineStarts(file);
  const start = starts[line - 1] ?? file.text.length;
  const end = starts[line] ?? file.text.length + 1;
  return file.text.slice(start, end - 1).replace(/\r$/, '');
}
