import type { AttackReferences } from './detection.ts';

const none: AttackReferences = { tactics: [], techniques: [], groups: [], software: [] };

/** Groups the `attack.*` tags of a rule by what they name; other tags are left out. */
export function attackReferences(tags: readonly string[]): AttackReferences {
  const tactics: string[] = [];
  const techniques: string[] = [];
  const groups: string[] = [];
  const software: string[] = [];
  let some = false;
  for (const tag of tags) {
    if (!tag.startsWith('attack.')) continue;
    some = true;
    const name = tag.slice('attack.'.length);
    if (/^[a-z][a-z_-]*$/.test(name)) tactics.push(name.replaceAll('_', '-'));
    else if (/^t\d{4}(?:\.\d{3})?$/.test(name)) techniques.push(name.toUpperCase());
    else if (/^g\d{4}$/.test(name)) groups.push(name.toUpperCase());
    else if (/^s\d{4}$/.test(name)) software.push(name.toUpperCase());
  }
  return some
    ? {
        tactics: distinct(tactics),
        techniques: distinct(techniques),
        groups: distinct(groups),
        software: distinct(software),
      }
    : none;
}

const distinct = (names: string[]): readonly string[] =>
  names.length < 2 ? names : [...new Set(names)].sort();
