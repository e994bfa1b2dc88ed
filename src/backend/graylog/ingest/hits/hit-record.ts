import { wholeStart } from '../../../../source/visible.ts';
import { isFieldName } from '../../pipeline-rule/text.ts';
import { noValue } from '../hit-fields.ts';
import type { EntityField, IngestRule } from '../ingest-rule.ts';
import { shortNames } from '../short-names.ts';

/**
 * The columns of a record, in their order. A record is a line of what hits of a rule have, by which
 * pipeline rules make them: columns are separated by tabs, lists in them by commas.
 */
export const recordColumns = [
  'key',
  'id',
  'title',
  'level',
  'status',
  'tactics',
  'techniques',
  'group',
  'link',
  'entities',
  'entityTypes',
  'copies',
  // not empty: a server trims the last line
  'alert',
] as const;

export type RecordColumn = (typeof recordColumns)[number];

/** Stands for no field. */
export const noField = '#';

/**
 * The record of a rule. `key`: what names the rule in a pack's lists of what was found; `codes`: of
 * the names of fields, which are long and in most records.
 */
export function recordOf(
  rule: IngestRule,
  key: string,
  codes: ReadonlyMap<string, string>,
): string {
  const coded = (fields: readonly string[]): string =>
    fields.map((field) => codes.get(field) ?? noField).join(',') || noField;
  const entities = namedEntities(rule);
  const values: Readonly<Record<RecordColumn, string>> = {
    key,
    id: rule.id,
    title: shownTitle(rule.title),
    level: rule.level,
    status: rule.status ?? '',
    tactics: listed(rule.tactics),
    techniques: listed(rule.techniques),
    group: rule.group ?? '',
    link: rule.link ?? '',
    entities: coded(entities.map(({ name }) => name)),
    entityTypes: entities.map(({ type }) => (/^\w+$/.test(type) ? type : '')).join(',') || noField,
    copies: coded(copiesOf(rule)),
    alert: String(rule.alert),
  };
  return recordColumns.map((column) => oneLine(values[column])).join('\t');
}

/** A code for each field that hits ask for, which does not depend on the others. */
export const fieldCodes = (rules: readonly IngestRule[]): ReadonlyMap<string, string> =>
  new Map(
    [...shortNames(rules.flatMap(fieldsOf), 4)].map(([field, digest]) => [field, `f${digest}`]),
  );

const fieldsOf = (rule: IngestRule): readonly string[] => [
  ...namedEntities(rule).map(({ name }) => name),
  ...copiesOf(rule),
];

const namedEntities = ({ entityFields }: IngestRule): readonly EntityField[] =>
  entityFields.filter(({ name }) => isFieldName(name));

/** Fields of the message that a hit gets, each once. */
export const copiesOf = ({ hitFields }: IngestRule): readonly string[] => [
  ...new Set(hitFields.filter(isCopied)),
];

/** Whether a hit has what its message has under the name. */
export const isCarried = (field: string): boolean => isCopied(field) || field === 'source';

const isCopied = (field: string): boolean =>
  isFieldName(field) && !/^(?:sigma_|gl2_|_|timestamp$|message$|source$|streams$)/.test(field);

/** Alerts are grouped by it: Graylog does not find the hits of a group that lacks a value. */
const listed = (values: readonly string[]): string => values.join(', ') || noValue;

const oneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ');

/** A title in a message: one line, of a length that a list can show. */
const shownTitle = (title: string): string => wholeStart(oneLine(title), 250);
