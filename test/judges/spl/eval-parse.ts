import { atEnd, type Cursor, cursor, peek, skipSpace, takeLiteral, takeMatch } from './cursor.ts';
import {
  type ArithmeticOperator,
  type CompareOperator,
  checkCall,
  checkComparison,
  checkOperands,
  type EvalNode,
} from './eval-types.ts';
import { quotedEnd, SplError } from './text.ts';

/** Reads a whole eval expression. NOT binds tighter than AND, AND than OR, OR than XOR. */
export function parseEval(text: string): EvalNode {
  const c = cursor(text);
  const node = expression(c);
  if (!atEnd(c))
    throw new SplError(`The expression is malformed: ${c.text.slice(c.at, c.at + 40)}`);
  return node;
}

/** Reads `name = expression, name = expression ...`. */
export function parseAssignments(
  text: string,
): readonly { readonly field: string; readonly value: EvalNode }[] {
  const c = cursor(text);
  const found: { field: string; value: EvalNode }[] = [];
  do {
    skipSpace(c);
    const field =
      peek(c) === '"'
        ? stringLiteral(c)
        : peek(c) === "'"
          ? quotedField(c)
          : takeMatch(c, /[A-Za-z_][\w.]*/y);
    if (field === undefined || !takeLiteral(c, '='))
      throw new SplError(
        `Error in 'eval' command: a field and = are expected: ${text.slice(c.at, c.at + 40)}`,
      );
    const value = expression(c);
    if (value.type === 'bool')
      throw new SplError(`Error in 'eval' command: ${field} cannot be assigned a boolean result`);
    found.push({ field, value });
  } while (takeLiteral(c, ','));
  if (!atEnd(c))
    throw new SplError(
      `Error in 'eval' command: the expression is malformed: ${c.text.slice(c.at, c.at + 40)}`,
    );
  return found;
}

function expression(c: Cursor): EvalNode {
  return logic(c, 'XOR', 'xor', (inner) =>
    logic(inner, 'OR', 'or', (most) => logic(most, 'AND', 'and', negation)),
  );
}

function logic(
  c: Cursor,
  word: string,
  operator: 'and' | 'or' | 'xor',
  next: (c: Cursor) => EvalNode,
): EvalNode {
  let left = next(c);
  while (keyword(c, word)) {
    const right = next(c);
    checkOperands(word, left, right);
    left = { kind: 'logic', operator, left, right, type: 'bool' };
  }
  return left;
}

function keyword(c: Cursor, word: string): boolean {
  return takeMatch(c, KEYWORDS[word] ?? /$^/y) !== undefined;
}

const KEYWORDS: Readonly<Record<string, RegExp>> = {
  XOR: /XOR(?!\w)/y,
  OR: /OR(?!\w)/y,
  AND: /AND(?!\w)/y,
  NOT: /NOT(?!\w)/y,
  IN: /(?:IN|in)(?=\s*\()/y,
  LIKE: /LIKE(?!\w)/y,
};

function negation(c: Cursor): EvalNode {
  if (!keyword(c, 'NOT')) return comparison(c);
  const operand = negation(c);
  checkOperands('NOT', operand);
  return { kind: 'not', operand, type: 'bool' };
}

function comparison(c: Cursor): EvalNode {
  const left = concatenation(c);
  if (keyword(c, 'IN')) return call('in', [left, ...list(c)]);
  if (keyword(c, 'LIKE')) return call('like', [left, concatenation(c)]);
  const sign = takeMatch(c, /==|!=|<=|>=|=|<|>/y);
  if (sign === undefined) return left;
  const right = concatenation(c);
  checkComparison(sign, left, right);
  return {
    kind: 'compare',
    operator: (sign === '==' ? '=' : sign) as CompareOperator,
    left,
    right,
    type: 'bool',
  };
}

function concatenation(c: Cursor): EvalNode {
  return arithmetic(c, /\./y, (inner) =>
    arithmetic(inner, /[+-]/y, (most) => arithmetic(most, /[*/%]/y, unary)),
  );
}

function arithmetic(c: Cursor, signs: RegExp, next: (c: Cursor) => EvalNode): EvalNode {
  let left = next(c);
  for (let sign = takeMatch(c, signs); sign !== undefined; sign = takeMatch(c, signs)) {
    const right = next(c);
    const operator = sign as ArithmeticOperator;
    left = {
      kind: 'arithmetic',
      operator,
      left,
      right,
      type: checkOperands(operator, left, right),
    };
  }
  return left;
}

function unary(c: Cursor): EvalNode {
  if (!takeLiteral(c, '-')) return primary(c);
  const operand = unary(c);
  const zero: EvalNode = { kind: 'number', value: 0, type: 'num' };
  return {
    kind: 'arithmetic',
    operator: '-',
    left: zero,
    right: operand,
    type: checkOperands('-', zero, operand),
  };
}

function primary(c: Cursor): EvalNode {
  skipSpace(c);
  if (peek(c) === '"') return { kind: 'string', value: stringLiteral(c), type: 'str' };
  if (peek(c) === "'") return { kind: 'field', name: quotedField(c), type: 'any' };
  if (takeLiteral(c, '(')) {
    const node = expression(c);
    if (!takeLiteral(c, ')')) throw new SplError('Unbalanced parentheses in the expression');
    return node;
  }
  const number = takeMatch(c, /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\w)/y);
  if (number !== undefined) return { kind: 'number', value: Number(number), type: 'num' };
  const name = takeMatch(c, /[A-Za-z_]\w*/y);
  if (name === undefined)
    throw new SplError(
      `The expression is malformed: ${c.text.slice(c.at, c.at + 40) || 'it ends too soon'}`,
    );
  if (/^(?:AND|OR|XOR|NOT)$/.test(name))
    throw new SplError(`The expression is malformed: ${name} is missing an operand`);
  skipSpace(c);
  return peek(c) === '(' ? call(name, list(c)) : { kind: 'field', name, type: 'any' };
}

function list(c: Cursor): readonly EvalNode[] {
  takeLiteral(c, '(');
  if (takeLiteral(c, ')')) return [];
  const args: EvalNode[] = [];
  do args.push(expression(c));
  while (takeLiteral(c, ','));
  if (!takeLiteral(c, ')'))
    throw new SplError(
      `The expression is malformed: ) is expected: ${c.text.slice(c.at, c.at + 40)}`,
    );
  return args;
}

function call(name: string, args: readonly EvalNode[]): EvalNode {
  return { kind: 'call', name, args, type: checkCall(name, args) };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/**
 * `\"`, `\\`, `\n`, `\t`, `\r` are escapes; a backslash before anything else stays (so `"\d+"`
 * reaches a regex whole).
 */
function stringLiteral(c: Cursor): string {
  const end = quotedEnd(c.text, c.at);
  const inner = c.text.slice(c.at + 1, end - 1);
  c.at = end;
  return inner.includes('\\')
    ? inner.replace(/\\([\s\S])/g, (all, letter: string) => ESCAPES[letter] ?? all)
    : inner;
}

function quotedField(c: Cursor): string {
  const end = c.text.indexOf("'", c.at + 1);
  if (end < 0) throw new SplError(`Unbalanced single quotes: ${c.text.slice(c.at, c.at + 40)}`);
  const name = c.text.slice(c.at + 1, end);
  c.at = end + 1;
  if (name === '') throw new SplError('A field name is empty');
  return name;
}
