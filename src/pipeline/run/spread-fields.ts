import type { SettledBody, SettledItem, SettledValue } from '../../query/settled.ts';

/**
 * One item for several fields in place of its own: it holds where it holds for one of them. What is
 * true of a missing field (`null`, `exists: false`) holds where all of them are missing. Without
 * fields it becomes an empty group, which drops the item.
 */
export function spreadFields(item: SettledItem, fields: readonly string[]): SettledBody {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return { ...item, field: only };
  const missing = item.values.filter(isOfMissing);
  if (missing.length === 0) return copies(item, item.values, fields, 'or');
  if (missing.length === item.values.length) return copies(item, missing, fields, 'and');
  const present = item.values.filter((value) => !isOfMissing(value));
  return {
    kind: 'group',
    link: turned(item.link, item),
    entries: [copies(item, present, fields, 'or'), copies(item, missing, fields, 'and')],
  };
}

function copies(
  item: SettledItem,
  values: readonly SettledValue[],
  fields: readonly string[],
  link: 'and' | 'or',
): SettledBody {
  return {
    kind: 'group',
    link: turned(link, item),
    entries: fields.map((field) => ({ ...item, field, values })),
  };
}

/** The copies of an item under `neq` are each negated, which turns the link between them. */
function turned(link: 'and' | 'or', { negated }: SettledItem): 'and' | 'or' {
  if (!negated) return link;
  return link === 'and' ? 'or' : 'and';
}

/** True of a value that an event without the field has. */
function isOfMissing({ tests, absent }: SettledValue): boolean {
  return absent || (tests.length > 0 && tests.every((test) => test.kind === 'null'));
}
