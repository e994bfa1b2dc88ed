import type { Level } from '../../../sigma/rule/rule.ts';
import { wholeStart } from '../../../source/visible.ts';
import { fieldName, fieldText, fieldValue, isFieldName, quoted } from '../pipeline-rule/text.ts';
import { hitFields, noValue } from './hit-fields.ts';
import type { EntityField, IngestOptions, IngestRule } from './ingest-rule.ts';
import { temporaryPrefix } from './temporary-fields.ts';

/** A title in a message: one line, of a length that a list can show. */
const shownTitle = (title: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  wholeStart(title.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]+/g, ' '), 250);

/**
 * What a hit does: the message gets the rule's id and tactics, and a small message with what the
 * rule knows goes to the stream of detections.
 */
export function hitActions(rule: IngestRule, { detectionsStream }: IngestOptions): string {
  const hit: (readonly [string, string])[] = [
    [hitFields.rule, quoted(rule.id)],
    [hitFields.title, quoted(shownTitle(rule.title))],
    [hitFields.level, quoted(rule.level)],
    [hitFields.alert, quoted(String(rule.alert))],
    ...optional(hitFields.status, rule.status),
    [hitFields.tactics, quoted(listed(rule.tactics))],
    [hitFields.techniques, quoted(listed(rule.techniques))],
    ...optional(hitFields.group, rule.group),
    ...optional(hitFields.link, rule.link),
    ...entity(rule.entityFields),
  ];
  const created = [
    quoted(shownTitle(rule.title)),
    fieldText('source'),
    'to_date($message.timestamp)',
  ];
  const map = hit.map(([name, value]) => `${fieldName(name)}: ${value}`).join(', ');
  // a map can't hold a field that the message lacks
  const copies = [...new Set(rule.hitFields)]
    .filter(isCopied)
    .map((field) => `set_field(field: ${quoted(field)}, value: ${fieldValue(field)}, message: m);`);
  return [
    tagged('sigma_rules', [rule.id]),
    ...(rule.tactics.length === 0 ? [] : [tagged('sigma_tactics', rule.tactics)]),
    `set_field(${quoted(levelField(rule.level))}, ${quoted(rule.level)});`,
    `let m = create_message(${created.join(', ')});`,
    `set_fields(fields: {${map}}, message: m);`,
    ...copies,
    ...entityTypes(rule.entityFields),
    `route_to_stream(name: ${quoted(detectionsStream)}, message: m, remove_from_default: true);`,
  ]
    .map((line) => `  ${line}\n`)
    .join('');
}

/** The field that notes a level until the highest one is known. */
export const levelField = (level: Level): string => `${temporaryPrefix}level_${level}`;

/** Whether a hit has what its message has under the name. */
export const isCarried = (field: string): boolean => isCopied(field) || field === 'source';

const isCopied = (field: string): boolean =>
  isFieldName(field) && !/^(?:sigma_|gl2_|_|timestamp$|message$|source$|streams$)/.test(field);

const optional = (name: string, value: string | undefined): [string, string][] =>
  value === undefined || value === '' ? [] : [[name, quoted(value)]];

/** Alerts are grouped by it: Graylog does not find the hits of a group that lacks a value. */
const listed = (values: readonly string[]): string => values.join(', ') || noValue;

/** Adds to an array of texts, each of them once. */
function tagged(field: string, values: readonly string[]): string {
  const [only] = values;
  const added =
    values.length === 1 && only !== undefined ? quoted(only) : `[${values.map(quoted).join(', ')}]`;
  return `set_field(${quoted(field)}, string_array_add(${fieldValue(field)}, ${added}, true));`;
}

/**
 * What kind of entity the first field names. Each field that the message has replaces the type of
 * those after it: an empty text sets nothing.
 */
const entityTypes = (fields: readonly EntityField[]): readonly string[] =>
  fields
    .filter(({ name, type }) => isFieldName(name) && /^\w+$/.test(type))
    .map(({ name, type }) => {
      const value = `regex_replace("(?s).+", ${fieldText(name)}, ${quoted(type)})`;
      return `set_field(field: ${quoted(hitFields.entityType)}, value: ${value}, message: m);`;
    })
    .reverse();

/** The first entity that the message has; `-` for a message without any. */
function entity(fields: readonly EntityField[]): [string, string][] {
  const known = fields.filter(({ name }) => isFieldName(name));
  const values = [...known.map(({ name }) => fieldValue(name)), quoted(noValue)];
  return [[hitFields.entity, `to_string(first_non_null([${values.join(', ')}]))`]];
}
