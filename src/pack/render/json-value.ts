import { isRecord } from '../../source/record.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The value itself if it is a list, else an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : none);
const none: readonly never[] = [];

/** The value of a value reference of a content pack; undefined for anything else. */
export const referenceValue = (value: unknown): unknown =>
  isRecord(value) ? value['@value'] : undefined;
