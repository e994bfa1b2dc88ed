import { type Cursor, parseBoolean, type Token } from '../../source/boolean-expression.ts';
import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { insideScalar } from '../../source/yaml/inside-scalar.ts';
import type { YamlScalar } from '../../source/yaml/tree.ts';
import { correlationHint } from './aggregation.ts';
import type { ConditionNode } from './condition.ts';

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

/** Thrown while a condition is parsed. The span is in its text. */
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
 * Parses a condition. Precedence, lowest first: or, and, not, `x of`, parentheses (Sigma rules
 * specification, "Condition"). `timeframe` is that of the rule, for hints.
 */
export function parseCondition(
  file: SourceFile,
  scalar: YamlScalar,
  timeframe?: string,
): Result<ConditionNode, NewDiagnostic> {
  const { text } = scalar;
  if (text.length > maximumLength)
    return failed({
      code: 'SIG030',
      message: `the condition has ${text.length} characters, more than ${maximumLength}`,
      span: scalar,
      hint: 'Name the selections alike and use `1 of <pattern>`.',
    });
  const place = insideScalar(file, scalar);
  const end = text.trimEnd().length;
  const bar = text.includes('|') ? /(?<!\|)\|(?!\|)/.exec(text)?.index : undefined;
  if (bar !== undefined)
    return failed({
      code: 'SIG033',
      message: 'conditions with an aggregation are not part of Sigma any more',
      span: place({ start: bar, end }),
      hint: correlationHint(text.slice(bar + 1), timeframe),
    });
  try {
    return ok(parseTokens(tokenize(text), { start: end, end: end + 1 }, place));
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    const { message, span, hint } = error;
    return failed({ code: 'SIG030', message, span: place(span), hint });
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

const wordOf = ({ text }: Token): string => text.toLowerCase();

type PlaceOf = (span: Span) => Span;

const parseTokens = (tokens: readonly Token[], end: Span, place: PlaceOf): ConditionNode =>
  parseBoolean<ConditionNode>(tokens, end, {
    names: { whole: 'condition', operand: 'selection' },
    wordOf,
    operand: (first, rest) => {
      const next = rest.peek();
      return next && wordOf(next) === 'of'
        ? quantifier(first, next, rest, place)
        : { kind: 'name', name: selectionName(first), ...place(first) };
    },
    linked: (kind, operands) => ({
      kind,
      operands,
      start: operands[0]?.start ?? end.start,
      end: operands.at(-1)?.end ?? end.end,
    }),
    negated: (not, operand) => ({
      kind: 'not',
      operand,
      start: place(not).start,
      end: operand.end,
    }),
    refuse: refuseSign,
    error: (message, span, hint) => new ConditionError(message, span, hint),
    missingOperator: betweenSelections,
  });

function selectionName(token: Token): string {
  const { text } = token;
  if (text === ')' || ['and', 'or', 'not', 'of'].includes(wordOf(token)))
    throw new ConditionError(`\`${text}\` stands where a selection is wanted`, token);
  refuseSign(token);
  if (text.startsWith('!'))
    throw new ConditionError(
      `\`${text}\` is not a name of a selection`,
      token,
      `Write \`not ${text.slice(1)}\`.`,
    );
  if (text.includes('*'))
    throw new ConditionError(
      `\`${text}\` is a pattern`,
      token,
      `Write \`1 of ${text}\` or \`all of ${text}\`.`,
    );
  return text;
}

/** Parses `1 of selection_*`, with the cursor at `of`. */
function quantifier(count: Token, of: Token, rest: Cursor, place: PlaceOf): ConditionNode {
  const counted = wordOf(count);
  if (counted !== '1' && counted !== 'any' && counted !== 'all')
    throw new ConditionError(
      `\`${count.text} of\` is not part of Sigma`,
      count,
      countHint(counted),
    );
  rest.take();
  const pattern = rest.take();
  if (!pattern || pattern.text === '(' || pattern.text === ')') {
    const hint =
      pattern?.text === '('
        ? `Write \`(a ${counted === 'all' ? 'and' : 'or'} b)\` for selections that you list`
        : `Write \`${counted} of them\``;
    throw new ConditionError(
      '`of` wants a selection, a pattern or `them`',
      pattern ?? { start: of.end, end: of.end + 1 },
      `${hint}, or \`${counted} of selection*\` for those that are named alike.`,
    );
  }
  return {
    kind: 'quantifier',
    quantifier: counted === 'all' ? 'all' : 'any',
    pattern: pattern.text,
    start: place(count).start,
    end: place(pattern).end,
  };
}

function countHint(counted: string): string {
  if (counted === 'none' || counted === '0') return 'Write `not 1 of`.';
  const pairs = /^\d+$/.test(counted)
    ? ' More than one of several is written out: `(a and b) or (a and c) or (b and c)`.'
    : '';
  return `Use \`1 of\`, \`any of\` or \`all of\`.${pairs}`;
}

/** Throws for operators of other languages. */
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
