import {
  type Cursor,
  type Expression,
  expect,
  isNext,
  peek,
  takeIf,
  unexpected,
} from './cursor.ts';
import { type Argument, inParameterOrder, type TemplateFunction } from './function.ts';
import type { Token } from './lexer.ts';
import { countedValue } from './value.ts';

/** The call of a function. Throws {@link JinjaError} where the arguments do not fit. */
export function callOf(
  called: TemplateFunction,
  value: Expression,
  args: readonly Argument<Expression>[],
  name: Token,
): Expression {
  const inOrder = inParameterOrder(called, args, name);
  return (scope) =>
    countedValue(
      called.apply(scope.work, value(scope), ...inOrder.map((argument) => argument?.(scope))),
      scope.work,
    );
}

/** From after the opening parenthesis: `1, name=2)`. */
export function readArguments(cursor: Cursor): readonly Argument<Expression>[] {
  const args: Argument<Expression>[] = [];
  while (!takeIf(cursor, ')')) {
    if (args.length > 0) {
      expect(cursor, ',');
      if (takeIf(cursor, ')')) break;
    }
    const [name, sign] = [peek(cursor), cursor.tokens[cursor.at + 1]];
    const isNamed = name.kind === 'name' && sign?.kind === 'sign' && sign.text === '=';
    if (isNamed) cursor.at += 2;
    else if (args.some((argument) => argument.name)) throw unexpected(name);
    args.push({ name: isNamed ? name : undefined, value: cursor.readInner(cursor) });
  }
  return args;
}

/** Entries up to the closing sign; a comma may follow the last. */
export function readEntries(cursor: Cursor, close: string): readonly Expression[] {
  const entries: Expression[] = [];
  while (!takeIf(cursor, close)) {
    entries.push(cursor.readInner(cursor));
    if (!isNext(cursor, close)) expect(cursor, ',');
  }
  return entries;
}
