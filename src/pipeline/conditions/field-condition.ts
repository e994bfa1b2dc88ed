import type { YamlScalar } from '../../source/yaml/tree.ts';
import { textNodes, textOf, textsSchema } from '../parameters.ts';
import { regexAt } from '../regex-parameter.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import type {
  ConditionDefinition,
  ConditionDefinitions,
  FieldCondition,
} from './condition-definition.ts';
import { appliedDefinition, stateDefinition } from './state-comparison.ts';
import { refersTo } from './value-match.ts';

/** What `field_name_conditions` may have, by type. */
export const fieldConditions: ConditionDefinitions<FieldCondition> = {
  include_fields: listDefinition(
    (isListed) => (field, rule) => field !== undefined && isListed(field, rule),
  ),
  exclude_fields: listDefinition(
    (isListed) => (field, rule) => field === undefined || !isListed(field, rule),
  ),
  processing_item_applied: appliedDefinition((id) => ({
    ofItem: (item) => item.applied?.has(id) ?? false,
    ofField: (field, rule) =>
      field !== undefined && (rule.fieldsApplied.get(field)?.has(id) ?? false),
  })),
  processing_state: stateDefinition((holds) => ({
    ofItem: (_item, rule) => holds(rule),
    ofField: (_field, rule) => holds(rule),
  })),
};

function listDefinition(
  conditionOf: (isListed: IsListed) => FieldCondition['ofField'],
): ConditionDefinition<FieldCondition> {
  return {
    parameters: { fields: textsSchema('A list of field names.'), mode: { enum: ['plain', 're'] } },
    required: ['fields'],
    create: (condition) => {
      const fields = textNodes(condition, 'fields') ?? [];
      const isPlain = textOf(condition, 'mode') !== 're';
      const names = fields.map(({ text }) => text);
      const holds = conditionOf(isPlain ? isOneOf(names) : matchesOneOf(fields));
      return {
        ...(isPlain && { names }),
        ofField: holds,
        ofItem: (item, rule) =>
          holds(item.field, rule) || refersTo(item, (field) => holds(field, rule)),
      };
    },
  };
}

type IsListed = (field: string, rule: RuleInProcess) => boolean;

function isOneOf(names: readonly string[]): IsListed {
  const plain = new Set(names);
  return (field) => plain.has(field);
}

function matchesOneOf(fields: readonly YamlScalar[]): IsListed {
  const regexes = fields.map((field) => regexAt(field.text, field));
  // rules have few names, which come again and again
  const cache = new Map<string, boolean>();
  return (field, { work }) => {
    const known = cache.get(field);
    if (known !== undefined) return known;
    const listed = regexes.some((regex) => regex.matchesStart(field, work));
    cache.set(field, listed);
    return listed;
  };
}
