import type { GraylogAggregationSearch, GraylogDetection } from '../model/detection.ts';
import { textValue, type ValueReference } from '../model/pack-entity.ts';
import { serverVersion } from '../settings/server-version.ts';
import { graylogLimits } from './limits.ts';
import { type GraylogWindow, graylogWindow } from './window.ts';

export interface AggregationConfig {
  readonly type: 'aggregation-v1';
  readonly query: ValueReference<string>;
  /** Ids of entities of the pack. Empty: all streams. */
  readonly streams: readonly string[];
  readonly group_by: readonly string[];
  readonly series: readonly Series[];
  readonly conditions: { readonly expression: ConditionExpression | null };
  readonly search_within_ms: number;
  readonly execute_every_ms: number;
  readonly use_cron_scheduling?: true;
  readonly cron_expression?: string;
  readonly cron_timezone?: string;
  readonly event_limit: number;
}

export interface Series {
  readonly type: GraylogAggregationSearch['series']['type'];
  readonly id: string;
  readonly field?: string;
  readonly percentile?: number;
}

export type ConditionExpression =
  | {
      readonly expr: '&&' | '>' | '>=' | '<' | '<=' | '==';
      readonly left: ConditionExpression;
      readonly right: ConditionExpression;
    }
  | { readonly expr: '!'; readonly left: ConditionExpression }
  | { readonly expr: 'number'; readonly value: number }
  | { readonly expr: 'number-ref'; readonly ref: string };

export interface SearchOptions {
  /** The oldest server that may have the definitions. */
  readonly minimumServerVersion: string;
  /** Ids of stream entities of the pack. Empty: all streams. */
  readonly streamIds: readonly string[];
}

/** What each event definition of a detection searches for. */
export function searchConfigs(
  { detection: { settings }, search }: GraylogDetection,
  { streamIds, minimumServerVersion }: SearchOptions,
): AggregationConfig[] {
  if (search.kind === 'aggregation') return [aggregationConfig(search, streamIds)];
  const window = graylogWindow(settings, serverVersion(minimumServerVersion) ?? 0);
  if (settings.threshold > 1) {
    const count = {
      kind: 'aggregation',
      groupBy: [],
      series: { type: 'count' },
      conditions: [{ operator: '>=', value: settings.threshold }],
    } as const;
    return search.queries.map((query) =>
      aggregationConfig({ ...count, query, ...window }, streamIds),
    );
  }
  const filter = { group_by: [], series: [], conditions: { expression: null } } as const;
  return search.queries.map((query) => config(query, streamIds, filter, window));
}

export function aggregationConfig(
  search: GraylogAggregationSearch & GraylogWindow,
  streams: readonly string[],
): AggregationConfig {
  const { type, field, percentile } = search.series;
  const id = `${type}-${field ?? ''}`;
  const series: Series = {
    type,
    id,
    ...(field === undefined ? {} : { field }),
    ...(type === 'percentile' ? { percentile: percentile ?? 50 } : {}),
  };
  const counts: readonly Series[] = search.needsEvents ? [eventCount] : [];
  const tests = [
    ...search.conditions.map((condition) => conditionTest(condition, id)),
    ...counts.map((count) => conditionTest({ operator: '>', value: 0 }, count.id)),
  ];
  const expression = tests.reduce<ConditionExpression | null>(both, null);
  return config(
    search.query,
    streams,
    { group_by: search.groupBy, series: [series, ...counts], conditions: { expression } },
    search,
  );
}

const eventCount: Series = { type: 'count', id: 'count-' };
const both = (left: ConditionExpression | null, right: ConditionExpression): ConditionExpression =>
  left === null ? right : { expr: '&&', left, right };

function conditionTest(
  { operator, value }: GraylogAggregationSearch['conditions'][number],
  series: string,
): ConditionExpression {
  const left = { expr: 'number-ref', ref: series } as const;
  const right = { expr: 'number', value } as const;
  return operator === '!='
    ? { expr: '!', left: { expr: '==', left, right } }
    : { expr: operator, left, right };
}

type Aggregation = Pick<AggregationConfig, 'group_by' | 'series' | 'conditions'>;

function config(
  query: string,
  streams: readonly string[],
  aggregation: Aggregation,
  { within, every, cron }: GraylogWindow,
): AggregationConfig {
  return {
    type: 'aggregation-v1',
    query: textValue(query),
    streams,
    ...aggregation,
    search_within_ms: within * 1000,
    execute_every_ms: every * 1000,
    ...(cron === undefined
      ? undefined
      : { use_cron_scheduling: true, cron_expression: cron, cron_timezone: 'UTC' }),
    event_limit: graylogLimits.eventLimit,
  };
}
