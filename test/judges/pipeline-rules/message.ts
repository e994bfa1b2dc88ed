import { Instant, JavaObject, javaTrim, type Value } from './value.ts';

/** The stream that every message is in at first. */
export const defaultStream = 'Default Stream';

const reserved = new Set([
  '_id',
  '_ttl',
  '_source',
  '_all',
  '_index',
  '_type',
  '_score',
  'streams',
]);
const validName = /^[\w.\-@]*$/;

/** A message as the server holds it while it is processed. */
export class Message extends JavaObject {
  readonly kind = 'message';
  readonly fields = new Map<string, Value>();
  readonly streams = new Set<string>();
  dropped = false;
  /** What went wrong in a condition or an action. */
  readonly errors: string[] = [];

  constructor(message: string, source: string | null, timestamp: Instant) {
    super();
    this.fields.set('message', javaTrim(message));
    if (source !== null) this.fields.set('source', javaTrim(source));
    this.fields.set('timestamp', timestamp);
  }

  field(name: string): Value {
    return this.fields.get(name) ?? null;
  }

  /**
   * Texts are trimmed, empty ones leave the field as it is, names with other characters are ignored.
   */
  set(name: string, value: Value): void {
    const key = javaTrim(name);
    if (reserved.has(key) || !validName.test(key) || value === null) return;
    if (typeof value !== 'string') this.fields.set(key, value);
    else if (javaTrim(value) !== '') this.fields.set(key, javaTrim(value));
  }

  remove(name: string): void {
    const kept = ['message', 'source', 'timestamp'];
    if (!reserved.has(name) && !kept.includes(name)) this.fields.delete(name);
  }
}

const arrival = new Instant(Date.UTC(2026, 0, 2, 3, 4, 5));

/**
 * The message that the GELF input makes of an event whose fields are sent with `_`: containers are
 * texts, true, false and null are left out, and what is there already is not set again.
 */
export function gelfMessage(
  event: Readonly<Record<string, unknown>>,
  { message = 'event', source = 'judge' }: { message?: string; source?: string } = {},
): Message {
  const made = new Message(message, source, arrival);
  made.streams.add(defaultStream);
  for (const [name, value] of Object.entries(event)) {
    if (name === 'short_message' || name === 'host' || made.field(name) !== null) continue;
    const kept = gelfValue(value);
    if (kept !== undefined) made.set(name, kept);
  }
  return made;
}

function gelfValue(value: unknown): Value | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number')
    return /^-?\d+$/.test(JSON.stringify(value)) ? BigInt(value) : value;
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return undefined;
}
