import { attackTactics, attackTechniques, tacticByShortName } from '../../attack/names.ts';

/** A technique with the number of rules that name it or one of its sub-techniques. */
export interface MatrixCell {
  readonly id: string;
  readonly name: string;
  readonly rules: number;
  /** 0 (no rule) to 5 (many), for the colour. */
  readonly heat: number;
  /** Its sub-techniques that rules name. */
  readonly subs: readonly Omit<MatrixCell, 'subs'>[];
}

export interface MatrixColumn {
  readonly id: string;
  readonly name: string;
  /** Number of rules that name the tactic, by its present name or an older one. */
  readonly rules: number;
  readonly techniques: readonly MatrixCell[];
  /** Number of its techniques that rules name. */
  readonly covered: number;
}

/** Numbers of rules by the present ids of what they name. */
export interface AttackCount {
  /** Techniques and sub-techniques; a technique includes the rules of its sub-techniques. */
  readonly techniques: ReadonlyMap<string, number>;
  /** Tactic ids. */
  readonly tactics: ReadonlyMap<string, number>;
}

/** The present ids of techniques, once each; unknown ones are left out. */
export function currentTechniques(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.flatMap((id) => attackTechniques().get(id)?.current ?? []))];
}

/** Ids of tactics by their short names, once each; unknown ones are left out. */
export function tacticIds(shortNames: readonly string[]): readonly string[] {
  return [...new Set(shortNames.flatMap((name) => tacticByShortName.get(name)?.id ?? []))];
}

export function countAttack(
  rules: Iterable<{ readonly techniques: readonly string[]; readonly tactics: readonly string[] }>,
): AttackCount {
  const techniques = new Map<string, number>();
  const tactics = new Map<string, number>();
  for (const rule of rules) {
    const current = currentTechniques(rule.techniques);
    for (const id of new Set([...current, ...current.map(parentOf)]))
      techniques.set(id, (techniques.get(id) ?? 0) + 1);
    for (const id of tacticIds(rule.tactics)) tactics.set(id, (tactics.get(id) ?? 0) + 1);
  }
  return { techniques, tactics };
}

const parentOf = (id: string): string => id.slice(0, 5);

const heatSteps = [1, 2, 5, 10, 25];

/** 0 without rules, then one more from 1, 2, 5, 10 and 25 rules on. */
export const heatOf = (rules: number): number => heatSteps.filter((step) => rules >= step).length;

/**
 * Today's tactics with their techniques by name. Deprecated techniques are only there if a rule
 * names them.
 */
export function attackMatrix(count: AttackCount): readonly MatrixColumn[] {
  const subs = new Map<string, Omit<MatrixCell, 'subs'>[]>();
  for (const [id, rules] of count.techniques) {
    if (id.includes('.'))
      subs.set(parentOf(id), [...(subs.get(parentOf(id)) ?? []), cell(id, rules)]);
  }
  const columns = new Map<string, MatrixCell[]>(attackTactics.map(({ id }) => [id, []]));
  for (const { id, tactics, current, deprecated } of attackTechniques().values()) {
    const rules = count.techniques.get(id) ?? 0;
    if (id.includes('.') || current !== id || (deprecated && rules === 0)) continue;
    const entry = { ...cell(id, rules), subs: (subs.get(id) ?? []).sort(byId) };
    for (const tactic of tacticIds(tactics)) columns.get(tactic)?.push(entry);
  }
  return attackTactics.map(({ id, name }) => {
    const techniques = (columns.get(id) ?? []).sort(byName);
    return {
      id,
      name,
      rules: count.tactics.get(id) ?? 0,
      techniques,
      covered: techniques.filter(({ rules }) => rules > 0).length,
    };
  });
}

const cell = (id: string, rules: number): Omit<MatrixCell, 'subs'> => ({
  id,
  name: attackTechniques().get(id)?.name ?? id,
  rules,
  heat: heatOf(rules),
});

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : 1;
const byName = (a: MatrixCell, b: MatrixCell): number =>
  a.name === b.name ? byId(a, b) : a.name < b.name ? -1 : 1;
