import { joinParts, type Pattern, type PatternPart } from './pattern.ts';

const dashes = ['-', '/', '\u2013', '\u2014', '\u2015'];
/** A dash that starts a word and does not follow one: the dash of a command line flag. */
const flagDash = /(?<![\p{L}\p{N}_])[-/\u2013\u2014\u2015](?=[\p{L}\p{N}_])/gu;

/** More spellings are refused: each further flag multiplies them by five. */
export const maximumWindashVariants = 625;

/**
 * Every spelling of the pattern with other dashes at its flags; undefined if there are too many.
 */
export function windashVariants(pattern: Pattern): readonly Pattern[] | undefined {
  let variants: PatternPart[][] = [[]];
  for (const part of pattern) {
    const pieces = typeof part === 'string' ? part.split(flagDash) : [part];
    for (const [index, piece] of pieces.entries()) {
      if (index > 0)
        variants = variants.flatMap((variant) => dashes.map((dash) => [...variant, dash]));
      if (variants.length > maximumWindashVariants) return undefined;
      for (const variant of variants) variant.push(piece);
    }
  }
  return variants.map(joinParts);
}
