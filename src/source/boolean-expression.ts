import type { Span } from './span.ts';

/** A word, a sign or a parenthesis of an expression. */
export interface Token extends Span {
  readonly text: string;
}

/** How one language of `and`, `or`, `not` and parentheses differs from another. */
export interface Grammar<Node> {
  /** What messages call an expression and an operand, such as `condition` and `selection`. */
  readonly names: { readonly whole: string; readonly operand: string };
  /** The text of the token as `and`, `or` and `not` are compared with it. */
  readonly wordOf: (token: Token) => string;
  /** Reads the operand that starts with the token. Throws if it is not one. */
  readonly operand: (first: Token, rest: Cursor) => Node;
  readonly linked: (link: 'and' | 'or', operands: readonly Node[]) => Node;
  readonly negated: (not: Token, operand: Node) => Node;
  /** Throws if the token has no place in any expression. */
  readonly refuse: (token: Token) => void;
  /** Makes what is thrown. */
  readonly error: (message: string, place: Span, hint?: string) => Error;
  /** The hint where an operator is missing between two operands. */
  readonly missingOperator?: string;
}

/** The tokens after the one that is read. */
export interface Cursor {
  readonly peek: () => Token | undefined;
  readonly take: () => Token | undefined;
}

const maximumDepth = 64;

/**
 * Parses an expression: `not` binds tighter than `and`, and `and` tighter than `or`. `end` is the
 * place after the last token. Throws what `error` of the grammar makes.
 */
export function parseBoolean<Node>(
  tokens: readonly Token[],
  end: Span,
  grammar: Grammar<Node>,
): Node {
  const { names, wordOf, error } = grammar;
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const isNext = (word: string): boolean => {
    const token = peek();
    return token !== undefined && wordOf(token) === word;
  };
  const rest: Cursor = { peek, take: () => tokens[at++] };
  type Read = (depth: number) => Node;
  const linked = (link: 'and' | 'or', operand: Read, depth: number): Node => {
    const first = operand(depth);
    if (!isNext(link)) return first;
    const operands = [first];
    while (isNext(link)) {
      at++;
      operands.push(operand(depth));
    }
    return grammar.linked(link, operands);
  };
  const disjunction: Read = (depth) => linked('or', conjunction, depth);
  const conjunction: Read = (depth) => linked('and', negation, depth);
  const negation: Read = (depth) => {
    const token = peek();
    if (depth > maximumDepth)
      throw error(`the ${names.whole} is nested more than ${maximumDepth} deep`, token ?? end);
    if (!token || wordOf(token) !== 'not') return primary(depth);
    at++;
    return grammar.negated(token, negation(depth + 1));
  };
  const primary: Read = (depth) => {
    const token = tokens[at++];
    if (!token && tokens.length === 0) throw error(`the ${names.whole} is empty`, end);
    if (!token) throw error(`the ${names.whole} ends where a ${names.operand} is wanted`, end);
    if (token.text !== '(') return grammar.operand(token, rest);
    const inner = disjunction(depth + 1);
    if (tokens[at++]?.text === ')') return inner;
    throw error('a parenthesis is not closed', token, 'Add the missing `)`.');
  };
  const tree = disjunction(0);
  const left = peek();
  if (!left) return tree;
  if (left.text === ')')
    throw error(
      'a parenthesis is closed that was not opened',
      left,
      'Remove it, or add the missing `(`.',
    );
  grammar.refuse(left);
  throw error(
    `\`and\` or \`or\` is missing before \`${left.text}\``,
    left,
    grammar.missingOperator,
  );
}
