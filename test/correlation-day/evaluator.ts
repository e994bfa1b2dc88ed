/**
 * What correlations mean, as plainly as it can be said: every window is looked at by itself, and
 * nothing is shared with `src/`. Slow, and only for small streams.
 */
import type { StreamEvent } from './streams.ts';

type Operator = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq';

/**
 * A correlation in plain words. Rules are kinds of events (`a`, `b`, `c`), events of a port that
 * starts with 1 (`d`), or correlations by name.
 */
export interface Correlation {
  readonly name: string;
  readonly type: string;
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly timespan: number;
  readonly condition: readonly (readonly [Operator, number])[];
  readonly fields: readonly string[];
  readonly percentile?: number;
  /** By the name of an alias: the field of each rule. */
  readonly aliases?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Correlations that `rules` names. */
  readonly inner?: readonly Correlation[];
}

/** A moment at which a correlation is fulfilled, for a group. */
export interface Alert {
  readonly time: number;
  readonly group: string;
  /** When its window ends, and all that is in it can be known. */
  readonly end: number;
}

interface Member {
  readonly event: StreamEvent;
  readonly time: number;
  readonly group: string;
  /** Which of the rules the event fulfils in this group. */
  readonly fulfils: readonly boolean[];
  /** What it has in the counted fields: once for each choice of fields. */
  readonly values: readonly (readonly string[])[];
}

const tests: Readonly<Record<Operator, (found: number, wanted: number) => boolean>> = {
  gt: (found, wanted) => found > wanted,
  gte: (found, wanted) => found >= wanted,
  lt: (found, wanted) => found < wanted,
  lte: (found, wanted) => found <= wanted,
  eq: (found, wanted) => found === wanted,
  neq: (found, wanted) => found !== wanted,
};
const holds = (found: number, condition: Correlation['condition']): boolean =>
  condition.every(([operator, wanted]) => tests[operator](found, wanted));
const isOf = (event: StreamEvent, rule: string): boolean =>
  rule === 'd' ? String(event.port).startsWith('1') : event.kind === rule;

/** An event as one rule finds it, and what it is in each field of the correlation. */
interface Found {
  readonly event: StreamEvent;
  readonly rule: number;
  readonly valueIn: (field: string) => string | undefined;
  readonly fieldOf: (field: string) => string;
}

function foundBy(
  correlation: Correlation,
  rule: string,
  index: number,
  events: readonly StreamEvent[],
): readonly Found[] {
  const fieldOf = (field: string): string => correlation.aliases?.[field]?.[rule] ?? field;
  const read = (event: StreamEvent, field: string): string | undefined =>
    event[field] === undefined ? undefined : String(event[field]);
  const inner = correlation.inner?.find(({ name }) => name === rule);
  if (!inner)
    return events
      .filter((event) => isOf(event, rule))
      .map((event) => ({
        event,
        rule: index,
        fieldOf,
        valueIn: (field) => read(event, fieldOf(field)),
      }));
  return firingEvents(inner, events).map(({ event, group }) => {
    const valueIn = (field: string): string | undefined => {
      const place = inner.aliases?.[fieldOf(field)] ? inner.groupBy.indexOf(fieldOf(field)) : -1;
      return place === -1 ? read(event, fieldOf(field)) : group.split('|')[place];
    };
    return { event, rule: index, fieldOf, valueIn };
  });
}

/** Keeps what was found last over each stream: many targets are asked about one correlation. */
function lastFound(
  find: (correlation: Correlation, events: readonly StreamEvent[]) => readonly Member[],
): typeof find {
  const last = new WeakMap<
    readonly StreamEvent[],
    { readonly correlation: Correlation; readonly found: readonly Member[] }
  >();
  return (correlation, events) => {
    const known = last.get(events);
    if (known?.correlation === correlation) return known.found;
    const found = find(correlation, events);
    last.set(events, { correlation, found });
    return found;
  };
}

const membersOf = lastFound((correlation, events) => {
  const found = Map.groupBy(
    correlation.rules.flatMap((rule, index) => foundBy(correlation, rule, index, events)),
    ({ event }) => event,
  );
  return events.flatMap((event) => {
    const inGroups = Map.groupBy(found.get(event) ?? [], ({ valueIn }) =>
      textOf(correlation.groupBy.map(valueIn)),
    );
    return [...inGroups].flatMap(([group, list]): readonly Member[] => {
      if (group === undefined) return [];
      const fulfils = correlation.rules.map((_, index) => list.some(({ rule }) => rule === index));
      const byFields = new Map(
        list.map(({ fieldOf, valueIn }) => [
          correlation.fields.map(fieldOf).join('|'),
          correlation.fields.map(valueIn),
        ]),
      );
      const values = [...byFields.values()].flatMap((texts) =>
        texts.every((text) => text !== undefined) ? [texts] : [],
      );
      return [{ event, time: event._time, group, fulfils, values }];
    });
  });
});

const textOf = (parts: readonly (string | undefined)[]): string | undefined =>
  parts.includes(undefined) ? undefined : parts.join('|');

/**
 * The members at which it is fulfilled: the window that ends there holds all that happened within
 * the timespan before, and at that very time.
 */
const firingEvents = lastFound((correlation, events) => {
  const members = membersOf(correlation, events);
  const byGroup = new Map(
    [...Map.groupBy(members, ({ group }) => group)].map(([group, own]) => [group, byTime(own)]),
  );
  return members.filter(({ group, time, fulfils }) => {
    const own = byGroup.get(group) ?? [];
    const { timespan } = correlation;
    const window = own.slice(
      firstOf(own, (other) => other > time - timespan),
      firstOf(own, (other) => other > time),
    );
    return correlation.type === 'temporal_ordered'
      ? fulfils.at(-1) === true && inOrder(correlation, window)
      : fulfilled(correlation, window);
  });
});

const byTime = (members: readonly Member[]): readonly Member[] =>
  members.toSorted((a, b) => a.time - b.time);

/** The place of the first member, of those in the order of their times, that is so late. */
function firstOf(members: readonly Member[], isSoLate: (time: number) => boolean): number {
  let [from, to] = [0, members.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const member = members[middle];
    if (member && isSoLate(member.time)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Where a percentile lies in sorted numbers, the first of which is at 0. */
type Place = (count: number, part: number) => number;
const betweenEnds: Place = (count, part) => (count - 1) * part;
/** As t-digest has it: each number is in the middle of its part of the whole. */
export const betweenMiddles: Place = (count, part) =>
  Math.min(Math.max(count * part - 0.5, 0), count - 1);

function fulfilled(
  { type, rules, condition, percentile = 50 }: Correlation,
  window: readonly Member[],
  place: Place = betweenEnds,
): boolean {
  if (type === 'event_count') return holds(window.length, condition);
  if (type === 'temporal') {
    const seen = rules.filter((_, index) => window.some(({ fulfils }) => fulfils[index])).length;
    return holds(seen, condition.length > 0 ? condition : [['gte', rules.length]]);
  }
  const texts = window.flatMap(({ values }) => values);
  const numbers = texts.map(([text]) => Number(text));
  const sum = numbers.reduce((total, number) => total + number, 0);
  switch (type) {
    case 'value_count':
      return holds(new Set(texts.map((parts) => JSON.stringify(parts))).size, condition);
    case 'value_sum':
      return numbers.length > 0 && holds(sum, condition);
    case 'value_avg':
      return numbers.length > 0 && holds(sum / numbers.length, condition);
    case 'value_percentile':
    case 'value_median':
      return (
        numbers.length > 0 &&
        holds(interpolated(numbers, place(numbers.length, percentile / 100)), condition)
      );
    default:
      throw new Error(`no such type: ${type}`);
  }
}

function interpolated(numbers: readonly number[], place: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? 0;
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * Some events of the window fulfil the rules one after the other; those of one time are in any
 * order.
 */
function inOrder({ rules }: Correlation, window: readonly Member[]): boolean {
  let earliest = Number.NEGATIVE_INFINITY;
  for (const index of rules.keys()) {
    const times = window
      .filter(({ time, fulfils }) => fulfils[index] && time >= earliest)
      .map(({ time }) => time);
    if (times.length === 0) return false;
    earliest = Math.min(...times);
  }
  return true;
}

export const alertsOf = (
  correlation: Correlation,
  events: readonly StreamEvent[],
): readonly Alert[] =>
  firingEvents(correlation, events).map(({ time, group }) => ({ time, group, end: time }));

/**
 * The same with fixed windows, one after another from the epoch on: an alert for each group of each
 * of them, at its last event.
 */
export function fixedAlertsOf(
  correlation: Correlation,
  events: readonly StreamEvent[],
): readonly Alert[] {
  const windows = new Map<string, Member[]>();
  for (const member of membersOf(correlation, events)) {
    const key = `${Math.floor(member.time / correlation.timespan)} ${member.group}`;
    windows.set(key, [...(windows.get(key) ?? []), member]);
  }
  return [...windows.values()].flatMap((window): readonly Alert[] => {
    const time = Math.max(...window.map((member) => member.time));
    // just before the next window starts
    const end = (Math.floor(time / correlation.timespan) + 1) * correlation.timespan - 0.0001;
    return fulfilled(correlation, window) ? [{ time, group: window[0]?.group ?? '', end }] : [];
  });
}

/**
 * The groups that fulfil it in one window, from the first time to just before the other; '' where
 * it has no groups, be the window empty or not.
 */
export function windowsOf(
  correlation: Correlation,
  events: readonly StreamEvent[],
  place?: Place,
): (from: number, to: number) => readonly string[] {
  const members = byTime(membersOf(correlation, events));
  return (from, to) => {
    const within = members.slice(
      firstOf(members, (time) => time >= from),
      firstOf(members, (time) => time >= to),
    );
    const groups = Map.groupBy(within, ({ group }) => group);
    if (correlation.groupBy.length === 0 && groups.size === 0) groups.set('', []);
    return [...groups].flatMap(([group, window]) => {
      const found =
        correlation.type === 'temporal_ordered'
          ? inOrder(correlation, window)
          : fulfilled(correlation, window, place);
      return found ? [group] : [];
    });
  };
}

/** True where the condition holds of windows without events, of them alone (`absence`) or not. */
export const holdsOfNone = ({ type, condition }: Correlation): boolean =>
  /_count$|^temporal$/.test(type) && condition.length > 0 && holds(0, condition);
export const isAbsence = (correlation: Correlation): boolean =>
  holdsOfNone(correlation) &&
  !Array.from({ length: 200 }, (_, index) => index + 1).some((count) =>
    holds(count, correlation.condition),
  );

/**
 * When nothing counts: from when the last event has left the window until the next event. Each
 * starts within what was asked about.
 */
export interface Silence {
  readonly group: string;
  readonly from: number;
  readonly until: number;
}

/** `start`: the first moment that is known of; only without groups anything is known of it. */
export function silencesOf(
  correlation: Correlation,
  events: readonly StreamEvent[],
  start: number,
): readonly Silence[] {
  const counting = membersOf(correlation, events).filter(
    ({ values }) => correlation.type !== 'value_count' || values.length > 0,
  );
  const groups = new Set(counting.map(({ group }) => group));
  if (correlation.groupBy.length === 0) groups.add('');
  return [...groups].flatMap((group) => {
    const times = counting.filter((member) => member.group === group).map(({ time }) => time);
    const all = [...(correlation.groupBy.length === 0 ? [start] : []), ...times].sort(
      (a, b) => a - b,
    );
    return all.flatMap((time, index) => {
      const [from, until] = [
        time + correlation.timespan,
        all[index + 1] ?? Number.POSITIVE_INFINITY,
      ];
      return until > from ? [{ group, from, until }] : [];
    });
  });
}
