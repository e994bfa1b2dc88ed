import type { Pattern } from '../sigma/value/pattern.ts';

/** What the placeholders of one name in a rule were filled with. */
export type Filling =
  | { readonly kind: 'values'; readonly values: readonly Pattern[] }
  /** A part of the query, in the target's language. */
  | { readonly kind: 'expression' }
  /** Not the same at each place. */
  | { readonly kind: 'various' };

export const expressionFilling: Filling = { kind: 'expression' };

/** Notes what a placeholder is filled with at one more place. */
export function noteFilling(fillings: Map<string, Filling>, name: string, filling: Filling): void {
  const before = fillings.get(name);
  const isSame = before === undefined || isSameFilling(before, filling);
  fillings.set(name, isSame ? filling : { kind: 'various' });
}

/** Values are alternatives, so their order makes no difference. */
export const isSameFilling = (a: Filling, b: Filling): boolean => fillingKey(a) === fillingKey(b);

const fillingKey = (filling: Filling): string =>
  filling.kind === 'values'
    ? [...new Set(filling.values.map((one) => JSON.stringify(one)))].sort().join()
    : filling.kind;
