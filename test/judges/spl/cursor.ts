import { quotedEnd, SplError, unescaped } from './text.ts';

/** A place in the arguments of one command; every `take` moves it. */
export interface Cursor {
  readonly text: string;
  at: number;
}

export function cursor(text: string): Cursor {
  return { text, at: 0 };
}

export function skipSpace(c: Cursor): void {
  while (c.at < c.text.length && isSpace(c.text.charCodeAt(c.at))) c.at += 1;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

export function atEnd(c: Cursor): boolean {
  skipSpace(c);
  return c.at >= c.text.length;
}

export function peek(c: Cursor): string {
  return c.text.charAt(c.at);
}

/** Takes `literal` when it stands here, after white space. */
export function takeLiteral(c: Cursor, literal: string): boolean {
  skipSpace(c);
  if (!c.text.startsWith(literal, c.at)) return false;
  c.at += literal.length;
  return true;
}

/** Takes the whole word `word`, in any case, when it stands here. */
export function takeKeyword(c: Cursor, word: string): boolean {
  skipSpace(c);
  const end = c.at + word.length;
  if (c.text.slice(c.at, end).toLowerCase() !== word.toLowerCase()) return false;
  if (/[\w.]/.test(c.text.charAt(end))) return false;
  c.at = end;
  return true;
}

/** Takes what the sticky expression matches here, after white space. */
export function takeMatch(c: Cursor, sticky: RegExp): string | undefined {
  skipSpace(c);
  sticky.lastIndex = c.at;
  const found = sticky.exec(c.text)?.[0];
  if (found === undefined || found === '') return undefined;
  c.at += found.length;
  return found;
}

/** The text of the double-quoted string that starts here, without its escapes. */
export function takeQuoted(c: Cursor): string {
  const end = quotedEnd(c.text, c.at);
  const inner = c.text.slice(c.at + 1, end - 1);
  c.at = end;
  return unescaped(inner);
}

/**
 * The text inside the parentheses (or brackets) that open here; quotes and nesting are respected.
 */
export function takeEnclosed(c: Cursor, open: string, close: string): string {
  const start = c.at;
  let depth = 0;
  for (let at = start; at < c.text.length; at += 1) {
    const char = c.text[at];
    if (char === '"') at = quotedEnd(c.text, at) - 1;
    else if (char === open) depth += 1;
    else if (char === close) {
      depth -= 1;
      if (depth === 0) {
        c.at = at + 1;
        return c.text.slice(start + 1, at);
      }
    }
  }
  throw new SplError(`Unbalanced ${open}: ${c.text.slice(start, start + 40)}`);
}

const BARE_NAME = /[^\s,"'()[\]=|]+/y;

/**
 * A field's name in a command's arguments: bare, or in double quotes. Single quotes belong to eval
 * expressions only.
 */
export function takeName(c: Cursor): string {
  skipSpace(c);
  if (peek(c) === '"') return takeQuoted(c);
  const name = takeMatch(c, BARE_NAME);
  if (name === undefined)
    throw new SplError(`A field name is expected here: ${c.text.slice(c.at, c.at + 30)}`);
  return name;
}

/** Field names up to the end, parted by spaces or commas. */
export function takeNames(c: Cursor): readonly string[] {
  const names: string[] = [];
  while (!atEnd(c)) {
    names.push(takeName(c));
    takeLiteral(c, ',');
  }
  return names;
}

/**
 * The value of an option `name=value` that stands here; undefined (and nothing taken) otherwise.
 */
export function takeOption(c: Cursor, name: string): string | undefined {
  const start = c.at;
  if (takeKeyword(c, name) && takeLiteral(c, '=')) {
    skipSpace(c);
    return peek(c) === '"' ? takeQuoted(c) : takeMatch(c, /[^\s,"]+/y);
  }
  c.at = start;
  return undefined;
}

export function expectEnd(c: Cursor, command: string): void {
  if (!atEnd(c))
    throw new SplError(
      `Error in '${command}' command: the argument '${c.text.slice(c.at, c.at + 40)}' is invalid`,
    );
}
