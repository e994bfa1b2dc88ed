import type { ScalarEvent } from 'js-yaml';
import type { Span } from './span.ts';

/** Why no tree can be made of a text that is valid YAML. */
export class TreeError extends Error {
  readonly code: 'SIG002' | 'SIG004';
  readonly span: Span;
  readonly hint: string | undefined;
  constructor(code: TreeError['code'], message: string, span: Span, hint?: string) {
    super(message);
    this.code = code;
    this.span = span;
    this.hint = hint;
  }
}

/**
 * Where a scalar ends; one of no text ends where the last one did, or, as an entry of a list,
 * behind its `-`.
 */
export function endOfScalar(
  text: string,
  { valueStart, valueEnd, tagStart }: ScalarEvent,
  last: number,
  inList: boolean,
): number {
  if (valueStart >= 0) return Math.max(last, valueEnd);
  const found =
    inList && tagStart < 0
      ? /(?<=^|\n)[ \t]*(?:- +)*-(?=[ \t]*(?:#.*)?(?:\r?\n|$))/.exec(text.slice(last, last + 2000))
      : undefined;
  return found ? last + found.index + found[0].length : last;
}

/**
 * A text that starts with `!` or `&` and is not quoted is a tag or an anchor, and lost:
 * `Password: !secret` would be an empty value.
 */
export function checkProperties(
  text: string,
  { tagStart, anchorStart, anchorEnd, valueStart }: ScalarEvent,
): void {
  checkTag(text, tagStart);
  if (anchorStart < 0 || valueStart >= 0) return;
  const span = { start: anchorStart - 1, end: anchorEnd };
  throw new TreeError(
    'SIG002',
    `the anchor \`&${text.slice(anchorStart, anchorEnd)}\` names nothing`,
    span,
    'Quote a text that starts with `&`.',
  );
}

/** Those of YAML itself, `!!str`, say what the plain text says. */
export function checkTag(text: string, start: number): void {
  if (start < 0 || text.startsWith('!!', start) || text.startsWith('!<', start)) return;
  const tag = /^[^\s,[\]{}]*/.exec(text.slice(start, start + 100))?.[0] ?? '';
  throw new TreeError(
    'SIG002',
    `\`${tag}\` is a tag of YAML, which Sigma does not use`,
    { start, end: start + tag.length },
    'Quote a text that starts with `!`.',
  );
}
