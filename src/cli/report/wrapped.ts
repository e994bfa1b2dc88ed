import { cells } from './visible.ts';

/** Columns of a usual terminal. */
export const lineWidth = 80;

/** The text in lines of at most `width` columns; a longer word has a line of its own. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || cells(line) + 1 + cells(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
