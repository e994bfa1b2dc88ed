import { readCharEscape, readOpaque } from './escape.ts';
import { type Reader, take, takeCodePoint, takeMatch } from './reader.ts';
import {
  type CodeRange,
  type CodeRanges,
  complementRanges,
  ESCAPE_SETS,
  normalizeRanges,
  POSIX_SETS,
} from './set.ts';
import { RegexError, type RegexNode } from './tree.ts';

/**
 * What one step in a class adds: a character (which may start a range), a set, or something that
 * the tree can't represent.
 */
type Member = number | CodeRanges | RegexNode;

const isSet = (member: Member): member is CodeRanges => Array.isArray(member);

/** Reads a class. The reader is at its `[`. */
export function readClass(reader: Reader): RegexNode {
  const opened = reader.at++;
  const negated = take(reader, '^');
  const ranges: CodeRange[] = [];
  let opaque = false;
  for (let first = true; first || reader.quoting || !take(reader, ']'); first = false) {
    const offset = reader.at;
    const member = readMember(reader, opened);
    if (member === undefined) continue;
    if (typeof member === 'number')
      ranges.push([member, readRangeEnd(reader, member, offset, opened)]);
    else if (isSet(member)) {
      for (const range of member) ranges.push(range);
      refuseHyphen(reader);
    } else opaque = true;
  }
  if (opaque)
    return { kind: 'opaque', text: reader.source.slice(opened, reader.at), offset: opened };
  return {
    kind: 'class',
    negated,
    ranges: normalizeRanges(ranges),
    ignoreCase: reader.flags.ignoreCase,
  };
}

function readMember(reader: Reader, opened: number): Member | undefined {
  if (take(reader, '\\E')) {
    reader.quoting = false;
    return undefined;
  }
  if (reader.at >= reader.source.length)
    throw new RegexError('the class is not closed: `]` is missing', opened);
  if (reader.quoting) return takeCodePoint(reader);
  if (take(reader, '\\Q')) {
    reader.quoting = true;
    return undefined;
  }
  const char = reader.source[reader.at];
  if (char === '\\') return readClassEscape(reader);
  if (char === '[') return readPosix(reader) ?? takeCodePoint(reader);
  return takeCodePoint(reader);
}

function readClassEscape(reader: Reader): Member {
  const offset = reader.at;
  const letter = reader.source[offset + 1] ?? '';
  const set = ESCAPE_SETS.get(letter);
  if ('NBRX'.includes(letter) && letter !== '')
    throw new RegexError(`\`\\${letter}\` has no meaning in a class`, offset);
  if (set ?? letter === 'b') reader.at += 2;
  if (set) return set;
  return letter === 'b' ? 8 : (readOpaque(reader) ?? readCharEscape(reader));
}

function readPosix(reader: Reader): CodeRanges | undefined {
  const offset = reader.at;
  const match = takeMatch(reader, /\[([:.=])(\^?)([a-z]*)\1\]/y);
  if (!match) return undefined;
  const set = POSIX_SETS.get(match[3] ?? '');
  if (match[1] !== ':' || !set)
    throw new RegexError(`\`${match[0]}\` is not a POSIX class`, offset);
  return match[2] ? complementRanges(set) : set;
}

/** The end of the range that the character starts, or the character itself. */
function readRangeEnd(reader: Reader, low: number, offset: number, opened: number): number {
  if (reader.quoting || reader.source[reader.at] !== '-' || reader.source[reader.at + 1] === ']')
    return low;
  reader.at++;
  let high = readMember(reader, opened);
  while (high === undefined) high = readMember(reader, opened);
  const text = reader.source.slice(offset, reader.at);
  if (typeof high !== 'number')
    throw new RegexError(
      `a range of the class has no end: \`${text}\` (write \`\\-\` for a hyphen)`,
      offset,
    );
  if (high < low) throw new RegexError(`the range \`${text}\` is out of order`, offset);
  return high;
}

/** PCRE refuses `[\w-z]` as a probable slip. A hyphen at the end of the class is allowed. */
function refuseHyphen(reader: Reader): void {
  const [next, after] = [reader.source[reader.at], reader.source[reader.at + 1]];
  if (next !== '-' || after === ']' || after === undefined) return;
  throw new RegexError('a range of the class has no start (write `\\-` for a hyphen)', reader.at);
}
