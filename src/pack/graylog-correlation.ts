import { type Conversion, placeOfRule, unconverted } from '../backend/backend.ts';
import type { CompiledCorrelation } from '../query/compile.ts';
import type { LogSource } from '../sigma/rule/rule.ts';
import { createBag } from '../source/diagnostic.ts';
import type { PackConfig } from './config/config.ts';
import { searched } from './graylog-target.ts';
import type { GraylogAggregationSearch } from './model/detection.ts';
import { ownId } from './naming/detection-id.ts';
import { graylogFields } from './result/graylog-fields.ts';
import { detectionOf } from './rule-detection.ts';

/**
 * What the event definition of a correlation searches for, as in the content pack, or why the pack
 * can't have it. `logSources`: those of the rule as written, which pipelines may have changed.
 */
export function correlationInGraylog(
  compiled: CompiledCorrelation,
  logSources: readonly LogSource[],
  config: PackConfig,
): Conversion<GraylogAggregationSearch> {
  const { rule } = compiled;
  // no search of a correlation has the names that the pack gives it
  const names = { id: ownId(rule.id ?? '', config.info.id), name: rule.title, slug: '' };
  const nameFor = () => ({ ...names, filterMacro: '' });
  const detection = detectionOf(compiled, logSources, config, nameFor, createBag());
  if (!detection)
    return unconverted(placeOfRule(rule), 'the settings of the rule are wrong', 'Correct them.');
  const conversion = searched(compiled, detection, config);
  if (!conversion.ok) return conversion;
  const fields = graylogFields(compiled, detection, conversion.value);
  if (!fields.ok) return fields;
  const { search } = conversion.value;
  if (search.kind !== 'aggregation') throw new Error('a correlation is an aggregation');
  return { ok: true, value: search, diagnostics: conversion.diagnostics };
}
