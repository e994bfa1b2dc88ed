import type { YamlMapping } from '../../source/yaml/tree.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { textNodes, textsSchema } from '../text-list.ts';
import {
  type ConditionDefinition,
  type ConditionDefinitions,
  type FieldCondition,
  regexAt,
  textOf,
} from './condition-definition.ts';
import { appliedDefinition, stateDefinition } from './state-comparison.ts';
import { refersTo } from './value-match.ts';

/** By name under `field_name_conditions`. */
export const fieldConditions: ConditionDefinitions<FieldCondition> = {
  include_fields: listDefinition(
    (listed) => (field, rule) => field !== undefined && listed(field, rule),
  ),
  exclude_fields: listDefinition(
    (listed) => (field, rule) => field === undefined || !listed(field, rule),
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
  made: (listed: Listed) => (field: string | undefined, rule: RuleInProcess) => boolean,
): ConditionDefinition<FieldCondition> {
  return {
    parameters: { fields: textsSchema('A list of field names.'), mode: { enum: ['plain', 're'] } },
    required: ['fields'],
    create: (condition) => {
      const holds = made(listedBy(condition));
      return {
        ofField: holds,
        ofItem: (item, rule) =>
          holds(item.field, rule) || refersTo(item, (field) => holds(field, rule)),
      };
    },
  };
}

type Listed = (field: string, rule: RuleInProcess) => boolean;

function listedBy(condition: YamlMapping): Listed {
  const names = textNodes(condition, 'fields') ?? [];
  if (textOf(condition, 'mode') !== 're') {
    const plain = new Set(names.map(({ text }) => text));
    return (field) => plain.has(field);
  }
  const regexes = names.map((name) => regexAt(name.text, name));
  // few names, asked for again and again
  const known = new Map<string, boolean>();
  return (field, { work }) => {
    const before = known.get(field);
    if (before !== undefined) return before;
    const listed = regexes.some((regex) => regex.matchesStart(field, work));
    known.set(field, listed);
    return listed;
  };
}
