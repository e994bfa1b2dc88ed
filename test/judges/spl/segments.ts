/**
 * The words that Splunk's index has of a text, after segmenters.conf.spec: major breakers cut it
 * into segments, longest breaker first. Of each segment the index has the whole, and at every minor
 * breaker what stands in front of it since the segment's start and since the last one.
 */
const MAJOR_SETTING =
  '[ ] < > ( ) { } | ! ; , \' " * \\n \\r \\s \\t & ? + %21 %26 %2526 %3B %7C %20 %2B %3D -- %2520 %5D %5B %3A %0A %2C %28 %29';
const MINOR_SETTING = '/ : = @ . - $ # % \\\\ _';

const NAMED: Readonly<Record<string, string>> = {
  '\\n': '\n',
  '\\r': '\r',
  '\\s': ' ',
  '\\t': '\t',
  '\\\\': '\\',
};
const settingList = (setting: string): readonly string[] =>
  setting.split(' ').map((one) => NAMED[one] ?? one);

const MAJORS = settingList(MAJOR_SETTING).toSorted((a, b) => b.length - a.length);
const MINORS = settingList(MINOR_SETTING);

/** The specification leaves open whether `%3b` breaks as `%3B` does. */
export type BreakerCase = 'as written' | 'either';
export const BREAKER_CASES: readonly BreakerCase[] = ['as written', 'either'];

/**
 * Cut at major breakers; `kept` are breakers that are not breakers here, such as the wildcard of a
 * search.
 */
export function majorSegments(
  text: string,
  breakerCase: BreakerCase,
  kept: ReadonlySet<string> = new Set(),
): readonly string[] {
  const breakers = MAJORS.filter((one) => !kept.has(one));
  const compared =
    breakerCase === 'either' ? text.replace(/[a-z]/g, (letter) => letter.toUpperCase()) : text;
  const segments: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const found = breakers.find((one) => compared.startsWith(one, at));
    if (found === undefined) {
      at += 1;
      continue;
    }
    segments.push(text.slice(start, at));
    at += found.length;
    start = at;
  }
  segments.push(text.slice(start));
  return segments.filter((segment) => segment !== '');
}

/** The pieces between minor breakers. */
export const minorPieces = (segment: string): readonly string[] =>
  segment.split(/[/:=@.\-$#%\\_]/).filter((piece) => piece !== '');

/** All words of the index, in small letters. */
export function indexWords(text: string, breakerCase: BreakerCase): ReadonlySet<string> {
  const words = new Set<string>();
  for (const segment of majorSegments(text, breakerCase)) {
    const lower = segment.toLowerCase();
    words.add(lower);
    let last = 0;
    for (let at = 0; at <= lower.length; at += 1) {
      if (at < lower.length && !MINORS.includes(lower.charAt(at))) continue;
      words.add(lower.slice(0, at));
      words.add(lower.slice(last, at));
      last = at + 1;
    }
  }
  words.delete('');
  return words;
}
