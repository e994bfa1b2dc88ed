/**
 * What a query means, whatever language it is written in: tests of fields under and, or and not.
 * `all` of nothing is true, `any` of nothing is false.
 */
export type Tree = Group | Not | Leaf;

export interface Group {
  readonly kind: 'all' | 'any';
  readonly operands: readonly Tree[];
}

export interface Not {
  readonly kind: 'not';
  readonly operand: Tree;
}

/** `field` undefined: the whole event is searched. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly field: string | undefined;
  readonly test: LeafTest;
}

export type LeafTest =
  /** `text` holds ANY and ONE for wildcards; the whole value must match. */
  | { readonly kind: 'glob'; readonly text: string; readonly cased: boolean }
  /** Of Perl's kind, anywhere in the value; `flags` sorted. */
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  /** Of Lucene's kind, the whole value. */
  | { readonly kind: 'lucene-regex'; readonly source: string }
  | { readonly kind: 'compare'; readonly operator: string; readonly value: string }
  | { readonly kind: 'cidr'; readonly text: string }
  | { readonly kind: 'exists' }
  /** Of the two fields, the one whose name is first is the leaf's. */
  | { readonly kind: 'same'; readonly other: string; readonly cased: boolean }
  /** What the reader of the language does not know: equal only to itself. */
  | { readonly kind: 'other'; readonly text: string };

/** Wildcards of globs, from the private use area, which no rule uses. */
export const ANY = '\uE000';
export const ONE = '\uE001';

export const all = (operands: readonly Tree[]): Tree => ({ kind: 'all', operands });
export const any = (operands: readonly Tree[]): Tree => ({ kind: 'any', operands });
export const not = (operand: Tree): Tree => ({ kind: 'not', operand });
export const leaf = (field: string | undefined, test: LeafTest): Leaf => ({
  kind: 'leaf',
  field,
  test,
});

/** A glob; one of wildcards for any text alone says that the field is there. */
export function globTest(text: string, cased: boolean): LeafTest {
  const tidy = text.replace(
    /[\uE000\uE001]{2,}/g,
    (run) => run.replaceAll(ANY, '') + (run.includes(ANY) ? ANY : ''),
  );
  return tidy === ANY
    ? { kind: 'exists' }
    : { kind: 'glob', text: cased ? tidy : tidy.toLowerCase(), cased };
}

const keys = new WeakMap<Tree, string>();

/** Trees of one key are the same. */
export function keyOf(tree: Tree): string {
  const known = keys.get(tree);
  if (known !== undefined) return known;
  const key = makeKey(tree);
  keys.set(tree, key);
  return key;
}

function makeKey(tree: Tree): string {
  if (tree.kind === 'not') return `!${keyOf(tree.operand)}`;
  if (tree.kind === 'leaf')
    return `${tree.field ?? ''}\u0001${Object.values(tree.test).join('\u0002')}`;
  return `${tree.kind}(${tree.operands.map(keyOf).join('\u0003')})`;
}

/**
 * Negations stand at leaves, groups of a kind do not nest, operands are sorted and stand once,
 * those that say no more than their neighbours (`a` and (`a` or `b`)) are gone.
 */
export function normal(tree: Tree): Tree {
  return normalized(tree, false);
}

function normalized(tree: Tree, negated: boolean): Tree {
  if (tree.kind === 'not') return normalized(tree.operand, !negated);
  if (tree.kind === 'leaf') return negated ? not(tree) : tree;
  const kind = negated ? (tree.kind === 'all' ? 'any' : 'all') : tree.kind;
  const found = new Map<string, Tree>();
  for (const operand of tree.operands) {
    const one = normalized(operand, negated);
    for (const inner of one.kind === kind ? one.operands : [one]) found.set(keyOf(inner), inner);
  }
  const operands = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, operand]) => operand);
  const constant = operands.find(
    (operand) => operand.kind !== 'leaf' && operand.kind !== 'not' && operand.operands.length === 0,
  );
  if (constant) return constant;
  const kept = absorbed(operands, found);
  const [only] = kept;
  return kept.length === 1 && only ? only : { kind, operands: kept };
}

function absorbed(operands: readonly Tree[], known: ReadonlyMap<string, Tree>): readonly Tree[] {
  return operands.filter(
    (operand) =>
      operand.kind === 'leaf' ||
      operand.kind === 'not' ||
      !operand.operands.some((inner) => known.has(keyOf(inner))),
  );
}

/** Every leaf changed; the tree is normal again. */
export function mapLeaves(tree: Tree, change: (leaf: Leaf) => Tree): Tree {
  return normal(mapped(tree, change));
}

function mapped(tree: Tree, change: (leaf: Leaf) => Tree): Tree {
  if (tree.kind === 'leaf') return change(tree);
  if (tree.kind === 'not') return not(mapped(tree.operand, change));
  return { kind: tree.kind, operands: tree.operands.map((operand) => mapped(operand, change)) };
}

export function* leavesOf(tree: Tree): Generator<Leaf> {
  if (tree.kind === 'leaf') yield tree;
  else if (tree.kind === 'not') yield* leavesOf(tree.operand);
  else for (const operand of tree.operands) yield* leavesOf(operand);
}

/** `left` and `right` have the same value. */
export function sameLeaf(left: string, right: string, cased: boolean): Leaf {
  const [field, other] = left < right ? [left, right] : [right, left];
  return leaf(field, { kind: 'same', other, cased });
}

/**
 * The queries that a rule was split into, one again: alternatives that differ in one operand alone
 * become one.
 */
export function rejoined(parts: readonly Tree[]): Tree {
  const [first, ...others] = parts;
  return first === undefined
    ? any([])
    : normal(others.reduce((one, other) => mergedTrees(one, other), first));
}

function mergedTrees(one: Tree, other: Tree): Tree {
  if (keyOf(one) === keyOf(other)) return one;
  if (one.kind === 'any' && other.kind === 'any')
    return joinedAlternatives([...one.operands, ...other.operands]);
  if (one.kind !== 'all' || other.kind !== 'all') return normal(any([one, other]));
  return differingInOne(one, other) ?? any([one, other]);
}

function differingInOne(one: Group, other: Group): Tree | undefined {
  const [left, right] = [new Set(one.operands.map(keyOf)), new Set(other.operands.map(keyOf))];
  const [a, ...more] = one.operands.filter((operand) => !right.has(keyOf(operand)));
  const [b, ...most] = other.operands.filter((operand) => !left.has(keyOf(operand)));
  if (!a || !b || more.length > 0 || most.length > 0) return undefined;
  return normal(all([...one.operands.filter((operand) => operand !== a), mergedTrees(a, b)]));
}

function joinedAlternatives(operands: readonly Tree[]): Tree {
  const kept: Tree[] = [];
  for (const operand of operands) {
    const at = kept.findIndex(
      (known) =>
        keyOf(known) === keyOf(operand) ||
        (known.kind === 'all' && operand.kind === 'all' && differingInOne(known, operand)),
    );
    const known = kept[at];
    if (known) kept[at] = mergedTrees(known, operand);
    else kept.push(operand);
  }
  return normal(any(kept));
}
