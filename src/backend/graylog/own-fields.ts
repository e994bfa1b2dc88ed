import type { OwnFields } from '../own-fields.ts';

const names: ReadonlySet<string> = new Set([
  'source',
  'message',
  'full_message',
  'timestamp',
  'streams',
  '_id',
]);

/** True for a field that Graylog gives every message by itself. */
export const isGraylogOwn = (field: string): boolean =>
  names.has(field) || field.startsWith('gl2_');

const inEveryMessage: ReadonlySet<string> = new Set([
  'source',
  'message',
  'timestamp',
  'streams',
  '_id',
  'gl2_message_id',
]);

export const graylogOwn: OwnFields = {
  has: isGraylogOwn,
  inEveryEvent: (field) => inEveryMessage.has(field),
  meaning: 'is one that Graylog gives every message by itself',
};
