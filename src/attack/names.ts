import { once } from '../source/cache.ts';
import { retiredTechniqueData } from './retired-techniques.ts';
import { retiredTacticData, tacticData } from './tactics.ts';
import { techniqueData } from './techniques.ts';

export interface AttackTactic {
  /** `TA0005`. */
  readonly id: string;
  /** `defense-evasion`. */
  readonly shortName: string;
  readonly name: string;
}

export interface AttackTechnique {
  /** `T1059.001`. */
  readonly id: string;
  readonly name: string;
  /** Short names; of a retired technique, those of the last version that had it. */
  readonly tactics: readonly string[];
  /** Id of the technique that replaced it, at the end of the chain; its own if none did. */
  readonly current: string;
  readonly deprecated: boolean;
}

const asTactic = ([id, shortName, name]: (typeof tacticData)[number]): AttackTactic => ({
  id,
  shortName,
  name,
});

/** The tactics of today, in the order of an attack. */
export const attackTactics: readonly AttackTactic[] = tacticData.map(asTactic);

/** By short name, including those of older versions. */
export const tacticByShortName: ReadonlyMap<string, AttackTactic> = new Map(
  [...attackTactics, ...retiredTacticData.map(asTactic)].map((tactic) => [
    tactic.shortName,
    tactic,
  ]),
);

/** By id: those of today, then the retired ones. */
export const attackTechniques = once(readTechniques);

/** Names of techniques by id; retired ones have their last name. */
export const techniqueNames = once(
  (): ReadonlyMap<string, string> =>
    new Map([...attackTechniques()].map(([id, { name }]) => [id, name])),
);

function readTechniques(): ReadonlyMap<string, AttackTechnique> {
  const techniques = new Map<string, AttackTechnique>();
  const replacedBy = new Map<string, string>();
  let tactics: readonly string[] = [];
  for (const line of [...techniqueData, ...retiredTechniqueData]) {
    if (line.startsWith('=')) {
      tactics = line.slice(1).split(' ');
      continue;
    }
    for (const entry of line.split('|')) {
      const space = entry.indexOf(' ');
      const id = entry.slice(0, space);
      const [name = '', replacement] = entry.slice(space + 1).split('>');
      const deprecated = name.endsWith('~');
      if (replacement !== undefined) replacedBy.set(id, replacement);
      techniques.set(id, {
        id,
        name: deprecated ? name.slice(0, -1) : name,
        tactics,
        current: id,
        deprecated,
      });
    }
  }
  for (const [id, technique] of techniques)
    if (replacedBy.has(id))
      techniques.set(id, { ...technique, current: endOfChain(id, replacedBy) });
  return techniques;
}

function endOfChain(id: string, replacedBy: ReadonlyMap<string, string>): string {
  const seen = new Set<string>();
  let current = id;
  for (
    let next = replacedBy.get(current);
    next !== undefined && !seen.has(next);
    next = replacedBy.get(current)
  ) {
    seen.add(next);
    current = next;
  }
  return current;
}

const site = 'https://attack.mitre.org';

export const tacticUrl = (id: string): string => `${site}/tactics/${id}`;

/** Page of a technique or sub-technique: `T1059.001` is at `T1059/001`. */
export const techniqueUrl = (id: string): string => `${site}/techniques/${id.replace('.', '/')}`;
