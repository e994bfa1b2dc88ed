import type { Stanza } from './stanza.ts';

/** A detection of the project, by what a saved search can be recognized as it. */
export interface Candidate {
  readonly id: string;
  readonly title: string;
  /** Its search without the macros of the pack. */
  readonly search: string;
}

/** What a saved search was recognized by, the best evidence first. */
export const evidences = ['id', 'title', 'search'] as const;
export type Evidence = (typeof evidences)[number];

export interface Match<C extends Candidate> {
  readonly stanza: Stanza;
  readonly rule: C;
  readonly by: Evidence;
}

export interface Matches<C extends Candidate> {
  /** Sorted by the name of the stanza; no rule is there twice. */
  readonly found: readonly Match<C>[];
  /** Saved searches of rules for which another one has better evidence. */
  readonly second: readonly Match<C>[];
  readonly withoutRule: readonly Stanza[];
}

/**
 * Assigns saved searches to rules: by an id in the settings, by the title, or by an equal search,
 * in this order. Evidence for two rules does not count.
 *
 * @example `[ESCU - Scheduled Task - Rule]` is the rule with the title `Scheduled Task`.
 */
export function matchStanzas<C extends Candidate>(
  stanzas: readonly Stanza[],
  rules: readonly C[],
): Matches<C> {
  const index = indexOf(rules);
  const all = stanzas.map((stanza) => ({ stanza, ...knownBy(stanza, index) }));
  const matches = all.flatMap(({ stanza, rule, by }): readonly Match<C>[] =>
    rule && by ? [{ stanza, rule, by }] : [],
  );
  const best = new Map<string, Match<C>>();
  for (const match of matches) {
    const before = best.get(match.rule.id);
    if (!before || evidences.indexOf(match.by) < evidences.indexOf(before.by))
      best.set(match.rule.id, match);
  }
  return {
    found: matches.filter((match) => best.get(match.rule.id) === match),
    second: matches.filter((match) => best.get(match.rule.id) !== match),
    withoutRule: all.flatMap(({ stanza, rule }) => (rule ? [] : [stanza])),
  };
}

type Index<C> = Readonly<Record<Evidence, ReadonlyMap<string, readonly C[]>>>;

const indexOf = <C extends Candidate>(rules: readonly C[]): Index<C> => ({
  id: Map.groupBy(rules, ({ id }) => id.toLowerCase()),
  title: Map.groupBy(rules, ({ title }) => plainTitle(title)),
  search: Map.groupBy(rules, ({ search }) => plainSearch(search)),
});

function knownBy<C extends Candidate>(
  stanza: Stanza,
  index: Index<C>,
): { readonly rule?: C; readonly by?: Evidence } {
  const keys: Readonly<Record<Evidence, readonly string[]>> = {
    id: idsOf(stanza),
    title: titlesOf(stanza),
    search: searchesOf(stanza),
  };
  for (const by of evidences) {
    const rules = new Set(keys[by].flatMap((key) => index[by].get(key) ?? []));
    const [rule] = rules;
    if (rule && rules.size === 1) return { rule, by };
  }
  return {};
}

const uuid = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

/** Ids in the settings, except the search, which may name ids of other things. */
function idsOf({ shipped }: Stanza): readonly string[] {
  return [...shipped].flatMap(([key, value]) =>
    key === 'search' ? [] : Array.from(value.matchAll(uuid), ([id]) => id.toLowerCase()),
  );
}

function titlesOf({ name, shipped }: Stanza): readonly string[] {
  const titles = [
    name,
    shipped.get('action.correlationsearch.label'),
    shipped.get('action.notable.param.rule_title'),
  ];
  return [...new Set(titles.flatMap((title) => (title === undefined ? [] : titlesIn(title))))];
}

/** `Threat - ESCU - Scheduled Task - Rule` as a whole, and without the words around the title. */
function titlesIn(name: string): readonly string[] {
  const parts = name.split(' - ');
  while (parts.length > 1 && parts.at(-1)?.trim().toLowerCase() === 'rule') parts.pop();
  const inner =
    parts.length > mostParts ? [] : parts.map((_, index) => parts.slice(index).join(' - '));
  return [name, ...inner].map(plainTitle);
}

/** Names with more parts only count as a whole. */
const mostParts = 12;

const plainTitle = (title: string): string => title.toLowerCase().replace(/\s+/g, ' ').trim();

function searchesOf({ shipped }: Stanza): readonly string[] {
  const search = plainSearch(shipped.get('search') ?? '');
  return search === '' ? [] : [search];
}

/** Leading indexes, sources and macros: where a search looks, not what it looks for. */
const place = /(?:`[^`]*`|(?:index|source|sourcetype|host)\s*=\s*(?:"[^"]*"|[^\s"]+))\s+/iy;

/** The search without insignificant blanks, the leading command and leading places. */
function plainSearch(search: string): string {
  // an unterminated string extends to the end of the search
  const plain = search
    .replace(
      /("(?:[^"\\]|\\[\s\S])*(?:"|\\?$))|\s+/g,
      (_, quoted: string | undefined) => quoted ?? ' ',
    )
    .trim();
  let at = /^\|? ?search /i.exec(plain)?.[0].length ?? 0;
  place.lastIndex = at;
  while (place.test(plain)) at = place.lastIndex;
  return plain.slice(at);
}
