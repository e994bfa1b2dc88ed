/**
 * node test/judges/graylog/correlations.ts VERSION: event definitions of correlations over streams
 * of a day on a real Graylog server, each run by itself or in the server's own way to catch up,
 * against a plain evaluator of their documented windows.
 */
import { type DayRule, dayRules } from '../../correlation-day/rules.ts';
import { dayEnd, dayStart, type Stream, streams } from '../../correlation-day/streams.ts';
import {
  comparedWindows,
  graylogRuns,
  overlaps,
  type WindowsResult,
} from '../../correlation-day/windows.ts';
import { type CorrelationVerdict, judgedAlerts, reportAlerts } from '../proof-alerts.ts';
import {
  awaitProcessing,
  type DayDefinition,
  dayPackOf,
  execute,
  foundByTitle,
  indexEvents,
  installDayPack,
} from './correlation-day.ts';
import { createStream, removeStream } from './objects.ts';
import { type GraylogServer, onEachGraylog, removePack } from './server.ts';

/** Seconds that definitions of windows that overlap leave for late events; the others can't. */
const delay = 600;
/** Runs that one execution holds; so many executions at once. */
const atOnce = 240;
const workers = 3;
/**
 * A day has a thousand windows of a minute and a half: of each timespan, every so many definitions
 * run, of windows that overlap or not.
 */
const oneOf: Readonly<
  Record<number, { readonly overlapping: number; readonly following: number }>
> = {
  90: { overlapping: 16, following: 61 },
  600: { overlapping: 4, following: 10 },
  3600: { overlapping: 3, following: 1 },
};
const each = `one each of ${streams.length}`;
/** The day lies in the past, by whole days. */
const shift = Math.floor((Date.now() / 1000 - dayEnd - 86_400) / 86_400) * 86_400;

/** A definition and the stream that it runs over. */
interface Case {
  readonly title: string;
  readonly rule: DayRule;
  readonly stream: Stream;
}

const isLate = ({ events }: Stream): boolean =>
  events.some(({ _time, arrives }) => arrives > _time);

function casesOf(rules: ReadonlyMap<string, DayRule>): readonly Case[] {
  const chosen = Object.entries(oneOf).flatMap(([timespan, { overlapping, following }]) => {
    const ofSpan = [...rules].filter(
      ([, { correlation }]) => correlation.timespan === Number(timespan),
    );
    const every = (step: number, wanted: boolean) =>
      ofSpan
        .filter(([, { correlation }]) => overlaps(correlation) === wanted)
        .filter((_, index) => index % step === 0);
    return [...every(overlapping, true), ...every(following, false)];
  });
  return chosen.map(
    ([title, rule], index): Case => ({
      title,
      rule,
      stream: streams[(index * 3 + 1) % streams.length] as Stream,
    }),
  );
}

const pack = await dayPackOf(
  dayRules.map(({ correlation }) => ({
    correlation,
    settings: overlaps(correlation) ? `delay: ${delay / 60}m` : '',
  })),
);
const cases = casesOf(pack.rules);

/** When a definition runs, by its own interval, until the day is out of its sight. */
function timesOf({ within, every }: DayDefinition): readonly number[] {
  return Array.from(
    { length: Math.floor((dayEnd - dayStart + within) / every) + 2 },
    (_, index) => dayStart + index * every,
  );
}

interface Running {
  readonly server: GraylogServer;
  readonly stream: Stream;
  /** The id of the stream that holds it. */
  readonly id: string;
}

/** Over a stream whose events all come in time: many runs in one execution. */
async function runPunctual({ server, id }: Running, definition: DayDefinition): Promise<void> {
  const times = timesOf(definition);
  for (let at = 0; at < times.length; at += atOnce) {
    const part = times.slice(at, at + atOnce);
    await execute(server, { definition, stream: id, shift }, part[0] ?? 0, part.at(-1));
  }
}

/** Over a stream with late events: each run by itself, when just what has come by then is there. */
async function runLate(
  { server, id, stream: { events } }: Running,
  definitions: readonly DayDefinition[],
): Promise<void> {
  const runs = definitions.flatMap((definition) =>
    timesOf(definition).map((time) => ({ definition, time })),
  );
  let arrived = 0;
  for (const { definition, time } of runs.toSorted((a, b) => a.time - b.time)) {
    const now = events.filter(({ arrives }) => arrives <= time).length;
    await indexEvents(server, id, events.slice(arrived, now), shift);
    arrived = now;
    await execute(server, { definition, stream: id, shift }, time);
  }
}

/** Runs all of them; the streams with late events, which take longest, first. */
async function runAll(
  server: GraylogServer,
  definitions: ReadonlyMap<string, DayDefinition>,
  ids: ReadonlyMap<Stream, string>,
): Promise<void> {
  const late: (() => Promise<void>)[] = [];
  const punctual: (() => Promise<void>)[] = [];
  for (const [stream, id] of ids) {
    const own = cases.flatMap((one) =>
      one.stream === stream ? (definitions.get(one.title) ?? []) : [],
    );
    if (isLate(stream)) late.push(() => runLate({ server, stream, id }, own));
    else {
      await indexEvents(server, id, stream.events, shift);
      punctual.push(
        ...own.map((definition) => () => runPunctual({ server, stream, id }, definition)),
      );
    }
  }
  const queue = [...late, ...punctual];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await next();
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

type Labelled = WindowsResult & {
  readonly label: string;
  readonly overlapping: boolean;
  readonly runs: number;
};

async function results(server: GraylogServer): Promise<readonly Labelled[]> {
  const definitions = await installDayPack(server, pack);
  const ids = new Map<Stream, string>();
  for (const stream of streams) ids.set(stream, await createStream(server, `day: ${stream.name}`));
  const [definition] = definitions.values();
  const [id] = ids.values();
  if (!definition || id === undefined) throw new Error('nothing is installed');
  await awaitProcessing(server, () => execute(server, { definition, stream: id, shift }, dayStart));
  await runAll(server, definitions, ids);
  const found = await foundByTitle(server, definitions, pack.rules, shift);
  await removePack(server, pack.content.id);
  for (const stream of ids.values()) await removeStream(server, stream);
  return cases.map(({ title, rule, stream }) => {
    const runs = graylogRuns(rule, delay);
    const result = comparedWindows(rule, stream, runs, found.get(title) ?? new Map(), {
      arrivedOnly: true,
    });
    return {
      ...result,
      label: `${rule.correlation.name} over ${stream.name}`,
      overlapping: overlaps(rule.correlation),
      runs: runs.length,
    };
  });
}

function noteOn(all: readonly Labelled[]): string {
  const runs = all.reduce((sum, one) => sum + one.runs, 0).toLocaleString('en');
  const left = `${pack.uncounted} more of percentiles are left out, which the judge's storage does not count`;
  return `Graylog: a spread of ${cases.length} of ${pack.rules.size} definitions, ${runs} runs in all: every one whose windows of an hour follow one another, and some of the others; ${left}.`;
}

function verdictsOf(version: string, all: readonly Labelled[]): readonly CorrelationVerdict[] {
  const overlapping = all.filter((one) => one.overlapping);
  const following = all.filter((one) => !one.overlapping);
  const whole = overlapping.map(({ label, sliding, slidingMissed }) => ({
    label,
    expected: sliding,
    missed: slidingMissed,
    extra: [],
  }));
  const name = `Graylog ${version}`;
  return [
    judgedAlerts(`${name}: windows that overlap`, overlapping.length, each, overlapping),
    {
      ...judgedAlerts(
        'the same definitions, against sliding windows',
        overlapping.length,
        each,
        whole,
      ),
      extra: overlapping.reduce((sum, { beyond }) => sum + beyond, 0),
      reason:
        'runs whose events are further apart than the timespan, but not than the window, as the warning of each such definition says',
    },
    {
      ...judgedAlerts(
        `${name}: windows that follow one another`,
        following.length,
        each,
        following,
      ),
      note: noteOn(all),
    },
  ];
}

await onEachGraylog(async (server) => {
  const all = await results(server);
  console.log(noteOn(all));
  reportAlerts('graylog', verdictsOf(server.version, all));
});
