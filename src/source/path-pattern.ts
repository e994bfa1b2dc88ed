import { failed, ok, type Result } from './result.ts';

/**
 * A glob over the names of a path, as in gitignore: `*`, `?`, `[a-z]`, `[!a-z]`, `**` for any
 * number of folders, and `\` before a character that is meant literally. Case-sensitive. The time
 * to match is at most the length of the pattern times the length of the path, so that untrusted
 * patterns and paths can't make it slow.
 */
export type PathPattern = readonly Part[];

/** Any number of folders, or what one name must be. */
type Part = typeof anyDepth | string | NamePattern;

/** A name with wildcards. Its literal start and end rule out most names at once. */
interface NamePattern {
  readonly signs: readonly Sign[];
  readonly start: string;
  readonly end: string;
  /** The least number of characters that it matches. */
  readonly least: number;
}

/** `**` */
const anyDepth = 0;
/** `*` */
const anyText = 1;
/** `?` */
const anyOne = 2;
type Sign = typeof anyText | typeof anyOne | string | SignClass;

interface SignClass {
  readonly negated: boolean;
  /** First and last character of each range. */
  readonly ranges: readonly (readonly [string, string])[];
}

const longestPattern = 1024;
const unsupported: readonly (readonly [RegExp, string])[] = [
  [
    /(?<!\\)\{[^{}]*,[^{}]*\}/,
    'braces are not expanded: write an entry for each alternative, or `\\{` for a brace in a name',
  ],
  [/(?<!\\)[!@+?*]\(/, 'alternatives in parentheses are not supported: write an entry for each'],
  [
    /(?<!\\)\[[!^]?\[?:/,
    'character classes by name, such as [:digit:], are not supported: write the range',
  ],
];

/** Whether a path has wildcards. */
export const isPattern = (text: string): boolean => /[*?[{]/.test(text);

/**
 * Parses a pattern; parts of `.` and empty parts are left out. The error names what is not
 * supported, and what to write.
 */
export function readPathPattern(text: string): Result<PathPattern> {
  if (text.length > longestPattern)
    return failed(`the pattern is longer than ${longestPattern} characters`);
  const refused = unsupported.find(([sign]) => sign.test(text));
  if (refused) return failed(refused[1]);
  const parts: Part[] = [];
  for (const name of text.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') return failed('`..` can only stand before the first wildcard');
    const part = readPart(name);
    if (!part.ok) return part;
    // several in a row mean the same as one
    if (part.value !== anyDepth || parts.at(-1) !== anyDepth) parts.push(part.value);
  }
  return ok(parts);
}

/** The pattern in any folder. */
export const inAnyFolder = (pattern: PathPattern): PathPattern =>
  pattern[0] === anyDepth ? pattern : [anyDepth, ...pattern];

function readPart(name: string): Result<Part> {
  if (name === '**') return ok(anyDepth);
  if (name.includes('**'))
    return failed('`**` stands alone between slashes: write `**/*` for files in any folder');
  const signs: Sign[] = [];
  const text = Array.from(name);
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (sign === '\\') {
      const next = text[++at];
      if (next === undefined)
        return failed(
          'a backslash ends the name: write `/` between folders, and `\\` only before a sign ' +
            'that stands for itself',
        );
      signs.push(next);
    } else if (sign === '*') signs.push(anyText);
    else if (sign === '?') signs.push(anyOne);
    else if (sign === '[') {
      const found = readClass(text, at);
      if (!found.ok) return found;
      signs.push(found.value.sign);
      at = found.value.end;
    } else signs.push(sign);
  }
  return ok(signs.every((sign) => typeof sign === 'string') ? signs.join('') : namePattern(signs));
}

function namePattern(signs: readonly Sign[]): NamePattern {
  const isLiteral = (sign: Sign): boolean => typeof sign === 'string';
  const first = signs.findIndex((sign) => !isLiteral(sign));
  const last = signs.findLastIndex((sign) => !isLiteral(sign));
  return {
    signs,
    start: signs.slice(0, first).join(''),
    end: signs.slice(last + 1).join(''),
    least: signs.filter((sign) => sign !== anyText).length,
  };
}

function readClass(
  text: readonly string[],
  start: number,
): Result<{ readonly sign: SignClass; readonly end: number }> {
  let at = start + 1;
  const negated = text[at] === '!' || text[at] === '^';
  if (negated) at++;
  const ranges: (readonly [string, string])[] = [];
  const character = (): string => (text[at] === '\\' ? (text[++at] ?? '') : (text[at] ?? ''));
  for (let first = true; at < text.length && (first || text[at] !== ']'); at++, first = false) {
    const from = character();
    let to = from;
    if (text[at + 1] === '-' && text[at + 2] !== undefined && text[at + 2] !== ']') {
      at += 2;
      to = character();
    }
    if (from > to) return failed(`the range ${from}-${to} is empty`);
    ranges.push([from, to]);
  }
  return at < text.length
    ? ok({ sign: { negated, ranges }, end: at })
    : failed('`[` is not closed: write `\\[` for a bracket in a name');
}

/**
 * The parts of a pattern that may come next after some names of a path. If there are none, no path
 * that starts like this matches.
 */
export type Progress = readonly number[];

/** Before the first name. */
export const startOf = (pattern: PathPattern): Progress => withSkipped(pattern, 0);

/** True if the names so far match the whole pattern. */
export const isWhole = (pattern: PathPattern, progress: Progress): boolean =>
  progress.includes(pattern.length);

/** After one more name. */
export function afterName(pattern: PathPattern, progress: Progress, name: string): Progress {
  if (progress.length === 0) return progress;
  const next = new Set<number>();
  for (const at of progress) {
    const part = pattern[at];
    if (part === undefined) continue;
    if (part === anyDepth)
      for (const one of [
        at,
        ...(at + 1 === pattern.length ? [at + 1] : withSkipped(pattern, at + 1)),
      ])
        next.add(one);
    else if (takesName(part, name)) for (const one of withSkipped(pattern, at + 1)) next.add(one);
  }
  return [...next];
}

/** `**` before other parts may also match no folder. */
const withSkipped = (pattern: PathPattern, at: number): Progress =>
  pattern[at] === anyDepth && at + 1 < pattern.length ? [at, at + 1] : [at];

/** Many patterns are compared with one name in a row. */
let latest: { readonly name: string; readonly characters: readonly string[] } = {
  name: '',
  characters: [],
};

function charactersOf(name: string): readonly string[] {
  if (latest.name !== name) latest = { name, characters: Array.from(name) };
  return latest.characters;
}

const takesName = (part: string | NamePattern, name: string): boolean =>
  typeof part === 'string' ? part === name : isNamed(part, name);

/**
 * Only the last star needs another try: what an earlier one could match in addition, the last one
 * can match too.
 */
function isNamed({ signs, start, end, least }: NamePattern, name: string): boolean {
  // a character has at least one code unit
  if (name.length < least || !name.startsWith(start) || !name.endsWith(end)) return false;
  const text = charactersOf(name);
  let at = 0;
  let sign = 0;
  let star = -1;
  let taken = 0;
  while (at < text.length) {
    const wanted = signs[sign];
    if (wanted === anyText) {
      star = sign++;
      taken = at;
    } else if (wanted !== undefined && isSign(wanted, text[at] ?? '')) {
      sign++;
      at++;
    } else if (star >= 0) {
      sign = star + 1;
      at = ++taken;
    } else return false;
  }
  while (signs[sign] === anyText) sign++;
  return sign === signs.length;
}

function isSign(sign: Exclude<Sign, typeof anyText>, character: string): boolean {
  if (sign === anyOne) return true;
  if (typeof sign === 'string') return sign === character;
  return sign.ranges.some(([from, to]) => from <= character && character <= to) !== sign.negated;
}
