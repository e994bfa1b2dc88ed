import type { Event } from '../match/event.ts';
import { isRecord } from '../source/record.ts';

/** An event under construction. */
export type Fields = Record<string, unknown>;

export const asRecord = (value: unknown): Event => (isRecord(value) ? value : {});

export const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** Sets a field of any name. */
export function setField(fields: Fields, name: string, value: unknown): void {
  // a plain assignment would set the prototype of the object
  if (name === '__proto__')
    Object.defineProperty(fields, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  else fields[name] = value;
}

/** Adds a field that may occur several times: its values become a list. */
export function addField(fields: Fields, name: string, value: unknown): void {
  const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (known === undefined) setField(fields, name, value);
  else if (Array.isArray(known)) known.push(value);
  else setField(fields, name, [known, value]);
}

/** Adds the fields that the event lacks. */
export function addMissing(fields: Fields, more: Event): void {
  for (const name of Object.keys(more)) {
    if (!Object.hasOwn(fields, name)) setField(fields, name, more[name]);
  }
}
