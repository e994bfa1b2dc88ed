import { reference } from './escape.ts';
import { type Reader, type ReaderFlags, take, takeMatch, takeUntil } from './reader.ts';
import { RegexError, type RegexNode } from './tree.ts';

/** As in PCRE. It also keeps the recursion of all later walks shallow. */
const MAX_DEPTH = 250;

type Body = (reader: Reader) => RegexNode;

const LOOKAROUNDS: readonly (readonly [string, behind: boolean, negated: boolean])[] = [
  ['?=', false, false],
  ['?!', false, true],
  ['?<=', true, false],
  ['?<!', true, true],
];

/**
 * Reads a group. The reader is at its `(`. Undefined for inline flags, which hold from here to the
 * end of the enclosing group.
 */
export function readGroup(reader: Reader, body: Body): RegexNode | undefined {
  const offset = reader.at++;
  if (reader.source[reader.at] === '*')
    throw new RegexError('verbs such as `(*UTF)` are not supported', offset);
  if (reader.source[reader.at] !== '?') return capturing(reader, offset, body);
  for (const [text, behind, negated] of LOOKAROUNDS) {
    if (take(reader, text))
      return { kind: 'lookaround', behind, negated, node: scoped(reader, offset, body), offset };
  }
  if (take(reader, '?>')) return { kind: 'atomic', node: scoped(reader, offset, body), offset };
  if (take(reader, '?:') || take(reader, '?|'))
    return { kind: 'group', capturing: false, node: scoped(reader, offset, body) };
  const named = takeMatch(reader, /\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/y);
  if (named) {
    reader.names.add(named[1] ?? named[2] ?? '');
    return capturing(reader, offset, body);
  }
  const back = takeMatch(reader, /\?P=([A-Za-z_]\w*)\)/y);
  if (back) return reference(reader, back[1] ?? '', offset);
  const call = takeMatch(reader, /\?(?:R|[+-]?\d{1,5}|(?:&|P>)[A-Za-z_]\w*)\)/y);
  if (call) return { kind: 'opaque', text: `(${call[0]}`, offset };
  if (reader.source[reader.at + 1] === '(')
    throw new RegexError('conditional groups `(?(...)` are not supported', offset);
  return inlineFlags(reader, offset, body);
}

function capturing(reader: Reader, offset: number, body: Body): RegexNode {
  reader.groups++;
  return { kind: 'group', capturing: true, node: scoped(reader, offset, body) };
}

/** Reads what is between here and the closing parenthesis. Flags set inside end there. */
function scoped(reader: Reader, offset: number, body: Body): RegexNode {
  if (++reader.depth > MAX_DEPTH)
    throw new RegexError(`groups are nested more than ${MAX_DEPTH} deep`, offset);
  const outside = reader.flags;
  const node = body(reader);
  if (!take(reader, ')')) throw new RegexError('the group is not closed: `)` is missing', offset);
  reader.flags = outside;
  reader.depth--;
  return node;
}

function inlineFlags(reader: Reader, offset: number, body: Body): RegexNode | undefined {
  const match = takeMatch(reader, /\?(\^?)([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])/y);
  if (!match || (match[1] && match[3] !== undefined))
    throw new RegexError('this kind of group is unknown', offset);
  let flags = match[1]
    ? { ...reader.flags, ignoreCase: false, multiline: false, dotAll: false, extended: false }
    : reader.flags;
  for (const letter of match[2] ?? '') flags = withFlag(flags, letter, true, offset);
  for (const letter of match[3] ?? '') flags = withFlag(flags, letter, false, offset);
  if (match[4] === ':') {
    const outside = reader.flags;
    reader.flags = flags;
    const node = scoped(reader, offset, body);
    reader.flags = outside;
    return { kind: 'group', capturing: false, node };
  }
  reader.flags = flags;
  if (offset === reader.leading) {
    reader.leading = reader.at;
    reader.effective = {
      ignoreCase: flags.ignoreCase,
      multiline: flags.multiline,
      dotAll: flags.dotAll,
    };
  }
  return undefined;
}

function withFlag(flags: ReaderFlags, letter: string, on: boolean, offset: number): ReaderFlags {
  switch (letter) {
    case 'i':
      return { ...flags, ignoreCase: on };
    case 'm':
      return { ...flags, multiline: on };
    case 's':
      return { ...flags, dotAll: on };
    case 'x':
      return { ...flags, extended: on };
    case 'U':
      return { ...flags, ungreedy: on };
    case 'J':
    case 'n':
      return flags;
  }
  throw new RegexError(`unknown inline flag \`${letter}\``, offset);
}

/** Skips `(?#...)`, which means nothing, even between an atom and its quantifier. */
export function skipComment(reader: Reader): boolean {
  const offset = reader.at;
  if (!take(reader, '(?#')) return false;
  takeUntil(reader, ')', offset, 'the comment');
  return true;
}
