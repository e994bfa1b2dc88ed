import type { LogSource } from '../../sigma/rule/rule.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { renamedBy } from './apply-fields.ts';
import { lackTest } from './field-coverage.ts';

/** By the name that Sigma gives a usual field of a log source: its names in a target's product. */
export type UsualFields = ReadonlyMap<string, readonly string[]>;

/** One map for all rules of a log source to which the same items applied: thousands share a few. */
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
    const usual = byTrail.get(done.trail) ?? usualFields(names, done, given);
    byTrail.set(done.trail, usual);
    return usual;
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
    let targets: readonly string[] = [name];
    let mapped = false;
    for (const [item, transformation] of done.renamings) {
      const renamed = renamedBy(targets, item, transformation, done);
      if (renamed === undefined) continue;
      targets = renamed;
      mapped = true;
    }
    // pipelines that rename fields name those of the log source: any other may not be there
    const has = mapped || !done.renames || offered.has(name);
    if (has && (mapped || lacks?.(name) !== true)) fields.set(name, targets);
  }
  return fields;
}
