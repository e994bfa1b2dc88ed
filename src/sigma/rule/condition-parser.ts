import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { insideScalar } from '../../source/yaml/inside-scalar.ts';
import type { YamlScalar } from '../../source/yaml/tree.ts';
import { correlationHint } from './aggregation.ts';
import type { ConditionNode } from './condition.ts';

const maximumDepth = 64;
/** Characters; the longest condition of the public rules has 400. */
const maximumLength = 20_000;
const operatorSigns: ReadonlyMap<string, string> = new Map([
  ['&&', 'and'],
  ['&', 'and'],
  ['||', 'or'],
  ['!', 'not'],
  ['~', 'not'],
  ['-and', 'and'],
  ['-or', 'or'],
  ['-not', 'not'],
]);
const betweenSelections = 'Write `and` or `or` between selections.';
const comparisonSign = /^(?:[=!<>]=?|==|=~|<>|:)$/;

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

/**
 * Precedence, least binding first: or, and, not, `x of`, parentheses (Sigma rules specification,
 * "Condition").
 */
export function parseCondition(
  context: { file: SourceFile; bag: DiagnosticBag },
  scalar: YamlScalar,
  timeframe?: string,
): ConditionNode | undefined {
  const text = scalar.text;
  if (text.length > maximumLength) {
    const message = `the condition has ${text.length} characters, more than ${maximumLength}`;
    context.bag.add(context.file, {
      code: 'SIG030',
      message,
      span: scalar,
      hint: 'Name the selections alike and use `1 of <pattern>`.',
    });
    return undefined;
  }
  const place = insideScalar(context.file, scalar);
  const bar = text.includes('|') ? /(?<!\|)\|(?!\|)/.exec(text)?.index : undefined;
  if (bar !== undefined) {
    const message = 'conditions with an aggregation are not part of Sigma any more';
    const end = text.trimEnd().length;
    context.bag.add(context.file, {
      code: 'SIG033',
      message,
      span: place({ start: bar, end }),
      hint: correlationHint(text.slice(bar + 1), timeframe),
    });
    return undefined;
  }
  try {
    return parseTokens(
      tokenize(text),
      { start: text.trimEnd().length, end: text.trimEnd().length + 1 },
      place,
    );
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    const { message, span, hint } = error;
    context.bag.add(context.file, {
      code: 'SIG030',
      message,
      span: place(span),
      ...(hint === undefined ? {} : { hint }),
    });
    return undefined;
  }
}

const everyToken = /[()]|[^\s()]+/g;

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  everyToken.lastIndex = 0;
  for (let found = everyToken.exec(text); found; found = everyToken.exec(text))
    tokens.push({ text: found[0], start: found.index, end: everyToken.lastIndex });
  return tokens;
}

function parseTokens(
  tokens: readonly Token[],
  end: Span,
  place: (span: Span) => Span,
): ConditionNode {
  let at = 0;
  const word = (offset = 0) => tokens[at + offset]?.text.toLowerCase();

  const operators = (
    kind: 'and' | 'or',
    operand: (depth: number) => ConditionNode,
    depth: number,
  ): ConditionNode => {
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
    if (depth > maximumDepth)
      throw new ConditionError(
        `the condition is nested more than ${maximumDepth} deep`,
        tokens[at] ?? end,
      );
    if (word() !== 'not') return primary(depth);
    const token = tokens[at++] ?? end;
    const operand = negation(depth + 1);
    return { kind: 'not', operand, start: place(token).start, end: operand.end };
  };
  const primary = (depth: number): ConditionNode => {
    const token = tokens[at++];
    if (!token)
      throw new ConditionError(
        tokens.length === 0
          ? 'the condition is empty'
          : 'the condition ends where a selection is wanted',
        end,
      );
    if (token.text === '(') {
      const inner = disjunction(depth + 1);
      if (tokens[at]?.text !== ')')
        throw new ConditionError('a parenthesis is not closed', token, 'Add the missing `)`.');
      at++;
      return inner;
    }
    if (word() === 'of') return quantifier(token);
    if (token.text === ')' || ['and', 'or', 'not', 'of'].includes(token.text.toLowerCase())) {
      throw new ConditionError(`\`${token.text}\` stands where a selection is wanted`, token);
    }
    refuseSign(token);
    if (token.text.startsWith('!'))
      throw new ConditionError(
        `\`${token.text}\` is no name of a selection`,
        token,
        `Write \`not ${token.text.slice(1)}\`.`,
      );
    if (token.text.includes('*'))
      throw new ConditionError(
        `\`${token.text}\` is a pattern`,
        token,
        `Write \`1 of ${token.text}\` or \`all of ${token.text}\`.`,
      );
    return { kind: 'name', name: token.text, ...place(token) };
  };
  const quantifier = (count: Token): ConditionNode => {
    const counted = count.text.toLowerCase();
    if (counted !== '1' && counted !== 'any' && counted !== 'all') {
      throw new ConditionError(
        `\`${count.text} of\` is not part of Sigma`,
        count,
        countHint(counted),
      );
    }
    at++;
    const pattern = tokens[at++];
    if (!pattern || pattern.text === '(' || pattern.text === ')') {
      const hint =
        pattern?.text === '('
          ? `Write \`(a ${counted === 'all' ? 'and' : 'or'} b)\` for selections that you list`
          : `Write \`${counted} of them\``;
      throw new ConditionError(
        '`of` wants a selection, a pattern or `them`',
        pattern ?? end,
        `${hint}, or \`${counted} of selection*\` for those that are named alike.`,
      );
    }
    const span = { start: place(count).start, end: place(pattern).end };
    return {
      kind: 'quantifier',
      quantifier: counted === 'all' ? 'all' : 'any',
      pattern: pattern.text,
      ...span,
    };
  };

  const tree = disjunction(0);
  const rest = tokens[at];
  if (!rest) return tree;
  if (rest.text === ')')
    throw new ConditionError(
      'a parenthesis is closed that was not opened',
      rest,
      'Remove it, or add the missing `(`.',
    );
  refuseSign(rest);
  throw new ConditionError(
    `\`and\` or \`or\` is missing before \`${rest.text}\``,
    rest,
    betweenSelections,
  );
}

function countHint(counted: string): string {
  if (counted === 'none' || counted === '0') return 'Write `not 1 of`.';
  const pairs = /^\d+$/.test(counted)
    ? ' More than one of several is written out: `(a and b) or (a and c) or (b and c)`.'
    : '';
  return `Use \`1 of\`, \`any of\` or \`all of\`.${pairs}`;
}

/** The signs of other languages for Sigma's words. */
function refuseSign(token: Token): void {
  const { text } = token;
  const word = operatorSigns.get(text.toLowerCase());
  if (word)
    throw new ConditionError(`\`${text}\` is not part of Sigma`, token, `Write \`${word}\`.`);
  if (/^.*[,;]$|^[+]$/.test(text)) {
    const sign = { ...token, start: token.end - 1 };
    throw new ConditionError(`\`${text.slice(-1)}\` is not part of Sigma`, sign, betweenSelections);
  }
  if (comparisonSign.test(text))
    throw new ConditionError(
      `\`${text}\` is not part of a condition`,
      token,
      'Compare values in a selection, and name it here.',
    );
}
