import type { Query } from '../../query/tree.ts';
import { implies } from './implication.ts';
import { type Group, group, type Normal, normalForm, normalText } from './normal-form.ts';

/** How the meaning of a condition changed. */
export interface MeaningChange {
  /**
   * `more`: it finds everything that it found, and perhaps more; `less`: nothing that it did not
   * find; `other`: neither is certain.
   */
  readonly effect: 'same' | 'more' | 'less' | 'other';
  /** Parts of the condition by which new events are found. */
  readonly catches: readonly string[];
  /** Parts by which events are no longer found. */
  readonly drops: readonly string[];
}

/** Parts are not paired if there are more combinations of them than this. */
const maximumPairs = 250_000;

/**
 * Compares two conditions part by part. All parts are in positive places (negations are at the
 * items), so a part that finds more can only make the whole find more: `more` and `less` are
 * certain.
 */
export function meaningChange(before: Query, after: Query): MeaningChange {
  const changes: Changes = { catches: [], drops: [] };
  compare(normalForm(before), normalForm(after), changes);
  const { catches, drops } = changes;
  const effect =
    catches.length === 0
      ? drops.length === 0
        ? 'same'
        : 'less'
      : drops.length === 0
        ? 'more'
        : 'other';
  return { effect, catches, drops };
}

interface Changes {
  readonly catches: string[];
  readonly drops: string[];
}

function compare(before: Normal, after: Normal, changes: Changes): void {
  if (before.key === after.key) return;
  if (before.kind === 'leaf' && after.kind === 'leaf') {
    if (!implies(after, before)) changes.catches.push(normalText(after));
    if (!implies(before, after)) changes.drops.push(normalText(before));
    return;
  }
  const kind = before.kind === 'or' || after.kind === 'or' ? 'or' : 'and';
  compareGroups(kind, childrenAs(kind, before), childrenAs(kind, after), changes);
}

const childrenAs = (kind: Group['kind'], node: Normal): readonly Normal[] =>
  node.kind === kind ? node.children : [node];

function compareGroups(
  kind: Group['kind'],
  before: readonly Normal[],
  after: readonly Normal[],
  changes: Changes,
): void {
  const kept = new Set(before.map(({ key }) => key));
  const now = new Set(after.map(({ key }) => key));
  const gone = before.filter(({ key }) => !now.has(key));
  const come = after.filter(({ key }) => !kept.has(key));
  for (const [old, fresh] of paired(gone, come)) compare(old, fresh, changes);
  // without a requirement more events are found, without an alternative fewer
  for (const node of gone)
    changes[kind === 'or' ? 'drops' : 'catches'].push(
      kind === 'or' ? normalText(node) : lackOf(node),
    );
  for (const node of come)
    changes[kind === 'or' ? 'catches' : 'drops'].push(
      kind === 'or' ? normalText(node) : lackOf(node),
    );
}

/** The events that do not fulfil a part: what a negated part excludes, else `without ...`. */
function lackOf(node: Normal): string {
  if (isNegative(node)) return normalText(opposite(node));
  return `without ${node.kind === 'leaf' ? normalText(node) : `(${normalText(node)})`}`;
}

const isNegative = (node: Normal): boolean =>
  node.kind === 'leaf' ? node.negated : node.children.every(isNegative);

const opposite = (node: Normal): Normal =>
  node.kind === 'leaf'
    ? normalForm(node.item, !node.negated)
    : group(node.kind === 'and' ? 'or' : 'and', node.children.map(opposite));

/** Pairs the parts that are most alike, each once, and removes them from both lists. */
function paired(gone: Normal[], come: Normal[]): readonly (readonly [Normal, Normal])[] {
  const pairs: (readonly [Normal, Normal])[] = [];
  const [old, fresh] = [gone[0], come[0]];
  // a single part that replaces a single part is paired, however different
  if (gone.length === 1 && come.length === 1 && old && fresh) {
    gone.length = 0;
    come.length = 0;
    return [[old, fresh]];
  }
  if (gone.length * come.length > maximumPairs) return [];
  const partsOf = new Map([...gone, ...come].map((node) => [node, new Set(leafKeys(node))]));
  const scored = gone
    .flatMap((a) =>
      come.map((b) => ({ a, b, score: likeness(partsOf.get(a), partsOf.get(b), a, b) })),
    )
    .filter(({ score }) => score > 0);
  for (const { a, b } of scored.sort((x, y) => y.score - x.score)) {
    const [i, j] = [gone.indexOf(a), come.indexOf(b)];
    if (i === -1 || j === -1) continue;
    gone.splice(i, 1);
    come.splice(j, 1);
    pairs.push([a, b]);
  }
  return pairs;
}

/** Share of common items, 0 to 1; two single items are alike if one implies the other. */
function likeness(
  a: ReadonlySet<string> | undefined,
  b: ReadonlySet<string> | undefined,
  before: Normal,
  after: Normal,
): number {
  if (before.kind === 'leaf' && after.kind === 'leaf')
    return implies(before, after) || implies(after, before) ? 1 : 0;
  const common = [...(a ?? [])].filter((key) => b?.has(key)).length;
  return common / Math.max(1, (a?.size ?? 0) + (b?.size ?? 0) - common);
}

function leafKeys(node: Normal): readonly string[] {
  return node.kind === 'leaf' ? [node.key] : node.children.flatMap(leafKeys);
}
