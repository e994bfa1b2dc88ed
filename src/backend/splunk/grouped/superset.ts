import type { GroupedRule } from './grouped-rule.ts';
import type { NeededTerm } from './necessary.ts';

/**
 * The search stage of a grouped search: no event that one of the rules means fails it.
 */
export function superset(rules: readonly GroupedRule[]): string {
  const shared = sharedTerms(rules);
  return [...shared, ...neededByAny(rules, new Set(shared))].join(' ');
}

function sharedTerms(rules: readonly GroupedRule[]): readonly string[] {
  const [first, ...others] = rules;
  if (!first) return [];
  const sets = others.map(({ always }) => new Set(always));
  return [...new Set(first.always)].filter((term) => sets.every((set) => set.has(term))).sort();
}

/**
 * One group of alternatives: of each rule the narrowest list that is not what all of them share.
 * Nothing where what they share is all that a rule needs.
 */
function neededByAny(
  rules: readonly GroupedRule[],
  shared: ReadonlySet<string>,
): readonly string[] {
  const needed: NeededTerm[] = [];
  for (const rule of rules) {
    const list = rule.needed.find(({ terms }) => !isIn(shared, terms));
    if (list === undefined) return [];
    needed.push(...list.terms);
  }
  const alternatives = alternativesOf(needed);
  if (alternatives.length === 0) return ['NOT *'];
  if (alternatives.some((text) => shared.has(text))) return [];
  return alternatives.length === 1 ? alternatives : [`(${alternatives.join(' OR ')})`];
}

/** Whether all events that have what the rules share have one of the terms. */
const isIn = (shared: ReadonlySet<string>, terms: readonly NeededTerm[]): boolean =>
  terms.some(({ whole }) => shared.has(whole)) ||
  alternativesOf(terms).some((text) => shared.has(text));

function alternativesOf(terms: readonly NeededTerm[]): readonly string[] {
  const values = new Map<string, Set<string>>();
  const others = new Set<string>();
  for (const { field, text } of terms) {
    if (field === undefined) others.add(text);
    else values.set(field, (values.get(field) ?? new Set()).add(text));
  }
  const lists = [...values].sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    ...lists.map(([field, texts]) => {
      const [only, ...more] = [...texts].sort();
      return more.length === 0 ? `${field}=${only}` : `${field} IN (${[only, ...more].join(', ')})`;
    }),
    ...[...others].sort(),
  ];
}
