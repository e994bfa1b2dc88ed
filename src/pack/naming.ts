import type { Rule } from '../sigma/collection.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { PackInfo } from './detection.ts';
import { stanzaName } from './splunk-conf.ts';
import { sigpackNamespace, uuidV5 } from './uuid.ts';

/** Enterprise Security's limit for the name of a search. */
const maximumNameLength = 99;

export interface DetectionName {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Gives each rule an id, a name and a slug of its own; complains about a second rule of the same name and returns undefined for it. */
export function createNamer(info: PackInfo, prefix: string, bag: DiagnosticBag): (rule: Rule, wanted: string | undefined) => DetectionName | undefined {
  const names = new Map<string, Rule>();
  const slugs = new Set<string>();
  const ids = new Set<string>();
  return (rule, wanted) => {
    let id = idOf(rule, info);
    // rules of one title and without ids differ by the names that their settings give them
    if (ids.has(id.toLowerCase())) id = uuidV5(sigpackNamespace, `${id}\n${wanted ?? rule.title}`);
    const name = shortened(oneLine(prefix + (wanted ?? rule.title)) || 'Detection', id);
    // as the stanza will be called: names that differ only in what a conf file can't hold are the same
    const key = stanzaName(name).toLowerCase();
    const known = names.get(key);
    if (known) {
      bag.add(rule.file, { code: 'PCK002', message: `"${name}" is already the name of the detection from ${known.file.path}`, span: rule.titleSpan });
      return undefined;
    }
    names.set(key, rule);
    ids.add(id.toLowerCase());
    let slug = slugOf(name);
    if (slugs.has(slug)) slug = `${slug.slice(0, 60)}_${digitsOf(id).slice(0, 8)}`;
    if (slugs.has(slug)) slug = `${slug.slice(0, 40)}_${digitsOf(id)}`;
    slugs.add(slug);
    return { id, name, slug };
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
