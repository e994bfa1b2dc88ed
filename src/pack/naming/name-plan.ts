import type { Rule } from '../../sigma/collection/collection.ts';
import { byClaim } from '../../sigma/collection/precedence.ts';
import { lookup, textOfScalar } from '../../source/yaml/tree.ts';
import { stanzaKey } from '../render/conf-text.ts';
import type { AllottedNames } from './allotted-names.ts';
import type { Named } from './detection-name.ts';
import { plainName } from './name-text.ts';

/** The name that a rule's own settings choose. */
export const chosenName = ({ settings }: Rule): string | undefined =>
  textOfScalar(lookup(settings, 'name'));

interface Planning {
  readonly rules: readonly Rule[];
  readonly prefix: string;
  readonly names: AllottedNames;
  readonly idOf: (rule: Rule) => string;
  readonly published: (rule: Rule) => { readonly name: string } | undefined;
}

interface Plan {
  readonly names: ReadonlyMap<Rule, Named>;
  /** Rules that choose a name, by the key of its stanza. */
  readonly chosen: ReadonlyMap<string, readonly Rule[]>;
}

/**
 * Published names first, then names that rules choose, then plain titles, then titles that are
 * taken: later ones yield.
 */
export function planNames({ rules, prefix, names, idOf, published }: Planning): Plan {
  const planned = new Map<Rule, Named>();
  const chosen = new Map<string, Rule[]>();
  const claims = rules.toSorted(byClaim);
  for (const rule of claims) {
    const before = published(rule);
    if (before) planned.set(rule, names.give(rule, idOf(rule), before.name));
  }
  for (const rule of claims) {
    const own = chosenName(rule);
    if (own === undefined) continue;
    const key = stanzaKey(plainName(prefix + own, idOf(rule)));
    chosen.set(key, [...(chosen.get(key) ?? []), rule]);
    if (!planned.has(rule)) planned.set(rule, names.chosen(rule, idOf(rule), prefix + own));
  }
  const others = claims.filter((rule) => !planned.has(rule));
  for (const rule of others) {
    const name = plainName(prefix + rule.title, idOf(rule));
    if (names.isFree(name, idOf(rule))) planned.set(rule, names.give(rule, idOf(rule), name));
  }
  for (const rule of others)
    if (!planned.has(rule)) planned.set(rule, names.named(rule, idOf(rule), prefix + rule.title));
  return { names: planned, chosen };
}
