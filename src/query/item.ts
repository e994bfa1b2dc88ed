import { flagOf } from '../sigma/rule/flag.ts';
import type { DetectionItem } from '../sigma/rule/rule.ts';
import { parseExpanded, parseExpandedRegex, patternLength } from '../sigma/value/placeholder.ts';
import { insideScalar } from '../source/yaml/inside-scalar.ts';
import type { YamlScalar } from '../source/yaml/tree.ts';
import { warnOfLiterals, warnOfWhole } from './doubtful-values.ts';
import type { Meaning } from './meaning.ts';
import { chainHolds } from './modifier-chain.ts';
import type { SettledItem, SettledValue } from './settled.ts';
import { ValueError } from './value.ts';
import { testReader } from './value-test.ts';

/** What modifiers have made of the values of a detection. */
export interface Made {
  /** Tests, of the values that became several. */
  tests: number;
  /** UTF-16 units of these. */
  units: number;
}

/** A query has no more. */
const mostTests = 100_000;
const mostUnits = 20_000_000;

/** Settles the modifiers of an item; undefined after a fatal diagnostic. */
export function settleItem(
  meaning: Meaning,
  item: DetectionItem,
  made: Made,
): SettledItem | undefined {
  const names = item.modifiers.map((modifier) => modifier.name);
  if (!chainHolds(meaning, item, names)) return undefined;
  const testsOf = testReader(meaning, item, names);
  const isExists = names.includes('exists');
  const values = item.values.map((value): SettledValue | undefined => {
    // that there is too much is said once
    if (isTooMuch(made)) return undefined;
    const span = value.text === '' ? item.span : value;
    try {
      const tests = testsOf(value);
      count(made, tests);
      return { tests, absent: isExists && flagOf(value) === false, span };
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      reportValue(meaning, item, value, error);
      return undefined;
    }
  });
  if (!values.every((value) => value !== undefined)) return undefined;
  if (names.includes('expand'))
    warnOfLiterals(meaning, item, names.includes('re') ? parseExpandedRegex : parseExpanded);
  if (item.field !== undefined && (names.includes('all') || names.includes('base64offset')))
    warnOfWhole(meaning, item, names);
  const link = names.includes('all') ? 'and' : 'or';
  return {
    kind: 'item',
    field: item.field,
    values,
    link,
    negated: names.includes('neq'),
    file: meaning.file,
    span: item.span,
  };
}

const isTooMuch = ({ tests, units }: Made): boolean => tests > mostTests || units > mostUnits;

/** Throws {@link ValueError} where a detection gets too much. */
function count(made: Made, tests: SettledValue['tests']): void {
  // nearly all values are one test
  if (tests.length < 2) return;
  made.tests += tests.length;
  for (const test of tests)
    if (test.kind === 'string') made.units += patternLength(test.pattern);
    else if (test.kind === 'regex') made.units += test.source.length;
  if (isTooMuch(made))
    throw new ValueError(
      `the modifiers make more than ${mostTests} values of those of the rule, or too long ones`,
      'Split the rule, or shorten the lists.',
    );
}

function reportValue(
  { bag, file }: Meaning,
  item: DetectionItem,
  value: YamlScalar,
  { code, message, hint, offset }: ValueError,
): void {
  const inside =
    offset === undefined ? value : insideScalar(file, value)({ start: offset, end: offset + 1 });
  // an empty value has no place of its own
  const span = value.end > value.start ? inside : item.span;
  bag.add(file, { code, message, span, hint });
}
