import type { Item } from '../../query/tree.ts';
import { ANY, joinParts, type Pattern } from '../../sigma/pattern.ts';
import { type Dialect, type Printed, together } from './dialect.ts';
import { refused } from './item.ts';
import { luceneEscape } from './regex.ts';
import { regexPart } from './strings.ts';
import { escapedField } from './text.ts';

/**
 * A keyword is any text of the event. A term without a field searches all fields: those stored whole by a regular expression over the value,
 * the analysed ones word by word, where each word of the keyword must occur (its first and last may be parts of words).
 */
export function printKeyword(item: Item, dialect: Dialect): Printed {
  const { test } = item;
  if (test.kind !== 'string' && test.kind !== 'number')
    throw refused(
      item,
      `${dialect.name} can search the whole event for texts only, not for a ${test.kind === 'regex' ? 'regular expression' : test.kind}`,
      'Name the field.',
    );
  const pattern: Pattern = test.kind === 'string' ? test.pattern : [String(test.value)];
  const cased = test.kind === 'string' && test.cased;
  const parts = joinParts([ANY, ...pattern, ANY]);
  const whole: Printed = { text: `/${regexOf(parts, !cased, dialect)}/`, clauses: 1 };
  const words = dialect.analysedFields.map((field) => wordsIn(escapedField(field), pattern, item, dialect)).filter((printed) => printed !== undefined);
  const all = together([whole, ...words], ' OR ');
  return words.length === 0 ? all : { text: `(${all.text})`, clauses: all.clauses };
}

const regexOf = (pattern: Pattern, ignoreCase: boolean, dialect: Dialect): string =>
  pattern.map((part) => regexPart(part, ignoreCase, dialect.hideDollar)).join('');

/** A text in an analysed field. Its words are found wherever they stand, so more may match than the rule says. */
export function printAnalysed(item: Item, field: string, dialect: Dialect): Printed {
  const { test } = item;
  if (test.kind !== 'string' && test.kind !== 'number')
    throw refused(item, `${dialect.name} splits \`${field}\` into words, on which a regular expression can't be matched`, 'Test a field that is stored whole.');
  const pattern: Pattern = test.kind === 'string' ? test.pattern : [String(test.value)];
  const printed = wordsIn(escapedField(field), pattern, item, dialect);
  if (printed) return printed;
  return { text: `_exists_:${escapedField(field)}`, clauses: 1 };
}

/** Words of the pattern that must occur in an analysed, lower-cased field. Undefined where it has none. */
function wordsIn(field: string, pattern: Pattern, item: Item, dialect: Dialect): Printed | undefined {
  const clauses = new Map<string, Printed>();
  for (const part of pattern) {
    if (typeof part !== 'string') continue;
    for (const match of part.toLowerCase().matchAll(/[\p{L}\p{N}_]+/gu)) {
      const open = match.index === 0 ? '.*' : '';
      const close = match.index + match[0].length === part.length ? '.*' : '';
      const word = luceneEscape(match[0], false, dialect.hideDollar);
      const text = `${field}:${open || close ? `/${open}${word}${close}/` : `"${match[0]}"`}`;
      clauses.set(text, { text, clauses: 1 });
    }
  }
  if (clauses.size === 0) return undefined;
  const whole = pattern.filter((part) => typeof part === 'string').join('');
  if (clauses.size > 1 || !/^[\p{L}\p{N}_]+$/u.test(whole)) remarkWidened(field, item, dialect);
  const joined = together([...clauses.values()], ' AND ');
  return clauses.size === 1 ? joined : { text: `(${joined.text})`, clauses: joined.clauses };
}

function remarkWidened(field: string, item: Item, dialect: Dialect): void {
  const message = `${dialect.name} splits \`${field}\` into words: it finds those of this value in any order`;
  if (dialect.negated) throw refused(item, `${message}, which under \`not\` would hide events that the rule wants`, 'Test a field that is stored whole.');
  dialect.remarks.push({ code: 'TGT002', message, file: item.file, span: item.span });
}
