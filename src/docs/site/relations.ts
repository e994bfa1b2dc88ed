import { attackTechniques } from '../../attack/names.ts';
import { attackReferences } from '../../pack/model/attack-tags.ts';
import type { Collection, Rule } from '../../sigma/collection/collection.ts';
import { createRereader } from '../../sigma/collection/rereader.ts';
import { isUuid } from '../../sigma/rule/rule-id.ts';
import { lookup } from '../../source/yaml/tree.ts';
import { currentTechniques } from './matrix.ts';

/** Another rule of the site. */
export interface RelatedRule {
  readonly title: string;
  /** File name of its page without the extension. */
  readonly slug: string;
  readonly level: string;
}

/** The rules that share a technique with a rule. */
export interface TechniqueRules {
  readonly id: string;
  readonly name: string;
  /** All rules of the technique, the rule itself included. */
  readonly total: number;
  /** The next ones by title, at most six. */
  readonly rules: readonly RelatedRule[];
  /** By title, in a circle; undefined if the rule is the only one. */
  readonly previous: RelatedRule | undefined;
  readonly next: RelatedRule | undefined;
}

/** What other rules of the site have to do with a rule. */
export interface Relations {
  /** Those that its `related` names, and those whose `related` names it. */
  readonly named: readonly RelatedRule[];
  /** Correlations that refer to it. */
  readonly correlations: readonly RelatedRule[];
  /** Of a correlation: the rules that it refers to. */
  readonly parts: readonly RelatedRule[];
  /** False for a rule that only serves correlations. */
  readonly alerts: boolean;
  readonly techniques: readonly TechniqueRules[];
}

const shown = 6;

/** A function that finds the relations of a rule among all rules of the site. */
export function createRelations(
  { rules, find, standsAlone }: Pick<Collection, 'rules' | 'find' | 'standsAlone'>,
  slugOf: (rule: Rule) => string,
): (rule: Rule) => Relations {
  const byTechnique = new Map<string, Rule[]>();
  const named = new Map<Rule, Set<Rule>>();
  const correlations = new Map<Rule, Set<Rule>>();
  const parts = new Map<Rule, Set<Rule>>();
  const byId = new Map(rules.flatMap((rule) => (rule.id ? [[rule.id.toLowerCase(), rule]] : [])));
  const documentOf = createRereader();
  for (const rule of rules.toSorted(byTitle)) {
    for (const id of currentTechniques(attackReferences(rule.tags).techniques))
      add(byTechnique, id, rule);
    for (const id of relatedIds(rule, documentOf)) {
      join(named, rule, byId.get(id));
      join(named, byId.get(id), rule);
    }
    if (rule.kind !== 'correlation') continue;
    for (const { name } of rule.rules) {
      const part = find(name, rule.file);
      join(parts, rule, part);
      join(correlations, part, rule);
    }
  }
  const shownOf = (rule: Rule): RelatedRule => ({
    title: rule.title.replace(/\s+/g, ' ').trim(),
    slug: slugOf(rule),
    level: rule.level ?? '',
  });
  const listOf = (of: ReadonlyMap<Rule, ReadonlySet<Rule>>, rule: Rule): readonly RelatedRule[] =>
    [...(of.get(rule) ?? [])].toSorted(byTitle).map(shownOf);
  const byPlace = new Map(rules.map((rule) => [placeOf(rule), rule]));
  const relationsOf = (rule: Rule): Relations => ({
    named: listOf(named, rule),
    correlations: listOf(correlations, rule),
    parts: listOf(parts, rule),
    alerts: standsAlone(rule),
    techniques: currentTechniques(attackReferences(rule.tags).techniques).map((id) => {
      const all = byTechnique.get(id) ?? [];
      return {
        id,
        name: attackTechniques().get(id)?.name ?? id,
        total: all.length,
        ...neighbours(all, rule, shownOf),
      };
    }),
  });
  return (rule) => relationsOf(byPlace.get(placeOf(rule)) ?? rule);
}

/** Identifies a rule: pipelines may have replaced its object. */
const placeOf = ({ file, span }: Rule): string => `${file.path}\n${span.start}`;

function neighbours(
  all: readonly Rule[],
  rule: Rule,
  shownOf: (rule: Rule) => RelatedRule,
): Pick<TechniqueRules, 'rules' | 'previous' | 'next'> {
  const at = all.indexOf(rule);
  const others = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))];
  const [next] = others;
  const previous = others.at(-1);
  return {
    rules: others.slice(0, shown).map(shownOf),
    previous: previous && shownOf(previous),
    next: next && shownOf(next),
  };
}

function add(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  const list = map.get(key);
  if (list) list.push(rule);
  else map.set(key, [rule]);
}

function join(map: Map<Rule, Set<Rule>>, from: Rule | undefined, to: Rule | undefined): void {
  if (from && to && from !== to) map.set(from, (map.get(from) ?? new Set()).add(to));
}

const byTitle = (a: Rule, b: Rule): number => {
  const [first, second] = [a, b].map(
    ({ title, file, span }) => `${title.toLowerCase()}\n${file.path}\n${span.start}`,
  );
  return (first ?? '') < (second ?? '') ? -1 : 1;
};

/** Ids under `related`, in lower case. Only links of pages come of them. */
function relatedIds(rule: Rule, documentOf: ReturnType<typeof createRereader>): readonly string[] {
  const { file, span, document } = rule;
  // most rules have none, and need not be parsed again
  if (!document && !file.text.slice(span.start, span.end).includes('related')) return [];
  const related = lookup(documentOf(rule), 'related');
  if (related?.kind !== 'sequence') return [];
  return related.items.flatMap((item) => {
    const id = lookup(item, 'id');
    return id?.kind === 'scalar' && isUuid(id.text) ? [id.text.toLowerCase()] : [];
  });
}
