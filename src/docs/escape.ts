import { percentEncoded } from '../source/char-escape.ts';

// not a single blank, the most frequent character
const special = /[&<>|`\\$*_~[\]]|\s{2,}|[^\S ]/g;
const spellings: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '`': '&#96;',
  '\\': '&#92;',
  $: '&#36;',
  '*': '\\*',
  _: '\\_',
  '~': '\\~',
  '[': '\\[',
  ']': '\\]',
};
// invisible characters that may reverse or end a line
const unseen = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
const everyUnseen = new RegExp(unseen, 'gu');

/**
 * A text for one line of Markdown, also in a table: nothing in it is markup. Line breaks become
 * spaces.
 */
export function markdownText(text: string): string {
  const plain = unseen.test(text) ? text.replace(everyUnseen, ' ') : text;
  return plain.trim().replace(special, (found) => spellings[found] ?? ' ');
}

// parentheses, pipes, quotes and brackets would end a link, a cell or an attribute
const unsafeInUrl = /[\s()<>[\]{}"'`|\\^\p{Cc}\p{Bidi_Control}]/gu;

/**
 * An http or https address, percent-encoded where Markdown or HTML could read a character as
 * markup; undefined for anything else.
 */
export function safeUrl(address: string): string | undefined {
  const text = address.trim();
  if (!/^https?:\/\/[^\s/]/i.test(text)) return undefined;
  return text.replace(unsafeInUrl, percentEncoded);
}

/** A Markdown link; the text alone if `url` is empty. */
export function markdownLink(text: string, url: string): string {
  return url === ''
    ? markdownText(text)
    : `[${markdownText(text)}](${url.replaceAll('&', '&amp;')})`;
}

/** A run of backticks longer than any in the text, at least three. */
export function fenceFor(text: string): string {
  if (!text.includes('```')) return '```';
  let longest = 2;
  for (const run of text.match(/`{3,}/g) ?? []) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}
