import { foldCase } from '../regex/letter-case.ts';
import { ANY, isPlaceholder, ONE, type Pattern, type PatternPart } from '../sigma/value/pattern.ts';

/** Whether a pattern matches a whole text. Case-sensitive: fold the case of both before. */
export type GlobTest = (text: string) => boolean;

/** A test for the pattern, in time linear in the text (times the longest piece between stars). */
export function globTest(pattern: Pattern): GlobTest {
  const [first, middle, last] = pattern;
  if (pattern.length === 0) return (text) => text === '';
  if (pattern.length === 1 && typeof first === 'string') return (text) => text === first;
  if (pattern.length === 1 && first === ANY) return () => true;
  if (pattern.length === 2 && typeof first === 'string' && middle === ANY)
    return (text) => text.startsWith(first);
  if (pattern.length === 2 && first === ANY && typeof middle === 'string')
    return (text) => text.endsWith(middle);
  if (pattern.length === 3 && first === ANY && typeof middle === 'string' && last === ANY)
    return (text) => text.includes(middle);
  return generalTest(pattern);
}

/** The pattern with the letter case of its literals folded. */
export const lowerPattern = (pattern: Pattern): Pattern =>
  pattern.map((part) => (typeof part === 'string' ? foldCase(part) : part));

type Piece = readonly (string | typeof ONE)[];

/** Takes the leftmost match of each piece between stars, which is as good as any. */
function generalTest(pattern: Pattern): GlobTest {
  const [head = [], ...rest] = pieces(pattern);
  const tail = rest.pop();
  if (!tail) return (text) => pieceEnd(head, text, 0) === text.length;
  return (text) => {
    let at = pieceEnd(head, text, 0);
    for (const piece of rest) {
      if (at === -1) return false;
      at = firstEnd(piece, text, at);
    }
    return at !== -1 && endsWithPiece(tail, text, at);
  };
}

function pieces(pattern: Pattern): Piece[] {
  const result: (string | typeof ONE)[][] = [[]];
  for (const part of pattern) {
    if (part === ANY) result.push([]);
    else result.at(-1)?.push(literalPart(part));
  }
  return result;
}

function literalPart(part: Exclude<PatternPart, typeof ANY>): string | typeof ONE {
  if (isPlaceholder(part)) throw new Error(`the placeholder %${part.placeholder}% has no value`);
  return part;
}

/** The end of a piece that matches at `start`; -1 if it does not match there. */
function pieceEnd(piece: Piece, text: string, start: number): number {
  let at = start;
  for (const part of piece) {
    if (part === ONE) {
      if (at >= text.length) return -1;
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    } else {
      if (!text.startsWith(part, at)) return -1;
      at += part.length;
    }
  }
  return at;
}

function firstEnd(piece: Piece, text: string, from: number): number {
  const [first] = piece;
  for (let at = from; at <= text.length; at++) {
    if (typeof first === 'string') {
      at = text.indexOf(first, at);
      if (at === -1) return -1;
    }
    const end = pieceEnd(piece, text, at);
    if (end !== -1) return end;
  }
  return -1;
}

function endsWithPiece(piece: Piece, text: string, from: number): boolean {
  const length = piece.reduce<number>((sum, part) => sum + (part === ONE ? 1 : part.length), 0);
  // a single character may have two code units
  const widest = length + piece.filter((part) => part === ONE).length;
  for (let at = Math.max(from, text.length - widest); at <= text.length - length; at++)
    if (pieceEnd(piece, text, at) === text.length) return true;
  return false;
}
