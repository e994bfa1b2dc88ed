import { ANY, joinParts, type Pattern } from '../../sigma/value/pattern.ts';
import { escapeAt, escapeTail, isBreaker, liesInEscape, opensEscape } from './breakers.ts';

/**
 * Splunk finds words, while Sigma's keywords are any text. A run of letters and digits inside the
 * keyword is a whole word of the event if there are breakers on both of its sides, and a part of
 * one at the keyword's ends. There a breaker of several characters may reach into the keyword:
 * `%3Add` holds the text `add`, and the words of the index are cut before `dd`.
 */
const isWord = (char: string) => /[A-Za-z0-9]/.test(char);

/** Search terms that every event with the keyword has; undefined if there are none. */
export function keywordTerms(pattern: Pattern): string | undefined {
  const terms: string[] = [];
  const parts = joinParts(pattern);
  for (const part of parts) if (typeof part === 'string') terms.push(...termsOf(part));
  const unique = [...new Set(terms)];
  return unique.length > 1 ? `(${unique.join(' ')})` : unique[0];
}

/** Any text, or none, may be on either side of the literal. */
function* termsOf(literal: string): Generator<string> {
  if (liesInEscape(literal)) return;
  const tail = escapeTail(literal);
  // a word may begin before `at` where `open`
  let open = true;
  for (let at = tail; at < literal.length; ) {
    const breaker = escapeAt(literal, at);
    const char = literal.charAt(at);
    if (breaker || !isWord(char)) {
      open = breaker ? !breaker.certain : !isBreaker(char);
      at = breaker?.end ?? at + 1;
      continue;
    }
    const end = wordEnd(literal, at);
    const broken =
      end === literal.length && literal[at - 1] === '%' && opensEscape(literal.slice(at - 1));
    // every event has single letters and digits
    if (end - at > 1 && !broken)
      yield `"${open ? '*' : ''}${literal.slice(at, end)}` +
        `${isBreaker(literal.charAt(end)) ? '' : '*'}"`;
    at = end;
  }
}

function wordEnd(literal: string, start: number): number {
  let end = start;
  while (isWord(literal.charAt(end))) end++;
  return end;
}

/**
 * `*word*` means exactly what a keyword of letters and digits does; a single character is not a
 * search term.
 */
export function isExactKeyword(pattern: Pattern): boolean {
  const parts = pattern.filter((part) => part !== ANY);
  const [word] = parts;
  return (
    parts.length === 1 &&
    typeof word === 'string' &&
    /^[A-Za-z0-9]{2,}$/.test(word) &&
    escapeTail(word) === 0 &&
    !liesInEscape(word)
  );
}
