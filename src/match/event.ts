import { foldCase } from '../regex/letter-case.ts';

/**
 * One event: JSON values by field. A field may be nested: `a.b` is looked up as one name first,
 * then step by step.
 *
 * @example
 * import type { Event } from 'sigpack';
 *
 * const event: Event = { EventID: 4624, winlog: { channel: 'Security' } };
 * event.EventID; // => 4624
 */
export type Event = Readonly<Record<string, unknown>>;

/** One value of a field as tests see it. */
export interface Value {
  readonly raw: unknown;
  readonly text: string;
  /** The text with its letter case folded; undefined until {@link lowerOf} is called. */
  lower: string | undefined;
}

/** The values of one field of the current event, read once for all tests. */
export interface FieldSlot {
  readonly read: (event: Event) => unknown;
  /** Number of the event that `values` are of. */
  epoch: number;
  /** Empty if the event lacks the field, or if it is null. */
  values: readonly Value[];
}

/** The current event and the fields that have been read from it. */
export interface EventView {
  event: Event;
  epoch: number;
  readonly slots: Map<string, FieldSlot>;
  /** The values of all fields, for keywords. */
  readonly whole: FieldSlot;
}

export function createView(): EventView {
  return { event: {}, epoch: 0, slots: new Map(), whole: slotOf(allValues) };
}

function slotOf(read: FieldSlot['read']): FieldSlot {
  return { read, epoch: -1, values: [] };
}

/** Makes another event the current one, and forgets the fields of the last one. */
export function showEvent(view: EventView, event: Event): void {
  view.event = event;
  view.epoch++;
}

export function fieldSlot(view: EventView, field: string): FieldSlot {
  const known = view.slots.get(field) ?? slotOf(fieldReader(field));
  view.slots.set(field, known);
  return known;
}

const none: readonly Value[] = [];

export function valuesOf(view: EventView, slot: FieldSlot): readonly Value[] {
  if (slot.epoch !== view.epoch) {
    slot.epoch = view.epoch;
    slot.values = asValues(slot.read(view.event));
  }
  return slot.values;
}

function asValues(raw: unknown): readonly Value[] {
  if (raw === undefined || raw === null) return none;
  if (typeof raw === 'string') return [{ raw, text: raw, lower: undefined }];
  if (Array.isArray(raw)) return raw.flatMap(asValues);
  return [{ raw, text: textOf(raw), lower: undefined }];
}

const textOf = (raw: unknown): string =>
  typeof raw === 'object' ? JSON.stringify(raw) : String(raw);

export const lowerOf = (value: Value): string => {
  value.lower ??= foldCase(value.text);
  return value.lower;
};

const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Reads a field by its name, or a dotted name as a path into nested objects and lists of them. */
function fieldReader(field: string): (event: Event) => unknown {
  // a plain lookup would find inherited properties
  const own = inherited.has(field)
    ? (event: Event) => (Object.hasOwn(event, field) ? event[field] : undefined)
    : (event: Event) => event[field];
  if (!field.includes('.')) return own;
  const path = field.split('.');
  return (event) => own(event) ?? nested(event, path, 0);
}

function nested(value: unknown, path: readonly string[], at: number): unknown {
  if (at === path.length) return value;
  if (Array.isArray(value)) {
    const inner = value
      .map((one) => nested(one, path, at))
      .filter((one) => one !== undefined && one !== null);
    return inner.length === 0 ? undefined : inner;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Event;
  // the rest of the path may be a single dotted name
  for (let end = path.length; end > at; end--) {
    const name = path.slice(at, end).join('.');
    if (!Object.hasOwn(record, name)) continue;
    const inner = nested(record[name], path, end);
    if (inner !== undefined && inner !== null) return inner;
  }
  return undefined;
}

/** The original line of the event, or every scalar in it. */
function allValues(event: Event): unknown {
  const raw = Object.hasOwn(event, '_raw') ? event._raw : undefined;
  return typeof raw === 'string' ? raw : scalars(event, []);
}

function scalars(value: unknown, found: unknown[]): unknown[] {
  if (typeof value !== 'object' || value === null) found.push(value);
  else for (const one of Object.values(value)) scalars(one, found);
  return found;
}
