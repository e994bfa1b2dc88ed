import type { CompiledCorrelation, CompiledDetection } from '../../query/compile.ts';
import { or } from '../../query/tree.ts';
import type { CorrelationRule, Threshold } from '../../sigma/correlation/correlation.ts';
import {
  holdsOfMore,
  holdsOfNothing,
  negativeNumbersNote,
} from '../../sigma/correlation/threshold.ts';
import { singleField } from '../alias.ts';
import {
  type Conversion,
  diagnosticAt,
  type Place,
  placeOfType,
  Refusal,
  refused,
  type TargetDiagnostic,
} from '../backend.ts';
import { esQsQueries } from '../es-qs/es-qs.ts';
import type { ElasticsearchSettings } from '../es-qs/settings.ts';
import { checkSilentGroups } from '../silent-groups.ts';
import { foundGroups, queryOf, since, type WatchPlan } from './watch.ts';

/** Groups that one search returns; the server's own limit is 65,536 buckets in all. */
const mostGroups = 10_000;

export interface CorrelationPlan {
  readonly plan: WatchPlan;
  readonly queries: readonly string[];
}

/**
 * Buckets of the group fields; a `bucket_selector` keeps those that fulfil the condition, and the
 * watch fires where one is left.
 */
export function correlationPlan(
  compiled: CompiledCorrelation,
  settings: ElasticsearchSettings,
  diagnostics: TargetDiagnostic[],
): CorrelationPlan {
  const { rule, parts } = compiled;
  const place = placeOfType(rule);
  const detections = parts.map((part): CompiledDetection => {
    if (part.kind === 'detection') return part;
    throw refused(
      place,
      "a watch can't build on another aggregation (chained correlations)",
      'Refer to detection rules only.',
    );
  });
  const perRule = rule.type === 'temporal' || rule.type === 'temporal_ordered';
  const texts = perRule
    ? detections.map((part) =>
        unwrapped(esQsQueries(part.query, part, place, settings), diagnostics),
      )
    : [
        unwrapped(
          esQsQueries(or(detections.map((part) => part.query)), compiled, place, settings),
          diagnostics,
        ),
      ];
  const queries = [...new Set(texts.flat())];
  const { lookBack, schedule } = windowOf(rule, settings, diagnostics, place);
  checkSilentGroups(rule, place, 'a watch groups', diagnostics);
  const groupBy = rule.groupBy.map((name) => singleField(rule, name, place, 'a watch groups'));
  const values = rule.valueFields.map((name) => singleField(rule, name, place, 'a watch groups'));
  const several = [...groupBy, ...values].find((name) => name.includes('*'));
  if (several !== undefined)
    throw refused(
      place,
      `a watch can't group or count by the fields \`${several}\``,
      'Name one field, without wildcards.',
    );
  // the count of a group in which no event has a value is 0, which may be what the condition asks
  // for
  const valuesNeeded =
    rule.type !== 'event_count' && !perRule && !(groupBy.length > 0 && holdsOfNothing(rule));
  const present = [...groupBy, ...(valuesNeeded ? values : [])].map((field) => ({
    exists: { field },
  }));
  const inner = perRule
    ? temporalParts(rule, texts, settings, place)
    : countParts(rule, values, place, diagnostics);
  const search = {
    size: 0,
    query: { bool: { must: [queryOf(queries)], filter: [since(lookBack, settings), ...present] } },
    aggs: { groups: { ...grouping(groupBy, place, diagnostics), aggs: inner } },
  };
  return {
    plan: {
      schedule,
      search,
      condition: conditionOf(settings.threshold, groupBy.length === 0 && holdsOfNothing(rule)),
      found: foundGroups,
    },
    queries,
  };
}

/**
 * The groups that are left are counted. `empty`: the only group may be empty, which fulfils the
 * condition.
 */
function conditionOf(threshold: number, empty: boolean): object {
  const buckets = 'ctx.payload.aggregations.groups.buckets';
  if (threshold === 1)
    return {
      array_compare: {
        [buckets]: { path: 'doc_count', gte: { value: empty ? 0 : 1, quantifier: 'some' } },
      },
    };
  return {
    script: { source: `return ${buckets}.size() >= params.threshold`, params: { threshold } },
  };
}

/** The texts, with their diagnostics passed on; a refusal is thrown. */
function unwrapped(
  conversion: Conversion<readonly string[]>,
  diagnostics: TargetDiagnostic[],
): readonly string[] {
  if (conversion.ok) {
    diagnostics.push(...conversion.diagnostics);
    return conversion.value;
  }
  const [reason] = conversion.error;
  if (!reason) throw new Error('a refusal without a reason');
  throw new Refusal(reason);
}

/**
 * With lower bounds alone, windows overlap by one interval, so that no burst falls between two;
 * otherwise they follow one another.
 */
function windowOf(
  rule: CorrelationRule,
  settings: ElasticsearchSettings,
  diagnostics: TargetDiagnostic[],
  place: Place,
): { readonly lookBack: number; readonly schedule: object } {
  const overlaps = holdsOfMore(rule) || rule.type === 'temporal_ordered';
  const ownSchedule = overlaps ? settings.schedule : undefined;
  if (!overlaps) reportUnusedTimes(settings, diagnostics, place);
  const interval = ownSchedule
    ? settings.interval
    : overlaps
      ? Math.min(settings.interval, rule.timespan)
      : rule.timespan;
  const lookBack = overlaps ? (settings.window ?? rule.timespan + interval) : rule.timespan;
  const message = overlaps
    ? `${overlapText(rule.timespan, lookBack, interval)}${negativeNumbersNote(rule)}`
    : `the watch looks at fixed windows of ${rule.timespan} s; what spreads over two of them ` +
      'is not seen';
  diagnostics.push(diagnosticAt('TGT002', place, message));
  if (overlaps && lookBack > interval && settings.throttle < lookBack) {
    const again =
      `the watch looks back ${lookBack} s every ${interval} s and acts again after ` +
      `${settings.throttle} s: the same events may alert again`;
    diagnostics.push(diagnosticAt('TGT008', place, again));
  }
  return { lookBack, schedule: ownSchedule ?? { interval: `${interval}s` } };
}

function reportUnusedTimes(
  settings: ElasticsearchSettings,
  diagnostics: TargetDiagnostic[],
  place: Place,
): void {
  for (const key of ['schedule', 'window'] as const) {
    const name = key === 'schedule' ? (settings.scheduledBy ?? key) : key;
    if (settings[key] !== undefined)
      diagnostics.push(
        diagnosticAt(
          'TGT007',
          place,
          `\`${name}\` does not apply: the watch looks at windows of the timespan, which ` +
            'follow one another',
        ),
      );
  }
}

function overlapText(timespan: number, lookBack: number, interval: number): string {
  const times = `the watch looks back ${lookBack} s every ${interval} s`;
  return lookBack < timespan + interval
    ? `${times}, as \`window\` says; ${timespan} s with enough events may fall between two windows`
    : `${times}, to miss no ${timespan} s with enough events: events up to ${lookBack} s apart ` +
        'count, too';
}

/** Terms, because composite aggregations take no bucket_selector. */
function grouping(
  fields: readonly string[],
  place: Place,
  diagnostics: TargetDiagnostic[],
): object {
  const [only] = fields;
  if (only === undefined) return { filters: { filters: [{ match_all: {} }] } };
  const message =
    `groups need fields mapped as keyword, number or address, and the ${mostGroups} largest ` +
    'groups are looked at';
  diagnostics.push(diagnosticAt('TGT002', place, message));
  return fields.length === 1
    ? { terms: { field: only, size: mostGroups } }
    : { multi_terms: { terms: fields.map((field) => ({ field })), size: mostGroups } };
}

function countParts(
  rule: CorrelationRule,
  values: readonly string[],
  place: Place,
  diagnostics: TargetDiagnostic[],
): object {
  if (rule.type === 'event_count')
    return { fulfilled: selector({ value: '_count' }, compared('params.value', rule.thresholds)) };
  const [field] = values;
  if (field === undefined || values.length > 1)
    throw refused(
      place,
      'an aggregation takes the values of one field',
      'Name one field in the condition.',
    );
  if (rule.type === 'value_count')
    diagnostics.push(
      diagnosticAt(
        'TGT002',
        place,
        'Elasticsearch estimates how many values there are where they pass 40,000',
      ),
    );
  if (rule.type === 'value_percentile' && rule.percentile !== 50)
    diagnostics.push(
      diagnosticAt(
        'TGT002',
        place,
        'Elasticsearch estimates percentiles (t-digest); a result between two values lies ' +
          'elsewhere than in Splunk',
      ),
    );
  const metrics = {
    value_count: { cardinality: { field, precision_threshold: 40_000 } },
    value_sum: { sum: { field } },
    value_avg: { avg: { field } },
    value_percentile: { percentiles: { field, percents: [rule.percentile] } },
  };
  const metric = metrics[rule.type as keyof typeof metrics];
  const path = rule.type === 'value_percentile' ? `value[${rule.percentile}]` : 'value';
  // a bucket without events has no number of values: it is 0
  const gaps = rule.groupBy.length === 0 && holdsOfNothing(rule) ? 'insert_zeros' : undefined;
  return {
    value: metric,
    fulfilled: selector({ value: path }, compared('params.value', rule.thresholds), gaps),
  };
}

/** One filter per rule; the number of those that found something is compared. */
function temporalParts(
  rule: CorrelationRule,
  texts: readonly (readonly string[])[],
  settings: ElasticsearchSettings,
  place: Place,
): object {
  const names = texts.map((_, index) => `rule_${index + 1}`);
  const all = [{ operator: 'gte' as const, value: names.length }];
  if (rule.type === 'temporal') {
    const filters = names.map((name, index) => [name, { filter: queryOf(texts[index] ?? []) }]);
    const count = names.map((name) => `(params.${name} > 0 ? 1 : 0)`).join(' + ');
    const paths = Object.fromEntries(names.map((name) => [name, `${name}>_count`]));
    return {
      ...Object.fromEntries(filters),
      fulfilled: selector(
        paths,
        compared(`(${count})`, rule.thresholds.length > 0 ? rule.thresholds : all),
      ),
    };
  }
  const whole = rule.thresholds.every(
    ({ operator, value }) => (operator === 'gte' || operator === 'eq') && value === names.length,
  );
  if (names.length !== 2 || !whole) {
    const hint = 'Use temporal, or one correlation a pair of rules.';
    throw refused(
      place,
      'a watch can tell the order of two rules only: it compares the first match of one with ' +
        'the last of the other',
      hint,
    );
  }
  const field = settings.timestampField;
  const source = 'params.rule_1 > 0 && params.rule_2 > 0 && params.first <= params.last';
  return {
    rule_1: { filter: queryOf(texts[0] ?? []), aggs: { first: { min: { field } } } },
    rule_2: { filter: queryOf(texts[1] ?? []), aggs: { last: { max: { field } } } },
    fulfilled: selector(
      {
        rule_1: 'rule_1>_count',
        rule_2: 'rule_2>_count',
        first: 'rule_1>first',
        last: 'rule_2>last',
      },
      { source },
    ),
  };
}

interface Script {
  readonly source: string;
  readonly params?: object;
}

const selector = (
  paths: Readonly<Record<string, string>>,
  script: Script,
  gaps?: 'insert_zeros',
): object => ({
  bucket_selector: { buckets_path: paths, ...(gaps ? { gap_policy: gaps } : {}), script },
});
const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '==', neq: '!=' } as const;

/** Thresholds are parameters: Painless does not have a literal for every number. */
function compared(value: string, thresholds: readonly Threshold[]): Script {
  const params = Object.fromEntries(
    thresholds.map((threshold, index) => [`threshold_${index + 1}`, threshold.value]),
  );
  return {
    source: thresholds
      .map(({ operator }, index) => `${value} ${operators[operator]} params.threshold_${index + 1}`)
      .join(' && '),
    params,
  };
}
