import type { SettledRule } from '../../query/compile.ts';
import { type SettledDetection, type SettledItem, someSettledItem } from '../../query/settled.ts';
import type { LogSource } from '../../sigma/rule/rule.ts';
import { canonicalTag } from '../../sigma/rule/tag.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import { textOf } from '../parameters.ts';
import { PipelineError } from '../pipeline-error.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import type { ConditionDefinitions, RuleCondition } from './condition-definition.ts';
import { ruleAttributeDefinition } from './rule-attribute.ts';
import { appliedDefinition, stateDefinition } from './state-comparison.ts';
import { sameTyped, valueParameter } from './value-match.ts';

/** What `rule_conditions` may have, by type. */
export const ruleConditions: ConditionDefinitions<RuleCondition> = {
  logsource: {
    parameters: {
      category: { type: ['string', 'null'] },
      product: { type: ['string', 'null'] },
      service: { type: ['string', 'null'] },
    },
    required: [],
    create: hasLogSource,
  },
  contains_detection_item: {
    parameters: {
      field: { type: ['string', 'null'] },
      value: { type: ['string', 'number', 'boolean', 'null'] },
    },
    required: ['field', 'value'],
    create: (condition) => {
      const field = textOf(condition, 'field');
      const matches = sameTyped(valueParameter(condition));
      return (rule) =>
        field !== undefined &&
        someItem(rule, (item) => item.field === field && item.values.some(matches));
    },
  },
  contains_field: {
    parameters: { field: { type: ['string', 'null'] } },
    required: ['field'],
    create: (condition) => {
      const field = textOf(condition, 'field');
      return (rule) => field !== undefined && someItem(rule, (item) => item.field === field);
    },
  },
  processing_item_applied: appliedDefinition((id) => (rule) => rule.applied.has(id)),
  processing_state: stateDefinition((holds) => holds),
  is_sigma_rule: {
    parameters: {},
    required: [],
    create: () => (rule) => rule.rule.kind === 'detection',
  },
  is_sigma_correlation_rule: {
    parameters: {},
    required: [],
    create: () => (rule) => rule.rule.kind === 'correlation',
  },
  rule_attribute: ruleAttributeDefinition,
  tag: { parameters: { tag: { type: 'string' } }, required: ['tag'], create: hasTag },
};

function hasLogSource(condition: YamlMapping): RuleCondition {
  const category = textOf(condition, 'category');
  const product = textOf(condition, 'product');
  const service = textOf(condition, 'service');
  if (category === undefined && product === undefined && service === undefined)
    throw new PipelineError(
      '`logsource` names no log source',
      condition,
      'Give it a category, a product or a service.',
    );
  const matches = (source: LogSource): boolean =>
    (category === undefined || source.category === category) &&
    (product === undefined || source.product === product) &&
    (service === undefined || source.service === service);
  return ({ rule, referenced, written }) =>
    rule.kind === 'detection'
      ? matches(rule.logsource)
      : someDetection([...written, ...referenced], (below) => matches(below.rule.logsource));
}

/** Whether it holds for any rule below; correlations may share rules at every level. */
function someDetection(
  parts: readonly SettledRule[],
  matches: (detection: SettledRule & { readonly kind: 'detection' }) => boolean,
): boolean {
  const visited = new Set<SettledRule>();
  const visit = (part: SettledRule): boolean => {
    if (visited.has(part)) return false;
    visited.add(part);
    return part.kind === 'detection' ? matches(part) : part.parts.some(visit);
  };
  return parts.some(visit);
}

/**
 * For a correlation, the rules below count, as written and as the pipelines left them: its groups
 * are to be renamed as their fields are.
 */
function someItem(
  { rule, parts, referenced, written }: RuleInProcess,
  holds: (item: SettledItem) => boolean,
): boolean {
  if (rule.kind === 'detection') return someItemOf(parts, holds);
  return someDetection([...written, ...referenced], (below) => someItemOf(below.parts, holds));
}

function someItemOf(
  parts: readonly SettledDetection[],
  holds: (item: SettledItem) => boolean,
): boolean {
  for (const { searches } of parts)
    for (const { body } of searches.values()) if (someSettledItem(body, holds)) return true;
  return false;
}

function hasTag(condition: YamlMapping): RuleCondition {
  const tag = textOf(condition, 'tag') ?? '';
  if (!tag.includes('.'))
    throw new PipelineError(
      `\`${tag}\` is not a tag`,
      condition,
      'Tags are of the form namespace.name, such as attack.t1059.',
    );
  // rules keep their tags as Sigma writes them
  const wanted = canonicalTag(tag) ?? tag;
  return ({ rule }) => rule.tags.includes(wanted);
}
