import { describe, expect, test } from 'vitest';
import type { Event } from '../src/match/event.ts';
import { createRuleIndex, type IndexedRule } from '../src/match/index/rule-index.ts';
import { detectionOf } from './compile.ts';
import { expectAgreement, indexable } from './index-agreement.ts';
import { ruleSetCollection } from './rule-set.ts';
import { detectionsOfRuleSet, nearEvents } from './rule-set-events.ts';
import { thorough } from './thoroughness.ts';

const ruleOf = (id: string, detection: string): IndexedRule => ({
  id,
  query: detectionOf(detection).query,
});

/** Each with an event that it means and one that it does not. */
const kinds: readonly (readonly [detection: string, yes: Event, no: Event])[] = [
  ['sel: { a: Foo }\ncondition: sel', { a: 'fOO' }, { a: 'foo ' }],
  ["sel: { a: '' }\ncondition: sel", { a: '' }, { a: 'x' }],
  ['sel: { a|cased: Foo }\ncondition: sel', { a: 'Foo' }, { a: 'foo' }],
  ['sel: { a|startswith: Foo }\ncondition: sel', { a: 'FOOBAR' }, { a: 'afoo' }],
  ['sel: { a|endswith: Foo }\ncondition: sel', { a: 'barfoo' }, { a: 'foob' }],
  ['sel: { a|contains: Foo }\ncondition: sel', { a: 'xfoox' }, { a: 'fo o' }],
  ['sel: { a|contains: f }\ncondition: sel', { a: 'xF' }, { a: 'x' }],
  ['sel: { a|contains: ab }\ncondition: sel', { a: 'aab' }, { a: 'ba' }],
  ['sel: { a|endswith: Σ }\ncondition: sel', { a: 'xσ' }, { a: 'x' }],
  ['sel: { a|contains|cased: ΑΣ }\ncondition: sel', { a: 'ΑΣ' }, { a: 'ασ' }],
  ["sel: { a: 'a?cdefgh*xyz' }\ncondition: sel", { a: 'ABCDEFGH_XYZ' }, { a: 'acdefghxyz' }],
  [
    "sel: { a|contains: '日本語テキスト' }\ncondition: sel",
    { a: 'これは日本語テキストです' },
    { a: '日本語' },
  ],
  ['sel: { a|contains: café }\ncondition: sel', { a: 'un CAFÉ noir' }, { a: 'cafe' }],
  // letters whose low bytes are those of others
  ['sel: { a|contains: abcdef }\ncondition: sel', { a: 'šbcdef abcdef' }, { a: 'šbcdef' }],
  ['sel: { a|contains: š }\ncondition: sel', { a: 'šš' }, { a: 'aa' }],
  ["sel: { a|contains: '😀' }\ncondition: sel", { a: 'x 😀' }, { a: 'x 😁' }],
  [
    'sel: { a|startswith: abcdefghijklmnopqr }\ncondition: sel',
    { a: 'ABCDEFGHIJKLMNOPQRS' },
    { a: 'abcdefghijklmnop' },
  ],
  [
    'sel: { a|endswith: abcdefghijklmnopqr }\ncondition: sel',
    { a: 'xabcdefghijklmnopqr' },
    { a: 'cdefghijklmnopqr' },
  ],
  [
    'sel: { a|contains: needle }\ncondition: sel',
    { a: `${'x'.repeat(9000)}needle` },
    { a: 'x'.repeat(9000) },
  ],
  ['sel: { a: 7 }\ncondition: sel', { a: '7' }, { a: '77' }],
  ['sel: { a: true }\ncondition: sel', { a: true }, { a: 'yes' }],
  ['sel: { a: null }\ncondition: sel', {}, { a: 'x' }],
  ['sel: { a|exists: true }\ncondition: sel', { a: '' }, { b: 'x' }],
  ["sel: { a|re: 'b.{2,3}longer' }\ncondition: sel", { a: 'a b12longer' }, { a: 'b1longer' }],
  ["sel: { a|re: '^[a-c]+$' }\ncondition: sel", { a: 'abc' }, { a: 'abd' }],
  ['sel: { a|cidr: 10.0.0.0/8 }\ncondition: sel', { a: '10.1.2.3' }, { a: '11.1.2.3' }],
  ['sel: { a|gt: 5 }\ncondition: sel', { a: 6 }, { a: 5 }],
  ['sel: { a|fieldref: b }\ncondition: sel', { a: 'x', b: 'x' }, { a: 'x', b: 'y' }],
  ['sel: { a.b.c: x }\ncondition: sel', { a: { 'b.c': 'x' } }, { a: { b: 'x' } }],
  ['sel: { a.b.c: x }\ncondition: sel', { 'a.b': [{ c: 'y' }, { c: 'X' }] }, { 'a.b': 'x' }],
  ['sel: { toString: x }\ncondition: sel', { toString: 'x' }, {}],
  ['sel: [needle, other]\ncondition: sel', { any: { thing: 'a NEEDLE b' } }, { needle: 'x' }],
  [
    'sel: { a: x }\nfil: { b: y }\ncondition: sel and not fil',
    { a: 'x', b: 'z' },
    { a: 'x', b: 'y' },
  ],
  ['sel: { a: x }\nfil: { b: y }\ncondition: sel or not fil', { c: 'z' }, { b: 'y' }],
  [
    'one: { a: x }\ntwo: { b|contains: yyyyyyyy }\ncondition: 1 of *',
    { b: '-yyyyyyyyy-' },
    { b: 'yyyyyyy' },
  ],
];

describe('an index of rules', () => {
  test.each(kinds)('%s', (detection, yes, no) => {
    const { matchesOf } = createRuleIndex([
      ruleOf('one', 'sel: { other: thing }\ncondition: sel'),
      ruleOf('two', detection),
      ruleOf('three', detection),
    ]);
    expect(matchesOf(yes)).toEqual(['two', 'three']);
    expect(matchesOf(no)).toEqual([]);
    expect(matchesOf(yes)).toEqual(['two', 'three']);
  });

  test('counts the rules that need no literal, and names those that cannot be asked', () => {
    const index = createRuleIndex([
      ruleOf('always', 'sel: { a: null }\ncondition: sel'),
      ruleOf('literal', 'sel: { a: x }\ncondition: sel'),
      ruleOf('back', "sel: { a|re: '(a)\\1' }\ncondition: sel"),
    ]);
    expect(index.always).toBe(1);
    expect(index.unmatchable.map(({ id }) => id)).toEqual(['back']);
    expect(index.matchesOf({ a: 'x' })).toEqual(['literal']);
  });

  test('asks the rules of the log source of an event, and those of no other', () => {
    const { query } = detectionOf('sel: { a: x }\ncondition: sel');
    const sources = [
      { product: 'windows', category: 'process_creation' },
      { product: 'linux' },
      { product: 'windows', service: 'sysmon' },
      {},
    ];
    const rules = [
      ...sources.map((logsource, index) => ({ id: String(index), query, logsource })),
      { id: 'none', query },
    ];
    const index = createRuleIndex(rules, {
      logSourceOf: ({ from }) =>
        from === undefined ? undefined : { product: 'windows', category: String(from) },
    });
    expect(index.matchesOf({ a: 'x', from: 'process_creation' })).toEqual(['0', '2', '3', 'none']);
    expect(index.matchesOf({ a: 'x', from: 'file_event' })).toEqual(['2', '3', 'none']);
    expect(index.matchesOf({ a: 'x' })).toEqual(['0', '1', '2', '3', 'none']);
  });
});

describe('the rules of the rule set', () => {
  const { collection, placeholders } = ruleSetCollection();
  const rules = indexable(collection, placeholders);
  const own = detectionsOfRuleSet();
  const events = own.flatMap(({ rule, hits, misses }, index) => {
    const near = nearEvents(rule.query, hits);
    return [
      ...hits,
      ...misses,
      ...near.filter((_, at) => (at + index) % (thorough ? 7 : 28) === 0),
    ];
  });

  test.each([
    ['as written', rules],
    [
      'for events of Sysmon and of the event log',
      rules.map(({ id, processed }) => ({ id, query: processed })),
    ],
  ] as const)('%s mean the same events with the index as one by one', (_, all) => {
    expect(all.length).toBe(own.length);
    expect(expectAgreement(all, events)).toBeGreaterThan(own.length / 2);
  });
});
