import { wholeStart } from '../../../source/visible.ts';
import { isFieldName } from '../pipeline-rule/text.ts';
import { noValue } from './hit-fields.ts';
import type { IngestRule } from './ingest-rule.ts';

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

/** No message has a field of this name, and none gets one: it is not a name of Graylog. */
export const noField = '#';

/** The record of a rule. `key`: what names the rule in a pack's lists of what was found. */
export function recordOf(rule: IngestRule, key: string): string {
  const entities = rule.entityFields.filter(({ name }) => isFieldName(name));
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
    entities: entities.map(({ name }) => name).join(',') || noField,
    entityTypes: entities.map(({ type }) => (/^\w+$/.test(type) ? type : '')).join(',') || noField,
    copies: copiesOf(rule).join(',') || noField,
    alert: String(rule.alert),
  };
  return recordColumns.map((column) => oneLine(values[column])).join('\t');
}

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
