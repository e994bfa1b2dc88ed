import type { GroupedRule } from '../../../backend/splunk/grouped/grouped-rule.ts';
import {
  type GroupedSearch,
  type GroupedSearches,
  groupedSearches,
} from '../../../backend/splunk/grouped/grouped-search.ts';
import { levels } from '../../../sigma/rule/rule.ts';
import { sigpackNamespace, uuidV5 } from '../../../source/uuid.ts';
import type { PackConfig } from '../../config/config.ts';
import { runsInSplunk } from '../../config/enabled.ts';
import type { GroupedDetection, PackDetection, SplunkDetection } from '../../model/detection.ts';
import { stanzaKey } from '../../render/conf-text.ts';
import { riskScoreOf } from '../es-entity.ts';
import { outputOf } from '../es-output.ts';
import { groupKey, groupKeys } from './key.ts';
import { type GroupMacros, groupMacros } from './macros.ts';
import { groupName, groupNameStart } from './names.ts';
import { withSpreadRuns } from './runs.ts';
import { groupTail } from './tail.ts';

/** A scheduled search for several detections. */
export interface SplunkGroup {
  /** A UUID of what the detections have in common. */
  readonly id: string;
  /** Of its stanza. It stays as long as they have the same in common. */
  readonly name: string;
  readonly search: string;
  /** At least two, sorted by id. */
  readonly members: readonly GroupedDetection[];
  /** The settings that its stanza is made of; its severity is the highest of the members. */
  readonly detection: PackDetection;
}

/** What is scheduled in place of searches of the detections. */
export interface SplunkGroups {
  /** Sorted by name. */
  readonly groups: readonly SplunkGroup[];
  /** By the id of a detection: the search that it is in. */
  readonly groupOf: ReadonlyMap<string, SplunkGroup>;
  /** By the id of a detection that runs by itself: why. */
  readonly alone: ReadonlyMap<string, string>;
  /** Undefined where detections are not grouped. */
  readonly macros?: GroupMacros;
  /** What the names of the searches begin with: only signs that SPL reads as such. */
  readonly nameStart?: string;
}

export const noGroups: SplunkGroups = { groups: [], groupOf: new Map(), alone: new Map() };

/**
 * The searches that are scheduled with `grouping: log-source`. Detections that are switched off are
 * in none of them, so that an admin switches them on as before.
 */
export function splunkGroups(
  detections: readonly SplunkDetection[],
  config: PackConfig,
): SplunkGroups {
  if (config.splunk.grouping === 'none') return noGroups;
  const alone = new Map<string, string>();
  const able: GroupedDetection[] = [];
  for (const one of detections) {
    const { detection, member } = one;
    if (!runsInSplunk(detection)) continue;
    if (typeof member === 'object') able.push({ ...one, member });
    else alone.set(detection.id, member ?? 'it is not grouped');
  }
  const byKey = Map.groupBy(able, (one) => groupKey(one, config.splunk.enterpriseSecurity));
  const macros = groupMacros(config.info.id, detections, able);
  const taken = new Set(detections.map(({ detection }) => stanzaKey(detection.name)));
  const groups: SplunkGroup[] = [];
  for (const [key, members] of [...byKey].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { searches, tooLong } = searchesOf(members, macros, config);
    for (const { id } of tooLong) alone.set(id, 'it is longer than a grouped search may be');
    for (const search of searches) {
      const [only, ...others] = search.rules;
      if (only !== undefined && others.length === 0) {
        alone.set(only.id, 'no other detection fits in a search with it');
        continue;
      }
      const group = madeGroup(key, search, taken, config);
      taken.add(stanzaKey(group.name));
      groups.push(group);
    }
  }
  const spread = withSpreadRuns(groups, detections, alone);
  const groupOf = new Map(
    spread.flatMap((group) =>
      group.members.map(({ detection }): [string, SplunkGroup] => [detection.id, group]),
    ),
  );
  return {
    groups: [...spread].sort((a, b) => (a.name < b.name ? -1 : 1)),
    groupOf,
    alone,
    macros: { ...macros, allow: new Map([...macros.allow].filter(([id]) => groupOf.has(id))) },
    nameStart: groupNameStart(config),
  };
}

/** A rule of a grouped search, and its detection. */
interface MemberRule extends GroupedRule {
  readonly one: GroupedDetection;
}

function searchesOf(
  members: readonly GroupedDetection[],
  macros: GroupMacros,
  config: PackConfig,
): GroupedSearches<MemberRule> {
  const { id: appId } = config.info;
  const { enterpriseSecurity, grouped, summaryIndex } = config.splunk;
  const rules = members.map((one) => {
    const exclusion = `\`${macros.allow.get(one.detection.id)}\``;
    return { ...one.member.rule, exclusion, one };
  });
  return groupedSearches(rules, {
    scope: `\`${members[0]?.scopes[0]?.macro}\``,
    maxBytes: grouped.bytes,
    maxRules: grouped.rules,
    tailOf: (some) =>
      groupTail(
        some.map(({ one }) => one),
        { appId, macros, enterpriseSecurity, marked: summaryIndex !== undefined },
      ),
  });
}

function madeGroup(
  key: string,
  { part, text, rules }: GroupedSearch<MemberRule>,
  taken: ReadonlySet<string>,
  config: PackConfig,
): SplunkGroup {
  const members = rules.map(({ one }) => one);
  const [first] = members;
  if (first === undefined) throw new RangeError('a group without a member');
  const id = uuidV5(sigpackNamespace, `${config.info.id} ${key} ${part}`);
  const name = groupName(first, uuidV5(sigpackNamespace, key), part, taken, config);
  const detection = { ...groupDetection(first.detection, members), id, name };
  return { id, name, search: text, members, detection };
}

/** The first detection with what the group has of its own. */
function groupDetection(first: PackDetection, members: readonly GroupedDetection[]): PackDetection {
  const { settings } = first;
  const { suppress } = settings;
  const output = outputOf(first);
  const severity = levels.findLast((level) =>
    members.some(({ detection }) => detection.severity === level),
  );
  return {
    ...first,
    severity: severity ?? 'medium',
    settings: {
      ...settings,
      // all of its detections run, be it by a key of savedsearch
      enabled: true,
      threshold: 1,
      ...(suppress === undefined || suppress.period === 0
        ? {}
        : { suppress: { ...suppress, fields: ['sigma_rule', ...suppress.fields] } }),
      risk: { ...settings.risk, score: riskScoreOf(first) },
      splunk: {
        ...settings.splunk,
        output,
        savedsearch: groupKeys(settings.splunk.savedsearch),
      },
    },
  };
}
