import { didYouMean, nearest } from '../../source/nearest.ts';
import { words } from '../../source/words.ts';

/** The attributes below `correlation:`. */
export const attributes = words('type rules aliases group-by timespan condition generate field');

const otherAttributes: readonly (readonly [words: RegExp, meant: string])[] = [
  [/^group_?by$|^by$/i, 'group-by'],
  [/^(?:time_?frame|time_?window|window|period|within|time)$/i, 'timespan'],
  [/^(?:rule|rule_?names|events)$/i, 'rules'],
  [/^alias$/i, 'aliases'],
  [/^(?:threshold|count|gte?|lte?|eq|neq)$/i, 'condition'],
];

/** The hint for an unknown attribute. */
export function attributeHint(name: string): string {
  const meant =
    otherAttributes.find(([words]) => words.test(name))?.[1] ?? nearest(name, attributes);
  return meant === undefined
    ? `A correlation has ${[...attributes].slice(0, 7).join(', ')}.`
    : didYouMean(meant);
}
