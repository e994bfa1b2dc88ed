/** An event of a stream. Times are epoch seconds; `arrives`: when a search can see it. */
export interface StreamEvent {
  readonly [field: string]: string | number;
  readonly _time: number;
  readonly kind: string;
  readonly arrives: number;
}

export interface Stream {
  readonly name: string;
  /** In the order of arrival, which need not be that of the times. */
  readonly events: readonly StreamEvent[];
  /** No two events have one time. */
  readonly distinct: boolean;
}

export const dayStart = Date.UTC(2026, 10, 2) / 1000;
export const dayEnd = dayStart + 86_400;
/** Events arrive at most so many seconds late: the delay of the saved searches. */
const mostLate = 600;

/** A generator of numbers from 0 to 1 that is the same in every run (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Plan {
  readonly name: string;
  /** Seconds after the start of the day. */
  readonly times: (random: () => number) => readonly number[];
  readonly late?: (random: () => number) => number;
  readonly users?: readonly string[];
  /** Part of the events that lack each field. */
  readonly missing?: number;
  readonly kinds?: string;
}

const every = (seconds: number, from = 0, to = 86_400): readonly number[] =>
  Array.from({ length: Math.ceil((to - from) / seconds) }, (_, index) => from + index * seconds);
const poisson = (random: () => number, mean: number, from = 0, to = 86_400): readonly number[] => {
  const times: number[] = [];
  const gap = () => mean * -Math.log(1 - random());
  for (let time = from + gap(); time < to; time += gap())
    times.push(Math.round(time * 1000) / 1000);
  return times;
};
const burst = (random: () => number, at: number, size: number, spread: number): readonly number[] =>
  Array.from({ length: size }, () => at + Math.floor(random() * spread));

const plans: readonly Plan[] = [
  { name: 'steady', times: () => every(240), users: ['ann'], kinds: 'a' },
  {
    name: 'steady with a silence of four hours',
    times: () => [...every(300, 0, 30_000), ...every(300, 44_400)],
    users: ['ann', 'bob'],
  },
  { name: 'at random', times: (random) => poisson(random, 240) },
  {
    name: 'bursts',
    times: (random) =>
      [3000, 17_990, 40_000, 40_400, 71_100].flatMap((at) => burst(random, at, 24, 90)),
  },
  {
    name: 'bursts within single seconds',
    times: (random) =>
      [1200, 8999, 9000, 33_333, 60_000, 80_099].flatMap((at) => burst(random, at, 12, 3)),
    users: ['ann', 'bob'],
  },
  {
    name: 'late',
    times: (random) => poisson(random, 300),
    late: (random) => Math.floor(random() * mostLate),
  },
  {
    name: 'late now and then',
    times: (random) => poisson(random, 260),
    late: (random) => (random() < 0.1 ? mostLate : 0),
  },
  {
    name: 'on the edges of minutes',
    times: () => every(300).flatMap((time) => [time, time + 59.999]),
    users: ['ann'],
  },
  {
    name: 'a timespan apart',
    times: () => [...every(90, 600, 6000), ...every(600, 20_000, 40_000), ...every(3600, 43_200)],
    users: ['ann', 'bob'],
  },
  { name: 'sparse', times: (random) => poisson(random, 7000) },
  { name: 'with fields missing', times: (random) => poisson(random, 260), missing: 0.25 },
  {
    name: 'many users',
    times: (random) => poisson(random, 200),
    users: Array.from({ length: 12 }, (_, index) => `user${index}`),
  },
  {
    name: 'by day only',
    times: (random) => [
      ...poisson(random, 120, 28_800, 50_000),
      ...poisson(random, 600, 50_000, 64_000),
    ],
  },
  { name: 'nothing', times: () => [] },
];

const pick = <T>(random: () => number, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;

function streamOf(plan: Plan, seed: number): Stream {
  const random = chance(seed);
  const { users = ['ann', 'bob', 'eve'], kinds = 'aaabbc', missing = 0, late = () => 0 } = plan;
  const events = plan.times(random).map((after, id): StreamEvent => {
    const fields = {
      user: pick(random, users),
      host: `h${Math.floor(random() * 5)}`,
      size: Math.floor(random() * 100),
      port: pick(random, ['1', '12', '2', '21']),
    };
    // the user of the same or another event, in turn
    const peer = users[id % users.length] ?? '';
    const there = Object.fromEntries(Object.entries(fields).filter(() => random() >= missing));
    const _time = dayStart + after;
    return {
      ...there,
      peer,
      id,
      kind: pick(random, [...kinds]),
      _time,
      arrives: _time + late(random),
    };
  });
  const ordered = events.toSorted((a, b) => a.arrives - b.arrives);
  return {
    name: plan.name,
    events: ordered,
    distinct: new Set(events.map(({ _time }) => _time)).size === events.length,
  };
}

/** Fourteen streams of a day. */
export const streams: readonly Stream[] = plans.map((plan, index) => streamOf(plan, 1000 + index));
