import { setTimeout as sleep } from 'node:timers/promises';

/** Time without any progress after which nothing more is expected. */
export const patienceMs = 240_000;

export interface Awaited<Value> {
  readonly read: () => Promise<Value>;
  /** How far it has come; any other number is progress. */
  readonly progress: (value: Value) => number;
  readonly isDone: (value: Value) => boolean | Promise<boolean>;
  readonly pauseMs: number;
}

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
  let value = await read();
  for (let end = Date.now() + patienceMs; !(await isDone(value)) && Date.now() < end; ) {
    await sleep(pauseMs);
    const next = await read();
    if (progress(next) !== progress(value)) end = Date.now() + patienceMs;
    value = next;
  }
  return value;
}
