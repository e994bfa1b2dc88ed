import type { Query } from '../../query/tree.ts';
import {
  type Conversion,
  converted,
  diagnosticAt,
  type Place,
  type TargetDiagnostic,
} from '../backend.ts';
import type { Dialect } from '../lucene/dialect.ts';
import { queryStringLimits } from '../lucene/limits.ts';
import { luceneQueries } from '../lucene/queries.ts';
import type { GraylogOptions } from './settings.ts';

export function graylogDialect(options: GraylogOptions, diagnostics: TargetDiagnostic[]): Dialect {
  return {
    name: 'Graylog',
    matching: options.matching === 'exact' ? 'exact' : 'regex',
    leadingWildcards: options.leadingWildcards,
    hideDollar: true,
    emptyIsAbsent: true,
    analysedFields: options.textFields,
    keywordFields: options.keywordFields,
    addressFields: options.ipFields,
    booleanFields: [],
    casedFields: [],
    flattenedFields: [],
    fieldPatterns: false,
    negated: false,
    regexLength: queryStringLimits.regexLength,
    everything: '_exists_:gl2_message_id',
    nothing: 'NOT _exists_:gl2_message_id',
    alone: (negation) => `(${negation})`,
    diagnostics,
  };
}

/**
 * Converts the query of a detection rule to Graylog's search language.
 *
 * @param query - The query of a {@link CompiledDetection}.
 * @param place - What diagnostics about the query as a whole point at, such as the rule's title.
 * @param options - What the server is like.
 * @returns Queries that together find what the rule means: one, or several (TGT003) where one would
 *   pass a limit of OpenSearch. Refusals where Graylog can't express the rule.
 * @example
 * import { graylogDefaults, graylogQueries, type Query } from 'sigpack';
 *
 * const place = { file: { path: 'rule.yml', text: 'EventID: 1031' }, span: { start: 9, end: 13 } };
 * const test = { kind: 'number', value: 1031 } as const;
 * const query: Query = { kind: 'item', field: 'EventID', test, ...place };
 * const conversion = graylogQueries(query, place, graylogDefaults);
 * conversion.ok && conversion.value; // => ['EventID:"1031"']
 */
export function graylogQueries(
  query: Query,
  place: Place,
  options: GraylogOptions,
): Conversion<readonly string[]> {
  return converted((diagnostics) => {
    const dialect = graylogDialect(options, diagnostics);
    const hint = 'Shorten the lists under `not`, or set graylog.matching: exact.';
    const parts = luceneQueries(query, dialect, place, 'OpenSearch', hint);
    reportAllFields(Math.max(...parts.map((part) => part.allFields ?? 0)), place, diagnostics);
    return parts.map((part) => part.text);
  });
}

/**
 * Graylog's own templates permit a thousand fields an index: two searches of all fields may pass
 * the limit, and the query fails silently.
 */
function reportAllFields(searches: number, place: Place, diagnostics: TargetDiagnostic[]): void {
  if (searches < 2) return;
  const most = Math.floor(queryStringLimits.clauses / searches);
  const message =
    `the query searches all fields ${searches} times, which fails where the index has more ` +
    `than about ${most} fields`;
  diagnostics.push(
    diagnosticAt(
      'TGT002',
      place,
      message,
      'Name the fields to search under graylog.keywordFields.',
    ),
  );
}
