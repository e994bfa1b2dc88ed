import { setFlagsFromString } from 'node:v8';

/**
 * Versions of Node whose V8 takes the flags that are set here; tests run on the first, the last and
 * one between.
 */
const tried = { first: 22, last: 26 };

/**
 * Sets a flag of V8 where it is known: any other V8 would report on standard error, and the flags
 * only save time and memory.
 */
export function setV8Flag(flag: `--${string}`): void {
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= tried.first && major <= tried.last) setFlagsFromString(flag);
}
