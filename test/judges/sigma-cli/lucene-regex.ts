import type { Difference } from './differences.ts';
import { holdsWords, regexLiterals } from './implication.ts';
import { keyOf, type Leaf, leaf, leavesOf, mapLeaves, type Tree } from './tree.ts';

/**
 * The regular expressions become marks on both sides, which hold the field and, where both sides
 * have the same of them, the first word; ours may be a glob of the same text.
 */
export const luceneRegex: Difference = {
  id: 'lucene-regex',
  rewrite: ({ ours, theirs }) => {
    const sources = new Map<string | undefined, readonly string[]>();
    for (const { field, source } of expressionsOf(theirs))
      sources.set(field, [...(sources.get(field) ?? []), regexLiterals(source)]);
    const known = new Set([...leavesOf(theirs)].map(keyOf));
    const mark = marker(ours, theirs);
    const isTranslation = (one: Leaf): boolean => {
      const { test, field } = one;
      if (test.kind === 'lucene-regex') return sources.has(field);
      return (
        test.kind === 'glob' &&
        !known.has(keyOf(one)) &&
        (sources.get(field) ?? []).some((source) => holdsWords(source, test.text))
      );
    };
    return {
      ours: mapLeaves(ours, (one) => (isTranslation(one) ? mark(one) : one)),
      theirs: mapLeaves(theirs, (one) => (one.test.kind === 'lucene-regex' ? mark(one) : one)),
    };
  },
};

interface Expression {
  readonly field: string | undefined;
  readonly source: string;
}

function expressionsOf(tree: Tree): readonly Expression[] {
  return [...leavesOf(tree)].flatMap(({ field, test }) =>
    test.kind === 'lucene-regex' ? [{ field, source: test.source }] : [],
  );
}

function marker(ours: Tree, theirs: Tree): (one: Leaf) => Leaf {
  const words = (tree: Tree): string =>
    [...new Set(expressionsOf(tree).map(({ field, source }) => `${field}:${firstWord(source)}`))]
      .sort()
      .join('\n');
  const alike = words(ours) === words(theirs);
  return (one) =>
    leaf(one.field, {
      kind: 'other',
      text: `a regular expression ${alike && one.test.kind === 'lucene-regex' ? firstWord(one.test.source) : ''}`,
    });
}

/** The first letters that the expression asks for in a row, whatever the spelling of their case. */
function firstWord(source: string): string {
  const plain = source
    .replace(/\(\?i\)|\\[A-Za-z]/g, ' ')
    .replace(/\[([A-Za-z])([A-Za-z])\]/g, (all, one: string, other: string) =>
      one.toLowerCase() === other.toLowerCase() ? one : all,
    );
  return /[a-z]{3,}/i.exec(plain.replace(/\[[^\]]*\]/g, ' '))?.[0].toLowerCase() ?? '';
}
