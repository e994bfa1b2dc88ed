import type { Rule } from '../sigma/collection.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import { sigpackNamespace, uuidV5 } from '../source/uuid.ts';
import type { PackInfo } from './detection.ts';
import { nothingPublished, type Published, type PublishedDetection } from './published.ts';
import { stanzaKey } from './splunk-conf.ts';

/** Enterprise Security's limit for the name of a search. */
const maximumNameLength = 99;

export interface DetectionName {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  /** Name of the macro that the search ends with. */
  readonly filterMacro: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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

export const noHistory: NamingHistory = { published: nothingPublished, pathOf: (path) => path, keepNames: true, retire: false };

/** Gives each rule an id, a name and a slug of its own; complains about a second rule of the same name and returns undefined for it. */
export function createNamer(
  info: PackInfo,
  prefix: string,
  bag: DiagnosticBag,
  history: NamingHistory = noHistory,
): (rule: Rule, wanted: string | undefined) => DetectionName | undefined {
  const names = new Map<string, { readonly path: string }>();
  const slugs = new Set<string>();
  const macros = new Set<string>();
  const ids = new Set<string>();
  const known = publishedNames(history);
  return (rule, wanted) => {
    let id = known.generatedId(rule, ids) ?? idOf(rule, info);
    // rules of one title and without ids differ by the names that their settings give them
    if (ids.has(id.toLowerCase())) id = uuidV5(sigpackNamespace, `${id}\n${wanted ?? rule.title}`);
    const before = known.byId.get(id.toLowerCase());
    let name = before?.name ?? shortened(oneLine(prefix + (wanted ?? rule.title)) || 'Detection', id);
    // the local settings that an admin gave another detection under this name are not for this one
    let key = stanzaKey(name);
    if (before === undefined && (known.names.get(key) ?? id.toLowerCase()) !== id.toLowerCase()) {
      name = marked(name, id);
      key = stanzaKey(name);
    }
    const taken = names.get(key);
    if (taken) {
      bag.add(rule.file, { code: 'PCK002', message: `"${name}" is already the name of the detection from ${taken.path}`, span: rule.titleSpan });
      return undefined;
    }
    names.set(key, { path: rule.file.path });
    ids.add(id.toLowerCase());
    const slug = before?.slug ?? freshSlug(name, id, (one) => slugs.has(one) || known.slugs.has(one));
    slugs.add(slug);
    const filterMacro = before?.filterMacro ?? freshMacro(info.id, slug, id, (one) => macros.has(one) || known.macros.has(one));
    macros.add(filterMacro);
    return { id, name, slug, filterMacro };
  };
}

function freshSlug(name: string, id: string, taken: (slug: string) => boolean): string {
  const plain = slugOf(name);
  if (!taken(plain)) return plain;
  const longer = `${plain.slice(0, 60)}_${digitsOf(id).slice(0, 8)}`;
  return taken(longer) ? `${longer.slice(0, 40)}_${digitsOf(id)}` : longer;
}

/** Macros are exported to the whole system, where other apps have some of the same title. */
function freshMacro(packId: string, slug: string, id: string, taken: (macro: string) => boolean): string {
  const plain = `${packId.toLowerCase()}_${slug}`;
  return `${taken(`${plain}_filter`) ? `${plain}_${digitsOf(id)}` : plain}_filter`;
}

interface PublishedNames {
  readonly byId: ReadonlyMap<string, Omit<DetectionName, 'filterMacro'> & Partial<Pick<DetectionName, 'filterMacro'>>>;
  /** The id of what was published under a name, by what the stanza is called. */
  readonly names: ReadonlyMap<string, string>;
  readonly slugs: ReadonlySet<string>;
  readonly macros: ReadonlySet<string>;
  /** The id that a rule without one was published with. */
  readonly generatedId: (rule: Rule, used: ReadonlySet<string>) => string | undefined;
}

function publishedNames({ published, pathOf, keepNames }: NamingHistory): PublishedNames {
  const { detections, retired } = published;
  // a detection that comes back has the name that it had; one that was renamed has its last
  const kept = keepNames ? [...retired, ...detections] : [];
  const taken = keepNames ? kept : retired;
  const generated = detections.filter((one) => one.generated);
  const files = new Map<string, PublishedDetection[]>();
  const titles = new Map<string, PublishedDetection[]>();
  for (const one of generated) {
    files.set(one.file, [...(files.get(one.file) ?? []), one]);
    titles.set(one.title, [...(titles.get(one.title) ?? []), one]);
  }
  return {
    byId: new Map(kept.map(({ id, name, slug, filterMacro }) => [id.toLowerCase(), { id, name, slug, ...(filterMacro === undefined ? {} : { filterMacro }) }])),
    names: new Map(taken.map(({ id, name }) => [stanzaKey(name), id.toLowerCase()])),
    slugs: new Set(taken.map(({ slug }) => slug)),
    macros: new Set(taken.flatMap(({ filterMacro }) => filterMacro ?? [])),
    generatedId(rule, used) {
      if (rule.id !== undefined || generated.length === 0) return undefined;
      const free = ({ id }: PublishedDetection): boolean => !used.has(id.toLowerCase());
      const here = files.get(pathOf(rule.file.path)) ?? [];
      const same = here.find((one) => one.title === rule.title && free(one)) ?? (here.length === 1 ? here.find(free) : undefined);
      return (same ?? (titles.get(rule.title) ?? []).find(free))?.id;
    },
  };
}

/** The rule's UUID. An id that is none becomes one: as it is written it could hold anything, and it stands in names of macros and entities. */
function idOf(rule: Rule, info: PackInfo): string {
  if (rule.id === undefined) return uuidV5(sigpackNamespace, `${info.id}\n${rule.title}`);
  return uuid.test(rule.id) ? rule.id : uuidV5(sigpackNamespace, JSON.stringify([info.id, rule.id]));
}

const digitsOf = (id: string): string => id.replaceAll('-', '').toLowerCase();

function shortened(name: string, id: string): string {
  if (name.length <= maximumNameLength) return name;
  return marked(name, id);
}

/** The name with the first digits of the id behind it. */
function marked(name: string, id: string): string {
  // a pair of surrogates is not cut in two
  const start = name.slice(0, maximumNameLength - 9).replace(/[\ud800-\udbff]$/, '');
  return `${start.trimEnd()} ${digitsOf(id).slice(0, 8)}`;
}

/** Without line ends and control characters, halves of surrogate pairs and the marks that make a text read as another. */
function oneLine(text: string): string {
  if (!/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069\ufeff]| {2}/u.test(text)) return text.trim();
  return text
    .replace(/[\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .replace(/[\p{Cc}\u2028\u2029 ]+/gu, ' ')
    .trim();
}

function slugOf(name: string): string {
  // accents are dropped, not their letters
  const plain = /^[ -~]*$/.test(name) ? name : name.normalize('NFKD');
  const words = plain.toLowerCase().match(/[a-z0-9]+/g);
  return words?.join('_').slice(0, 80) ?? 'detection';
}
