import type { Rule } from '../../sigma/collection/collection.ts';
import { byClaim } from '../../sigma/collection/precedence.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { addTogether, type Similar } from '../../source/together.ts';
import { lookup } from '../../source/yaml/tree.ts';
import { nothingPublished, type Published } from '../config/published.ts';
import type { PackInfo } from '../model/detection.ts';
import { stanzaKey } from '../render/conf-text.ts';
import { generatedIds, ownId, titleId } from './detection-id.ts';
import { digitsOf, markedName, plainName, slugOf } from './name-text.ts';

export interface DetectionName {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  /** Name of the macro that the search ends with. */
  readonly filterMacro: string;
}

/** Where rules were published before: what their names and ids were. */
export interface NamingHistory {
  readonly published: Published;
  /** Path of a rule's file as {@link Published} has it. */
  readonly pathOf: (path: string) => string;
  /** False: names are made anew, as for a new pack; ids stay all the same. */
  readonly keepNames: boolean;
  /** True: published rules that are not among those at hand are retired. */
  readonly retire: boolean;
}

export const noHistory: NamingHistory = {
  published: nothingPublished,
  pathOf: (path) => path,
  keepNames: true,
  retire: false,
};

export interface NamerInput {
  readonly info: PackInfo;
  readonly prefix: string;
  /** Rules whose names may be about each other; `nameOf` takes others, too. */
  readonly rules: readonly Rule[];
  readonly bag: DiagnosticBag;
  readonly history?: NamingHistory | undefined;
}

export interface Namer {
  /**
   * The rule's id, name, slug and macro, each its own; `chosen` is the name that settings give it.
   * Undefined after a diagnostic: the chosen name is another's.
   */
  readonly nameOf: (rule: Rule, chosen: string | undefined) => DetectionName | undefined;
  /** Notes which of the named rules are not called by their titles. */
  readonly report: () => void;
}

/** A name; where the plain one is another's, what that is and whose. */
interface Named extends DetectionName {
  readonly instead?: { readonly name: string; readonly holder: string };
}

/**
 * Names detections by their titles. Of rules with one title, letter case aside, the plain title
 * goes to the one with the best claim; names that were published stay. All rules at hand count,
 * whether they are selected or not, so that no selection changes a name.
 */
export function createNamer({ info, prefix, rules, bag, history = noHistory }: NamerInput): Namer {
  const known = publishedNames(history);
  const generated = generatedIds(rules, info.id, history);
  const idOf = (rule: Rule): string =>
    generated.get(rule) ??
    (rule.id === undefined ? titleId(rule.title, info.id) : ownId(rule.id, info.id));
  const published = (rule: Rule) => known.byId.get(idOf(rule).toLowerCase());
  const names = createNames(info.id, known);
  const planned = planNames({ rules, prefix, names, idOf, published });
  /** Where a chosen name was given to a rule of the pack. */
  const chosen = new Map<string, string>();
  const found: Similar[] = [];

  /** Whose the chosen name is already; undefined where it is this rule's. */
  const rivalOf = (rule: Rule, key: string): string | undefined => {
    const rival = planned.chosen
      .get(key)
      ?.find((one) => one !== rule && stanzaKey(published(one)?.name ?? '') === key);
    return rival ? ruleIn(rival) : chosen.get(key);
  };
  const nameOf = (rule: Rule, wanted: string | undefined): Named | undefined => {
    const before = published(rule);
    const id = idOf(rule);
    const one =
      planned.names.get(rule) ??
      (before
        ? names.give(rule, id, before.name)
        : names.named(rule, id, prefix + (wanted ?? rule.title)));
    if (wanted === undefined) return one;
    const name = plainName(prefix + wanted, id);
    const key = stanzaKey(name);
    // a published name stays, whatever is chosen later
    if (before && stanzaKey(before.name) !== key) return one;
    // what the configuration chooses for several rules, none of them has chosen
    const common = chosenName(rule) === undefined && one.name !== name;
    const rival = rivalOf(rule, key) ?? (common ? names.holderOf(name, id) : undefined);
    if (rival === undefined) {
      chosen.set(key, ruleIn(rule));
      return common ? names.give(rule, id, name) : one;
    }
    bag.add(rule.file, {
      code: 'PCK002',
      message: `"${name}" is already the name of ${rival}`,
      span: rule.titleSpan,
    });
    return undefined;
  };
  return {
    nameOf(rule, wanted) {
      const one = nameOf(rule, wanted);
      if (!one?.instead) return one;
      const { instead, ...own } = one;
      const message =
        `"${instead.name}" is the name of ${instead.holder}; in the packs, this one is "` +
        `${own.name}"`;
      found.push({
        code: 'PCK009',
        message,
        short: `"${own.name}" (${rule.file.path}, beside ${instead.holder})`,
        file: rule.file,
        span: rule.titleSpan,
      });
      return own;
    },
    report: () =>
      addTogether(
        bag,
        found,
        'rules have the title of another, so their names end in digits of their ids',
      ),
  };
}

const ruleIn = ({ file }: Rule): string => `the rule in ${file.path}`;

/** Of a rule's own settings. */
function chosenName({ settings }: Rule): string | undefined {
  const node = lookup(settings, 'name');
  return node?.kind === 'scalar' ? node.text : undefined;
}

/** The names, slugs and macros that are given, each once. */
function createNames(packId: string, known: PublishedNames) {
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
  /** By the title, with digits of the id where it is another's name. */
  const named = (rule: Rule, id: string, title: string): Named =>
    unless(holderOf(plainName(title, id), id), rule, id, title);
  /**
   * By the name that a rule chooses. Of two that choose the same, the second in the pack is
   * reported, when it is known which are there.
   */
  const chosen = (rule: Rule, id: string, name: string): Named =>
    unless(publishedFor(plainName(name, id), id), rule, id, name);
  return { holderOf, isFree, give, named, chosen };
}

interface Planning {
  readonly rules: readonly Rule[];
  readonly prefix: string;
  readonly names: ReturnType<typeof createNames>;
  readonly idOf: (rule: Rule) => string;
  readonly published: (rule: Rule) => { readonly name: string } | undefined;
}

interface Plan {
  readonly names: ReadonlyMap<Rule, Named>;
  /** Rules that choose a name, by what the stanza is called. */
  readonly chosen: ReadonlyMap<string, readonly Rule[]>;
}

/**
 * First what was published, then what rules choose, then plain titles, then those whose title is
 * taken: whatever comes later yields.
 */
function planNames({ rules, prefix, names, idOf, published }: Planning): Plan {
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

function freshSlug(name: string, id: string, taken: (slug: string) => boolean): string {
  const plain = slugOf(name);
  if (!taken(plain)) return plain;
  const longer = `${plain.slice(0, 60)}_${digitsOf(id).slice(0, 8)}`;
  return taken(longer) ? `${longer.slice(0, 40)}_${digitsOf(id)}` : longer;
}

/** Macros are exported to the whole system, where other apps have some of the same title. */
function freshMacro(
  packId: string,
  slug: string,
  id: string,
  taken: (macro: string) => boolean,
): string {
  const plain = `${packId.toLowerCase()}_${slug}`;
  return `${taken(`${plain}_filter`) ? `${plain}_${digitsOf(id)}` : plain}_filter`;
}

interface PublishedNames {
  readonly byId: ReadonlyMap<
    string,
    Omit<DetectionName, 'filterMacro'> & Partial<Pick<DetectionName, 'filterMacro'>>
  >;
  /** The id of what was published under a name, by what the stanza is called. */
  readonly names: ReadonlyMap<string, string>;
  readonly slugs: ReadonlySet<string>;
  readonly macros: ReadonlySet<string>;
}

function publishedNames({ published, keepNames }: NamingHistory): PublishedNames {
  const { detections, retired } = published;
  // a detection that comes back has the name that it had; one that was renamed has its last
  const kept = keepNames ? [...retired, ...detections] : [];
  const taken = keepNames ? kept : retired;
  return {
    byId: new Map(
      kept.map(({ id, name, slug, filterMacro }) => [
        id.toLowerCase(),
        { id, name, slug, ...(filterMacro === undefined ? {} : { filterMacro }) },
      ]),
    ),
    names: new Map(taken.map(({ id, name }) => [stanzaKey(name), id.toLowerCase()])),
    slugs: new Set(taken.map(({ slug }) => slug)),
    macros: new Set(taken.flatMap(({ filterMacro }) => filterMacro ?? [])),
  };
}
