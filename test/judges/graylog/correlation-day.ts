/**
 * Event definitions of correlations on a real Graylog server, run over streams of a day that has
 * passed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseRules, type DayRule, documentsOf } from '../../correlation-day/rules.ts';
import type { StreamEvent } from '../../correlation-day/streams.ts';
import { packOf, textOf } from '../../pack-of.ts';
import { indexMessages } from './index-messages.ts';
import { installContentPack, raisedEvents } from './objects.ts';
import { definitionsOn, type GraylogServer, type Json, sendGelf } from './server.ts';

export interface DayPack {
  readonly content: {
    readonly id: string;
    readonly rev: number;
    readonly entities: readonly object[];
  };
  /** Rules that Graylog has a definition for, by its title. */
  readonly rules: ReadonlyMap<string, DayRule>;
}

interface Entity {
  readonly data: {
    readonly title: { readonly '@value': string };
    readonly config: { readonly series: readonly { readonly type: string }[] };
  };
}

/**
 * The pack that `sigpack build` makes of the rules, with what the judge's storage can't count left
 * out: that many are `uncounted`.
 */
export async function dayPackOf(
  rules: readonly DayRule[],
): Promise<DayPack & { readonly uncounted: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-day-'));
  try {
    const path = join(folder, 'day.yml');
    writeFileSync(
      path,
      [
        baseRules,
        ...rules.map(({ correlation, settings }) => documentsOf(correlation, settings)),
      ].join('---\n'),
    );
    const built = await packOf(
      [path],
      'id: day\ntitle: Correlations of a day\nversion: 1.0.0\nfailOn: never\ntargets: [graylog]\ngraylog: { dashboard: false }\ndefaults: { enabled: false }\n',
    );
    const pack = JSON.parse(textOf(built, 'day-1.0.0-graylog.json')) as {
      readonly id: string;
      readonly rev: number;
      readonly entities: readonly Entity[];
    };
    const counted = pack.entities.filter(({ data }) =>
      data.config.series.every(({ type }) => type !== 'percentile'),
    );
    const byTitle = new Map(rules.map((rule) => [`Correlation ${rule.correlation.name}`, rule]));
    const kept = counted.flatMap(({ data }) => {
      const title = data.title['@value'];
      const rule = byTitle.get(title);
      return rule ? [[title, rule] as const] : [];
    });
    return {
      content: { ...pack, entities: counted },
      rules: new Map(kept),
      uncounted: pack.entities.length - counted.length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A definition as the server has it; spans in seconds. */
export interface DayDefinition {
  readonly id: string;
  readonly within: number;
  readonly every: number;
}

/** Installs the pack; the definitions by their titles. */
export async function installDayPack(
  server: GraylogServer,
  { content }: DayPack,
): Promise<ReadonlyMap<string, DayDefinition>> {
  await installContentPack(server, content);
  return new Map(
    (await definitionsOn(server)).map((definition) => {
      const { search_within_ms: within, execute_every_ms: every } = definition.config as Readonly<
        Record<string, number>
      >;
      return [
        definition.title,
        { id: definition.id, within: Number(within) / 1000, every: Number(every) / 1000 },
      ];
    }),
  );
}

/** Puts events of a day into the index of the server. */
export const indexEvents = (
  server: GraylogServer,
  stream: string,
  events: readonly StreamEvent[],
  shift: number,
): Promise<void> =>
  indexMessages(
    server,
    events.map(({ _time, arrives: _, id, ...fields }) => ({
      id: `${stream}-${id}`,
      time: (_time + shift) * 1000,
      stream,
      fields,
    })),
  );

/**
 * A definition over a stream of the server; the day is `shift` seconds from where it is written.
 */
export interface Execution {
  readonly definition: DayDefinition;
  readonly stream: string;
  readonly shift: number;
}

/**
 * Executes a definition once for its runs from one to the other: the server splits the time into
 * their windows, as it does when it catches up.
 */
export async function execute(
  server: GraylogServer,
  { definition, stream, shift }: Execution,
  first: number,
  last = first,
): Promise<void> {
  const time = (seconds: number): string => new Date((seconds + shift) * 1000).toISOString();
  const timerange = { type: 'absolute', from: time(first - definition.within), to: time(last) };
  await server.call('POST', `/events/definitions/${definition.id}/execute`, {
    type: 'aggregation-v1',
    timerange,
    streams: [stream],
    batch_size: 500,
  });
}

/** A server runs nothing until it has indexed a message of its own that is later. */
export async function awaitProcessing(
  server: GraylogServer,
  run: () => Promise<void>,
): Promise<void> {
  await sendGelf(server, {});
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt > 60 || !String(error).includes("haven't been indexed, yet")) throw error;
    }
    await sleep(1000);
  }
}

interface Alert extends Json {
  readonly id: string;
  readonly event_definition_id: string;
  /**
   * The start of the window: the server takes for its end the name that the judge's storage has for
   * it, which is its start.
   */
  readonly timerange_end: string;
  readonly group_by_fields: Readonly<Record<string, string>>;
}

/** The groups that a definition alerted on, by the time of the run: its window ends then. */
export type FoundByRun = ReadonlyMap<number, readonly string[]>;

/** By the title of the definition. */
export async function foundByTitle(
  server: GraylogServer,
  definitions: ReadonlyMap<string, DayDefinition>,
  rules: ReadonlyMap<string, DayRule>,
  shift: number,
): Promise<ReadonlyMap<string, FoundByRun>> {
  const byId = new Map([...definitions].map(([title, { id, within }]) => [id, { title, within }]));
  const found = new Map<string, Map<number, string[]>>();
  for (const {
    event_definition_id: id,
    timerange_end: from,
    group_by_fields: fields,
  } of (await raisedEvents(server)) as readonly Alert[]) {
    const { title = '', within = 0 } = byId.get(id) ?? {};
    const runs = found.get(title) ?? new Map<number, string[]>();
    found.set(title, runs);
    const time = Date.parse(`${from.replace(' ', 'T')}Z`) / 1000 - shift + within;
    const group = (rules.get(title)?.correlation.groupBy ?? [])
      .map((field) => fields[field])
      .join('|');
    runs.set(time, [...(runs.get(time) ?? []), group]);
  }
  return found;
}
