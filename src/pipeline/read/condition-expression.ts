import { parseBoolean, type Token } from '../../source/boolean-expression.ts';
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

/** Characters. */
const maximumLength = 20_000;
const words = ['and', 'or', 'not'];

/**
 * `rule_cond_expr` and the like: ids, `not` before `and` before `or`, parentheses. Throws {@link
 * PipelineError}.
 */
export function parseConditionExpression(
  file: SourceFile,
  scalar: YamlScalar,
): Linked<NamedCondition> {
  const { text } = scalar;
  if (text.length > maximumLength)
    throw new PipelineError(`the expression has more than ${maximumLength} characters`, scalar);
  const place = insideScalar(file, scalar);
  const length = text.trimEnd().length;
  return parseBoolean<Linked<NamedCondition>>(
    tokensOf(text, place),
    place({ start: length, end: length + 1 }),
    {
      names: { whole: 'expression', operand: 'condition' },
      wordOf: (token) => token.text,
      operand: (token) => ({ kind: 'one', condition: namedBy(token) }),
      linked: (link, operands) => ({ kind: link === 'and' ? 'all' : 'any', operands }),
      negated: (_, operand) => ({ kind: 'not', operand }),
      refuse,
      error: (message, span, hint) => new PipelineError(message, span, hint),
    },
  );
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

function namedBy(token: Token): NamedCondition {
  const { text, start, end } = token;
  if (text === ')' || words.includes(text))
    throw new PipelineError(`\`${text}\` stands where a condition is wanted`, token);
  refuse(token);
  return { name: text, start, end };
}

/** Throws for what is neither an id nor a word of expressions. */
function refuse(token: Token): void {
  const { text } = token;
  if (words.includes(text.toLowerCase()) && !words.includes(text))
    throw new PipelineError(
      `\`${text}\` must be in lower case`,
      token,
      `Write \`${text.toLowerCase()}\`.`,
    );
  if (!/^[\w-]/.test(text))
    throw new PipelineError(
      `\`${text}\` is not part of expressions`,
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

/** The conditions, whatever links them. */
export function conditionsIn<C>(linked: Linked<C>): readonly C[] {
  if (linked.kind === 'one') return [linked.condition];
  return linked.kind === 'not'
    ? conditionsIn(linked.operand)
    : linked.operands.flatMap((operand) => conditionsIn(operand));
}
