import { type SourceFile, type Span, spanOf } from '../span.ts';
import type { YamlScalar } from './tree.ts';

type PlaceOf = (span: Span) => Span;

/** A folded key or condition has many places, so it is compared with its file only once. */
const known = new WeakMap<YamlScalar, { readonly file: SourceFile; readonly place: PlaceOf }>();

/**
 * Turns offsets into a scalar's text into places in the file. For text written with escapes, the
 * place is the whole scalar.
 */
export function insideScalar(file: SourceFile, scalar: YamlScalar): PlaceOf {
  const before = known.get(scalar);
  if (before?.file === file) return before.place;
  const { text } = file;
  const written = placeAsWritten(text, scalar);
  if (written)
    return ({ start, end }) => ({ start: written.start + start, end: written.start + end });
  const place = foldedPlaces(text, scalar);
  known.set(scalar, { file, place });
  return place;
}

/**
 * The place of a scalar's text if that of the file has it as it is, possibly in quotes; otherwise
 * undefined.
 */
export function placeAsWritten(file: string, { start, end, text }: YamlScalar): Span | undefined {
  for (const at of [start, start + 1])
    if (at + text.length <= end && file.startsWith(text, at))
      return { start: at, end: at + text.length };
  return undefined;
}

function foldedPlaces(file: string, scalar: YamlScalar): PlaceOf {
  const whole = spanOf(scalar);
  const { text } = scalar;
  const raw = file.slice(scalar.start, scalar.end);
  const ink = inkPlaces(text);
  const rawInk = inkPlaces(raw);
  const head = [0, 1].find((skipped) =>
    ink.every((at, index) => raw[rawInk[skipped + index] ?? -1] === text[at]),
  );
  if (head === undefined) return () => whole;
  return ({ start, end }) => {
    const from = countBelow(ink, start);
    const to = countBelow(ink, end) - 1;
    if (from === ink.length || to < from) return { start: scalar.end, end: scalar.end + 1 };
    return {
      start: scalar.start + (rawInk[from + head] ?? 0),
      end: scalar.start + (rawInk[to + head] ?? 0) + 1,
    };
  };
}

/** Offsets of the characters that are not white space: folding changes only white space. */
function inkPlaces(text: string): readonly number[] {
  return Array.from(text.matchAll(/\S/g), (match) => match.index);
}

/**
 * How many of the ascending offsets are below the limit. A binary search, since a long key has many
 * places.
 */
function countBelow(offsets: readonly number[], limit: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
