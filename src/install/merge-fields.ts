import { type Fields, setField } from '../event/field.ts';
import { isRecord } from '../source/record.ts';
import type { JsonObject } from './plan.ts';

/**
 * `wanted` over `there` at the fields that are to change, by their flat names. `isOpen`
 * distinguishes objects to look into from those that change as a whole.
 */
export function mergeFields(
  there: JsonObject,
  wanted: JsonObject,
  changed: ReadonlySet<string>,
  isOpen: (path: string) => boolean,
  prefix = '',
): JsonObject {
  const merged: Fields = { ...there };
  for (const key of new Set([...Object.keys(there), ...Object.keys(wanted)])) {
    const path = prefix + key;
    if (![...changed].some((name) => name === path || name.startsWith(`${path}.`))) continue;
    const [inner, value] = [own(there, key), own(wanted, key)];
    if (isOpen(path) && isRecord(inner) && isRecord(value))
      setField(merged, key, mergeFields(inner, value, changed, isOpen, `${path}.`));
    else if (value === undefined) delete merged[key];
    else setField(merged, key, value);
  }
  return merged;
}

const own = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;
