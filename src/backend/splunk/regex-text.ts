import type { RegexTest } from '../../query/tree.ts';
import { ANY, isPlaceholder, ONE, type Pattern } from '../../sigma/value/pattern.ts';
import { type Place, refused } from '../backend.ts';
import { removals } from './app-inspect.ts';
import { quoted } from './text.ts';

/** What a line of a conf file can't hold, and backticks, which call macros. */
const unprintable = /[\p{Cc}\u2028\u2029`]/u;
const everyUnprintable = /[\p{Cc}\u2028\u2029`]/gu;
const gaps = removals('\\s+');
const spaces = removals(' +');
const codePoint = (char: string): string => `\\x{${char.charCodeAt(0).toString(16)}}`;

/**
 * Literal text as PCRE. Special characters go into classes rather than behind backslashes, which
 * mean something else in SPL and conf files.
 */
function literal(text: string): string {
  return text
    .replace(/[.*+?()[{|$^\\]/g, (char) =>
      char === '\\' ? '\\\\' : char === '^' ? '\\^' : `[${char}]`,
    )
    .replace(gaps, (_, gap: string) => `rm${[...gap].map((char) => `[${char}]`).join('')}-`)
    .replace(everyUnprintable, codePoint);
}

function patternSource(pattern: Pattern): string {
  return pattern
    .map((part) => {
      if (part === ANY) return '.*';
      if (part === ONE) return '.';
      if (isPlaceholder(part)) throw new Error(`placeholder ${part.placeholder} was not filled`);
      return literal(part);
    })
    .join('');
}

/** The pattern over the whole value, as an eval string. */
export function patternRegex(pattern: Pattern, cased: boolean): string {
  // leading and trailing `.*` only cost time in an unanchored match
  const start = pattern[0] === ANY ? '' : '^';
  const end = pattern.at(-1) === ANY && pattern.length > 0 ? '' : '\\z';
  const inner = pattern.slice(
    start === '' ? 1 : 0,
    end === '' && pattern.length > (start === '' ? 1 : 0) ? -1 : undefined,
  );
  return quoted(`(?${cased ? '' : 'i'}s)${start}${patternSource(inner)}${end}`);
}

/** The pattern anywhere in a text, as an eval string. */
export function keywordRegex(pattern: Pattern, cased: boolean): string {
  const start = pattern[0] === ANY ? 1 : 0;
  const end = pattern.length > start && pattern.at(-1) === ANY ? -1 : undefined;
  return quoted(`(?${cased ? '' : 'i'}s)${patternSource(pattern.slice(start, end))}`);
}

/** A rule's own regular expression, as an eval string. */
export function sourceRegex(test: RegexTest, place: Place): string {
  const { ignoreCase, multiline, dotAll } = test;
  const flags = `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${dotAll ? 's' : ''}`;
  return quoted((flags ? `(?${flags})` : '') + respelled(test.source, place));
}

/**
 * The same expression without line ends, backticks and what AppInspect looks for; spaces and dots
 * in classes are literals already.
 */
function respelled(source: string, place: Place): string {
  const printable = unprintable.test(source)
    ? source.replace(/\\[\s\S]|[\s\S]/g, (one) =>
        unprintable.test(one) ? codePoint(one.slice(-1)) : one,
      )
    : source;
  const spelled = printable.replace(spaces, (whole, _space, at: number) =>
    insideClass(printable, at) ? whole : whole.replace(/ /g, '[ ]'),
  );
  if (spelled !== source && /\\Q|\(\?[A-Za-z^-]*x/.test(source)) {
    throw refused(
      place,
      'the regular expression holds characters that no saved search can, in a part where ' +
        'they have no other spelling',
      'Leave out \\Q and (?x), or write the characters as \\x{...}.',
    );
  }
  return spelled;
}

function insideClass(source: string, end: number): boolean {
  let inside = false;
  for (let at = 0; at < end; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '[') inside = true;
    else if (source[at] === ']') inside = false;
  }
  return inside;
}
