/**
 * Letter case as rules mean it: Unicode's simple case folding, except where it would join ASCII
 * with other letters. The Kelvin sign is not a `k`, the long s not an `s`, and the dotted capital I
 * not an `i`. Texts keep their length.
 */

/** Letters with more than two forms, and pairs in which only one form maps to the other. */
const families = (
  '\u00b5Μμ Åå\u212b ßẞ Ǆǅǆ Ǉǈǉ Ǌǋǌ Ǳǲǳ \u0345Ιι\u1fbe Ββϐ Εεϵ Θθϑϴ Κκϰ Ππϖ Ρρϱ Σςσ Φφϕ ' +
  'Ωω\u2126 Ввᲀ Ддᲁ Ооᲂ Ссᲃ Ттᲄᲅ Ъъᲆ Ѣѣᲇ ᲈꙊꙋ Ṡṡẛ ᾀᾈ ᾁᾉ ᾂᾊ ᾃᾋ ᾄᾌ ᾅᾍ ' +
  'ᾆᾎ ᾇᾏ ᾐᾘ ᾑᾙ ᾒᾚ ᾓᾛ ᾔᾜ ᾕᾝ ᾖᾞ ᾗᾟ ᾠᾨ ᾡᾩ ᾢᾪ ᾣᾫ ᾤᾬ ᾥᾭ ' +
  'ᾦᾮ ᾧᾯ ᾳᾼ ῃῌ ῳῼ'
).split(' ');

const familyOf: ReadonlyMap<string, string> = new Map(
  families.flatMap((family) => Array.from(family, (letter) => [letter, family] as const)),
);

/** Changes the case of a letter, if the result is a single letter beyond ASCII. */
function simple(letter: string, change: (text: string) => string): string {
  const changed = change(letter);
  return changed.length === letter.length && changed >= '\u0080' ? changed : letter;
}

const upper = (text: string): string => text.toUpperCase();
const lower = (text: string): string => text.toLowerCase();

const foldLetter = (letter: string): string => simple(simple(letter, upper), lower);

const beyondAscii = /[^\0-\x7f]/;
const everyBeyondAscii = /[^\0-\x7f]/gu;

/** Folds letter case: equal for texts that differ only in letter case. */
export function foldCase(text: string): string {
  if (!beyondAscii.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, lower).replace(everyBeyondAscii, foldLetter);
}

/** The other forms of a letter beyond ASCII. */
export function otherForms(letter: string): readonly string[] {
  const forms = new Set([
    simple(letter, lower),
    simple(letter, upper),
    ...(familyOf.get(letter) ?? ''),
  ]);
  forms.delete(letter);
  return [...forms];
}
