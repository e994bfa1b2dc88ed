import { SplError } from './text.ts';

/**
 * Splunk checks types before it runs: those of literals, operators and functions; a field is `any`.
 */
export type StaticType = 'bool' | 'str' | 'num' | 'null' | 'any';

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '.';

/** `type`: what Splunk can see before it reads a row; `any` for a field. */
export type EvalNode = { readonly type: StaticType } & (
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly EvalNode[] }
  | {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly left: EvalNode;
      readonly right: EvalNode;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: EvalNode;
      readonly right: EvalNode;
    }
  | {
      readonly kind: 'logic';
      readonly operator: 'and' | 'or' | 'xor';
      readonly left: EvalNode;
      readonly right: EvalNode;
    }
  | { readonly kind: 'not'; readonly operand: EvalNode }
);

interface Signature {
  readonly least: number;
  readonly most: number;
  readonly type: StaticType;
}

const MANY = 1000;
const sign = (type: StaticType, least: number, most = least): Signature => ({ type, least, most });

/** The functions this reader knows; any other name is an error, as it is in Splunk. */
const SIGNATURES: ReadonlyMap<string, Signature> = new Map([
  ['match', sign('bool', 2)],
  ['like', sign('bool', 2)],
  ['cidrmatch', sign('bool', 2)],
  ['in', sign('bool', 2, MANY)],
  ['isnull', sign('bool', 1)],
  ['isnotnull', sign('bool', 1)],
  ['isnum', sign('bool', 1)],
  ['isint', sign('bool', 1)],
  ['isstr', sign('bool', 1)],
  ['true', sign('bool', 0)],
  ['false', sign('bool', 0)],
  ['null', sign('null', 0)],
  ['if', sign('any', 3)],
  ['case', sign('any', 2, MANY)],
  ['coalesce', sign('any', 1, MANY)],
  ['nullif', sign('any', 2)],
  ['lower', sign('str', 1)],
  ['upper', sign('str', 1)],
  ['md5', sign('str', 1)],
  ['len', sign('num', 1)],
  ['substr', sign('str', 2, 3)],
  ['replace', sign('str', 3)],
  ['trim', sign('str', 1, 2)],
  ['ltrim', sign('str', 1, 2)],
  ['rtrim', sign('str', 1, 2)],
  ['tonumber', sign('num', 1, 2)],
  ['tostring', sign('str', 1)],
  ['strftime', sign('str', 2)],
  ['strptime', sign('num', 2)],
  ['urldecode', sign('str', 1)],
  ['split', sign('any', 2)],
  ['mvcount', sign('num', 1)],
  ['mvappend', sign('any', 1, MANY)],
  ['mvfind', sign('num', 2)],
  ['mvfilter', sign('any', 1)],
  ['mvmap', sign('any', 2)],
  ['mvindex', sign('any', 2, 3)],
  ['mvjoin', sign('str', 2)],
  ['mvdedup', sign('any', 1)],
  ['mvsort', sign('any', 1)],
  ['min', sign('any', 1, MANY)],
  ['max', sign('any', 1, MANY)],
  ['round', sign('num', 1, 2)],
  ['floor', sign('num', 1)],
  ['ceiling', sign('num', 1)],
  ['abs', sign('num', 1)],
]);

const TAKES_NULL = new Set([
  'if',
  'case',
  'coalesce',
  'nullif',
  'isnull',
  'isnotnull',
  'min',
  'max',
  'tostring',
  'mvappend',
]);
const TAKES_BOOLEAN = new Set([
  'if',
  'case',
  'tostring',
  'mvfilter',
  'mvmap',
  'isnull',
  'isnotnull',
]);

export function checkCall(name: string, args: readonly EvalNode[]): StaticType {
  const found = SIGNATURES.get(name);
  if (!found) throw new SplError(`The '${name}' function is unsupported or undefined`);
  // made where it is thrown: its stack takes longer to write than the call takes to check
  const invalid = (): SplError =>
    new SplError(`The arguments to the '${name}' function are invalid`);
  if (args.length < found.least || args.length > found.most) throw invalid();
  if (!TAKES_NULL.has(name) && args.some((arg) => arg.type === 'null')) throw invalid();
  if (!TAKES_BOOLEAN.has(name) && args.some((arg) => arg.type === 'bool')) throw invalid();
  if (name === 'if') return conditional(invalid, args.slice(0, 1), args.slice(1));
  if (name === 'case') {
    if (args.length % 2 !== 0) throw invalid();
    return conditional(
      invalid,
      args.filter((_, at) => at % 2 === 0),
      args.filter((_, at) => at % 2 === 1),
    );
  }
  if (name === 'mvfilter' && args[0]?.type !== 'bool') throw invalid();
  if (name === 'mvmap' && args[0]?.kind !== 'field') throw invalid();
  return found.type;
}

function conditional(
  invalid: () => SplError,
  conditions: readonly EvalNode[],
  values: readonly EvalNode[],
): StaticType {
  if (conditions.some((condition) => condition.type !== 'bool')) throw invalid();
  const types = new Set(values.map((value) => value.type));
  types.delete('null');
  const [only] = types;
  return types.size === 1 && only ? only : 'any';
}

export function checkComparison(operator: string, left: EvalNode, right: EvalNode): void {
  if (left.type === 'any' && right.type !== 'null') return;
  if (right.type === 'any' && left.type !== 'null') return;
  if (left.type !== right.type || left.type === 'null') {
    throw new SplError(`Type checking failed. The '${operator}' operator received different types`);
  }
}

/** The type of an operator's result; throws where Splunk refuses the operands. */
export function checkOperands(operator: string, ...operands: readonly EvalNode[]): StaticType {
  const types = operands.map((operand) => operand.type);
  const has = (type: StaticType) => types.includes(type);
  if (/^[A-Z]+$/.test(operator)) {
    if (types.some((type) => type !== 'bool'))
      throw new SplError(`Type checking failed. '${operator}' only takes boolean arguments`);
    return 'bool';
  }
  if (has('bool') || has('null'))
    throw new SplError(`Type checking failed. '${operator}' does not take booleans or null`);
  if (operator === '.') return 'str';
  if (operator === '+') {
    if (has('str') && has('num'))
      throw new SplError("Type checking failed. '+' only takes two strings or two numbers");
    return has('str') ? 'str' : has('num') ? 'num' : 'any';
  }
  if (has('str')) throw new SplError(`Type checking failed. '${operator}' only takes numbers`);
  return 'num';
}
