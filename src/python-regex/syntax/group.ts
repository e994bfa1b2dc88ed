import { PatternError } from '../pattern-error.ts';
import { emitReference } from './escape.ts';
import { emit, matchHere, type Reader, setFlags } from './reader.ts';

const look = '(:|=|!|<=|<!)';
const name = 'P<([^>]*)>';
const reference = 'P=([^)]*)\\)';
const comment = '(#)[^)]*\\)';
const flags = '([imsuxaL]*)(?:-([imsx]+))?:';
const opening = new RegExp(`\\(\\?(?:${look}|${name}|${reference}|${comment}|${flags})`, 'y');

/** What an opening bracket starts: a group, or a reference or a comment as a whole. */
export function openGroup(reader: Reader): void {
  const { source, references } = reader;
  if (source[reader.at + 1] !== '?') {
    reader.at++;
    references.open(true);
    enterGroup(reader, '(');
    return;
  }
  const match = matchHere(reader, opening);
  if (!match)
    throw new PatternError(`\`${source.slice(reader.at, reader.at + 4)}\` is not supported`);
  reader.at += match[0].length;
  const [, sign, groupName, referred, commentSign, on = '', off = ''] = match;
  if (commentSign !== undefined) return;
  if (referred !== undefined) emitNamedReference(reader, referred);
  else if (groupName !== undefined) openNamedGroup(reader, groupName);
  else if (sign !== undefined) {
    references.open(false);
    const looks = sign !== ':';
    if (looks) reader.scriptOnly = true;
    // RegExp repeats no look-around, but a group of it
    enterGroup(reader, looks ? `(?:(?${sign}` : '(?:', looks ? '))' : ')');
  } else {
    references.open(false);
    openFlaggedGroup(reader, on, off);
  }
}

function emitNamedReference(reader: Reader, groupName: string): void {
  const group = reader.names.get(groupName);
  if (group === undefined)
    throw new PatternError(`there is no group \`${groupName}\` before its reference`);
  emitReference(reader, group);
}

function openNamedGroup(reader: Reader, groupName: string): void {
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(groupName) || reader.names.has(groupName))
    throw new PatternError(`\`${groupName}\` can't name a group, or names another one`);
  enterGroup(reader, '(');
  reader.names.set(groupName, reader.references.open(true));
}

function openFlaggedGroup(reader: Reader, on: string, off: string): void {
  reader.openGroups.push({ flags: { ...reader.flags }, close: ')' });
  const turnedOn = setFlags(reader.flags, on, true);
  const turnedOff = setFlags(reader.flags, off, false);
  emit(reader, turnedOn ? '(?i:' : turnedOff ? '(?-i:' : '(?:');
}

function enterGroup(reader: Reader, open: string, close = ')'): void {
  reader.openGroups.push({ flags: { ...reader.flags }, close });
  emit(reader, open);
}

export function closeGroup(reader: Reader): void {
  const group = reader.openGroups.pop();
  if (!group) throw new PatternError('`)` closes no group');
  reader.flags = group.flags;
  reader.references.close();
  reader.at++;
  emit(reader, group.close);
}
