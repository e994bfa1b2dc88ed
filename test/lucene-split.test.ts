import { describe, expect, test } from 'vitest';
import { esQsQueries } from '../src/backend/es-qs/es-qs.ts';
import { elasticsearchDefaults } from '../src/backend/es-qs/settings.ts';
import { queryStringLimits } from '../src/backend/lucene/limits.ts';
import { detectionOf } from './compile.ts';

/** The queries of lists that are combined by `and`, or why there are none. */
function queriesOf(...lengths: readonly number[]): readonly string[] | string {
  const lists = lengths.map((length, list) => {
    const values = Array.from({ length }, (_, at) => `v${list}_${at}`);
    return `s${list}: { f${list}: [${values.join(', ')}] }`;
  });
  const compiled = detectionOf(
    `${lists.join('\n')}\ncondition: ${lengths.map((_, list) => `s${list}`).join(' and ')}`,
  );
  const { rule, query } = compiled;
  const place = { file: rule.file, span: rule.span };
  const queries = esQsQueries(query, compiled, place, {
    ...elasticsearchDefaults,
    matching: 'native',
  });
  return queries.ok ? queries.value : queries.error.map(({ message }) => message).join();
}

describe('a query beyond the limits', () => {
  test('of one list is split, whatever its length', () => {
    expect(queriesOf(90_000)).toHaveLength(128);
  });

  test('of two lists has each pair of their values in one of the queries', () => {
    const queries = queriesOf(900, 2000);
    if (typeof queries === 'string') throw new Error(queries);
    expect(queries.length).toBeLessThan(40);
    for (const query of queries) expect(query.length).toBeLessThan(queryStringLimits.length);
    for (const value of ['v0_0', 'v0_899'])
      for (const other of ['v1_0', 'v1_777', 'v1_1999'])
        expect(
          queries.some((query) =>
            [value, other].every((text) => new RegExp(`\\b${text}\\b`).test(query)),
          ),
        ).toBe(true);
  });

  test('of many lists is refused: the queries multiply', () => {
    expect(queriesOf(...Array.from({ length: 12 }, () => 170))).toMatch(
      /^the query passes 32000 characters or 1024 clauses, and its lists split it into more than 200$/,
    );
  });

  test('without a list is refused', () => {
    expect(queriesOf(...Array.from({ length: 1200 }, () => 1))).toMatch(
      /^the query passes .* and has no list to split$/,
    );
  });
});
