import type { CompiledRule } from '../../query/compile.ts';
import type { Query } from '../../query/tree.ts';
import {
  type Conversion,
  converted,
  type Place,
  Refusal,
  type TargetDiagnostic,
  unconverted,
} from '../backend.ts';
import { jsonFormat, ndjsonFormat } from '../format.ts';
import { refuseAddressless } from '../lucene/address-text.ts';
import type { Dialect } from '../lucene/dialect.ts';
import { queryStringLimits } from '../lucene/limits.ts';
import { luceneLineFormat } from '../lucene/line-format.ts';
import { printLucene } from '../lucene/printer.ts';
import { splitToFit } from '../lucene/split.ts';
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
 * `query_string` texts that match together what the rule does; more than one only where one would
 * pass a limit of the server. What pipelines say of fields is that of `compiled`.
 */
export function esQsQueries(
  query: Query,
  compiled: CompiledRule,
  place: Place,
  settings: ElasticsearchSettings,
): Conversion<readonly string[]> {
  return converted((diagnostics) => {
    const dialect = dialectOf(settings, flattenedFields(compiled), diagnostics);
    refuseAddressless(query, dialect);
    const parts = splitToFit(query, queryStringLimits, (part) => printLucene(part, dialect));
    if (!parts)
      throw new Refusal({
        code: 'TGT004',
        message:
          `the query passes ${queryStringLimits.length} characters or ` +
          `${queryStringLimits.clauses} clauses and has no list to split`,
        ...place,
      });
    if (parts.length > 1)
      diagnostics.push({
        code: 'TGT003',
        message: `the query is split into ${parts.length}, each within the limits of the server`,
        ...place,
      });
    return parts.map((part) => part.text);
  });
}

function convert(
  compiled: CompiledRule,
  settings: ElasticsearchSettings,
): Conversion<ConvertedRule> {
  if (compiled.kind === 'correlation') {
    const { file, typeSpan } = compiled.rule;
    return unconverted(
      { file, span: typeSpan },
      'a query_string finds single events; it has no correlations',
      'Convert it to xpack-watcher, whose watches aggregate.',
    );
  }
  const { rule, query } = compiled;
  const refusal = elasticsearchBlankRefusal(compiled, settings);
  if (refusal) return refusal;
  const conversion = esQsQueries(
    query,
    compiled,
    { file: rule.file, span: rule.detection.span },
    settings,
  );
  if (!conversion.ok) return conversion;
  const queries = conversion.value;
  const fields = rule.fields.filter(
    (field) => compiled.processing?.named?.get(field)?.absent !== true,
  );
  const lacking = rule.fields.filter((field) => !fields.includes(field));
  const diagnostics = lacking.map((field): TargetDiagnostic => {
    return {
      code: 'TGT003',
      message: `no event has the field \`${field}\`: a saved search has no column for it`,
      file: rule.file,
      span: rule.titleSpan,
    };
  });
  const documentOf = (changed: readonly string[]): unknown =>
    savedSearches({ ...rule, fields }, changed, settings);
  return {
    ...conversion,
    diagnostics: [...conversion.diagnostics, ...diagnostics],
    value: { queries, document: documentOf(queries), documentOf },
  };
}

export const esQs: ConversionTarget<ElasticsearchSettings> = {
  name: 'es-qs',
  description: 'Elasticsearch and OpenSearch query_string',
  formats: [luceneLineFormat, jsonFormat, ndjsonFormat, kibanaFormat],
  settings: { schema: elasticsearchSchema, defaults: elasticsearchDefaults },
  convert: (rule, settings) => withOwnFieldDiagnostics(convert(rule, settings), rule, ecsObjects),
};
