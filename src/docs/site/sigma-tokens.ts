/** What a piece of YAML is, for its colour. */
export type TokenKind = 'plain' | 'key' | 'string' | 'comment' | 'mark';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** The dashes of lists at the start of a line. */
const marked = /^\s*(?:-\s+)*(?:-$)?/;

/**
 * The pieces of a rule's text, line by line; together they are the text. This only chooses colours,
 * so it takes a line as it looks: a block of text may have lines that look like keys.
 */
export function sigmaTokens(source: string): readonly (readonly Token[])[] {
  let block: number | undefined;
  return source.split('\n').map((line) => {
    const indent = line.search(/\S/);
    if (block !== undefined && (indent === -1 || indent > block))
      return [{ kind: 'string', text: line }];
    block = undefined;
    const tokens = lineTokens(line);
    if (/(?:^|[\s:])[|>][+-]?\d?\s*(?:#.*)?$/.test(line)) block = Math.max(indent, 0);
    return tokens;
  });
}

function lineTokens(line: string): readonly Token[] {
  const lead = marked.exec(line)?.[0] ?? '';
  const rest = line.slice(lead.length);
  const colon = colonOf(rest);
  const key: readonly Token[] =
    colon === undefined
      ? []
      : [
          { kind: 'key', text: rest.slice(0, colon) },
          { kind: 'mark', text: ':' },
        ];
  return [
    { kind: 'mark' as const, text: lead },
    ...key,
    ...valueTokens(colon === undefined ? rest : rest.slice(colon + 1)),
  ].filter(({ text }) => text !== '');
}

/** Where the colon after a key is; undefined if the line has no key. */
function colonOf(text: string): number | undefined {
  const start = /^['"]/.test(text) ? quoteEnd(text, 0) : 0;
  const end = /:(?=\s|$)|#|[[{]/.exec(text.slice(start));
  return end?.[0] === ':' && start + end.index > 0 ? start + end.index : undefined;
}

/** A value: quoted texts, and a comment after white space. */
function valueTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let plain = 0;
  const add = (kind: TokenKind, start: number, end: number): void => {
    if (plain < start) tokens.push({ kind: 'plain', text: text.slice(plain, start) });
    if (start < end) tokens.push({ kind, text: text.slice(start, end) });
    plain = end;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '#' && (at === 0 || /\s/.test(text[at - 1] ?? ''))) {
      add('comment', at, text.length);
      return tokens;
    }
    if (char !== "'" && char !== '"') continue;
    // quotes within a plain text are part of it
    if (!/^\s*$|[[{,:]\s*$/.test(text.slice(Math.max(plain, at - 8), at))) continue;
    const end = quoteEnd(text, at);
    add('string', at, end);
    at = end - 1;
  }
  add('plain', text.length, text.length);
  return tokens;
}

/** Behind the closing quote, or the end of the line. */
function quoteEnd(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'") at++;
      else return at + 1;
    }
  }
  return text.length;
}
