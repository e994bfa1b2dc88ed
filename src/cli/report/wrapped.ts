import { cells } from './cells.ts';

/** Columns of a usual terminal. */
export const lineWidth = 80;

/** Colours and weights take no cells. */
const esc = '\u001b';
const painting = new RegExp(`${esc}\\[\\d+m`, 'g');
const room = (text: string): number => cells(text.replace(painting, ''));

/**
 * Breaks lines that are longer than `width` at words; they go on a little further in than they
 * began.
 */
export function fittedLines(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => (room(line) <= width ? line : fittedLine(line, width)))
    .join('\n');
}

function fittedLine(line: string, width: number): string {
  const [, indent = '', rest = ''] = /^( *)(.*)$/s.exec(line) ?? [];
  const margin = ' '.repeat(Math.min(indent.length + 2, width >> 1));
  const lines: string[] = [];
  let current = indent;
  let used = indent.length;
  let empty = true;
  for (const word of rest.split(/(?<=\S) /)) {
    const needed = room(word) + (empty ? 0 : 1);
    if (!empty && used + needed > width) {
      lines.push(current);
      current = margin + word;
      used = margin.length + room(word);
    } else {
      current += `${empty ? '' : ' '}${word}`;
      used += needed;
    }
    empty = false;
  }
  return [...lines, current].join('\n');
}

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
