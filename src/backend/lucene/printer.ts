import { assertNever, type Item, type Query } from '../../query/tree.ts';
import { refused } from '../backend.ts';
import { rawExpression } from '../expression.ts';
import { printAddressText } from './address-text.ts';
import { type Dialect, type Printed, together } from './dialect.ts';
import { checkField } from './field-name.ts';
import { printOtherItem } from './item.ts';
import {
  isKeyword,
  type KeywordItem,
  printAnalysed,
  printKeywords,
  refuseKeyword,
} from './keyword.ts';
import { printStrings, type StringItem } from './strings.ts';
import { escapedField } from './text.ts';

/**
 * Lucene's classic syntax has no precedence to rely on (AND and OR mark single clauses), so every
 * group has parentheses, and a negation in a disjunction is a group by itself: `a OR NOT b` would
 * mean `a AND NOT b`.
 */
export function printLucene(query: Query, dialect: Dialect): Printed {
  return printNode(query, dialect, true);
}

function printNode(query: Query, dialect: Dialect, outermost: boolean): Printed {
  switch (query.kind) {
    case 'item':
      return printItem(query, dialect);
    case 'not':
      return printNot(query.operand, dialect, outermost);
    case 'and': {
      if (query.operands.length === 0) return { text: dialect.everything, clauses: 1 };
      const parts = query.operands.map((operand) =>
        operand.kind === 'not'
          ? printNot(operand.operand, dialect, true)
          : printNode(operand, dialect, false),
      );
      return grouped(together(parts, ' AND '), outermost || parts.length === 1);
    }
    case 'or': {
      if (query.operands.length === 0) return { text: dialect.nothing, clauses: 1 };
      const parts = printAlternatives(query.operands, dialect);
      return grouped(together(parts, ' OR '), outermost || parts.length === 1);
    }
    default:
      return assertNever(query);
  }
}

function grouped(printed: Printed, bare: boolean): Printed {
  return bare ? printed : { ...printed, text: `(${printed.text})` };
}

function printNot(operand: Query, dialect: Dialect, bare: boolean): Printed {
  const inner =
    operand.kind === 'item' && operand.test.kind === 'null'
      ? { ...operand, test: { kind: 'exists' as const } }
      : operand;
  // `NOT field is null` means that it exists
  if (inner !== operand) return printNode(inner, dialect, false);
  const printed = printNode(inner, { ...dialect, negated: !dialect.negated }, false);
  const text = `NOT ${/^NOT /.test(printed.text) ? `(${printed.text})` : printed.text}`;
  return bare
    ? { ...printed, text }
    : { ...printed, text: dialect.alone(text), clauses: printed.clauses + 1 };
}

/** Neighbouring text values of one field are printed together. */
function printAlternatives(operands: readonly Query[], dialect: Dialect): readonly Printed[] {
  const parts: Printed[] = [];
  for (let at = 0; at < operands.length; ) {
    const first = operands[at];
    if (!first) break;
    const run: StringItem[] = [];
    const whole =
      first.kind !== 'item' || !(isAnalysed(first, dialect) || isAddressField(first, dialect));
    for (
      let next = operands[at];
      whole && next && isStringOf(next, first);
      next = operands[at + run.length]
    )
      run.push(next);
    const keywords: KeywordItem[] = [];
    for (let next = operands[at]; next && isKeyword(next); next = operands[at + keywords.length])
      keywords.push(next);
    if (keywords.length > 0) {
      parts.push(printKeywords(keywords, dialect));
      at += keywords.length;
    } else if (run[0]) {
      checkField(run[0], dialect);
      parts.push(...printStrings(run, dialect));
      at += run.length;
    } else {
      parts.push(printNode(first, dialect, false));
      at++;
    }
  }
  // texts of unlike lengths need not be compared
  if (new Set(parts.map(({ text }) => text.length)).size === parts.length) return parts;
  const texts = new Set<string>();
  return parts.filter(({ text }) => texts.size < texts.add(text).size);
}

const isAnalysed = (item: Item, dialect: Dialect): boolean =>
  item.field !== undefined && dialect.analysedFields.includes(item.field);

/** Tests of the words of a field, or of their absence. */
const analysedTests: ReadonlySet<Item['test']['kind']> = new Set([
  'string',
  'number',
  'boolean',
  'regex',
  'cidr',
]);

const isAddressField = (item: Item, dialect: Dialect): boolean =>
  item.field !== undefined && dialect.addressFields.includes(item.field);

function isStringOf(query: Query, first: Query): query is StringItem {
  return (
    query.kind === 'item' &&
    first.kind === 'item' &&
    query.field !== undefined &&
    query.field === first.field &&
    (query.test.kind === 'string' || query.test.kind === 'number')
  );
}

function printItem(item: Item, dialect: Dialect): Printed {
  if (item.test.kind === 'expression')
    return { text: rawExpression(item, item.test, escapedField), clauses: 1 };
  if (item.field === undefined)
    return isKeyword(item) ? printKeywords([item], dialect) : refuseKeyword(item, dialect);
  checkField(item, dialect);
  if (isAnalysed(item, dialect) && analysedTests.has(item.test.kind))
    return printAnalysed(item, item.field, dialect);
  if (isAddressField(item, dialect)) {
    if (isStringOf(item, item)) return printAddressText(item, item.field, dialect);
    if (item.test.kind === 'regex')
      throw refused(
        item,
        `\`${item.field}\` has the type ip in ${dialect.name}, which no regular expression ` +
          'can search',
        'Write the network with `cidr`.',
      );
  }
  if (isStringOf(item, item)) {
    const parts = printStrings([item], dialect);
    return grouped(together(parts, ' OR '), parts.length === 1);
  }
  return printOtherItem(item, item.field, dialect);
}
