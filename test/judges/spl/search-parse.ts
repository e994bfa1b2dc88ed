import {
  atEnd,
  type Cursor,
  cursor,
  peek,
  skipSpace,
  takeLiteral,
  takeMatch,
  takeQuoted,
} from './cursor.ts';
import { SplError, unescaped } from './text.ts';

export type SearchOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** `form`: how the term was written, which settles its case and its word borders. */
export interface SearchValue {
  readonly text: string;
  readonly form: 'word' | 'quoted' | 'case' | 'term';
}

export type SearchNode =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly SearchNode[] }
  | { readonly kind: 'not'; readonly operand: SearchNode }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly operator: SearchOperator;
      readonly value: SearchValue;
    }
  | { readonly kind: 'term'; readonly value: SearchValue };

const OPERATOR = /!=|<=|>=|=|<|>/y;
const WORD = /(?:\\.|!(?!=)|[^\s()"=<>!\\])+/y;
const VALUE = /(?:\\.|[^\s()"\\])+/y;
const LISTED = /(?:\\.|[^\s()",\\])+/y;
const RESERVED = new Set(['AND', 'OR', 'NOT', 'XOR']);

/** Reads the arguments of `search`. NOT binds tightest, then OR, then AND (written or implied). */
export function parseSearchExpression(text: string): SearchNode {
  const c = cursor(text);
  const node = conjunction(c);
  if (!atEnd(c))
    throw new SplError(
      peek(c) === ')'
        ? 'Unbalanced parentheses: a ) too many'
        : `Unexpected text in the search: ${text.slice(c.at, c.at + 40)}`,
    );
  return node;
}

function conjunction(c: Cursor): SearchNode {
  const operands = [disjunction(c)];
  while (!atEnd(c) && peek(c) !== ')') {
    keyword(c, 'AND');
    operands.push(disjunction(c));
  }
  return operands.length === 1 && operands[0] ? operands[0] : { kind: 'and', operands };
}

function disjunction(c: Cursor): SearchNode {
  const operands = [negation(c)];
  while (keyword(c, 'OR')) operands.push(negation(c));
  return operands.length === 1 && operands[0] ? operands[0] : { kind: 'or', operands };
}

function negation(c: Cursor): SearchNode {
  if (keyword(c, 'NOT')) return { kind: 'not', operand: negation(c) };
  if (!takeLiteral(c, '(')) return term(c);
  const node = conjunction(c);
  if (!takeLiteral(c, ')')) throw new SplError('Unbalanced parentheses: a ( is never closed');
  return node;
}

/** Operators count in capitals only, and as whole words. */
function keyword(c: Cursor, word: string): boolean {
  skipSpace(c);
  if (!c.text.startsWith(word, c.at) || /[^\s()"]/.test(c.text.charAt(c.at + word.length)))
    return false;
  c.at += word.length;
  return true;
}

function term(c: Cursor): SearchNode {
  if (atEnd(c) || peek(c) === ')') throw new SplError('The search ends where a term is expected');
  const quoted = peek(c) === '"';
  const start = c.at;
  const name = quoted ? takeQuoted(c) : takeMatch(c, WORD);
  if (name === undefined)
    throw new SplError(
      `A comparison is missing a term on the left hand side: ${c.text.slice(c.at, c.at + 30)}`,
    );
  if (!quoted) checkWord(name);
  const directive = quoted ? undefined : directiveOf(c, name);
  if (directive) return { kind: 'term', value: directive };
  const operator = takeMatch(c, OPERATOR) as SearchOperator | undefined;
  if (operator)
    return { kind: 'compare', field: fieldName(name), operator, value: value(c, VALUE) };
  if (takeIn(c)) return membership(c, fieldName(name));
  const border = c.text.slice(start, c.at).trimEnd().length + start;
  if (quoted && /[^\s()]/.test(c.text.charAt(border)))
    throw new SplError(`Text runs into a quoted string: ${c.text.slice(start, border + 10)}`);
  return {
    kind: 'term',
    value: { text: quoted ? name : unescaped(name), form: quoted ? 'quoted' : 'word' },
  };
}

function checkWord(word: string): void {
  if (RESERVED.has(word))
    throw new SplError(
      `The operator ${word} is missing an operand or is not known to the search command`,
    );
  if (/[[\]|`]/.test(word)) throw new SplError(`Subsearches are not read here: ${word}`);
  if (word.startsWith("'")) throw new SplError(`Single quotes do not quote in a search: ${word}`);
}

function fieldName(name: string): string {
  if (name === '' || name.includes('*')) throw new SplError(`Not a field name: ${name}`);
  return name;
}

/** `CASE(x)`, `TERM(x)`: the parenthesis follows at once. */
function directiveOf(c: Cursor, word: string): SearchValue | undefined {
  if (peek(c) !== '(' || (word !== 'CASE' && word !== 'TERM')) return undefined;
  c.at += 1;
  skipSpace(c);
  const text =
    peek(c) === '"'
      ? takeQuoted(c)
      : unescaped(takeMatch(c, /(?:\\.|[^()"\\])+/y)?.trimEnd() ?? '');
  if (text === '' || !takeLiteral(c, ')')) throw new SplError(`${word}() needs one term`);
  if (word === 'TERM' && /[\s[\]<>(){}|!;,'"&?+]/.test(text))
    throw new SplError(`TERM() must not hold a major breaker: ${text}`);
  return { text, form: word === 'CASE' ? 'case' : 'term' };
}

function value(c: Cursor, bare: RegExp): SearchValue {
  if (atEnd(c) || peek(c) === ')')
    throw new SplError('A comparison is missing a term on the right hand side');
  if (peek(c) === '"') {
    const text = takeQuoted(c);
    if (/[^\s(),]/.test(peek(c)))
      throw new SplError(`Text runs into a quoted string: ${c.text.slice(c.at, c.at + 30)}`);
    return { text, form: 'quoted' };
  }
  const word = takeMatch(c, bare);
  if (word === undefined || RESERVED.has(word))
    throw new SplError(
      `A comparison has an invalid term on the right hand side: ${word ?? peek(c)}`,
    );
  const directive = directiveOf(c, word);
  if (directive) return directive;
  if (peek(c) === '"' || peek(c) === '(') throw new SplError(`Text runs into ${peek(c)}: ${word}`);
  checkWord(word);
  return { text: unescaped(word), form: 'word' };
}

function takeIn(c: Cursor): boolean {
  skipSpace(c);
  const found = /^IN\s*\(/.exec(c.text.slice(c.at, c.at + 20))?.[0];
  if (found) c.at += found.length;
  return found !== undefined;
}

function membership(c: Cursor, field: string): SearchNode {
  const operands: SearchNode[] = [];
  do operands.push({ kind: 'compare', field, operator: '=', value: value(c, LISTED) });
  while (takeLiteral(c, ','));
  if (!takeLiteral(c, ')'))
    throw new SplError(
      `IN needs a list of values parted by commas and closed by ): ${c.text.slice(c.at, c.at + 30)}`,
    );
  return { kind: 'or', operands };
}
