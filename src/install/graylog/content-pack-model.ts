import type { JsonObject } from '../plan.ts';

/** A content pack as far as an install reads it. */
export interface ContentPack {
  readonly id: string;
  readonly rev: number;
  readonly name: string;
  readonly summary: string;
  /** Text, unless a server has something else that Sigpack did not write. */
  readonly description?: unknown;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly default_value?: unknown;
  }[];
  readonly entities: readonly PackEntity[];
}

export interface PackEntity {
  readonly id: string;
  readonly type: { readonly name: string };
  readonly data: JsonObject;
}
