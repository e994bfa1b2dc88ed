import type { Work } from '../work/work.ts';
import { callOf, readArguments } from './arguments.ts';
import { type Cursor, type Expression, expect, peek, take, takeIf } from './cursor.ts';
import { JinjaError } from './error.ts';
import { filters } from './filters.ts';
import type { TemplateFunction } from './function.ts';
import type { Token } from './lexer.ts';
import { type Arithmetic, compared, equals, isIn, isTrue, products, sums } from './operators.ts';
import { readPrimary } from './primary.ts';
import { tests } from './tests.ts';
import { joined } from './text-functions.ts';
import type { Value } from './value.ts';

/** `a if b else c` and all that binds tighter. */
export function readExpression(cursor: Cursor): Expression {
  const value = readOr(cursor);
  if (!takeIf(cursor, 'if')) return value;
  const condition = readOr(cursor);
  const other: Expression = takeIf(cursor, 'else') ? readExpression(cursor) : () => undefined;
  return (scope) => (isTrue(condition(scope)) ? value(scope) : other(scope));
}

/** Without `if`, which means something else after the list of a loop. */
export function readOr(cursor: Cursor): Expression {
  let left = readAnd(cursor);
  while (takeIf(cursor, 'or')) {
    const [a, b] = [left, readAnd(cursor)];
    left = (scope) => {
      const first = a(scope);
      return isTrue(first) ? first : b(scope);
    };
  }
  return left;
}

function readAnd(cursor: Cursor): Expression {
  let left = readNot(cursor);
  while (takeIf(cursor, 'and')) {
    const [a, b] = [left, readNot(cursor)];
    left = (scope) => {
      const first = a(scope);
      return isTrue(first) ? b(scope) : first;
    };
  }
  return left;
}

function readNot(cursor: Cursor): Expression {
  if (!takeIf(cursor, 'not')) return readComparison(cursor);
  const operand = readNot(cursor);
  return (scope) => !isTrue(operand(scope));
}

type Comparator = (a: Value, b: Value, work: Work) => boolean;

const comparators: ReadonlyMap<string, Comparator> = new Map<string, Comparator>([
  ['==', equals],
  ['!=', (a, b, work) => !equals(a, b, work)],
  ['<', (a, b, work) => compared(a, b, work) < 0],
  ['<=', (a, b, work) => compared(a, b, work) <= 0],
  ['>', (a, b, work) => compared(a, b, work) > 0],
  ['>=', (a, b, work) => compared(a, b, work) >= 0],
  ['in', isIn],
]);

/** `a < b < c` holds where both do. */
function readComparison(cursor: Cursor): Expression {
  const first = readChain(cursor, sums, readConcatenation);
  const others: { readonly compare: Comparator; readonly operand: Expression }[] = [];
  for (let compare = readComparator(cursor); compare; compare = readComparator(cursor))
    others.push({ compare, operand: readChain(cursor, sums, readConcatenation) });
  if (others.length === 0) return first;
  return (scope) => {
    let left = first(scope);
    for (const { compare, operand } of others) {
      const right = operand(scope);
      if (!compare(left, right, scope.work)) return false;
      left = right;
    }
    return true;
  };
}

function readComparator(cursor: Cursor): Comparator | undefined {
  const { kind, text } = peek(cursor);
  const comparator = kind === 'sign' || kind === 'name' ? comparators.get(text) : undefined;
  if (comparator) cursor.at++;
  if (comparator || !takeIf(cursor, 'not')) return comparator;
  expect(cursor, 'in');
  return (a, b, work) => !isIn(a, b, work);
}

/** Operands with operators of one precedence, from left to right. */
function readChain(
  cursor: Cursor,
  operators: ReadonlyMap<string, Arithmetic>,
  readOperand: (cursor: Cursor) => Expression,
): Expression {
  let left = readOperand(cursor);
  for (;;) {
    const { kind, text } = peek(cursor);
    const operator = kind === 'sign' ? operators.get(text) : undefined;
    if (!operator) return left;
    cursor.at++;
    const [a, b] = [left, readOperand(cursor)];
    left = (scope) => operator(a(scope), b(scope), scope.work);
  }
}

function readConcatenation(cursor: Cursor): Expression {
  const operands = [readChain(cursor, products, readUnary)];
  while (takeIf(cursor, '~')) operands.push(readChain(cursor, products, readUnary));
  const [only] = operands;
  return operands.length === 1 && only
    ? only
    : (scope) => {
        const values = operands.map((operand) => operand(scope));
        return joined(scope.work, values, '');
      };
}

/** A value and the filters and tests after it, which apply to the signed value. */
function readUnary(cursor: Cursor): Expression {
  let value = readSigned(cursor);
  for (;;) {
    if (takeIf(cursor, '|')) value = readFilter(cursor, value);
    else if (takeIf(cursor, 'is')) value = readTest(cursor, value);
    else return value;
  }
}

function readSigned(cursor: Cursor): Expression {
  if (!takeIf(cursor, '-')) return readPrimary(cursor);
  const operand = readSigned(cursor);
  return (scope) => {
    const value = operand(scope);
    if (typeof value !== 'number') throw new JinjaError('`-` takes a number');
    return -value;
  };
}

function readFilter(cursor: Cursor, value: Expression): Expression {
  const name = take(cursor);
  const filter = functionNamed(name, 'filter', filters);
  return callOf(filter, value, takeIf(cursor, '(') ? readArguments(cursor) : [], name);
}

/** `value is defined`, `value is not none`, `value is divisibleby 3` */
function readTest(cursor: Cursor, value: Expression): Expression {
  const negated = takeIf(cursor, 'not');
  const name = take(cursor);
  const test = functionNamed(name, 'test', tests);
  const args = takeIf(cursor, '(')
    ? readArguments(cursor)
    : test.parameters.length > 0
      ? [{ name: undefined, value: readPrimary(cursor) }]
      : [];
  const result = callOf(test, value, args, name);
  return negated ? (scope) => !isTrue(result(scope)) : result;
}

function functionNamed(
  name: Token,
  kind: 'filter' | 'test',
  functions: ReadonlyMap<string, TemplateFunction>,
): TemplateFunction {
  const named = name.kind === 'name' ? functions.get(name.text) : undefined;
  if (named) return named;
  const known = [...functions.keys()].join(', ');
  throw new JinjaError(`there is no ${kind} \`${name.text}\` here, only ${known}`, name);
}
