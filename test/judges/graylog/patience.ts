import { setTimeout as sleep } from 'node:timers/promises';

/** Time without any progress after which nothing more is expected. */
export const patienceMs = 240_000;

export interface Awaited<Value> {
  readonly read: () => Promise<Value>;
  /** How far it has come; any other number is progress. */
  readonly progress: (value: Value) => number;
  /** `settled`: nothing has come since the read before; false at the first. */
  readonly isDone: (value: Value, settled: boolean) => boolean | Promise<boolean>;
  readonly pauseMs: number;
}

/**
 * Milliseconds until the next read, of which that before has begun at `start`: at least four times
 * what it took, since the server has other things to do than to answer.
 */
export const pauseAfter = (start: number, least: number): number =>
  Math.max(least, 4 * (Date.now() - start));

/**
 * Reads until it is done, or nothing has come for {@link patienceMs}: how long all takes is for
 * the machine, which does other things too. The last value, done or not.
 */
export async function awaited<Value>({
  read,
  progress,
  isDone,
  pauseMs,
}: Awaited<Value>): Promise<Value> {
  let start = Date.now();
  let value = await read();
  let settled = false;
  for (let end = Date.now() + patienceMs; !(await isDone(value, settled)) && Date.now() < end; ) {
    await sleep(pauseAfter(start, pauseMs));
    start = Date.now();
    const next = await read();
    settled = progress(next) === progress(value);
    if (!settled) end = Date.now() + patienceMs;
    value = next;
  }
  return value;
}
