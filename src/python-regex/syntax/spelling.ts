/** A part of a pattern as each engine wants it. */
export interface Spelling {
  /** For RE2. */
  readonly linear: string;
  /** For a RegExp with the flag `v`. */
  readonly script: string;
}

/** A class such as `\w`, as the text between the brackets of a class. */
export interface ClassSpelling extends Spelling {
  /** `linear` next to other parts of a class; undefined: RE2 can't nest a negated class. */
  readonly nested: string | undefined;
}

const word = '\\p{L}\\p{N}_';
/** As `str.isspace` has it. */
const space =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const linearSpace = space.replace(/\\u([0-9a-f]{4})/g, '\\x{$1}');

export const classes: ReadonlyMap<string, ClassSpelling> = new Map([
  ['d', plainClass('\\p{Nd}')],
  ['D', plainClass('\\P{Nd}')],
  ['w', plainClass(word)],
  ['W', { linear: `^${word}`, nested: undefined, script: `[^${word}]` }],
  ['s', plainClass(linearSpace, space)],
  ['S', { linear: `^${linearSpace}`, nested: undefined, script: `[^${space}]` }],
]);

function plainClass(linear: string, script = linear): ClassSpelling {
  return { linear, nested: linear, script };
}

/** Positions that are written as escapes. Python's `\b` knows letters of all scripts. */
export const positions: ReadonlyMap<string, Spelling> = new Map([
  ['A', { linear: '\\A', script: '(?<![^])' }],
  ['Z', { linear: '\\z', script: '(?![^])' }],
  [
    'b',
    {
      linear: '\\b',
      script: `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`,
    },
  ],
  [
    'B',
    {
      linear: '\\B',
      script: `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`,
    },
  ],
]);

/** One character, which means itself to both engines. */
export function characterSpelling(code: number): Spelling {
  if (isPlain(code)) {
    const char = String.fromCharCode(code);
    return { linear: char, script: char };
  }
  const digits = code.toString(16);
  return { linear: `\\x{${digits}}`, script: `\\u{${digits}}` };
}

const isPlain = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
