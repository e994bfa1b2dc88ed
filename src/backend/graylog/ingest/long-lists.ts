import type { Condition, LiteralLeaf, RegexLeaf } from '../pipeline-rule/condition.ts';
import { combined, negated } from '../pipeline-rule/constant.ts';
import { charText } from '../pipeline-rule/java-regex.ts';
import { prefixLevels, trieRegex } from '../pipeline-rule/trie.ts';

/** From so many literals on, one expression costs less than a comparison for each of them. */
const long = 200;

/** Long lists of literals inside a field are looked for by one expression. */
export function withoutLongLists(condition: Condition): Condition {
  if (condition.kind === 'not') return negated(withoutLongLists(condition.operand));
  if (condition.kind === 'and') return combined('and', condition.operands.map(withoutLongLists));
  if (condition.kind !== 'or') return condition;
  const byField = new Map<string, LiteralLeaf[]>();
  for (const operand of condition.operands)
    if (operand.kind === 'literal' && operand.at === 'inside' && operand.spelling === 'folded')
      byField.set(operand.field, [...(byField.get(operand.field) ?? []), operand]);
  const lists = [...byField.values()].filter((list) => list.length >= long);
  const listed = new Set<Condition>(lists.flat());
  const others = condition.operands.filter((operand) => !listed.has(operand));
  return combined('or', [...others.map(withoutLongLists), ...lists.map(oneExpression)]);
}

const charClass = (from: number, to: number): string =>
  `\\x{${from.toString(16)}}${from === to ? '' : `-\\x{${to.toString(16)}}`}`;

function oneExpression(list: readonly LiteralLeaf[]): RegexLeaf {
  // a text that begins with another one is found by that one
  const [texts = []] = prefixLevels(list.map(({ text }) => text));
  const firsts = [...new Set(texts.map((text) => text.codePointAt(0) ?? 0))].sort((a, b) => a - b);
  // the server's engine tries each single character beyond ASCII by itself
  const classed = firsts.filter((point) => point < 0x80).map((point) => charClass(point, point));
  if (firsts.some((point) => point >= 0x80)) classed.push(charClass(0x80, 0x10ffff));
  const trie = trieRegex(texts, (char) => charText(char.codePointAt(0) ?? 0));
  return {
    kind: 'regex',
    field: list[0]?.field ?? '',
    spelling: 'folded',
    pattern: `(?=[${classed.join('')}])${trie}`,
    needs: [],
    deep: false,
  };
}
