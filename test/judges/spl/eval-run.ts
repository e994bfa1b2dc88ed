import { callFunction, type Value } from './eval-functions.ts';
import { parseEval } from './eval-parse.ts';
import type { ArithmeticOperator, CompareOperator, EvalNode } from './eval-types.ts';
import { SplError } from './text.ts';
import { comparePlain, fieldOf, newRow, numberOf, type Row, type Scalar, textOf } from './value.ts';

export type Evaluate = (row: Row) => Value;

/**
 * `unknown`: a comparison with null is null, and NOT null is null. `false`: a comparison with null
 * is false.
 */
export type NullLogic = 'unknown' | 'false';

/** The test of a `where` command: only rows for which the expression is true pass. */
export function compileWhere(text: string, nulls: NullLogic): (row: Row) => boolean {
  const node = parseEval(text);
  if (node.type !== 'bool')
    throw new SplError(
      `Error in 'where' command: the expression is not boolean: ${text.slice(0, 60)}`,
    );
  const evaluate = compileEval(node, nulls);
  return (row) => evaluate(row) === true;
}

export function compileEval(node: EvalNode, nulls: NullLogic): Evaluate {
  switch (node.kind) {
    case 'string':
    case 'number': {
      const value = node.value;
      return () => value;
    }
    case 'field': {
      const name = node.name;
      return (row) => fieldOf(row.event, name);
    }
    case 'call':
      return compileCall(node.name, node.args, nulls);
    case 'compare':
      return compileCompare(node, nulls);
    case 'arithmetic': {
      const { operator } = node;
      const [left, right] = [compileEval(node.left, nulls), compileEval(node.right, nulls)];
      return (row) => arithmetic(operator, single(left(row)), single(right(row)));
    }
    case 'logic': {
      const { operator } = node;
      const [left, right] = [compileEval(node.left, nulls), compileEval(node.right, nulls)];
      return (row) => logic(operator, left(row), () => right(row));
    }
    case 'not': {
      const operand = compileEval(node.operand, nulls);
      return (row) => {
        const value = operand(row);
        return value === null ? null : value !== true;
      };
    }
  }
}

function logic(operator: 'and' | 'or' | 'xor', left: Value, rest: () => Value): Value {
  if (operator === 'and' && left === false) return false;
  if (operator === 'or' && left === true) return true;
  const right = rest();
  if (operator === 'and')
    return right === false ? false : left === null || right === null ? null : true;
  if (operator === 'or')
    return right === true ? true : left === null || right === null ? null : false;
  return left === null || right === null ? null : left !== right;
}

function compileCompare(node: EvalNode & { kind: 'compare' }, nulls: NullLogic): Evaluate {
  const [left, right] = [compileEval(node.left, nulls), compileEval(node.right, nulls)];
  // A quoted literal is text even where it spells a number; a field's text that spells a number is
  // that number.
  const asText = node.left.type === 'str' || node.right.type === 'str';
  const unknown = nulls === 'unknown' ? null : false;
  return (row) => {
    const a = left(row);
    const b = right(row);
    if (a === null || b === null) return unknown;
    return any(a, (x) => any(b, (y) => compareScalars(node.operator, x, y, asText)));
  };
}

function any(value: Value, test: (scalar: Scalar) => boolean): boolean {
  return Array.isArray(value) ? value.some(test) : value !== null && test(value as Scalar);
}

function compareScalars(
  operator: CompareOperator,
  left: Scalar,
  right: Scalar,
  asText: boolean,
): boolean {
  const a = asText ? undefined : numberOf(left);
  const b = asText ? undefined : numberOf(right);
  const order =
    a !== undefined && b !== undefined ? a - b : comparePlain(textOf(left), textOf(right));
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function single(value: Value): Scalar | null {
  return Array.isArray(value) ? (value.length === 1 ? value[0] : null) : (value as Scalar | null);
}

function arithmetic(
  operator: ArithmeticOperator,
  left: Scalar | null,
  right: Scalar | null,
): Value {
  if (left === null || right === null) return null;
  if (operator === '.') return textOf(left) + textOf(right);
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === undefined || b === undefined)
    return operator === '+' ? textOf(left) + textOf(right) : null;
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? null : a / b;
    case '%':
      return b === 0 ? null : a % b;
  }
}

function compileCall(name: string, nodes: readonly EvalNode[], nulls: NullLogic): Evaluate {
  const args = nodes.map((node) => compileEval(node, nulls));
  const arg = (at: number): Evaluate => args[at] ?? (() => null);
  if (name === 'if') return (row) => (arg(0)(row) === true ? arg(1)(row) : arg(2)(row));
  if (name === 'case') {
    return (row) => {
      for (let at = 0; at < args.length; at += 2)
        if (arg(at)(row) === true) return arg(at + 1)(row);
      return null;
    };
  }
  if (name === 'mvfilter' || name === 'mvmap')
    return perValue(name, nodes, arg(name === 'mvfilter' ? 0 : 1));
  const test = nulls === 'false' && TESTS.has(name);
  return (row) => {
    const result = callFunction(
      name,
      args.map((one) => one(row)),
    );
    return test && result === null ? false : result;
  };
}

const TESTS = new Set(['match', 'like', 'cidrmatch', 'in']);

/** Both functions look at one field, value by value. */
function perValue(name: string, nodes: readonly EvalNode[], body: Evaluate): Evaluate {
  const fields = [...new Set(nodes.flatMap(fieldsOf))];
  const [field] = fields;
  if (field === undefined || (name === 'mvfilter' && fields.length > 1))
    throw new SplError(`The arguments to the '${name}' function are invalid`);
  return (row) => {
    const value = fieldOf(row.event, field);
    if (value === null) return null;
    const scalars: readonly Scalar[] = Array.isArray(value) ? value : [value as Scalar];
    const results = scalars.flatMap((scalar) => {
      const result = body(newRow({ ...row.event, [field]: scalar }));
      if (name === 'mvfilter') return result === true ? [scalar] : [];
      return result === null ? [] : Array.isArray(result) ? result : [result as Scalar];
    });
    return results.length === 0 ? null : results;
  };
}

function fieldsOf(node: EvalNode): readonly string[] {
  if (node.kind === 'field') return [node.name];
  if (node.kind === 'call') return node.args.flatMap(fieldsOf);
  if (node.kind === 'not') return fieldsOf(node.operand);
  return 'left' in node ? [...fieldsOf(node.left), ...fieldsOf(node.right)] : [];
}
