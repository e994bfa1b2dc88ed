import type { Item } from '../../query/tree.ts';
import { otherCases } from '../../regex/case.ts';
import { ANY } from '../../sigma/value/pattern.ts';
import { type Refusal, refused } from '../backend.ts';
import type { StringItem } from './strings.ts';
import { escapedTerm, quoted } from './text.ts';

/** Terms that one text becomes: a word of eight letters has as many. */
const mostSpellings = 256;

/**
 * A key of a field of the type flattened: the server takes whole values and their starts there,
 * with their case, and fails on expressions and wildcards.
 */
export function flattenedTerms(item: StringItem): readonly string[] {
  if (item.test.kind === 'number') return [quoted(String(item.test.value))];
  const { pattern, cased } = item.test;
  const [text = '', rest] = pattern;
  if (typeof text !== 'string' || pattern.length > 2 || (rest !== undefined && rest !== ANY))
    throw refusedInFlattened(item);
  const spellings = cased ? [text] : spellingsOf(text);
  if (!spellings) throw refusedInFlattened(item);
  return spellings.map((one) => (rest === undefined ? quoted(one) : `${escapedTerm(one)}*`));
}

export function refusedInFlattened(item: Item): Refusal {
  return refused(
    item,
    `Elasticsearch has \`${item.field}\` below a flattened field, where it takes short ` +
      'values and their starts alone',
    'Leave the rule out for this target, or index the field by itself and map it to that ' +
      'name in a pipeline of yours.',
  );
}

/** The text with each letter in each of its cases; undefined where there are too many. */
function spellingsOf(text: string): readonly string[] | undefined {
  let spellings = [''];
  for (const letter of text) {
    const forms = [
      letter,
      ...otherCases(letter.codePointAt(0) ?? 0).map((point) => String.fromCodePoint(point)),
    ];
    if (spellings.length * forms.length > mostSpellings) return undefined;
    spellings = spellings.flatMap((spelling) => forms.map((form) => spelling + form));
  }
  return spellings;
}
