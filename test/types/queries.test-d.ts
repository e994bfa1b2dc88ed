import { assertNever, type Item, itemsOf, type Query, type Test } from 'sigpack';
import { expectTypeOf } from 'vitest';

const place = { file: { path: 'rule.yml', text: '' }, span: { start: 0, end: 0 } };
const item: Item = { kind: 'item', field: 'User', test: { kind: 'null' }, ...place };
const query: Query = { kind: 'and', operands: [item, { kind: 'not', operand: item }] };
expectTypeOf(itemsOf(query)).toEqualTypeOf<readonly Item[]>();

// @ts-expect-error a keyword has the field undefined: it is not left out
({ kind: 'item', test: { kind: 'null' }, ...place }) satisfies Item;
// @ts-expect-error an item has a place
({ kind: 'item', field: 'User', test: { kind: 'null' } }) satisfies Item;
// @ts-expect-error `not` has one operand
({ kind: 'not', operands: [item] }) satisfies Query;
// @ts-expect-error a query is not changed in place
query.operands.push(item);

const tests: readonly Test[] = [
  { kind: 'string', pattern: ['a'], cased: false },
  { kind: 'number', value: 2n ** 60n },
  { kind: 'regex', source: 'a+', ignoreCase: true, multiline: false, dotAll: false },
  { kind: 'compare', operator: 'gte', value: 1 },
  { kind: 'field', other: 'TargetUser', relation: 'equals', cased: false },
  { kind: 'time', part: 'hour', operator: 'eq', value: 3 },
];
// @ts-expect-error a number is not a text
({ kind: 'number', value: '1031' }) satisfies Test;
// @ts-expect-error a comparison is in the order of numbers: `eq` is the test `number`
({ kind: 'compare', operator: 'eq', value: 1 }) satisfies Test;

const isText = ({ kind }: Test): boolean => {
  switch (kind) {
    case 'string':
    case 'regex':
    case 'cidr':
    case 'field':
    case 'expression':
      return true;
    case 'number':
    case 'boolean':
    case 'null':
    case 'exists':
    case 'compare':
    case 'time':
      return false;
    default:
      return assertNever(kind);
  }
};
tests.every(isText);

const isOperator = ({ kind }: Query): boolean => {
  switch (kind) {
    case 'and':
    case 'or':
      return true;
    case 'item':
      return false;
    default:
      // @ts-expect-error `not` is missing
      return assertNever(kind);
  }
};
isOperator(query);
