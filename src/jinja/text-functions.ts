import { refuseLonger, type Work } from '../work/work.ts';
import { JinjaError } from './error.ts';
import { countedText } from './function.ts';
import { printed } from './print.ts';
import type { Value } from './value.ts';

export function replaced(work: Work, text: string, old: string, replacement: string): string {
  work.characters(text.length);
  let count = old === '' ? Array.from(text).length + 1 : 0;
  if (old !== '')
    for (let at = text.indexOf(old); at !== -1; at = text.indexOf(old, at + old.length)) count++;
  refuseLonger(work, text.length + count * Math.max(replacement.length - old.length, 0));
  return countedText(
    work,
    text.replaceAll(old, () => replacement),
  );
}

export function joined(work: Work, values: readonly Value[], between: string): string {
  const texts = values.map((value) => printed(value, work));
  const length = texts.reduce(
    (sum, text) => sum + text.length,
    between.length * Math.max(texts.length - 1, 0),
  );
  refuseLonger(work, length);
  return countedText(work, texts.join(between));
}

export const capitalized = (text: string): string =>
  text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();

/** A capital after blanks, hyphens and opening brackets. */
export const titled = (text: string): string => text.replace(/[^-\s({[<]+/g, capitalized);

/** Those of Python's `str.splitlines`. */
const isLineBreak = (char: string): boolean =>
  (char >= '\n' && char <= '\r') ||
  (char >= '\u001c' && char <= '\u001e') ||
  '\u0085\u2028\u2029'.includes(char);

function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (!isLineBreak(text[at] ?? '')) continue;
    lines.push(text.slice(start, at));
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    start = at + 1;
  }
  return [...lines, text.slice(start)];
}

/** Indents each line: the first under `first` only, blank ones under `blank` only. */
export function indented(
  work: Work,
  text: string,
  width: Value,
  first: boolean,
  blank: boolean,
): string {
  if (typeof width !== 'string' && (typeof width !== 'number' || width < 0))
    throw new JinjaError('`indent` takes a number of blanks');
  if (typeof width === 'number') refuseLonger(work, width);
  const space = typeof width === 'string' ? width : ' '.repeat(width);
  const lines = linesOf(text);
  refuseLonger(work, text.length + lines.length * space.length);
  return countedText(
    work,
    lines
      .map((line, at) => ((at === 0 ? first : blank || line !== '') ? space + line : line))
      .join('\n'),
  );
}

export type Sides = 'both' | 'left' | 'right';

/** `str.strip`, `str.lstrip` and `str.rstrip`. */
export function stripped(
  work: Work,
  text: string,
  chars: string | undefined,
  sides: Sides,
): string {
  work.characters(text.length + (chars?.length ?? 0));
  const named = new Set(chars);
  const isStripped = (char: string): boolean =>
    chars === undefined ? char.trim() === '' : named.has(char);
  const all = Array.from(text);
  let [start, end] = [0, all.length];
  if (sides !== 'right') while (start < end && isStripped(all[start] ?? '')) start++;
  if (sides !== 'left') while (end > start && isStripped(all[end - 1] ?? '')) end--;
  return countedText(work, all.slice(start, end).join(''));
}
