import { isRecord } from '../../source/record.ts';

/** A text under a key of what may be anything. */
export function stringIn(json: unknown, key: string): string | undefined {
  const value = isRecord(json) ? json[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The list under a key of what may be anything. */
export function listIn(value: unknown, key: string): readonly unknown[] {
  const list = isRecord(value) ? value[key] : undefined;
  return Array.isArray(list) ? list : [];
}
