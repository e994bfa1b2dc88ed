/**
 * A pattern as a tree, read from the part of RegExp's language that `translate` of
 * python-regex-syntax.ts writes.
 */
export type PatternNode =
  | { readonly kind: 'char'; readonly fits: (char: string) => boolean }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'capture'; readonly group: number; readonly body: PatternNode }
  | {
      readonly kind: 'look';
      readonly behind: boolean;
      readonly negated: boolean;
      readonly body: PatternNode;
    }
  | { readonly kind: 'reference'; readonly group: number; readonly ignoreCase: boolean }
  | {
      readonly kind: 'repeat';
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
      readonly body: PatternNode;
    };

/** Groups in groups: each is a call of the reader and of the machine. */
const deepest = 200;

interface Reader {
  readonly source: string;
  at: number;
  groups: number;
  depth: number;
  /** Characters and classes, made once. */
  readonly fits: Map<string, (char: string) => boolean>;
}

export function readPattern(
  source: string,
  ignoreCase: boolean,
): { readonly root: PatternNode; readonly groups: number } {
  const reader: Reader = { source, at: 0, groups: 0, depth: 0, fits: new Map() };
  const root = readChoice(reader, ignoreCase);
  if (reader.at < source.length) throw new Error('`)` closes no group');
  return { root, groups: reader.groups };
}

function readChoice(reader: Reader, ignoreCase: boolean): PatternNode {
  const branches = [readSequence(reader, ignoreCase)];
  while (reader.source[reader.at] === '|') {
    reader.at++;
    branches.push(readSequence(reader, ignoreCase));
  }
  const [only] = branches;
  return branches.length === 1 && only ? only : { kind: 'choice', parts: branches };
}

function readSequence(reader: Reader, ignoreCase: boolean): PatternNode {
  const parts: PatternNode[] = [];
  for (
    let next = reader.source[reader.at];
    next !== undefined && next !== '|' && next !== ')';
    next = reader.source[reader.at]
  )
    parts.push(readQuantified(reader, readAtom(reader, ignoreCase)));
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: 'sequence', parts };
}

function readQuantified(reader: Reader, body: PatternNode): PatternNode {
  const found = matchAt(reader, /(?:([*+?])|\{(\d+)(,(\d*))?\})(\??)/y);
  if (!found) return body;
  const [, sign, least, comma, most, lazy] = found;
  if (sign !== undefined)
    return {
      kind: 'repeat',
      least: sign === '+' ? 1 : 0,
      most: sign === '?' ? 1 : Number.POSITIVE_INFINITY,
      lazy: lazy === '?',
      body,
    };
  const upTo =
    comma === undefined ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most);
  if (upTo < Number(least)) throw new Error('a count of the pattern ends before it starts');
  return { kind: 'repeat', least: Number(least), most: upTo, lazy: lazy === '?', body };
}

function readAtom(reader: Reader, ignoreCase: boolean): PatternNode {
  if (reader.source[reader.at] === '(') return readGroup(reader, ignoreCase);
  const reference = matchAt(reader, /\\([1-9]\d*)/y);
  if (reference) return { kind: 'reference', group: Number(reference[1]), ignoreCase };
  const text =
    reader.source[reader.at] === '['
      ? takeClass(reader)
      : (matchAt(reader, /\\u\{[0-9a-f]+\}|\\?[\s\S]/y)?.[0] ?? '');
  return { kind: 'char', fits: fitsOf(reader, text, ignoreCase) };
}

/** Classes stand in classes. */
function takeClass(reader: Reader): string {
  const start = reader.at;
  let depth = 0;
  do {
    const char = reader.source[reader.at++];
    if (char === undefined) throw new Error('a class of the pattern is not closed');
    if (char === '\\') reader.at++;
    else if (char === '[') depth++;
    else if (char === ']') depth--;
  } while (depth > 0);
  return reader.source.slice(start, reader.at);
}

function fitsOf({ fits }: Reader, text: string, ignoreCase: boolean): (char: string) => boolean {
  const key = `${ignoreCase} ${text}`;
  const known = fits.get(key);
  if (known) return known;
  // one character at a time: nothing to go back to
  const regex = new RegExp(`^${text}$`, ignoreCase ? 'vi' : 'v');
  const made = (char: string): boolean => regex.test(char);
  fits.set(key, made);
  return made;
}

function readGroup(reader: Reader, ignoreCase: boolean): PatternNode {
  if (++reader.depth > deepest)
    throw new Error(`the pattern has more than ${deepest} groups in groups`);
  const [open = ''] = matchAt(reader, /\((?:\?(?::|=|!|<=|<!|i:|-i:))?/y) ?? [];
  const group = open === '(' ? ++reader.groups : 0;
  const body = readChoice(reader, open === '(?i:' ? true : open === '(?-i:' ? false : ignoreCase);
  if (reader.source[reader.at] !== ')') throw new Error('a bracket of the pattern is not closed');
  reader.at++;
  reader.depth--;
  if (group > 0) return { kind: 'capture', group, body };
  const looks = /^\(\?(<?)([=!])$/.exec(open);
  return looks ? { kind: 'look', behind: looks[1] === '<', negated: looks[2] === '!', body } : body;
}

function matchAt(reader: Reader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.source);
  if (found) reader.at += found[0].length;
  return found;
}
