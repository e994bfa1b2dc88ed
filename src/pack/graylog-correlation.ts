import { type Conversion, placeOfRule, unconverted } from '../backend/backend.ts';
import type { CompiledCorrelation } from '../query/compile.ts';
import type { LogSource } from '../sigma/rule/rule.ts';
import { createBag } from '../source/diagnostic.ts';
import type { PackConfig } from './config/config.ts';
import { mergeSettings } from './config/merge-settings.ts';
import { searched } from './graylog-target.ts';
import { attackReferences } from './model/attack-tags.ts';
import type { GraylogAggregationSearch, PackDetection } from './model/detection.ts';
import { ownId } from './naming/detection-id.ts';
import { graylogFields } from './result/graylog-fields.ts';
import { checkRuleSettings } from './settings/patch.ts';
import { levelOf } from './settings/selection.ts';

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
  if (!checkRuleSettings(rule, createBag()))
    return unconverted(placeOfRule(rule), 'the settings of the rule are wrong', 'Correct them.');
  const settings = mergeSettings(config, rule, logSources);
  const detection: PackDetection = {
    id: ownId(rule.id ?? '', config.info.id),
    // no search of a correlation has the names that the pack gives it
    name: rule.title,
    slug: '',
    filterMacro: '',
    rule,
    severity: settings.severity ?? levelOf(rule),
    logSources,
    attack: attackReferences(rule.tags),
    settings,
  };
  const conversion = searched(compiled, detection, config);
  if (!conversion.ok) return conversion;
  const fields = graylogFields(compiled, detection, conversion.value);
  if (!fields.ok) return fields;
  const { search } = conversion.value;
  if (search.kind !== 'aggregation') throw new Error('a correlation is an aggregation');
  return { ok: true, value: search, diagnostics: conversion.diagnostics };
}
