import { percentEncoded } from '../source/char-escape.ts';

// a single blank stays as it is: most are
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
// what can't be seen may still turn a line around or end it
const unseen = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
const everyUnseen = new RegExp(unseen, 'gu');

/**
 * A text for one line of Markdown, a table's cell included: shown as it is, nothing in it is
 * markup. Line breaks become spaces.
 */
export function markdownText(text: string): string {
  const plain = unseen.test(text) ? text.replace(everyUnseen, ' ') : text;
  return plain.trim().replace(special, (found) => spellings[found] ?? ' ');
}

// parentheses, pipes, quotes and brackets would end a link, a cell or an attribute
const unsafeInUrl = /[\s()<>[\]{}"'`|\\^\p{Cc}\p{Bidi_Control}]/gu;

/**
 * The address percent-encoded where Markdown or HTML could take a character for its own; undefined
 * for what is no http or https address.
 */
export function safeUrl(address: string): string | undefined {
  const text = address.trim();
  if (!/^https?:\/\/[^\s/]/i.test(text)) return undefined;
  return text.replace(unsafeInUrl, percentEncoded);
}

/** A Markdown link; the text alone where there is no address. */
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
