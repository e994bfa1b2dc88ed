import {
  type CodePoints,
  classOf,
  complement,
  intersection,
  letter,
  predefined,
  property,
  range,
  union,
} from './code-points.ts';
import { EvaluationError } from './error.ts';

interface Flags {
  readonly i: boolean;
  readonly u: boolean;
  readonly s: boolean;
  readonly m: boolean;
  readonly d: boolean;
}

export interface JavaPattern {
  /** For `RegExp` with the flag u: every capturing group has the name `g` and its number. */
  readonly source: string;
  readonly groups: number;
  /** Numbers of groups by the names that the pattern gives them. */
  readonly names: ReadonlyMap<string, number>;
}

const start = '(?<![^])';
const end = '(?![^])';
/** Java's line terminators. */
const terminators = '\\n\\r\\u0085\\u2028\\u2029';

/**
 * What a pattern of `java.util.regex` is in JavaScript. Throws where Java does, and where the two
 * JDKs of the servers disagree (`\b`) or this reader has no counterpart.
 */
export const readJavaPattern = (pattern: string): JavaPattern => new Reader(pattern).read();

class Reader {
  private readonly text: string;
  private at = 0;
  private flags: Flags = { i: false, u: false, s: false, m: false, d: false };
  private groups = 0;
  private atoms = 0;
  private behind = 0;
  private readonly names = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
  }

  read(): JavaPattern {
    const source = this.alternatives();
    if (this.at < this.text.length) this.fail('an unmatched )');
    return { source, groups: this.groups, names: this.names };
  }

  private fail(what: string): never {
    throw new EvaluationError(`${what} at ${this.at} of ${this.text.slice(0, 200)}`);
  }

  private skip(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false;
    this.at += literal.length;
    return true;
  }

  private match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    if (!found) return undefined;
    this.at += found[0].length;
    return found;
  }

  private point(): number {
    const point = this.text.codePointAt(this.at);
    if (point === undefined) this.fail('an early end');
    this.at += point > 0xffff ? 2 : 1;
    return point;
  }

  private alternatives(): string {
    const parts: string[] = [];
    // flags that are set within a group end with it
    const { flags } = this;
    do parts.push(this.sequence());
    while (this.skip('|'));
    this.flags = flags;
    return parts.join('|');
  }

  private sequence(): string {
    let made = '';
    while (this.at < this.text.length && !/[|)]/.test(this.text.charAt(this.at))) {
      if (this.skip('\\Q')) {
        const close = this.text.indexOf('\\E', this.at);
        const stop = close === -1 ? this.text.length : close;
        while (this.at < stop) {
          const one = this.literal(this.point());
          made += this.at >= stop && close !== -1 && this.skip('\\E') ? this.quantified(one) : one;
        }
        continue;
      }
      made += this.quantified(this.atom());
    }
    return made;
  }

  private quantified(atom: string): string {
    const token = this.match(/(?:[*+?]|\{(\d+)(,?)(\d*)\})([?+]?)/y);
    if (!token) return atom;
    if (atom === '') this.fail('a quantifier of nothing');
    const [all, , comma, most, mode] = token;
    const unbounded = all.startsWith('*') || all.startsWith('+') || (comma === ',' && most === '');
    if (this.behind > 0 && unbounded) this.fail('a look-behind without a bound');
    const quantifier = mode === '' ? all : all.slice(0, -1);
    const whole = `${/^\(\?<?[=!]/.test(atom) ? `(?:${atom})` : atom}${quantifier}`;
    // JavaScript gives up a round that finds nothing, and what groups in it have found
    if (quantifier === '?' && mode === '?') return `(?:|${atom})`;
    const found = quantifier === '?' ? `(?:${atom}|)` : whole;
    if (mode === '+') return this.atomic(found);
    return mode === '?' ? `${whole}?` : found;
  }

  /** A look-ahead is never entered again: what it has found once stays. */
  private atomic(inner: string): string {
    const name = `a${++this.atoms}`;
    return `(?:(?=(?<${name}>${inner}))\\k<${name}>)`;
  }

  private atom(): string {
    const { i, u } = this.flags;
    if (this.skip('(')) return this.group();
    if (this.skip('[')) return classOf(this.set());
    if (this.skip('.')) return this.dot();
    if (this.skip('^')) return this.lineStart();
    if (this.skip('$')) return this.lineEnd();
    if (this.skip('\\')) return this.escape();
    if (/[*+?{]/.test(this.text.charAt(this.at))) this.fail('a lone quantifier');
    return classOf(letter(this.point(), { i, u }));
  }

  private literal(point: number): string {
    return classOf(letter(point, this.flags));
  }

  private dot(): string {
    if (this.flags.s) return '[^]';
    return this.flags.d ? '[^\\n]' : `[^${terminators}]`;
  }

  private lineStart(): string {
    if (!this.flags.m) return start;
    // at the end of the text it is never found, and not between \r and \n
    const after = this.flags.d ? '\\n' : '[\\n\\u0085\\u2028\\u2029]|\\r(?!\\n)';
    return `(?:(?:${start}|(?<=${after}))(?=[^]))`;
  }

  private lineEnd(): string {
    const { d, m } = this.flags;
    if (m) return d ? `(?=\\n|${end})` : `(?=\\r\\n|(?<!\\r)\\n|[\\r\\u0085\\u2028\\u2029]|${end})`;
    return d ? `(?=\\n?${end})` : `(?=(?:\\r\\n|(?<!\\r)\\n|[\\r\\u0085\\u2028\\u2029])?${end})`;
  }

  private group(): string {
    if (!this.skip('?')) {
      const number = ++this.groups;
      return `(?<g${number}>${this.closed()})`;
    }
    const named = this.match(/<([a-zA-Z][a-zA-Z0-9]*)>/y);
    if (named) {
      const number = ++this.groups;
      if (this.names.has(named[1] ?? '')) this.fail('a name of two groups');
      this.names.set(named[1] ?? '', number);
      return `(?<g${number}>${this.closed()})`;
    }
    if (this.skip('>')) return this.atomic(this.closed());
    for (const open of [':', '=', '!', '<=', '<!'] as const) {
      if (!this.skip(open)) continue;
      const behind = open.startsWith('<') ? 1 : 0;
      this.behind += behind;
      const inner = this.closed();
      this.behind -= behind;
      return `(?${open}${inner})`;
    }
    return this.inline();
  }

  private closed(): string {
    const inner = this.alternatives();
    if (!this.skip(')')) this.fail('an unclosed group');
    return inner;
  }

  private inline(): string {
    const found = this.match(/([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])/y);
    if (!found) this.fail('an unknown group');
    const [, on = '', off = '', close] = found;
    const set = { ...this.flags };
    for (const [names, value] of [
      [on, true],
      [off, false],
    ] as const)
      for (const name of names) {
        if (!(name in set)) this.fail(`the flag ${name}`);
        set[name as keyof Flags] = value;
      }
    const before = this.flags;
    this.flags = set;
    if (close === ')') return '';
    const inner = this.closed();
    this.flags = before;
    return `(?:${inner})`;
  }

  private escape(): string {
    if (this.skip('A')) return start;
    if (this.skip('z')) return end;
    if (this.skip('Z')) {
      const { flags } = this;
      this.flags = { ...flags, m: false };
      const made = this.lineEnd();
      this.flags = flags;
      return made;
    }
    if (this.match(/[bBGXRk1-9]/y)) this.fail(`\\${this.text.charAt(this.at - 1)}`);
    const set = this.predefinedSet();
    return set ? classOf(set) : this.literal(this.escapedPoint());
  }

  private predefinedSet(): CodePoints | undefined {
    const named = this.match(/([pP])\{(\w+)\}/y);
    if (named) {
      const set = property(named[2] ?? '') ?? this.fail(`the property ${named[2]}`);
      // case-insensitive properties match both cases
      if (this.flags.i && /^(?:Lower|Upper)$/.test(named[2] ?? '')) this.fail('a cased property');
      return named[1] === 'P' ? complement(set) : set;
    }
    const found = this.match(/[dDwWsShHvV]/y);
    return found ? predefined(found[0]) : undefined;
  }

  /** The code point of an escape, after its backslash. */
  private escapedPoint(): number {
    const code = this.match(
      /u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?|x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]+)\}|0([0-3][0-7]{2}|[0-7]{1,2})|c(.)/sy,
    );
    if (code) return this.numbered(code);
    const control = this.match(/[tnrfae]/y)?.[0];
    if (control !== undefined) return [9, 10, 13, 12, 7, 27]['tnrfae'.indexOf(control)] ?? 0;
    const point = this.point();
    if (/[a-zA-Z]/.test(String.fromCodePoint(point))) this.fail('an unknown escape');
    return point;
  }

  private numbered([, unit, low, two, braced, octal, control]: RegExpExecArray): number {
    if (unit !== undefined) {
      const high = Number.parseInt(unit, 16);
      if (low === undefined) return high;
      if (high >= 0xd800 && high < 0xdc00)
        return 0x10000 + (high - 0xd800) * 0x400 + Number.parseInt(low, 16) - 0xdc00;
      this.at -= 6;
      return high;
    }
    if (octal !== undefined) return Number.parseInt(octal, 8);
    if (control !== undefined) return control.charCodeAt(0) ^ 64;
    return Number.parseInt(two ?? braced ?? '', 16);
  }

  /** A class, after its opening bracket. */
  private set(): CodePoints {
    const negated = this.skip('^');
    let left: CodePoints | undefined;
    let now: CodePoints = [];
    let first = true;
    while (first || !this.skip(']')) {
      if (this.at >= this.text.length) this.fail('an unclosed class');
      if (this.skip('&&')) {
        left = left ? intersection(left, now) : now;
        now = [];
      } else now = union(now, this.member(first));
      first = false;
    }
    const whole = left ? intersection(left, now) : now;
    return negated ? complement(whole) : whole;
  }

  private member(first: boolean): CodePoints {
    if (first && this.text.charAt(this.at) === ']') this.fail('a ] at the start of a class');
    if (this.skip('[')) return this.set();
    if (this.skip('\\Q')) this.fail('a quotation in a class');
    let from: number;
    if (this.skip('\\')) {
      const set = this.predefinedSet();
      if (set) return set;
      from = this.escapedPoint();
    } else from = this.point();
    if (!/^-[^\][]/.test(this.text.slice(this.at, this.at + 2)))
      return range(from, from, this.flags);
    this.at++;
    const to = this.skip('\\') ? this.escapedPoint() : this.point();
    if (to < from) this.fail('a range the wrong way round');
    return range(from, to, this.flags);
  }
}
