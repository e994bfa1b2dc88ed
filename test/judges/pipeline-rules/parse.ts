import { RuleSourceError } from './error.ts';
import { type Token, tokens, unquoted } from './lexer.ts';
import type {
  Arguments,
  Assignment,
  Expression,
  PipelineSyntax,
  RuleSyntax,
  StageSyntax,
  Statement,
} from './syntax.ts';

/** How tightly an operator binds; the grammar's alternatives from the last one on. */
const binary: Readonly<Record<string, number>> = {
  '*': 6,
  '/': 6,
  '%': 6,
  '+': 5,
  '-': 5,
  '<=': 4,
  '>=': 4,
  '>': 4,
  '<': 4,
  '==': 3,
  '!=': 3,
  and: 2,
  or: 1,
};
const [nested, indexed, signed, negated] = [10, 9, 8, 7];

class Parser {
  private readonly list: readonly Token[];
  private at = 0;
  constructor(source: string) {
    this.list = tokens(source);
  }

  private get next(): Token {
    const token = this.list[this.at];
    if (!token) throw new Error('read beyond the end');
    return token;
  }

  private fail(wanted: string): never {
    const { at, text } = this.next;
    throw new RuleSourceError('syntax_error', `expected ${wanted} at ${at}, found ${text}`);
  }

  private is(what: string): boolean {
    const { kind, text } = this.next;
    return kind === 'sign' ? text === what : kind === what;
  }

  private skip(what: string): boolean {
    if (!this.is(what)) return false;
    this.at++;
    return true;
  }

  private take(what: string): Token {
    const token = this.next;
    return this.skip(what) ? token : this.fail(what);
  }

  rule(): RuleSyntax {
    this.take('rule');
    // the server takes the quotes off a name, but does not read its escapes
    const name = this.take('string').text.slice(1, -1);
    this.take('when');
    const condition = this.expression(0);
    const actions: Statement[] = [];
    if (this.skip('then')) while (!this.is('end')) actions.push(...this.statement());
    this.take('end');
    this.take('eof');
    return { name, condition, actions };
  }

  private statement(): readonly Statement[] {
    if (this.skip(';')) return [];
    const name = this.skip('let') ? this.identifier() : undefined;
    if (name !== undefined) this.take('=');
    const value = this.expression(0);
    if (name === undefined && value.kind !== 'call') this.fail('a function call');
    this.take(';');
    return [name === undefined ? { value } : { name, value }];
  }

  private identifier(): string {
    return this.take('identifier').text.replace(/^`(.*)`$/s, '$1');
  }

  private expression(least: number): Expression {
    let left = this.primary();
    for (;;) {
      const { kind, text } = this.next;
      const operator = kind === 'and' || kind === 'or' ? kind : text;
      if (kind === 'sign' && text === '.' && nested >= least) {
        this.at++;
        left = { kind: 'nested', object: left, field: this.expression(nested + 1) };
      } else if (kind === 'sign' && text === '[' && indexed >= least) {
        this.at++;
        left = { kind: 'index', object: left, index: this.expression(0) };
        this.take(']');
      } else {
        const level = kind === 'sign' || kind === operator ? binary[operator] : undefined;
        if (level === undefined || level < least) return left;
        this.at++;
        left = { kind: 'binary', operator, left, right: this.expression(level + 1) };
      }
    }
  }

  private primary(): Expression {
    const token = this.next;
    this.at++;
    switch (token.kind) {
      case 'string':
        return { kind: 'literal', value: unquoted(token) };
      case 'boolean':
        return { kind: 'literal', value: token.text === 'true' };
      case 'integer':
        return { kind: 'literal', value: longOf(token.text) };
      case 'float':
        return { kind: 'literal', value: Number.parseFloat(token.text) };
      case 'message':
        this.take('.');
        return { kind: 'message', field: this.expression(nested + 1) };
      case 'not':
        return { kind: 'not', operand: this.expression(negated) };
      case 'identifier':
        return this.named(token);
      default:
        return this.bracketed(token);
    }
  }

  private named({ text }: Token): Expression {
    const name = text.replace(/^`(.*)`$/s, '$1');
    if (!this.skip('(')) return { kind: 'identifier', name };
    const args = this.arguments();
    this.take(')');
    // a function's name keeps its backticks, so that there is no such function
    return { kind: 'call', name: text, args };
  }

  private bracketed({ text, kind }: Token): Expression {
    const sign = kind === 'sign' ? text : '';
    if (sign === '(') {
      const inner = this.expression(0);
      this.take(')');
      return inner;
    }
    if (sign === '[') {
      const items = this.separated(']', () => this.expression(0));
      return { kind: 'list', items };
    }
    if (sign === '{') return { kind: 'map', entries: this.separated('}', () => this.assignment()) };
    if (sign === '+' || sign === '-')
      return { kind: 'sign', minus: sign === '-', operand: this.expression(signed) };
    this.at--;
    return this.fail('an expression');
  }

  private separated<T>(end: string, one: () => T): readonly T[] {
    const list: T[] = [];
    if (this.skip(end)) return list;
    do list.push(one());
    while (this.skip(','));
    this.take(end);
    return list;
  }

  private assignment(): Assignment {
    const name = this.identifier();
    this.take(':');
    return { name, value: this.expression(0) };
  }

  private arguments(): Arguments {
    if (this.is(')')) return { kind: 'none' };
    const after = this.list[this.at + 1];
    if (this.is('identifier') && after?.kind === 'sign' && after.text === ':') {
      const list = [this.assignment()];
      while (this.skip(',')) list.push(this.assignment());
      return { kind: 'named', list };
    }
    const list = [this.expression(0)];
    while (this.skip(',')) list.push(this.expression(0));
    return { kind: 'positional', list };
  }

  pipeline(): PipelineSyntax {
    this.take('pipeline');
    const name = this.take('string').text.slice(1, -1);
    const stages: StageSyntax[] = [];
    do stages.push(this.stage());
    while (!this.is('end'));
    this.take('end');
    this.take('eof');
    const numbers = new Set(stages.map(({ number }) => number));
    if (numbers.size < stages.length)
      throw new RuleSourceError('stage', `two stages of ${name} have one number`);
    return { name, stages: stages.sort((a, b) => a.number - b.number) };
  }

  private stage(): StageSyntax {
    this.take('stage');
    const number = Number.parseInt(this.take('integer').text, 10);
    this.take('match');
    const match = (['all', 'either', 'pass'] as const).find((kind) => this.skip(kind));
    if (!match) return this.fail('all, either or pass');
    const rules: string[] = [];
    while (this.skip('rule')) {
      rules.push(this.take('string').text.slice(1, -1));
      this.skip(';');
    }
    return { number, match, rules };
  }
}

/** The server reads decimal digits alone; other spellings of the grammar make it fail. */
function longOf(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw new RuleSourceError('number', `${text} is not read`);
  const value = BigInt(text.replace('+', ''));
  if (BigInt.asIntN(64, value) !== value)
    throw new RuleSourceError('number', `${text} is too long`);
  return value;
}

/** The one rule of a source. Throws a `RuleSourceError` where the server refuses it. */
export const parseRule = (source: string): RuleSyntax => new Parser(source).rule();

/** The one pipeline of a source. */
export const parsePipeline = (source: string): PipelineSyntax => new Parser(source).pipeline();
