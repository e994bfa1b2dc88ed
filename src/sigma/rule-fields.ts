import type { Rule } from './collection.ts';
import { eventFieldsOf } from './correlation.ts';
import type { DetectionItem, SearchBody } from './rule.ts';

/** The fields of events that a rule asks for, as it writes them: those of its selections, or those that a correlation groups by, counts and aliases. */
export function fieldsOf(rule: Rule): ReadonlySet<string> {
  const fields = new Set<string>();
  if (rule.kind === 'correlation') {
    const aliases = new Set(rule.aliases.map(({ name }) => name));
    for (const field of [...rule.groupBy, ...rule.valueFields]) if (!aliases.has(field)) fields.add(field);
    for (const alias of rule.aliases) for (const field of eventFieldsOf(alias)) fields.add(field);
  } else for (const { body } of rule.detection.searches.values()) addFields(body, fields);
  return fields;
}

function addFields(body: SearchBody | DetectionItem, fields: Set<string>): void {
  if (body.kind === 'item') addItem(body, fields);
  else for (const entry of body.kind === 'map' ? body.items : body.entries) addFields(entry, fields);
}

function addItem({ field, modifiers, values }: DetectionItem, fields: Set<string>): void {
  if (field !== undefined) fields.add(field);
  if (modifiers.some(({ name }) => name === 'fieldref')) for (const { text } of values) fields.add(text);
}
