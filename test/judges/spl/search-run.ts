import { cidrTest } from './cidr.ts';
import { rawTermTest } from './raw-term.ts';
import {
  parseSearchExpression,
  type SearchNode,
  type SearchOperator,
  type SearchValue,
} from './search-parse.ts';
import { SplError } from './text.ts';
import { compareTexts, lowersOf, type Row, textsOf } from './value.ts';
import { wildcardTest } from './wildcard.ts';

export type RowTest = (row: Row) => boolean;

/** Search modifiers that choose a time range: the caller's events are that range. */
const TIME_MODIFIERS = new Set(['earliest', 'latest', '_index_earliest', '_index_latest']);
/** Every indexed event has these, so a test event that lacks them still passes `index=*`. */
const DEFAULT_FIELDS = new Set(['index', 'sourcetype', 'source', 'host']);

/** The test that the arguments of a `search` command stand for. */
export function compileSearch(text: string): RowTest {
  return compile(parseSearchExpression(text));
}

function compile(node: SearchNode): RowTest {
  switch (node.kind) {
    case 'and': {
      const tests = node.operands.map(compile);
      return (row) => tests.every((test) => test(row));
    }
    case 'or': {
      const tests = node.operands.map(compile);
      return (row) => tests.some((test) => test(row));
    }
    case 'not': {
      const test = compile(node.operand);
      return (row) => !test(row);
    }
    case 'compare':
      return comparison(node.field, node.operator, node.value);
    case 'term':
      return rawTermTest(node.value);
  }
}

function comparison(field: string, operator: SearchOperator, value: SearchValue): RowTest {
  if (TIME_MODIFIERS.has(field)) return () => true;
  if (operator === '=' || operator === '!=') return equality(field, operator === '=', value);
  if (value.text.includes('*'))
    throw new SplError(`A wildcard cannot be ordered: ${field}${operator}${value.text}`);
  const holds = orderTest(operator);
  return (row) => textsOf(row, field).some((text) => holds(compareTexts(text, value.text)));
}

/**
 * A field with several values equals what any of them equals, and differs from what any of them
 * differs from.
 */
function equality(field: string, wanted: boolean, value: SearchValue): RowTest {
  const cased = value.form === 'case';
  const matches = wildcardTest(cased ? value.text : value.text.toLowerCase());
  const inBlock = cidrTest(value.text);
  const test = inBlock ? (text: string) => matches(text) || inBlock(text) : matches;
  const values = cased ? textsOf : lowersOf;
  const whenMissing = wanted && value.text === '*' && DEFAULT_FIELDS.has(field);
  return (row) => {
    const texts = values(row, field);
    return texts.length === 0 ? whenMissing : texts.some((text) => test(text) === wanted);
  };
}

function orderTest(operator: '<' | '<=' | '>' | '>='): (order: number) => boolean {
  switch (operator) {
    case '<':
      return (order) => order < 0;
    case '<=':
      return (order) => order <= 0;
    case '>':
      return (order) => order > 0;
    case '>=':
      return (order) => order >= 0;
  }
}
