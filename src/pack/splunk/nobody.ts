import type { Place } from '../../backend/backend.ts';
import { evalField } from '../../backend/splunk/text.ts';
import type { Entity } from '../alert/fields.ts';

/**
 * Column that distinguishes results that identify nobody: Splunk would throttle them by a value
 * that they all share.
 */
export const nobodyColumn = 'sigpack_nobody';

/**
 * Values that identify nobody: the word of the Common Information Model, and what Windows and web
 * servers write.
 */
const nobody = '"unknown","-",""';

/** An expression of its columns that makes a result unique. */
export const ownResult = {
  entity: 'lastTime." ".count',
  raw: '_time." ".coalesce(md5(_raw),"")',
  group: 'tostring(_time)',
} as const;

/**
 * The value of the column: the same for all results that identify someone in one of the fields of
 * the throttling. Undefined if every result does: an event always has its machine.
 */
export function nobodyValue(
  fields: readonly string[],
  entities: readonly Entity[],
  results: keyof typeof ownResult,
  place: Place,
): string | undefined {
  const relays = new Set(entities.filter(({ relayed }) => relayed).map(({ field }) => field));
  const named = fields.filter((field) => !relays.has(field));
  if (named.length === 0 || named.includes('host')) return undefined;
  const value = (field: string) =>
    results === 'entity'
      ? evalField(field, place)
      : `coalesce(${evalField(field, place)},"unknown")`;
  const tests = named.map((field) => `in(${value(field)},${nobody})`);
  return `if(${tests.join(' AND ')},${ownResult[results]},"no")`;
}
