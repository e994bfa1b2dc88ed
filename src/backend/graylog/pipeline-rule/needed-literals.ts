import type { Pattern } from '../../../sigma/value/pattern.ts';
import type { LiteralLeaf } from './condition.ts';

/** So many literals exclude nearly every text that the expression does not match. */
const most = 3;

/**
 * The longest literals that a text with the pattern has, in folded spelling. They are tested
 * before a regular expression, which costs more.
 */
export function neededLiterals(field: string, pattern: Pattern): readonly LiteralLeaf[] {
  const literals: LiteralLeaf[] = [];
  for (const [index, part] of pattern.entries()) {
    // white space at an end of a value is not stored
    if (typeof part !== 'string' || !/^[ -~]+$/.test(part)) continue;
    const at = index === 0 ? 'start' : index === pattern.length - 1 ? 'end' : 'inside';
    literals.push({ kind: 'literal', field, spelling: 'folded', at, text: part.toLowerCase() });
  }
  const byLength = literals
    .filter(({ text }) => text.trim().length > 1)
    .sort((a, b) => b.text.length - a.text.length || (a.text < b.text ? -1 : 1));
  const kept = new Map(byLength.map((leaf) => [`${leaf.at} ${leaf.text}`, leaf]));
  return [...kept.values()].slice(0, most);
}
