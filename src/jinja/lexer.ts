import type { Span } from '../source/span.ts';
import { JinjaError } from './error.ts';

export interface Token extends Span {
  /** `end`: of the block. */
  readonly kind: 'name' | 'number' | 'string' | 'sign' | 'end';
  readonly text: string;
}

export interface Block {
  readonly kind: 'text' | 'print' | 'statement';
  /** Of texts. */
  readonly text: string;
  /** Of the others; the last is the end. */
  readonly tokens: readonly Token[];
  readonly start: number;
}

/** Of one block: nested operands are nested calls. */
const maximumTokens = 500;

const opening = /\{(\{|%|#)([-+]?)/g;
const name = /([A-Za-z_]\w*)/;
const number = /([0-9]+(?:\.[0-9]+)?)/;
const sign = /==|!=|<=|>=|\/\/|\S/;
const token = new RegExp([name, number, sign].map(({ source }) => source).join('|'), 'y');
const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);

/** Texts and blocks of a Jinja2 template, white space control (`-`) applied, comments left out. */
export function blocksOf(source: string): readonly Block[] {
  // one line break at the very end does not belong to a template
  const text = source.replace(/\n$/, '');
  const blocks: Block[] = [];
  let at = 0;
  let strips = false;
  for (;;) {
    opening.lastIndex = at;
    const open = opening.exec(text);
    let plain = text.slice(at, open?.index);
    if (strips) plain = plain.trimStart();
    if (open?.[2] === '-') plain = plain.trimEnd();
    if (plain !== '') blocks.push({ kind: 'text', text: plain, tokens: [], start: at });
    if (!open) return blocks;
    const [next, block] = blockAt(text, open.index, open[0].length, open[1] ?? '');
    if (block) blocks.push(block);
    strips = text[next - 3] === '-';
    at = next;
  }
}

/** The block at an opening and where it ends; no block for a comment. */
function blockAt(
  text: string,
  start: number,
  opening: number,
  kind: string,
): readonly [end: number, block?: Block | undefined] {
  const inner = start + opening;
  if (kind === '#') {
    const close = text.indexOf('#}', inner);
    if (close < 0) throw new JinjaError('a comment is not closed', { start, end: text.length });
    return [close + 2];
  }
  const raw = kind === '%' ? rawAt(text, start) : undefined;
  if (raw)
    return [
      raw.end,
      raw.text === '' ? undefined : { kind: 'text', text: raw.text, tokens: [], start },
    ];
  const tokens = tokensOf(text, inner, kind === '{' ? '}}' : '%}');
  return [
    tokens.at(-1)?.end ?? text.length,
    { kind: kind === '{' ? 'print' : 'statement', text: '', tokens, start },
  ];
}

/** The text between `raw` and `endraw`. */
function rawAt(
  text: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  const open = /\{%[-+]?\s*raw\s*(-?)[+]?%\}/y;
  open.lastIndex = start;
  const [begin, stripsStart] = open.exec(text) ?? [];
  if (begin === undefined) return undefined;
  const close = /\{%(-?)[+]?\s*endraw\s*[-+]?%\}/g;
  close.lastIndex = start + begin.length;
  const match = close.exec(text);
  if (!match)
    throw new JinjaError('the block is never ended', { start, end: start + begin.length });
  let inner = text.slice(start + begin.length, match.index);
  if (stripsStart === '-') inner = inner.trimStart();
  if (match[1] === '-') inner = inner.trimEnd();
  return { text: inner, end: match.index + match[0].length };
}

function tokensOf(text: string, from: number, close: string): readonly Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (let at = from; ; ) {
    while (/\s/.test(text[at] ?? '')) at++;
    const sign = text[at] === '-' || text[at] === '+' ? 1 : 0;
    // the braces of a map close first
    if (depth === 0 && text.startsWith(close, at + sign)) {
      tokens.push({
        kind: 'end',
        text: text.slice(at, at + sign + 2),
        start: at,
        end: at + sign + 2,
      });
      return tokens;
    }
    if (tokens.length >= maximumTokens)
      throw new JinjaError(`a block has more than ${maximumTokens} names and signs`, {
        start: from,
        end: at,
      });
    const next = tokenAt(text, at, tokens.at(-1));
    if (!next) throw new JinjaError('a block is not closed', { start: from, end: text.length });
    if (next.kind === 'sign' && next.text === '{') depth++;
    if (next.kind === 'sign' && next.text === '}') depth = Math.max(0, depth - 1);
    tokens.push(next);
    at = next.end;
  }
}

function tokenAt(text: string, at: number, before: Token | undefined): Token | undefined {
  const string = stringAt(text, at);
  if (string !== undefined)
    return { kind: 'string', text: unquoted(string, at), start: at, end: at + string.length };
  token.lastIndex = at;
  const match = token.exec(text);
  if (!match) return undefined;
  const [, name, number] = match;
  // `list.0.1` has two steps, `0.1` is a number
  const whole =
    number !== undefined && before?.text === '.' ? (/^[0-9]+/.exec(number)?.[0] ?? '') : match[0];
  const kind = name !== undefined ? 'name' : number !== undefined ? 'number' : 'sign';
  return { kind, text: whole, start: at, end: at + whole.length };
}

/** A text with its quotes. Not by an expression: those keep a place for each character. */
function stringAt(text: string, start: number): string | undefined {
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return undefined;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote) return text.slice(start, at + 1);
    if (text[at] === '\\') at++;
  }
  return undefined;
}

function unquoted(text: string, start: number): string {
  return text.slice(1, -1).replace(/\\([\s\S])/g, (whole, char: string) => {
    const meant = escapes.get(char);
    if (meant === undefined)
      throw new JinjaError(`\`${whole}\` is not supported in a text`, {
        start,
        end: start + text.length,
      });
    return meant;
  });
}
