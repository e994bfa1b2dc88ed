export type Scalar = string | number | boolean;
export type FieldValue = Scalar | null | undefined | readonly Scalar[];

/** One event or one row of results. `_time`: epoch seconds. */
export type Event = Readonly<Record<string, FieldValue>>;

/** An event with its texts, worked out once for all queries that look at it. */
export interface Row {
  readonly event: Event;
  /** Several searches or runs look at it: nobody changes its event. */
  readonly shared: boolean;
  time: number | undefined;
  texts: Map<string, readonly string[]> | undefined;
  lowers: Map<string, readonly string[]> | undefined;
}

export type RowCommand = (rows: readonly Row[]) => readonly Row[];

const ROWS = new WeakMap<Event, Row>();

/** The row of an event that many searches look at: the same each time. */
export function rowOf(event: Event): Row {
  const known = ROWS.get(event);
  if (known) return known;
  const row: Row = { ...newRow(event), shared: true };
  ROWS.set(event, row);
  return row;
}

/** The row of an event that one search makes: to keep it for others costs more than it saves. */
export const newRow = (event: Event): Row => ({
  event,
  shared: false,
  time: undefined,
  texts: undefined,
  lowers: undefined,
});

/**
 * The field's values as Splunk shows them; none for a field that is absent, null or an empty list.
 */
export function textsOf(row: Row, field: string): readonly string[] {
  const known = row.texts?.get(field);
  if (known) return known;
  const value = fieldOf(row.event, field);
  const texts =
    value === null ? [] : Array.isArray(value) ? value.map(textOf) : [textOf(value as Scalar)];
  row.texts ??= new Map();
  row.texts.set(field, texts);
  return texts;
}

export function lowersOf(row: Row, field: string): readonly string[] {
  const known = row.lowers?.get(field);
  if (known) return known;
  const lowers = textsOf(row, field).map((text) => text.toLowerCase());
  row.lowers ??= new Map();
  row.lowers.set(field, lowers);
  return lowers;
}

export function fieldOf(event: Event, field: string): Scalar | null | readonly Scalar[] {
  const value = Object.hasOwn(event, field) ? event[field] : null;
  if (value === undefined || value === null) return null;
  return Array.isArray(value) && value.length === 0 ? null : (value as Scalar | readonly Scalar[]);
}

export function textOf(value: Scalar): string {
  return typeof value === 'string' ? value : String(value);
}

const NUMBER = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

/** The number that a value is, or that its text spells. */
export function numberOf(value: Scalar): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

/** Order of two texts: as numbers when both are, else by their UTF-8 (code point) order. */
export function compareTexts(left: Scalar, right: Scalar): number {
  const a = numberOf(left);
  const b = numberOf(right);
  if (a !== undefined && b !== undefined) return a - b;
  return comparePlain(textOf(left), textOf(right));
}

export function comparePlain(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

type Fields = Record<string, FieldValue>;

/**
 * The row with some fields set, in place of the row, which no one may look at any more unless it is
 * shared; null takes a field away.
 */
export function withFields(row: Row, changes: Event): Row {
  const event = ownFields(row);
  for (const name of Object.keys(changes)) setField(event, name, changes[name]);
  return newRow(event);
}

/** Only the first command that changes a row of the index copies it. */
const ownFields = (row: Row): Fields => (row.shared ? { ...row.event } : (row.event as Fields));

/** The same with fields set in turn, each from the row with those before it. */
export function withFieldsInTurn(
  row: Row,
  steps: readonly { readonly field: string; readonly evaluate: (row: Row) => FieldValue }[],
): Row {
  const event = ownFields(row);
  const made = newRow(event);
  for (const { field, evaluate } of steps) {
    setField(event, field, evaluate(made));
    made.time = undefined;
    made.texts?.delete(field);
    made.lowers?.delete(field);
  }
  return made;
}

function setField(event: Fields, name: string, value: FieldValue): void {
  if (value !== null && value !== undefined) event[name] = value;
  // objects that have lost a field are slow
  else if (Object.hasOwn(event, name)) delete event[name];
}
