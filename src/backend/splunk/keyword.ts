import { ANY, joinParts, type Pattern } from '../../sigma/pattern.ts';

/**
 * Splunk finds words, Sigma's keywords are any text. A run of letters and digits inside the keyword is a whole word of the event where
 * breakers stand on both of its sides, and part of one at the keyword's ends. Breakers as in segmenters.conf.
 */
const breakers = new Set([...'[]<>(){}|!;,\'"*\n\r \t&?+/:=@.-$#%\\_']);
const isWord = (char: string) => /[A-Za-z0-9]/.test(char);

/** Search terms that every event with the keyword has; undefined where nothing can be said. */
export function keywordTerms(pattern: Pattern): string | undefined {
  const terms: string[] = [];
  const parts = joinParts(pattern);
  for (const part of parts) if (typeof part === 'string') terms.push(...termsOf(part));
  const unique = [...new Set(terms)];
  return unique.length > 1 ? `(${unique.join(' ')})` : unique[0];
}

function* termsOf(literal: string): Generator<string> {
  for (let at = 0; at < literal.length; ) {
    if (!isWord(literal[at] ?? '')) {
      at++;
      continue;
    }
    let end = at;
    while (end < literal.length && isWord(literal[end] ?? '')) end++;
    const open = !breakers.has(literal[at - 1] ?? '');
    const close = !breakers.has(literal[end] ?? '');
    // single letters and digits are in every event
    if (end - at > 1) yield `"${open ? '*' : ''}${literal.slice(at, end)}${close ? '*' : ''}"`;
    at = end;
  }
}

/** `*word*` says all that a keyword of letters and digits alone does; a single one is no search term. */
export function isExactKeyword(pattern: Pattern): boolean {
  const parts = pattern.filter((part) => part !== ANY);
  return parts.length === 1 && typeof parts[0] === 'string' && /^[A-Za-z0-9]{2,}$/.test(parts[0]);
}
