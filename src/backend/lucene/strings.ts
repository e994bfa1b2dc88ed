import type { Item, NumberTest, StringTest } from '../../query/tree.ts';
import {
  ANY,
  isPlaceholder,
  literalText,
  ONE,
  type Pattern,
  type PatternPart,
} from '../../sigma/value/pattern.ts';
import { diagnosticAt, overLimit, type Refusal, refused } from '../backend.ts';
import { type Dialect, isFlattened, type Printed } from './dialect.ts';
import { flattenedTerms } from './flattened.ts';
import { affordable, endSafely, luceneEscape } from './regex/regex.ts';
import { escapedField, escapedTerm, hasLetters, quoted } from './text.ts';

export type StringItem = Item & { readonly test: StringTest | NumberTest };

type Form =
  | { readonly kind: 'term'; readonly text: string }
  | { readonly kind: 'terms'; readonly texts: readonly string[] }
  | { readonly kind: 'clause'; readonly text: string }
  | ({ readonly kind: 'regex'; readonly shape: Shape } & Core);

/** A regular expression without the `.*` on its ends. */
export interface Core {
  readonly text: string;
  /** With wildcards inside. */
  readonly wild: boolean;
}

/** Where a regular expression has `.*` around its core. */
const shapes = ['whole', 'startswith', 'endswith', 'contains'] as const;
type Shape = (typeof shapes)[number];

/**
 * Alternatives of one field: quoted values in one group, regular expressions joined as far as their
 * length permits.
 */
export function printStrings(items: readonly StringItem[], dialect: Dialect): readonly Printed[] {
  const field = escapedField(items[0]?.field ?? '');
  const parts: Printed[] = [];
  const terms: string[] = [];
  const cores: Partial<Record<Shape, Core[]>> = {};
  for (const item of items) {
    const form = formOf(item, field, dialect);
    if (form.kind === 'term') terms.push(form.text);
    else if (form.kind === 'terms') terms.push(...form.texts);
    else if (form.kind === 'clause') parts.push({ text: form.text, clauses: 2 });
    else {
      const known = cores[form.shape];
      if (known) known.push(form);
      else cores[form.shape] = [form];
    }
  }
  if (terms.length > 0) parts.unshift(termGroup(field, terms));
  for (const shape of shapes) {
    const list = cores[shape];
    if (list)
      for (const regex of joinedRegexes(list, shape, dialect.regexLength))
        parts.push({ text: `${field}:/${regex}/`, clauses: 1 });
  }
  return parts;
}

function termGroup(field: string, terms: readonly string[]): Printed {
  const unique = terms.length === 1 ? terms : [...new Set(terms)];
  return {
    text: unique.length === 1 ? `${field}:${unique[0]}` : `${field}:(${unique.join(' ')})`,
    clauses: unique.length,
  };
}

/**
 * `true` or `false`, in any letter case, in a field that is mapped as a boolean, which takes only
 * small letters.
 */
const isTruthOf = ({ test, field = '' }: StringItem, { booleanFields }: Dialect): boolean =>
  test.kind === 'string' &&
  booleanFields.includes(field) &&
  /^(?:true|false)$/i.test(literalText(test.pattern) ?? '');

function formOf(item: StringItem, field: string, dialect: Dialect): Form {
  if (item.test.kind === 'number') return { kind: 'term', text: quoted(String(item.test.value)) };
  const { pattern } = item.test;
  if (isTruthOf(item, dialect))
    return { kind: 'term', text: quoted(pattern.join('').toLowerCase()) };
  if (pattern.length === 0 && dialect.emptyIsAbsent) return emptyForm(item, field, dialect);
  if (pattern.length === 1 && pattern[0] === ANY)
    return { kind: 'clause', text: `_exists_:${field}` };
  if (isFlattened(item.field ?? '', dialect)) return { kind: 'terms', texts: flattenedTerms(item) };
  return patternForm(item, item.test, dialect);
}

function patternForm(item: StringItem, { pattern, cased }: StringTest, dialect: Dialect): Form {
  const matching = matchingOf(item, dialect);
  const ignoreCase = matching === 'regex' && !cased;
  const wildcards = affordable(pattern, ignoreCase, dialect);
  if (!wildcards.ok) throw tooCostly(item, dialect);
  if (wildcards.value !== undefined) {
    // where the index folds letters, an expression instead of wildcards would not mean the same
    if (matching === 'native') throw tooCostly(item, dialect);
    return { kind: 'regex', shape: 'whole', text: wildcards.value, wild: true };
  }
  if (cased && matching === 'native' && needsRegex(pattern, true, dialect))
    reportCase(item, dialect);
  if (!needsRegex(pattern, ignoreCase || (matching === 'native' && cased), dialect)) {
    if (pattern.length < 2 && typeof pattern[0] !== 'number')
      return { kind: 'term', text: quoted(pattern.join('')) };
    if (dialect.leadingWildcards || typeof pattern[0] === 'string')
      return { kind: 'term', text: termText(pattern) };
  }
  return regexForm(item, pattern, ignoreCase, dialect);
}

/**
 * Lucene makes an automaton of the wildcards, and gives up above a limit, at every run of the
 * query.
 */
export const tooCostly = (item: Item, dialect: Dialect): Refusal =>
  refused(
    item,
    `${dialect.name} gives up on the wildcards: \`?\` behind \`*\` take more states than ` +
      `\`max_determinized_states\` allows`,
    'Write fewer `?`, or `*` in their place.',
  );

/** How letters match in the field of an item. */
export const matchingOf = (
  { field }: Item,
  { matching, casedFields }: Dialect,
): Dialect['matching'] =>
  matching === 'native' && field !== undefined && casedFields.includes(field) ? 'regex' : matching;

/**
 * Where the index folds letters, a test of their case finds texts in either case, or only in lower
 * case.
 */
export function reportCase(item: Item, dialect: Dialect): void {
  dialect.diagnostics.push(
    diagnosticAt(
      'TGT002',
      item,
      `whether the case of letters in \`${item.field}\` counts is for its mapping in ` +
        `${dialect.name} to say`,
      'Search a field that keeps the case of letters, such as one of the type wildcard or ' +
        'keyword without a normalizer.',
    ),
  );
}

/** Under `not`, absent must not count as empty: the events without the field would be missed. */
function emptyForm(item: StringItem, field: string, dialect: Dialect): Form {
  if (dialect.negated) return { kind: 'term', text: '""' };
  const without = `events without \`${item.field}\``;
  const message = `${dialect.name} stores no empty text, so ${without} match too`;
  dialect.diagnostics.push(diagnosticAt('TGT002', item, message));
  return { kind: 'clause', text: dialect.alone(`NOT _exists_:${field}`) };
}

/**
 * Only a regular expression can express letters of either case, and signs that a plain term must
 * not hold.
 */
function needsRegex(pattern: Pattern, letters: boolean, dialect: Dialect): boolean {
  return pattern.some(
    (part) =>
      typeof part === 'string' &&
      ((letters && hasLetters(part)) || (dialect.hideDollar && part.includes('$'))),
  );
}

function termText(pattern: Pattern): string {
  return pattern
    .map((part) =>
      part === ANY ? '*' : part === ONE ? '?' : isPlaceholder(part) ? '' : escapedTerm(part),
    )
    .join('');
}

function regexForm(
  item: StringItem,
  pattern: Pattern,
  ignoreCase: boolean,
  dialect: Dialect,
): Form {
  const open = pattern[0] === ANY;
  const close = pattern.length > 1 && pattern[pattern.length - 1] === ANY;
  const shape: Shape = open ? (close ? 'contains' : 'endswith') : close ? 'startswith' : 'whole';
  let text = '';
  let wild = false;
  for (let at = open ? 1 : 0; at < pattern.length - (close ? 1 : 0); at++) {
    const part = pattern[at] ?? '';
    if (typeof part === 'number') wild = true;
    text += regexPart(part, ignoreCase, dialect.hideDollar);
  }
  if (text.length + 4 > dialect.regexLength) {
    throw overLimit(
      item,
      `the value takes ${text.length} characters as a regular expression that ignores case; ` +
        `${dialect.name} takes ${dialect.regexLength}`,
      'Shorten the value to the part that matters' +
        `${dialect.name === 'Graylog' ? ', or set graylog.matching: exact' : ''}.`,
    );
  }
  return { kind: 'regex', shape, text, wild };
}

export function regexPart(part: PatternPart, ignoreCase: boolean, hideDollar: boolean): string {
  if (part === ANY) return '.*';
  if (part === ONE) return '.';
  if (isPlaceholder(part)) throw new Error(`placeholder ${part.placeholder} was not filled`);
  return luceneEscape(part, ignoreCase, hideDollar);
}

function around(core: string, shape: Shape): string {
  const text = shape === 'contains' || shape === 'endswith' ? `.*${core}` : core;
  return shape === 'contains' || shape === 'startswith' ? `${text}.*` : endSafely(text);
}

/**
 * Alternatives joined as far as the length permits. Those with wildcards inside are kept apart: an
 * automaton that follows several of them at once has a state for every combination, and the server
 * gives up or takes minutes.
 */
export function joinedRegexes(
  cores: readonly Core[],
  shape: Shape,
  limit: number,
): readonly string[] {
  const joined: string[] = [];
  let run = '';
  let count = 0;
  const endRun = (): void => {
    if (count > 0) joined.push(around(count === 1 ? run : `(${run})`, shape));
    run = '';
    count = 0;
  };
  for (const { text, wild } of cores) {
    if (wild) {
      joined.push(around(text, shape));
      continue;
    }
    if (run.length + text.length + 8 > limit) endRun();
    run += count === 0 ? text : `|${text}`;
    count++;
  }
  endRun();
  return joined;
}
