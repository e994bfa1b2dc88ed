import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { targets } from '../src/backend/registry.ts';
import { type ConvertedEntry, defaultTargetSettings } from '../src/backend/target.ts';
import { itemsOf, type Query } from '../src/query/tree.ts';
import { type LuceneEvent, readElasticsearch, readLucene } from './lucene-reader.ts';
import { matches } from './matcher.ts';
import { detectionsOfRuleSet, isFlat, nearEvents } from './rule-set-events.ts';

/** As Graylog and Elasticsearch index an event: every value a text, and no empty one. */
function indexed(event: Readonly<Record<string, unknown>>): LuceneEvent {
  const entries = Object.entries(event).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** The search of a watch; it is searched as the other targets' queries are. */
function searchOfWatch({ document }: ConvertedEntry['converted']): readonly string[] {
  const { input } = document as { readonly input: { readonly search: { readonly request: { readonly body: unknown } } } };
  const text = JSON.stringify(input.search.request.body).replaceAll('{{ctx.metadata.brace}}', '{');
  return [...text.matchAll(/"query_string":\{"query":("(?:[^"\\]|\\.)*")/g)].map(([, query = '""']) => JSON.parse(query) as string);
}

const entries = detectionsOfRuleSet();
const all = entries.flatMap(({ hits, misses }) => [...hits, ...misses]).filter(isFlat);

/** What Lucene reads otherwise: the end of a text before a line break, what is no address, a truth in capital letters; and it has no raw text. */
function isBorderline(query: Query, event: LuceneEvent): boolean {
  if ('_raw' in event) return true;
  return [...itemsOf(query)].some(({ field = '', test }) => {
    const value = event[field] ?? '';
    if (test.kind === 'regex') return value.endsWith('\n');
    if (test.kind === 'cidr') return value !== '' && isIP(value) === 0;
    return test.kind === 'boolean' && /[A-Z]/.test(value);
  });
}

describe.each([
  ['graylog', readLucene],
  ['es-qs', readElasticsearch],
  ['xpack-watcher', readElasticsearch],
])('queries for %s', (name, read) => {
  const target = targets.find((one) => one.name === name);

  it('find what the rules of the rule set mean, or are refused for what Lucene lacks', () => {
    const wrong: string[] = [];
    const refused: string[] = [];
    let compared = 0;
    for (const [index, { path, rule, hits, misses }] of entries.entries()) {
      const conversion = target?.convert(rule, defaultTargetSettings);
      if (!conversion?.ok) {
        refused.push(...(conversion?.problems ?? []).map(({ message }) => message));
        continue;
      }
      const queries = (name === 'xpack-watcher' ? searchOfWatch(conversion.value) : conversion.value.queries).map(read);
      expect([path, queries.length > 0]).toEqual([path, true]);
      // what is widened with a warning may find more, never less
      const widened = conversion.remarks.some(({ code }) => code === 'TGT002');
      const near = nearEvents(rule.query, [...hits, ...misses]).filter((event) => Object.values(event).every((value) => value !== ''));
      for (const event of [...near, ...all.filter((_, at) => (at + index) % 8 === 0)]) {
        if (isBorderline(rule.query, indexed(event))) continue;
        compared++;
        const meant = matches(rule.query, event);
        const found = queries.some((query) => query.matches(indexed(event)));
        if (meant !== found && !(widened && found))
          wrong.push(`${path}: ${meant ? 'missed' : 'too much'}: ${JSON.stringify(event)}\n${conversion.value.queries.join('\n').slice(0, 500)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(refused.filter((reason) => !/fieldref|of a date$|regular expressions l/.test(reason))).toEqual([]);
    expect(compared).toBeGreaterThan(3000);
  });
});
