import { ANY, isPlaceholder, ONE, type Pattern } from '../../sigma/value/pattern.ts';
import { literal, UNIT, type Writing } from './text.ts';

interface Segments {
  /** `*` opens the pattern. */
  readonly open: boolean;
  /** `*` ends the pattern. */
  readonly close: boolean;
  /** What is between the `*`. */
  readonly segments: readonly string[];
}

/** The pattern as PCRE, cut at each `*`; `one` is the form of `?`. */
function segmentsOf(pattern: Pattern, cased: boolean, one: string, writing: Writing): Segments {
  const segments: string[] = [];
  let current = '';
  for (const part of pattern) {
    if (part === ANY) {
      if (current !== '') segments.push(current);
      current = '';
    } else if (part === ONE) current += one;
    else if (isPlaceholder(part)) throw new Error(`placeholder ${part.placeholder} was not filled`);
    else current += literal(part, cased, writing);
  }
  if (current !== '') segments.push(current);
  return { open: pattern[0] === ANY, close: pattern.at(-1) === ANY, segments };
}

/**
 * One character that is not of ASCII: up to four bytes where the locale has no UTF-8, and as many
 * characters where it has.
 */
const BEYOND = '[^ -~]{1,4}?';

/**
 * The pattern anywhere on the line. From one `*` to the next, the first match is as good as any, so
 * no place is tried twice.
 */
export function anywhere(pattern: Pattern, cased: boolean, writing: Writing): string {
  const { segments } = segmentsOf(
    pattern,
    cased,
    writing.json ? `(?:[ !#-[\\]-~]|\\\\(?:u.{4}|[^u])|${BEYOND})` : `(?:[ -~]|${BEYOND})`,
    writing,
  );
  return segments
    .map((segment, index) => (index === segments.length - 1 ? `.*${segment}` : `(?>.*?${segment})`))
    .join('');
}

/** A whole JSON text with its quotes, or the start of it that decides. */
export function jsonText(pattern: Pattern, cased: boolean, writing: Writing): string {
  const { open, close, segments } = segmentsOf(pattern, cased, UNIT, writing);
  const last = segments.length - 1;
  let text = '"';
  for (const [index, segment] of segments.entries()) {
    if (index === 0 && !open) text += segment;
    else text += index === last && !close ? `${UNIT}*?${segment}` : `(?>${UNIT}*?${segment})`;
  }
  return close ? text : `${text}"`;
}
