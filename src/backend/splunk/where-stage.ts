import type { CidrTest, CompareTest, FieldTest, Item, Query, TimeTest } from '../../query/tree.ts';
import { holdsLinkLocal } from '../../sigma/value/cidr.ts';
import { refused } from '../backend.ts';
import { keywordRegex, patternRegex, sourceRegex } from './regex-text.ts';
import { decimal, evalField, quoted } from './text.ts';

/**
 * An eval expression that is true exactly where the query is, and null or false elsewhere. AND
 * binds tighter than OR there.
 */
export function printWhere(query: Query): string {
  switch (query.kind) {
    case 'and':
      if (query.operands.length === 0) return 'true()';
      return chained(
        query.operands.map((operand) =>
          operand.kind === 'or' ? grouped(operand) : printWhere(operand),
        ),
        ' AND ',
      );
    case 'or':
      if (query.operands.length === 0) return 'false()';
      return chained(
        query.operands.map((operand) =>
          operand.kind === 'and' ? grouped(operand) : printWhere(operand),
        ),
        ' OR ',
      );
    case 'not':
      // NOT of null is null and drops the event; `if` takes null for false
      return `if(${printWhere(query.operand)}, 0, 1)=1`;
    case 'item':
      return printItem(query);
  }
}

const longestChain = 200;

/** A chain is read as an operator in an operator in an operator: groups keep a long one shallow. */
function chained(texts: readonly string[], operator: string): string {
  if (texts.length <= longestChain) return texts.join(operator);
  const groups: string[] = [];
  for (let at = 0; at < texts.length; at += longestChain)
    groups.push(`(${texts.slice(at, at + longestChain).join(operator)})`);
  return chained(groups, operator);
}

const grouped = (query: Query): string =>
  query.kind !== 'item' && query.kind !== 'not' && query.operands.length < 2
    ? printWhere(query)
    : `(${printWhere(query)})`;

function printItem(item: Item): string {
  const { test } = item;
  const field = evalField(item.field ?? '_raw', item);
  const regexOf = item.field === undefined ? keywordRegex : patternRegex;
  switch (test.kind) {
    case 'string':
      return `match(${field}, ${regexOf(test.pattern, test.cased)})`;
    case 'number':
    case 'boolean':
      return `match(${field}, ${regexOf([String(test.value)], false)})`;
    case 'null':
      return `isnull(${field})`;
    case 'exists':
      return `isnotnull(${field})`;
    case 'regex':
      return `match(${field}, ${sourceRegex(test, item)})`;
    case 'cidr':
      return `cidrmatch(${quoted(test.text)}, ${addressText(field, test)})`;
    case 'compare':
      return printCompare(field, test);
    case 'field':
      return printFieldTest(field, evalField(test.other, item), test);
    case 'time':
      return printTime(item, field, test);
    case 'expression':
      throw refused(
        item,
        'a query expression of a pipeline belongs to the search command, and this part of ' +
          'the rule needs `where`',
        'Leave out what it is combined with: regular expressions, comparisons, fieldref or ' +
          'cased values.',
      );
  }
}

/** cidrmatch does not read the zone of `fe80::1%12`. */
const addressText = (field: string, test: CidrTest): string =>
  holdsLinkLocal(test)
    ? `replace(${field}, "(?i)^(fe[89ab][0-9a-f]:[0-9a-f:.]*)%[0-9a-z._-]+$", "\\\\1")`
    : field;

const operators = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=' } as const;

function printCompare(field: string, test: CompareTest): string {
  return `tonumber(${field})${operators[test.operator]}${decimal(test.value)}`;
}

function printFieldTest(field: string, other: string, test: FieldTest): string {
  // `tostring` makes a text of null
  if (test.cased)
    return `(isnotnull(${field}) AND isnotnull(${other}) AND ${related(
      `tostring(${field})`,
      `tostring(${other})`,
      test,
    )})`;
  const compared = related(`lower(${field})`, `lower(${other})`, test);
  // an empty text is in every text, but in no field that is missing
  return test.relation === 'contains' ? `(isnotnull(${field}) AND ${compared})` : compared;
}

function related(a: string, b: string, { relation }: FieldTest): string {
  switch (relation) {
    case 'equals':
      return `${a}=${b}`;
    case 'startswith':
      return `substr(${a}, 1, len(${b}))=${b}`;
    case 'endswith':
      return `(len(${a})>=len(${b}) AND substr(${a}, len(${a})-len(${b})+1)=${b})`;
    case 'contains':
      return `(${a}=${b} OR len(${b})=0 OR mvcount(split(${a}, ${b}))>1)`;
  }
}

/**
 * What an ISO 8601 date with the part begins with, and where the part is in it, without conversion
 * of time zones (Sigma's warning on time modifiers). Any other text, such as a number of seconds,
 * has no parts.
 */
const isoDay = '^\\d{4}-\\d\\d-\\d\\d';
const isoMinute = `${isoDay}[T ]\\d\\d:\\d\\d`;
const isoParts = {
  year: [isoDay, '1, 4'],
  month: [isoDay, '6, 2'],
  day: [isoDay, '9, 2'],
  hour: [isoMinute, '12, 2'],
  minute: [isoMinute, '15, 2'],
} as const;
const formats = {
  year: '%Y',
  month: '%m',
  day: '%d',
  hour: '%H',
  minute: '%M',
  week: '%V',
} as const;

function printTime(item: Item, field: string, test: TimeTest): string {
  const compare = `${operators[test.operator]}${test.value}`;
  if (item.field === '_time') return `tonumber(strftime(_time, "${formats[test.part]}"))${compare}`;
  if (test.part === 'week')
    return (
      `(match(${field}, ${quoted(isoDay)}) AND tonumber(strftime(strptime(substr(${field}, 1, ` +
      `10), "%Y-%m-%d"), "%V"))${compare})`
    );
  const [date, place] = isoParts[test.part];
  return `(match(${field}, ${quoted(date)}) AND tonumber(substr(${field}, ${place}))${compare})`;
}
