import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/pack/config/config.ts';
import { cronError } from '../src/pack/cron/cron-check.ts';
import { cronGap } from '../src/pack/cron/gaps.ts';
import { cronRuns } from '../src/pack/cron/runs.ts';
import {
  cronPeriod,
  minimumSplunkInterval,
  searchWindow,
  spreadCron,
  windowOver,
} from '../src/pack/cron/spread.ts';
import { scheduleHistogram } from '../src/pack/load/schedule-load.ts';
import { createBag } from '../src/source/diagnostic.ts';

const id = '9c3b6f0a-5a1e-4d36-9b5a-0d6f5c4f1b11';
const seconds = (relative: string): number => Number(/^-(\d+)m@m$/.exec(relative)?.[1] ?? 0) * 60;

describe('spread schedules', () => {
  it.each([
    [300, 300],
    [301, 300],
    [420, 360],
    [899, 720],
    [900, 900],
    [3600, 3600],
    [5400, 3600],
    [5 * 3600, 4 * 3600],
    [86_400, 86_400],
    [200_000, 86_400],
  ])('an interval of %d s becomes %d s', (interval, period) =>
    expect(cronPeriod(interval)).toBe(period),
  );

  it('keeps a rule on its minute', () => {
    expect(spreadCron(id, 900)).toBe(spreadCron(id, 900));
    expect(
      ['900', '3600', '10800', '86400'].map((interval) => spreadCron(id, Number(interval))),
    ).toMatchInlineSnapshot(`
      [
        "2,17,32,47 * * * *",
        "47 * * * *",
        "47 0,3,6,9,12,15,18,21 * * *",
        "47 21 * * *",
      ]
    `);
  });

  it('refuses intervals that Splunk Cloud does not take', () => {
    expect(() => spreadCron(id, minimumSplunkInterval - 1)).toThrow(RangeError);
    expect(() => spreadCron(id, Number.NaN)).toThrow(RangeError);
  });

  it('gives valid expressions, even gaps, and windows that meet', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 300, max: 100_000 }),
        fc.integer({ min: 0, max: 7200 }),
        (rule, interval, delay) => {
          const cron = spreadCron(rule, interval);
          const window = searchWindow(interval, delay);
          expect(cronError(cron)).toBeUndefined();
          expect(cronGap(cron)).toBe(cronPeriod(interval));
          expect(seconds(window.latest)).toBeGreaterThanOrEqual(delay);
          // the next window starts no later than this one ended
          expect(seconds(window.earliest) - seconds(window.latest)).toBe(cronPeriod(interval));
        },
      ),
    );
  });

  it('spreads rules over the minutes of the hour', () => {
    const crons = Array.from({ length: 3754 }, (_, index) => spreadCron(`rule ${index}`, 3600));
    const histogram = scheduleHistogram(crons);
    expect(histogram.reduce((sum, count) => sum + count)).toBe(3754);
    expect(Math.max(...histogram)).toBeLessThan(110);
    expect(Math.min(...histogram)).toBeGreaterThan(30);
  });
});

describe('windows', () => {
  it.each([
    [3600, 600, undefined, '-70m@m', '-10m@m'],
    [900, 0, undefined, '-15m@m', '@m'],
    [900, 90, undefined, '-17m@m', '-2m@m'],
    [420, 600, undefined, '-16m@m', '-10m@m'],
    [900, 600, 3600, '-70m@m', '-10m@m'],
    [900, 600, 60, '-25m@m', '-10m@m'],
  ])('every %d s, delay %d, window %s: %s to %s', (interval, delay, window, earliest, latest) =>
    expect(searchWindow(interval, delay, window)).toEqual({ earliest, latest }),
  );
  it('covers the longest gap of a custom schedule', () =>
    expect(windowOver(cronGap('0 6 * * 1-5') ?? 0, 600)).toEqual({
      earliest: '-4330m@m',
      latest: '-10m@m',
    }));
});

describe('cron expressions', () => {
  it.each([
    ['*/5 * * * *', undefined],
    ['3,8,13 1-5 1 1-12/2 0-6', undefined],
    ['*/4 * * * *', 'runs 15 times an hour; 12 are allowed'],
    ['* * * * *', 'runs 60 times an hour; 12 are allowed'],
    ['0 * * *', 'has 4 fields, not 5'],
    ['60 * * * *', 'minute "60" is not made of 0 to 59, ranges, lists and steps'],
    ['0 24 * * *', 'hour "24" is not made of 0 to 23, ranges, lists and steps'],
    ['0 * 0 * *', 'day of month "0" is not made of 1 to 31, ranges, lists and steps'],
    ['0 * * JAN *', 'month "JAN" is not made of 1 to 12, ranges, lists and steps'],
    ['0 * * * 7', 'day of week "7" is not made of 0 to 6, ranges, lists and steps'],
    ['5/10 * * * *', 'minute "5/10" is not made of 0 to 59, ranges, lists and steps'],
    ['9-3 * * * *', 'minute "9-3" is not made of 0 to 59, ranges, lists and steps'],
    ['*/0 * * * *', 'minute "*/0" is not made of 0 to 59, ranges, lists and steps'],
    [', * * * *', 'minute "," is not made of 0 to 59, ranges, lists and steps'],
  ])('%s: %s', (cron, problem) => expect(cronError(cron)).toBe(problem));

  it.each([
    ['*/5 * * * *', 300],
    ['0,1 * * * *', 59 * 60],
    ['0 6 * * *', 86_400],
    ['0 6,8 * * *', 22 * 3600],
    ['0 6 * * 1-5', 3 * 86_400],
    ['0 0 1 * *', 31 * 86_400],
    ['5 8 1 * 1', 7 * 86_400],
    ['0 0 1-31 * 1', 86_400],
    ['0 0 */2 * 1', 21 * 86_400],
    ['0 0 31 2 *', undefined],
    ['nonsense', undefined],
  ])('the longest gap of %s is %s s', (cron, gap) => expect(cronGap(cron)).toBe(gap));

  it.each([
    ['0 0 1 * *', undefined],
    ['5 8 1 * 1', undefined],
    ['0 0 31 * *', '61 days apart'],
    ['0 8 1 1 *', '366 days apart'],
    ['0 0 31 2 *', 'never runs: 0 0 31 2 *'],
    ['0 0 29 2 *', '1461 days apart'],
  ])('the gaps of %s: %s', (cron, problem) => {
    const bag = createBag();
    const read = readConfig(
      { path: 'sigpack.yml', text: `title: Long gaps\ndefaults: { cron: '${cron}' }\n` },
      bag,
    );
    const said = bag.list.map(({ message }) => message);
    expect([read === undefined, said]).toEqual(
      problem === undefined ? [false, []] : [true, [expect.stringContaining(problem)]],
    );
  });

  it('counts runs by minute', () => {
    const hoursWithRuns = (cron: string, minute: number): number =>
      cronRuns(cron).filter((run) => run % 60 === minute).length;
    expect(hoursWithRuns('0,30 * * * *', 30)).toBe(24);
    expect(hoursWithRuns('15 0-11 * * *', 15)).toBe(12);
    expect(cronRuns('x')).toEqual([]);
    const histogram = scheduleHistogram(['5 1 * * *', '5 1 * * *', '5 2 * * *', '6 * * * *', 'x']);
    expect([histogram[4], histogram[5], histogram[6]]).toEqual([0, 2, 1]);
  });

  it.each([
    [['5 1 1 * *', '5 1 2 * *', '5 1 3 1 *'], 1],
    [['5 1 * 1 *', '5 1 * 2-12 *', '5 1 * 12 *'], 2],
    [['5 1 1 * *', '5 1 * * 1', '5 1 * * *'], 3],
    [['5 1 29 2 *', '5 1 1 3 *'], 1],
    [['5 1 1 * 1', '5 1 2 * *', '5 1 * * 2'], 2],
    [['5 1 1 * 1', '5 1 2 * *', '5 1 * * 1'], 3],
  ])('counts %j on the fullest day', (crons, most) => {
    expect(scheduleHistogram(crons)[5]).toBe(most);
  });
});
