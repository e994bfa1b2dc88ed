import { parseRegex } from '../regex/regex.ts';
import { note } from '../sigma/rule/attribute.ts';
import { flagOf } from '../sigma/rule/flag.ts';
import type { DetectionItem } from '../sigma/rule/rule.ts';
import { parseAddressBlock } from '../sigma/value/cidr.ts';
import { isComparison } from '../sigma/value/modifier.ts';
import { isPlaceholder, patternText } from '../sigma/value/pattern.ts';
import { parseExpandedRegex } from '../sigma/value/placeholder.ts';
import { keepsZeros } from '../source/yaml/scalar.ts';
import type { YamlScalar } from '../source/yaml/tree.ts';
import { warnOfNetwork, warnOfNumber } from './doubtful-values.ts';
import { fillRegex } from './expanded-regex.ts';
import type { Meaning } from './meaning.ts';
import type { Test, TimePart } from './tree.ts';
import { maximumSpelled, maximumValues, textPatterns, unfilled, ValueError } from './value.ts';

/** Throws {@link ValueError}. */
type TestReader = (value: YamlScalar) => readonly Test[];

/**
 * Makes the function that reads a value of an item as tests, joined with OR, by the item's
 * modifiers. For `exists: false` they are those of `exists: true`.
 */
export function testReader(
  meaning: Meaning,
  item: DetectionItem,
  names: readonly string[],
): TestReader {
  for (const name of names) {
    switch (name) {
      case 're':
        return names.includes('expand')
          ? (value) => expandedRegexes(meaning, value, names)
          : (value) => [regexTest(value, names)];
      case 'cidr':
        return names.includes('expand')
          ? (value) => expandedBlocks(meaning, value)
          : (value) => [cidrTest(value.text)];
      case 'exists':
        return (value) => existsTest(meaning, item, value);
      case 'fieldref':
        return (value) => [fieldTest(value, names)];
      case 'minute':
      case 'hour':
      case 'day':
      case 'week':
      case 'month':
      case 'year':
        return (value) => [timeTest(value, name, names)];
      default:
        if (isComparison(name))
          return (value) => [{ kind: 'compare', operator: name, value: numberOf(value, name) }];
    }
  }
  return plainReader(meaning, item, names);
}

function existsTest(
  { bag, file }: Meaning,
  item: DetectionItem,
  value: YamlScalar,
): readonly Test[] {
  const flag = flagOf(value);
  if (flag === undefined)
    throw new ValueError(
      '`exists` takes true or false',
      'Write `true` where the field must be there, `false` where it must not.',
    );
  if (item.values.length > 1)
    throw new ValueError('`exists` takes one value', 'Leave one of true and false.');
  if (typeof value.value !== 'boolean')
    note(
      { file, bag },
      value,
      `the text \`${value.text}\` is read as \`${flag}\``,
      `Write \`${flag}\`, without quotes.`,
    );
  return [{ kind: 'exists' }];
}

function plainReader(meaning: Meaning, item: DetectionItem, names: readonly string[]): TestReader {
  const cased = names.includes('cased');
  const expanded = names.includes('expand');
  const textual = names.find((name) => name !== 'all' && name !== 'neq');
  return (value) => {
    const typed = typeof value.value === 'string' ? undefined : typedTest(item, textual, value);
    if (typed) {
      if (typed.kind === 'number') warnOfNumber(meaning, value);
      return [typed];
    }
    const patterns = textPatterns(value, names, meaning);
    if (expanded || value.text.includes('/')) warnOfNetwork(meaning, item, names, patterns, value);
    const [only] = patterns;
    // nearly all values are one pattern
    if (patterns.length === 1 && only) return [{ kind: 'string', pattern: only, cased }];
    return patterns.map((pattern) => ({ kind: 'string', pattern, cased }));
  };
}

/**
 * The test of a value that YAML does not read as text; undefined if it is compared as text.
 * `textual`: a modifier that takes text.
 */
function typedTest(
  { field }: DetectionItem,
  textual: string | undefined,
  scalar: YamlScalar,
): Test | undefined {
  const { value } = scalar;
  if (field === undefined && value === null)
    throw new ValueError('a keyword must be a text or a number', undefined, 'SIG014');
  if (textual !== undefined && (value === null || typeof value === 'boolean'))
    throw new ValueError(
      `\`${textual}\` takes texts, not ${shown(scalar)}`,
      value === null
        ? 'Quote the value, or give null an item of its own without modifiers.'
        : 'Quote the value.',
    );
  if (value === null) return { kind: 'null' };
  if (
    typeof value === 'string' ||
    field === undefined ||
    textual !== undefined ||
    keepsZeros(scalar)
  )
    return undefined;
  return typeof value === 'boolean' ? { kind: 'boolean', value } : { kind: 'number', value };
}

const regexFlags = (names: readonly string[]) => ({
  ignoreCase: names.includes('i'),
  multiline: names.includes('m'),
  dotAll: names.includes('s'),
});

/**
 * The expressions that an expression with placeholders means. Those that a pipeline has to fill
 * remain text.
 */
function expandedRegexes(
  meaning: Meaning,
  value: YamlScalar,
  names: readonly string[],
): readonly Test[] {
  const pattern = parseExpandedRegex(value.text);
  if (!pattern.some(isPlaceholder)) return [regexTest(value, names)];
  const keep = meaning.keepPlaceholders ?? false;
  const filled = fillRegex({ pattern, flags: regexFlags(names) }, meaning.placeholders, {
    most: maximumValues,
    longest: maximumSpelled,
    keep,
  });
  if (filled.ok) return filled.value;
  const { error } = filled;
  if (error.kind !== 'invalid') throw unfilled(error);
  const { source, message } = error;
  throw new ValueError(
    `invalid regular expression with a placeholder’s value, \`${source}\`: ${message}`,
    'Values are part of the expression as they are: escape what stands for itself.',
    'SIG023',
  );
}

function regexTest(value: YamlScalar, names: readonly string[]): Test {
  if (value.value === null || value.text === '')
    throw new ValueError('the regular expression is empty', undefined, 'SIG023');
  const wanted = regexFlags(names);
  const parsed = parseRegex(value.text, wanted);
  if (!parsed.ok)
    throw new ValueError(
      `invalid regular expression: ${parsed.error.message}`,
      regexHint(value.text, parsed.error.offset),
      'SIG023',
      parsed.error.offset,
    );
  return { kind: 'regex', source: value.text, ...wanted };
}

/** A star with nothing before it is most likely a wildcard of Sigma. */
const regexHint = (text: string, offset: number): string =>
  /^[*?]/.test(text.slice(offset)) && /^$|[|(]$/.test(text.slice(0, offset))
    ? 'Write `.*` for any characters; `*` alone is a wildcard of texts, without `re`.'
    : 'Fix the pattern at the marked place.';

function cidrTest(text: string): Test {
  const block = parseAddressBlock(text);
  const wildcards = /[*?]/.test(text) ? '; wildcards are for texts, without `cidr`' : '';
  if (!block)
    throw new ValueError(
      `\`${text}\` is not an address block`,
      `Write it as 10.0.0.0/8 or 2001:db8::/32${wildcards}.`,
    );
  return { kind: 'cidr', ...block };
}

/**
 * The blocks that a value with placeholders means. Those that a pipeline has to fill remain text.
 */
function expandedBlocks(meaning: Meaning, value: YamlScalar): readonly Test[] {
  return textPatterns(value, ['expand'], meaning).map((pattern) =>
    pattern.some(isPlaceholder)
      ? { kind: 'string', pattern, cased: false, isBlock: true }
      : cidrTest(patternText(pattern)),
  );
}

function fieldTest(value: YamlScalar, names: readonly string[]): Test {
  if (typeof value.value !== 'string' || value.text === '')
    throw new ValueError(
      '`fieldref` takes the name of a field',
      'Name another field of the same event.',
    );
  const relation =
    (['startswith', 'endswith', 'contains'] as const).find((name) => names.includes(name)) ??
    'equals';
  return { kind: 'field', other: value.text, relation, cased: names.includes('cased') };
}

const timeRanges: Readonly<Record<TimePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [0, 9999],
};

function timeTest(value: YamlScalar, part: TimePart, names: readonly string[]): Test {
  const number = numberOf(value, part);
  const [low, high] = timeRanges[part];
  if (typeof number !== 'number' || !Number.isInteger(number) || number < low || number > high)
    throw new ValueError(
      `${part === 'hour' ? 'an' : 'a'} ${part} is a whole number from ${low} to ${high}`,
      'Correct the number.',
    );
  return { kind: 'time', part, operator: names.find(isComparison) ?? 'eq', value: number };
}

function numberOf(value: YamlScalar, modifier: string): number | bigint {
  if (typeof value.value === 'number' || typeof value.value === 'bigint') return value.value;
  throw new ValueError(
    `\`${modifier}\` takes a number, not ${shown(value)}`,
    'Write the number without quotes.',
  );
}

function shown({ value, text }: YamlScalar): string {
  if (text === '') return 'an empty value';
  return typeof value === 'string' ? `the text \`${text}\`` : `\`${text}\``;
}
