import type { SettledValue } from '../../query/settled.ts';
import { isPlaceholder } from '../../sigma/value/pattern.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import { textOf } from '../parameters.ts';
import { regexOf } from '../regex-parameter.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import type {
  ConditionDefinition,
  ConditionDefinitions,
  ItemCondition,
} from './condition-definition.ts';
import { appliedDefinition, stateDefinition } from './state-comparison.ts';
import { equalTo, onlyTest, plainText, valueParameter } from './value-match.ts';

type ValueCondition = (value: SettledValue, rule: RuleInProcess) => boolean;

/** A condition on single values, of which any or all must match: `cond`. */
function valueDefinition(
  create: (condition: YamlMapping) => ValueCondition,
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

function matchesString(condition: YamlMapping): ValueCondition {
  const regex = regexOf(condition, 'pattern');
  const negate = textOf(condition, 'negate')?.toLowerCase() === 'true';
  return (value, { work }) => {
    const test = onlyTest(value);
    const matches = test?.kind === 'string' && regex.matchesStart(plainText(test.pattern), work);
    return matches !== negate;
  };
}

function matchesValue(condition: YamlMapping): ValueCondition {
  const equals = equalTo(valueParameter(condition));
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

/** What `detection_item_conditions` may have, by type. */
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
