import type { Condition } from '../pipeline-rule/condition.ts';
import type { IngestRule } from './ingest-rule.ts';

/** A rule without what all rules of its log source ask. */
export interface GroupedRule {
  readonly rule: IngestRule;
  readonly condition: Condition;
}

/** The rules of a log source. */
export interface SourceGroup {
  /** `windows process_creation`, for names; no other group has it. */
  readonly label: string;
  /** What each of the rules needs, in comparisons of whole values; true: see `fields`. */
  readonly gate: Condition;
  /** Of a group without a gate, fields of which each of the rules needs one; empty: none. */
  readonly fields: readonly string[];
  readonly rules: readonly GroupedRule[];
  /** Of several log sources: each rule also asks for its own. */
  readonly joined?: true;
}
