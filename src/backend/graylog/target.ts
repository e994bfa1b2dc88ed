import type { CompiledRule } from '../../query/compile.ts';
import { type Conversion, unconverted } from '../backend.ts';
import { jsonFormat, ndjsonFormat } from '../format.ts';
import { luceneLineFormat } from '../lucene/line-format.ts';
import { withOwnFieldDiagnostics } from '../own-fields.ts';
import type { ConversionTarget, ConvertedRule } from '../target.ts';
import { graylogBlankRefusal } from './blank.ts';
import { graylogQueries } from './graylog.ts';
import { graylogOwn } from './own-fields.ts';
import { type GraylogOptions, graylogDefaults, graylogSchema } from './settings.ts';

function convert(compiled: CompiledRule, settings: GraylogOptions): Conversion<ConvertedRule> {
  if (compiled.kind === 'correlation') {
    const { file, typeSpan } = compiled.rule;
    return unconverted(
      { file, span: typeSpan },
      "Graylog's search finds single events; correlations are event definitions",
      'Build a content pack (`sigpack build`), whose event definitions aggregate.',
    );
  }
  const { rule, query } = compiled;
  const refusal = graylogBlankRefusal(compiled, settings);
  if (refusal) return refusal;
  const printed = graylogQueries(query, { file: rule.file, span: rule.detection.span }, settings);
  const conversion = withOwnFieldDiagnostics(printed, compiled, graylogOwn);
  return conversion.ok ? { ...conversion, value: { queries: conversion.value } } : conversion;
}

export const graylog: ConversionTarget<GraylogOptions> = {
  name: 'graylog',
  description: "Graylog's search language",
  formats: [luceneLineFormat, jsonFormat, ndjsonFormat],
  settings: { schema: graylogSchema, defaults: graylogDefaults },
  convert,
};
