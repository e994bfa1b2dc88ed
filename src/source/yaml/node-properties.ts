import type { ScalarEvent } from 'js-yaml';
import { TreeError } from './tree-error.ts';

/**
 * Refuses tags and anchors that were meant as text: unquoted text that starts with `!` or `&` would
 * be lost, so `Password: !secret` would be an empty value.
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

/** Allows the tags of YAML itself, such as `!!str`: they repeat what the plain text says. */
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

export function unknownAlias(text: string, start: number, end: number): TreeError {
  const name = text.slice(start, end);
  return new TreeError(
    'SIG002',
    `no anchor \`&${name}\` stands before its alias`,
    { start: start - 1, end },
    'Quote the value if it is meant to start with `*`.',
  );
}
