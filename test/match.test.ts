import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../src/match/event.ts';
import { globTest } from '../src/match/glob.ts';
import { matcherOf } from '../src/match/matcher.ts';
import { ANY, ONE, type Pattern, parsePattern } from '../src/sigma/value/pattern.ts';
import { detectionOf } from './compile.ts';
import { matches } from './matcher.ts';
import { meantAmong } from './meant-among.ts';
import { detectionsOfRuleSet, nearEvents } from './rule-set-events.ts';
import { runs } from './thoroughness.ts';

/** Whether a detection means an event. */
function finds(detection: string, event: Event): boolean {
  const made = matcherOf(detectionOf(`${detection}\ncondition: sel`).query);
  if (!made.ok) throw new Error(made.error);
  return made.value(event);
}

const cases: readonly (readonly [detection: string, event: Event, found: boolean])[] = [
  ['sel: { a: PowerShell }', { a: 'powershell' }, true],
  ['sel: { a: PowerShell }', { a: 'powershell.exe' }, false],
  ['sel: { a|cased: PowerShell }', { a: 'powershell' }, false],
  ["sel: { a: 'c?t*' }", { a: 'CUTTER' }, true],
  ["sel: { a: 'c?t' }", { a: 'ct' }, false],
  ["sel: { a: 'c?t' }", { a: 'c😀t' }, true],
  ["sel: { a: 'c??t' }", { a: 'c😀t' }, false],
  ["sel: { a: 'c\\*t' }", { a: 'c*t' }, true],
  ["sel: { a: 'c\\*t' }", { a: 'cat' }, false],
  ["sel: { a: '' }", { a: '' }, true],
  ["sel: { a: '' }", {}, false],
  ['sel: { a: null }', {}, true],
  ['sel: { a: null }', { a: null }, true],
  ['sel: { a: null }', { a: '' }, false],
  ['sel: { a|exists: true }', { a: '' }, true],
  ['sel: { a|exists: false }', { a: null }, true],
  ['sel: { a: 4688 }', { a: '4688' }, true],
  ["sel: { a: '4688' }", { a: 4688 }, true],
  ['sel: { a: 4688 }', { a: '4688x' }, false],
  ['sel: { a: true }', { a: 'True' }, true],
  ['sel: { a: x }', { a: ['y', 'X'] }, true],
  ["sel: { a|contains|all: ['x', 'y'] }", { a: ['x', 'y'] }, true],
  ['sel: { a: x }', { a: [] }, false],
  ['sel: { a.b: x }', { a: { b: 'x' } }, true],
  ['sel: { a.b: x }', { 'a.b': 'x' }, true],
  ['sel: { a.b.c: x }', { a: { 'b.c': 'x' } }, true],
  ['sel: { a.b: x }', { a: [{ b: 'y' }, { b: 'x' }] }, true],
  ['sel: { a.b: null }', { a: { c: 1 } }, true],
  ['sel: { constructor: null }', {}, true],
  ['sel: { __proto__: null }', {}, true],
  ['sel: { toString|exists: true }', {}, false],
  ['sel: { a|cidr: 10.0.0.0/8 }', { a: '10.255.1.2' }, true],
  ['sel: { a|cidr: 10.0.0.0/8 }', { a: '11.0.0.1' }, false],
  ["sel: { a|cidr: '2001:db8::/32' }", { a: '2001:DB8::7' }, true],
  ['sel: { a|gte: 5 }', { a: '5' }, true],
  ['sel: { a|gt: 5 }', { a: 5 }, false],
  ['sel: { a|lt: 5 }', { a: '' }, false],
  ["sel: { a|re: '^a.c$' }", { a: 'abc' }, true],
  ["sel: { a|re: '^a.c$' }", { a: 'ABC' }, false],
  ["sel: { a|re|i: '^a.c$' }", { a: 'ABC' }, true],
  ["sel: { a|re: '(?i)b' }", { a: 'ABC' }, true],
  ["sel: { a|re: 'c$' }", { a: 'abc\n' }, true],
  ["sel: { a|re: 'a.c' }", { a: 'a\nc' }, false],
  ["sel: { a|re|s: 'a.c' }", { a: 'a\nc' }, true],
  ["sel: { a|re|m: '^c' }", { a: 'a\nc' }, true],
  ["sel: { a|re: '\\d{2,}?x' }", { a: '123x' }, true],
  ['sel: { a|fieldref: b }', { a: 'X', b: 'x' }, true],
  ['sel: { a|fieldref: b }', { a: 'X' }, false],
  ['sel: { a|fieldref|endswith: b }', { a: 'one two', b: 'TWO' }, true],
  ['sel: { a|hour: 5 }', { a: '2026-11-24T05:59:00Z' }, true],
  ['sel: { a|week: 1 }', { a: '2027-01-04' }, true],
  ['sel: { a|hour|gte: 22 }', { a: '2026-11-24 21:00' }, false],
  ['sel: [evil]', { a: { b: 'an EVIL text' } }, true],
  ['sel: [evil]', { _raw: 'nothing', a: 'evil' }, false],
  ['sel: { a|neq: x }', {}, true],
];

describe('an event is what a rule means', () => {
  test.each(cases)('%s of %j: %s', (detection, event, found) =>
    expect(finds(detection, event)).toBe(found),
  );

  test.each(cases.filter(([detection]) => detection.includes('?t')))(
    '%s of %j, for the plain matcher: %s',
    (detection, event, found) =>
      expect(matches(detectionOf(`${detection}\ncondition: sel`).query, event)).toBe(found),
  );
});

describe('what takes more than linear time is refused with the reason', () => {
  test.each(['(?=a)b', '(a)\\1', '(?>a)b', 'a++b', '(?:a{1000}){1000}', '\\p{L}'])(
    '%s',
    (source) => {
      const made = matcherOf(detectionOf(`sel: { a|re: '${source}' }\ncondition: sel`).query);
      expect(made).toMatchObject({ ok: false, error: expect.stringMatching(/expression/) });
    },
  );
});

test('a long text that is almost a number is no number, found in no time', () => {
  for (const text of [`${'1'.repeat(2_000_000)}x`, `${' '.repeat(2_000_000)}x`])
    expect(finds('sel: { a|gte: 5 }', { a: text })).toBe(false);
});

test('a hostile expression is asked of a long text in no time', () => {
  expect(finds("sel: { a|re: '^(a+)+$' }", { a: `${'a'.repeat(200_000)}b` })).toBe(false);
  expect(finds(`sel: { a: '${'*a'.repeat(50)}*b' }`, { a: 'a'.repeat(200_000) })).toBe(false);
});

/** Backtracking, by the definition. */
function slowGlob([part, ...rest]: Pattern, text: string): boolean {
  if (part === undefined) return text === '';
  if (part === ANY)
    return slowGlob(rest, text) || (text !== '' && slowGlob([part, ...rest], text.slice(1)));
  if (part === ONE) return text !== '' && slowGlob(rest, text.slice(1));
  return (
    typeof part === 'string' && text.startsWith(part) && slowGlob(rest, text.slice(part.length))
  );
}

test('wildcards match as they are defined', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 7 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });
  fc.assert(
    fc.property(pattern, text, (written, value) => {
      const parsed = parsePattern(written);
      expect(globTest(parsed)(value)).toBe(slowGlob(parsed, value));
    }),
    { numRuns: runs(3000) },
  );
});

test('every rule of the rule set means the same events as the plain matcher says, one at a time or many at once', () => {
  const differing: string[] = [];
  let asked = 0;
  for (const { path, rule, hits, misses } of detectionsOfRuleSet()) {
    const made = matcherOf(rule.query);
    if (!made.ok) throw new Error(`${path}: ${made.error}`);
    expect([
      path,
      hits.filter((event) => !made.value(event)),
      misses.filter((event) => made.value(event)),
    ]).toEqual([path, [], []]);
    const events = nearEvents(rule.query, [...hits, ...misses]);
    const meant = events.flatMap((event, place) => (matches(rule.query, event) ? [place] : []));
    expect([path, ...meantAmong(events)(rule.query)]).toEqual([path, ...meant]);
    for (const [place, event] of events.entries()) {
      asked++;
      if (made.value(event) !== meant.includes(place))
        differing.push(`${path} ${JSON.stringify(event)}`);
    }
  }
  expect(differing).toEqual([]);
  expect(asked).toBeGreaterThan(3000);
});
