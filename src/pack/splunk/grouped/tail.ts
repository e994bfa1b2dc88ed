import { ruleColumn } from '../../../backend/splunk/grouped/grouped-rule.ts';
import type { GroupedTail } from '../../../backend/splunk/grouped/grouped-search.ts';
import { searchField } from '../../../backend/splunk/text.ts';
import { levels } from '../../../sigma/rule/rule.ts';
import type { GroupedDetection } from '../../model/detection.ts';
import { entityCommands } from '../columns.ts';
import { nobodyValue } from '../nobody.ts';
import type { GroupMacros } from './macros.ts';
import { shownFields } from './member.ts';

export interface TailOptions {
  /** Id of the app, which its lookups begin with. */
  readonly appId: string;
  readonly macros: GroupMacros;
  readonly enterpriseSecurity: boolean;
}

/** Fields that every event has. */
const ofEvents = ['_time', 'host', 'source', 'sourcetype'];

/**
 * What makes results of the rows of a grouped search: the events of a rule and of an entity become
 * one result, and lookups say what it is about.
 */
export function groupTail(
  members: readonly GroupedDetection[],
  { appId, macros, enterpriseSecurity }: TailOptions,
): GroupedTail {
  const [first] = members;
  if (first === undefined) throw new RangeError('a group without a member');
  const { steps, by } = first.member;
  const { rule } = first.detection;
  // the names were checked for the search of the detection: nothing is refused here
  const place = { file: { path: rule.file.path, text: '' }, span: rule.titleSpan };
  const shown = [...new Set(members.flatMap(({ detection }) => shownFields(detection)))].sort();
  const { suppress } = first.detection.settings;
  const nobody =
    first.detection.nobody === undefined || suppress === undefined
      ? undefined
      : nobodyValue(suppress.fields, first.detection.alert?.entities ?? [], 'entity', place);
  return {
    // a step may read any field
    fields:
      steps.length > 0
        ? undefined
        : [...new Set([...ofEvents, ...by, ...shown])]
            .sort()
            .map((field) => searchField(field, place)),
    commands: [
      ...steps,
      `\`${macros.rows}\``,
      ...entityCommands(
        { by: [ruleColumn, ...by], shown, counted: false, threshold: 1, nobody },
        place,
      ),
      ...descriptionCommands(appId, macros.severity, enterpriseSecurity),
    ],
  };
}

/** A cell of a lookup that would begin a formula has an apostrophe in front. */
const asWritten = (column: string): string => `replace(${column},"^'([=+@-])","\\\\1")`;
/** A dollar would begin a token of an alert action. */
const withoutTokens = (column: string): string => `replace(${column},"[$]","\uff04")`;

function descriptionCommands(
  appId: string,
  severityMacro: string,
  enterpriseSecurity: boolean,
): readonly string[] {
  const own = levels.map((level) => `"${level}"`).join(',');
  const title = withoutTokens(asWritten('sigma_title'));
  return [
    `lookup local=true ${appId}_detections id AS ${ruleColumn} OUTPUT title AS sigma_title ` +
      'severity AS sigma_level risk_score AS sigma_risk_score techniques AS sigma_techniques ' +
      'name AS sigma_search',
    `eval sigpack_level=\`${severityMacro}\``,
    `eval sigma_level=if(in(sigpack_level,${own}),sigpack_level,sigma_level), ` +
      `sigma_title=${title}, sigma_search=${asWritten('sigma_search')}, ` +
      'sigma_techniques=split(sigma_techniques,"|")',
    ...(enterpriseSecurity
      ? [
          `lookup local=true ${appId}_pages id AS ${ruleColumn} OUTPUT description AS ` +
            'sigma_description',
          'eval severity=sigma_level, "annotations.mitre_attack"=sigma_techniques, ' +
            `sigma_description=${withoutTokens(asWritten('sigma_description'))}`,
        ]
      : []),
    'fields - sigpack_level',
  ];
}
