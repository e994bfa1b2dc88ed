import { describe, expect, test } from 'vitest';
import {
  endSafely,
  type LuceneRegexOptions,
  luceneEscape,
  toLuceneRegex,
} from '../src/backend/lucene/regex/regex.ts';
import { parseRegex, type RegexParsed, regexNeeds } from '../src/regex/regex.ts';
import type { RegexFlags, RegexNode } from '../src/regex/tree.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { lucenePattern } from './lucene-pattern.ts';

const none: RegexFlags = { ignoreCase: false, multiline: false, dotAll: false };

function flagsOf(letters: string): RegexFlags {
  return {
    ignoreCase: letters.includes('i'),
    multiline: letters.includes('m'),
    dotAll: letters.includes('s'),
  };
}

function parsed(source: string, flags: RegexFlags = none): RegexParsed {
  const parse = parseRegex(source, flags);
  if (!parse.ok) throw new Error(`${source}: ${parse.error.message}`);
  return parse.value;
}

/** The Lucene text, or the reason there is none after a dash. */
function lucene(source: string, letters = '', options: LuceneRegexOptions = {}): string {
  const regex = toLuceneRegex(parsed(source, flagsOf(letters)), options);
  return regex.ok ? regex.value.text : `- ${regex.error.reason}`;
}

describe('the PCRE reader', () => {
  test.each([
    ['(?i)a(?s:.)|b', 'i:a s:. | i:b'],
    ['(a(?i)b|c)d', 'a i:b | i:c d'],
    ['(?i)a(?-i:b)(?^:c)', 'i:a b c'],
    ['\\x41\\x{1F600}\\101\\t\\e\\cA\\0', 'A 😀 A \t \x1b \x01 \0'],
    ['\\Q.*\\E+\\.', '. *{1,Infinity} .'],
    ['{a{,3}}]', '{ a { , 3 } } ]'],
    ['[]a]', '[]a]'],
    ['[^a\\-\\]\\d]', '[^-0-9]a]'],
    ['(?x) a #c\n b{2} [ ]', 'a b{2,2} [ ]'],
    ['a(?#note)+?', 'a{1,Infinity}'],
    ['(?<n>a)(?P<m>b)\\k<n>\\2(?P=m)', 'a b \\n \\2 \\m'],
  ])('%s', (source, expected) => {
    expect(outline(parsed(source).node)).toBe(expected);
  });

  test.each([
    ['(?i)(?s)a', true, true],
    ['(?is)a', true, true],
    ['a(?i)b', false, false],
    ['(?i:a)', false, false],
    ['(?i)a(?-i)b', true, false],
  ])('flags in effect: %s', (source, ignoreCase, dotAll) => {
    expect(parsed(source).flags).toEqual({ ignoreCase, multiline: false, dotAll });
  });

  test.each([
    ['a(b', 1, 'the group is not closed: `)` is missing'],
    ['ab)', 2, '`)` closes no group'],
    ['a[b', 1, 'the class is not closed: `]` is missing'],
    ['a|*b', 2, 'the quantifier has nothing to repeat'],
    ['a{2}{3}', 4, 'the quantifier has nothing to repeat'],
    ['^*a', 1, 'the quantifier has nothing to repeat: an anchor has no length'],
    ['ab\\', 2, 'the pattern ends in a lone backslash'],
    ['C:\\users', 2, '`\\u` wants hexadecimal digits'],
    ['a\\y', 1, 'unknown escape `\\y`'],
    ['a{1,100000}', 1, 'the quantifier goes above 65535'],
    ['a{3,2}', 1, 'the numbers of the quantifier are out of order'],
    ['[z-a]', 1, 'the range `z-a` is out of order'],
    ['[\\w-z]', 3, 'a range of the class has no start (write `\\-` for a hyphen)'],
    ['[[:alphabet:]]', 1, '`[:alphabet:]` is not a POSIX class'],
    ['(a)\\2', 3, 'there is no group 2'],
    ['\\k<n>', 0, 'there is no group n'],
    ['(?y)', 0, 'unknown inline flag `y`'],
    ['(?<=', 0, 'the group is not closed: `)` is missing'],
    ['\\x{110000}', 0, 'the escape stands for no character: it is above 10FFFF'],
    [`${'('.repeat(300)}a`, 250, 'groups are nested more than 250 deep'],
    ['a'.repeat(20_001), 20_000, 'the pattern is longer than 20000 characters'],
  ])('reason: %.20s', (source, offset, message) => {
    expect(parseRegex(source, none)).toEqual({ ok: false, error: { offset, message } });
  });

  test('what a pattern needs of an engine', () => {
    expect([...regexNeeds(parsed('(?=a)(b)\\1(?>c)d++e+?\\bf\\p{L}').node)].sort()).toEqual(
      [
        'atomic',
        'backreference',
        'lazy',
        'lookaround',
        'opaque',
        'possessive',
        'wordBoundary',
      ].sort(),
    );
    expect([...regexNeeds(parsed('^(a|[b])*$').node)]).toEqual([]);
  });

  test.each([
    '(',
    '[',
    '\\',
    '{1',
    '(?:',
    '(?#',
    '[[:a',
    '\\Q',
    '(a*b?',
    '\\x{',
    '(?i)',
    'a|',
    '\\p{',
  ])('hostile input is read at once: %s', (part) => {
    const source = part.repeat(Math.floor(20_000 / part.length));
    const start = cpuMilliseconds();
    const parse = parseRegex(source, none);
    if (parse.ok) toLuceneRegex(parse.value);
    expect(cpuMilliseconds() - start).toBeLessThan(1000);
  });
});

/** The tree in short: leaves with their flags, apart by blanks. */
function outline(node: RegexNode): string {
  const point = (codePoint: number): string => String.fromCodePoint(codePoint);
  switch (node.kind) {
    case 'char':
      return (node.ignoreCase ? 'i:' : '') + point(node.codePoint);
    case 'any':
      return node.dotAll ? 's:.' : '.';
    case 'class':
      return `[${node.negated ? '^' : ''}${node.ranges.map(([low, high]) => (low === high ? point(low) : `${point(low)}-${point(high)}`)).join('')}]`;
    case 'sequence':
      return node.nodes.map(outline).join(' ');
    case 'alternation':
      return node.branches.map(outline).join(' | ');
    case 'group':
      return outline(node.node);
    case 'repeat':
      return `${outline(node.node)}{${node.min},${node.max}}`;
    case 'backreference':
      return `\\${node.to}`;
    default:
      return node.kind;
  }
}

describe('Lucene regular expressions', () => {
  test.each([
    ['foo', '.*foo.*'],
    ['.*foo.*', '.*foo.*'],
    ['.+foo', '.*[^\n]foo.*'],
    ['a.b', '.*a[^\n]b.*'],
    ['(?s)a.b', '.*a.b.*'],
    ['', '.*'],
    ['^$', '()'],
    ['^foo', 'foo.*'],
    ['foo$', '.*foo'],
    ['\\Afoo\\z', 'foo'],
    ['a|^b|c$', '.*a.*|b.*|.*c'],
    ['(^|/)\\.x', '(.*\\/)?\\.x.*'],
    ['(a|b$)', '.*(a.*|b)'],
    ['(^a|b)c', '(a|.*b)c.*'],
    ['x*(^a|b)', '(a|.*b).*'],
    ['(^|\\s)+x', '(.*[\t-\r ])?[\t-\r ]*x.*'],
    ['foo\\b', '.*foo([^0-9A-Z_a-z].*)?'],
    ['\\bfoo\\b', '(.*[^0-9A-Z_a-z])?foo([^0-9A-Z_a-z].*)?'],
    ['a\\b.', '.*a[^\n0-9A-Z_a-z].*'],
    ['a\\Bb', '.*ab.*'],
    ['(?:[0-9](?:\\.|\\b)){2}', '.*[0-9]\\.[0-9](\\..*|([^0-9A-Z_a-z].*)?)'],
    ['(?m)^a$', '(.*\n)?a(\n.*)?'],
    ['\\d+x[\\w.]{2,3}y\\S', '.*[0-9]x[.0-9A-Z_a-z]{2,3}y[^\t-\r ].*'],
    ['a{2}b{2,}c{0,2}d', '.*a{2}b{2,}c{0,2}d.*'],
    ['(?:ab)+?c', '.*abc.*'],
    ['x(?:ab)+?c', '.*x(ab)+c.*'],
    ['(\\s|"|\')x(?:c|d)?y', '.*[\t-\r "\']x[cd]?y.*'],
    ['^[[:upper:]][[:^digit:]]$', '[A-Z][^0-9]'],
    ['^.{1000,}$', '[^\n]{1000,}'],
    ['.{1000,}', '(.*\n)?[^\n]{1000}.*'],
    ['https?://x', '.*https?:\\/\\/x.*'],
    ['^a"#@&<>~{}\\(\\)\\[\\]|b', '(a\\"\\#\\@\\&\\<\\>\\~\\{\\}\\(\\)\\[\\]|.*b).*'],
    ['\\\\$', '.*[\\\\]'],
    ['\\\\/$', '.*\\\\\\/'],
    ['[\\\\-a]x', '.*[\\\\\\]-a]x.*'],
    ['[/^\\]-]x', '.*[\\-\\/\\]\\^]x.*'],
    ['x[^\\x{10000}-\\x{10FFFF}]', '.*x[\0-\uffff].*'],
    ['😀?x😀', '.*x😀.*'],
  ])('%s', (source, expected) => {
    expect(lucene(source)).toBe(expected);
  });

  test.each([
    ['aB1', '.*[aA][bB]1.*'],
    ['x[a-cé_]', '.*[xX][A-C_a-cÉé].*'],
    ['^[^a]$', '[^aA]'],
    ['^\\W[[:lower:]]$', '[^0-9A-Z_a-z][A-Za-z]'],
    ['^(?-i:a)s\u017f\u212a$', 'a[sS]\u017f\u212a'],
    ['^ß(?i)Я$', '[ßẞ][Яя]'],
  ])('letters in either case: %s', (source, expected) => {
    expect(lucene(source, 'i')).toBe(expected);
  });

  test('case is ignored on demand', () => {
    expect(lucene('^a[b-c]$', '', { ignoreCase: true })).toBe('[aA][BCbc]');
  });

  test.each([
    ['a(?=b)', 1, 'Lucene has no look-ahead'],
    ['a(?<!b)', 1, 'Lucene has no look-behind'],
    ['(a)\\1', 3, 'Lucene has no back-references'],
    ['(?>a)', 0, 'Lucene has no atomic groups'],
    ['a++', 1, 'Lucene has no possessive quantifiers'],
    ['a\\p{L}', 1, 'Lucene has nothing like `\\p{L}`'],
    ['a(?R)?', 1, 'Lucene has nothing like `(?R)`'],
    ['(?:\\ba,)+', 8, 'an anchor inside a group that repeats has no equal in Lucene'],
    [
      'a^b',
      undefined,
      'the pattern can match nothing: its anchors or classes contradict each other',
    ],
    [
      '(a{200}){200}',
      undefined,
      'the pattern is too large for Lucene, which unrolls counted repeats',
    ],
    [
      'a[bc]'.repeat(300),
      undefined,
      'the pattern takes more than 1000 characters in Lucene, which the server refuses',
    ],
    [
      'a.{30}b',
      undefined,
      'Lucene gives up on the pattern: its counted repeats take more states than `max_determinized_states` allows',
    ],
  ])('refused: %.20s', (source, offset, reason) => {
    expect(toLuceneRegex(parsed(source))).toEqual({
      ok: false,
      error: { reason, ...(offset === undefined ? {} : { offset }) },
    });
  });

  test('a lazy quantifier is a greedy one, and says so', () => {
    const regex = toLuceneRegex(parsed('xa+?b'));
    expect(regex).toMatchObject({
      ok: true,
      value: { text: '.*xa+b.*', notes: [expect.stringContaining('lazy')] },
    });
  });

  test('a counted gap holds no later start, so that Lucene counts from the last one only', () => {
    expect(lucene('cmd.{2,64}exe')).toBe('.*cmd([^\n]{2,64}&~(.*cmd.{2}.*))exe.*');
    expect(lucene('ab\\s+[^"]{0,64}c')).toBe(
      '.*ab[\t-\r ]+([^"]{0,64}&~((.*ab[\t-\r ]+|[\t-\r ]).*))c.*',
    );
    expect(lucene('^cmd.{2,64}exe')).toBe('cmd[^\n]{2,64}exe.*');
  });

  test('literal text', () => {
    expect(luceneEscape('a.b/C\\"é$', false)).toBe('a\\.b\\/C\\\\\\"é$');
    expect(luceneEscape('aé1😀-', true)).toBe('[aA][éÉ]1😀-');
    expect(luceneEscape('$a', true, true)).toBe('([#-%]&[^#%])[aA]');
    expect(endSafely(luceneEscape('a\\', false))).toBe('a[\\\\]');
    expect(endSafely('a\\\\b')).toBe('a\\\\b');
  });

  test.each(['^\\$$', '^[$a]$', '^[#$]$', '^[$%]+$', '^[!-$]$', '^[$-z]$', '^[^$]$', '^[#$%]$'])(
    'a dollar sign without the sign: %s',
    (source) => {
      const text = lucene(source, '', { hideDollar: true });
      expect(text).not.toContain('$');
      for (let code = 0; code < 0x80; code++) {
        const char = String.fromCharCode(code);
        expect([char, lucenePattern(text)(char)]).toEqual([char, new RegExp(source).test(char)]);
      }
    },
  );
});
