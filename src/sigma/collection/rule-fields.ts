import { eventFieldsOf } from '../correlation/correlation.ts';
import { itemsOf } from '../rule/detection-items.ts';
import type { DetectionItem } from '../rule/rule.ts';
import type { Rule } from './collection.ts';

/**
 * The fields of events that a rule uses, as written: in its selections or, for a correlation, those
 * that it groups by, counts and aliases.
 */
export function fieldsOf(rule: Rule): ReadonlySet<string> {
  const fields = new Set<string>();
  if (rule.kind === 'correlation') {
    const aliases = new Set(rule.aliases.map(({ name }) => name));
    for (const field of [...rule.groupBy, ...rule.valueFields])
      if (!aliases.has(field)) fields.add(field);
    for (const alias of rule.aliases) for (const field of eventFieldsOf(alias)) fields.add(field);
  } else for (const item of itemsOf(rule.detection)) addItem(item, fields);
  return fields;
}

function addItem({ field, modifiers, values }: DetectionItem, fields: Set<string>): void {
  if (field !== undefined) fields.add(field);
  if (modifiers.some(({ name }) => name === 'fieldref'))
    for (const { text } of values) fields.add(text);
}
