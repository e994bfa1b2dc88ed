import type { AttackReferences } from './detection.ts';

const none: AttackReferences = { tactics: [], techniques: [], groups: [], software: [] };

/** Sorts the `attack.*` tags of a rule by what they name; other tags are left out. */
export function attackReferences(tags: readonly string[]): AttackReferences {
  const names = tags.filter((tag) => tag.startsWith('attack.')).map((tag) => tag.slice('attack.'.length));
  if (names.length === 0) return none;
  const matching = (pattern: RegExp) => distinct(names.filter((name) => pattern.test(name)).map((name) => name.toUpperCase()));
  return {
    tactics: distinct(names.filter((name) => /^[a-z][a-z_-]*$/.test(name)).map((name) => name.replaceAll('_', '-'))),
    techniques: matching(/^t\d{4}(?:\.\d{3})?$/),
    groups: matching(/^g\d{4}$/),
    software: matching(/^s\d{4}$/),
  };
}

const distinct = (names: string[]): readonly string[] => (names.length < 2 ? names : [...new Set(names)].sort());
