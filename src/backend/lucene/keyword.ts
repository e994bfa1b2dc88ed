import type { Item, NumberTest, Query, StringTest } from '../../query/tree.ts';
import { ANY, joinParts, openLiteral, type Pattern } from '../../sigma/value/pattern.ts';
import { diagnosticAt, overLimit, refused } from '../backend.ts';
import { type Dialect, type Printed, together } from './dialect.ts';
import { affordable, luceneEscape } from './regex/regex.ts';
import {
  type Core,
  joinedRegexes,
  printStrings,
  regexPart,
  type StringItem,
  tooCostly,
} from './strings.ts';
import { escapedField, hasLetters } from './text.ts';

export type KeywordItem = Item & {
  readonly field: undefined;
  readonly test: StringTest | NumberTest;
};

export const isKeyword = (query: Query): query is KeywordItem =>
  query.kind === 'item' &&
  query.field === undefined &&
  (query.test.kind === 'string' || query.test.kind === 'number');

/**
 * A keyword is any text of the event. A term without a field searches all fields, each of which
 * counts as a clause: alternatives are therefore one regular expression. It finds texts in fields
 * stored whole and in single words of analysed ones; a keyword of several words is looked for there
 * word by word, where its first and last may be parts of words.
 */
export function printKeywords(items: readonly KeywordItem[], dialect: Dialect): Printed {
  const cores = (cased: boolean) =>
    items.filter((item) => isCased(item) === cased).map((item) => coreOf(item, !cased, dialect));
  const regexes = [cores(false), cores(true)].flatMap((list) =>
    joinedRegexes(list, 'contains', dialect.regexLength),
  );
  const fields = dialect.keywordFields
    .filter((field) => !dialect.analysedFields.includes(field))
    .map((field) => `${escapedField(field)}:`);
  const everywhere = dialect.keywordFields.length === 0;
  const whole = regexes.flatMap((regex): readonly Printed[] =>
    everywhere
      ? [{ text: `/${regex}/`, clauses: 1, allFields: 1 }]
      : fields.map((field) => ({ text: `${field}/${regex}/`, clauses: 1 })),
  );
  const analysed = dialect.analysedFields.filter(
    (field) => everywhere || dialect.keywordFields.includes(field),
  );
  const words = items.flatMap((item) => {
    const pattern = patternOf(item);
    // the search of all fields finds a single word
    if (everywhere && pattern.length === 1 && typeof pattern[0] === 'string' && isWord(pattern[0]))
      return [];
    // anywhere in the field
    const anywhere = joinParts([ANY, ...pattern, ANY]);
    return analysed
      .map((field) => wordsIn(field, anywhere, item, dialect, analysed))
      .filter((printed) => printed !== undefined);
  });
  const parts = [...whole, ...words];
  const all =
    parts.length === 0 ? { text: dialect.everything, clauses: 1 } : together(parts, ' OR ');
  return parts.length < 2 ? all : { ...all, text: `(${all.text})` };
}

export function refuseKeyword(item: Item, dialect: Dialect): never {
  const what = item.test.kind === 'regex' ? 'regular expression' : item.test.kind;
  throw refused(
    item,
    `${dialect.name} can search the whole event for texts only, not for a ${what}`,
    'Name the field.',
  );
}

const isCased = ({ test }: KeywordItem): boolean => test.kind === 'string' && test.cased;
const patternOf = ({ test }: KeywordItem): Pattern =>
  test.kind === 'string' ? test.pattern : [String(test.value)];
const isWord = (text: string): boolean => /^[\p{L}\p{N}_]+$/u.test(text);

/** The regular expression between the `.*` on both of its ends. */
function coreOf(item: KeywordItem, ignoreCase: boolean, dialect: Dialect): Core {
  const whole = joinParts([ANY, ...patternOf(item), ANY]);
  const wildcards = affordable(whole, ignoreCase, dialect);
  if (!wildcards.ok || wildcards.value !== undefined) throw tooCostly(item, dialect);
  const pattern = whole.slice(1, -1);
  const text = pattern.map((part) => regexPart(part, ignoreCase, dialect.hideDollar)).join('');
  // every text has a keyword of wildcards alone
  if (text === '') return { text: '.*', wild: true };
  if (text.length + 4 <= dialect.regexLength)
    return { text, wild: pattern.some((part) => typeof part === 'number') };
  const message =
    `the keyword takes ${text.length} characters as a regular expression; ${dialect.name} ` +
    `takes ${dialect.regexLength}`;
  throw overLimit(item, message, 'Shorten the keyword to the part that matters.');
}

/**
 * A text in an analysed field. Its words are found anywhere in the field, so more may match than
 * the rule means.
 */
export function printAnalysed(item: Item, field: string, dialect: Dialect): Printed {
  const { test } = item;
  if (test.kind !== 'string' && test.kind !== 'number' && test.kind !== 'boolean')
    throw refused(
      item,
      `${dialect.name} splits \`${field}\` into words, on which a regular expression can't ` +
        'be matched',
      'Test a field that is stored whole.',
    );
  const pattern: Pattern = test.kind === 'string' ? test.pattern : [String(test.value)];
  // where empty texts are not stored, the absence of the field means an empty text
  if (pattern.length === 0 && dialect.emptyIsAbsent && isStored(item))
    return together(printStrings([item], dialect), ' OR ');
  const printed = wordsIn(field, pattern, item, dialect, [field]);
  if (printed) return printed;
  if (pattern.length !== 1 || pattern[0] !== ANY) reportWidened([field], item, dialect);
  return { text: `_exists_:${escapedField(field)}`, clauses: 1 };
}

const isStored = (item: Item): item is StringItem =>
  item.test.kind === 'string' || item.test.kind === 'number';

/** Signs at which every analyser ends a word. */
const breaks = /[\s/\\"()[\]{}=<>|&!?@#%+*$^~`]/;

/** Letters of a word; Winlogbeat's analyser of PowerShell ends words at those outside ASCII. */
const wordsOf = (field: string): RegExp =>
  field.startsWith('powershell.') ? /[a-z0-9_]+/g : /[\p{L}\p{N}_]+/gu;

/**
 * Words of the pattern that must occur in an analysed, lower-cased field. Undefined where it has
 * none. `fields`: all that the value is searched in.
 */
function wordsIn(
  field: string,
  pattern: Pattern,
  item: Item,
  dialect: Dialect,
  fields: readonly string[],
): Printed | undefined {
  const prefix = escapedField(field);
  const literals = pattern.filter((part) => typeof part === 'string');
  const texts = literals
    .map((part) => part.toLowerCase())
    .flatMap((text) =>
      [...text.matchAll(wordsOf(field))].map((match) => wordTest(text, match, dialect)),
    );
  const clauses = [...new Set(texts)].map((text) => ({ text: `${prefix}:${text}`, clauses: 1 }));
  if (clauses.length === 0) return undefined;
  const cased = item.test.kind === 'string' && item.test.cased && hasLetters(literals.join(''));
  if (!isOneWord(pattern, field) || cased) reportWidened(fields, item, dialect);
  const joined = together(clauses, ' AND ');
  return clauses.length === 1 ? joined : { text: `(${joined.text})`, clauses: joined.clauses };
}

/**
 * True for a part of a word anywhere in the text, which is found where the rule means it. A whole
 * text or the start of one is found elsewhere, too.
 */
function isOneWord(pattern: Pattern, field: string): boolean {
  const literal = openLiteral(pattern);
  const text = literal?.open === 'both' ? literal.text.toLowerCase() : undefined;
  return text !== undefined && text.match(wordsOf(field))?.[0] === text;
}

/**
 * The test of a word. Next to a sign that an analyser may keep, as in `cmd.exe` or `Get-Item`, it
 * may be a part of a longer one.
 */
function wordTest(text: string, { 0: word, index }: RegExpExecArray, dialect: Dialect): string {
  const end = index + word.length;
  const open = index === 0 || !breaks.test(text[index - 1] ?? '') ? '.*' : '';
  const close = end === text.length || !breaks.test(text[end] ?? '') ? '.*' : '';
  return open || close
    ? `/${open}${luceneEscape(word, false, dialect.hideDollar)}${close}/`
    : `"${word}"`;
}

function reportWidened(fields: readonly string[], item: Item, dialect: Dialect): void {
  const message =
    `${dialect.name} splits ${fields.map((field) => `\`${field}\``).join(' and ')} into words: ` +
    'it finds those of this value anywhere in the text, in any order';
  if (dialect.negated)
    throw refused(
      item,
      `${message}, which under \`not\` would hide events that the rule wants`,
      'Test a field that is stored whole.',
    );
  dialect.diagnostics.push(diagnosticAt('TGT002', item, message));
}
