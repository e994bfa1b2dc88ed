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
  /** Id or name as written. */
  readonly name: string;
}

export interface Alias {
  readonly name: string;
  /** Referenced rule, as under `rules`, to the field in that rule's events. */
  readonly fields: ReadonlyMap<string, string>;
  /**
   * References to correlations whose group has an alias of their own by the name of the field: it
   * is what they found, no field of events.
   */
  readonly below?: ReadonlySet<string>;
  /** The rules as the alias calls them. */
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
  /** Seconds. */
  readonly timespan: number;
  /** All must hold; empty for temporal types without a condition (then: all rules). */
  readonly thresholds: readonly Threshold[];
  /** Fields counted, summed or averaged (value_* types). */
  readonly valueFields: readonly string[];
  /** 0 to 100, value_percentile only. */
  readonly percentile: number;
  readonly aliases: readonly Alias[];
  /**
   * Fields that a pipeline mapped to several, by the name that the rule uses: an event's value is
   * that of the first which it has.
   */
  readonly alternatives?: ReadonlyMap<string, readonly string[]>;
  /** True: the referenced rules are detections of their own too. */
  readonly generate: boolean;
}

/** The fields of events that an alias stands for. */
export const eventFieldsOf = ({ fields, below }: Alias): readonly string[] =>
  [...fields].filter(([reference]) => !below?.has(reference)).map(([, field]) => field);

/**
 * A correlation that was left out: its base rules are as little detections of their own as those of
 * a sound one.
 */
export interface LostCorrelation {
  readonly kind: 'lost';
  readonly file: SourceFile;
  /** Ids and names of the rules that it refers to, as far as they can be read. */
  readonly references: readonly string[];
  readonly generate: boolean;
}
