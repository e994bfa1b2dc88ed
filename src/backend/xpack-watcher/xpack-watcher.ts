import type { CompiledRule } from '../../query/compile.ts';
import {
  type Conversion,
  converted,
  diagnosticAt,
  placeOfQuery,
  placeOfRule,
  type TargetDiagnostic,
} from '../backend.ts';
import { elasticsearchBlankRefusal } from '../es-qs/blank.ts';
import { esQsQueries } from '../es-qs/es-qs.ts';
import { ecsObjects } from '../es-qs/own-fields.ts';
import {
  type ElasticsearchSettings,
  elasticsearchDefaults,
  elasticsearchSchema,
} from '../es-qs/settings.ts';
import { withOwnFieldDiagnostics } from '../own-fields.ts';
import type { ConversionTarget, ConvertedRule } from '../target.ts';
import { correlationPlan } from './correlation.ts';
import { curlFormat, watchFormat, watchLinesFormat } from './formats.ts';
import { detectionPlan, watchOf } from './watch.ts';

function convert(
  compiled: CompiledRule,
  general: ElasticsearchSettings,
): Conversion<ConvertedRule> {
  const settings = { ...general, ...general.ofRule(compiled) };
  const refusal = elasticsearchBlankRefusal(compiled, settings);
  if (refusal) return refusal;
  if (compiled.kind === 'correlation') {
    return converted((diagnostics) => {
      diagnostics.push(...ignoredDiagnostics(compiled, settings));
      const { plan, queries } = correlationPlan(compiled, settings, diagnostics);
      return { queries, document: watchOf(compiled.rule, plan, settings) };
    });
  }
  const { rule, query } = compiled;
  const conversion = esQsQueries(query, compiled, placeOfQuery(rule), settings);
  if (!conversion.ok) return conversion;
  const queries = conversion.value;
  const diagnostics = [...conversion.diagnostics, ...ignoredDiagnostics(compiled, settings)];
  if (settings.repeats !== undefined)
    diagnostics.push(diagnosticAt('TGT008', placeOfRule(rule), settings.repeats));
  return {
    ...conversion,
    diagnostics,
    value: { queries, document: watchOf(rule, detectionPlan(queries, settings), settings) },
  };
}

const ignoredDiagnostics = (
  { rule }: CompiledRule,
  { ignored = [] }: ElasticsearchSettings,
): readonly TargetDiagnostic[] =>
  ignored.map((message) => ({ code: 'TGT007', message, file: rule.file, span: rule.titleSpan }));

export const xpackWatcher: ConversionTarget<ElasticsearchSettings> = {
  name: 'xpack-watcher',
  description: 'watches of Elasticsearch',
  formats: [watchFormat, curlFormat, watchLinesFormat],
  settings: { schema: elasticsearchSchema, defaults: elasticsearchDefaults },
  convert: (rule, settings) => withOwnFieldDiagnostics(convert(rule, settings), rule, ecsObjects),
};
