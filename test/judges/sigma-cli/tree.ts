/**
 * What a query means, whatever language it is written in: tests of fields under and, or and not.
 * `all` of nothing is true, `any` of nothing is false.
 */
export type Tree = Group | Not | Leaf;

/** What was worked out of a tree, which never changes: most trees are compared many times. */
interface Known {
  key?: string;
  isNormal?: boolean;
  operandKeys?: ReadonlySet<string>;
}

export interface Group extends Known {
  readonly kind: 'all' | 'any';
  readonly operands: readonly Tree[];
}

export interface Not extends Known {
  readonly kind: 'not';
  readonly operand: Tree;
}

/** `field` undefined: the whole event is searched. */
export interface Leaf extends Known {
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

/** Trees of one key are the same. */
export function keyOf(tree: Tree): string {
  tree.key ??= makeKey(tree);
  return tree.key;
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
  if (tree.isNormal && !negated) return tree;
  const made = normalForm(tree, negated);
  made.isNormal = true;
  return made;
}

function normalForm(tree: Tree, negated: boolean): Tree {
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

/** What stays the same is the same tree. */
function mapped(tree: Tree, change: (leaf: Leaf) => Tree): Tree {
  if (tree.kind === 'leaf') {
    const changed = change(tree);
    return keyOf(changed) === keyOf(tree) ? tree : changed;
  }
  if (tree.kind === 'not') {
    const operand = mapped(tree.operand, change);
    return operand === tree.operand ? tree : not(operand);
  }
  const operands = tree.operands.map((operand) => mapped(operand, change));
  return operands.every((operand, at) => operand === tree.operands[at])
    ? tree
    : { kind: tree.kind, operands };
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
  const a = onlyMissing(one, other);
  const b = a && onlyMissing(other, one);
  if (!a || !b) return undefined;
  return normal(all([...one.operands.filter((operand) => operand !== a), mergedTrees(a, b)]));
}

/** The operand that the other group lacks; undefined where it lacks none, or several. */
function onlyMissing({ operands }: Group, other: Group): Tree | undefined {
  other.operandKeys ??= new Set(other.operands.map(keyOf));
  let missing: Tree | undefined;
  for (const operand of operands) {
    if (other.operandKeys.has(keyOf(operand))) continue;
    if (missing) return undefined;
    missing = operand;
  }
  return missing;
}

/** Each joins the first before it that is the same, or differs in one operand alone. */
function joinedAlternatives(operands: readonly Tree[]): Tree {
  const kept: Tree[] = [];
  const known = new Set<string>();
  for (const operand of operands) {
    const key = keyOf(operand);
    // only groups of `all` join others than their like
    if (operand.kind !== 'all' && known.has(key)) continue;
    const at =
      operand.kind === 'all'
        ? kept.findIndex(
            (one) => keyOf(one) === key || (one.kind === 'all' && differingInOne(one, operand)),
          )
        : -1;
    const one = kept[at];
    const joined = one ? mergedTrees(one, operand) : operand;
    kept[one ? at : kept.length] = joined;
    known.add(keyOf(joined));
  }
  return normal(any(kept));
}
