import { and, type Item, or, type Query } from '../../query/tree.ts';
import type { CorrelationRule, CorrelationType } from '../../sigma/correlation/correlation.ts';
import { holdsOfMore, negativeNumbersNote } from '../../sigma/correlation/threshold.ts';
import { singleField } from '../alias.ts';
import {
  type Conversion,
  converted,
  diagnosticAt,
  overLimit,
  type Place,
  placeOfType,
  refused,
} from '../backend.ts';
import { refuseAddressless } from '../lucene/address-text.ts';
import type { Dialect } from '../lucene/dialect.ts';
import { queryStringLimits } from '../lucene/limits.ts';
import { printLucene } from '../lucene/printer.ts';
import { fits } from '../lucene/split.ts';
import { checkSilentGroups } from '../silent-groups.ts';
import { graylogDialect } from './graylog.ts';
import type { GraylogOptions } from './settings.ts';

/** A correlation as an aggregation of a Graylog event definition. */
export interface GraylogAggregation {
  readonly query: string;
  readonly groupBy: readonly string[];
  readonly series: {
    readonly type: 'count' | 'card' | 'sum' | 'avg' | 'percentile';
    readonly field?: string;
    readonly percentile?: number;
  };
  /**
   * A window without events must not fulfil the conditions. Without a group, Graylog evaluates it
   * and takes its sum for 0.
   */
  readonly needsEvents?: true;
  readonly conditions: readonly {
    readonly operator: '>' | '>=' | '<' | '<=' | '==' | '!=';
    readonly value: number;
  }[];
  /** Seconds that a run looks back. */
  readonly within: number;
  /** Seconds between runs. */
  readonly every: number;
}

const seriesTypes: Partial<Record<CorrelationType, SeriesType>> = {
  event_count: 'count',
  value_count: 'card',
  value_sum: 'sum',
  value_avg: 'avg',
  value_percentile: 'percentile',
};
const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '==', neq: '!=' } as const;

/**
 * Converts a correlation to an aggregation. Graylog looks at windows on a grid, not at each event.
 * Where only a lower bound is set, windows overlap and are longer by one step, so that no burst
 * within the timespan is missed; with an upper bound they are as long as the timespan and follow
 * one another.
 *
 * @param rule - The correlation rule.
 * @param queries - Those of the detections that it refers to; undefined where it refers to
 *   correlations, which Graylog can't express.
 * @param options - What the server is like.
 * @param delay - Seconds that events may be late: windows with a lower bound are longer by them.
 * @returns The aggregation, with a diagnostic about its windows (TGT002), or the refusals.
 * @example
 * import { collect, createBag, graylogCorrelation, graylogDefaults, readDocuments } from 'sigpack';
 * import { createCompiler } from 'sigpack';
 *
 * const text = `title: Failed logon
 * name: failed
 * logsource: { product: windows, service: security }
 * detection: { selection: { EventID: 4625 }, condition: selection }
 * ---
 * title: Many failed logons
 * correlation: { type: event_count, rules: [failed], timespan: 1m, condition: { gte: 2 } }
 * `;
 * const bag = createBag();
 * const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
 * const compile = createCompiler(collection, { placeholders: new Map(), bag });
 * const [compiled] = collection.rules.filter(({ kind }) => kind === 'correlation').map(compile);
 * const parts = compiled?.kind === 'correlation' ? compiled.parts : [];
 * const queries = parts.flatMap((part) => (part.kind === 'detection' ? [part.query] : []));
 * const conversion =
 *   compiled?.kind === 'correlation'
 *     ? graylogCorrelation(compiled.rule, queries, graylogDefaults)
 *     : undefined;
 * const { query, within } = conversion?.ok ? conversion.value : {};
 * [query, within]; // => ['EventID:"4625"', 120]
 */
export function graylogCorrelation(
  rule: CorrelationRule,
  queries: readonly Query[] | undefined,
  options: GraylogOptions,
  delay = 0,
): Conversion<GraylogAggregation> {
  return converted((diagnostics) => {
    const place = placeOfType(rule);
    const type = seriesTypes[rule.type];
    if (!type)
      throw refused(
        place,
        `Graylog's aggregations can't tell which rule an event matched (${rule.type})`,
        'Leave the correlation out for Graylog, or correlate its events with an event_count.',
      );
    if (!queries)
      throw refused(
        place,
        "Graylog's aggregations can't build on another aggregation (chained correlations)",
        'Refer to detection rules only.',
      );
    checkSilentGroups(rule, place, 'Graylog groups', diagnostics);
    const groupBy = rule.groupBy.map((name) => singleField(rule, name, place, 'Graylog groups'));
    const field =
      type === 'count'
        ? undefined
        : singleField(rule, rule.valueFields[0] ?? '', place, 'Graylog groups');
    if (rule.valueFields.length > 1)
      throw refused(
        place,
        'Graylog counts the values of one field',
        'Name one field in the condition.',
      );
    const dialect = graylogDialect(options, diagnostics);
    // without them the server makes a group "(Empty Value)" of the messages that lack the field; a
    // group without a value has none to add up, and 0 to count
    const present = new Set([
      ...groupBy,
      ...(field === undefined || type === 'card' ? [] : [field]),
    ]);
    const query = joinedQuery(queries, [...present], dialect, place);
    const window = windowOf(rule, delay);
    diagnostics.push(diagnosticAt('TGT002', place, windowDiagnostic(rule, window)));
    return {
      query,
      groupBy,
      series: {
        type,
        ...(field === undefined ? {} : { field }),
        ...(type === 'percentile' ? { percentile: rule.percentile } : {}),
      },
      ...eventsNeeded(groupBy, type),
      conditions: rule.thresholds.map((threshold) => ({
        operator: operators[threshold.operator],
        value: threshold.value,
      })),
      within: window.within,
      every: window.every,
    };
  });
}

/** The messages of any of the queries that have all the fields. */
function joinedQuery(
  queries: readonly Query[],
  present: readonly string[],
  dialect: Dialect,
  place: Place,
): string {
  const items = present.map(
    (name): Item => ({ ...place, kind: 'item', field: name, test: { kind: 'exists' } }),
  );
  refuseAddressless(or(queries), dialect);
  const printed = printLucene(and([or(queries), ...items]), dialect);
  if (fits(printed, queryStringLimits)) return printed.text;
  throw overLimit(
    place,
    "the joined query passes the limits of OpenSearch, and an aggregation can't be split",
    'Refer to fewer or shorter rules.',
  );
}

type SeriesType = GraylogAggregation['series']['type'];

interface Window extends Pick<GraylogAggregation, 'within' | 'every'> {
  readonly overlaps: boolean;
}

function windowOf(rule: CorrelationRule, delay: number): Window {
  const { timespan } = rule;
  if (!holdsOfMore(rule)) return { overlaps: false, within: timespan, every: timespan };
  const every = Math.max(60, Math.min(300, timespan));
  return { overlaps: true, within: timespan + every + delay, every };
}

const eventsNeeded = (
  groupBy: readonly string[],
  type: SeriesType,
): Pick<GraylogAggregation, 'needsEvents'> =>
  groupBy.length === 0 && type !== 'count' && type !== 'card' ? { needsEvents: true } : {};

function windowDiagnostic(rule: CorrelationRule, { overlaps, within, every }: Window): string {
  const { timespan } = rule;
  return overlaps
    ? `Graylog looks back ${within} s every ${every} s, to miss no ${timespan} s with enough ` +
        `events: events up to ${within} s apart count, too${negativeNumbersNote(rule)}`
    : `Graylog looks at fixed windows of ${timespan} s; what spreads over two of them is not seen`;
}
