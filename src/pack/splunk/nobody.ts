import type { Place } from '../../backend/backend.ts';
import { evalField } from '../../backend/splunk/text.ts';
import type { Entity } from '../alert/fields.ts';

/**
 * Column that tells results apart which name nobody: Splunk would hold them back by a value that
 * all of them share.
 */
export const nobodyColumn = 'sigpack_nobody';

/**
 * What no one is called: the Common Information Model's word, and what Windows and web servers
 * write.
 */
const nobody = '"unknown","-",""';

/** What makes a result one of its own: an expression of its columns. */
export const ownResult = {
  entity: 'lastTime." ".count',
  raw: '_time." ".coalesce(md5(_raw),"")',
  group: 'tostring(_time)',
} as const;

/**
 * The value of the column: the same for all results that name somebody in one of the fields that
 * alerts are held back by. Undefined where each result does: an event always has its machine.
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
