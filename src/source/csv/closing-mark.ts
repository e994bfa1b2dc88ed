/**
 * Where the text ends that a mark at `start` begins: at the next one alone, since two are one of
 * the text. -1 where it is not closed.
 */
export function closingMark(text: string, start: number): number {
  const mark = text[start] ?? '';
  let at = text.indexOf(mark, start + 1);
  while (at !== -1 && text[at + 1] === mark) at = text.indexOf(mark, at + 2);
  return at;
}
