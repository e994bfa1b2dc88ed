import { describe, expect, test } from 'vitest';
import { spreadFields } from '../src/pipeline/run/spread-fields.ts';
import { createSettler } from '../src/query/compile.ts';
import { type SettledItem, settledItems, settledQuery } from '../src/query/settled.ts';
import type { Query } from '../src/query/tree.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { ruleText } from './compile.ts';
import { queryText } from './diagnostics.ts';
import { matches } from './matcher.ts';

/** The settled item of one line of a selection. */
function itemOf(line: string): SettledItem {
  const bag = createBag();
  const collection = collect(
    readDocuments(
      { path: 'rule.yml', text: ruleText(`selection:\n  ${line}\ncondition: selection`) },
      bag,
    ).documents,
    bag,
  );
  const [rule] = collection.rules;
  const settled = rule && createSettler(collection, { placeholders: new Map(), bag })(rule);
  const body =
    settled?.kind === 'detection' ? settled.parts[0]?.searches.get('selection')?.body : undefined;
  const [item] = body ? settledItems(body) : [];
  if (!item) throw new Error(`no item: ${line}`);
  return item;
}

const spread = (line: string, fields: readonly string[]): Query | undefined =>
  settledQuery(spreadFields(itemOf(line), fields));

describe('one item for several fields', () => {
  test.each([
    ['a: x', 'or(b=‹x›, c=‹x›)'],
    ['a: [x, y]', 'or(b=‹x›, b=‹y›, c=‹x›, c=‹y›)'],
    ['a|contains|all: [x, y]', 'or(and(b=*‹x›*, b=*‹y›*), and(c=*‹x›*, c=*‹y›*))'],
    ['a|exists: true', 'or(b exists, c exists)'],
    ['a|fieldref: d', 'or(b equals field d, c equals field d)'],
    // a field is missing where all of them are
    ['a: null', 'and(b=null, c=null)'],
    ['a|exists: false', 'and(not(b exists), not(c exists))'],
    ['a: [null, x]', 'or(b=‹x›, c=‹x›, and(b=null, c=null))'],
    ['a|all: [null, x]', 'and(or(b=‹x›, c=‹x›), b=null, c=null)'],
    // none of them, not: one of them is something else
    ['a|neq: x', 'and(not(b=‹x›), not(c=‹x›))'],
    ['a|neq: [x, y]', 'and(not(or(b=‹x›, b=‹y›)), not(or(c=‹x›, c=‹y›)))'],
    ['a|all|neq: [x, y]', 'and(not(and(b=‹x›, b=‹y›)), not(and(c=‹x›, c=‹y›)))'],
    ['a|neq: null', 'or(not(b=null), not(c=null))'],
    ['a|neq: [null, x]', 'and(not(b=‹x›), not(c=‹x›), or(not(b=null), not(c=null)))'],
  ])('%s', (line, expected) => {
    const query = spread(line, ['b', 'c']);
    expect(query && queryText(query)).toBe(expected);
  });

  test.each(['a: x', 'a: null', 'a: [null, x]', 'a|exists: false', 'a|neq: null'])(
    'one field: %s',
    (line) => {
      const query = spread(line, ['b']);
      expect(query && queryText(query)).toBe(
        queryText(settledQuery({ ...itemOf(line), field: 'b' }) ?? { kind: 'or', operands: [] }),
      );
    },
  );

  test.each(['a: x', 'a: null', 'a: [null, x]', 'a|neq: x'])(
    'no field drops the item: %s',
    (line) => expect(spread(line, [])).toBeUndefined(),
  );

  test('events that have the value in one of the fields, whichever, mean what they meant with one field', () => {
    const values = [undefined, 'x', 'z'];
    for (const line of [
      'a: x',
      'a: null',
      'a: [null, x]',
      'a|exists: true',
      'a|exists: false',
      'a|neq: x',
      'a|neq: null',
      'a|neq: [null, x]',
    ]) {
      const one = settledQuery(itemOf(line));
      const two = spread(line, ['b', 'c']);
      if (!one || !two) throw new Error(line);
      for (const value of values)
        for (const event of [{ b: value }, { c: value }, { b: value, c: value }])
          expect([line, event, matches(two, event)]).toEqual([
            line,
            event,
            matches(one, { a: value }),
          ]);
    }
  });
});
