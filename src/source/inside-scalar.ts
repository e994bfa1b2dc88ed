import type { SourceFile, Span } from './span.ts';
import type { YamlScalar } from './yaml.ts';

/** Turns offsets into a scalar's text to places in the file. The whole scalar stands for texts written with escapes. */
export function insideScalar(file: SourceFile, scalar: YamlScalar): (span: Span) => Span {
  const whole = { start: scalar.start, end: scalar.end };
  const { text } = scalar;
  const raw = file.text.slice(scalar.start, scalar.end);
  const first = raw.startsWith(text) ? 0 : raw.startsWith(text, 1) ? 1 : -1;
  if (first !== -1) return ({ start, end }) => ({ start: scalar.start + first + start, end: scalar.start + first + end });
  const ink = inkPlaces(text);
  const rawInk = inkPlaces(raw);
  const head = [0, 1].find((skipped) => ink.every((at, index) => raw[rawInk[skipped + index] ?? -1] === text[at]));
  if (head === undefined) return () => whole;
  return ({ start, end }) => {
    const from = ink.findIndex((at) => at >= start);
    const to = ink.findLastIndex((at) => at < end);
    if (from === -1 || to < from) return { start: scalar.end, end: scalar.end + 1 };
    return { start: scalar.start + (rawInk[from + head] ?? 0), end: scalar.start + (rawInk[to + head] ?? 0) + 1 };
  };
}

/** Offsets of the characters that are no white space: folding lines changes white space only. */
function inkPlaces(text: string): readonly number[] {
  return Array.from(text.matchAll(/\S/g), (match) => match.index);
}
