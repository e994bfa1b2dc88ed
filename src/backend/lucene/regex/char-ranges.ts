import { otherCases } from '../../../regex/case.ts';
import { type CodeRanges, normalizeRanges } from '../../../regex/set.ts';

const rangesOf = (codePoint: number, ignoreCase: boolean): CodeRanges =>
  normalizeRanges(
    [codePoint, ...(ignoreCase ? otherCases(codePoint) : [])].map(
      (point) => [point, point] as const,
    ),
  );

const asciiRanges = (ignoreCase: boolean): readonly CodeRanges[] =>
  Array.from({ length: 128 }, (_, code) => rangesOf(code, ignoreCase));
const EXACT = asciiRanges(false);
const EITHER_CASE = asciiRanges(true);

/**
 * The ranges of one character: one object for each of ASCII, as texts and classes are kept by
 * ranges.
 */
export const charRanges = (codePoint: number, ignoreCase: boolean): CodeRanges =>
  (ignoreCase ? EITHER_CASE : EXACT)[codePoint] ?? rangesOf(codePoint, ignoreCase);
