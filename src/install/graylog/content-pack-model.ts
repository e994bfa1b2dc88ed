import type { JsonObject } from '../plan.ts';

/** A content pack as far as an install reads it. */
export interface ContentPack {
  readonly id: string;
  readonly rev: number;
  readonly name: string;
  readonly summary: string;
  /** What the server has of it: text, where nobody else wrote it. */
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
