import { describe, expect, test } from 'vitest';
import { correlatorOf } from '../src/match/correlation/correlation.ts';
import { createRuleIndex } from '../src/match/index/rule-index.ts';
import { matcherOf } from '../src/match/matcher.ts';
import { isAsExpected, proverOf } from '../src/rule-test/prove.ts';
import { matches } from './matcher.ts';
import { ruleSet, ruleSetConfig, ruleSetFiles, ruleSetFolder } from './rule-set.ts';
import { askedDetections, correlationsOfSet } from './rule-set-events.ts';
import { sigpack } from './sigpack.ts';
import { thorough } from './thoroughness.ts';

describe('the rule set', () => {
  test('is as large as it is meant to be', () => {
    expect(ruleSetFiles().length).toBeGreaterThan(300);
    expect(ruleSet().filter(({ rule }) => rule.kind === 'detection').length).toBeGreaterThan(300);
    expect(correlationsOfSet().length).toBeGreaterThan(20);
  });

  test('has for every detection events that it must match and near misses', () => {
    const bare = ruleSet().filter(
      ({ rule, standsAlone, hits, misses }) =>
        standsAlone && rule.kind === 'detection' && (hits.length < 2 || misses.length < 2),
    );
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  test('has for every correlation at least two cases in which it fires and two in which it does not', () => {
    const standing = ruleSet().filter(
      ({ rule, standsAlone }) => standsAlone && rule.kind === 'correlation',
    );
    const bare = standing.filter(({ cases }) =>
      [true, false].some(
        (fires) => cases.filter(({ match }) => (match !== false) === fires).length < 2,
      ),
    );
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  test('passes `sigpack test`', async () => {
    const { code, stdout, stderr } = await sigpack(['test', ruleSetFolder, '-c', ruleSetConfig]);
    expect(stderr).toBe('');
    // of hundreds of rules, a failure shows those that fail
    expect(stdout.replace(/^ *✓.*\n/gm, '')).toMatch(/\n\d+ passed of \d+ tests/);
    expect(code).toBe(0);
  });
});

describe('the matchers', () => {
  test('say of every event of the test files what is written there', () => {
    const wrong = ruleSet().flatMap(({ path, rule, cases }) => {
      const prover = proverOf(rule);
      if (!prover.ok) return [`${path}: ${prover.error}`];
      return cases.flatMap(({ name, match, events }) => {
        const expected =
          typeof match === 'number'
            ? { kind: 'count' as const, count: match }
            : { kind: match ? ('every' as const) : ('none' as const) };
        return isAsExpected(expected, prover.value(events), rule.kind) ? [] : [`${path}: ${name}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  test('agree over those events and changes of them', () => {
    let asked = 0;
    let hits = 0;
    const wrong = askedDetections().flatMap(({ entry, rule, events }) => {
      const made = matcherOf(rule.query);
      if (!made.ok) return [`${entry.path}: ${made.error}`];
      asked += events.length;
      return events.flatMap((event) => {
        const found = made.value(event);
        if (found) hits++;
        return found === matches(rule.query, event)
          ? []
          : [`${entry.path}: ${found ? 'too many' : 'too few'}: ${JSON.stringify(event)}`];
      });
    });
    expect(wrong).toEqual([]);
    expect(hits).toBeGreaterThan(5000);
    expect(asked).toBeGreaterThan(3 * hits);
  });

  test('find together, as an index, what each rule finds alone', () => {
    const asked = askedDetections();
    const rules = asked.map(({ rule }, number) => ({ id: String(number), query: rule.query }));
    const { matchesOf, unmatchable } = createRuleIndex(rules);
    expect(unmatchable).toEqual([]);
    const alone = rules.map(({ id, query }) => ({ id, made: matcherOf(query) }));
    const wrong = asked
      .flatMap(({ entry, events }) =>
        events.slice(0, entry.hits.length + entry.misses.length + (thorough ? 20 : 3)),
      )
      .flatMap((event) => {
        const wanted = alone.flatMap(({ id, made }) => (made.ok && made.value(event) ? [id] : []));
        return JSON.stringify(matchesOf(event)) === JSON.stringify(wanted)
          ? []
          : [JSON.stringify(event)];
      });
    expect(wrong).toEqual([]);
  });

  test('find nothing twice when a correlation is asked again', () => {
    for (const { rule, entry } of correlationsOfSet()) {
      const fired = entry.cases.map(({ events }) => {
        const made = correlatorOf(rule);
        return events.map(({ event, time }) => (made.ok ? made.value(event, time).length : -1));
      });
      const again = entry.cases.map(({ events }) => {
        const made = correlatorOf(rule);
        return events.map(({ event, time }) => (made.ok ? made.value(event, time).length : -1));
      });
      expect(again).toEqual(fired);
    }
  });
});
