import { TemplateFault } from './simple-template.ts';

export interface Token {
  /** `end`: of the block. */
  readonly kind: 'name' | 'number' | 'string' | 'sign' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Block {
  readonly kind: 'text' | 'print' | 'statement';
  /** Of texts. */
  readonly text: string;
  /** Of the others; the last is the end. */
  readonly tokens: readonly Token[];
  readonly start: number;
}

/** Of one block: operands in one another are calls in one another. */
const mostTokens = 500;

const opening = /\{(\{|%|#)([-+]?)/g;
const token = /([A-Za-z_]\w*)|([0-9]+)|("(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|(==|!=|\S)/y;
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
  // one line break at the very end is no part of a template
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
    const inner = open.index + open[0].length;
    if (open[1] === '#') {
      const close = text.indexOf('#}', inner);
      if (close < 0) throw new TemplateFault('a comment is not closed', open.index, text.length);
      strips = text[close - 1] === '-';
      at = close + 2;
      continue;
    }
    const tokens = tokensOf(text, inner, open[1] === '{' ? '}}' : '%}');
    blocks.push({ kind: open[1] === '{' ? 'print' : 'statement', text: '', tokens, start: open.index });
    const last = tokens.at(-1);
    strips = last?.text.startsWith('-') ?? false;
    at = last?.end ?? text.length;
  }
}

function tokensOf(text: string, from: number, close: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = from; ; ) {
    while (/\s/.test(text[at] ?? '')) at++;
    const sign = text[at] === '-' || text[at] === '+' ? 1 : 0;
    if (text.startsWith(close, at + sign)) {
      tokens.push({ kind: 'end', text: text.slice(at, at + sign + 2), start: at, end: at + sign + 2 });
      return tokens;
    }
    token.lastIndex = at;
    if (tokens.length >= mostTokens) throw new TemplateFault(`a block has more than ${mostTokens} names and signs`, from, at);
    const match = token.exec(text);
    if (!match) throw new TemplateFault('a block is not closed', from, text.length);
    const [whole, name, number, string] = match;
    const kind = name !== undefined ? 'name' : number !== undefined ? 'number' : string !== undefined ? 'string' : 'sign';
    tokens.push({ kind, text: string === undefined ? whole : unquoted(whole, at), start: at, end: at + whole.length });
    at += whole.length;
  }
}

function unquoted(text: string, start: number): string {
  return text.slice(1, -1).replace(/\\([\s\S])/g, (whole, char: string) => {
    const meant = escapes.get(char);
    if (meant === undefined) throw new TemplateFault(`\`${whole}\` is not supported in a text`, start, start + text.length);
    return meant;
  });
}
