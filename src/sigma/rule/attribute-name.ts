import { didYouMean, editDistance } from '../../source/nearest.ts';
import { words } from '../../source/words.ts';
import type { Reader } from './attribute.ts';

/** The attributes of the specification, and `sigpack`. */
export const knownAttributes = words(`
  title id name related taxonomy status description license author references date modified
  logsource detection fields falsepositives level tags scope correlation filter generate sigpack
`);

/** Names close to a known attribute: most likely slips. */
const slips = new Map([
  ['reference', 'references'],
  ['tag', 'tags'],
  ['falsepositive', 'falsepositives'],
  ['false_positives', 'falsepositives'],
  ['condition', 'correlation.condition'],
  ['severity', 'level'],
  ['log_source', 'logsource'],
  ['logsources', 'logsource'],
  ['detections', 'detection'],
  ['timeframe', 'correlation.timespan'],
]);

/**
 * The known attribute that a name is one slip away from. Rules may have custom attributes, so
 * `data` is not taken for `date`.
 */
function neighbour(name: string): string | undefined {
  const written = name.toLowerCase();
  for (const one of knownAttributes) {
    // a slip changes the length by one letter at most
    if (Math.abs(one.length - written.length) > 1 || editDistance(written, one) > 1) continue;
    if (
      one.length > 4 ||
      written === one ||
      (one.length === 4 && (written.length !== 4 || sorted(written) === sorted(one)))
    )
      return one;
  }
  return undefined;
}

const sorted = (text: string): string => [...text].sort().join('');

/** Warns of attributes that are probably misspelt. */
export function reportSlips(reader: Reader): void {
  for (const pair of reader.document.pairs) {
    const meant = knownAttributes.has(pair.key.text)
      ? undefined
      : (slips.get(pair.key.text.toLowerCase()) ?? neighbour(pair.key.text));
    // the reader of detections reports a condition outside of them with more detail
    if (!meant || (pair.key.text === 'condition' && !reader.attributes.has('correlation')))
      continue;
    reader.bag.add(reader.file, {
      code: 'SIG016',
      message: `\`${pair.key.text}\` is not an attribute of Sigma`,
      span: pair.key,
      hint: didYouMean(meant),
    });
  }
}
