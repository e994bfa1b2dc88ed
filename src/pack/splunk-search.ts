import type { Conversion } from '../backend/backend.ts';
import { blankRefusal } from '../backend/blank-events.ts';
import { alwaysAs, withOwnFieldDiagnostics } from '../backend/own-fields.ts';
import { postprocessed } from '../backend/postprocess.ts';
import { splunkCorrelation } from '../backend/splunk/correlation/correlation.ts';
import { dataModelName, dataModelOf, detectionSearch } from '../backend/splunk/data-model.ts';
import { splunkOwn } from '../backend/splunk/own-fields.ts';
import { inDataModel, pipelineScope } from '../backend/splunk/scope.ts';
import { type CompiledDetection, type CompiledRule, detectionsBelow } from '../query/compile.ts';
import type { PackConfig } from './config/config.ts';
import { macroNames, macroOf, placeOf } from './index-macro.ts';
import type { PackDetection, SearchScope } from './model/detection.ts';
import type { SplunkFields } from './result/splunk-fields.ts';

/**
 * Where the events of each rule below are: one entry per log source, as the pipelines left it. A
 * data model needs none.
 */
export function searchScopes(compiled: CompiledRule, config: PackConfig): readonly SearchScope[] {
  const scopes = detectionsBelow(compiled).flatMap((part) => {
    if (inDataModel(part)) return [];
    const definition = pipelineScope(part);
    return [{ source: part.rule.logsource, ...(definition === undefined ? {} : { definition }) }];
  });
  // with a single source no names can collide
  const names = scopes.length < 2 ? noNames : macroNames(config, scopes);
  return scopes.map((scope) => ({ ...scope, macro: macroOf(names, config, scope.source) }));
}

/** The data model that a search reads; for a correlation, that of the first rule below it. */
export function modelNameOf(compiled: CompiledRule): string | undefined {
  const [model] = detectionsBelow(compiled).flatMap((part) => dataModelOf(part) ?? []);
  return model && dataModelName(model);
}

const noNames: ReadonlyMap<string, string> = new Map();

export const filterMacroName = ({ filterMacro }: PackDetection): string => filterMacro;

const always = alwaysAs(splunkOwn);

const blankHint =
  'Say where its events are under splunk.indexes, use a pipeline that knows the log source, ' +
  'or add a selection that an event must have.';

/** Whether sigpack.yml, a pipeline or a data model places the events of the rule. */
function isPlaced(part: CompiledDetection, config: PackConfig): boolean {
  if (inDataModel(part)) return true;
  const place = placeOf(config, part.rule.logsource) ?? pipelineScope(part) ?? '';
  return place.replace(/\bindex\s*=\s*"?_?\*"?(?![\w*])|\bOR\b|[\s()]/gi, '') !== '';
}

export interface SplunkSearch {
  readonly search: string;
  /**
   * The search up to the point where its events become one result for each of their entities;
   * undefined if each event is a result.
   */
  readonly events?: () => string;
}

/**
 * The search of a saved search: index macro, rule, filter macro, and the commands that turn the
 * events of an entity into one result.
 */
export function splunkDetection(
  compiled: CompiledRule,
  { detection, more, single, steps, commands }: SplunkFields,
  scopes: readonly SearchScope[],
  config: PackConfig,
): Conversion<SplunkSearch> {
  const scopeOf = ({ rule }: CompiledDetection) =>
    `\`${scopes.find(({ source }) => source === rule.logsource)?.macro}\``;
  const { cloudSafe, correlation } = config.splunk;
  const options = { cloudSafe, ...(correlation ? { correlation } : {}) };
  const refusal = blankRefusal(
    compiled,
    { emptyIsAbsent: false, always, isNarrowed: (part) => isPlaced(part, config) },
    blankHint,
  );
  if (refusal) return refusal;
  const printed =
    compiled.kind === 'detection'
      ? detectionSearch(compiled, scopeOf(compiled), options, more, single)
      : splunkCorrelation(compiled, scopeOf, options);
  const changed = postprocessed(printed, compiled, (query, apply) => apply(query));
  const conversion = withOwnFieldDiagnostics(changed, compiled, splunkOwn);
  if (!conversion.ok) return conversion;
  // the filter sees all fields of the events
  const filtered = [conversion.value, ...steps, `\`${filterMacroName(detection)}\``];
  const [fill, ...aggregation] = commands;
  if (fill === undefined) return { ...conversion, value: { search: filtered.join(' | ') } };
  // an event without an entity counts as `unknown`, so that the drill-down finds it
  const events = (): string => [...filtered, fill].join(' | ');
  return {
    ...conversion,
    value: { search: [...filtered, fill, ...aggregation].join(' | '), events },
  };
}
