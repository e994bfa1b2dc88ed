import type { Item, Query } from '../../query/tree.ts';
import { ANY } from '../../sigma/value/pattern.ts';
import { diagnosticAt, type Place, refused, type TargetDiagnostic } from '../backend.ts';
import { rawExpression } from '../expression.ts';
import { fieldRunAt } from '../field-run.ts';
import { blockPatterns } from './address.ts';
import { fieldName, isSayable, quotedPattern } from './text.ts';

/** The place of the whole query, and the diagnostics about it. */
export interface SearchContext {
  readonly place: Place;
  readonly diagnostics: TargetDiagnostic[];
}

/** True where the search alone expresses the query exactly. */
export function isExact(query: Query): boolean {
  if (query.kind === 'item') return isExactItem(query);
  if (query.kind === 'not') return isExact(query.operand);
  return query.operands.every(isExact);
}

function isExactItem({ field, test }: Item): boolean {
  switch (test.kind) {
    case 'string':
      return !test.cased && isSayable(test.pattern);
    case 'expression':
    case 'number':
      return true;
    case 'boolean':
    case 'null':
    case 'exists':
    case 'compare':
      return field !== undefined;
    case 'cidr':
      return field !== undefined && blockPatterns(test) !== undefined;
    default:
      return false;
  }
}

/** Text of the search. Every group has parentheses: OR binds tighter than AND there. */
export function printSearch(query: Query, context: SearchContext): string {
  return printNode(query, context, true);
}

function printNode(query: Query, context: SearchContext, outermost: boolean): string {
  switch (query.kind) {
    case 'item':
      return printItem(query, context);
    case 'not':
      return printNot(query.operand, context);
    default: {
      const parts =
        query.kind === 'and'
          ? query.operands.map((operand) => printNode(operand, context, false))
          : printAlternatives(query.operands, context);
      const [only] = parts;
      if (only === undefined) return nothingOr(query.kind, context);
      if (parts.length === 1) return only;
      const text = parts.join(query.kind === 'and' ? ' AND ' : ' OR ');
      return outermost ? text : `(${text})`;
    }
  }
}

function nothingOr(kind: 'and' | 'or', { place }: SearchContext): string {
  if (kind === 'and') return '*';
  throw refused(
    place,
    "a part of the condition can never be true, which LogPoint's language has no word for",
    'Leave that part out.',
  );
}

function printNot(operand: Query, context: SearchContext): string {
  if (operand.kind === 'not') return printNode(operand.operand, context, false);
  if (operand.kind === 'item' && operand.test.kind === 'null')
    return printItem({ ...operand, test: { kind: 'exists' } }, context);
  const text = printNode(operand, context, false);
  // an item with many values, or with none, is a group by itself
  return text.startsWith('-') ? `-(${text})` : `-${text}`;
}

/** Neighbouring values of one field become `field IN [...]`. */
function printAlternatives(operands: readonly Query[], context: SearchContext): readonly string[] {
  const parts = new Set<string>();
  for (let at = 0; at < operands.length; ) {
    const run = fieldRunAt(operands, at, valuesOf);
    const first = operands[at];
    if (run) parts.add(fieldIs(run.item, run.values));
    else if (first) parts.add(printNode(first, context, false));
    at += run?.length ?? 1;
  }
  return [...parts];
}

/** Values that the field may have; undefined for other tests. */
function valuesOf({ field, test }: Item): readonly string[] | undefined {
  if (field === undefined) return undefined;
  switch (test.kind) {
    case 'string':
      return test.pattern.length === 1 && test.pattern[0] === ANY
        ? undefined
        : [quotedPattern(test.pattern)];
    case 'number':
      return [numberText(test.value)];
    case 'boolean':
      return [`"${test.value}"`];
    case 'cidr':
      return blockPatterns(test)?.map((text) => `"${text}"`);
    default:
      return undefined;
  }
}

const numberText = (value: number | bigint): string =>
  /^\d+$/.test(String(value)) ? String(value) : `"${value}"`;

function fieldIs(item: Item, values: readonly string[]): string {
  const field = fieldName(item.field ?? '', item);
  const distinct = [...new Set(values)];
  return distinct.length === 1 ? `${field}=${distinct[0]}` : `${field} IN [${distinct.join(', ')}]`;
}

const comparisons = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

function printItem(item: Item, context: SearchContext): string {
  if (item.test.kind === 'expression')
    return rawExpression(item, item.test, (field) => fieldName(field, item));
  if (item.field === undefined) return printKeyword(item, context);
  const values = valuesOf(item);
  if (values) return fieldIs(item, values);
  const field = fieldName(item.field, item);
  const { test } = item;
  switch (test.kind) {
    case 'null':
      return `-${field}=*`;
    case 'compare': {
      const name = `\`${item.field}\``;
      const message = `${name} compares as a number only where LogPoint has the field as one`;
      context.diagnostics.push(
        diagnosticAt(
          'TGT002',
          item,
          message,
          'Check that the field arrives as a number, not as text.',
        ),
      );
      return `${field}${comparisons[test.operator]}${test.value}`;
    }
    default:
      return `${field}=*`;
  }
}

function printKeyword(item: Item, { diagnostics }: SearchContext): string {
  const { test } = item;
  if (test.kind !== 'string' && test.kind !== 'number')
    throw new Error(`a keyword can't be a ${test.kind} here`);
  const message =
    'LogPoint finds keywords as whole words or phrases of the raw message, not as parts of words';
  diagnostics.push(
    diagnosticAt('TGT002', item, message, 'Name the field, or write wildcards around the keyword.'),
  );
  return quotedPattern(test.kind === 'string' ? test.pattern : [String(test.value)]);
}
