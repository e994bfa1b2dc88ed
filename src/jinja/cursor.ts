import type { Work } from '../work/work.ts';
import { JinjaError } from './error.ts';
import type { Token } from './lexer.ts';
import type { Roots, Value } from './value.ts';

/** The values that names stand for, and what may be made of them. */
export interface Scope {
  readonly values: Map<string, Value>;
  readonly work: Work;
}
export type Expression = (scope: Scope) => Value;

/** The tokens of one block, read from left to right. */
export interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  readonly roots: Roots;
  /** Names that the template has made: of the loops around, and of `set`. */
  readonly locals: Set<string>;
  /** Reads an expression inside another one. */
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

/** True where the next token is this sign or name, which is taken then. */
export function took(cursor: Cursor, text: string): boolean {
  const found = isNext(cursor, text);
  if (found) cursor.at++;
  return found;
}

export function isNext(cursor: Cursor, text: string): boolean {
  const { kind, text: next } = peek(cursor);
  return (kind === 'sign' || kind === 'name') && next === text;
}

export function unexpected({ kind, text, start, end }: Token): JinjaError {
  return new JinjaError(
    kind === 'end' ? 'the block ends too early' : `\`${text}\` is not supported here`,
    start,
    end,
  );
}

export function expect(cursor: Cursor, text: string): void {
  if (!took(cursor, text)) throw unexpected(peek(cursor));
}

export function takeName(cursor: Cursor): Token {
  const name = take(cursor);
  if (name.kind !== 'name') throw unexpected(name);
  return name;
}
