import type { TargetDiagnostic } from '../backend/backend.ts';
import type { CompiledRule } from '../query/compile.ts';
import { ok, type Result } from '../source/result.ts';
import type { PackConfig } from './config/config.ts';
import { graylogGrace } from './graylog/grace.ts';
import { ignoredByGraylog } from './graylog/window.ts';
import { graylogSearch } from './graylog-search.ts';
import type { GraylogDetection, PackDetection } from './model/detection.ts';
import type { PackReports } from './reports.ts';
import { graylogFields } from './result/graylog-fields.ts';
import { serverVersion } from './settings/server-version.ts';

/** The detection as the content pack has it, or why the pack can't have it. Both are reported. */
export function detectionInGraylog(
  compiled: CompiledRule,
  detection: PackDetection,
  config: PackConfig,
  { diagnostics, warnings }: PackReports,
): Result<GraylogDetection, readonly TargetDiagnostic[]> {
  const { rule } = compiled;
  const conversion = graylogSearch(compiled, detection, config);
  diagnostics.add('graylog', rule, conversion.ok ? conversion.diagnostics : conversion.error);
  if (!conversion.ok) return conversion;
  const fields = graylogFields(compiled, detection, conversion.value);
  diagnostics.add('graylog', rule, fields.ok ? fields.diagnostics : fields.error);
  if (!fields.ok) return fields;
  const own = { detection: fields.value, search: conversion.value };
  const minimum = serverVersion(config.graylog.minimumServerVersion) ?? 0;
  for (const message of ignoredByGraylog(own, compiled, minimum))
    warnings.add('TGT007', 'graylog', message, rule);
  const { ignored, repeats } = graylogGrace(own, minimum);
  if (ignored !== undefined) warnings.add('TGT007', 'graylog', ignored, rule);
  if (repeats !== undefined) warnings.add('TGT008', 'graylog', repeats, rule);
  if (searchesAllStreams(detection, config))
    warnings.add(
      'PIP010',
      'graylog',
      'nothing says which streams hold the events, so all are searched',
      rule,
    );
  return ok(own);
}

/** The queries of a detection in Graylog, one for each event definition. */
export const queriesOf = ({ search }: GraylogDetection): readonly string[] =>
  search.kind === 'filter' ? search.queries : [search.query];

/** Because nobody chose streams, rather than on purpose. */
const searchesAllStreams = ({ settings }: PackDetection, { graylog }: PackConfig): boolean =>
  settings.graylog.streams.length === 0 &&
  graylog.streams.length === 0 &&
  graylog.streamParameter === undefined &&
  !graylog.allStreams;
