import { sortedJson } from '../../../source/sorted-json.ts';
import type { GroupedDetection } from '../../model/detection.ts';
import { entitiesOf, riskScoreOf } from '../es-entity.ts';
import { outputOf } from '../es-output.ts';

/**
 * What detections must have in common to share a search: where their events are, and every setting
 * that a saved search has once. Texts, severity and the fields that are shown are not part of it.
 */
export function groupKey(
  { detection, scopes, member }: GroupedDetection,
  enterpriseSecurity: boolean,
): string {
  const { settings, alert } = detection;
  const { interval, cron, window, delay, owner, suppress, splunk } = settings;
  return sortedJson({
    ...(isBroad({ scopes, member }) ? { broad: true } : {}),
    macros: scopes.map(({ macro }) => macro),
    runs: [interval, cron ?? '', window ?? 0, delay],
    owner: owner ?? '',
    by: member.by,
    suppress: suppress === undefined ? [] : [suppress.period, ...suppress.fields],
    entities: (alert?.entities ?? []).map(({ field, relayed }) => [field, relayed === true]),
    savedsearch: groupKeys(splunk.savedsearch),
    steps: member.steps,
    ...(enterpriseSecurity
      ? {
          output: outputOf(detection),
          score: riskScoreOf(detection),
          risk: entitiesOf(detection),
          threats: alert?.threatObjects ?? [],
          domain: splunk.securityDomain,
        }
      : {}),
  });
}

/**
 * Whether a detection may mean most events of its log source, as far as the search stage knows. In
 * one search with others it would make all of them look at these. All events of a category are of
 * the same kinds; those of a service differ by them.
 */
export function isBroad({
  scopes: [scope],
  member,
}: Pick<GroupedDetection, 'scopes' | 'member'>): boolean {
  const reach = member.rule.needed[0]?.reach;
  return reach === 'many' || (reach === 'kind' && scope?.source.category !== undefined);
}

/** Keys that say what the search of a detection is, which stays in the app, and not how it runs. */
const ofOwnSearch: ReadonlySet<string> = new Set([
  'description',
  'disabled',
  'enableSched',
  'is_visible',
]);

/** Those of the keys of `splunk.savedsearch` that a grouped search has too. */
export const groupKeys = <Value>(
  savedsearch: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(savedsearch).filter(([key]) => !ofOwnSearch.has(key)));
