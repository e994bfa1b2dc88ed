import type { GrowingText } from '../work/work.ts';

type Groups = readonly (string | undefined)[];

const controls: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);

const escapes = /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-3][0-7]{2})|([1-9][0-9]?)|([\s\S]))|\\$/gu;

/**
 * Reads the replacement text of Python's `re.sub`; the function adds the text for one match.
 * `count` is of all groups, `names` are theirs.
 */
export function readReplacement(
  text: string,
  names: ReadonlyMap<string, number>,
  count: number,
): (groups: Groups, result: GrowingText) => void {
  const parts: (string | number)[] = [];
  let end = 0;
  for (const match of text.matchAll(escapes)) {
    parts.push(text.slice(end, match.index), readEscape(match, names, count));
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return (groups, result) => {
    for (const part of parts) result.add(typeof part === 'string' ? part : (groups[part] ?? ''));
  };
}

function readEscape(
  [whole, reference, octal, digits, char]: RegExpMatchArray,
  names: ReadonlyMap<string, number>,
  count: number,
): string | number {
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  if (digits !== undefined) return groupNumber(Number(digits), whole, count);
  if (reference !== undefined) {
    if (/^[0-9]+$/.test(reference)) return groupNumber(Number(reference), whole, count);
    const named = names.get(reference);
    if (named === undefined) throw new Error(`the pattern has no group \`${reference}\``);
    return named;
  }
  if (char === undefined) throw new Error('the replacement ends in a single backslash');
  const control = controls.get(char);
  if (control !== undefined) return control;
  if (/[A-Za-z]/.test(char))
    throw new Error(
      `\`\\${char}\` means nothing in a replacement; a backslash is written \`\\\\\``,
    );
  return `\\${char}`;
}

function groupNumber(number: number, whole: string, count: number): number {
  if (number > count) throw new Error(`the pattern has no group for \`${whole}\``);
  return number;
}
