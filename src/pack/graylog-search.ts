import { type Conversion, placeOfQuery } from '../backend/backend.ts';
import { graylogBlankRefusal } from '../backend/graylog/blank.ts';
import { graylogCorrelation } from '../backend/graylog/correlation.ts';
import { withFieldDiagnostics } from '../backend/graylog/field-diagnostics.ts';
import { graylogQueries } from '../backend/graylog/graylog.ts';
import type { GraylogOptions } from '../backend/graylog/settings.ts';
import { postprocessed } from '../backend/postprocess.ts';
import type { CompiledRule } from '../query/compile.ts';
import type { Query } from '../query/tree.ts';
import { failed } from '../source/result.ts';
import type { PackConfig } from './config/config.ts';
import { graylogWindow } from './graylog/window.ts';
import type {
  GraylogAggregationSearch,
  GraylogDetection,
  GraylogFilterSearch,
  PackDetection,
} from './model/detection.ts';
import { serverVersion } from './settings/server-version.ts';

/**
 * What the event definitions of a detection search for. A threshold turns a filter into an
 * aggregation.
 */
export function graylogSearch(
  compiled: CompiledRule,
  detection: PackDetection,
  config: PackConfig,
): Conversion<GraylogFilterSearch | GraylogAggregationSearch> {
  const { matching, leadingWildcards, textFields, keywordFields, ipFields } = config.graylog;
  const options: GraylogOptions = {
    matching,
    leadingWildcards,
    textFields,
    keywordFields,
    ipFields,
  };
  const refusal = graylogBlankRefusal(compiled, config.graylog, detection.settings.graylog.streams);
  if (refusal) return refusal;
  if (compiled.kind === 'correlation') {
    const printed = graylogCorrelation(
      compiled.rule,
      queriesOf(compiled.parts),
      options,
      detection.settings.given?.delay,
    );
    const conversion = withFieldDiagnostics(
      postprocessed(printed, compiled, (value, apply) => ({ ...value, query: apply(value.query) })),
      compiled,
      options,
    );
    return conversion.ok
      ? { ...conversion, value: { kind: 'aggregation', ...conversion.value } }
      : conversion;
  }
  const { rule, query } = compiled;
  const printed = graylogQueries(query, placeOfQuery(rule), options);
  const changed = postprocessed(printed, compiled, (queries, apply) => queries.map(apply));
  const conversion = withFieldDiagnostics(changed, compiled, options);
  if (!conversion.ok) return conversion;
  const search = searchOf(conversion.value, detection, config.graylog.minimumServerVersion);
  const reason = settingError({ detection, search });
  if (reason) return failed([{ code: 'TGT001', ...reason, file: rule.file, span: rule.titleSpan }]);
  return { ...conversion, value: search };
}

/** A threshold turns a query into an aggregation that counts. */
export function searchOf(
  queries: readonly string[],
  { settings }: PackDetection,
  minimum: string,
): GraylogDetection['search'] {
  const [first, ...rest] = queries;
  const { threshold } = settings;
  if (threshold <= 1 || first === undefined || rest.length > 0) return { kind: 'filter', queries };
  return {
    kind: 'aggregation',
    query: first,
    groupBy: [],
    series: { type: 'count' },
    conditions: [{ operator: '>=', value: threshold }],
    ...graylogWindow(settings, serverVersion(minimum) ?? 0),
  };
}

/**
 * Why an event definition can't hold the settings; the rule is then left out, rather than the whole
 * content pack.
 */
function settingError(
  g: GraylogDetection,
): { readonly message: string; readonly hint: string } | undefined {
  if (g.search.kind === 'aggregation') return undefined;
  const { queries } = g.search;
  if (queries.length > 1 && g.detection.settings.threshold > 1) {
    return {
      message: `a threshold counts one query, and this rule takes ${queries.length}`,
      hint: 'Shorten the lists of the rule, or leave the threshold out.',
    };
  }
  return undefined;
}

/** Undefined if one of the parts is itself a correlation. */
function queriesOf(parts: readonly CompiledRule[]): readonly Query[] | undefined {
  const queries: Query[] = [];
  for (const part of parts) {
    if (part.kind !== 'detection') return undefined;
    queries.push(part.query);
  }
  return queries;
}
