import { type CodeRange, type CodeRanges, normalizeRanges } from '../../regex/set.ts';
import { unicodeEscape } from '../../source/char-escape.ts';
import { plainFormat } from '../format.ts';
import type { TargetFormat } from '../target.ts';
import { queryStringLimits } from './limits.ts';

/**
 * The queries alone, one per line: line breaks inside them have another spelling where Lucene's
 * syntax has one.
 */
export const luceneLineFormat: TargetFormat = {
  ...plainFormat,
  print: (entries) =>
    entries
      .flatMap(({ converted }) => converted.queries.map((query) => `${withoutLineBreaks(query)}\n`))
      .join(''),
};

const LF = 0x0a;
const CR = 0x0d;
const BREAKS = /[\n\r]/;
/** Control characters around both line breaks, which end no line. */
const AROUND: CodeRange = [0x09, 0x0e];

/**
 * A query that our printer has made, with the same meaning. A line break in a term with wildcards,
 * and one in a rare class, stays as it is.
 */
export function withoutLineBreaks(query: string): string {
  if (!BREAKS.test(query)) return query;
  return query.replace(
    /\\.|"((?:\\.|[^"\\])*)"|\/((?:\\.|[^/\\])*)\//gs,
    (whole, phrase: string | undefined, regex: string | undefined) => {
      if (!BREAKS.test(whole)) return whole;
      // in phrases the parser knows Java's escapes, elsewhere it does not
      if (phrase !== undefined) return `"${escapedBreaks(phrase)}"`;
      return regex === undefined ? whole : `/${respelt(regex)}/`;
    },
  );
}

const escapedBreaks = (phrase: string): string =>
  phrase.replace(/(\\.)|([\n\r])/gs, (_, pair?: string, char = '') => pair ?? unicodeEscape(char));

function respelt(regex: string): string {
  const text = regex.replace(
    /\\.|\[(\^?)((?:\\.|[^\]\\])*)\]|[\n\r]/gs,
    (whole, negation: string | undefined, members: string | undefined) => {
      if (!BREAKS.test(whole) || whole.startsWith('\\')) return whole;
      const code = whole.charCodeAt(0);
      return (
        classText(members === undefined ? [[code, code]] : rangesOf(members), negation === '^') ??
        whole
      );
    },
  );
  return text.length <= queryStringLimits.regexLength ? text : regex;
}

/**
 * A wider class without the characters that are too many; undefined where these begin or end with a
 * line break again.
 */
function classText(ranges: CodeRanges, negated: boolean): string | undefined {
  const wide = normalizeRanges([...ranges, AROUND]);
  const tooMany: CodeRange[] = [];
  for (let code = AROUND[0]; code <= AROUND[1]; code++)
    if (!ranges.some(([low, high]) => low <= code && code <= high)) tooMany.push([code, code]);
  const excluded = membersText(normalizeRanges(tooMany));
  if (excluded === undefined || excluded === '') return undefined;
  return negated
    ? `([^${membersText(wide)}]|[${excluded}])`
    : `([${membersText(wide)}]&[^${excluded}])`;
}

/** Members as our printer writes them: a backslash before what is special, and ranges. */
function rangesOf(members: string): CodeRanges {
  const ranges: CodeRange[] = [];
  for (const [, low = '', high] of members.matchAll(/(\\?.)(?:-(\\?.))?/gsu)) {
    const first = low.slice(low.length > 1 && low.startsWith('\\') ? 1 : 0).codePointAt(0) ?? 0;
    const last =
      high === undefined
        ? first
        : (high.slice(high.length > 1 && high.startsWith('\\') ? 1 : 0).codePointAt(0) ?? 0);
    ranges.push([first, last]);
  }
  return normalizeRanges(ranges);
}

function membersText(ranges: CodeRanges): string | undefined {
  if (ranges.some((range) => range.includes(LF) || range.includes(CR))) return undefined;
  return ranges
    .map(([low, high]) =>
      low === high ? memberText(low) : `${memberText(low)}-${memberText(high)}`,
    )
    .join('');
}

const memberText = (code: number): string =>
  String.fromCodePoint(code).replace(/[\]\\[/^-]/, '\\$&');
