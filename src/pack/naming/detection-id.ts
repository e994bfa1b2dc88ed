import type { Rule } from '../../sigma/collection/collection.ts';
import { byClaim } from '../../sigma/collection/precedence.ts';
import { isUuid } from '../../sigma/rule/rule-id.ts';
import { sigpackNamespace, uuidV5 } from '../../source/uuid.ts';
import type { PublishedDetection } from '../config/published.ts';
import type { NamingHistory } from './published-names.ts';

/**
 * The UUID of the rule. An invalid id is turned into one: it could hold anything, and it is part of
 * the names of macros and entities.
 */
export const ownId = (id: string, packId: string): string =>
  isUuid(id) ? id : uuidV5(sigpackNamespace, JSON.stringify([packId, id]));

/** The id of a rule without one, if no other has its title. */
export const titleId = (title: string, packId: string): string =>
  uuidV5(sigpackNamespace, `${packId}\n${title}`);

/**
 * Unique ids for rules without one: the published one, found by the file and then by the title;
 * else one from the title, for the rule with the best claim, or one from title and file.
 */
export function generatedIds(
  rules: readonly Rule[],
  packId: string,
  { published, pathOf }: NamingHistory,
): ReadonlyMap<Rule, string> {
  const without = rules.filter(({ id }) => id === undefined).sort(byClaim);
  const ids = new Map<Rule, string>();
  if (without.length === 0) return ids;
  const used = new Set(
    rules.flatMap(({ id }) => (id === undefined ? [] : [ownId(id, packId).toLowerCase()])),
  );
  const give = (rule: Rule, id: string): boolean => {
    if (used.has(id.toLowerCase())) return false;
    ids.set(rule, id);
    used.add(id.toLowerCase());
    return true;
  };
  for (const known of knownBy(published.detections.filter(({ generated }) => generated))) {
    // whole passes, so that no rule takes by its title what belongs to another by its file
    for (const rule of without) {
      if (ids.has(rule)) continue;
      for (const { id } of known(rule, pathOf(rule.file.path))) if (give(rule, id)) break;
    }
  }
  for (const rule of without) if (!ids.has(rule)) giveByTitle(rule, packId, pathOf, give);
  return ids;
}

/** `give` returns false if another rule has the id. */
function giveByTitle(
  rule: Rule,
  packId: string,
  pathOf: NamingHistory['pathOf'],
  give: (rule: Rule, id: string) => boolean,
): void {
  const { title, file } = rule;
  if (give(rule, titleId(title, packId))) return;
  const path = pathOf(file.path);
  // rules of the same title in one file are distinguished by their order
  for (
    let number = 1;
    !give(
      rule,
      uuidV5(sigpackNamespace, `${packId}\n${title}\n${path}${number > 1 ? `\n${number}` : ''}`),
    );
    number++
  );
}

type KnownBy = (rule: Rule, path: string) => readonly PublishedDetection[];

/** What a rule may have been published as, the most certain first. */
function knownBy(detections: readonly PublishedDetection[]): readonly KnownBy[] {
  if (detections.length === 0) return [];
  const files = Map.groupBy(detections, ({ file }) => file);
  const titles = Map.groupBy(detections, ({ title }) => title);
  const here: KnownBy = (_, path) => files.get(path) ?? [];
  return [
    (rule, path) => here(rule, path).filter(({ title }) => title === rule.title),
    (rule, path) => (here(rule, path).length === 1 ? here(rule, path) : []),
    ({ title }) => titles.get(title) ?? [],
  ];
}
