import { PatternError } from '../pattern-error.ts';
import { emit, emitCharacter, matchHere, type Reader, takeCode } from './reader.ts';
import { classes, positions } from './spelling.ts';

const controls: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

/** A backslash outside of classes and what follows it. */
export function readEscape(reader: Reader): void {
  const letter = reader.source[reader.at + 1] ?? '';
  const known = classes.get(letter);
  if (known) {
    reader.at += 2;
    emit(reader, `[${known.linear}]`, `[${known.script}]`);
    return;
  }
  const position = positions.get(letter);
  if (position) {
    reader.at += 2;
    reader.hasBoundary ||= letter === 'b' || letter === 'B';
    emit(reader, position.linear, position.script);
    return;
  }
  const [whole, group] = matchHere(reader, /\\(?![1-3][0-7]{2})([1-9][0-9]?)/y) ?? [];
  if (whole === undefined) emitCharacter(reader, readCharacterEscape(reader));
  else {
    reader.at += whole.length;
    emitReference(reader, Number(group));
  }
}

/** A back-reference, which RE2 does not have. */
export function emitReference(reader: Reader, group: number): void {
  reader.references.refer(group);
  reader.scriptOnly = true;
  emit(reader, '', `(?:\\${group})`);
}

const numericEscape =
  /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(0[0-7]{0,2}|[1-3][0-7]{2}))/y;

/** One character that is written as an escape, inside of a class or outside: its code point. */
export function readCharacterEscape(reader: Reader): number {
  const numeric = matchHere(reader, numericEscape);
  if (numeric) {
    const [whole, two, four, eight, octal] = numeric;
    reader.at += whole.length;
    const code =
      octal === undefined
        ? Number.parseInt(two ?? four ?? eight ?? '', 16)
        : Number.parseInt(octal, 8);
    if (code > 0x10ffff) throw new PatternError(`\`${whole}\` is not a character`);
    return code;
  }
  reader.at++;
  const code = takeCode(reader);
  const char = String.fromCodePoint(code);
  const control = controls.get(char);
  if (control !== undefined) return control;
  if (/[A-Za-z0-9]/.test(char))
    throw new PatternError(`\`\\${char}\` is not an escape of Python's`);
  return code;
}
