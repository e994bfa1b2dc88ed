import { type Cursor, type Expression, expect, isNext, peek, took, unexpected } from './cursor.ts';
import { type Argument, placed, type TemplateFunction } from './function.ts';
import type { Token } from './lexer.ts';

/** The call of a function whose arguments are known to fit. */
export function called(
  what: TemplateFunction,
  value: Expression,
  args: readonly Argument<Expression>[],
  name: Token,
): Expression {
  const inOrder = placed(what, args, name);
  return (scope) =>
    what.apply(scope.work, value(scope), ...inOrder.map((argument) => argument?.(scope)));
}

/** Behind the opening parenthesis: `1, name=2)`. */
export function readArguments(cursor: Cursor): readonly Argument<Expression>[] {
  const args: Argument<Expression>[] = [];
  while (!took(cursor, ')')) {
    if (args.length > 0) {
      expect(cursor, ',');
      if (took(cursor, ')')) break;
    }
    const [name, sign] = [peek(cursor), cursor.tokens[cursor.at + 1]];
    const isNamed = name.kind === 'name' && sign?.kind === 'sign' && sign.text === '=';
    if (isNamed) cursor.at += 2;
    else if (args.some((argument) => argument.name)) throw unexpected(name);
    args.push({ name: isNamed ? name : undefined, value: cursor.readInner(cursor) });
  }
  return args;
}

/** Entries up to the closing sign, one comma at the end left out. */
export function readEntries(cursor: Cursor, close: string): readonly Expression[] {
  const entries: Expression[] = [];
  while (!took(cursor, close)) {
    entries.push(cursor.readInner(cursor));
    if (!isNext(cursor, close)) expect(cursor, ',');
  }
  return entries;
}
