import { inDataModel } from '../../../backend/splunk/scope.ts';
import type { CompiledDetection } from '../../../query/compile.ts';
import type { PackDetection } from '../../model/detection.ts';
import type { SplunkFields } from '../../result/splunk-fields.ts';
import { passesByName } from '../es-drill-down.ts';

/** Keys of savedsearches.conf that count results or hold all of them back. */
const ofAllResults =
  /^(?:counttype|relation|quantity|alert_condition|alert\.digest_mode|alert\.suppress.*|dispatch\..*|vsid|request\..*|auto_summarize.*)$/;

/** Names of columns that a grouped search makes, by which no result can be distinguished. */
const isTaken = (field: string): boolean =>
  /^(?:sigma_|sigpack_)/.test(field) || field === 'severity' || field.startsWith('annotations.');

/** Why a detection keeps a search of its own; undefined: it can share one. */
export function ownSearchReason(
  compiled: CompiledDetection,
  given: PackDetection,
  { detection, results, single }: SplunkFields,
  enterpriseSecurity: boolean,
): string | undefined {
  if (inDataModel(compiled)) return 'it searches a data model';
  if (given.postprocessed) return 'a pipeline changes the text of its query';
  if (results.kind !== 'entity') return 'its results are events (`splunk.results: raw`)';
  if (given.settings.threshold > 1) return 'it has a `threshold`';
  if (enterpriseSecurity && !passesByName(detection.name))
    return 'a drill-down can’t pass its name to `savedsearch`';
  const { suppress, splunk } = detection.settings;
  if (suppress !== undefined && suppress.period > 0 && suppress.fields.length === 0)
    return 'it suppresses all of its results at once (`suppress.fields: []`)';
  const key = Object.keys(splunk.savedsearch).find((name) => ofAllResults.test(name));
  if (key !== undefined) return `\`${key}\` is about all results of its search`;
  const taken = single.find(isTaken);
  return taken === undefined ? undefined : `\`${taken}\` is a column of grouped searches`;
}

/** Fields that a result shows besides. */
export const shownFields = ({ alert }: PackDetection): readonly string[] =>
  (alert?.shown ?? []).filter((field) => !isTaken(field));
