import { explain } from './differences.ts';
import type { Run } from './our-queries.ts';
import {
  all,
  globTest,
  keyOf,
  type Leaf,
  leaf,
  leavesOf,
  mapLeaves,
  not,
  type Tree,
} from './tree.ts';

/** What may go wrong with one test of a query. */
const damages: readonly ((one: Leaf) => Tree)[] = [
  () => all([]),
  (one) => not(one),
  (one) => leaf(`${one.field ?? ''}x`, one.test),
  (one) =>
    one.test.kind === 'glob'
      ? leaf(one.field, globTest(`${one.test.text}x`, one.test.cased))
      : not(one),
];

/**
 * Whether the judge, shown a tree in which one test is damaged in place of the other one, would
 * have reported. `seed` chooses test and damage.
 */
export function noticesDamage(
  backend: Run['backend'],
  ours: Tree,
  theirs: Tree,
  seed: number,
): boolean {
  const leaves = [...leavesOf(theirs)];
  const victim = leaves[(seed * 7) % leaves.length];
  const damage = damages[seed % damages.length];
  if (!victim || !damage) return true;
  const damaged = mapLeaves(theirs, (one) => (keyOf(one) === keyOf(victim) ? damage(one) : one));
  return (
    keyOf(ours) !== keyOf(damaged) && explain(backend, { ours, theirs: damaged }) === undefined
  );
}
