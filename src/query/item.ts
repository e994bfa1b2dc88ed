import { parseRegex } from '../regex/regex.ts';
import { note } from '../sigma/rule/attribute.ts';
import { flagOf } from '../sigma/rule/flag.ts';
import type { DetectionItem, ModifierUse } from '../sigma/rule/rule.ts';
import { isNetwork, parseAddressBlock } from '../sigma/value/cidr.ts';
import { chainError, isComparison, modifierRoles } from '../sigma/value/modifier.ts';
import { modifierHint } from '../sigma/value/modifier-hint.ts';
import { isPlaceholder, literalText, type Pattern, patternText } from '../sigma/value/pattern.ts';
import { parseExpanded, parseExpandedRegex, seemsExpanded } from '../sigma/value/placeholder.ts';
import type { DiagnosticBag, NewDiagnostic } from '../source/diagnostic.ts';
import type { SourceFile, Span } from '../source/span.ts';
import { insideScalar } from '../source/yaml/inside-scalar.ts';
import { keepsZeros } from '../source/yaml/scalar.ts';
import type { YamlScalar } from '../source/yaml/tree.ts';
import { fillRegex } from './expanded-regex.ts';
import type { SettledItem, SettledValue } from './settled.ts';
import type { Test, TimePart } from './tree.ts';
import { maximumValues, textPatterns, unfilled, ValueError } from './value.ts';

/** What turning a rule as written into a query needs to know. */
export interface Meaning {
  readonly file: SourceFile;
  readonly bag: DiagnosticBag;
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
  /** A pipeline follows, which may know the placeholders that have no value here. */
  readonly keepPlaceholders?: boolean;
}

/** The item with its modifiers settled. Undefined after a fatal diagnostic. */
export function settleItem(meaning: Meaning, item: DetectionItem): SettledItem | undefined {
  const names = item.modifiers.map((modifier) => modifier.name);
  if (!chainHolds(meaning, item, names)) return undefined;
  const testsOf = testReader(meaning, item, names);
  const values = item.values.map((value): SettledValue | undefined => {
    const span = value.text === '' ? item.span : value;
    try {
      const tests = testsOf(value);
      return tests === 'absent'
        ? { tests: [{ kind: 'exists' }], absent: true, span }
        : { tests, absent: false, span };
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      complainAbout(meaning, item, value, error);
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

/** `expand` for nothing: no value names a placeholder, or one only seems to. */
function warnOfLiterals(
  { bag, file }: Meaning,
  { values }: DetectionItem,
  parse: (text: string) => Pattern,
): void {
  const none = !values.some(({ text }) => parse(text).some(isPlaceholder));
  for (const value of values) {
    const escaped = seemsExpanded(value.text, parse(value.text));
    if (!escaped && !none) continue;
    const hint = escaped
      ? 'Write `\\\\%name%` for a backslash before a placeholder: `\\%` is a percent sign.'
      : 'Write `%name%`, or remove `expand`.';
    const span = value.end > value.start ? value : undefined;
    if (span)
      bag.add(file, {
        code: 'SIG027',
        message: `\`expand\` finds no placeholder in \`${value.text}\``,
        span,
        hint,
      });
  }
}

/**
 * Values that are compared whole and that hardly any event has: all of several, or the middle of a
 * Base64 text.
 */
function warnOfWhole(
  { bag, file }: Meaning,
  { values, modifiers, span }: DetectionItem,
  names: readonly string[],
): void {
  if (names.some((name) => modifierRoles.get(name) === 'shape')) return;
  const report = (name: string, message: string, hint: string) =>
    bag.add(file, {
      code: 'SIG028',
      message,
      span: modifiers.find((modifier) => modifier.name === name)?.span ?? span,
      hint,
    });
  if (names.includes('base64offset'))
    report(
      'base64offset',
      '`base64offset` is a part of a longer text, and without `contains` must be all of it',
      'Add `|contains`.',
    );
  const whole = names.every((name) => name === 'all' || name === 'cased' || name === 'neq');
  if (
    whole &&
    new Set(values.filter(({ text }) => !/[*?]/.test(text)).map(({ text }) => text)).size > 1
  )
    report(
      'all',
      '`all` without `contains` asks for a field that is each of several values at once',
      'Add `contains`, or leave it where the field is a list.',
    );
}

function complainAbout(
  { bag, file }: Meaning,
  item: DetectionItem,
  value: YamlScalar,
  { code, message, hint, offset }: ValueError,
): void {
  const inside =
    offset === undefined ? value : insideScalar(file, value)({ start: offset, end: offset + 1 });
  // an empty value has no place of its own
  const span = value.end > value.start ? inside : item.span;
  bag.add(file, { code, message, span, ...(hint === undefined ? {} : { hint }) });
}

/** Chains without an error, so that the few that rules use are each checked once. */
const soundChains = new Set<string>();
const maximumSoundChains = 1000;

function chainHolds(meaning: Meaning, item: DetectionItem, names: readonly string[]): boolean {
  if (names.length === 0) return true;
  const chain = `${item.field === undefined ? '' : 'field'}|${names.join('|')}`;
  const single = item.values.length === 1 && names.includes('all');
  if (!single && soundChains.has(chain)) return true;
  const sound = checkChain(meaning, item);
  if (sound && soundChains.size < maximumSoundChains) soundChains.add(chain);
  return sound;
}

/** Modifiers of one key: there are some 30, and none may stand twice. */
const longestChain = 32;

function checkChain(meaning: Meaning, item: DetectionItem): boolean {
  const before: string[] = [];
  let sound = true;
  const report = (
    code: 'SIG020' | 'SIG021' | 'SIG025',
    modifier: ModifierUse,
    message: string,
    hint?: string,
  ) =>
    meaning.bag.add(meaning.file, {
      code,
      message,
      span: modifier.span,
      ...(hint === undefined ? {} : { hint }),
    });
  const beyond = item.modifiers[longestChain];
  if (beyond) {
    report(
      'SIG021',
      beyond,
      `the key has ${item.modifiers.length} modifiers, more than ${longestChain}`,
    );
    return false;
  }
  for (const modifier of item.modifiers) {
    if (!modifierRoles.has(modifier.name)) {
      if (modifier.name === '')
        report('SIG020', modifier, 'no modifier stands after `|`', 'Remove the `|`.');
      else
        report(
          'SIG020',
          modifier,
          `\`${modifier.name}\` is no modifier of Sigma`,
          modifierHint(modifier.name),
        );
      return false;
    }
    const reason = chainError(modifier.name, before, item.field === undefined);
    if (reason) {
      report('SIG021', modifier, reason.message, reason.hint);
      sound = false;
    } else if (modifier.name === 'all' && item.values.length === 1)
      report('SIG025', modifier, '`all` has only one value to link');
    before.push(modifier.name);
  }
  return sound;
}

type TestReader = (value: YamlScalar) => readonly Test[] | 'absent';

/** What the modifiers of an item make of each of its values. */
function testReader(meaning: Meaning, item: DetectionItem, names: readonly string[]): TestReader {
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
): readonly Test[] | 'absent' {
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
  return flag ? [{ kind: 'exists' }] : 'absent';
}

function plainReader(meaning: Meaning, item: DetectionItem, names: readonly string[]): TestReader {
  const cased = names.includes('cased');
  const expanded = names.includes('expand');
  const textual = names.find((name) => name !== 'all' && name !== 'neq');
  return (value) => {
    const typed = typeof value.value === 'string' ? undefined : typedTest(item, textual, value);
    if (typed) return [typed];
    const patterns = textPatterns(value, names, meaning);
    if (expanded || value.text.includes('/')) warnOfNetwork(meaning, item, names, patterns, value);
    const [only] = patterns;
    // nearly every value is one pattern
    if (patterns.length === 1 && only) return [{ kind: 'string', pattern: only, cased }];
    return patterns.map((pattern) => ({ kind: 'string', pattern, cased }));
  };
}

/**
 * The test of a value that YAML reads as no text; undefined where it is compared as one. `textual`:
 * a modifier that takes texts.
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
 * The expressions that one with placeholders stands for; those that a pipeline is to fill stay
 * texts until then.
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
    keep,
  });
  if (!('tests' in filled)) throw unfilled(filled);
  return filled.tests.map((test) => {
    if (test.kind !== 'error') return test;
    throw new ValueError(
      `invalid regular expression with a placeholder’s value, \`${test.source}\`: ${test.message}`,
      'Values are part of the expression as they are: escape what stands for itself.',
      'SIG023',
    );
  });
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

/** A star with nothing before it is a wildcard of Sigma, most likely. */
const regexHint = (text: string, offset: number): string =>
  /^[*?]/.test(text.slice(offset)) && /^$|[|(]$/.test(text.slice(0, offset))
    ? 'Write `.*` for any characters; `*` alone is a wildcard of texts, without `re`.'
    : 'Fix the pattern at the marked place.';

function cidrTest(text: string): Test {
  const block = parseAddressBlock(text);
  const wildcards = /[*?]/.test(text) ? '; wildcards are for texts, without `cidr`' : '';
  if (!block)
    throw new ValueError(
      `\`${text}\` is no address block`,
      `Write it as 10.0.0.0/8 or 2001:db8::/32${wildcards}.`,
    );
  return { kind: 'cidr', ...block };
}

/**
 * The blocks that the placeholders of a value stand for; those that a pipeline is to fill stay
 * texts until then.
 */
function expandedBlocks(meaning: Meaning, value: YamlScalar): readonly Test[] {
  return textPatterns(value, ['expand'], meaning).map((pattern) =>
    pattern.some(isPlaceholder)
      ? { kind: 'string', pattern, cased: false, isBlock: true }
      : cidrTest(patternText(pattern)),
  );
}

/** What a network as a text makes likely: that its addresses were meant. */
function warnOfNetwork(
  { bag, file }: Meaning,
  item: DetectionItem,
  names: readonly string[],
  patterns: readonly Pattern[],
  value: YamlScalar,
): void {
  if (
    item.field === undefined ||
    names.some((name) => name !== 'all' && name !== 'neq' && name !== 'expand')
  )
    return;
  const network = patterns.map((pattern) => literalText(pattern) ?? '').find(isNetwork);
  if (network === undefined) return;
  bag.add(
    file,
    networkAsText(network, `${item.field}|${names.includes('expand') ? 'expand|' : ''}cidr`, value),
  );
}

/**
 * The diagnostic about a network that is compared as a text. `wanted`: how its field would be
 * written for its addresses.
 */
export function networkAsText(network: string, wanted: string, span: Span): NewDiagnostic {
  return {
    code: 'SIG026',
    message:
      `\`${network}\` is compared as a text, which no address equals; a store that keeps ` +
      'addresses as such would read a network',
    span: { start: span.start, end: span.end },
    hint: `Write \`${wanted}\` for the addresses of the network.`,
  };
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
