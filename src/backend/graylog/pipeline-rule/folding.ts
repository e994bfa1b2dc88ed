import { foldCase, otherForms } from '../../../regex/letter-case.ts';

/**
 * Characters in whose place a copy of a field in lower case has U+FFFD. The server would make an
 * ASCII letter of the Kelvin sign and of the dotted capital I, which Sigma does not; three control
 * characters are left for marks.
 */
export const lostInFolding: readonly number[] = [1, 2, 3, 0x130, 0x212a];

/**
 * Whether the server's `lowercase` makes the same of every spelling of a text as Sigma's folding
 * does: a copy of a field in lower case is then as good as the field. Marks and other control
 * characters are not in such a copy.
 */
export const foldsAlike = (text: string): boolean =>
  /^[\t\n\r -~]*$/.test(text) || Array.from(text).every(foldsCharAlike);

function foldsCharAlike(char: string): boolean {
  if (/^[\t\n\r -~]$/.test(char)) return true;
  // a sigma becomes another letter at the end of a word
  if (!/^[\u00a0-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]$/u.test(char)) return false;
  if (/[Σσς]/.test(char)) return false;
  const folded = foldCase(char);
  return [char, ...otherForms(char)].every((form) => form.toLowerCase() === folded);
}
