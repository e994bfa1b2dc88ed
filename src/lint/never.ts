import { implies } from '../release/meaning/implication.ts';
import { type Leaf, type Normal, normalForm } from '../release/meaning/normal-form.ts';

/** Two parts of a condition that no event fulfils together. */
export interface Contradiction {
  readonly asked: Leaf;
  readonly excluded: Leaf;
}

/** Maximum number of pairs of items that are compared for one condition. */
const maximumPairs = 200_000;

/** Why no event fulfils a condition, if one part of it asks for what another part excludes. */
export function contradictionIn(condition: Normal): Contradiction | undefined {
  // the key shows of most conditions that they exclude nothing
  if (!condition.key.includes('!') && !condition.key.includes('null')) return undefined;
  return search(condition, [], { pairs: maximumPairs });
}

/** `given`: what must hold besides the node. */
function search(
  node: Normal,
  given: readonly Leaf[],
  left: { pairs: number },
): Contradiction | undefined {
  if (node.kind === 'leaf') return clash(node, given, left);
  if (node.kind === 'or') {
    let first: Contradiction | undefined;
    for (const child of node.children) {
      const contradiction = search(child, given, left);
      if (!contradiction) return undefined;
      first ??= contradiction;
    }
    return first;
  }
  const all = [...given];
  for (const child of node.children) {
    if (child.kind !== 'leaf') continue;
    const contradiction = clash(child, all, left);
    if (contradiction) return contradiction;
    all.push(child);
  }
  for (const child of node.children) {
    const contradiction = child.kind === 'leaf' ? undefined : search(child, all, left);
    if (contradiction) return contradiction;
  }
  return undefined;
}

function clash(
  leaf: Leaf,
  given: readonly Leaf[],
  left: { pairs: number },
): Contradiction | undefined {
  for (const other of given) {
    if (other.item.field !== leaf.item.field || left.pairs-- <= 0) continue;
    const [asked, excluded] = leaf.negated ? [other, leaf] : [leaf, other];
    if (excludes(asked, excluded)) return { asked, excluded };
  }
  return undefined;
}

function excludes(asked: Leaf, excluded: Leaf): boolean {
  if (asked.negated) return false;
  if (excluded.negated) {
    const positive = normalForm(excluded.item);
    return positive.key === asked.key || (positive.kind === 'leaf' && implies(asked, positive));
  }
  // an absent field has no value
  return (
    (asked.item.test.kind === 'null') !== (excluded.item.test.kind === 'null') &&
    [asked, excluded].every(({ item: { test } }) => test.kind !== 'exists')
  );
}
