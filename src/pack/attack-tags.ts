import type { AttackReferences } from './detection.ts';

/** Sorts the `attack.*` tags of a rule by what they name; other tags are left out. */
export function attackReferences(tags: readonly string[]): AttackReferences {
  const found = { tactics: new Set<string>(), techniques: new Set<string>(), groups: new Set<string>(), software: new Set<string>() };
  for (const tag of tags) {
    if (!tag.startsWith('attack.')) continue;
    const name = tag.slice('attack.'.length);
    if (/^t\d{4}(?:\.\d{3})?$/.test(name)) found.techniques.add(name.toUpperCase());
    else if (/^g\d{4}$/.test(name)) found.groups.add(name.toUpperCase());
    else if (/^s\d{4}$/.test(name)) found.software.add(name.toUpperCase());
    else if (/^[a-z][a-z_-]*$/.test(name)) found.tactics.add(name.replaceAll('_', '-'));
  }
  const sorted = (names: ReadonlySet<string>) => [...names].sort();
  return { tactics: sorted(found.tactics), techniques: sorted(found.techniques), groups: sorted(found.groups), software: sorted(found.software) };
}
