import { type EventDefinition, type GraylogServer, listDefinitions } from './server.ts';

/**
 * Milliseconds from a run of a definition to the next: it runs once while a judge looks at it, right
 * after it is scheduled, and looks that far back.
 */
export const onceEvery = 3_600_000;

interface Listed {
  readonly byId: ReadonlyMap<string, EventDefinition>;
  /** When the server runs each of those next that it runs; milliseconds since 1970, by id. */
  readonly nextRuns: ReadonlyMap<string, number>;
}

/** All event definitions of the server. */
export async function listed(server: GraylogServer): Promise<Listed> {
  const { event_definitions: all, context } = await listDefinitions(server);
  const scheduled = Object.entries(context.scheduler).filter(([, one]) => one.is_scheduled);
  return {
    byId: new Map(all.map((definition) => [definition.id, definition])),
    nextRuns: new Map(scheduled.map(([id, one]) => [id, Date.parse(String(one.next_time))])),
  };
}

/** How many of those that run {@link onceEvery} are still to run, or Infinity where there are none. */
export async function stillToRun(server: GraylogServer): Promise<number> {
  const { nextRuns } = await listed(server);
  const soon = Date.now() + onceEvery / 2;
  if (nextRuns.size === 0) return Number.POSITIVE_INFINITY;
  return [...nextRuns.values()].filter((time) => time <= soon).length;
}
