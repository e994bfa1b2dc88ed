import { charNode, type Reader, take, takeCodePoint, takeMatch, takeUntil } from './reader.ts';
import { ESCAPE_SETS, MAX_CODE_POINT } from './set.ts';
import { type RegexAnchor, RegexError, type RegexNode } from './tree.ts';

const CONTROLS: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

const ANCHORS: Readonly<Record<string, RegexAnchor['at']>> = {
  b: 'wordBoundary',
  B: 'notWordBoundary',
  A: 'textStart',
  z: 'textEnd',
  Z: 'textEnd',
};

/** Reads an escape outside a class. The reader is at its backslash. */
export function readEscape(reader: Reader): RegexNode {
  const offset = reader.at;
  const letter = reader.source[offset + 1] ?? '';
  const at = ANCHORS[letter];
  const set = ESCAPE_SETS.get(letter);
  if (letter === 'N' && reader.source[offset + 2] === '{')
    throw new RegexError('`\\N{...}` is not supported: write `\\x{...}`', offset);
  if (at ?? set) reader.at += 2;
  if (at) return { kind: 'anchor', at, multiline: false, offset };
  if (set) return { kind: 'class', negated: false, ranges: set, ignoreCase: false };
  if (letter >= '1' && letter <= '9') return readNumber(reader, offset);
  if (letter === 'g' || letter === 'k') return readReference(reader, offset);
  return readOpaque(reader) ?? charNode(readCharEscape(reader), reader.flags.ignoreCase);
}

/** Reads an escape for one character, inside or outside a class. The reader is at its backslash. */
export function readCharEscape(reader: Reader): number {
  const offset = reader.at++;
  if (reader.at >= reader.source.length)
    throw new RegexError('the pattern ends in a lone backslash', offset);
  const codePoint = takeCodePoint(reader);
  const letter = String.fromCodePoint(codePoint);
  if (!/^[A-Za-z0-9]$/.test(letter)) return codePoint;
  const control = CONTROLS[letter];
  if (control !== undefined) return control;
  switch (letter) {
    case 'x':
      return take(reader, '{')
        ? braced(reader, offset, 16)
        : hex(reader, offset, /[0-9a-fA-F]{1,2}/y, 'x');
    case 'u':
      reader.notes.add('`\\uHHHH` is not PCRE: `\\x{HHHH}` is understood by every engine');
      return hex(reader, offset, /[0-9a-fA-F]{4}/y, 'u');
    case 'o':
      if (take(reader, '{')) return braced(reader, offset, 8);
      throw new RegexError('`\\o` wants `{` and octal digits', offset);
    case 'c':
      return controlKey(reader, offset);
  }
  if (letter >= '0' && letter <= '7') {
    reader.at--;
    return Number.parseInt(takeMatch(reader, /[0-7]{1,3}/y)?.[0] ?? '0', 8);
  }
  throw new RegexError(`unknown escape \`\\${letter}\``, offset);
}

/** `\1` is a group. `\12` is a group if there are that many so far, otherwise an octal number. */
function readNumber(reader: Reader, offset: number): RegexNode {
  reader.at++;
  const digits = takeMatch(reader, /[0-9]{1,5}/y)?.[0] ?? '';
  const to = Number(digits);
  if (to >= 10 && to > reader.groups && /^[0-7]/.test(digits)) {
    reader.at = offset;
    return charNode(readCharEscape(reader), reader.flags.ignoreCase);
  }
  return reference(reader, to, offset);
}

function readReference(reader: Reader, offset: number): RegexNode {
  reader.at += 2;
  const letter = reader.source[offset + 1] ?? '';
  const match = takeMatch(
    reader,
    letter === 'g'
      ? /\{([+-]?\d{1,5}|[A-Za-z_]\w*)\}|([+-]?\d{1,5})/y
      : /\{([A-Za-z_]\w*)\}|<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)'/y,
  );
  const name = match?.[1] ?? match?.[2] ?? match?.[3];
  if (name !== undefined)
    return reference(
      reader,
      /^\d+$/.test(name) ? Number(name) : /^[+-]/.test(name) ? relative(reader, name) : name,
      offset,
    );
  const open = reader.source[reader.at];
  if (letter !== 'g' || (open !== '<' && open !== "'"))
    throw new RegexError(`\`\\${letter}\` wants the name or number of a group`, offset);
  reader.at++;
  takeUntil(reader, open === '<' ? '>' : "'", offset, 'the call of a group');
  return { kind: 'opaque', text: reader.source.slice(offset, reader.at), offset };
}

function relative(reader: Reader, number: string): number {
  return reader.groups + Number(number) + (number.startsWith('-') ? 1 : 0);
}

export function reference(reader: Reader, to: number | string, offset: number): RegexNode {
  reader.references.push({ to, offset });
  return { kind: 'backreference', to, offset };
}

/**
 * Reads an escape that is valid but not taken apart. Returns undefined and does not move for
 * others.
 */
export function readOpaque(reader: Reader): RegexNode | undefined {
  const offset = reader.at;
  const match = takeMatch(reader, /\\(?:[pP](?:\{\^?[\w\s&=:-]+\}|[A-Z])|[XCRKG])/y);
  return match ? { kind: 'opaque', text: match[0], offset } : undefined;
}

function hex(reader: Reader, offset: number, digits: RegExp, letter: string): number {
  const match = takeMatch(reader, digits);
  if (!match) throw new RegexError(`\`\\${letter}\` wants hexadecimal digits`, offset);
  return Number.parseInt(match[0], 16);
}

function braced(reader: Reader, offset: number, radix: 8 | 16): number {
  const digits = takeUntil(reader, '}', offset, 'the escape').trim();
  if (!(radix === 16 ? /^[0-9a-fA-F]+$/ : /^[0-7]+$/).test(digits))
    throw new RegexError('not a number between the braces of the escape', offset);
  const codePoint = Number.parseInt(digits, radix);
  if (codePoint > MAX_CODE_POINT)
    throw new RegexError('the escape stands for no character: it is above 10FFFF', offset);
  return codePoint;
}

function controlKey(reader: Reader, offset: number): number {
  const key = reader.source.charCodeAt(reader.at);
  if (!(key >= 0x20 && key <= 0x7e))
    throw new RegexError('`\\c` wants a printable ASCII character', offset);
  reader.at++;
  return (key >= 0x61 && key <= 0x7a ? key - 0x20 : key) ^ 0x40;
}
