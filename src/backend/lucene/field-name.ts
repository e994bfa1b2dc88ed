import type { Item } from '../../query/tree.ts';
import { starMatcher } from '../../source/star-pattern.ts';
import { diagnosticAt, refused } from '../backend.ts';
import { type Dialect, isFlattened } from './dialect.ts';

/**
 * The query parser takes some names for several fields, or for a special test, however they are
 * escaped.
 */
export function checkField(item: Item, dialect: Dialect): void {
  const { field = '' } = item;
  if (field.includes('*') && dialect.fieldPatterns) checkPattern(item, field, dialect);
  else if (field === '_exists_' || field.includes('*'))
    throw refused(
      item,
      `${dialect.name} can't search a field with the name \`${field}\``,
      'Name one field, without wildcards.',
    );
}

/**
 * A pattern is true where one of its fields is. That is what the rule means if none of its fields
 * needs a special test or may be missed.
 */
function checkPattern(item: Item, field: string, dialect: Dialect): void {
  const hint =
    'Name the fields one by one: a mapping of a pipeline may give a field several names.';
  if (/^[*.]*$/.test(field)) throw refused(item, `\`${field}\` would search all fields`, hint);
  if (dialect.negated || item.test.kind === 'null')
    throw refused(
      item,
      `under \`not\`, ${dialect.name} would leave out events of which any field like \`` +
        `${field}\` fits`,
      hint,
    );
  const special = [
    ...dialect.analysedFields,
    ...dialect.addressFields,
    ...dialect.booleanFields,
    ...dialect.casedFields,
    ...dialect.flattenedFields,
  ];
  const found = isFlattened(field, dialect) ? field : special.find(starMatcher(field));
  if (found !== undefined)
    throw refused(
      item,
      `\`${field}\` holds fields of other types, such as \`${found}\`, that are searched in ` +
        'another way',
      hint,
    );
  const message = `\`${field}\` is every field of such a name that is stored whole`;
  dialect.diagnostics.push(diagnosticAt('TGT003', item, message));
}
