import type { Event, FieldValue } from './judges/spl/value.ts';

/**
 * What Enterprise Security makes of the results of a saved search by the keys of its stanza, after
 * the public sources of its modular actions (cim_actions.py, risk.py) and its manuals. It reads
 * nothing of the project.
 */
export interface Finding {
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly domain: string;
  /** Undefined where the finding has no entity. */
  readonly entity: string | undefined;
  readonly type: string | undefined;
  readonly score: number | undefined;
  readonly drillDowns: readonly DrillDown[];
}

export interface DrillDown {
  readonly name: string;
  readonly search: string;
  readonly offsets: readonly [earliest: string, latest: string];
}

export interface RiskRow {
  readonly entity: string;
  readonly type: string;
  readonly score: number;
  readonly message: string;
  /** `type value`. */
  readonly threats: readonly string[];
}

type Settings = ReadonlyMap<string, string>;

/**
 * Fields that an event of the summary index has of its own: those of the result get `orig_` before
 * them.
 */
const mapped = new Set(
  '_time _raw splunk_server index source sourcetype host linecount timestartpos timeendpos eventtype tag search_name event_hash event_id'.split(
    ' ',
  ),
);
const isDropped = (field: string): boolean =>
  (field.startsWith('_') && field !== '_raw' && field !== '_time') ||
  /^(?:date_.*|punct|sid|rid)$/.test(field);

const valuesOf = (value: FieldValue): readonly string[] =>
  (Array.isArray(value) ? value : value === null || value === undefined ? [] : [value])
    .map(String)
    .filter((text) => text !== '');

function findingEvent(result: Event): Event {
  return Object.fromEntries(
    Object.entries(result).flatMap(([field, value]) =>
      isDropped(field) ? [] : [[mapped.has(field) ? `orig_${field}` : field, value] as const],
    ),
  );
}

/** `$field$` becomes the field's values; a token that the event has no value for stays. */
const expanded = (text: string, event: Event): string =>
  text.replace(
    /\$([^\s$|]+)\$/g,
    (token, field: string) => valuesOf(event[field]).join('\n') || token,
  );

/** `$field|s$` becomes a quoted value. */
function expandedSearch(text: string, event: Event): string {
  const quoted = text.replace(/\$([^\s$|]+)\|s\$/g, (token, field: string) => {
    const [value] = valuesOf(event[field]);
    return value === undefined
      ? token
      : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return quoted.replace(
    /\$([^\s$|]+)\$/g,
    (token, field: string) => valuesOf(event[field])[0] ?? token,
  );
}

interface Definition {
  readonly risk_object_field?: string;
  readonly risk_object_type?: string;
  readonly risk_score?: number;
  readonly threat_object_field?: string;
  readonly threat_object_type?: string;
}

const definitionsOf = (text: string | undefined): readonly Definition[] =>
  text === undefined ? [] : (JSON.parse(text) as readonly Definition[]);

/**
 * The objects of a result by the definitions of `_risk` or `_entities`; a field that the result
 * lacks has none.
 */
function objectsOf(definitions: readonly Definition[], result: Event) {
  if ('risk_object' in result || 'risk_object_type' in result || 'risk_score' in result)
    throw new Error('the result overrides what the stanza says');
  return definitions.flatMap(
    ({ risk_object_field: field, risk_object_type: type, risk_score: score }) =>
      // a score of 0 counts as none there
      field === undefined || type === undefined
        ? []
        : valuesOf(result[field]).map((entity) => ({ entity, type, score: score || 1 })),
  );
}

function drillDownsOf(settings: Settings, event: Event): readonly DrillDown[] {
  const written = JSON.parse(
    settings.get('action.notable.param.drilldown_searches') ?? '[]',
  ) as readonly Readonly<Record<string, string>>[];
  return written.map(({ name = '', search = '', earliest_offset = '', latest_offset = '' }) => ({
    name: expanded(name, event),
    search: expandedSearch(search, event),
    offsets: [earliest_offset, latest_offset],
  }));
}

/** One for each entity of each result. */
export function findingsOf(settings: Settings, results: readonly Event[]): readonly Finding[] {
  if (settings.get('action.notable') !== '1') return [];
  const param = (name: string): string => settings.get(`action.notable.param.${name}`) ?? '';
  return results.flatMap((result): readonly Finding[] => {
    const event = findingEvent(result);
    const objects = objectsOf(
      definitionsOf(settings.get('action.notable.param._entities')),
      result,
    );
    const common = {
      title: expanded(param('rule_title'), event),
      description: expanded(param('rule_description'), event),
      severity: param('severity'),
      domain: param('security_domain'),
      drillDowns: drillDownsOf(settings, event),
    };
    return objects.length === 0
      ? [{ ...common, entity: undefined, type: undefined, score: undefined }]
      : objects.map((object) => ({ ...common, ...object }));
  });
}

/** One for each risk object of each result. */
export function risksOf(settings: Settings, results: readonly Event[]): readonly RiskRow[] {
  if (settings.get('action.risk') !== '1') return [];
  const definitions = definitionsOf(settings.get('action.risk.param._risk'));
  return results.flatMap((result) => {
    const threats = definitions.flatMap(
      ({ threat_object_field: field, threat_object_type: type }) =>
        field === undefined ? [] : valuesOf(result[field]).map((value) => `${type} ${value}`),
    );
    const message = expanded(settings.get('action.risk.param._risk_message') ?? '', result);
    return objectsOf(definitions, result).map((object) => ({ ...object, message, threats }));
  });
}
