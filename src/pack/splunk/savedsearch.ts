import type { PackInfo, SplunkDetection } from '../model/detection.ts';
import { confText, confValue } from '../render/conf-text.ts';
import { addAlert } from './alert.ts';
import { addCorrelationSearch } from './es-correlation-search.ts';
import { addFinding, findingTexts } from './es-finding.ts';
import { outputOf } from './es-output.ts';
import { addRisk } from './es-risk.ts';
import { withoutTokens } from './es-token.ts';
import { addSchedule, splunkSchedule } from './schedule.ts';
import { addSummaryIndex } from './summary-index.ts';
import { fullDescription, searchTexts } from './texts.ts';

/** What all stanzas of an app have in common. */
export interface SavedSearchOptions {
  readonly info: PackInfo;
  /** Without it, Splunk logs an error for each of its actions. */
  readonly enterpriseSecurity: boolean;
  /** Index that keeps the results of alerts. Default: none. */
  readonly summaryIndex?: string | undefined;
  /** What must be collected for a detection. */
  readonly dataNeeded?: (search: SplunkDetection) => readonly string[];
  /** By the id of a detection: the scheduled search that runs it in place of its own. */
  readonly groupOf?: ReadonlyMap<string, unknown>;
}

/**
 * All settings of a detection's stanza in a fixed order. The search is used unchanged: see
 * `confError`.
 */
export function savedSearchSettings(
  search: SplunkDetection,
  options: SavedSearchOptions,
): ReadonlyMap<string, string> {
  const { detection } = search;
  const settings = new Map<string, string>();
  const texts = searchTexts(detection);
  settings.set('search', search.search.trim());
  settings.set('description', fullDescription(texts.description, detection));
  const schedule = splunkSchedule(detection);
  addSchedule(settings, detection, schedule);
  addAlert(settings, detection);
  if (options.enterpriseSecurity) {
    addCorrelationSearch(settings, texts.name, search, {
      info: options.info,
      dataNeeded: options.dataNeeded?.(search) ?? [],
    });
    if (outputOf(detection) === 'finding')
      addFinding(settings, detection, findingTexts(texts, search));
    else addRisk(settings, withoutTokens(texts.name), detection);
  }
  if (options.summaryIndex !== undefined)
    addSummaryIndex(settings, options.info.id, options.summaryIndex, {
      sigpack_rule: confText(detection.id),
      sigpack_level: detection.severity,
    });
  for (const [key, value] of Object.entries(detection.settings.splunk.savedsearch))
    settings.set(key, confValue(value));
  // a search that is disabled opens no drill-down
  if (options.groupOf?.has(detection.id)) settings.set('enableSched', '0');
  return settings;
}
