import { RuleSourceError } from './error.ts';

const keywords = [
  'all',
  'either',
  'pass',
  'and',
  'or',
  'not',
  'pipeline',
  'rule',
  'during',
  'stage',
  'when',
  'then',
  'end',
  'let',
  'match',
] as const;
export type Keyword = (typeof keywords)[number];

export interface Token {
  readonly kind:
    | Keyword
    | 'message'
    | 'boolean'
    | 'integer'
    | 'float'
    | 'char'
    | 'string'
    | 'identifier'
    | 'sign'
    | 'eof';
  readonly text: string;
  readonly at: number;
}

const escapes = String.raw`\\(?:[btnfr"'\\]|[0-7]|[0-7][0-7]|[0-3][0-7][0-7]|u[0-9a-fA-F]{4})`;
const digits = String.raw`\d(?:[\d_]*\d)?`;
const exponent = `[eE][+-]?${digits}`;
/** In the grammar's order: of two that are equally long the first counts. */
const patterns: readonly (readonly [Token['kind'] | 'skip', RegExp])[] = [
  ['boolean', /true|false/y],
  [
    'integer',
    new RegExp(
      String.raw`[+-]?(?:0[xX][\da-fA-F](?:[\da-fA-F_]*[\da-fA-F])?|0[bB][01](?:[01_]*[01])?|0_*[0-7](?:[0-7_]*[0-7])?|0|[1-9](?:_*${digits})?)[lL]?`,
      'y',
    ),
  ],
  [
    'float',
    new RegExp(
      String.raw`[+-]?(?:${digits}\.(?:${digits})?(?:${exponent})?[fFdD]?|\.${digits}(?:${exponent})?[fFdD]?|${digits}${exponent}[fFdD]?|${digits}[fFdD])`,
      'y',
    ),
  ],
  ['char', new RegExp(String.raw`'(?:[^'\\]|${escapes})'`, 'y')],
  ['string', new RegExp(String.raw`"(?:[^"\\]|${escapes})*"`, 'y')],
  ['identifier', /[a-zA-Z_][a-zA-Z_0-9]*|`[^`]+`/y],
  ['message', /\$message/y],
  ['skip', /[ \t\r\n\f]+|\/\*.*?\*\/|\/\/[^\r\n]*/sy],
  ['sign', /&&|\|\||==|!=|<=|>=|[!()[\]{}.,;:+\-*/%<>=]/y],
];
const names: Readonly<Record<string, Keyword>> = { '&&': 'and', '||': 'or', '!': 'not' };

/** The tokens of a source, the longest first as ANTLR takes them. */
export function tokens(source: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < source.length) {
    let best: { kind: Token['kind'] | 'skip'; text: string } | undefined;
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at;
      const text = pattern.exec(source)?.[0];
      if (text !== undefined && text.length > (best?.text.length ?? 0)) best = { kind, text };
    }
    if (!best)
      throw new RuleSourceError(
        'syntax_error',
        `no token at ${at}: ${JSON.stringify(source.slice(at, at + 40))}`,
      );
    const { kind, text } = best;
    if (kind !== 'skip') found.push({ kind: keywordOf(text) ?? kind, text, at });
    at += text.length;
  }
  return [...found, { kind: 'eof', text: '', at }];
}

function keywordOf(text: string): Keyword | undefined {
  return names[text] ?? keywords.find((keyword) => keyword === text.toLowerCase());
}

const controls: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
};

/** The text of a string token. */
export function unquoted(token: Token): string {
  return token.text
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|([0-3][0-7]{2}|[0-7]{1,2})|(.))/gs, (_, hex, octal, one) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return controls[one] ?? one;
    });
}
