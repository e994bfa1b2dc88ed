import { diffArrays } from 'diff';
import { wholeStart } from '../../source/visible.ts';

/** A piece of a query: in both, only in the old one, or only in the new one. */
export interface QueryPiece {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Words and signs; a word in both letter cases, `[aA][bB]`, is one token too. */
const token = /(?:\[\p{L}{2,3}\])+|[\p{L}\p{N}_.]+|\s+|\\.|[^\p{L}\p{N}_.\s]/gsu;
/** If more tokens differ, the queries are shown one after the other. */
const maximumEdits = 2000;

/** Compares two queries token by token. */
export function queryDiff(before: string, after: string): readonly QueryPiece[] {
  const [old, now] = [before.match(token) ?? [], after.match(token) ?? []];
  const parts = diffArrays(old, now, { maxEditLength: maximumEdits });
  if (!parts) return [...piece('removed', before), ...piece('added', after)];
  return parts.map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value.join(''),
  }));
}

const piece = (kind: QueryPiece['kind'], text: string): readonly QueryPiece[] =>
  text === '' ? [] : [{ kind, text }];

/** Number of common characters that are shown on each side of a difference. */
const context = 30;

/** The pieces, with long common ones cut to what is near a difference. */
export function shortened(pieces: readonly QueryPiece[]): readonly QueryPiece[] {
  return pieces.map(({ kind, text }, index) => {
    if (kind !== 'same') return { kind, text };
    const [first, last] = [index === 0, index === pieces.length - 1];
    if (text.length <= (first || last ? context : 2 * context) + 3) return { kind, text };
    const [head, tail] = [first ? '' : start(text), last ? '' : end(text)];
    return { kind, text: `${head}…${tail}` };
  });
}

const start = (text: string): string => wholeStart(text, context);
// without half of a surrogate pair
const end = (text: string): string => text.slice(-context).replace(/^[\udc00-\udfff]/, '');
