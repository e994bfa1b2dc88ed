import type { CorrelationRule, Threshold } from '../../sigma/correlation/correlation.ts';
import { passesAll } from '../../sigma/correlation/threshold.ts';
import { decimalOf } from '../decimal.ts';
import type { Membership } from './membership.ts';

/** Adds an event to its group; returns whether the correlation is fulfilled now. */
export type Aggregate = (member: Membership, time: number) => boolean;

export const createAggregate = (rule: CorrelationRule): Aggregate =>
  rule.type === 'temporal_ordered' ? orderedAggregate(rule) : windowAggregate(rule);

/** What a window keeps of an event. */
interface Entry {
  readonly time: number;
  readonly fulfilled: readonly boolean[];
  /** Values of the counted fields, joined; empty if one is missing. */
  readonly texts: readonly string[];
  /** Values of the counted field that are numbers. */
  readonly numbers: readonly number[];
}

/** Empty windows are removed after this number of events. */
const sweepEvery = 10_000;

function windowAggregate(rule: CorrelationRule): Aggregate {
  const span = rule.timespan * 1000;
  const windows = new Map<string, Entry[]>();
  const thresholds: readonly Threshold[] =
    rule.thresholds.length > 0 ? rule.thresholds : [{ operator: 'gte', value: rule.rules.length }];
  let added = 0;
  return (member, time) => {
    if (++added % sweepEvery === 0)
      for (const [key, entries] of windows)
        if ((entries.at(-1)?.time ?? 0) <= time - span) windows.delete(key);
    const key = JSON.stringify(member.group);
    const entries = windows.get(key) ?? [];
    windows.set(key, entries);
    const gone = entries.findIndex((entry) => entry.time > time - span);
    entries.splice(0, gone === -1 ? entries.length : gone);
    entries.push(entryOf(rule, member, time));
    const found = aggregated(rule, entries);
    return found !== undefined && passesAll(found, thresholds);
  };
}

function entryOf(
  { type }: CorrelationRule,
  { fulfilled, values }: Membership,
  time: number,
): Entry {
  if (type === 'value_count')
    return {
      time,
      fulfilled,
      texts: values.map((combination) => JSON.stringify(combination)),
      numbers: [],
    };
  const numbers = values.flatMap(([text = '']) => decimalOf(text) ?? []);
  return { time, fulfilled, texts: [], numbers };
}

/** Undefined if there are no numbers for a sum, a mean or a percentile. */
function aggregated(
  { type, percentile }: CorrelationRule,
  entries: readonly Entry[],
): number | undefined {
  const numbers = () => entries.flatMap((entry) => entry.numbers);
  switch (type) {
    case 'event_count':
      return entries.length;
    case 'value_count':
      return new Set(entries.flatMap(({ texts }) => texts)).size;
    case 'value_sum':
      return sum(numbers());
    case 'value_avg': {
      const all = numbers();
      const total = sum(all);
      return total === undefined ? undefined : total / all.length;
    }
    case 'value_percentile':
      return percentileOf(numbers(), percentile);
    case 'temporal':
    case 'temporal_ordered': {
      const seen =
        entries[0]?.fulfilled.map((_, index) =>
          entries.some(({ fulfilled }) => fulfilled[index]),
        ) ?? [];
      return seen.filter(Boolean).length;
    }
  }
}

const sum = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : numbers.reduce((total, number) => total + number, 0);

/** The percentile, with linear interpolation between two values; 50 is the median. */
function percentileOf(numbers: readonly number[], percentile: number): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  const rank = (percentile / 100) * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  return low === undefined || high === undefined
    ? undefined
    : low + (high - low) * (rank - Math.floor(rank));
}

/**
 * Keeps for each rule the latest start of a chain that has reached it, so that the shortest chain
 * is found.
 */
function orderedAggregate(rule: CorrelationRule): Aggregate {
  const span = rule.timespan * 1000;
  const chains = new Map<string, Start[]>();
  let added = 0;
  return ({ group, fulfilled }, time) => {
    if (++added % sweepEvery === 0) dropOld(chains, time - span);
    const key = JSON.stringify(group);
    const starts = chains.get(key) ?? [];
    chains.set(key, starts);
    const complete = extended(starts, fulfilled, time);
    return complete !== undefined && time - complete < span;
  };
}

type Start = number | undefined;

function dropOld(chains: Map<string, Start[]>, time: number): void {
  for (const [key, starts] of chains)
    if (starts.every((start) => start === undefined || start <= time)) chains.delete(key);
}

/**
 * Extends the chains of the rules that an event fulfils; returns the start of the chain that is
 * complete now.
 */
function extended(starts: Start[], fulfilled: readonly boolean[], time: number): Start {
  let complete: Start;
  for (const [index, holds] of fulfilled.entries()) {
    const start = index === 0 ? time : starts[index - 1];
    if (!holds || start === undefined) continue;
    starts[index] = Math.max(starts[index] ?? start, start);
    if (index === fulfilled.length - 1) complete = start;
  }
  return complete;
}
