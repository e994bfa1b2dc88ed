import { LuceneError } from '../../lucene-pattern.ts';
import { luceneRegexTests } from './regex-glob.ts';
import {
  ANY,
  all,
  any,
  globTest,
  type LeafTest,
  leaf,
  normal,
  not,
  ONE,
  type Tree,
} from './tree.ts';

interface Scan {
  readonly text: string;
  at: number;
}

/**
 * The meaning of a query in Lucene's classic syntax, default operator OR, without the scores. Takes
 * all that the grammar takes of what is seen here (an escape or a sign in excess, blanks of Unicode
 * in a term) and throws `LuceneError` for the rest.
 */
export function luceneTree(text: string): Tree {
  const scan = { text, at: 0 };
  const tree = group(scan, undefined);
  if (scan.at < text.length)
    throw new LuceneError(`a parenthesis too many: ${text.slice(scan.at, scan.at + 20)}`);
  return normal(tree);
}

const BLANK = /[ \t\n\r\u3000]*/y;

function skipBlanks(scan: Scan): void {
  BLANK.lastIndex = scan.at;
  BLANK.exec(scan.text);
  scan.at = BLANK.lastIndex;
}

/**
 * Clauses as `QueryParserBase.addClause` puts them together: AND makes both its sides a must, OR
 * neither.
 */
function group(scan: Scan, field: string | undefined): Tree {
  const clauses: { occurrence: 'must' | 'should' | 'not'; tree: Tree }[] = [];
  for (
    skipBlanks(scan);
    scan.at < scan.text.length && scan.text[scan.at] !== ')';
    skipBlanks(scan)
  ) {
    const conjunction = clauses.length > 0 ? operator(scan, /(AND|&&)|(OR|\|\|)/y) : undefined;
    const negated = operator(scan, /NOT|!|-/y) !== undefined;
    const last = clauses.at(-1);
    if ((conjunction === 'AND' || conjunction === '&&') && last?.occurrence === 'should')
      last.occurrence = 'must';
    const tree = clause(scan, field);
    clauses.push({
      occurrence: negated
        ? 'not'
        : conjunction === 'AND' || conjunction === '&&'
          ? 'must'
          : 'should',
      tree,
    });
  }
  if (clauses.length === 0) throw new LuceneError('an empty group');
  const of = (wanted: string): readonly Tree[] =>
    clauses.filter(({ occurrence }) => occurrence === wanted).map(({ tree }) => tree);
  const [must, should, excluded] = [of('must'), of('should'), of('not')];
  // a group of nothing but exclusions: query_string adds all documents to it
  const wanted = must.length > 0 ? must : should.length > 0 ? [any(should)] : [];
  return all([...wanted, ...excluded.map(not)]);
}

function operator(scan: Scan, pattern: RegExp): string | undefined {
  pattern.lastIndex = scan.at;
  const found = pattern.exec(scan.text)?.[0];
  if (
    found === undefined ||
    (/\w/.test(found) && !/[\s\u3000(]/.test(scan.text[pattern.lastIndex] ?? ''))
  )
    return undefined;
  scan.at = pattern.lastIndex;
  skipBlanks(scan);
  return found;
}

function clause(scan: Scan, scope: string | undefined): Tree {
  const char = scan.text[scan.at];
  if (char === '(') {
    scan.at++;
    const inner = group(scan, scope);
    if (scan.text[scan.at] !== ')') throw new LuceneError('a parenthesis is not closed');
    scan.at++;
    return inner;
  }
  if (char === '"') return valueTree(scope, quoted(scan));
  if (char === '/') return regexTree(scope, regex(scan));
  if (char === '<' || char === '>') return leaf(scope, comparison(scan));
  const { raw, glob } = term(scan);
  if (scan.text[scan.at] !== ':') return termTree(scope, raw, glob);
  if (scope !== undefined) throw new LuceneError(`a field within a field: ${raw}`);
  scan.at++;
  if (glob !== '_exists_') return clause(scan, glob);
  return leaf(term(scan).glob, { kind: 'exists' });
}

function termTree(scope: string | undefined, raw: string, glob: string): Tree {
  if (/^(?:AND|OR|NOT)$/.test(raw)) throw new LuceneError(`${raw} stands where a clause is wanted`);
  if (scope === undefined && glob === ANY) return all([]);
  return valueTree(scope, glob);
}

/** A block of addresses, in quotes or not, is one for a field of addresses. */
function valueTree(scope: string | undefined, glob: string): Tree {
  const block = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)\/\d{1,3}$/i.test(glob);
  if (block) return leaf(scope, { kind: 'cidr', text: glob.toLowerCase() });
  // a term of any field is compared as each field is analysed
  return leaf(
    scope,
    globTest(glob.toLowerCase(), scope === undefined && glob.toLowerCase() !== glob.toUpperCase()),
  );
}

function quoted(scan: Scan): string {
  const found = /"((?:\\[\s\S]|[^"\\])*)"/y;
  found.lastIndex = scan.at;
  const match = found.exec(scan.text);
  if (!match) throw new LuceneError('a quotation mark is not closed');
  scan.at = found.lastIndex;
  return (match[1] ?? '').replace(/\\([\s\S])/g, '$1');
}

/**
 * Ends at the first slash without a backslash before it (the longest token wins); what follows must
 * not touch it.
 */
function regex(scan: Scan): string {
  const found = /\/((?:[^/]|(?<=\\)\/)*)\//y;
  found.lastIndex = scan.at;
  const match = found.exec(scan.text);
  if (!match) throw new LuceneError('a regular expression is not closed');
  scan.at = found.lastIndex;
  if (/[^\s)]/.test(scan.text[scan.at] ?? ')'))
    throw new LuceneError(
      `text runs into a regular expression: ${scan.text.slice(scan.at, scan.at + 20)}`,
    );
  return match[1] ?? '';
}

/**
 * A keyword is searched by a regular expression where a glob can't say it; in a field, a rule wants
 * the expression.
 */
function regexTree(scope: string | undefined, source: string): Tree {
  if (scope !== undefined) return leaf(scope, { kind: 'lucene-regex', source });
  return any(luceneRegexTests(source).map((test) => leaf(scope, test)));
}

function comparison(scan: Scan): LeafTest {
  const found = /([<>]=?)"?([^\s")]+)"?/y;
  found.lastIndex = scan.at;
  const match = found.exec(scan.text);
  if (!match) throw new LuceneError(`no comparison: ${scan.text.slice(scan.at, scan.at + 20)}`);
  scan.at = found.lastIndex;
  return { kind: 'compare', operator: match[1] ?? '', value: match[2]?.replaceAll('\\', '') ?? '' };
}

const TERM = /(?:\\[\s\S]|[^ \t\n\r\u3000()":[\]{}^~!/\\])+/y;

function term(scan: Scan): { readonly raw: string; readonly glob: string } {
  TERM.lastIndex = scan.at;
  const raw = TERM.exec(scan.text)?.[0];
  if (raw === undefined)
    throw new LuceneError(`unexpected text: ${scan.text.slice(scan.at, scan.at + 20)}`);
  scan.at = TERM.lastIndex;
  const glob = raw.replace(
    /\\([\s\S])|\*|\?/g,
    (found, escaped: string | undefined) => escaped ?? (found === '*' ? ANY : ONE),
  );
  return { raw, glob };
}
