import type { TargetDiagnostic } from '../../backend/backend.ts';
import { dataModelOf } from '../../backend/splunk/data-model.ts';
import { type CompiledCorrelation, detectionsBelow } from '../../query/compile.ts';
import type { AlertFields } from '../alert/fields.ts';
import { alertOf } from '../alert/usual.ts';
import type { PackDetection } from '../model/detection.ts';
import { chosenAlert } from './chosen-fields.ts';
import { groupFields } from './group-fields.ts';
import { namedField } from './named-fields.ts';
import { noColumn, type SplunkResult, withoutSet } from './splunk-result.ts';

/** The group of a correlation as its results have it. */
export function groupColumns(compiled: CompiledCorrelation): readonly string[] {
  const [model] = detectionsBelow(compiled).flatMap((part) => dataModelOf(part) ?? []);
  return compiled.rule.groupBy.map((field) => withoutSet(field, model));
}

const namesInRule = ({ rule }: PackDetection, group: readonly string[]): readonly string[] =>
  rule.kind === 'correlation' && rule.groupBy.length === group.length ? rule.groupBy : [];

/** Groups of a correlation. */
export function groupResult(compiled: CompiledCorrelation, detection: PackDetection): SplunkResult {
  const [model] = detectionsBelow(compiled).flatMap((part) => dataModelOf(part) ?? []);
  const group = groupColumns(compiled);
  const ruleNames = namesInRule(detection, group);
  const columns = new Set(['_time', 'sigpack_hits', ...group]);
  return {
    more: new Set(),
    steps: new Map(),
    resolve(name, place) {
      const own = group[ruleNames.indexOf(name)];
      if (own !== undefined) return [own];
      const names = namedField(compiled, name).names.map((one) => withoutSet(one, model));
      if (names.every((one) => columns.has(one))) return names;
      if (columns.has(name)) return [name];
      const hint =
        'Name fields of `group-by`. Where the setting is one for all rules, give the ' +
        'correlation its own.';
      throw noColumn(place, name, 'a correlation', columns, hint);
    },
    named: () => [],
    columnOf: () => undefined,
    otherwise: () => [],
  };
}

/** A correlation's alert is about its group. */
export function groupAlert(
  compiled: CompiledCorrelation,
  detection: PackDetection,
  { resolve }: SplunkResult,
  diagnostics: TargetDiagnostic[],
): AlertFields {
  const group = groupColumns(compiled);
  const { entities, threatObjects } = groupFields(
    group,
    namesInRule(detection, group),
    detection.logSources,
  );
  return chosenAlert(
    compiled,
    detection.settings,
    alertOf(entities, threatObjects, [...group, 'sigpack_hits']),
    resolve,
    diagnostics,
  );
}
