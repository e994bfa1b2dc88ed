import { describe, expect, test } from 'vitest';
import { readConfig } from '../src/pack/config/config.ts';
import { assemblePack } from '../src/pack/pack.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import type { Correlation } from './correlation-day/evaluator.ts';
import { logPointDay, logPointSearchesOf } from './correlation-day/logpoint.ts';
import { compiledOf, matchedDay } from './correlation-day/matcher.ts';
import {
  baseRules,
  type DayRule,
  dayRules,
  documentsOf,
  hasFixedWindows,
} from './correlation-day/rules.ts';
import { dayOf, runTimes, savedSearchesOf } from './correlation-day/runs.ts';
import { dayStart, type Stream, streams } from './correlation-day/streams.ts';
import { graylogRuns, overlaps } from './correlation-day/windows.ts';
import { thorough } from './thoroughness.ts';

/**
 * Every sixth rule with a stream, and with the one that has many events of one time:
 * `test/judges/proof-correlations.ts` tries every rule with every stream.
 */
const sample = dayRules.flatMap((rule, index) => {
  const chosen = [
    streams[(index / 6) % streams.length],
    streams.find(({ name }) => name === 'bursts within single seconds'),
  ];
  return index % 6 === 0 ? chosen.flatMap((stream) => (stream ? [{ rule, stream }] : [])) : [];
});

describe('the alerts of a day are those of a plain evaluator', () => {
  test('by the saved search, run at the minutes of its own schedule', () => {
    const searches = new Map(savedSearchesOf(dayRules).map((search) => [search.rule, search]));
    const wrong: string[] = [];
    let expected = 0;
    for (const { rule, stream } of sample) {
      const search = searches.get(rule);
      if (!search) throw new Error(`${rule.correlation.name} was not built`);
      const result = dayOf(search, stream);
      expected += result.expected;
      for (const one of result.missed)
        wrong.push(`${rule.correlation.name} over ${stream.name} misses ${one}`);
      for (const one of result.extra)
        wrong.push(`${rule.correlation.name} over ${stream.name} has too many: ${one}`);
    }
    expect(wrong).toEqual([]);
    expect(expected).toBeGreaterThan(2000);
  });

  test('with aliases, by the saved search and by the matcher', () => {
    const aliased = dayRules.filter(
      ({ correlation: { aliases, inner } }) => aliases ?? inner?.some((below) => below.aliases),
    );
    const compiled = compiledOf(aliased);
    const distinct = streams.filter((stream) => stream.distinct);
    const wrong: string[] = [];
    let expected = 0;
    for (const [index, search] of savedSearchesOf(aliased).entries()) {
      if (!thorough && index % 3 > 0) continue;
      const { correlation } = search.rule;
      const [stream, one] = [distinct[index % distinct.length], compiled.get(correlation.name)];
      if (!stream || !one) throw new Error(`${correlation.name} does not compile`);
      for (const result of [dayOf(search, stream), matchedDay(one, correlation, stream)]) {
        expected += result.expected;
        if (result.missed.length + result.extra.length > 0)
          wrong.push(`${correlation.name} over ${stream.name}: ${JSON.stringify(result)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(expected).toBeGreaterThan(600);
  });

  test('by `stats`, in fixed windows', () => {
    const searches = new Map(
      savedSearchesOf(dayRules, 'targets: [splunk]\nsplunk: { correlation: stats }\n').map(
        (search) => [search.rule, search],
      ),
    );
    const wrong: string[] = [];
    let expected = 0;
    for (const { rule, stream } of sample.filter((_, index) => index % 3 === 0)) {
      const search = searches.get(rule);
      const result =
        search && dayOf(search, stream, hasFixedWindows(rule.correlation) ? 'fixed' : 'sliding');
      expected += result?.expected ?? 0;
      if (!result || result.missed.length + result.extra.length > 0)
        wrong.push(`${rule.correlation.name} over ${stream.name}: ${JSON.stringify(result)}`);
    }
    expect(wrong).toEqual([]);
    expect(expected).toBeGreaterThan(500);
  });

  test('by the matcher, at every event', () => {
    const compiled = compiledOf(dayRules);
    const wrong: string[] = [];
    let expected = 0;
    for (const { rule, stream } of sample) {
      const one = compiled.get(rule.correlation.name);
      if (!one) throw new Error(`${rule.correlation.name} does not compile`);
      // it takes events of one time one after the other
      if (!stream.distinct) continue;
      const result = matchedDay(one, rule.correlation, stream);
      expected += result.expected;
      for (const [what, times] of Object.entries({ missed: result.missed, extra: result.extra })) {
        for (const time of times)
          wrong.push(`${rule.correlation.name} over ${stream.name}, ${what}: ${time}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(expected).toBeGreaterThan(2000);
  });

  test('by the search for LogPoint, in windows that follow one another', () => {
    const wrong: string[] = [];
    let expected = 0;
    for (const [index, search] of logPointSearchesOf(dayRules).entries()) {
      const stream = streams[(index * 3) % streams.length];
      if (!stream) throw new Error('there is no stream');
      const { missed, extra, ...result } = logPointDay(search, stream);
      expected += result.expected;
      if (missed.length + extra.length > 0)
        wrong.push(
          `${search.rule.correlation.name} over ${stream.name} misses ${missed}; has too many: ${extra}`,
        );
    }
    expect(wrong).toEqual([]);
    expect(expected).toBeGreaterThan(10_000);
  });

  test('by definitions for Graylog, whose windows are those that the judge has the server execute', () => {
    const delayed = dayRules.map(
      ({ correlation }): DayRule => ({
        correlation,
        settings: overlaps(correlation) ? 'delay: 10m' : '',
      }),
    );
    const byTitle = new Map(delayed.map((rule) => [`Correlation ${rule.correlation.name}`, rule]));
    const text = [
      baseRules,
      ...delayed.map(({ correlation, settings }) => documentsOf(correlation, settings)),
    ].join('---\n');
    const bag = createBag();
    const config = readConfig({ path: 'sigpack.yml', text: 'targets: [graylog]\n' }, bag);
    if (!config) throw new Error('the configuration is invalid');
    const { graylog } = assemblePack({
      collection: collect(readDocuments({ path: 'day.yml', text }, bag).documents, bag),
      config,
      bag,
    });
    const wrong = graylog.flatMap(({ detection: { name }, search }) => {
      const rule = byTitle.get(name);
      const [first, second] = rule ? graylogRuns(rule, 600) : [];
      if (!first || !second || search.kind !== 'aggregation') return [name];
      return search.within === first.to - first.from && search.every === second.time - first.time
        ? []
        : [name];
    });
    expect(wrong).toEqual([]);
    expect(graylog.length).toBeGreaterThan(250);
  });

  /** An event a minute of one host, all day; each tenth is large. */
  const everyMinute: Stream = {
    name: 'every minute',
    distinct: true,
    events: Array.from({ length: 1440 }, (_, index) => {
      const _time = dayStart + index * 60;
      return {
        _time,
        arrives: _time,
        id: index,
        kind: 'a',
        host: 'web1',
        size: index % 10 === 0 ? 5000 : 100,
      };
    }),
  };
  const hourly = (
    type: string,
    condition: Correlation['condition'],
    groupBy: readonly string[] = ['host'],
  ): DayRule => ({
    correlation: {
      name: 'hourly',
      type,
      rules: ['a'],
      groupBy,
      timespan: 3600,
      condition,
      fields: type === 'event_count' ? [] : ['size'],
    },
    settings: 'interval: 15m',
  });
  const whole = ({ events, ...stream }: Stream, keep: (hour: number) => boolean): Stream => ({
    ...stream,
    events: events.filter(({ _time }) => keep((_time - dayStart) / 3600)),
  });

  test.each<[string, DayRule, Stream, number]>([
    [
      'sixty an hour are never fewer than five but in the first minutes',
      hourly('event_count', [['lt', 5]]),
      everyMinute,
      1,
    ],
    [
      'a mean of 590 is never 1,000 but in the first minutes',
      hourly('value_avg', [['gte', 1000]]),
      everyMinute,
      1,
    ],
    // and two hours before the day, and four after it
    [
      'four hours of silence, run by run',
      hourly('event_count', [['lt', 1]], []),
      whole(everyMinute, (hour) => hour < 10 || hour >= 14),
      33,
    ],
    [
      'four hours of silence of a host, told once, and the end of the day',
      hourly('event_count', [['eq', 0]]),
      whole(everyMinute, (hour) => hour < 10 || hour >= 14),
      2,
    ],
  ])('%s', (_, rule, stream, expected) => {
    const [search] = savedSearchesOf([rule]);
    expect(search && dayOf(search, stream)).toEqual({ expected, missed: [], extra: [] });
  });

  const scheduled = (settings: string, timespan = 600): Record<string, string | undefined> => {
    const correlation = {
      name: 'timed',
      type: 'event_count',
      rules: ['a'],
      groupBy: ['user', 'host'],
      timespan,
      condition: [['gte', 3]] as const,
      fields: [],
    };
    const [search] = savedSearchesOf([{ correlation, settings }]);
    const of = (key: string) => search?.settings.get(key);
    return {
      from: of('dispatch.earliest_time'),
      to: of('dispatch.latest_time'),
      suppress: of('alert.suppress'),
      fields: of('alert.suppress.fields'),
      period: of('alert.suppress.period'),
    };
  };

  const byGroup = { suppress: '1', fields: 'user,host', period: '1h' };

  test.each<[string, Record<string, string>]>([
    // the interval and the timespan before it, in whole minutes
    ['interval: 15m', { from: '-35m@m', ...byGroup }],
    ['interval: 15m, suppress: { period: 0 }', { from: '-35m@m', suppress: '0' }],
    ['interval: 1m', { from: '-25m@m', ...byGroup }],
    ['interval: 7m', { from: '-26m@m', ...byGroup }],
    ["cron: '7,27,47 * * * *'", { from: '-40m@m', ...byGroup }],
    // a window that is too short is raised; one that is longer decides twice on the same windows
    ['window: 10m', { from: '-35m@m', ...byGroup }],
    ['window: 2h', { from: '-130m@m', suppress: '1', fields: 'user,host', period: '2h' }],
    // what is held back for a long gap could be another alert: a warning names it
    ["cron: '0 6,9 * * *'", { from: '-1280m@m', ...byGroup }],
    ["cron: '0 6 * * 1-5'", { from: '-4340m@m', ...byGroup }],
    [
      'suppress: { fields: [user], period: 1h }',
      { from: '-35m@m', suppress: '1', fields: 'user,sigpack_nobody', period: '1h' },
    ],
  ])('%s: a run sees what it decides on whole', (settings, wanted) => {
    expect(scheduled(settings)).toMatchObject({ to: '-10m@m', ...wanted });
  });

  test('a timespan of seconds is looked back over in whole minutes', () => {
    expect(scheduled('interval: 15m', 90)).toMatchObject({ from: '-27m@m', to: '-10m@m' });
  });

  test('runs come at the minutes of the schedule', () => {
    const minutes = (cron: string, to: number) =>
      runTimes(cron, dayStart, dayStart + to * 60).map((time) => (time - dayStart) / 60);
    expect(minutes('7,27,47 * * * *', 90)).toEqual([7, 27, 47, 67, 87]);
    expect(minutes('41 */2 * * *', 300)).toEqual([41, 161, 281]);
  });
});
