import { and, type Item, not, or, type Query } from '../../query/tree.ts';
import { requiredPattern } from '../../regex/literal.ts';
import { parseRegex } from '../../regex/regex.ts';
import { holdsLinkLocal } from '../../sigma/value/cidr.ts';
import { ANY } from '../../sigma/value/pattern.ts';
import { rawExpression } from '../expression.ts';
import { fieldRunAt } from '../field-run.ts';
import { isExactKeyword, keywordTerms } from './keyword.ts';
import { decimal, isSayable, type Spelling, searchField } from './text.ts';

const nothing: Query = { kind: 'or', operands: [] };
const everything: Query = { kind: 'and', operands: [] };

/** True where the search stage expresses the item exactly. */
function isExact(item: Item, cloudSafe: boolean): boolean {
  const { test } = item;
  switch (test.kind) {
    case 'string':
      if (test.cased) return false;
      return item.field === undefined
        ? isExactKeyword(test.pattern)
        : isSayable(test.pattern, cloudSafe);
    case 'number':
    case 'boolean':
      return item.field !== undefined;
    case 'null':
    case 'exists':
    case 'expression':
      return true;
    case 'cidr':
      return !holdsLinkLocal(test);
    case 'compare':
      // text that is not a number compares by letters there
      return false;
    case 'regex':
    case 'field':
    case 'time':
      return false;
  }
}

export function isExactQuery(query: Query, cloudSafe: boolean): boolean {
  if (query.kind === 'item') return isExact(query, cloudSafe);
  if (query.kind === 'not') return isExactQuery(query.operand, cloudSafe);
  return query.operands.every((operand) => isExactQuery(operand, cloudSafe));
}

/**
 * The strongest search-stage condition that the query implies (`over`), or that implies it
 * (`under`).
 */
export function bounded(query: Query, side: 'over' | 'under', cloudSafe: boolean): Query {
  switch (query.kind) {
    case 'item':
      if (isExact(query, cloudSafe)) return query;
      return side === 'over' ? weaker(query) : nothing;
    case 'not':
      return simplified(not(bounded(query.operand, side === 'over' ? 'under' : 'over', cloudSafe)));
    default: {
      const operands = query.operands.map((operand) => bounded(operand, side, cloudSafe));
      return simplified(query.kind === 'and' ? and(operands) : or(operands));
    }
  }
}

const is = (query: Query, kind: 'and' | 'or') => query.kind === kind && query.operands.length === 0;

function simplified(query: Query): Query {
  if (query.kind === 'not') {
    if (is(query.operand, 'and')) return nothing;
    return is(query.operand, 'or') ? everything : query;
  }
  if (query.kind === 'item') return query;
  const absorbing = query.kind === 'and' ? 'or' : 'and';
  if (query.operands.some((operand) => is(operand, absorbing)))
    return absorbing === 'or' ? nothing : everything;
  const operands = query.operands.filter((operand) => !is(operand, query.kind));
  return query.kind === 'and' ? and(operands) : or(operands);
}

/** A test of the search stage that lets through all that the item matches. */
function weaker(item: Item): Query {
  const { test } = item;
  if (item.field === undefined) return keywordOf(item) === undefined ? everything : item;
  switch (test.kind) {
    case 'string':
      // printed with `*` for what can't be expressed
      return item;
    case 'compare':
      return item;
    case 'regex': {
      const parsed = parseRegex(test.source, test);
      return parsed.ok
        ? {
            ...item,
            test: { kind: 'string', pattern: requiredPattern(parsed.value.node), cased: false },
          }
        : { ...item, test: { kind: 'exists' } };
    }
    case 'field':
      return { ...item, test: { kind: 'exists' } };
    case 'time':
      return item.field === '_time' ? everything : { ...item, test: { kind: 'exists' } };
    default:
      return item;
  }
}

function keywordOf({ test }: Item): string | undefined {
  if (test.kind === 'string') return keywordTerms(test.pattern);
  return test.kind === 'number' || test.kind === 'boolean'
    ? keywordTerms([String(test.value)])
    : undefined;
}

const comparisons = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

/**
 * SPL of the search stage; empty for a query that is always true. OR binds tighter than AND there,
 * so every group has its parentheses.
 */
export function printSearch(query: Query, spell: Spelling): string {
  if (query.kind !== 'and') return printOperand(query, spell);
  // joined by hand: a list of texts for each of thousands of searches is work for the collector
  let text = '';
  let sign = '';
  for (const operand of query.operands) {
    text += sign + printSearch(operand, spell);
    sign = ' ';
  }
  return text;
}

/** The same as one term. */
export function printOperand(query: Query, spell: Spelling): string {
  switch (query.kind) {
    case 'and':
      return query.operands.length === 0 ? '*' : `(${printSearch(query, spell)})`;
    case 'or':
      return query.operands.length === 0 ? 'NOT *' : printOr(query.operands, spell);
    case 'not':
      // `NOT NOT field=*` would say the same
      if (query.operand.kind === 'item' && query.operand.test.kind === 'null')
        return printItem({ ...query.operand, test: { kind: 'exists' } }, spell);
      return `NOT ${printOperand(query.operand, spell)}`;
    case 'item':
      return printItem(query, spell);
  }
}

/** Neighbouring values of one field become `field IN (...)`. */
function printOr(operands: readonly Query[], spell: Spelling): string {
  const printed: string[] = [];
  const valuesOf = (item: Item) => listValues(item, spell);
  for (let at = 0; at < operands.length; ) {
    const run = fieldRunAt(operands, at, valuesOf);
    const first = operands[at];
    if (run && run.length > 1) {
      printed.push(`${searchField(run.item.field ?? '', run.item)} IN (${run.values.join(', ')})`);
      at += run.length;
    } else {
      if (first) printed.push(printOperand(first, spell));
      at++;
    }
  }
  // texts of unlike lengths need not be compared
  const alternatives =
    new Set(printed.map((text) => text.length)).size === printed.length
      ? printed
      : [...new Set(printed)];
  return alternatives.length === 1 ? (alternatives[0] ?? '') : `(${alternatives.join(' OR ')})`;
}

/** The values of a test that can be in a list, `field IN (...)`. */
export function listValues({ field, test }: Item, spell: Spelling): readonly string[] | undefined {
  if (field === undefined) return undefined;
  if (test.kind === 'string') return [spell(test.pattern)];
  return test.kind === 'number' || test.kind === 'boolean' ? [`"${test.value}"`] : undefined;
}

function printItem(item: Item, spell: Spelling): string {
  const { test } = item;
  if (test.kind === 'expression')
    return rawExpression(item, test, (field) => searchField(field, item));
  if (item.field === undefined) return keywordOf(item) ?? '*';
  const field = searchField(item.field, item);
  switch (test.kind) {
    case 'string':
      return test.pattern.length === 1 && test.pattern[0] === ANY
        ? `${field}=*`
        : `${field}=${spell(test.pattern)}`;
    case 'number':
      return test.value < 0 ? `${field}="${test.value}"` : `${field}=${test.value}`;
    case 'boolean':
      return `${field}="${test.value}"`;
    case 'null':
      return `NOT ${field}=*`;
    case 'cidr':
      // there, a link-local address with its zone is not an address
      return holdsLinkLocal(test)
        ? `(${field}="${test.text}" OR ${field}="fe*%*")`
        : `${field}="${test.text}"`;
    case 'compare':
      return `${field}${comparisons[test.operator]}${decimal(test.value)}`;
    default:
      return `${field}=*`;
  }
}
