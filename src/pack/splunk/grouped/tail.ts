import { ruleColumn } from '../../../backend/splunk/grouped/grouped-rule.ts';
import type { GroupedTail } from '../../../backend/splunk/grouped/grouped-search.ts';
import { searchField } from '../../../backend/splunk/text.ts';
import { levels } from '../../../sigma/rule/rule.ts';
import type { GroupedDetection } from '../../model/detection.ts';
import { entityCommands } from '../columns.ts';
import { riskScores } from '../es-entity.ts';
import { nobodyValue } from '../nobody.ts';
import type { GroupMacros } from './macros.ts';
import { shownFields } from './member.ts';

export interface TailOptions {
  /** Id of the app, which its lookups begin with. */
  readonly appId: string;
  readonly macros: GroupMacros;
  readonly enterpriseSecurity: boolean;
  /** Results are kept in an index, each marked with its detection, as those of single searches. */
  readonly marked: boolean;
}

/** Fields that every event has. */
const ofEvents = ['_time', 'host', 'source', 'sourcetype'];

/**
 * What makes results of the rows of a grouped search: the events of a rule and of an entity become
 * one result, and lookups say what it is about.
 */
export function groupTail(members: readonly GroupedDetection[], options: TailOptions): GroupedTail {
  const { macros } = options;
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
      ...descriptionCommands(options),
    ],
  };
}

/** A cell of a lookup that would begin a formula has an apostrophe in front. */
const asWritten = (column: string): string => `replace(${column},"^'([=+@-])","\\\\1")`;
/** A dollar would begin a token of an alert action. */
const withoutTokens = (column: string): string => `replace(${column},"[$]","\uff04")`;

/** What a result has whose detection has no row in the lookup, such as one of an older version. */
const fallback = { level: 'medium', score: riskScores.medium } as const;

function descriptionCommands({
  appId,
  macros,
  enterpriseSecurity,
  marked,
}: TailOptions): readonly string[] {
  const own = levels.map((level) => `"${level}"`).join(',');
  const title = withoutTokens(asWritten(`coalesce(sigma_title,${ruleColumn})`));
  return [
    `lookup local=true ${appId}_detections id AS ${ruleColumn} OUTPUT title AS sigma_title ` +
      'severity AS sigma_level risk_score AS sigma_risk_score techniques AS sigma_techniques ' +
      'name AS sigma_search',
    `eval sigpack_level=\`${macros.severity}\``,
    `eval sigma_level=if(in(sigpack_level,${own}),sigpack_level,` +
      `coalesce(sigma_level,"${fallback.level}")), ` +
      `sigma_risk_score=coalesce(sigma_risk_score,${fallback.score}), sigma_title=${title}, ` +
      `sigma_search=${asWritten(`coalesce(sigma_search,${ruleColumn})`)}, ` +
      'sigma_techniques=split(sigma_techniques,"|")',
    ...(enterpriseSecurity
      ? [
          `lookup local=true ${appId}_pages id AS ${ruleColumn} OUTPUT description AS ` +
            'sigma_description',
          'eval severity=sigma_level, "annotations.mitre_attack"=sigma_techniques, ' +
            'sigma_description=' +
            withoutTokens(asWritten('coalesce(sigma_description,sigma_title)')),
        ]
      : []),
    marked
      ? `eval sigpack_rule=${ruleColumn}, sigpack_level=sigma_level`
      : 'fields - sigpack_level',
  ];
}
