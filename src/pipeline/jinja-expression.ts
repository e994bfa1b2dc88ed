import type { Token } from './jinja-lexer.ts';
import { equals, filters, isIn, isTrue } from './jinja-value.ts';
import { TemplateFault } from './simple-template.ts';
import { memberOf, printedText, type Roots, type Value } from './template-value.ts';
import { refuseLonger, type Work } from './work.ts';

/** The values that names stand for, and what may be made of them. */
export interface Scope {
  readonly values: ReadonlyMap<string, Value>;
  readonly work: Work;
}
export type Expression = (scope: Scope) => Value;

/** The tokens of one block, read from left to right. */
export interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  readonly roots: Roots;
  /** Names of the loops around. */
  readonly locals: ReadonlySet<string>;
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
  const { kind, text: next } = peek(cursor);
  const found = (kind === 'sign' || kind === 'name') && next === text;
  if (found) cursor.at++;
  return found;
}

export function unexpected({ kind, text, start, end }: Token): TemplateFault {
  return new TemplateFault(kind === 'end' ? 'the block ends too early' : `\`${text}\` is not supported here`, start, end);
}

function expect(cursor: Cursor, text: string): void {
  if (!took(cursor, text)) throw unexpected(peek(cursor));
}

/** `a if b else c` and all that binds tighter. */
export function readExpression(cursor: Cursor): Expression {
  const value = readOr(cursor);
  if (!took(cursor, 'if')) return value;
  const condition = readOr(cursor);
  const other: Expression = took(cursor, 'else') ? readExpression(cursor) : () => undefined;
  return (scope) => (isTrue(condition(scope)) ? value(scope) : other(scope));
}

function readOr(cursor: Cursor): Expression {
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

function readComparison(cursor: Cursor): Expression {
  const a = readConcatenation(cursor);
  const compare = readComparator(cursor);
  if (!compare) return a;
  const b = readConcatenation(cursor);
  const next = peek(cursor);
  if (next.text === '==' || next.text === '!=') throw unexpected(next);
  return (scope) => compare(a(scope), b(scope));
}

function readComparator(cursor: Cursor): ((a: Value, b: Value) => boolean) | undefined {
  if (took(cursor, '==')) return equals;
  if (took(cursor, '!=')) return (a, b) => !equals(a, b);
  if (took(cursor, 'in')) return isIn;
  if (!took(cursor, 'not')) return undefined;
  expect(cursor, 'in');
  return (a, b) => !isIn(a, b);
}

function readConcatenation(cursor: Cursor): Expression {
  const operands = [readTested(cursor)];
  while (took(cursor, '~')) operands.push(readTested(cursor));
  const [only] = operands;
  return operands.length === 1 && only
    ? only
    : (scope) =>
        concatenated(
          operands.map((operand) => printedText(operand(scope))),
          scope.work,
        );
}

function concatenated(texts: readonly string[], work: Work): string {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  refuseLonger(work, length);
  work.characters(length);
  return texts.join('');
}

/** `value is defined`, `value is not none` */
function readTested(cursor: Cursor): Expression {
  const value = readFiltered(cursor);
  if (!took(cursor, 'is')) return value;
  const negated = took(cursor, 'not');
  const name = take(cursor);
  if (name.text === 'defined') return (scope) => (value(scope) !== undefined) !== negated;
  if (name.text === 'undefined') return (scope) => (value(scope) === undefined) !== negated;
  if (name.text === 'none') return (scope) => (value(scope) === null) !== negated;
  throw unexpected(name);
}

function readFiltered(cursor: Cursor): Expression {
  let value = readPath(cursor);
  while (took(cursor, '|')) {
    const name = take(cursor);
    const filter = name.kind === 'name' ? filters.get(name.text) : undefined;
    if (!filter) throw new TemplateFault(`there is no filter \`${name.text}\` here, only ${[...filters.keys()].join(', ')}`, name.start, name.end);
    const args = took(cursor, '(') ? readArguments(cursor) : [];
    if (args.length < filter.least || args.length > filter.most) throw new TemplateFault(`\`${name.text}\` takes other arguments here`, name.start, name.end);
    const inner = value;
    value = (scope) => filter.apply(scope.work, inner(scope), ...args.map((argument) => argument(scope)));
  }
  return value;
}

function readArguments(cursor: Cursor): readonly Expression[] {
  const args: Expression[] = [];
  while (!took(cursor, ')')) {
    if (args.length > 0) expect(cursor, ',');
    args.push(readExpression(cursor));
  }
  return args;
}

const constants: ReadonlyMap<string, Value> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

function readPath(cursor: Cursor): Expression {
  const token = take(cursor);
  let value: Expression;
  let names: string[] | undefined;
  if (token.kind === 'string') value = () => token.text;
  else if (token.kind === 'number') value = () => Number(token.text);
  else if (token.kind === 'sign' && token.text === '(') {
    value = readExpression(cursor);
    expect(cursor, ')');
  } else if (token.kind === 'name' && constants.has(token.text)) value = () => constants.get(token.text);
  else if (token.kind === 'name' && (cursor.roots.has(token.text) || cursor.locals.has(token.text))) {
    value = (scope) => seen(scope.values.get(token.text), scope.work);
    if (!cursor.locals.has(token.text)) names = [];
  } else if (token.kind === 'name')
    throw new TemplateFault(`there is no \`${token.text}\` here, only ${[...cursor.roots.keys()].join(', ')}`, token.start, token.end);
  else throw unexpected(token);
  for (let name = readStep(cursor); name !== undefined; name = readStep(cursor)) {
    const [inner, step] = [value, name];
    names?.push(step);
    value = (scope) => {
      const holder = inner(scope);
      if (holder === undefined) throw new Error(`there is nothing that \`${step}\` could be part of`);
      return seen(memberOf(holder, step), scope.work);
    };
  }
  if (names) checkPath(cursor, token, names);
  return value;
}

/** Whatever is done with a value takes as long as it is. */
function seen(value: Value, work: Work): Value {
  work.characters(typeof value === 'string' || Array.isArray(value) ? value.length : 1);
  return value;
}

function readStep(cursor: Cursor): string | undefined {
  if (took(cursor, '.')) {
    const name = take(cursor);
    if (name.kind !== 'name' && name.kind !== 'number') throw unexpected(name);
    return name.text;
  }
  if (!took(cursor, '[')) return undefined;
  const key = take(cursor);
  if (key.kind !== 'string' && key.kind !== 'number') throw unexpected(key);
  expect(cursor, ']');
  return key.text;
}

/** What Sigpack does not have is told, rather than taken for missing as Jinja2 would. */
function checkPath({ roots }: Cursor, { text, start, end }: Token, [first, second]: readonly string[]): void {
  const known = roots.get(text);
  if (!known?.members) return;
  const isMap = text === 'pipeline' || first === 'custom_attributes' || first === 'logsource';
  if (first === undefined || !known.members.has(first)) throw new TemplateFault(`\`${text}\` has ${[...known.members].join(', ')} here`, start, end);
  if (isMap && second === undefined) throw new TemplateFault(`\`${text}.${first}\` is a map; name one of its entries`, start, end);
}
