/**
 * Watches of correlations, run over a day on a real OpenSearch node: the search and the condition
 * of each run. The node is started elsewhere.
 */

import type { Watch } from '../../src/backend/xpack-watcher/watch.ts';
import { targetSettings } from '../../src/convert/target-settings.ts';
import { defaultConfig } from '../../src/pack/config/config.ts';
import { compileText } from '../compile.ts';
import { baseRules, type DayRule, documentsOf } from '../correlation-day/rules.ts';
import type { Stream } from '../correlation-day/streams.ts';
import { timesEvery, timesOf } from '../correlation-day/windows.ts';
import { xpackWatcher } from '../registered.ts';
import { fillIndex } from './opensearch-index.ts';
import { isMet, type Json, searchLines } from './watcher-search.ts';

const batch = 1000;

interface DayWatch {
  readonly rule: DayRule;
  readonly body: Watch;
}

/** The watches of the rules that Watcher can have, by their own settings. */
export function dayWatchesOf(rules: readonly DayRule[]): readonly DayWatch[] {
  const settings = targetSettings(defaultConfig());
  const text = [
    baseRules,
    ...rules.map(({ correlation, settings: own }) => documentsOf(correlation, own)),
  ].join('---\n');
  const compiled = new Map(compileText(text).map((rule) => [rule.rule.name, rule]));
  return rules.flatMap((rule) => {
    const one = compiled.get(rule.correlation.name);
    if (!one) throw new Error(`${rule.correlation.name} does not compile`);
    const conversion = xpackWatcher.convert(one, settings);
    return conversion.ok ? [{ rule, body: conversion.value.document as Watch }] : [];
  });
}

const keyword = { type: 'keyword' };
const mappings = {
  dynamic: 'strict',
  properties: {
    '@timestamp': { type: 'date' },
    arrives: { type: 'date' },
    ...{
      id: { type: 'long' },
      size: { type: 'long' },
      kind: keyword,
      user: keyword,
      peer: keyword,
      host: keyword,
      port: keyword,
    },
  },
};
export const indexOf = (streams: readonly Stream[], stream: Stream): string =>
  `day-${streams.indexOf(stream)}`;

/** An index for each stream. */
export async function loadStreams(streams: readonly Stream[]): Promise<void> {
  for (const stream of streams) {
    const events = stream.events.map(({ _time, arrives, ...event }) => ({
      ...event,
      '@timestamp': _time * 1000,
      arrives: arrives * 1000,
    }));
    await fillIndex(indexOf(streams, stream), { settings: {}, mappings }, events);
  }
}

/** When Watcher would run it; `schedule` has one of the two kinds that our watches have. */
function timesBy({ trigger }: Watch): readonly number[] {
  const { interval, cron } = trigger.schedule as {
    readonly interval?: string;
    readonly cron?: string;
  };
  if (interval !== undefined && /^\d+s$/.test(interval))
    return timesEvery(Number.parseInt(interval, 10));
  const [second, ...fields] = (cron ?? '').split(' ');
  if (second !== '0' || fields.slice(2).join(' ') !== '* * ?')
    throw new Error(`not a schedule of a day: ${JSON.stringify(trigger)}`);
  return timesOf(fields.slice(0, 2).join(' '));
}

/** The groups for which the watch's condition holds, by the time of the run. */
type FoundByRun = ReadonlyMap<number, readonly string[]>;

function groupsOf({ condition }: Watch, payload: Json): readonly string[] {
  if (payload.error) throw new Error(JSON.stringify(payload.error).slice(0, 1000));
  if (!isMet(condition, payload)) return [];
  const { groups } = payload.aggregations as {
    readonly groups: { readonly buckets: readonly { readonly key?: string | readonly string[] }[] };
  };
  return groups.buckets.map(({ key = [] }) => [key].flat().join('|'));
}

/**
 * Runs a watch over an index at the times of its schedule, a quarter of a second late, each over
 * what has arrived by then.
 */
export async function watchDay({ body }: DayWatch, index: string): Promise<FoundByRun> {
  const times = timesBy(body);
  const found = new Map<number, readonly string[]>();
  const { query, ...rest } = body.input.search.request.body as Json;
  for (let at = 0; at < times.length; at += batch) {
    const part = times.slice(at, at + batch);
    const lines = part.flatMap((time) => {
      const arrived = {
        bool: { must: [query], filter: [{ range: { arrives: { lte: time * 1000 } } }] },
      };
      return [
        JSON.stringify({ index }),
        anchored(JSON.stringify({ ...rest, query: arrived }), new Date(time * 1000 + 250)),
      ];
    });
    const answers = await searchLines(lines);
    for (const [place, time] of part.entries())
      found.set(time, groupsOf(body, answers[place] ?? { error: 'no answer' }));
  }
  return found;
}

/** Date math counts from the run, not from when the node answers. */
const anchored = (search: string, now: Date): string =>
  search.replace(/"now(-\d+s)?\/s"/g, `"${now.toISOString()}||$1/s"`);
