import type { Rule } from '../../sigma/collection/collection.ts';
import { stanzaKey } from '../render/conf-text.ts';
import type { Named } from './detection-name.ts';
import { digitsOf, markedName, plainName, slugOf } from './name-text.ts';
import type { PublishedNames } from './published-names.ts';

export type AllottedNames = ReturnType<typeof createNames>;

/** Allots names, slugs and macros, each only once. */
export function createNames(packId: string, known: PublishedNames) {
  const taken = {
    names: new Map<string, string>(),
    slugs: new Set<string>(),
    macros: new Set<string>(),
  };
  const publishedFor = (name: string, id: string): string | undefined => {
    const before = known.names.get(stanzaKey(name)) ?? id.toLowerCase();
    return before === id.toLowerCase() ? undefined : `the published detection ${before}`;
  };
  const holderOf = (name: string, id: string): string | undefined =>
    taken.names.get(stanzaKey(name)) ?? publishedFor(name, id);
  const isFree = (name: string, id: string): boolean => holderOf(name, id) === undefined;
  const give = (rule: Rule, id: string, name: string): Named => {
    const before = known.byId.get(id.toLowerCase());
    const key = stanzaKey(name);
    if (!taken.names.has(key)) taken.names.set(key, ruleIn(rule));
    const slug =
      before?.slug ?? freshSlug(name, id, (one) => taken.slugs.has(one) || known.slugs.has(one));
    taken.slugs.add(slug);
    const filterMacro =
      before?.filterMacro ??
      freshMacro(packId, slug, id, (one) => taken.macros.has(one) || known.macros.has(one));
    taken.macros.add(filterMacro);
    return { id, name, slug, filterMacro };
  };
  const unless = (holder: string | undefined, rule: Rule, id: string, title: string): Named => {
    const name = plainName(title, id);
    if (holder === undefined) return give(rule, id, name);
    const marked = markedName(title, id, (one) => isFree(one, id));
    return { ...give(rule, id, marked), instead: { name, holder } };
  };
  /** By the title, with digits of the id if another rule has that name. */
  const named = (rule: Rule, id: string, title: string): Named =>
    unless(holderOf(plainName(title, id), id), rule, id, title);
  /**
   * By the name that a rule chooses. If two choose the same, the second in the pack is reported
   * once it is known which are in it.
   */
  const chosen = (rule: Rule, id: string, name: string): Named =>
    unless(publishedFor(plainName(name, id), id), rule, id, name);
  return { holderOf, isFree, give, named, chosen };
}

export const ruleIn = ({ file }: Rule): string => `the rule in ${file.path}`;

function freshSlug(name: string, id: string, taken: (slug: string) => boolean): string {
  const plain = slugOf(name);
  if (!taken(plain)) return plain;
  const longer = `${plain.slice(0, 60)}_${digitsOf(id).slice(0, 8)}`;
  return taken(longer) ? `${longer.slice(0, 40)}_${digitsOf(id)}` : longer;
}

/** Macros are exported to the whole system, where other apps may have some of the same title. */
function freshMacro(
  packId: string,
  slug: string,
  id: string,
  taken: (macro: string) => boolean,
): string {
  const plain = `${packId.toLowerCase()}_${slug}`;
  return `${taken(`${plain}_filter`) ? `${plain}_${digitsOf(id)}` : plain}_filter`;
}
