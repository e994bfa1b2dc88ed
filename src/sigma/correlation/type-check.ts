import type { Span } from '../../source/span.ts';
import { lookup, type YamlMapping } from '../../source/yaml/tree.ts';
import type { Condition } from './condition-reader.ts';
import type { RuleReference } from './correlation.ts';
import { isImpossible } from './threshold.ts';
import { median, type WrittenType } from './type-reader.ts';

/** What does not fit the type, where it is, and what to do about it. */
export interface Misfit {
  readonly span: Span;
  readonly message: string;
  readonly hint: string;
}

const error = (span: Span, message: string, hint: string): Misfit => ({ span, message, hint });

/** What the type of a correlation requires and the correlation lacks; undefined if nothing. */
export function typeError(
  node: YamlMapping,
  type: WrittenType,
  rules: readonly RuleReference[],
  condition: Condition,
): Misfit | undefined {
  const typePlace = lookup(node, 'type') ?? node;
  const place = lookup(node, 'condition') ?? typePlace;
  const ofRules = type === 'temporal' || type === 'temporal_ordered';
  if (ofRules && rules.length < 2)
    return error(
      typePlace,
      `a ${type} correlation needs two rules or more`,
      'Name every rule that must match under `rules`.',
    );
  if (
    isImpossible(type === median ? 'value_percentile' : type, rules.length, condition.thresholds)
  ) {
    const most = ofRules ? ` It counts the rules that match, and there are ${rules.length}.` : '';
    return error(
      place,
      'no number can fulfil all criteria of the condition',
      `Correct the numbers; \`lt: 1\` looks for silence.${most}`,
    );
  }
  return ofRules ? undefined : conditionError(place, type, condition);
}

/** The same for the condition of a type that counts events or looks at a field. */
function conditionError(place: Span, type: WrittenType, condition: Condition): Misfit | undefined {
  const a = type === 'event_count' ? 'an' : 'a';
  if (condition.thresholds.length === 0)
    return error(
      place,
      `${a} ${type} correlation needs a condition`,
      'Add `condition:` with `gte: <number>`.',
    );
  if (type === 'event_count') return undefined;
  if (condition.fields.length === 0)
    return error(
      place,
      `a ${type} correlation needs the field that it looks at`,
      'Add `field:` to the condition.',
    );
  if (type === 'value_count') return undefined;
  if (condition.fields.length > 1)
    return error(
      place,
      `a ${type} correlation looks at one field`,
      'Leave one field under `field`.',
    );
  if (type === median && condition.percentile !== undefined)
    return error(place, 'value_median is the percentile of 50', 'Remove `percentile`.');
  if (type !== 'value_percentile' || condition.percentile !== undefined) return undefined;
  return error(
    place,
    'a value_percentile correlation needs the percentile',
    'Add `percentile: 95` (0 to 100) to the condition.',
  );
}
