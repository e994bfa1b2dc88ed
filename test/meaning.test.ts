import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matcherOf } from '../src/match/matcher.ts';
import { and, type Query } from '../src/query/tree.ts';
import { meaningChange } from '../src/release/meaning/meaning.ts';
import { normalForm } from '../src/release/meaning/normal-form.ts';
import { detectionOf } from './compile.ts';
import { runs } from './thoroughness.ts';

const queryOf = (detection: string): Query => detectionOf(detection).query;
const change = (before: string, after: string) => meaningChange(queryOf(before), queryOf(after));

describe('a normal form', () => {
  test.each([
    ['order of values', 'sel: { a: [x, y] }\ncondition: sel', 'sel: { a: [y, x] }\ncondition: sel'],
    [
      'a value twice',
      'sel: { a: [x, x, y] }\ncondition: sel',
      'sel: { a: [y, x] }\ncondition: sel',
    ],
    [
      'names of selections',
      'one: { a: x }\ntwo: { b: y }\ncondition: one and two',
      'three: { b: y, a: x }\ncondition: three',
    ],
    [
      'not of or',
      'one: { a: x }\ntwo: { b: y }\ncondition: not (one or two)',
      'one: { a: x }\ntwo: { b: y }\ncondition: not one and not two',
    ],
    [
      'letter case where it does not matter',
      'sel: { a: Foo }\ncondition: sel',
      'sel: { a: fOO }\ncondition: sel',
    ],
    [
      'contains and wildcards',
      'sel: { a|contains: foo }\ncondition: sel',
      "sel: { a: '*foo*' }\ncondition: sel",
    ],
  ])('does not see %s', (_, before, after) => {
    expect(normalForm(queryOf(before)).key).toBe(normalForm(queryOf(after)).key);
    expect(change(before, after)).toEqual({ effect: 'same', catches: [], drops: [] });
  });

  test.each([
    [
      'letter case where it matters',
      'sel: { a|cased: Foo }\ncondition: sel',
      'sel: { a|cased: foo }\ncondition: sel',
    ],
    ['a number and a text', 'sel: { a: 1 }\ncondition: sel', "sel: { a: '1' }\ncondition: sel"],
    ['a keyword and a field', 'sel: [x]\ncondition: sel', 'sel: { a: x }\ncondition: sel'],
    [
      'flags of an expression',
      "sel: { a|re: 'x' }\ncondition: sel",
      "sel: { a|re|i: 'x' }\ncondition: sel",
    ],
    [
      'and and or',
      'one: { a: x }\ntwo: { b: y }\ncondition: one and two',
      'one: { a: x }\ntwo: { b: y }\ncondition: one or two',
    ],
  ])('sees %s', (_, before, after) => {
    expect(normalForm(queryOf(before)).key).not.toBe(normalForm(queryOf(after)).key);
  });
});

describe('a changed condition', () => {
  test('one value more in a list catches more', () => {
    expect(
      change(
        'sel: { a: [x, y], b: z }\ncondition: sel',
        'sel: { a: [x, y, w], b: z }\ncondition: sel',
      ),
    ).toEqual({
      effect: 'more',
      catches: ["a: 'w'"],
      drops: [],
    });
  });

  test('one filter more catches less', () => {
    const rule = 'sel: { a: x }\nfil: { b: y }\ncondition: ';
    expect(change(`${rule}sel`, `${rule}sel and not fil`)).toEqual({
      effect: 'less',
      catches: [],
      drops: ["b: 'y'"],
    });
    expect(change(`${rule}sel and not fil`, `${rule}sel`)).toEqual({
      effect: 'more',
      catches: ["b: 'y'"],
      drops: [],
    });
  });

  test('a value that became shorter catches more', () => {
    expect(
      change(
        'sel: { a|contains: foobar }\ncondition: sel',
        'sel: { a|contains: foo }\ncondition: sel',
      ),
    ).toMatchObject({ effect: 'more', drops: [] });
    expect(
      change(
        "sel: { a|endswith: '\\cmd.exe' }\ncondition: sel",
        "sel: { a: 'C:\\cmd.exe' }\ncondition: sel",
      ),
    ).toMatchObject({
      effect: 'less',
      catches: [],
    });
    expect(
      change(
        'sel: { a|cidr: 10.0.0.0/8 }\ncondition: sel',
        'sel: { a|cidr: 10.1.0.0/16 }\ncondition: sel',
      ),
    ).toMatchObject({ effect: 'less' });
    expect(
      change('sel: { a|gt: 5 }\ncondition: sel', 'sel: { a|gte: 5 }\ncondition: sel'),
    ).toMatchObject({ effect: 'more' });
  });

  test('a filter that became wider catches less', () => {
    const rule = (value: string): string =>
      `sel: { a: x }\nfil: { b|contains: ${value} }\ncondition: sel and not fil`;
    expect(change(rule('foobar'), rule('foo'))).toMatchObject({ effect: 'less', catches: [] });
  });

  test('one value for another is told on both sides', () => {
    expect(
      change('sel: { a: x, b: z }\ncondition: sel', 'sel: { a: y, b: z }\ncondition: sel'),
    ).toEqual({
      effect: 'other',
      catches: ["a: 'y'"],
      drops: ["a: 'x'"],
    });
  });
});

const value = fc.constantFrom('x', 'xy', 'x*', '*x', '*x*', 'y', '*', '*xy*', 'Xy');
const item = fc.record({ field: fc.constantFrom('a', 'b', 'c'), value, cased: fc.boolean() });
const tree: fc.Memo<Query> = fc.memo((depth) => {
  const leaf = item.map(({ field, value: text, cased }) =>
    queryOf(`sel: { ${field}${cased ? '|cased' : ''}: '${text}' }\ncondition: sel`),
  );
  if (depth <= 1) return leaf;
  const inner = tree(depth - 1);
  const list = fc.array(inner, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    leaf,
    inner.map((operand): Query => ({ kind: 'not', operand })),
    list.map((operands) => and(operands)),
    list.map((operands): Query => ({ kind: 'or', operands })),
  );
});

test('what is said of more and less holds for every event', () => {
  const field = fc.option(fc.constantFrom('x', 'X', 'xy', 'y', 'ax', 'xyz', ''), {
    nil: undefined,
  });
  const events = fc.array(fc.record({ a: field, b: field, c: field }), {
    minLength: 5,
    maxLength: 30,
  });
  fc.assert(
    fc.property(tree(3), tree(3), events, (before, after, list) => {
      const { effect } = meaningChange(before, after);
      const [old, now] = [matcherOf(before), matcherOf(after)];
      if (!old.ok || !now.ok) throw new Error('not matchable');
      for (const event of list) {
        const [was, is] = [old.value(event), now.value(event)];
        if (effect === 'same') expect(is).toBe(was);
        if (effect === 'more') expect(was && !is).toBe(false);
        if (effect === 'less') expect(is && !was).toBe(false);
      }
    }),
    { numRuns: runs(2000) },
  );
});
