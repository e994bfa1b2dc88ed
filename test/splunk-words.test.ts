import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splunkSearch } from '../src/backend/splunk/splunk.ts';
import type { Item } from '../src/query/tree.ts';
import { not } from '../src/query/tree.ts';
import { ANY, ONE, type Pattern, type PatternPart } from '../src/sigma/value/pattern.ts';
import { indexWords } from './judges/spl/segments.ts';
import { type Event, runSpl, searchStageOnly } from './judges/spl/spl.ts';
import { matches } from './matcher.ts';
import { runs } from './thoroughness.ts';

const file = { path: 'rule.yml', text: '' };

function keyword(pattern: Pattern): Item {
  return {
    kind: 'item',
    field: undefined,
    test: { kind: 'string', pattern, cased: false },
    file,
    span: { start: 0, end: 0 },
  };
}

function searchOf(query: Item | ReturnType<typeof not>): string {
  const conversion = splunkSearch(query, '', { cloudSafe: true });
  if (!conversion.ok) throw new Error(conversion.error[0]?.message);
  return conversion.value;
}

describe('the words that a keyword asks the index for', () => {
  test.each([
    // events.md F3: breakers of several characters
    ['=net%20user', '("net" "user*")', 'GET /a.php?c=net%20user HTTP/1.1'],
    ['javascript%3Aalert', '("*javascript" "*alert*")', 'GET /?q=javascript%3Aalert(1)'],
    ['javascript%3aalert', '("*javascript" "*alert*")', 'GET /?q=javascript%3Aalert(1)'],
    ['=net%2Buser', '("net" "*user*")', 'c=net%2Buser'],
    ['=copy%20%5C%5C', '("copy" "5C" "5C*")', 'c=copy%20%5C%5Cserver'],
    ['a%2520bc', '"bc*"', '/x?a%2520bcd'],
    ['ef--cd', '("*ef" "cd*")', 'x ef--cd y'],
    // variants: a keyword that starts or ends in the middle of such a breaker
    ['20user', '"*user*"', 'c=net%20user'],
    ['Add-MpPreference', '("*dd" "MpPreference*")', 'c=%3Add-MpPreference'],
    ['net%25', '"*net"', 'c=net%2520user'],
    ['net%252', '"*net"', 'c=net%2526user'],
    ['52', '', 'a%2520b'],
    ['mimikatz', '"*mimikatz*"', 'x_mimikatz.exe'],
    ['cmd', '"*md*"', 'a%7Cmd'],
    ['foo?bar', '("*foo*" "*ar*")', 'foo%3Bar'],
  ])('%s', (text, terms, raw) => {
    const pattern: Pattern = text.includes('?') ? ['foo', ONE, 'bar'] : [text];
    const item = keyword(pattern);
    const search = searchOf(item);
    expect(search.split(' | where ')[0]).toBe(terms === '' ? '*' : terms);
    const event: Event = { _raw: raw };
    expect(runSpl(search, [event]).length === 1).toBe(matches(item, event));
    expect(searchStageOnly(search)(event)).toBe(true);
  });

  /** Made of what Splunk cuts at, so that keywords and events meet at their borders. */
  const piece = fc.constantFrom(
    ...[
      'ab',
      'net',
      'user',
      '20',
      '2',
      '5',
      'A',
      'b',
      'D',
      'é',
      '~',
      ' ',
      '-',
      '--',
      '.',
      '=',
      '%',
      '%20',
      '%2520',
      '%25',
      '%3A',
      '%3a',
      '%2',
      '\\',
      '/',
      '*',
    ],
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
  /** A keyword that the event holds, of which some characters are wildcards. */
  const asked = fc.tuple(text, fc.nat(), fc.nat(), fc.nat()).map(([raw, start, length, hole]) => {
    const from = start % raw.length;
    const word = raw.slice(from, from + 1 + (length % (raw.length - from)));
    const at = hole % (word.length * 2);
    const parts: PatternPart[] =
      at < word.length && word.length > 1
        ? [word.slice(0, at), at % 2 === 0 ? ANY : ONE, word.slice(at + 1)]
        : [word];
    return { raw, pattern: parts.filter((part) => part !== '') };
  });

  test('never lose an event that the rule means, and the search finds no other', () => {
    fc.assert(
      fc.property(asked, text, ({ raw, pattern }, other) => {
        const item = keyword(pattern);
        for (const query of [item, not(item)]) {
          const search = searchOf(query);
          for (const event of [
            { _raw: raw },
            { _raw: other },
            { _raw: raw.toUpperCase() },
            { _raw: raw.toLowerCase() },
          ]) {
            expect([search, event._raw, runSpl(search, [event]).length === 1]).toEqual([
              search,
              event._raw,
              matches(query, event),
            ]);
          }
        }
      }),
      { numRuns: runs(3000) },
    );
  });
});

test('the reader of SPL cuts words as segmenters.conf does', () => {
  expect([...indexWords('GET /a.php?c=net%20User', 'as written')].sort()).toEqual([
    '/a',
    '/a.php',
    'a',
    'c',
    'c=net',
    'get',
    'net',
    'php',
    'user',
  ]);
  expect(indexWords('a%3bcd', 'as written').has('3bcd')).toBe(true);
  expect(indexWords('a%3bcd', 'either').has('cd')).toBe(true);
  expect([...indexWords('a%2526b--c', 'as written')].sort()).toEqual(['a', 'b', 'c']);
  const found = (spl: string) => runSpl(spl, [{ _raw: 'GET /a.php?c=net%20user' }]).length === 1;
  expect(found('"20user*"')).toBe(false);
  expect(found('"*0user"')).toBe(false);
  expect(found('user')).toBe(true);
  expect(found('TERM(c=net)')).toBe(true);
});
