import type { SettledValue } from '../../query/settled.ts';
import { isPlaceholder } from '../../sigma/value/pattern.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { lookup, type YamlMapping } from '../../source/yaml/tree.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import {
  type ConditionDefinition,
  type ConditionDefinitions,
  type ItemCondition,
  regexAt,
  textOf,
} from './condition-definition.ts';
import { appliedDefinition, stateDefinition } from './state-comparison.ts';
import { equalTo, onlyTest, plainText, writtenValue } from './value-match.ts';

/** A condition on single values: `cond` says whether any or all of an item's values must match. */
function valueDefinition(
  create: (condition: YamlMapping) => (value: SettledValue, rule: RuleInProcess) => boolean,
  parameters: Readonly<Record<string, JsonSchema>> = {},
  required: readonly string[] = [],
): ConditionDefinition<ItemCondition> {
  return {
    parameters: {
      ...parameters,
      cond: { enum: ['any', 'all'], description: 'Must any or all values match?' },
    },
    required: ['cond', ...required],
    create: (condition) => {
      const holds = create(condition);
      return textOf(condition, 'cond') === 'all'
        ? ({ values }, rule) => values.every((value) => holds(value, rule))
        : ({ values }, rule) => values.some((value) => holds(value, rule));
    },
  };
}

function matchesString(
  condition: YamlMapping,
): (value: SettledValue, rule: RuleInProcess) => boolean {
  const node = lookup(condition, 'pattern') ?? condition;
  const regex = regexAt(textOf(condition, 'pattern') ?? '', node);
  const negate = textOf(condition, 'negate')?.toLowerCase() === 'true';
  return (value, { work }) => {
    const test = onlyTest(value);
    const matches = test?.kind === 'string' && regex.matchesStart(plainText(test.pattern), work);
    return matches !== negate;
  };
}

function matchesValue(condition: YamlMapping): (value: SettledValue) => boolean {
  const equals = equalTo(writtenValue(condition));
  return (value) => {
    const test = onlyTest(value);
    return test !== undefined && equals(test);
  };
}

function hasWildcard(value: SettledValue): boolean {
  const test = onlyTest(value);
  return (
    test?.kind === 'string' &&
    test.pattern.some((part) => typeof part !== 'string' && !isPlaceholder(part))
  );
}

/** By name under `detection_item_conditions`. */
export const itemConditions: ConditionDefinitions<ItemCondition> = {
  match_string: valueDefinition(
    matchesString,
    { pattern: { type: 'string' }, negate: { type: 'boolean' } },
    ['pattern'],
  ),
  match_value: valueDefinition(
    matchesValue,
    { value: { type: ['string', 'number', 'boolean', 'null'] } },
    ['value'],
  ),
  contains_wildcard: valueDefinition(() => hasWildcard),
  is_null: valueDefinition(() => (value) => onlyTest(value)?.kind === 'null'),
  processing_item_applied: appliedDefinition((id) => (item) => item.applied?.has(id) ?? false),
  processing_state: stateDefinition((holds) => (_item, rule) => holds(rule)),
};
