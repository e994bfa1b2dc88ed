import type { Work } from '../work/work.ts';
import { called, readArguments } from './arguments.ts';
import { type Cursor, type Expression, expect, peek, take, took } from './cursor.ts';
import { JinjaError } from './error.ts';
import { filters } from './filters.ts';
import { type Arithmetic, compared, equals, isIn, isTrue, products, sums } from './operators.ts';
import { readPrimary } from './primary.ts';
import { tests } from './tests.ts';
import { joined } from './text-functions.ts';
import type { Value } from './value.ts';

/** `a if b else c` and all that binds tighter. */
export function readExpression(cursor: Cursor): Expression {
  const value = readOr(cursor);
  if (!took(cursor, 'if')) return value;
  const condition = readOr(cursor);
  const other: Expression = took(cursor, 'else') ? readExpression(cursor) : () => undefined;
  return (scope) => (isTrue(condition(scope)) ? value(scope) : other(scope));
}

/** Without `if`, which has a meaning of its own behind the list of a loop. */
export function readOr(cursor: Cursor): Expression {
  let left = readAnd(cursor);
  while (took(cursor, 'or')) {
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
  while (took(cursor, 'and')) {
    const [a, b] = [left, readNot(cursor)];
    left = (scope) => {
      const first = a(scope);
      return isTrue(first) ? b(scope) : first;
    };
  }
  return left;
}

function readNot(cursor: Cursor): Expression {
  if (!took(cursor, 'not')) return readComparison(cursor);
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
  const found = kind === 'sign' || kind === 'name' ? comparators.get(text) : undefined;
  if (found) cursor.at++;
  if (found || !took(cursor, 'not')) return found;
  expect(cursor, 'in');
  return (a, b, work) => !isIn(a, b, work);
}

/** Operands with signs of one rank between them, from left to right. */
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
  while (took(cursor, '~')) operands.push(readChain(cursor, products, readUnary));
  const [only] = operands;
  return operands.length === 1 && only
    ? only
    : (scope) =>
        joined(
          scope.work,
          operands.map((operand) => operand(scope)),
          '',
        );
}

/** A value with the filters and tests behind it; they take what a sign has made. */
function readUnary(cursor: Cursor): Expression {
  let value = readSigned(cursor);
  for (;;) {
    if (took(cursor, '|')) value = readFilter(cursor, value);
    else if (took(cursor, 'is')) value = readTest(cursor, value);
    else return value;
  }
}

function readSigned(cursor: Cursor): Expression {
  if (!took(cursor, '-')) return readPrimary(cursor);
  const operand = readSigned(cursor);
  return (scope) => {
    const value = operand(scope);
    if (typeof value !== 'number') throw new Error('`-` takes a number');
    return -value;
  };
}

function readFilter(cursor: Cursor, value: Expression): Expression {
  const name = take(cursor);
  const filter = name.kind === 'name' ? filters.get(name.text) : undefined;
  if (!filter)
    throw new JinjaError(
      `there is no filter \`${name.text}\` here, only ${[...filters.keys()].join(', ')}`,
      name.start,
      name.end,
    );
  return called(filter, value, took(cursor, '(') ? readArguments(cursor) : [], name);
}

/** `value is defined`, `value is not none`, `value is divisibleby 3` */
function readTest(cursor: Cursor, value: Expression): Expression {
  const negated = took(cursor, 'not');
  const name = take(cursor);
  const test = name.kind === 'name' ? tests.get(name.text) : undefined;
  if (!test)
    throw new JinjaError(
      `there is no test \`${name.text}\` here, only ${[...tests.keys()].join(', ')}`,
      name.start,
      name.end,
    );
  const args = took(cursor, '(')
    ? readArguments(cursor)
    : test.parameters.length > 0
      ? [{ name: undefined, value: readPrimary(cursor) }]
      : [];
  const found = called(test, value, args, name);
  return negated ? (scope) => !isTrue(found(scope)) : found;
}
