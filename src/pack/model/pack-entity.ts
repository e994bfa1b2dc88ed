import { sigpackNamespace, uuidV5 } from '../../source/uuid.ts';
import type { PackInfo } from './detection.ts';

/**
 * A value of a content pack, with its type, as Graylog expects it; `parameter` names a parameter of
 * the pack.
 */
export interface ValueReference<T extends string | number | boolean = string | number | boolean> {
  readonly '@type': 'string' | 'integer' | 'boolean' | 'parameter';
  readonly '@value': T;
}

export interface PackEntity<Name extends string, Data, Version extends '1' | '2' = '1'> {
  readonly v: '1';
  readonly type: { readonly name: Name; readonly version: Version };
  readonly id: string;
  readonly constraints: readonly { readonly type: 'server-version'; readonly version: string }[];
  readonly data: Data;
}

export const textValue = (value: string): ValueReference<string> => ({
  '@type': 'string',
  '@value': value,
});
export const parameterValue = (name: string): ValueReference<string> => ({
  '@type': 'parameter',
  '@value': name,
});

// thousands of definitions share two objects
const flags = {
  true: { '@type': 'boolean', '@value': true },
  false: { '@type': 'boolean', '@value': false },
} as const;
export const flagValue = (value: boolean): ValueReference<boolean> =>
  value ? flags.true : flags.false;

export const serverConstraints = (minimum: string): PackEntity<string, unknown>['constraints'] => [
  { type: 'server-version', version: `>=${minimum}` },
];

/** Graylog's id of a pack, and the namespace of the ids of its entities. */
export function graylogPackId(info: PackInfo): string {
  const known = packIds.get(info);
  if (known !== undefined) return known;
  const id = uuidV5(sigpackNamespace, info.id);
  packIds.set(info, id);
  return id;
}

const packIds = new WeakMap<PackInfo, string>();
