import type { CompiledDetection, CompiledRule } from '../../query/compile.ts';
import type { Query } from '../../query/tree.ts';
import {
  type Conversion,
  converted,
  diagnosticAt,
  type Place,
  placeOfQuery,
  placeOfRule,
  type TargetDiagnostic,
} from '../backend.ts';
import { detectionsOnly } from '../detections-only.ts';
import { jsonFormat, ndjsonFormat } from '../format.ts';
import type { Dialect } from '../lucene/dialect.ts';
import { queryStringLimits } from '../lucene/limits.ts';
import { luceneLineFormat } from '../lucene/line-format.ts';
import { luceneQueries } from '../lucene/queries.ts';
import { withOwnFieldDiagnostics } from '../own-fields.ts';
import type { ConversionTarget, ConvertedRule } from '../target.ts';
import { elasticsearchBlankRefusal } from './blank.ts';
import { flattenedFields } from './flattened.ts';
import { kibanaFormat, savedSearches } from './kibana.ts';
import { ecsObjects } from './own-fields.ts';
import {
  type ElasticsearchSettings,
  elasticsearchDefaults,
  elasticsearchSchema,
} from './settings.ts';

function dialectOf(
  settings: ElasticsearchSettings,
  flattened: readonly string[],
  diagnostics: TargetDiagnostic[],
): Dialect {
  return {
    name: 'Elasticsearch',
    matching: settings.matching === 'native' ? 'native' : 'regex',
    leadingWildcards: true,
    hideDollar: false,
    emptyIsAbsent: false,
    analysedFields: settings.textFields,
    keywordFields: [],
    addressFields: settings.ipFields,
    booleanFields: settings.booleanFields,
    casedFields: settings.wildcardFields,
    flattenedFields: flattened,
    fieldPatterns: true,
    negated: false,
    regexLength: queryStringLimits.regexLength,
    everything: '*:*',
    nothing: 'NOT *:*',
    alone: (negation) => `(${negation})`,
    diagnostics,
  };
}

/**
 * `query_string` texts that together find what the rule means; more than one only where one would
 * pass a limit of the server. `compiled` has what pipelines set about fields.
 */
export function esQsQueries(
  query: Query,
  compiled: CompiledRule,
  place: Place,
  settings: ElasticsearchSettings,
): Conversion<readonly string[]> {
  return converted((diagnostics) => {
    const dialect = dialectOf(settings, flattenedFields(compiled), diagnostics);
    return luceneQueries(query, dialect, place, 'the server').map((part) => part.text);
  });
}

function convert(
  compiled: CompiledDetection,
  settings: ElasticsearchSettings,
): Conversion<ConvertedRule> {
  const { rule, query } = compiled;
  const refusal = elasticsearchBlankRefusal(compiled, settings);
  if (refusal) return refusal;
  const conversion = esQsQueries(query, compiled, placeOfQuery(rule), settings);
  if (!conversion.ok) return conversion;
  const queries = conversion.value;
  const fields = rule.fields.filter(
    (field) => compiled.processing?.named?.get(field)?.absent !== true,
  );
  const lacking = rule.fields.filter((field) => !fields.includes(field));
  const diagnostics = lacking.map((field) => {
    const message = `no event has the field \`${field}\`: a saved search has no column for it`;
    return diagnosticAt('TGT003', placeOfRule(rule), message);
  });
  const documentOf = (changed: readonly string[]): unknown =>
    savedSearches({ ...rule, fields }, changed, settings);
  return {
    ...conversion,
    diagnostics: [...conversion.diagnostics, ...diagnostics],
    value: { queries, document: documentOf(queries), documentOf },
  };
}

const convertRule = detectionsOnly(
  convert,
  'a query_string finds single events; it has no correlations',
  'Convert it to xpack-watcher, whose watches aggregate.',
);

export const esQs: ConversionTarget<ElasticsearchSettings> = {
  name: 'es-qs',
  description: 'Elasticsearch and OpenSearch query_string',
  formats: [luceneLineFormat, jsonFormat, ndjsonFormat, kibanaFormat],
  settings: { schema: elasticsearchSchema, defaults: elasticsearchDefaults },
  convert: (rule, settings) =>
    withOwnFieldDiagnostics(convertRule(rule, settings), rule, ecsObjects),
};
