import { levels, statuses } from '../../sigma/rule/rule.ts';
import { nearestHint } from '../../source/nearest.ts';
import { lookup, type YamlMapping, type YamlScalar } from '../../source/yaml/tree.ts';
import { ProcessingError } from '../../work/processing-error.ts';
import { placeOf, textOf } from '../parameters.ts';
import { PipelineError } from '../pipeline-error.ts';
import { type AttributeValue, attributeOf, isoDate, textAttributes } from './attribute-value.ts';
import type { ConditionDefinition, RuleCondition } from './condition-definition.ts';
import { holdsForOrder, type OrderOperator, orderOperators } from './state-comparison.ts';

const operators = [...orderOperators, 'in', 'not_in'] as const;
type Operator = (typeof operators)[number];

/** Lowest first. */
const scales = { level: levels, status: statuses.toReversed() } as const;
const maps = new Set(['logsource', 'detection', 'related', 'custom_attributes', 'source']);
const texts = new Set<string>([...textAttributes, 'id', 'taxonomy']);

/**
 * `rule_attribute`: lists by membership, texts by equality, numbers, dates, levels and statuses by
 * their order.
 */
export const ruleAttributeDefinition: ConditionDefinition<RuleCondition> = {
  parameters: {
    attribute: { type: 'string' },
    value: { type: ['string', 'number', 'boolean'] },
    op: { enum: operators },
  },
  required: ['attribute', 'value'],
  create: (condition) => {
    const attribute = textOf(condition, 'attribute') ?? '';
    const operator = operators.find((one) => one === textOf(condition, 'op')) ?? 'eq';
    const value = lookup(condition, 'value');
    if (value?.kind !== 'scalar')
      throw new PipelineError('`value` must be a text or a number', condition);
    const comparison: Comparison = { attribute, operator, wanted: value };
    checkKnown(comparison, condition);
    return (rule) => {
      const found = attributeOf(rule, attribute);
      return found !== undefined && holds(comparison, found);
    };
  },
};

interface Comparison {
  readonly attribute: string;
  readonly operator: Operator;
  readonly wanted: YamlScalar;
}

/** Throws where a comparison of one of Sigma's own attributes would fail for every rule. */
function checkKnown({ attribute, operator, wanted }: Comparison, condition: YamlMapping): void {
  if (maps.has(attribute)) {
    const hint =
      attribute === 'logsource'
        ? 'Use the condition `logsource`.'
        : 'Compare texts, numbers, dates or lists.';
    throw new PipelineError(
      `\`${attribute}\` is a map and can't be compared`,
      placeOf(condition, 'attribute'),
      hint,
    );
  }
  const isDate = attribute === 'date' || attribute === 'modified';
  const scale = attribute === 'level' || attribute === 'status' ? scales[attribute] : undefined;
  if (texts.has(attribute) && operator !== 'eq' && operator !== 'ne')
    throw new PipelineError(
      `\`${attribute}\` is a text, which has no \`${operator}\``,
      placeOf(condition, 'op'),
      'Use eq or ne.',
    );
  if ((isDate || scale) && (operator === 'in' || operator === 'not_in'))
    throw new PipelineError(
      `\`${attribute}\` is not a list and has no \`${operator}\``,
      placeOf(condition, 'op'),
      `Use one of ${orderOperators.join(', ')}.`,
    );
  if (isDate && isoDate(wanted.text, 'strict') === undefined)
    throw new PipelineError(
      `\`${wanted.text}\` is not a date`,
      wanted,
      'Write dates as YYYY-MM-DD.',
    );
  if (scale && !scale.some((one) => one === wanted.text.toLowerCase()))
    throw new PipelineError(
      `\`${wanted.text}\` is not a ${attribute}`,
      wanted,
      nearestHint(wanted.text, scale),
    );
}

function holds(comparison: Comparison, found: AttributeValue): boolean {
  const { operator, wanted } = comparison;
  if (found.kind === 'list') {
    if (operator === 'in' || operator === 'not_in')
      return found.entries.some((entry) => entry === wanted.value) === (operator === 'in');
    // a list never equals a single value and has no order
    return operator === 'ne';
  }
  if (operator === 'in' || operator === 'not_in')
    throw cannotCompare(comparison, `is not a list and has no \`${operator}\``);
  switch (found.kind) {
    case 'text':
      if (operator === 'eq' || operator === 'ne')
        return (found.text === wanted.value) === (operator === 'eq');
      throw cannotCompare(comparison, `is a text, which has no \`${operator}\``);
    case 'number':
      return holdsForOrder(operator, found.number - wantedNumber(comparison));
    case 'date': {
      const date = wantedDate(comparison);
      return holdsForOrder(operator, found.date < date ? -1 : found.date > date ? 1 : 0);
    }
    case 'scale':
      return onScale(scales[found.scale], found.name, wanted.text.toLowerCase(), operator);
    case 'other':
      throw cannotCompare(comparison, `is ${found.what} and can't be compared`);
  }
}

function wantedNumber(comparison: Comparison): number {
  const { wanted } = comparison;
  const number =
    typeof wanted.value === 'string' && wanted.text.trim() === ''
      ? Number.NaN
      : Number(wanted.value);
  if (Number.isNaN(number))
    throw cannotCompare(comparison, `is a number and can't be compared with \`${wanted.text}\``);
  return number;
}

function wantedDate(comparison: Comparison): string {
  const { wanted } = comparison;
  const date = isoDate(wanted.text, 'strict');
  if (date === undefined)
    throw cannotCompare(comparison, `is a date and can't be compared with \`${wanted.text}\``);
  return date;
}

function onScale(
  scale: readonly string[],
  name: string,
  wanted: string,
  operator: OrderOperator,
): boolean {
  return holdsForOrder(operator, scale.indexOf(name) - scale.indexOf(wanted));
}

function cannotCompare({ attribute }: Comparison, reason: string): ProcessingError {
  return new ProcessingError(
    `the rule's \`${attribute}\` ${reason}`,
    undefined,
    'Change the condition `rule_attribute`, or the rule.',
  );
}
