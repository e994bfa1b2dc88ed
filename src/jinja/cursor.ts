import type { Work } from '../work/work.ts';
import { JinjaError } from './error.ts';
import type { Token } from './lexer.ts';
import type { Names } from './names.ts';
import type { Roots, Value } from './value.ts';

/** The values of names, and the bound of what may be made of them. */
export interface Scope {
  readonly values: Names<Value>;
  readonly work: Work;
}
export type Expression = (scope: Scope) => Value;

/** The tokens of one block, read from left to right. */
export interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  readonly roots: Roots;
  /** Names that the template defines: those of the surrounding loops, and of `set`. */
  readonly locals: Names<true>;
  /** Reads a nested expression. */
  readonly readInner: (cursor: Cursor) => Expression;
}

export function peek(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.at] ?? cursor.tokens.at(-1);
  if (!token) throw new Error('a block has no end');
  return token;
}

export function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.at++;
  return token;
}

/** Takes the next token if it is this sign or name. */
export function takeIf(cursor: Cursor, text: string): boolean {
  const isTaken = isNext(cursor, text);
  if (isTaken) cursor.at++;
  return isTaken;
}

export function isNext(cursor: Cursor, text: string): boolean {
  const { kind, text: next } = peek(cursor);
  return (kind === 'sign' || kind === 'name') && next === text;
}

export function unexpected(token: Token): JinjaError {
  const message =
    token.kind === 'end' ? 'the block ends too early' : `\`${token.text}\` is not supported here`;
  return new JinjaError(message, token);
}

export function expect(cursor: Cursor, text: string): void {
  if (!takeIf(cursor, text)) throw unexpected(peek(cursor));
}

export function takeName(cursor: Cursor): Token {
  const name = take(cursor);
  if (name.kind !== 'name') throw unexpected(name);
  return name;
}
