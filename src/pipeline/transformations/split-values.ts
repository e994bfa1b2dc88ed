import type { SettledBody, SettledGroup, SettledItem, SettledValue } from '../../query/settled.ts';
import { isUnfilled, type StringTest } from '../../query/tree.ts';
import { onlyTest } from '../conditions/value-match.ts';

/** The texts of an item; undefined where a value is not a text. */
export function textsOfItem(
  item: SettledItem,
): readonly { readonly value: SettledValue; readonly test: StringTest }[] | undefined {
  const texts: { value: SettledValue; test: StringTest }[] = [];
  for (const value of item.values) {
    const test = onlyTest(value);
    if (test?.kind !== 'string' || isUnfilled(test)) return undefined;
    texts.push({ value, test });
  }
  return texts;
}

/** A group in place of an item. Under `neq` its entries are each negated, which turns the link. */
export function groupFor(
  { negated }: SettledItem,
  link: 'and' | 'or',
  entries: readonly SettledBody[],
): SettledGroup {
  return { kind: 'group', link: negated === (link === 'and') ? 'or' : 'and', entries };
}
