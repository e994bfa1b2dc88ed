/** An expression as the parser of the server takes it. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | bigint | number | boolean }
  | { readonly kind: 'call'; readonly name: string; readonly args: Arguments }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: readonly Assignment[] }
  | { readonly kind: 'message'; readonly field: Expression }
  | { readonly kind: 'nested'; readonly object: Expression; readonly field: Expression }
  | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression }
  | { readonly kind: 'sign'; readonly minus: boolean; readonly operand: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    };

export interface Assignment {
  readonly name: string;
  readonly value: Expression;
}

export type Arguments =
  | { readonly kind: 'none' }
  | { readonly kind: 'named'; readonly list: readonly Assignment[] }
  | { readonly kind: 'positional'; readonly list: readonly Expression[] };

/** `name` is that of a variable; without one the value is only computed. */
export interface Statement {
  readonly name?: string;
  readonly value: Expression;
}

export interface RuleSyntax {
  readonly name: string;
  readonly condition: Expression;
  readonly actions: readonly Statement[];
}

export interface StageSyntax {
  readonly number: number;
  readonly match: 'all' | 'either' | 'pass';
  readonly rules: readonly string[];
}

export interface PipelineSyntax {
  readonly name: string;
  /** By their numbers. */
  readonly stages: readonly StageSyntax[];
}
