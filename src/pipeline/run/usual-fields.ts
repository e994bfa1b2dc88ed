import type { LogSource } from '../../sigma/rule/rule.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { renamedBy } from './apply-fields.ts';
import { lackTest } from './field-coverage.ts';

/**
 * What the product of a target calls fields that a whole log source is known by; those that it does
 * not have are missing.
 */
export type UsualFields = ReadonlyMap<string, readonly string[]>;

/**
 * Answers with one map for all rules of a log source to which the same items applied: thousands of
 * rules share a few.
 */
export function createUsualFields(
  namesOf: (source: LogSource) => readonly string[],
  given: ReadonlySet<string>,
) {
  const known = new Map<readonly string[], Map<string, UsualFields>>();
  return (source: LogSource, done: RuleInProcess): UsualFields | undefined => {
    const names = namesOf(source);
    if (names.length === 0) return undefined;
    const byTrail = known.get(names) ?? new Map<string, UsualFields>();
    known.set(names, byTrail);
    const found = byTrail.get(done.trail) ?? usualFields(names, done, given);
    byTrail.set(done.trail, found);
    return found;
  };
}

function usualFields(
  names: readonly string[],
  done: RuleInProcess,
  given: ReadonlySet<string>,
): UsualFields {
  const lacks = done.renames ? lackTest(done, given) : undefined;
  const offered = new Set(done.renamings.flatMap(([, { targets = [] }]) => targets));
  const fields = new Map<string, readonly string[]>();
  for (const name of names) {
    let called: readonly string[] = [name];
    let mapped = false;
    for (const [item, transformation] of done.renamings) {
      const renamed = renamedBy(called, item, transformation, done);
      if (renamed === undefined) continue;
      called = renamed;
      mapped = true;
    }
    // where pipelines name the fields of a log source, one that they do not name may be misspelled
    // or not there
    const has = mapped || !done.renames || offered.has(name);
    if (has && (mapped || lacks?.(name) !== true)) fields.set(name, called);
  }
  return fields;
}
