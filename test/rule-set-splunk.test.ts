import { describe, expect, test } from 'vitest';
import { splunkCorrelation } from '../src/backend/splunk/correlation/correlation.ts';
import { splunkSearch } from '../src/backend/splunk/splunk.ts';
import { correlatorOf } from '../src/match/correlation/correlation.ts';
import type { CompiledCorrelation } from '../src/query/compile.ts';
import { compileSpl, runSpl, searchStageOnly } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { matches } from './matcher.ts';
import type { RuleSetEvent } from './rule-set.ts';
import {
  askedDetections,
  changedInTime,
  correlationsOfSet,
  flat,
  withRaw,
} from './rule-set-events.ts';
import { knownFaultsOf } from './rule-set-known.ts';

const detections = askedDetections();
/** Events of some rules, which all others see as well. */
const strangers = detections
  .filter((_, index) => index % 4 === 0)
  .flatMap(({ events }) => events.slice(0, 1));

describe('SPL of the rule set, run by an independent reader', () => {
  test.each([true, false])(
    'finds what the rules mean, under both readings of a missing field (safe for Splunk Cloud: %s)',
    (cloudSafe) => {
      let hits = 0;
      const known = knownFaultsOf('splunk');
      const wrong = detections.flatMap(({ entry, rule, events: own }) => {
        const conversion = splunkSearch(rule.query, 'index=*', { cloudSafe });
        if (!conversion.ok) return [`${entry.path}: ${conversion.error[0]?.message}`];
        const events = [...own, ...strangers].map(
          (event, index): Event => ({ ...withRaw(event, rule), sigpack_n: index }),
        );
        const wanted = new Set(events.filter((event) => matches(rule.query, event)));
        hits += wanted.size;
        const readings = (['unknown', 'false'] as const).flatMap((nulls) => {
          const found = new Set(compileSpl(conversion.value, { nulls }).run(events));
          const unlike = events.find(
            (event) => found.has(event) !== wanted.has(event) && !known.isKnown(rule.query, event),
          );
          return unlike
            ? [
                `${entry.path} (${nulls}): ${wanted.has(unlike) ? 'missed' : 'found'} ${JSON.stringify(unlike)} by ${conversion.value.slice(0, 500)}`,
              ]
            : [];
        });
        const loose = searchStageOnly(conversion.value);
        const lost = [...wanted].find((event) => !loose(event));
        return lost
          ? [...readings, `${entry.path}: the search stage loses ${JSON.stringify(lost)}`]
          : readings;
      });
      expect(wrong).toEqual([]);
      expect(known.unused()).toEqual([]);
      expect(hits).toBeGreaterThan(2900);
    },
  );
});

/** Groups that the correlation alerts on. */
function alerts(
  { rule }: CompiledCorrelation,
  made: ReturnType<typeof correlatorOf>,
  events: readonly RuleSetEvent[],
): readonly string[] {
  if (!made.ok) throw new Error(`${rule.title}: ${made.error}`);
  const inOrder = events.toSorted((a, b) => a.time - b.time);
  return [
    ...new Set(
      inOrder.flatMap(({ event, time }) =>
        made.value(event, time).map(({ group }) => group.join('|')),
      ),
    ),
  ].sort();
}

describe('SPL of the correlations', () => {
  test.each(correlationsOfSet().map(({ entry, rule }) => [rule.rule.title, entry, rule] as const))(
    '%s',
    (_, entry, rule) => {
      const conversion = splunkCorrelation(rule, () => '', { cloudSafe: true });
      if (!conversion.ok) throw new Error(conversion.error[0]?.message);
      for (const { name, match, events } of entry.cases) {
        for (const [index, changed] of changedInTime(events).entries()) {
          const rows = runSpl(
            conversion.value,
            changed.map(({ event, time }) => ({ ...flat(event), _time: time / 1000 })),
          );
          const found = [
            ...new Set(
              rows.map((row) => rule.rule.groupBy.map((field) => String(row[field])).join('|')),
            ),
          ].sort();
          expect(found, `${name}, change ${index}`).toEqual(
            alerts(rule, correlatorOf(rule), changed),
          );
          if (index === 0) expect(found.length > 0, name).toBe(match !== false);
        }
      }
    },
  );
});
