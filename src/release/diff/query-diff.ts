import { diffArrays } from 'diff';

/** A piece of a query: in both, in the old one alone, in the new one alone. */
export interface QueryPiece {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Words and signs; a word spelled in both cases, as `[aA][bB]`, is one too. */
const token = /(?:\[\p{L}{2,3}\])+|[\p{L}\p{N}_.]+|\s+|\\.|[^\p{L}\p{N}_.\s]/gsu;
/** Beyond so many tokens that differ, two queries are shown one after the other. */
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

/** Characters shown of what two queries have in common, on either side of a difference. */
const context = 30;

/** The pieces with long common stretches cut to what is near a difference. */
export function shortened(pieces: readonly QueryPiece[]): readonly QueryPiece[] {
  return pieces.map(({ kind, text }, index) => {
    if (kind !== 'same') return { kind, text };
    const [first, last] = [index === 0, index === pieces.length - 1];
    if (text.length <= (first || last ? context : 2 * context) + 3) return { kind, text };
    const [head, tail] = [first ? '' : start(text), last ? '' : end(text)];
    return { kind, text: `${head}…${tail}` };
  });
}

// no half of a surrogate pair
const start = (text: string): string => text.slice(0, context).replace(/[\ud800-\udbff]$/, '');
const end = (text: string): string => text.slice(-context).replace(/^[\udc00-\udfff]/, '');
