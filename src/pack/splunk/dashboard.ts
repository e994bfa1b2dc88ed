import { levels } from '../../sigma/rule/rule.ts';
import type { PackDetection } from '../model/detection.ts';
import { entitiesOf } from './es-entity.ts';
import { keptAs } from './es-token.ts';

/** What the searches of the app's views depend on. */
export interface DashboardSources {
  /** Id of the app. */
  readonly id: string;
  /** Alerts become findings and risk events, which name their entities. */
  readonly enterpriseSecurity: boolean;
  /** Index that keeps the results of alerts; undefined if none is set. */
  readonly summaryIndex: string | undefined;
  /** Names of fields that hold entities. */
  readonly entityFields: readonly string[];
  /** What the name of a search for several detections begins with; undefined: there are none. */
  readonly groups?: string | undefined;
}

/**
 * The common beginnings of searches in the views, as SPL for a view: a `$` that is not part of a
 * token is doubled.
 */
export interface DashboardSearches {
  /**
   * The alerts of the pack, one row per record: `_time`, `rule`, `id`, `level`, `tactics` (several
   * values), `alert` (its identity), with ES `entity`.
   */
  readonly fired: string;
  /**
   * Alerts with what they are about: `_time`, `rule`, `id`, `level`, `tactics`, `alert`, `entity`
   * (several values); empty if nothing records it.
   */
  readonly entities: string;
  /**
   * Runs of the pack's searches: `_time`, `rule`, `id`, `level`, `tactics`, `outcome` (`ran`,
   * `skipped`, `late`, `failed`), `reason`. A search for several detections has the level
   * `grouped`, and in `also` the levels and tactics of its detections.
   */
  readonly runs: string;
  /** `fired` has alerts of searches for several detections, as `runs` has them. */
  readonly firedByGroup: boolean;
  /** Finds an event if the user may search what `fired` reads. */
  readonly readable: string;
}

/** The fields in the results of a detection that name who or what an alert is about. */
export function entityFields(detection: PackDetection): readonly string[] {
  return entitiesOf(detection)
    .map(({ field }) => field)
    .filter((field) => speakable.test(field));
}

// what an eval expression can name in single quotes, and what stays one entry of a list in a cell
const speakable = /^[^'"\\`|\p{Cc}\p{Cf}\p{Cs}]+$/u;

export function dashboardSearches(sources: DashboardSources): DashboardSearches {
  const { id, enterpriseSecurity, summaryIndex, groups } = sources;
  const entity = entityExpression(sources.entityFields);
  const anyRecord = 'index.":".splunk_server.":"._cd';
  const findings = ofPack(
    id,
    '(index=notable OR index=risk)',
    'coalesce(search_name, source)',
    {
      alert: `coalesce(orig_sid.":".orig_rid, ${anyRecord})`,
      entity: entities('risk_object, ', entity),
    },
    byRule(id, groups),
  );
  const alerts = ofPack(
    id,
    `index=_audit sourcetype=audittrail action=alert_fired ss_app="${id}"`,
    'ss_name',
    { alert: 'sid', ...alsoOf(groups) },
    asGroup(id, groups),
  );
  const results = ofPack(
    id,
    `index="${summaryIndex}" sigpack_pack="${id}"`,
    'search_name',
    { alert: anyRecord, entity: entities('', entity) },
    byRule(id, groups),
  );
  // Splunk's own record of an alert does not name the detections of a group
  const fired = groups === undefined || summaryIndex === undefined ? alerts : results;
  const named = 'coalesce(savedsearch_name, replace(savedsearch_id, "^[^;]*;[^;]*;", ""))';
  return {
    fired: enterpriseSecurity ? findings : fired,
    entities: enterpriseSecurity || summaryIndex === undefined ? '' : results,
    runs: `${ofPack(
      id,
      `index=_internal sourcetype=scheduler (app="${id}" OR savedsearch_id="*;${id};*")`,
      named,
      {
        outcome,
        reason: 'coalesce(reason, message, "none given")',
        run_time: 'run_time',
        result_count: 'result_count',
        ...alsoOf(groups),
      },
      asGroup(id, groups),
    )} | where isnotnull(outcome)`,
    firedByGroup: groups !== undefined && !enterpriseSecurity && fired === alerts,
    readable: enterpriseSecurity
      ? 'index=notable OR index=risk | head 1'
      : fired === alerts
        ? 'index=_audit | head 1'
        : `index="${summaryIndex}" | head 1`,
  };
}

/**
 * Commands for a result of a group, which names its detection. It has the severity that an admin
 * gives it, and a detection whose row is missing from the lookup is shown as well.
 */
function byRule(id: string, groups: string | undefined): readonly string[] {
  if (groups === undefined) return [];
  const columns = { id: 'id', level: 'severity', tactics: 'tactics', entities: 'entities' };
  const ofResult: Readonly<Record<string, string>> = { id: 'sigpack_rule' };
  const names = Object.keys(columns);
  const own = levels.map((level) => `"${level}"`).join(', ');
  return [
    `eval sigpack_rule=if(like(sigpack_search, "${groups}%"), sigma_rule, null())`,
    `lookup ${id}_detections id AS sigpack_rule OUTPUT name AS sigpack_rule_name ` +
      Object.entries(columns)
        .map(([name, column]) => `${column} AS sigpack_rule_${name}`)
        .join(' '),
    'eval sigpack_rule_level=' +
      `if(isnotnull(sigpack_rule) AND in(sigma_level, ${own}), sigma_level, sigpack_rule_level), ` +
      `sigpack_search=coalesce(replace(sigpack_rule_name, "^'([=+@-])", "\\\\1"), ` +
      'if(isnotnull(sigpack_rule), sigma_title, null()), sigpack_search), ' +
      names
        .map((name) => {
          const all = [`sigpack_${name}`, `sigpack_rule_${name}`, ofResult[name] ?? []].flat();
          return `sigpack_${name}=coalesce(${all.join(', ')})`;
        })
        .join(', '),
  ];
}

/** The level and the tactic of what is known only to be of a search for several detections. */
const grouped = { level: 'grouped', tactic: 'Grouped' } as const;

/**
 * Commands for a record of a search, which may be a group: it is shown by its own name, with what
 * its detections are.
 */
const asGroup = (id: string, groups: string | undefined): readonly string[] =>
  groups === undefined
    ? []
    : [
        `eval sigpack_group=if(isnull(sigpack_id) AND like(sigpack_search, "${groups}%"), ` +
          'sigpack_search, null())',
        `lookup ${id}_detections scheduled_search AS sigpack_group OUTPUT severity AS ` +
          'sigpack_also_levels tactics AS sigpack_also_tactics',
        `eval sigpack_id=coalesce(sigpack_id, sigpack_group), ` +
          `sigpack_level=if(isnull(sigpack_group), sigpack_level, "${grouped.level}"), ` +
          `sigpack_tactics=if(isnull(sigpack_group), sigpack_tactics, "${grouped.tactic}")`,
      ];

/**
 * A column for the levels and tactics of detections, of which one may be meant. Where there are
 * fewer tactics than levels, a detection has none.
 */
const alsoOf = (groups: string | undefined): Readonly<Record<string, string>> =>
  groups === undefined
    ? {}
    : {
        also:
          'mvdedup(mvappend(sigpack_also_levels, ' +
          'split(mvjoin(sigpack_also_tactics, "|"), "|"), ' +
          'if(coalesce(mvcount(mvfilter(sigpack_also_tactics!="")), 0)<' +
          'mvcount(sigpack_also_levels), "Other", null())))',
      };

/**
 * Records of the scheduler: plain starts, and those on another member of a cluster, do not tell how
 * the run went.
 */
const outcome =
  'case(status="success", "ran", status="skipped", "skipped", status="deferred" OR ' +
  'status="continued", "late", match(status, "error|fail"), "failed", ' +
  'isnull(status) AND isnotnull(message) AND (log_level="ERROR" OR match(message, "^Error in ' +
  '")), "failed")';

/**
 * Events whose search is a detection of the pack, with its row of the lookup. A cell of the lookup
 * that would begin a formula has an apostrophe in front. Events may have fields of any name, so
 * intermediate fields are called `sigpack_`, and the columns are set at the end.
 */
function ofPack(
  id: string,
  events: string,
  searchName: string,
  columns: Readonly<Record<string, string>>,
  more: readonly string[],
): string {
  const derived = {
    rule: 'sigpack_search',
    id: 'sigpack_id',
    level: 'sigpack_level',
    tactics: 'split(sigpack_tactics, "|")',
  };
  const named = Object.entries(columns).filter(([name, expression]) => name !== expression);
  return [
    events,
    `eval sigpack_search=${searchName}, sigpack_key=if(match(sigpack_search, "^[=+@-]"), ` +
      `"'".sigpack_search, sigpack_search)`,
    `lookup ${id}_detections name AS sigpack_key OUTPUT id AS sigpack_id severity AS ` +
      'sigpack_level tactics AS sigpack_tactics entities AS sigpack_entities',
    ...more,
    'where isnotnull(sigpack_id)',
    `eval ${named.map(([name, expression]) => `sigpack_${name}=${expression}`).join(', ')}, ` +
      'sigpack_tactics=if(isnull(sigpack_tactics) OR sigpack_tactics="", "Other", ' +
      'sigpack_tactics)',
    `eval ${Object.entries(derived)
      .map(([name, expression]) => `${name}=${expression}`)
      .join(', ')}, ${named.map(([name]) => `${name}=sigpack_${name}`).join(', ')}`,
    `fields _time ${[...Object.keys(derived), ...Object.keys(columns)].join(' ')}`,
  ].join(' | ');
}

/**
 * Values of the fields that the alerts of the rule are about. A summary index joins several values
 * with line ends.
 */
const entities = (own: string, values: string): string => {
  const lineBreak = 'urldecode("%0A")';
  return `mvdedup(split(mvjoin(mvappend(${own}${values}), ${lineBreak}), ${lineBreak}))`;
};

function entityExpression(fields: readonly string[]): string {
  const values = fields.map(
    (field) =>
      `if(match("|".sigpack_entities."|", "[|]${pattern(field)}[|]"), ${value(field)}, null())`,
  );
  // a view reads a single dollar as a token
  return values.length === 0 ? 'null()' : values.join(', ').replaceAll('$', '$$$$');
}

/** The value of a field; field extraction may replace characters of the name with `_`. */
function value(field: string): string {
  const kept = keptAs(field);
  const cleaned = kept.replace(/\W/g, '_');
  return cleaned === kept ? `'${kept}'` : `coalesce('${kept}', '${cleaned}')`;
}

const pattern = (field: string): string =>
  field.replace(/[^\w ]/gu, (char) => `\\\\x{${(char.codePointAt(0) ?? 0).toString(16)}}`);
