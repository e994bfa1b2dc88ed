import { LuceneError } from '../../lucene-pattern.ts';
import { SplError } from '../spl/text.ts';
import { explain } from './differences.ts';
import { luceneTree } from './lucene-tree.ts';
import type { Answer, Run } from './our-queries.ts';
import { noticesDamage } from './self-check.ts';
import { splTree } from './spl-tree.ts';
import { keyOf, normal, rejoined, type Tree } from './tree.ts';

/**
 * What is the case with one rule in one run. `ids` name differences; several where it takes several
 * to explain what is different.
 */
export type Finding =
  | { readonly kind: 'same' | 'both refuse' }
  | { readonly kind: 'explained'; readonly ids: readonly string[] }
  | { readonly kind: 'unexplained'; readonly reason: string };

/** Reasons for which one side alone refuses a rule. */
const refusals: readonly {
  readonly id: string;
  readonly side: 'ours' | 'theirs';
  readonly message: RegExp;
}[] = [
  { id: 'ored-fieldref', side: 'theirs', message: /ORing FieldRef matching is not yet supported/ },
  {
    id: 'missing-log-source',
    side: 'ours',
    message:
      /^PIP002 .*: the condition to add holds \$\w+, and the log source of the rule has no \w+/,
  },
  { id: 'address-limit', side: 'ours', message: /^TGT004 the query passes \d+ characters/ },
  { id: 'every-event', side: 'ours', message: /^TGT005 / },
  { id: 'never-true', side: 'ours', message: /^PIP007 / },
  {
    id: 'lucene-states',
    side: 'ours',
    message: /^TGT001 Lucene's regular expressions lack what this one needs: Lucene gives up/,
  },
];

export function compare(backend: Run['backend'], ours: Answer, theirs: Answer): Finding {
  if (ours.error !== undefined && theirs.error !== undefined) return { kind: 'both refuse' };
  if (ours.error !== undefined) return refused('ours', ours.error);
  if (theirs.error !== undefined) return refused('theirs', theirs.error);
  const one = read(
    backend,
    ours.queries.map((query) => withoutScope(query, ours.scope)),
  );
  if ('fault' in one)
    return { kind: 'unexplained', reason: `our query does not parse: ${one.fault}` };
  const written = read(backend, theirs.queries);
  const broken =
    'fault' in written
      ? breakages.find(
          ({ fault, query }) =>
            fault.test(written.fault) && theirs.queries.some((one) => query.test(one)),
        )
      : undefined;
  const other = broken?.mend
    ? read(
        backend,
        theirs.queries.map((query) => query.replace(broken.query, broken.mend ?? '')),
      )
    : written;
  if ('fault' in other)
    return broken
      ? { kind: 'explained', ids: [broken.id] }
      : { kind: 'unexplained', reason: `their query does not parse: ${other.fault}` };
  const explained =
    keyOf(one.tree) === keyOf(other.tree)
      ? []
      : explain(backend, { ours: one.tree, theirs: other.tree });
  if (!explained) return { kind: 'unexplained', reason: onlyIn(one.tree, other.tree) };
  const ids = [
    ...(ours.scope === undefined ? [] : ['scope']),
    ...(broken ? [broken.id] : other.headless ? ['headless'] : []),
    ...explained,
  ];
  return ids.length === 0 ? { kind: 'same' } : { kind: 'explained', ids };
}

function withoutScope(query: string, scope: string | undefined): string {
  if (scope === undefined) return query;
  if (!query.startsWith(scope))
    throw new Error(`the scope ${scope} does not stand before ${query}`);
  const rest = query.slice(scope.length).trim();
  return rest === '' || rest.startsWith('|') ? `* ${rest}` : rest;
}

function refused(side: 'ours' | 'theirs', error: string): Finding {
  const found = refusals.find((refusal) => refusal.side === side && refusal.message.test(error));
  return found
    ? { kind: 'explained', ids: [found.id] }
    : { kind: 'unexplained', reason: `${side} refuses: ${error}` };
}

/**
 * What their queries hold that no parser takes. `mend`: what the query must have meant, which is
 * compared.
 */
const breakages: readonly {
  readonly id: string;
  readonly query: RegExp;
  readonly fault: RegExp;
  readonly mend?: string;
}[] = [
  // the first comparison of an OR is put before the commands that look for regular expressions, the
  // rest stays after them
  {
    id: 'broken-or',
    query: /^([\s\S]*?)(\n\| rex [\s\S]*\n\| search )(?=OR )/,
    fault: /^The operator OR is missing an operand/,
    mend: '$2$1 ',
  },
  // a regular expression with a backslash at its end goes on to the next slash
  {
    id: 'lucene-regex-end',
    query: /:\/\S*\\\\\/[ )]/,
    fault: /^text runs into a regular expression/,
  },
];

type Reading = { readonly tree: Tree; readonly headless: boolean } | { readonly fault: string };

function read(backend: Run['backend'], queries: readonly string[]): Reading {
  try {
    if (backend === 'lucene') return { tree: rejoined(queries.map(luceneTree)), headless: false };
    const meanings = queries.map(splTree);
    return {
      tree: rejoined(meanings.map(({ tree }) => normal(tree))),
      headless: meanings.some(({ headless }) => headless),
    };
  } catch (error) {
    if (error instanceof SplError || error instanceof LuceneError) return { fault: error.message };
    throw error;
  }
}

/**
 * Of rules that both convert: whether the judge would notice one damaged test. `seed` chooses
 * which.
 */
export function wouldNotice(
  backend: Run['backend'],
  ours: Answer,
  theirs: Answer,
  seed: number,
): boolean {
  if (ours.error !== undefined || theirs.error !== undefined) return true;
  const [one, other] = [read(backend, ours.queries), read(backend, theirs.queries)];
  return 'fault' in one || 'fault' in other || noticesDamage(backend, one.tree, other.tree, seed);
}

/** The parts of each tree that the other one has not, for people. */
function onlyIn(ours: Tree, theirs: Tree): string {
  const [one, other] = [partsOf(ours), partsOf(theirs)];
  const missing = (from: ReadonlySet<string>, of: ReadonlySet<string>): string =>
    [...from]
      .filter((part) => !of.has(part))
      .join(' , ')
      .slice(0, 1500);
  return `only ours: ${missing(one, other)}\n    only theirs: ${missing(other, one)}`;
}

function partsOf(tree: Tree): ReadonlySet<string> {
  const text = keyOf(tree)
    .replaceAll('\uE000', '*')
    .replaceAll('\uE001', '?')
    .replaceAll('\u0001', ':')
    .replaceAll('\u0002', '|')
    .replaceAll('|false', '');
  return new Set(text.replace(/[()]/g, '\u0003').split('\u0003'));
}
