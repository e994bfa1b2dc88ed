import { plural } from '../../../source/plural.ts';
import type { PackInfo } from '../../model/detection.ts';
import { confText, confValue } from '../../render/conf-text.ts';
import { addAlert } from '../alert.ts';
import { addSearchAction } from '../es-correlation-search.ts';
import { drillDownsFrom } from '../es-drill-down.ts';
import { addFinding, entityColumns, type FindingTexts, foundText } from '../es-finding.ts';
import { outputOf } from '../es-output.ts';
import { addRisk } from '../es-risk.ts';
import type { SavedSearchOptions } from '../savedsearch.ts';
import { addSchedule, splunkSchedule } from '../schedule.ts';
import { addSummaryIndex } from '../summary-index.ts';
import type { SplunkGroup } from './groups.ts';

const describesGroup = ': each result names its detection in sigma_rule and sigma_title.';

/** Whether the description of a saved search is that of a grouped search. */
export const isGroupDescription = (description: string): boolean =>
  /^Runs \d+ detections?/.test(description) && description.includes(describesGroup);

/** All settings of the stanza of a grouped search in a fixed order. */
export function groupSettings(
  group: SplunkGroup,
  { info, enterpriseSecurity, summaryIndex }: SavedSearchOptions,
): ReadonlyMap<string, string> {
  const { detection, search, members } = group;
  const settings = new Map<string, string>();
  const count = `${members.length} ${plural(members.length, 'detection')}`;
  settings.set('search', search);
  settings.set(
    'description',
    `Runs ${count}${describesGroup} The page Detection lists them by the name of this search; ` +
      'the page Tuning says how to change one of them.',
  );
  addSchedule(settings, detection, splunkSchedule(detection));
  addAlert(settings, detection);
  // each result is an alert of its own detection
  settings.set('alert.digest_mode', '0');
  if (enterpriseSecurity) addActions(settings, group, info);
  if (summaryIndex !== undefined) addSummaryIndex(settings, info.id, summaryIndex);
  for (const [key, value] of Object.entries(detection.settings.splunk.savedsearch))
    settings.set(key, confValue(value));
  return settings;
}

/** Texts are tokens of the result, which are expanded for each. */
function addActions(settings: Map<string, string>, group: SplunkGroup, info: PackInfo): void {
  const { detection, name } = group;
  addSearchAction(
    settings,
    name,
    { analytic_story: [confText(info.title)] },
    { deprecated: '0', detection_id: group.id, detection_version: '1' },
  );
  if (outputOf(detection) === 'finding') addFinding(settings, detection, groupTexts(group));
  else addRisk(settings, '$sigma_title$', detection);
}

function groupTexts({ detection, members }: SplunkGroup): FindingTexts {
  const results = {
    name: 'Show the results of this detection',
    search: '| savedsearch $sigma_search|s$ nosubstitution=true',
  };
  const [member] = members;
  return {
    title: '$sigma_title$',
    description: `$sigma_description$ ${foundText(detection)}`.trimEnd(),
    columns: ['sigma_rule', ...entityColumns(detection)],
    searches: member === undefined ? [] : drillDownsFrom(results, member),
  };
}
