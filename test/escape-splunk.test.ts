import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splunkSearch } from '../src/backend/splunk/splunk.ts';
import type { Query } from '../src/query/tree.ts';
import {
  anyText,
  bare,
  checks,
  fieldRule,
  keywordRule,
  valuesFor,
  wellFormed,
} from './escape-values.ts';
import { compileSpl, parseSearch, SplError, searchStageOnly } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { matches } from './matcher.ts';

const chains = [
  '',
  '|contains',
  '|startswith',
  '|endswith',
  '|cased',
  '|contains|cased',
  '|neq',
  '|contains|neq',
];

function searchOf(query: Query, cloudSafe: boolean): string {
  const conversion = splunkSearch(query, 'index=*', { cloudSafe });
  if (!conversion.ok) throw new Error(conversion.error[0]?.message);
  return conversion.value;
}

function disagreement(
  query: Query,
  events: readonly Event[],
  cloudSafe: boolean,
): string | undefined {
  const search = searchOf(query, cloudSafe);
  if (/[\p{Cc}\u2028\u2029]/u.test(search))
    return `a control character in ${JSON.stringify(search)}`;
  const names = parseSearch(search).stages.map((stage) => stage.name);
  if (names.join() !== 'search' && names.join() !== 'search,where') return `${names} in ${search}`;
  const wanted = events.filter((event) => matches(query, event));
  for (const nulls of ['unknown', 'false'] as const) {
    const found = new Set(compileSpl(search, { nulls }).run(events));
    const wrong = events.find((event) => found.has(event) !== wanted.includes(event));
    if (wrong)
      return `${JSON.stringify(wrong)} is ${wanted.includes(wrong) ? 'not ' : ''}found by ${search}`;
  }
  const superset = searchStageOnly(search);
  const dropped = wanted.find((event) => !superset(event));
  return dropped && `the search stage drops ${JSON.stringify(dropped)}: ${search}`;
}

describe('any text is found by SPL as the rule means it', () => {
  it.each(chains)('Image%s', (modifiers) => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, cloudSafe) => {
        const { query } = fieldRule('Image', modifiers, text);
        const events: readonly Event[] = [
          ...valuesFor(text).map((Image) => ({ Image })),
          { Other: wellFormed(text) },
          { Image: ['one', wellFormed(text)] },
        ];
        expect(disagreement(query, events, cloudSafe)).toBeUndefined();
      }),
      checks,
    );
  });

  it('as a keyword', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, cloudSafe) => {
        const { query } = keywordRule(text);
        const events = valuesFor(text).map((value) => ({ _raw: `before ${value} after` }));
        expect(disagreement(query, events, cloudSafe)).toBeUndefined();
      }),
      checks,
    );
  });

  it('the comparison notices a search that says something else', () => {
    const { query } = fieldRule('Image', '', 'a"b');
    const search = searchOf(query, true);
    expect(search).toContain('\\"');
    expect(() => parseSearch(search.replace('\\"', '"'))).toThrow(SplError);
    expect(disagreement({ kind: 'not', operand: query }, [{ Image: 'a"b' }], true)).toBeUndefined();
  });
});

describe('any field name is refused or is one field', () => {
  it.each(['', '|cased', '|exists', '|gt', '|re', '|cidr', '|fieldref'])('%s', (modifiers) => {
    const values = { '|exists': 'true', '|gt': '5', '|cidr': '10.0.0.0/8' } as Record<
      string,
      string
    >;
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(!text.includes('|') && text.trim() !== '');
        const value = values[modifiers] ?? 'x';
        const { query } = fieldRule(text, modifiers, value);
        const conversion = splunkSearch(query, 'index=*', { cloudSafe: true });
        if (!conversion.ok) return;
        // blanks before `|` are not part of the name
        const name = modifiers === '' ? text : text.trimEnd();
        const events = [
          { [name]: '6' },
          { [name]: 'x', x: 'x' },
          { [name]: '10.1.1.1' },
          { Image: 'x' },
          { x: 'x' },
        ].map(bare);
        expect(disagreement(query, events, true)).toBeUndefined();
      }),
      checks,
    );
  });
});

describe('a regular expression keeps its meaning without the characters that no saved search holds', () => {
  it.each([
    ['a`b', 'a`b', 'ab'],
    ['a\\`b', 'a`b', 'a\\`b'],
    ['a\\\\`b', 'a\\`b', 'a`b'],
    ['[`"]+$', '`"', "'"],
    ['^a\nb$', 'a\nb', 'a b'],
    ['^a\\\nb$', 'a\nb', 'a\\\nb'],
    ['a\u0090[\u0085]b', 'a\u0090\u0085b', 'a\u0090b'],
    ['x\u2028y', 'x\u2028y', 'xy'],
    ['rm -rf [rm -f]', 'rm -rf r', 'rm-rf r'],
    ['"\\)(\'|/)', '")/', '")'],
    ['\\\\$', 'x\\', '\\x'],
  ])('%j', (source, hit, miss) => {
    const { query } = fieldRule('Image', '|re', source);
    expect(matches(query, { Image: hit })).toBe(true);
    expect(matches(query, { Image: miss })).toBe(false);
    expect(disagreement(query, [{ Image: hit }, { Image: miss }], true)).toBeUndefined();
  });

  it.each(['\\Qa`b\\E', '(?x)a # b\n c', '\\Qrm -rf\\E', '(?i:(?x: a ` b))'])(
    '%j is refused',
    (source) => {
      expect(
        splunkSearch(fieldRule('Image', '|re', source).query, '', { cloudSafe: true }).ok,
      ).toBe(false);
    },
  );

  it.each(['\\Qa"b\\E', '(?x) a # b'])('%j is taken as it is', (source) => {
    const search = searchOf(fieldRule('Image', '|re', source).query, true);
    expect(search).toContain(JSON.stringify(source));
  });
});
