import type { SourceFile, Span } from '../../source/span.ts';
import type { RuleHead } from '../rule/rule.ts';

export const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
] as const;
export type CorrelationType = (typeof correlationTypes)[number];

export type ThresholdOperator = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq';

export interface Threshold {
  readonly operator: ThresholdOperator;
  readonly value: number;
}

export interface RuleReference extends Span {
  /** The id or name as written. */
  readonly name: string;
}

export interface Alias {
  readonly name: string;
  /** From the referenced rule, as under `rules`, to the field in its events. */
  readonly fields: ReadonlyMap<string, string>;
  /**
   * References to correlations that are grouped by an alias with the name of the field: the field
   * is one of their results, and not of events.
   */
  readonly below?: ReadonlySet<string>;
  /** The rules as the alias refers to them. */
  readonly references: readonly RuleReference[];
  readonly span: Span;
}

/** A rule about several events together, as written: it counts or orders what other rules match. */
export interface CorrelationRule extends RuleHead {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  readonly typeSpan: Span;
  readonly rules: readonly RuleReference[];
  readonly groupBy: readonly string[];
  /** In seconds. */
  readonly timespan: number;
  /** All must hold. Empty for temporal types without a condition, which means all rules. */
  readonly thresholds: readonly Threshold[];
  /** The fields that are counted, summed or averaged (value_* types). */
  readonly valueFields: readonly string[];
  /** From 0 to 100, for value_percentile only. */
  readonly percentile: number;
  readonly aliases: readonly Alias[];
  /**
   * Fields that a pipeline mapped to several, by their name in the rule. An event's value is that
   * of the first field that it has.
   */
  readonly alternatives?: ReadonlyMap<string, readonly string[]>;
  /** True if the referenced rules are also detections by themselves. */
  readonly generate: boolean;
}

/** The fields of events that an alias means. */
export const eventFieldsOf = ({ fields, below }: Alias): readonly string[] =>
  [...fields].filter(([reference]) => !below?.has(reference)).map(([, field]) => field);

/**
 * A correlation that was left out. Like those of a sound one, the rules that it refers to are not
 * detections by themselves.
 */
export interface LostCorrelation {
  readonly kind: 'lost';
  readonly file: SourceFile;
  /** Ids and names of the rules that it refers to, as far as they are readable. */
  readonly references: readonly string[];
  readonly generate: boolean;
}
