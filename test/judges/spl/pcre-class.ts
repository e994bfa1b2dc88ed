import { SplError } from './text.ts';

/** One piece of a character class, in the spelling of a JavaScript expression with the `u` flag. */
export interface ClassPiece {
  readonly text: string;
  readonly end: number;
  /** A set (`\d`, `[:alpha:]`) cannot bound a range. */
  readonly set: boolean;
}

const POSIX: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\t\\n\\v\\f\\r ',
  blank: '\\t ',
  punct: '!-\\/:-@\\[-`\\{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
  cntrl: '\\x00-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
};

const PCRE_SPACE = '\\t\\n\\v\\f\\r ';
const HORIZONTAL = '\\t \\xa0';
const VERTICAL = '\\n\\v\\f\\r\\x85\\u2028\\u2029';

/**
 * The escapes that mean a set of characters, as the inside of a class. Capitals are those sets'
 * complements.
 */
const SETS: Readonly<Record<string, string>> = {
  d: '0-9',
  w: 'A-Za-z0-9_',
  s: PCRE_SPACE,
  h: HORIZONTAL,
  v: VERTICAL,
};

/** `\d` and its like outside a class. */
export function setEscape(letter: string): string | undefined {
  const inside = SETS[letter.toLowerCase()];
  if (inside === undefined) return undefined;
  return letter === letter.toLowerCase() ? `[${inside}]` : `[^${inside}]`;
}

const CONTROLS: Readonly<Record<string, string>> = {
  n: '\\n',
  r: '\\r',
  t: '\\t',
  f: '\\f',
  a: '\\x07',
  e: '\\x1b',
};

/** An escape of one character, at the letter after the backslash; undefined when it is none. */
export function characterEscape(
  source: string,
  at: number,
): { readonly text: string; readonly end: number } | undefined {
  const letter = source.charAt(at);
  const control = CONTROLS[letter];
  if (control !== undefined) return { text: control, end: at + 1 };
  if (letter === 'x') {
    const [all, braced, plain] = /^x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{0,2}))/.exec(
      source.slice(at),
    ) ?? ['x'];
    return { text: `\\u{${braced ?? (plain || '0')}}`, end: at + all.length };
  }
  const octal = /^(?:0[0-7]{0,2}|o\{[0-7]+\})/.exec(source.slice(at))?.[0];
  if (octal !== undefined)
    return {
      text: `\\u{${Number.parseInt(octal.replace(/[o{}]/g, ''), 8).toString(16)}}`,
      end: at + octal.length,
    };
  if (letter === 'c') return { text: `\\c${source.charAt(at + 1)}`, end: at + 2 };
  if (letter !== '' && !/[A-Za-z0-9]/.test(letter))
    return { text: literal(source, at), end: at + width(source, at) };
  return undefined;
}

/** The character at `at`, escaped where JavaScript's `u` flag wants it. */
export function literal(source: string, at: number): string {
  const text = source.slice(at, at + width(source, at));
  if (/[\^$\\.*+?()[\]{}|/-]/.test(text)) return text === '-' ? '\\x2d' : `\\${text}`;
  return text;
}

export function width(source: string, at: number): number {
  return (source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Reads the class that opens at `start`; returns its JavaScript spelling and where it ends. */
export function translateClass(
  source: string,
  start: number,
): { readonly text: string; readonly end: number } {
  let at = start + 1;
  let out = '[';
  if (source[at] === '^') {
    out += '^';
    at += 1;
  }
  for (let first = true; first || source[at] !== ']'; first = false) {
    if (at >= source.length) throw new SplError(`Regex: missing ] in ${source.slice(start)}`);
    const from = classPiece(source, at);
    at = from.end;
    out += from.text;
    if (from.set || source[at] !== '-' || source[at + 1] === ']') continue;
    const to = classPiece(source, at + 1);
    out += (to.set ? '\\x2d' : '-') + to.text;
    at = to.end;
  }
  return { text: `${out}]`, end: at + 1 };
}

function classPiece(source: string, at: number): ClassPiece {
  const posix = /^\[:(\^?)(\w+):\]/.exec(source.slice(at, at + 14));
  if (posix) {
    const inside = POSIX[posix[2] ?? ''];
    if (inside === undefined || posix[1] === '^')
      throw new SplError(`Regex: class ${posix[0]} is not known to this reader`);
    return { text: inside, end: at + posix[0].length, set: true };
  }
  if (source[at] !== '\\')
    return { text: literal(source, at), end: at + width(source, at), set: false };
  const letter = source.charAt(at + 1);
  if (letter === 'b') return { text: '\\x08', end: at + 2, set: false };
  const inside = SETS[letter.toLowerCase()];
  if (inside !== undefined) return { text: setInClass(letter, inside), end: at + 2, set: true };
  const property = /^[pP](?:\{\^?\w+\}|[A-Z])/.exec(source.slice(at + 1))?.[0];
  if (property !== undefined)
    return { text: propertyEscape(property), end: at + 1 + property.length, set: true };
  const single = characterEscape(source, at + 1);
  if (single === undefined)
    throw new SplError(`Regex: \\${letter} in a class is not known to this reader`);
  return { ...single, set: false };
}

function setInClass(letter: string, inside: string): string {
  if (letter === letter.toLowerCase()) return inside;
  if (letter === 'H' || letter === 'V')
    throw new SplError(`Regex: \\${letter} in a class is not known to this reader`);
  return `\\${letter}`;
}

export function propertyEscape(property: string): string {
  const name = property.length === 2 ? property.charAt(1) : property.slice(2, -1);
  return `\\${property.charAt(0)}{${name}}`;
}
