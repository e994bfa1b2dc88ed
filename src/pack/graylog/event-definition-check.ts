import { isRecord, valueText } from '../../source/record.ts';
import { checkAggregation } from '../model/aggregation-check.ts';
import { checkQuery } from '../model/query-check.ts';
import { type Json, listOf, referenceValue } from '../render/json-value.ts';
import { versionNumber } from '../settings/server-version.ts';
import { graylogLimits } from './limits.ts';

/**
 * What an event definition may refer to, ids of entities and names of parameters of the pack, and
 * the servers that it is for.
 */
export interface PackNames {
  /** Whether the server accepts terms that begin with a wildcard. */
  readonly leadingWildcards: boolean;
  readonly streams: ReadonlySet<string>;
  readonly notifications: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
  /** The minimum server version as a number. */
  readonly minimum: number;
}

/**
 * Graylog refuses unknown keys: each with the first version that knows it, 0 for those that are
 * older than any pack.
 */
type KeyTable = Readonly<Record<string, number>>;

const dataKeys: KeyTable = {
  title: 0,
  description: 0,
  priority: 0,
  alert: 0,
  config: 0,
  field_spec: 0,
  key_spec: 0,
  notification_settings: 0,
  notifications: 0,
  storage: 0,
  is_scheduled: 0,
  _scope: 0,
  updated_at: 0,
  matched_at: 0,
  remediation_steps: versionNumber(6, 0),
  event_procedure: versionNumber(6, 2),
  event_summary_template: versionNumber(7, 1),
  tags: versionNumber(7, 2),
  tactics_techniques: versionNumber(7, 2),
};
const requiredData = [
  'title',
  'description',
  'priority',
  'alert',
  'config',
  'field_spec',
  'key_spec',
  'notification_settings',
  'notifications',
  'storage',
];

const configKeys: KeyTable = {
  type: 0,
  query: 0,
  streams: 0,
  group_by: 0,
  series: 0,
  conditions: 0,
  search_within_ms: 0,
  execute_every_ms: 0,
  event_limit: 0,
  filters: versionNumber(6, 0),
  query_parameters: versionNumber(6, 2),
  stream_categories: versionNumber(6, 1),
  use_cron_scheduling: versionNumber(6, 1),
  cron_expression: versionNumber(6, 1),
  cron_timezone: versionNumber(6, 1),
};

/** Adds the reasons against the `data` of an event definition, without its title in front. */
export function checkEventDefinition(data: Json, names: PackNames, reasons: string[]): void {
  checkKeys(data, dataKeys, names.minimum, 'data', reasons);
  for (const key of requiredData) if (!(key in data)) reasons.push(`data.${key} is missing`);
  checkValue(data, 'title', 'string', names, reasons);
  checkValue(data, 'description', 'string', names, reasons);
  checkValue(data, 'remediation_steps', 'string', names, reasons);
  checkValue(data, 'alert', 'boolean', names, reasons);
  checkValue(data, 'is_scheduled', 'boolean', names, reasons);
  checkValue(data, 'priority', 'integer', names, reasons);
  checkPriority(referenceValue(data.priority), names.minimum, reasons);
  checkConfig(isRecord(data.config) ? data.config : {}, data, names, reasons);
  checkFields(data, reasons);
  if (referenceValue(data.title) === '') reasons.push('the title is empty');
  for (const use of listOf(data.notifications)) {
    const known =
      isRecord(use) && names.notifications.has(valueText(referenceValue(use.notification_id)));
    if (!known) reasons.push('notifications names a notification that the pack lacks');
  }
}

export function checkKeys(
  value: Json,
  known: KeyTable,
  minimum: number,
  where: string,
  reasons: string[],
): void {
  for (const key in value) {
    const since = Object.hasOwn(known, key) ? known[key] : undefined;
    if (since === undefined) reasons.push(`${where}.${key} is not a key of Graylog`);
    else if (since > minimum)
      reasons.push(
        `${where}.${key} is unknown to Graylog before ${Math.floor(since / 1e6)}.` +
          `${Math.floor(since / 1000) % 1000}`,
      );
  }
}

const valueTypes = { string: 'string', integer: 'number', boolean: 'boolean' } as const;

/** A value reference; a missing one is not reported here. */
export function checkValue(
  data: Json,
  key: string,
  type: keyof typeof valueTypes,
  names: Pick<PackNames, 'parameters'>,
  reasons: string[],
): void {
  const value = data[key];
  if (value === undefined) return;
  const given = referenceValue(value);
  if (!isRecord(value) || given === undefined || Object.keys(value).length !== 2)
    reasons.push(`${key} is not a value with @type and @value`);
  else if (value['@type'] === 'parameter') {
    if (!names.parameters.has(valueText(given)))
      reasons.push(`${key} names a parameter that the pack lacks`);
  } else if (
    value['@type'] !== type ||
    typeof given !== valueTypes[type] ||
    (type === 'integer' && !Number.isInteger(given))
  ) {
    reasons.push(`${key} is not of type ${type}`);
  }
}

function checkPriority(priority: unknown, minimum: number, reasons: string[]): void {
  const highest = minimum >= versionNumber(6, 2) ? 4 : 3;
  if (typeof priority !== 'number' || priority < 1 || priority > highest)
    reasons.push(`priority is not from 1 to ${highest}`);
}

function checkConfig(config: Json, data: Json, names: PackNames, reasons: string[]): void {
  if (config.type !== 'aggregation-v1') {
    reasons.push('config.type is not aggregation-v1');
    return;
  }
  checkKeys(config, configKeys, names.minimum, 'config', reasons);
  for (const key of ['streams', 'group_by', 'series'])
    if (!Array.isArray(config[key])) reasons.push(`config.${key} is not a list`);
  for (const key of ['search_within_ms', 'execute_every_ms'])
    if (!isWithin(config[key], Number.MAX_SAFE_INTEGER))
      reasons.push(`config.${key} is not above 0`);
  if (!isWithin(config.event_limit, graylogLimits.eventLimit))
    reasons.push(`config.event_limit is not from 1 to ${graylogLimits.eventLimit}`);
  if (config.query === undefined) reasons.push('config.query is missing');
  checkValue(config, 'query', 'string', names, reasons);
  for (const id of listOf(config.streams))
    if (!names.streams.has(valueText(id)))
      reasons.push(`config.streams names ${id}, which is not a stream of the pack`);
  const query = referenceValue(config.query);
  if (typeof query === 'string') reasons.push(...checkQuery(query, names.leadingWildcards));
  const grace = isRecord(data.notification_settings)
    ? Number(data.notification_settings.grace_period_ms)
    : 0;
  checkAggregation(
    config,
    listOf(data.key_spec).length > 0 && grace >= Number(config.search_within_ms),
    reasons,
  );
}

const isWithin = (value: unknown, highest: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= highest;

// most texts are constants
const hasStray = (template: string): boolean =>
  template.includes('${') &&
  template.replace(/\$\{(?:if source\.)?[A-Za-z0-9_@.-]+\}/g, '').includes('${');

function checkFields(data: Json, reasons: string[]): void {
  const fields = isRecord(data.field_spec) ? data.field_spec : {};
  for (const name in fields) {
    if (!/^[A-Za-z0-9._@-]+$/.test(name))
      reasons.push(`${JSON.stringify(name)} is not a name of an event field`);
    const spec = fields[name];
    for (const provider of isRecord(spec) ? listOf(spec.providers) : []) {
      const template =
        isRecord(provider) && provider.type === 'template-v1' ? provider.template : '';
      if (typeof template !== 'string' || hasStray(template))
        reasons.push(`the template of the event field ${name} is more than names of fields`);
    }
  }
  for (const key of listOf(data.key_spec))
    if (!Object.hasOwn(fields, valueText(key)))
      reasons.push(`key_spec names ${key}, which is not in field_spec`);
}
