import type { Item, RegexTest } from '../../query/tree.ts';
import { parseRegex } from '../../regex/regex.ts';
import { diagnosticAt, refused, type TargetDiagnostic } from '../backend.ts';
import { addressRegex } from './address.ts';
import { type Dialect, isFlattened, type Printed, together } from './dialect.ts';
import { refusedInFlattened } from './flattened.ts';
import { luceneEscape, toLuceneRegex } from './regex/regex.ts';
import { matchingOf, printStrings, reportCase } from './strings.ts';
import { escapedField } from './text.ts';

const single = (text: string): Printed => ({ text, clauses: 1 });

/** Every test of a field except plain texts and numbers. */
export function printOtherItem(item: Item, name: string, dialect: Dialect): Printed {
  const { test } = item;
  const field = escapedField(name);
  if (isFlattened(name, dialect)) return printInFlattened(item, field, dialect);
  switch (test.kind) {
    case 'exists':
      return single(`_exists_:${field}`);
    case 'null':
      return single(dialect.alone(`NOT _exists_:${field}`));
    case 'boolean':
      return single(
        matchingOf(item, dialect) === 'regex' && !dialect.booleanFields.includes(name)
          ? `${field}:/${luceneEscape(String(test.value), true, dialect.hideDollar)}/`
          : `${field}:"${test.value}"`,
      );
    case 'regex':
      return single(`${field}:/${regexText(item, test, dialect)}/`);
    case 'cidr': {
      if (dialect.addressFields.includes(name)) return single(`${field}:"${test.text}"`);
      const text = addressRegex(test);
      if (text === undefined)
        throw refused(
          item,
          `${dialect.name} compares addresses as text, and those of ${test.text} can be ` +
            'written in too many ways',
          'Name a longer prefix without zero groups, or single addresses.',
        );
      return single(`${field}:/${text}/`);
    }
    case 'compare': {
      const message =
        `\`${name}\` compares as a number only where ${dialect.name} has the field mapped as ` +
        'one';
      dialect.diagnostics.push(
        diagnosticAt(
          'TGT002',
          item,
          message,
          'Check that the field arrives as a number, not as text.',
        ),
      );
      return single(
        `${field}:${{ lt: '<', lte: '<=', gt: '>', gte: '>=' }[test.operator]}${test.value}`,
      );
    }
    case 'field':
      throw refused(
        item,
        `${dialect.name} can't compare a field with another one (fieldref)`,
        'Leave the rule out for this target, or compute the comparison in a pipeline before ' +
          'indexing.',
      );
    case 'time':
      throw refused(
        item,
        `${dialect.name} has no test for the ${test.part} of a date`,
        'Leave the rule out for this target, or store that part in a field of its own.',
      );
    default:
      throw new Error(`${test.kind} is printed elsewhere`);
  }
}

/**
 * Of keys of flattened fields, only whole values, their starts and their presence can be tested.
 */
function printInFlattened(item: Item, field: string, dialect: Dialect): Printed {
  if (item.test.kind === 'exists') return single(`_exists_:${field}`);
  if (item.test.kind === 'null') return single(dialect.alone(`NOT _exists_:${field}`));
  if (item.test.kind !== 'boolean') throw refusedInFlattened(item);
  return together(
    printStrings(
      [{ ...item, test: { kind: 'string', pattern: [String(item.test.value)], cased: false } }],
      dialect,
    ),
    ' OR ',
  );
}

function regexText(item: Item, test: RegexTest, dialect: Dialect): string {
  const parsed = parseRegex(test.source, test);
  if (!parsed.ok)
    throw refused(item, `invalid regular expression: ${parsed.error.message}`, 'Fix the pattern.');
  const translated = toLuceneRegex(parsed.value, {
    hideDollar: dialect.hideDollar,
    maxLength: dialect.regexLength,
  });
  if (!translated.ok)
    throw refused(
      item,
      `Lucene's regular expressions lack what this one needs: ${translated.error.reason}`,
      'Rewrite the pattern without it, or leave the rule out for this target.',
    );
  if (matchingOf(item, dialect) === 'native' && caseCounts(test, translated.value.text, dialect))
    reportCase(item, dialect);
  for (const note of translated.value.notes) dialect.diagnostics.push(noteOf(item, note));
  return translated.value.text;
}

/** False where the expression itself has each letter in either case. */
function caseCounts(test: RegexTest, text: string, dialect: Dialect): boolean {
  const parsed = parseRegex(test.source, { ...test, ignoreCase: true });
  const folded = parsed.ok
    ? toLuceneRegex(parsed.value, {
        hideDollar: dialect.hideDollar,
        maxLength: Number.POSITIVE_INFINITY,
      })
    : undefined;
  return !folded?.ok || folded.value.text !== text;
}

function noteOf(item: Item, message: string): TargetDiagnostic {
  return { code: 'TGT003', message, file: item.file, span: item.span };
}
