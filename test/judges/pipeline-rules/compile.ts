import { EvaluationError, RuleSourceError } from './error.ts';
import type { Parameter, RuleFunction, Scope, Type } from './function.ts';
import { functionOf } from './functions.ts';
import { JavaRegexResult } from './regex.ts';
import type { Arguments, Expression } from './syntax.ts';
import { javaEquals, javaText, type Value } from './value.ts';

/** An expression with its static type, ready to run. */
export interface Compiled {
  readonly type: Type;
  /** The class of the server has a value as a condition, not only a Boolean. */
  readonly logical: boolean;
  readonly constant?: Value;
  readonly run: (scope: Scope) => Value;
}

/** Static types of the variables that are defined so far. */
export type Variables = ReadonlyMap<string, Type>;

/** Checks an expression as the server's parser does. Throws a `RuleSourceError`. */
export function compile(expression: Expression, variables: Variables): Compiled {
  const inner = (one: Expression): Compiled => compile(one, variables);
  switch (expression.kind) {
    case 'literal':
      return literal(expression.value);
    case 'call':
      return call(expression.name, expression.args, inner);
    case 'identifier': {
      const { name } = expression;
      const type = variables.get(name);
      if (!type) throw new RuleSourceError('undeclared_variable', name);
      return { type, logical: false, run: ({ variables: now }) => now.get(name) ?? null };
    }
    case 'list': {
      const items = expression.items.map(inner);
      return { type: 'List', logical: false, run: (scope) => items.map(({ run }) => run(scope)) };
    }
    case 'map':
      return mapOf(expression.entries.map(({ name, value }) => [name, inner(value)]));
    case 'message':
      return messageField(fieldName(expression.field, variables));
    case 'nested': {
      const [object, field] = [inner(expression.object), fieldName(expression.field, variables)];
      return {
        type: 'Object',
        logical: false,
        run: (scope) => property(object.run(scope), field(scope)),
      };
    }
    case 'index':
      return indexed(inner(expression.object), inner(expression.index));
    case 'sign': {
      const operand = inner(expression.operand);
      if (operand.type !== 'Long' && operand.type !== 'Double')
        throw new RuleSourceError('incompatible_type', 'a sign before what is not a number');
      return {
        ...operand,
        logical: false,
        run: (scope) => signed(operand.run(scope), expression.minus),
      };
    }
    case 'not': {
      const operand = condition(inner(expression.operand));
      return {
        type: 'Boolean',
        logical: true,
        run: (scope) => operand.run(scope) !== true,
      };
    }
    case 'binary':
      return binary(expression.operator, inner(expression.left), inner(expression.right));
  }
}

function literal(value: string | bigint | number | boolean): Compiled {
  const types = { string: 'String', bigint: 'Long', number: 'Double', boolean: 'Boolean' } as const;
  const type = types[typeof value as keyof typeof types];
  return { type, logical: type === 'Boolean', constant: value, run: () => value };
}

/** The name after a dot: a variable's value where there is one of that name. */
function fieldName(field: Expression, variables: Variables): (scope: Scope) => string | null {
  if (field.kind === 'identifier' && !variables.has(field.name)) return () => field.name;
  const { run, type } = compile(field, variables);
  if (type !== 'String')
    throw new RuleSourceError('incompatible_type', 'a name that is not a String');
  return (scope) => {
    const value = run(scope);
    return value === null ? null : javaText(value);
  };
}

const messageField = (name: (scope: Scope) => string | null): Compiled => ({
  type: 'Object',
  logical: false,
  run(scope) {
    const field = name(scope);
    return field === null ? null : scope.message.field(field);
  },
});

/** Entries of a map come first, then properties of a bean; names in snake case are tried again. */
function property(object: Value, name: string | null): Value {
  if (object === null || name === null) return null;
  if (object instanceof JavaRegexResult) {
    if (/[_.[\]()]/.test(name)) throw new Error(`the property ${name} is not read here`);
    return object.groups.get(name) ?? (name === 'matches' ? object.matches : null);
  }
  if (object instanceof Map) return object.get(name) ?? null;
  throw new Error(`the property ${name} is not read here`);
}

/** A value that is null stays in the map; a field is not set by it. */
const mapOf = (entries: readonly (readonly [string, Compiled])[]): Compiled => ({
  type: 'Map',
  logical: false,
  run: (scope) => new Map(entries.map(([name, { run }]) => [name, run(scope)])),
});

function indexed(object: Compiled, index: Compiled): Compiled {
  const isMap = object.type === 'Map' || object.type === 'Regex';
  if (!isMap && object.type !== 'List') throw new RuleSourceError('non_indexable', object.type);
  if (index.type !== (isMap ? 'String' : 'Long'))
    throw new RuleSourceError('incompatible_index_type', index.type);
  return {
    type: 'Object',
    logical: false,
    run(scope) {
      const [list, at] = [object.run(scope), index.run(scope)];
      if (list instanceof JavaRegexResult && typeof at === 'string')
        return list.groups.get(at) ?? null;
      if (list instanceof Map && typeof at === 'string') return list.get(at) ?? null;
      const item = Array.isArray(list) && typeof at === 'bigint' ? list[Number(at)] : undefined;
      if (item === undefined) throw new EvaluationError('no such index');
      return item;
    },
  };
}

function signed(value: Value, minus: boolean): Value {
  if (typeof value !== 'bigint' && typeof value !== 'number')
    throw new EvaluationError('no number');
  return minus ? -value : value;
}

/** A part of a condition: functions that return a Boolean are taken, values of no type are not. */
export function condition(part: Compiled): Compiled {
  if (part.logical) return part;
  if (part.type !== 'Boolean')
    throw new RuleSourceError('incompatible_type', `${part.type} as a condition`);
  return { type: 'Boolean', logical: true, run: (scope) => part.run(scope) === true };
}

function binary(operator: string, left: Compiled, right: Compiled): Compiled {
  const result = (type: Type, run: Compiled['run'], logical = true): Compiled => ({
    type,
    logical,
    run,
  });
  if (operator === '==' || operator === '!=')
    return result('Boolean', (scope) => {
      const [a, b] = [left.run(scope), right.run(scope)];
      // whatever is compared with null on the left is false
      return a === null ? false : javaEquals(a, b) === (operator === '==');
    });
  if (operator === 'and' || operator === 'or') {
    if (left.type !== right.type) throw incompatible(left, right);
    const [a, b] = [condition(left), condition(right)];
    return operator === 'and'
      ? result('Boolean', (scope) => a.run(scope) === true && b.run(scope) === true)
      : result('Boolean', (scope) => a.run(scope) === true || b.run(scope) === true);
  }
  if (left.type !== right.type || left.type === 'Void') throw incompatible(left, right);
  if (/^[<>]/.test(operator))
    return result('Boolean', (scope) => compared(operator, left.run(scope), right.run(scope)));
  return result(left.type, (scope) => computed(operator, left.run(scope), right.run(scope)), false);
}

const incompatible = (left: Compiled, right: Compiled): RuleSourceError =>
  new RuleSourceError('incompatible_types', `${left.type} and ${right.type}`);

function compared(operator: string, left: Value, right: Value): boolean {
  const [a, b] = numbers(left, right);
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}

/** Both of one kind; the server casts without converting. */
function numbers(left: Value, right: Value): readonly [number | bigint, number | bigint] {
  if (typeof left === 'bigint' && typeof right === 'bigint') return [left, right];
  if (typeof left === 'number' && typeof right === 'number') return [left, right];
  throw new EvaluationError('ClassCastException or NullPointerException in a comparison');
}

function computed(operator: string, left: Value, right: Value): Value {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string')
    return left + right;
  const [a, b] = numbers(left, right);
  if (typeof a === 'bigint' && typeof b === 'bigint')
    return BigInt.asIntN(64, operator === '+' ? a + b : operator === '-' ? a - b : a * b);
  if (operator !== '+' && operator !== '-' && operator !== '*')
    throw new Error(`${operator} is not read here`);
  const [x, y] = [Number(a), Number(b)];
  return operator === '+' ? x + y : operator === '-' ? x - y : x * y;
}

function call(name: string, args: Arguments, inner: (one: Expression) => Compiled): Compiled {
  const found = functionOf(name);
  if (!found) throw new RuleSourceError('undeclared_function', name);
  const given = assigned(name, found, args);
  const compiled = new Map<string, Compiled>();
  for (const [key, value] of given) {
    const parameter = found.parameters.find((one) => one.name === key);
    const argument = inner(value);
    // what has no parameter is compiled and never asked
    if (parameter) checkArgument(name, parameter, argument);
    compiled.set(key, argument);
  }
  return {
    type: found.returns,
    logical: false,
    run: (scope) => found.run((key) => compiled.get(key)?.run(scope) ?? null, scope),
  };
}

function assigned(
  name: string,
  { parameters }: RuleFunction,
  args: Arguments,
): ReadonlyMap<string, Expression> {
  const required = parameters.filter((one) => !one.optional);
  if (args.kind === 'none' && required.length > 0)
    throw new RuleSourceError('wrong_number_of_args', name);
  if (args.kind === 'none') return new Map();
  if (args.kind === 'positional') {
    const { list } = args;
    const first = parameters.findIndex((one) => one.optional);
    const later = first !== -1 && parameters.slice(first).some((one) => !one.optional);
    if (later) throw new RuleSourceError('must_name_optional_params', name);
    const exact = first === -1;
    if (exact ? list.length !== parameters.length : list.length < required.length)
      throw new RuleSourceError('wrong_number_of_args', name);
    if (list.length > parameters.length) throw new Error(`too many arguments of ${name}`);
    return new Map(list.map((value, at) => [parameters[at]?.name ?? '', value]));
  }
  const given = new Map(args.list.map((one) => [one.name, one.value]));
  const missing = required.find((one) => !given.has(one.name));
  if (missing) throw new RuleSourceError('missing_required_param', `${missing.name} of ${name}`);
  const unknown = [...given.keys()].find((key) => !parameters.some((one) => one.name === key));
  if (unknown !== undefined) throw new Error(`${name} has no parameter ${unknown}`);
  return given;
}

function checkArgument(name: string, parameter: Parameter, argument: Compiled): void {
  const { type } = parameter;
  const fits =
    type === 'Object' || type === argument.type || (type === 'Map' && argument.type === 'Regex');
  if (!fits)
    throw new RuleSourceError(
      'incompatible_argument_type',
      `${argument.type} for ${parameter.name} of ${name}`,
    );
  if (parameter.check && typeof argument.constant === 'string')
    try {
      parameter.check(argument.constant);
    } catch (error) {
      throw new RuleSourceError('invalid_function_argument', String(error));
    }
}
