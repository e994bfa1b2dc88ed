import { otherCases } from '../../regex/case.ts';
import { diagnosticAt, type Place, type TargetDiagnostic } from '../backend.ts';

/** A pattern in the making. */
export interface Writing {
  /**
   * Lines are compact JSON objects, as `JSON.stringify` writes them; else the events' text as it
   * is.
   */
  readonly json: boolean;
  /** The command has `-i`: what minds letter case must mark it. */
  readonly ignoreCase: boolean;
  readonly place: Place;
  readonly diagnostics: TargetDiagnostic[];
  /** A letter was written that may be of either case. */
  eitherCase: boolean;
  /** Bytes that PCRE adds when it writes out counted groups. */
  copied: number;
}

/** A pattern that holds on no line. */
export const NEVER = '(?!)';
/** A pattern that holds on every line. */
export const ALWAYS = '';

/** One character inside a JSON string, never a part of an escape sequence. */
export const UNIT = '(?>[^"\\\\]|\\\\u.{4}|\\\\.)';

/** Reported once per rule. */
export function report({ diagnostics, place }: Writing, message: string): void {
  if (!diagnostics.some((known) => known.message === message))
    diagnostics.push(diagnosticAt('TGT002', place, message));
}

export const hasLetters = (text: string): boolean => text.toLowerCase() !== text.toUpperCase();

/** The text as a line has it, without quotes. */
function lineText(text: string, json: boolean): string {
  return json ? JSON.stringify(text).slice(1, -1) : text;
}

/** Characters beyond ASCII stay as they are: `\x{2013}` is not a pattern in the C locale. */
function escaped(text: string): string {
  const known = text.replace(/[.*+?()[\]{}|^$\\]/g, '\\$&');
  return /\p{Cc}/u.test(known)
    ? known.replace(/\p{Cc}/gu, (char) =>
        char > '\x7f' ? char : `\\x{${char.charCodeAt(0).toString(16)}}`,
      )
    : known;
}

interface Spelling {
  readonly text: string;
  readonly letters: boolean;
  /** With letters beyond ASCII in each case, since `-i` knows them in UTF-8 locales only. */
  readonly eitherCase: string;
}

/** Thousands of rules share paths and program names. */
const spellings = new Map<string, Spelling>();
const maximumSpellings = 20_000;

function spellingOf(text: string, json: boolean): Spelling {
  const known = json ? spellings.get(text) : undefined;
  if (known) return known;
  const printed = escaped(lineText(text, json));
  const spelling = {
    text: printed,
    letters: hasLetters(text),
    eitherCase: /[^ -~]/.test(printed) ? printed.replace(/[^ -~]/gu, inEachCase) : printed,
  };
  if (json && spellings.size < maximumSpellings) spellings.set(text, spelling);
  return spelling;
}

function inEachCase(char: string): string {
  const others = otherCases(char.codePointAt(0) ?? 0).map((point) => String.fromCodePoint(point));
  return others.length === 0 ? char : `(?:${[char, ...others].join('|')})`;
}

/** A text as PCRE. */
export function literal(text: string, cased: boolean, writing: Writing): string {
  const spelling = spellingOf(text, writing.json);
  if (!spelling.letters) return spelling.text;
  if (cased) return sensitive(spelling.text, writing);
  writing.eitherCase = true;
  return spelling.eitherCase;
}

/** Minds letter case, whatever the command says. */
export function sensitive(pattern: string, { ignoreCase }: Writing): string {
  return ignoreCase ? `(?-i:${pattern})` : pattern;
}

/**
 * The start of a field's value in a JSON line: inside texts, quotes have a backslash, so that
 * nothing else can look like this.
 */
export function keyPattern(field: string, writing: Writing): string {
  const name = `"${escaped(lineText(field, true))}"`;
  return `[{,]${hasLetters(field) ? sensitive(name, writing) : name}:`;
}
