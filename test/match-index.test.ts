import { describe, expect, test } from 'vitest';
import { loadPipelines } from '../src/cli/pipeline-files.ts';
import { findRuleFiles, readSourceFile } from '../src/cli/rule-files.ts';
import type { Event } from '../src/match/event.ts';
import { matcherOf } from '../src/match/matcher.ts';
import { createRuleIndex, type IndexedRule } from '../src/match/rule-index.ts';
import { createTargetCompiler } from '../src/pipeline/target-compiler.ts';
import type { Query } from '../src/query/tree.ts';
import { collect } from '../src/sigma/collection.ts';
import { readDocuments } from '../src/sigma/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { detectionOf } from './compile.ts';
import { corpusFolders, shared } from './corpus/corpus.ts';
import { loadEvents } from './judges/events.ts';
import { mutations } from './mutations.ts';

const ruleOf = (id: string, detection: string): IndexedRule => ({ id, query: detectionOf(detection).query });

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
  ["sel: { a|contains: '日本語テキスト' }\ncondition: sel", { a: 'これは日本語テキストです' }, { a: '日本語' }],
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
  ['sel: { a: x }\nfil: { b: y }\ncondition: sel and not fil', { a: 'x', b: 'z' }, { a: 'x', b: 'y' }],
  ['sel: { a: x }\nfil: { b: y }\ncondition: sel or not fil', { c: 'z' }, { b: 'y' }],
  ['one: { a: x }\ntwo: { b|contains: yyyyyyyy }\ncondition: 1 of *', { b: '-yyyyyyyyy-' }, { b: 'yyyyyyy' }],
];

describe('an index of rules', () => {
  test.each(kinds)('%s', (detection, yes, no) => {
    const { matchesOf } = createRuleIndex([ruleOf('one', 'sel: { other: thing }\ncondition: sel'), ruleOf('two', detection), ruleOf('three', detection)]);
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
    const sources = [{ product: 'windows', category: 'process_creation' }, { product: 'linux' }, { product: 'windows', service: 'sysmon' }, {}];
    const rules = [...sources.map((logsource, index) => ({ id: String(index), query, logsource })), { id: 'none', query }];
    const index = createRuleIndex(rules, { logSourceOf: ({ from }) => (from === undefined ? undefined : { product: 'windows', category: String(from) }) });
    expect(index.matchesOf({ a: 'x', from: 'process_creation' })).toEqual(['0', '2', '3', 'none']);
    expect(index.matchesOf({ a: 'x', from: 'file_event' })).toEqual(['2', '3', 'none']);
    expect(index.matchesOf({ a: 'x' })).toEqual(['0', '1', '2', '3', 'none']);
  });
});

interface CorpusRule extends IndexedRule {
  /** For events of Sysmon and of the event log. */
  readonly processed: Query;
  readonly ruleId: string | undefined;
}

function corpusRules(): readonly CorpusRule[] {
  const bag = createBag();
  const documents = findRuleFiles(corpusFolders, bag).flatMap((path) => {
    const file = readSourceFile(path, bag);
    return file ? readDocuments(file, bag).documents : [];
  });
  const collection = collect(documents, bag);
  const pipelines = new Map([['splunk', loadPipelines(['windows-sysmon'], '.', bag)]]);
  const { compile } = createTargetCompiler({ collection, placeholders: new Map(), bag, pipelines });
  return collection.rules.flatMap((rule): CorpusRule[] => {
    const made = compile(rule);
    const processed = made?.forTarget('splunk');
    if (made?.written.kind !== 'detection' || processed?.kind !== 'detection') return [];
    return [{ id: `${rule.file.path}: ${rule.title}`, query: made.written.query, processed: processed.query, ruleId: rule.id }];
  });
}

/** Every event as it is, and a near miss of some for the rule that it was made for. */
function eventsFor(rules: readonly CorpusRule[]): readonly Event[] {
  const queries = new Map(rules.map(({ ruleId, query }) => [ruleId, query]));
  return loadEvents(shared).flatMap(({ ruleId, event }, index) => {
    const query = queries.get(ruleId);
    const near = query && index % 2 === 0 ? mutations(event, query) : [];
    return [event, ...near.slice(index % 7, (index % 7) + 1)];
  });
}

describe('the rules of the corpus', () => {
  const corpus = corpusRules();
  const events = eventsFor(corpus);

  test.each([
    ['as written', corpus],
    ['for events of Sysmon and of the event log', corpus.map(({ id, processed }) => ({ id, query: processed }))],
  ] as const)('%s mean the same events with the index as one by one', (_, rules) => {
    expect(rules.length).toBeGreaterThan(3700);
    const index = createRuleIndex(rules);
    const matchers = rules.flatMap(({ id, query }) => {
      const made = matcherOf(query);
      return made.ok ? [{ id, matches: made.matches }] : [];
    });
    expect(index.unmatchable.length).toBe(rules.length - matchers.length);
    expect(index.always).toBeLessThan(rules.length / 20);
    let found = 0;
    for (const event of events) {
      const ids = index.matchesOf(event);
      found += ids.length;
      expect(ids).toEqual(matchers.flatMap(({ id, matches }) => (matches(event) ? [id] : [])));
    }
    expect(found).toBeGreaterThan(events.length / 2);
  });
});
