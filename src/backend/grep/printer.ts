import { assertNever, type CidrTest, type Item, type Query } from '../../query/tree.ts';
import { ANY, ONE, type Pattern } from '../../sigma/value/pattern.ts';
import { overLimit, type Refusal, refused } from '../backend.ts';
import { regexOver } from './regex.ts';
import { anywhere } from './strings.ts';
import { ALWAYS, keyPattern, literal, NEVER, report, type Writing } from './text.ts';
import { addressPattern, comparedOver, exactValue, fieldPattern, timeValue } from './value.ts';

/** PCRE takes 250 nested groups; an expression may have 200 of them. */
const MAX_DEPTH = 24;

/**
 * A pattern that starts at the line's start and matches every line that the query means. A plain
 * test is widened: its value may be anywhere on the line, in any field. Under `not` that would hide
 * lines, so a test there has its exact form, `"field":"value"`, or is left out (`over` false: the
 * query means every line that the pattern matches).
 */
export function printPattern(query: Query, over: boolean, writing: Writing, depth = 0): string {
  if (depth > MAX_DEPTH)
    throw overLimit(writing.place, 'the condition is nested too deep for a regular expression');
  switch (query.kind) {
    case 'item':
      return over ? itemOver(query, writing) : itemExact(query, writing);
    case 'not':
      return negated(printPattern(query.operand, !over, writing, depth + 1));
    case 'and':
      return conjunction(query.operands, (operand) =>
        printPattern(operand, over, writing, depth + 1),
      );
    case 'or':
      return over
        ? alternatives(
            query.operands.map((operand) => printPattern(operand, over, writing, depth + 1)),
          )
        : exactAlternatives(query.operands, writing, depth);
    default:
      return assertNever(query);
  }
}

function negated(pattern: string): string {
  if (pattern === NEVER) return ALWAYS;
  return pattern === ALWAYS ? NEVER : `(?!${pattern})`;
}

function conjunction(operands: readonly Query[], print: (operand: Query) => string): string {
  const looks: string[] = [];
  for (const operand of operands) {
    const pattern = print(operand);
    if (pattern === NEVER) return NEVER;
    // negations and conjunctions have no length already
    if (pattern !== ALWAYS)
      looks.push(
        operand.kind === 'not' || operand.kind === 'and' || isLook(pattern)
          ? pattern
          : `(?=${pattern})`,
      );
  }
  return looks.join('');
}

const isLook = (pattern: string): boolean => pattern.startsWith('(?=') || pattern.startsWith('(?!');

function alternatives(patterns: readonly string[]): string {
  const possible = new Set(patterns);
  possible.delete(NEVER);
  if (possible.has(ALWAYS)) return ALWAYS;
  if (possible.size === 0) return NEVER;
  const all = [...possible];
  return all.length === 1 ? (all[0] ?? NEVER) : `(?:${all.join('|')})`;
}

/** Values of one field share its name. */
function exactAlternatives(operands: readonly Query[], writing: Writing, depth: number): string {
  const byKey = new Map<string, string[]>();
  const patterns: string[] = [];
  for (const operand of operands) {
    const found = operand.kind === 'item' ? keyedValue(operand, writing) : undefined;
    if (!found) patterns.push(printPattern(operand, false, writing, depth + 1));
    else if (found.value !== NEVER) {
      plainly(writing);
      const known = byKey.get(found.key);
      if (known) known.push(found.value);
      else byKey.set(found.key, [found.value]);
    } else leftOut(writing);
  }
  const keyed = [...byKey].map(([key, values]) => `.*${key}${alternatives(values)}`);
  return alternatives([...keyed, ...patterns]);
}

interface KeyedValue {
  readonly key: string;
  readonly value: string;
}

/** Undefined for tests that are more than a field and its value. */
function keyedValue(item: Item, writing: Writing): KeyedValue | undefined {
  if (!writing.json || item.test.kind === 'null' || item.test.kind === 'field') return undefined;
  return {
    key: item.field === undefined ? '":' : keyPattern(item.field, writing),
    value: exactValue(item, writing),
  };
}

function itemExact(item: Item, writing: Writing): string {
  const { field, test } = item;
  refuseFieldPattern(item);
  if (test.kind === 'expression') throw refusedExpression(item);
  if (!writing.json) {
    if (field === undefined && test.kind === 'string')
      return anywhere(test.pattern, test.cased, writing);
    leftOut(writing);
    return NEVER;
  }
  if (field !== undefined && test.kind === 'null')
    return alternatives([
      `(?!.*${keyPattern(field, writing)})`,
      `.*${keyPattern(field, writing)}null`,
    ]);
  if (field !== undefined && test.kind === 'field') return fieldPattern(field, test, writing);
  const found = keyedValue(item, writing);
  if (!found || found.value === NEVER) {
    leftOut(writing);
    return NEVER;
  }
  plainly(writing);
  return `.*${found.key}${found.value}`;
}

function plainly(writing: Writing): void {
  report(
    writing,
    'under `not`, values in lists, and numbers that a pattern or an expression means, are ' +
      'not excluded: such events are found too',
  );
}

/** No key of a line has an asterisk in it; the rule means a pattern. */
function refuseFieldPattern(item: Item): void {
  if (item.field?.includes('*'))
    throw refused(
      item,
      `grep can't search a field with the name \`${item.field}\``,
      'Name one field, without wildcards.',
    );
}

function refusedExpression(item: Item): Refusal {
  return refused(
    item,
    'grep knows no query expressions of pipelines',
    'Limit query_expression_placeholders to other targets with allowed_backends.',
  );
}

function leftOut(writing: Writing): void {
  report(
    writing,
    'a test under `not` has no exact form on a line and is left out: events that it would ' +
      'exclude are found too',
  );
}

function itemOver(item: Item, writing: Writing): string {
  const { field, test } = item;
  refuseFieldPattern(item);
  if (test.kind === 'expression') throw refusedExpression(item);
  if (
    field !== undefined &&
    (test.kind === 'string' ||
      test.kind === 'regex' ||
      test.kind === 'number' ||
      test.kind === 'boolean' ||
      test.kind === 'cidr')
  )
    report(
      writing,
      'values are looked for anywhere on the line, whatever their field and their place in ' +
        'it: more events may be found',
    );
  if (field === undefined) reportKeyword(item, writing);
  switch (test.kind) {
    case 'string':
      return stringOver(item, test.pattern, test.cased, writing);
    case 'number':
    case 'boolean':
      return `.*${literal(String(test.value), false, writing)}`;
    case 'regex':
      return regexOver(test, writing);
    case 'cidr':
      return addressOver(item, test);
    default:
      return keyedOver(item, writing);
  }
}

/** A plain line is the event's text; a JSON line has the names of the fields too. */
function reportKeyword({ test }: Item, writing: Writing): void {
  if (writing.json)
    report(
      writing,
      'keywords are looked for anywhere on the line, also in names of fields and across ' +
        'values: more events may be found',
    );
  else if (test.kind === 'string' && test.pattern.includes(ONE))
    report(
      writing,
      '`?` stands for up to four characters where they are not of ASCII: more events may be found',
    );
  else if (test.kind === 'regex')
    report(
      writing,
      'an expression may be widened to what holds in every locale: more events may be found',
    );
}

function stringOver(item: Item, pattern: Pattern, cased: boolean, writing: Writing): string {
  if (!writing.json && pattern.some((part) => typeof part === 'string' && /[\n\0]/.test(part)))
    throw refused(
      item,
      'the value has a line break or a NUL, which no plain line has',
      'Set grep.lines: json.',
    );
  if (pattern.some((part) => typeof part === 'string')) return anywhere(pattern, cased, writing);
  // a pattern without text asks only whether the field is there
  if (item.field === undefined) return ALWAYS;
  const present = keyedOver(item, writing);
  // numbers and truth values have no quotes, and any member of a list may match
  if (pattern.length === 0)
    return alternatives([present, `.*${keyPattern(item.field, writing)}\\[`]);
  return pattern.length === 1 && pattern[0] === ANY
    ? present
    : alternatives([present, `.*${keyPattern(item.field, writing)}[^"n]`]);
}

/** Tests that mean nothing without the field's name. */
function keyedOver(item: Item, writing: Writing): string {
  const { field, test } = item;
  if (field === undefined)
    throw refused(
      item,
      `grep can't search the whole line for a ${test.kind} test`,
      'Name the field.',
    );
  if (!writing.json) {
    const message =
      'plain lines have no fields by which to tell whether one is there, empty or how it compares';
    throw refused(item, message, 'Set grep.lines: json and write the events so.');
  }
  const key = keyPattern(field, writing);
  switch (test.kind) {
    case 'null':
      return alternatives([`(?!.*${key})`, `.*${key}null`]);
    case 'exists':
      return `.*${key}(?!null|\\[\\])`;
    case 'field':
      report(
        writing,
        'fields are compared as they are written on the line: more events may be found',
      );
      return fieldPattern(field, test, writing);
    case 'compare':
      report(
        writing,
        'numbers are compared by their digits: of those below zero, between whole numbers or ' +
          'with an exponent, more may be found',
      );
      return `.*${key}${comparedOver(test)}`;
    case 'time': {
      const value = timeValue(test);
      if (value !== undefined) return `.*${key}${value}`;
      throw refused(item, "grep can't tell the week of a date", 'Test month and day.');
    }
    default:
      return `.*${key}${exactValue(item, writing)}`;
  }
}

function addressOver(item: Item, test: CidrTest): string {
  const address = addressPattern(test);
  if (address === undefined)
    throw refused(
      item,
      `the spellings of the addresses in ${test.text} can't be listed`,
      'Use a block whose prefix ends between groups.',
    );
  const part = test.version === 4 ? '0-9' : '0-9a-fA-F:';
  return `.*(?<![${part}.])(?:${address})(?![${part}])`;
}
