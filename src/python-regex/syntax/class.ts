import { PatternError } from '../pattern-error.ts';
import { readCharacterEscape } from './escape.ts';
import { emit, type Reader, takeCode } from './reader.ts';
import { type ClassSpelling, characterSpelling, classes, type Spelling } from './spelling.ts';

const backspace = 8;

/** `[...]`, from its opening bracket. */
export function readClass(reader: Reader): void {
  reader.at++;
  const negated = reader.source[reader.at] === '^';
  if (negated) reader.at++;
  let linear = '';
  let script = '';
  // a bracket that closes at once is a character
  for (let first = true; first || reader.source[reader.at] !== ']'; first = false) {
    const item = readClassItem(reader);
    linear += item.linear;
    script += item.script;
  }
  reader.at++;
  const open = negated ? '[^' : '[';
  emit(reader, `${open}${linear}]`, `${open}${script}]`);
}

/** A character, a range of them, or a class such as `\w`. */
function readClassItem(reader: Reader): Spelling {
  const known = takeNamedClass(reader);
  if (known) {
    if (known.nested === undefined) reader.scriptOnly = true;
    return { linear: known.nested ?? '', script: known.script };
  }
  const code = takeClassCharacter(reader);
  const first = characterSpelling(code);
  if (reader.source[reader.at] !== '-' || reader.source[reader.at + 1] === ']') return first;
  reader.at++;
  const last = takeNamedClass(reader) ? undefined : takeClassCharacter(reader);
  if (last === undefined || last < code)
    throw new PatternError('a range of a class has no right end');
  const { linear, script } = characterSpelling(last);
  return { linear: `${first.linear}-${linear}`, script: `${first.script}-${script}` };
}

function takeNamedClass(reader: Reader): ClassSpelling | undefined {
  const { source, at } = reader;
  const known = source[at] === '\\' ? classes.get(source[at + 1] ?? '') : undefined;
  if (known) reader.at += 2;
  return known;
}

function takeClassCharacter(reader: Reader): number {
  if (reader.source[reader.at] !== '\\') return takeCode(reader);
  if (reader.source[reader.at + 1] !== 'b') return readCharacterEscape(reader);
  reader.at += 2;
  return backspace;
}
