import type { SourceFile, Span } from '../../source/span.ts';
import { insideScalar } from '../../source/yaml/inside-scalar.ts';
import type { YamlScalar } from '../../source/yaml/tree.ts';
import { PipelineError } from '../pipeline-error.ts';

/** Conditions and how they are linked. `all` of nothing holds, `any` of nothing does not. */
export type Linked<C> =
  | { readonly kind: 'all' | 'any'; readonly operands: readonly Linked<C>[] }
  | { readonly kind: 'not'; readonly operand: Linked<C> }
  | { readonly kind: 'one'; readonly condition: C };

/** A condition as an expression names it, with its place in the pipeline's file. */
export interface NamedCondition extends Span {
  readonly name: string;
}

interface Token extends Span {
  readonly text: string;
}

const maximumDepth = 64;
/** Characters. */
const maximumLength = 20_000;
const words = ['and', 'or', 'not'];

/**
 * `rule_cond_expr` and its like: ids, `not` before `and` before `or`, parentheses. Throws {@link
 * PipelineError}.
 */
export function parseConditionExpression(
  file: SourceFile,
  scalar: YamlScalar,
): Linked<NamedCondition> {
  if (scalar.text.length > maximumLength)
    throw new PipelineError(`the expression has more than ${maximumLength} characters`, scalar);
  const place = insideScalar(file, scalar);
  const tokens = tokensOf(scalar.text, place);
  const length = scalar.text.trimEnd().length;
  const end = { ...place({ start: length, end: length + 1 }), text: '' };
  return parseTokens(tokens, end);
}

function tokensOf(text: string, place: (span: Span) => Span): readonly Token[] {
  return Array.from(
    text.matchAll(/[()]|[\w-]+|\S/g),
    (match): Token => ({
      text: match[0],
      ...place({ start: match.index, end: match.index + match[0].length }),
    }),
  );
}

function parseTokens(tokens: readonly Token[], end: Token): Linked<NamedCondition> {
  let at = 0;
  const linked = (
    kind: 'all' | 'any',
    word: string,
    operand: (depth: number) => Linked<NamedCondition>,
    depth: number,
  ): Linked<NamedCondition> => {
    const first = operand(depth);
    if (tokens[at]?.text !== word) return first;
    const operands = [first];
    while (tokens[at]?.text === word) {
      at++;
      operands.push(operand(depth));
    }
    return { kind, operands };
  };
  const disjunction = (depth: number): Linked<NamedCondition> =>
    linked('any', 'or', conjunction, depth);
  const conjunction = (depth: number): Linked<NamedCondition> =>
    linked('all', 'and', negation, depth);
  const negation = (depth: number): Linked<NamedCondition> => {
    const token = tokens[at] ?? end;
    if (depth > maximumDepth)
      throw new PipelineError(`the expression is nested more than ${maximumDepth} deep`, token);
    if (token.text !== 'not') return primary(depth);
    at++;
    return { kind: 'not', operand: negation(depth + 1) };
  };
  const primary = (depth: number): Linked<NamedCondition> => {
    const token = tokens[at++] ?? end;
    if (token.text === '(') {
      const inner = disjunction(depth + 1);
      if (tokens[at]?.text !== ')')
        throw new PipelineError('a parenthesis is not closed', token, 'Add the missing `)`.');
      at++;
      return inner;
    }
    return { kind: 'one', condition: namedBy(token, tokens.length === 0) };
  };
  const tree = disjunction(0);
  const rest = tokens[at];
  if (!rest) return tree;
  if (rest.text === ')')
    throw new PipelineError(
      'a parenthesis is closed that was not opened',
      rest,
      'Remove it, or add the missing `(`.',
    );
  throw (
    strange(rest) ?? new PipelineError(`\`and\` or \`or\` is missing before \`${rest.text}\``, rest)
  );
}

function namedBy(token: Token, empty: boolean): NamedCondition {
  const { text, start, end } = token;
  if (text === '')
    throw new PipelineError(
      empty ? 'the expression is empty' : 'the expression ends where a condition is wanted',
      token,
    );
  if (text === ')' || words.includes(text))
    throw new PipelineError(`\`${text}\` stands where a condition is wanted`, token);
  const reason = strange(token);
  if (reason) throw reason;
  return { name: text, start, end };
}

/** What is no id and no word of expressions. */
function strange(token: Token): PipelineError | undefined {
  if (words.includes(token.text.toLowerCase()) && !words.includes(token.text))
    return new PipelineError(
      `\`${token.text}\` must be in lower case`,
      token,
      `Write \`${token.text.toLowerCase()}\`.`,
    );
  if (/^[\w-]/.test(token.text)) return undefined;
  return new PipelineError(
    `\`${token.text}\` is not part of expressions`,
    token,
    'Expressions are made of ids (letters, digits, `_`, `-`), and, or, not and parentheses.',
  );
}

/** The linked conditions as one function; `test` says what a condition asks of its two subjects. */
export function linkedTest<C, S, R>(
  linked: Linked<C>,
  test: (condition: C) => (subject: S, rule: R) => boolean,
): (subject: S, rule: R) => boolean {
  if (linked.kind === 'one') return test(linked.condition);
  if (linked.kind === 'not') {
    const operand = linkedTest(linked.operand, test);
    return (subject, rule) => !operand(subject, rule);
  }
  const tests = linked.operands.map((operand) => linkedTest(operand, test));
  const [only] = tests;
  if (only && tests.length === 1) return only;
  // most items have no conditions of some kind
  if (!only && linked.kind === 'all') return () => true;
  return linked.kind === 'all'
    ? (subject, rule) => tests.every((one) => one(subject, rule))
    : (subject, rule) => tests.some((one) => one(subject, rule));
}
