import type { GrowingText } from '../work/work.ts';
import type { Groups } from './engine.ts';
import { PatternError } from './pattern-error.ts';

/** Adds the text for one match. */
export type AddReplacement = (groups: Groups, result: GrowingText) => void;

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
 * Reads the replacement text of Python's `re.sub`, for a pattern of `groupCount` groups. Throws
 * {@link PatternError}.
 */
export function readReplacement(
  text: string,
  names: ReadonlyMap<string, number>,
  groupCount: number,
): AddReplacement {
  const parts: (string | number)[] = [];
  let end = 0;
  for (const match of text.matchAll(escapes)) {
    parts.push(text.slice(end, match.index), readEscape(match, names, groupCount));
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
  groupCount: number,
): string | number {
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  if (digits !== undefined) return groupNumber(Number(digits), whole, groupCount);
  if (reference !== undefined) {
    if (/^[0-9]+$/.test(reference)) return groupNumber(Number(reference), whole, groupCount);
    const named = names.get(reference);
    if (named === undefined) throw new PatternError(`the pattern has no group \`${reference}\``);
    return named;
  }
  if (char === undefined) throw new PatternError('the replacement ends in a single backslash');
  const control = controls.get(char);
  if (control !== undefined) return control;
  if (/[A-Za-z]/.test(char))
    throw new PatternError(
      `\`\\${char}\` means nothing in a replacement; a backslash is written \`\\\\\``,
    );
  return `\\${char}`;
}

function groupNumber(number: number, whole: string, groupCount: number): number {
  if (number > groupCount) throw new PatternError(`the pattern has no group for \`${whole}\``);
  return number;
}
