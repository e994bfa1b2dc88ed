import { ANY, globTest, type LeafTest, ONE } from './tree.ts';

/** A regular expression of Perl's kind; one that is a glob in other words is that glob. */
export function regexTest(pattern: string): LeafTest {
  // ours spells the backtick so, which would start a macro in Splunk
  const [, letters = '', source = ''] =
    /^(?:\(\?([a-z]+)\))?([\s\S]*)$/.exec(pattern.replaceAll('\\x{60}', '`')) ?? [];
  const flags = [...letters].sort().join('');
  // without `s`, the wildcards of the expression stop at line breaks; without `i`, it is not a glob of
  // Sigma
  const glob = flags === 'is' || flags === 's' ? perlGlob(source) : undefined;
  return glob === undefined ? { kind: 'regex', source, flags } : globTest(glob, flags === 's');
}

function perlGlob(source: string): string | undefined {
  let rest = source;
  let glob = '';
  const start = rest.startsWith('^');
  if (start) rest = rest.slice(1);
  const end = rest.endsWith('\\z') && !/\\\\z$/.test(rest.replace(/\\\\(?=\\\\)/g, ''));
  if (end) rest = rest.slice(0, -2);
  const token = /\.\*|\.|\\[^A-Za-z0-9]|\[(?:\\[\s\S]|[^\]\\^])\]|[^\\^$.|?*+()[{]/gsy;
  for (let at = 0; at < rest.length; at = token.lastIndex) {
    token.lastIndex = at;
    const [found] = token.exec(rest) ?? [];
    if (found === undefined) return undefined;
    glob +=
      found === '.*'
        ? ANY
        : found === '.'
          ? ONE
          : found.replace(/^\[\\?([\s\S])\]$/, '$1').replace(/^\\([\s\S])$/, '$1');
  }
  return `${start ? '' : ANY}${glob}${end ? '' : ANY}`;
}

/**
 * A regular expression of Lucene's kind; one that is a choice of globs in other words, with letters
 * in either case, is those globs.
 */
export function luceneRegexTests(source: string): readonly LeafTest[] {
  const [, before = '', inner = source, after = ''] =
    /^(\.\*)?\(((?:\\[\s\S]|[^\\()])*)\)(\.\*)?$/.exec(source) ?? [];
  const globs = (inner.match(/(?:\\[\s\S]|\[(?:\\[\s\S]|[^\\\]])*\]|[^\\|[])+/g) ?? []).map(
    (branch) => luceneGlob(before + branch + after),
  );
  return globs.every((glob) => glob !== undefined)
    ? globs.map((glob) => globTest(glob, false))
    : [{ kind: 'lucene-regex', source }];
}

function luceneGlob(source: string): string | undefined {
  const token = /\.\*|\[([A-Za-z])([A-Za-z])\]|\\[^A-Za-z0-9]|[^\\.|?*+()[\]{}"~<>#@&]/gsy;
  const glob: string[] = [];
  for (let at = 0; at < source.length; at = token.lastIndex) {
    token.lastIndex = at;
    const [found, one, other] = token.exec(source) ?? [];
    if (found === undefined || (one !== undefined && one.toLowerCase() !== other?.toLowerCase()))
      return undefined;
    glob.push(found === '.*' ? ANY : one !== undefined ? one : found.replace(/^\\([\s\S])$/, '$1'));
  }
  return glob.join('');
}
