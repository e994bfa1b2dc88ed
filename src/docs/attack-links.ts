import { attackTechniques, tacticByShortName, tacticUrl, techniqueUrl } from '../attack/names.ts';
import type { AttackReferences } from '../pack/model/detection.ts';

/** A text with its address; `url` is empty if there is none. */
export interface Link {
  readonly text: string;
  readonly url: string;
}

/** `TA0005: Defense Evasion`. */
export function tacticLinks({ tactics }: AttackReferences): readonly Link[] {
  return tactics.map((shortName) => {
    const tactic = tacticByShortName.get(shortName);
    return tactic
      ? { text: `${tactic.id}: ${tactic.name}`, url: tacticUrl(tactic.id) }
      : { text: shortName, url: '' };
  });
}

/** `T1073: DLL Side-Loading`. A revoked technique keeps its name and links to its successor. */
export function techniqueLinks({ techniques }: AttackReferences): readonly Link[] {
  return linked(techniques, techniqueUrl);
}

/** Tests that trigger the events of a technique: Atomic Red Team's. */
export function triggerLinks({ techniques }: AttackReferences): readonly Link[] {
  return linked(
    techniques,
    (id) => `https://github.com/redcanaryco/atomic-red-team/blob/master/atomics/${id}/${id}.md`,
  );
}

function linked(techniques: readonly string[], urlOf: (id: string) => string): readonly Link[] {
  return techniques.map((id) => {
    const technique = attackTechniques().get(id);
    return technique
      ? { text: `${id}: ${technique.name}`, url: urlOf(technique.current) }
      : { text: id, url: '' };
  });
}
