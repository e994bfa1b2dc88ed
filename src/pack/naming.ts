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

/** Gives each rule an id, a name and a slug of its own; complains about a second rule of the same name and returns undefined for it. */
export function createNamer(info: PackInfo, prefix: string, bag: DiagnosticBag): (rule: Rule, wanted: string | undefined) => DetectionName | undefined {
  const names = new Map<string, Rule>();
  const slugs = new Set<string>();
  return (rule, wanted) => {
    const id = rule.id ?? uuidV5(sigpackNamespace, `${info.id}\n${rule.title}`);
    const full = oneLine(prefix + (wanted ?? rule.title));
    const name = full.length <= maximumNameLength ? full : `${full.slice(0, maximumNameLength - 9).trimEnd()} ${id.replaceAll('-', '').slice(0, 8)}`;
    // as the stanza will be called: names that differ only in what a conf file can't hold are the same
    const key = stanzaName(name).toLowerCase();
    const known = names.get(key);
    if (known) {
      bag.add(rule.file, { code: 'PCK002', message: `"${name}" is already the name of the detection from ${known.file.path}`, span: rule.titleSpan });
      return undefined;
    }
    names.set(key, rule);
    let slug = slugOf(name);
    if (slugs.has(slug)) slug = `${slug.slice(0, 60)}_${id.replaceAll('-', '').slice(0, 8)}`;
    slugs.add(slug);
    return { id, name, slug };
  };
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return /[\u0000-\u001f\u007f\u0085\u2028\u2029]| {2}/.test(text) ? text.replace(/[\u0000-\u0020\u007f\u0085\u2028\u2029]+/g, ' ').trim() : text.trim();
}

function slugOf(name: string): string {
  // accents are dropped, not their letters
  const plain = /^[ -~]*$/.test(name) ? name : name.normalize('NFKD');
  const words = plain.toLowerCase().match(/[a-z0-9]+/g);
  return words?.join('_').slice(0, 80) ?? 'detection';
}
