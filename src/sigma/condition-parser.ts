import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile, Span } from '../source/span.ts';
import type { YamlScalar } from '../source/yaml.ts';
import { correlationHint } from './aggregation.ts';
import type { ConditionNode } from './condition.ts';

const maximumDepth = 64;

interface Token extends Span {
  readonly text: string;
}

class ConditionError extends Error {
  readonly span: Span;
  readonly hint: string | undefined;
  constructor(message: string, span: Span, hint?: string) {
    super(message);
    this.span = span;
    this.hint = hint;
  }
}

/** Precedence, least binding first: or, and, not, `x of`, parentheses (Sigma rules specification, "Condition"). */
export function parseCondition(context: { file: SourceFile; bag: DiagnosticBag }, scalar: YamlScalar): ConditionNode | undefined {
  // offsets inside the text hold only for one-line scalars; a folded one is reported as a whole
  const exact = context.file.text.slice(scalar.start + (scalar.plain ? 0 : 1), scalar.end - (scalar.plain ? 0 : 1)) === scalar.text;
  const base = scalar.start + (scalar.plain ? 0 : 1);
  const place = (span: Span): Span => (exact ? { start: base + span.start, end: base + span.end } : { start: scalar.start, end: scalar.end });

  const text = scalar.text;
  const bar = text.indexOf('|');
  if (bar !== -1) {
    const message = 'conditions with an aggregation are not part of Sigma any more';
    context.bag.add(context.file, { code: 'SIG033', message, span: place({ start: bar, end: text.length }), hint: correlationHint(text.slice(bar + 1)) });
    return undefined;
  }
  try {
    return parseTokens(tokenize(text), { start: text.length, end: text.length + 1 }, place);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    const { message, span, hint } = error;
    context.bag.add(context.file, { code: 'SIG030', message, span: place(span), ...(hint === undefined ? {} : { hint }) });
    return undefined;
  }
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(/[()]|[^\s()]+/g)) tokens.push({ text: match[0], start: match.index, end: match.index + match[0].length });
  return tokens;
}

function parseTokens(tokens: readonly Token[], end: Span, place: (span: Span) => Span): ConditionNode {
  let at = 0;
  const word = (offset = 0) => tokens[at + offset]?.text.toLowerCase();

  const operators = (kind: 'and' | 'or', operand: (depth: number) => ConditionNode, depth: number): ConditionNode => {
    const operands = [operand(depth)];
    while (word() === kind) {
      at++;
      operands.push(operand(depth));
    }
    const [first] = operands;
    const last = operands.at(-1);
    if (!first || !last || operands.length === 1) return first as ConditionNode;
    return { kind, operands, start: first.start, end: last.end };
  };
  const disjunction = (depth: number): ConditionNode => operators('or', conjunction, depth);
  const conjunction = (depth: number): ConditionNode => operators('and', negation, depth);
  const negation = (depth: number): ConditionNode => {
    if (depth > maximumDepth) throw new ConditionError(`the condition is nested more than ${maximumDepth} deep`, tokens[at] ?? end);
    if (word() !== 'not') return primary(depth);
    const token = tokens[at++] ?? end;
    const operand = negation(depth + 1);
    return { kind: 'not', operand, start: place(token).start, end: operand.end };
  };
  const primary = (depth: number): ConditionNode => {
    const token = tokens[at++];
    if (!token) throw new ConditionError('the condition ends where a selection is wanted', end);
    if (token.text === '(') {
      const inner = disjunction(depth + 1);
      if (tokens[at]?.text !== ')') throw new ConditionError('a parenthesis is not closed', token, 'Add the missing `)`.');
      at++;
      return inner;
    }
    if (word() === 'of') return quantifier(token);
    if (token.text === ')' || ['and', 'or', 'not', 'of'].includes(token.text.toLowerCase())) {
      throw new ConditionError(`\`${token.text}\` stands where a selection is wanted`, token);
    }
    if (token.text.includes('*'))
      throw new ConditionError(`\`${token.text}\` is a pattern`, token, `Write \`1 of ${token.text}\` or \`all of ${token.text}\`.`);
    return { kind: 'name', name: token.text, ...place(token) };
  };
  const quantifier = (count: Token): ConditionNode => {
    const counted = count.text.toLowerCase();
    if (counted !== '1' && counted !== 'any' && counted !== 'all') {
      throw new ConditionError(`\`${count.text} of\` is not part of Sigma`, count, 'Use `1 of`, `any of` or `all of`.');
    }
    at++;
    const pattern = tokens[at++];
    if (!pattern || pattern.text === '(' || pattern.text === ')') throw new ConditionError('`of` wants a selection, a pattern or `them`', pattern ?? end);
    const span = { start: place(count).start, end: place(pattern).end };
    return { kind: 'quantifier', quantifier: counted === 'all' ? 'all' : 'any', pattern: pattern.text, ...span };
  };

  const tree = disjunction(0);
  const rest = tokens[at];
  if (rest)
    throw new ConditionError(rest.text === ')' ? 'a parenthesis is closed that was not opened' : `\`and\` or \`or\` is missing before \`${rest.text}\``, rest);
  return tree;
}
