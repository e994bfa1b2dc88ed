import type { TargetDiagnostic } from '../backend/backend.ts';
import type { CompiledRule } from '../query/compile.ts';
import { ok, type Result } from '../source/result.ts';
import type { PackConfig } from './config/config.ts';
import { splunkSettings } from './config/es-settings.ts';
import { placeOfKey } from './config/savedsearch-place.ts';
import { memberOf } from './grouped-member.ts';
import { warnOfDefaultIndexes, warnOfUnplaced } from './index-macro.ts';
import type { PackDetection, SplunkDetection } from './model/detection.ts';
import type { PackReports } from './reports.ts';
import { resultThreshold } from './result/result-threshold.ts';
import { type SplunkFields, splunkFields } from './result/splunk-fields.ts';
import { doubleOutput } from './splunk/es-output.ts';
import { overrideErrors } from './splunk/overrides.ts';
import { splunkSchedule } from './splunk/schedule.ts';
import { filterMacroName, modelNameOf, searchScopes, splunkDetection } from './splunk-search.ts';

/** The detection as the Splunk app has it, or why the app can't have it. Both are reported. */
export function detectionInSplunk(
  compiled: CompiledRule,
  given: PackDetection,
  config: PackConfig,
  reports: PackReports,
): Result<SplunkDetection, readonly TargetDiagnostic[]> {
  const { diagnostics, warnings } = reports;
  const { rule } = compiled;
  const { enterpriseSecurity } = config.splunk;
  const { threshold, ignored } = resultThreshold(rule, given.settings.threshold);
  const own = { ...given, settings: splunkSettings(given.settings, config) };
  const detection =
    ignored === undefined ? own : { ...own, settings: { ...own.settings, threshold } };
  const fields = splunkFields(compiled, detection, enterpriseSecurity);
  diagnostics.add('splunk', rule, fields.ok ? fields.diagnostics : fields.error);
  if (!fields.ok) return fields;
  const scopes = searchScopes(compiled, config);
  const conversion = splunkDetection(compiled, fields.value, scopes, config);
  diagnostics.add('splunk', rule, conversion.ok ? conversion.diagnostics : conversion.error);
  if (!conversion.ok) return conversion;
  if (ignored !== undefined) warnings.add('TGT007', 'splunk', ignored, rule);
  warnOfOverrides(fields.value, compiled, config, reports);
  warnOfUnplaced(warnings, scopes, compiled, config);
  warnOfDefaultIndexes(warnings, scopes, compiled, config);
  const twice = enterpriseSecurity ? doubleOutput(fields.value.detection) : undefined;
  if (twice !== undefined) warnings.add('TGT007', 'splunk', twice, rule);
  reports.esSettings.add(rule);
  const { search, events } = conversion.value;
  return ok({
    detection: fields.value.detection,
    search,
    scopes,
    filterMacro: filterMacroName(detection),
    ...(config.splunk.grouping === 'none'
      ? {}
      : { member: memberOf(compiled, given, fields.value, config) }),
    ...(enterpriseSecurity ? drilledInto(compiled, events) : {}),
  });
}

/** What the drill-downs of a finding search. */
function drilledInto(
  compiled: CompiledRule,
  events: (() => string) | undefined,
): Pick<SplunkDetection, 'events' | 'dataModel'> {
  const dataModel = modelNameOf(compiled);
  return {
    ...(events === undefined ? {} : { events: events() }),
    ...(dataModel === undefined ? {} : { dataModel }),
  };
}

/** Keys of savedsearches.conf that override what `suppress` and the window produce. */
const isByHand = ({ settings: { splunk } }: PackDetection): boolean =>
  Object.keys(splunk.savedsearch).some((key) =>
    /^(?:alert\.suppress|dispatch\.(?:earliest|latest)_time)/.test(key),
  );

function warnOfOverrides(
  { detection, results }: SplunkFields,
  { rule }: CompiledRule,
  config: PackConfig,
  { diagnostics, warnings }: PackReports,
): void {
  const { repeats } = splunkSchedule(detection);
  if (repeats !== undefined && !isByHand(detection))
    warnings.add('TGT008', 'splunk', repeats, rule);
  const found = overrideErrors(detection, results).map(({ key, ...reason }) => ({
    ...reason,
    ...placeOfKey(key, rule, detection.logSources, config),
  }));
  diagnostics.add('splunk', rule, found);
}
