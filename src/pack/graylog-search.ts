import type { Conversion } from '../backend/backend.ts';
import { graylogCorrelation } from '../backend/graylog/correlation.ts';
import { type GraylogOptions, graylogQueries } from '../backend/graylog/graylog.ts';
import type { CompiledRule } from '../query/compile.ts';
import type { Query } from '../query/tree.ts';
import type { PackConfig } from './config.ts';
import type { GraylogAggregationSearch, GraylogFilterSearch, PackDetection } from './detection.ts';

/** What the event definitions of a detection search for. A threshold makes an aggregation of a filter. */
export function graylogSearch(
  compiled: CompiledRule,
  detection: PackDetection,
  config: PackConfig,
): Conversion<GraylogFilterSearch | GraylogAggregationSearch> {
  const { matching, leadingWildcards, textFields, ipFields } = config.graylog;
  const options: GraylogOptions = { matching, leadingWildcards, textFields, ipFields };
  if (compiled.kind === 'correlation') {
    const conversion = graylogCorrelation(compiled.rule, queriesOf(compiled.parts), options);
    return conversion.ok ? { ...conversion, value: { kind: 'aggregation', ...conversion.value } } : conversion;
  }
  const { rule, query } = compiled;
  const conversion = graylogQueries(query, { file: rule.file, span: rule.detection.span }, options);
  if (!conversion.ok) return conversion;
  const [first, ...rest] = conversion.value;
  const { threshold, interval } = detection.settings;
  if (threshold <= 1 || first === undefined || rest.length > 0) return { ...conversion, value: { kind: 'filter', queries: conversion.value } };
  return {
    ...conversion,
    value: {
      kind: 'aggregation',
      query: first,
      groupBy: [],
      series: { type: 'count' },
      conditions: [{ operator: '>=', value: threshold }],
      within: interval,
      every: interval,
    },
  };
}

/** Undefined where one of the parts is a correlation itself. */
function queriesOf(parts: readonly CompiledRule[]): readonly Query[] | undefined {
  const queries: Query[] = [];
  for (const part of parts) {
    if (part.kind !== 'detection') return undefined;
    queries.push(part.query);
  }
  return queries;
}
