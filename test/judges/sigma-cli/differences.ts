import { addressRegex } from '../../../src/backend/lucene/address.ts';
import { parseAddressBlock } from '../../../src/sigma/value/cidr.ts';
import { luceneRegex } from './lucene-regex.ts';
import { luceneTree } from './lucene-tree.ts';
import { regexTest } from './regex-glob.ts';
import {
  ANY,
  any,
  globTest,
  keyOf,
  type Leaf,
  leaf,
  leavesOf,
  mapLeaves,
  normal,
  not,
  ONE,
  type Tree,
} from './tree.ts';

/** What the two sides made of a rule; both normal. */
export interface Pair {
  readonly ours: Tree;
  readonly theirs: Tree;
}

/**
 * A way in which the two may differ. `rewrite` takes exactly that difference away: where the trees
 * are then the same, it (with the others that were needed) explains the difference.
 */
export interface Difference {
  readonly id: string;
  readonly rewrite: (pair: Pair) => Pair;
}

const both =
  (change: (tree: Tree) => Tree) =>
  ({ ours, theirs }: Pair): Pair => ({ ours: change(ours), theirs: change(theirs) });

const eachGlob =
  (change: (text: string, one: Leaf) => string) =>
  (tree: Tree): Tree =>
    mapLeaves(tree, (one) =>
      one.test.kind === 'glob'
        ? leaf(one.field, globTest(change(one.test.text, one), one.test.cased))
        : one,
    );

const questionMark: Difference = {
  id: 'question-mark',
  rewrite: both(eachGlob((text) => text.replaceAll(ONE, ANY))),
};

const literalAsterisk: Difference = {
  id: 'literal-asterisk',
  rewrite: ({ ours, theirs }) => ({
    ours: eachGlob((text) => text.replaceAll('*', `\\${ANY}`))(ours),
    theirs,
  }),
};

/**
 * Expressions that the transformation `regex` made of values, without what ties them to the ends of
 * the value.
 */
const regexEnds: Difference = {
  id: 'regex-ends',
  rewrite: ({ ours, theirs }) => {
    const [left, right] = [ours, theirs].map((tree) => new Set([...leavesOf(tree)].map(keyOf)));
    const made = new Set(
      [...leavesOf(theirs)]
        .filter((one) => one.test.kind === 'regex' && !left?.has(keyOf(one)))
        .map(({ field }) => field),
    );
    const open = (one: Leaf, other: ReadonlySet<string> | undefined): Leaf =>
      made.has(one.field) && !other?.has(keyOf(one)) ? withoutEnds(one) : one;
    return {
      ours: mapLeaves(ours, (one) => open(one, right)),
      theirs: mapLeaves(theirs, (one) => open(one, left)),
    };
  },
};

function withoutEnds(one: Leaf): Leaf {
  const { test, field } = one;
  if (test.kind === 'glob') return leaf(field, globTest(`${ANY}${test.text}${ANY}`, test.cased));
  if (test.kind !== 'regex') return one;
  // Python escapes what needs no escape
  const plain = test.source.replace(/\\([\s\S])/g, (all, char: string) =>
    /[-\s#&~"'/:,;<>=!%@`]/.test(char) ? char : all,
  );
  const source = plain
    .replace(/^\^?(?:\.\*)*/, '')
    .replace(/(?<!\\)(?:\.\*)*$/, '')
    .replace(/(?<!\\)\$$/, '');
  return leaf(field, regexTest(`(?${[...new Set(`${test.flags}s`)].sort().join('')})${source}`));
}

/**
 * A backslash before a wildcard, which `replace_string` of pySigma takes for the escape of an
 * asterisk.
 */
const replacedBackslash: Difference = {
  id: 'replaced-backslash',
  rewrite: ({ ours, theirs }) => {
    const known = new Set([...leavesOf(theirs)].map(keyOf));
    const lost = (one: Leaf): Leaf =>
      one.test.kind === 'glob'
        ? leaf(one.field, globTest(one.test.text.replaceAll(`\\${ANY}`, '*'), one.test.cased))
        : one;
    return { ours: mapLeaves(ours, (one) => (known.has(keyOf(one)) ? one : lost(one))), theirs };
  },
};

/** Keywords without regard to case, or as the fields that are searched take it. */
const keywordCase: Difference = {
  id: 'keyword-case',
  rewrite: both((tree) =>
    mapLeaves(tree, (one) =>
      one.field === undefined && one.test.kind === 'glob'
        ? leaf(one.field, { ...one.test, cased: false })
        : one,
    ),
  ),
};

/** A number among keywords has no wildcards around it. */
const keywordNumber: Difference = {
  id: 'keyword-number',
  rewrite: both(
    eachGlob((text, { field }) =>
      field === undefined ? text.replace(/^\uE000?(\d+)\uE000?$/, '$1') : text,
    ),
  ),
};

const keywordBorders: Difference = {
  id: 'keyword-borders',
  rewrite: both(
    eachGlob((text, { field }) =>
      field === undefined ? text.replace(/^\uE000+|\uE000+$/g, '') : text,
    ),
  ),
};

/**
 * pySigma takes a regular expression below `not` and `and` out of its place, and asks for it, not
 * for its opposite, of all events.
 */
const deferredRegex: Difference = {
  id: 'deferred-regex',
  rewrite: ({ ours, theirs }) => ({ ours: normal(lifted(ours)), theirs }),
};

function lifted(tree: Tree): Tree {
  if (tree.kind !== 'any')
    return tree.kind === 'all' ? { kind: 'all', operands: tree.operands.map(lifted) } : tree;
  const deferred = tree.operands.filter(isNegatedRegex);
  const rest = tree.operands.filter((operand) => !isNegatedRegex(operand));
  return deferred.length === 0
    ? tree
    : { kind: 'all', operands: [...deferred.map(not), ...(rest.length > 0 ? [any(rest)] : [])] };
}

/** `not` stands before the first of the alternatives alone. */
const notBeforeFirst: Difference = {
  id: 'not-before-first',
  rewrite: ({ ours, theirs }) => ({ ours, theirs: normal(negatedAll(theirs)) }),
};

function negatedAll(tree: Tree): Tree {
  if (tree.kind === 'all') return { kind: 'all', operands: tree.operands.map(negatedAll) };
  if (tree.kind !== 'any') return tree;
  const leaves = tree.operands.map((operand) =>
    operand.kind === 'not' ? operand.operand : operand,
  );
  const fields = new Set(leaves.map((one) => (one.kind === 'leaf' ? one.field : undefined)));
  const negated = tree.operands.filter(({ kind }) => kind === 'not');
  return fields.size === 1 && !fields.has(undefined) && negated.length === 1
    ? not(any(leaves))
    : tree;
}

/** `search` and `where` compare two fields of an event: `where` minds the case of letters. */
const fieldCase: Difference = {
  id: 'field-case',
  rewrite: both((tree) =>
    mapLeaves(tree, (one) =>
      one.test.kind === 'same' ? leaf(one.field, { ...one.test, cased: false }) : one,
    ),
  ),
};

function isNegatedRegex(tree: Tree): boolean {
  return (
    tree.kind === 'not' &&
    tree.operand.kind === 'leaf' &&
    ['regex', 'same'].includes(tree.operand.test.kind)
  );
}

/**
 * A field that has several names is missing where all of them are: pySigma asks for one of them to
 * be.
 */
const nullOfSeveral: Difference = {
  id: 'null-of-several',
  rewrite: ({ ours, theirs }) => ({ ours: normal(turnedNulls(ours)), theirs }),
};

function turnedNulls(tree: Tree): Tree {
  if (tree.kind === 'leaf' || tree.kind === 'not') return tree;
  const ofMissing = (operand: Tree): boolean => {
    const inner = operand.kind === 'not' && tree.kind === 'all' ? operand.operand : operand;
    return (
      (tree.kind === 'any' || operand.kind === 'not') &&
      inner.kind === 'leaf' &&
      inner.test.kind === 'exists'
    );
  };
  const turned = tree.operands.filter(ofMissing);
  const rest = tree.operands.filter((operand) => !ofMissing(operand)).map(turnedNulls);
  if (turned.length < 2) return { kind: tree.kind, operands: [...turned, ...rest] };
  return {
    kind: tree.kind,
    operands: [...rest, { kind: tree.kind === 'all' ? 'any' : 'all', operands: turned }],
  };
}

/** Networks as the expressions of their addresses, which fields of texts take. */
const addressTexts: Difference = {
  id: 'address-texts',
  rewrite: ({ ours, theirs }) => ({
    ours,
    theirs: mapLeaves(theirs, (one) => {
      const block = one.test.kind === 'cidr' ? parseAddressBlock(one.test.text) : undefined;
      const regex = block && addressRegex({ kind: 'cidr', ...block });
      return regex === undefined
        ? one
        : mapLeaves(luceneTree(`field:/${regex}/`), ({ test }) => leaf(one.field, test));
    }),
  }),
};

/** Link-local addresses with their zone taken off. */
const addressZone: Difference = {
  id: 'address-zone',
  rewrite: ({ ours, theirs }) => ({
    ours: mapLeaves(ours, (one) => {
      if (one.test.kind === 'cidr')
        return leaf(one.field, { kind: 'cidr', text: one.test.text.replace('%', '') });
      // what the search stage lets through for `where` to compare
      return one.test.kind === 'glob' && one.test.text === `fe${ANY}%${ANY}`
        ? leaf(one.field, { kind: 'cidr', text: 'fe80::/10' })
        : one;
    }),
    theirs,
  }),
};

/**
 * `tests` change single tests; `shapes` change how they are put together, which may as well make
 * two trees differ: each is tried alone.
 */
const differences: Readonly<
  Record<
    'splunk' | 'lucene',
    { readonly tests: readonly Difference[]; readonly shapes: readonly Difference[] }
  >
> = {
  splunk: {
    tests: [questionMark, literalAsterisk, keywordBorders, fieldCase, regexEnds, addressZone],
    shapes: [deferredRegex, notBeforeFirst, nullOfSeveral],
  },
  lucene: {
    tests: [addressTexts, luceneRegex, keywordNumber, keywordCase, replacedBackslash],
    shapes: [nullOfSeveral],
  },
};

/**
 * Ids of the differences that explain why the trees are not the same, the fewest; undefined:
 * something else is different.
 */
export function explain(backend: 'splunk' | 'lucene', pair: Pair): readonly string[] | undefined {
  const { tests, shapes } = differences[backend];
  const choices = [[], ...shapes.map((shape) => [shape]), shapes].map((chosen) => [
    ...tests,
    ...chosen,
  ]);
  const enough = choices.find((choice) => same(rewritten(pair, choice)));
  return enough && fewest(pair, enough).map(({ id }) => id);
}

function fewest(pair: Pair, enough: readonly Difference[]): readonly Difference[] {
  return enough.reduce<readonly Difference[]>((needed, one) => {
    const fewer = needed.filter((other) => other !== one);
    return same(rewritten(pair, fewer)) ? fewer : needed;
  }, enough);
}

const rewritten = (pair: Pair, list: readonly Difference[]): Pair =>
  list.reduce((changed, { rewrite }) => rewrite(changed), pair);

const same = ({ ours, theirs }: Pair): boolean => keyOf(ours) === keyOf(theirs);
