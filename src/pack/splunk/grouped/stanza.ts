import { plural } from '../../../source/plural.ts';
import type { PackInfo } from '../../model/detection.ts';
import { confText, confValue } from '../../render/conf-text.ts';
import { addAlert, listedField } from '../alert.ts';
import { drillDownsFrom } from '../es-drill-down.ts';
import { entitiesOf, namedFields, scoredEntity } from '../es-entity.ts';
import { outputOf } from '../es-output.ts';
import { addRisk } from '../es-risk.ts';
import { findingToken, labelled } from '../es-token.ts';
import type { SavedSearchOptions } from '../savedsearch.ts';
import { addSchedule, splunkSchedule } from '../schedule.ts';
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
    `Runs ${count}${describesGroup} The page Tuning says how to change one of them.`,
  );
  addSchedule(settings, detection, splunkSchedule(detection));
  addAlert(settings, detection);
  // each result is an alert of its own detection
  settings.set('alert.digest_mode', '0');
  if (enterpriseSecurity) addActions(settings, group, info);
  if (summaryIndex !== undefined) {
    settings.set('action.summary_index', '1');
    settings.set('action.summary_index._name', summaryIndex);
    settings.set('action.summary_index.sigpack_pack', info.id);
  }
  for (const [key, value] of Object.entries(detection.settings.splunk.savedsearch))
    settings.set(key, confValue(value));
  return settings;
}

/** Texts are tokens of the result, which are expanded for each. */
function addActions(settings: Map<string, string>, group: SplunkGroup, info: PackInfo): void {
  const { detection, name } = group;
  settings.set('action.correlationsearch.enabled', '1');
  settings.set('action.correlationsearch.label', name);
  settings.set(
    'action.correlationsearch.annotations',
    JSON.stringify({ analytic_story: [confText(info.title)] }),
  );
  settings.set('action.correlationsearch.detection_type', 'ebd');
  settings.set(
    'action.correlationsearch.metadata',
    JSON.stringify({ deprecated: '0', detection_id: group.id, detection_version: '1' }),
  );
  if (outputOf(detection) === 'finding') addGroupFinding(settings, group);
  else {
    addRisk(settings, '', detection);
    const message = settings.get('action.risk.param._risk_message') ?? '';
    settings.set('action.risk.param._risk_message', `$sigma_title$${message}`);
  }
}

function addGroupFinding(settings: Map<string, string>, group: SplunkGroup): void {
  const { detection } = group;
  const entities = entitiesOf(detection);
  const tokens = entities.flatMap(({ field }) => findingToken(field) ?? []);
  const found = namedFields(detection).flatMap((field) => labelled(field, findingToken(field)));
  settings.set('action.notable', '1');
  settings.set(
    'action.notable.param.rule_title',
    ['$sigma_title$', ...(tokens.length === 0 ? [] : [tokens.join(', ')])].join(': '),
  );
  settings.set(
    'action.notable.param.rule_description',
    ['$sigma_description$', ...(found.length === 0 ? [] : [`Found: ${found.join(', ')}`])].join(
      ' ',
    ),
  );
  settings.set(
    'action.notable.param.security_domain',
    confValue(detection.settings.splunk.securityDomain),
  );
  settings.set('action.notable.param.severity', detection.severity);
  const [first] = entities;
  if (first !== undefined)
    settings.set(
      'action.notable.param._entities',
      JSON.stringify([scoredEntity(first, detection)]),
    );
  const columns = ['sigma_rule', ...entities.map(({ field }) => listedField(field))];
  settings.set('action.notable.param.nes_fields', confValue(columns.join(',')));
  const [member] = group.members;
  if (member === undefined) return;
  const results = {
    name: 'Show the results of this detection',
    search: '| savedsearch $sigma_search|s$ nosubstitution=true',
  };
  settings.set(
    'action.notable.param.drilldown_searches',
    JSON.stringify(drillDownsFrom(results, member)),
  );
}
