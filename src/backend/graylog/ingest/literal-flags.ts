import type { LiteralLeaf } from '../pipeline-rule/condition.ts';
import { charText } from '../pipeline-rule/java-regex.ts';
import { quoted } from '../pipeline-rule/text.ts';
import { prefixLevels, trieRegex } from '../pipeline-rule/trie.ts';

/** Around a value, so that its start and end are literals, too. */
const start = '\u0002';
const end = '\u0003';
/** After each literal that is found. */
const found = '\u0001';

/** Whether a literal can be found with all others of its field by one expression. */
export const isFlaggable = ({ spelling, at, text }: LiteralLeaf): boolean =>
  spelling === 'folded' &&
  at !== 'whole' &&
  /^[ -~\u{a0}-\u{10ffff}]+$/u.test(text) &&
  text.isWellFormed();

/** The literal with the marks of the places that it is bound to. */
export const marked = ({ at, text }: LiteralLeaf): string =>
  (at === 'start' ? start : '') + text + (at === 'end' ? end : '');

/** The most groups that a replacement can name by one digit. */
const mostLevels = 9;

/** Those of the literals of a field that have flags: not those that begin with too many others. */
export const flaggedTexts = (texts: Iterable<string>): ReadonlySet<string> =>
  new Set(prefixLevels(texts).slice(0, mostLevels).flat());

/**
 * A map with an entry of `1` for each of the literals that a value has, by the hexadecimal digits
 * of the literal. One expression looks at each place of the value; what it finds replaces the
 * value, and the text of all that is found becomes the map. `texts`: {@link flaggedTexts}.
 */
export function literalMap(texts: Iterable<string>, value: string): string {
  const levels = prefixLevels(texts);
  const groups = levels.map((level, index) => {
    const trie = trieRegex(level, charOf);
    return index === 0 ? `(?=(${trie}))` : `(?=(${trie})|)`;
  });
  const pattern = `(?s).*?${groups.join('')}.|.+`;
  const replacement = levels.map((_, index) => `$${index + 1}${found}`).join('');
  const bracketed = `concat(concat(${quoted(start)}, ${value}), ${quoted(end)})`;
  const all = `regex_replace(${quoted(pattern)}, ${bracketed}, ${quoted(replacement)})`;
  return `key_value(replace(base16_encode(${all}), "01", "=1 "))`;
}

const charOf = (char: string): string =>
  char === start ? '\\x02' : char === end ? '\\x03' : charText(char.codePointAt(0) ?? 0);
