import type { SettledRule } from '../query/compile.ts';
import type { SettledDetection } from '../query/settled.ts';
import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import type { DetectionRule } from '../sigma/rule/rule.ts';
import type { Pattern } from '../sigma/value/pattern.ts';
import type { SourceFile } from '../source/span.ts';
import type { Work } from '../work/work.ts';
import type { FieldTransformation, ProcessingItem } from './pipeline.ts';

/** `mapped`: a pipeline has a say on it; `spelled`: one that does not take just any name. */
export interface NameInProcess {
  readonly names: readonly string[];
  readonly mapped: boolean;
  readonly spelled: boolean;
}

/** One rule on its way through a pipeline; transformations assign to it. */
export interface RuleInProcess {
  rule: DetectionRule | CorrelationRule;
  /** The rule's own detection, then those of its filters; none for correlations. */
  parts: readonly SettledDetection[];
  /** The rules that a correlation refers to, already processed; none for detections. */
  readonly referenced: readonly SettledRule[];
  /** The same as they are written. */
  readonly written: readonly SettledRule[];
  /** Of all pipelines, the later ones winning. */
  readonly vars: ReadonlyMap<string, unknown>;
  /** What templates see of the conversion beside `vars`: the target and its format. */
  readonly conversion: ReadonlyMap<string, unknown>;
  readonly state: Map<string, unknown>;
  readonly attributes: Map<string, unknown>;
  /** Ids of the processing items that were applied to the rule. */
  readonly applied: Set<string>;
  /** Names that fields have now, to the ids of the items that gave them. */
  readonly fieldsApplied: Map<string, ReadonlySet<string>>;
  /** Names that fields had to those they were given. */
  readonly mappings: Map<string, Set<string>>;
  /** Fields that settings name, to what they are called now. */
  readonly named: Map<string, NameInProcess>;
  /** Every name that the mappings which apply to the rule give. */
  readonly offered: Set<string>;
  /**
   * Names that a pipeline spells out, or gives a field of another name: they are meant for the
   * target.
   */
  readonly chosen: Set<string>;
  /**
   * Names that item transformations made: they count as mapped, but not for
   * strict_field_mapping_failure.
   */
  readonly produced: Set<string>;
  /**
   * What placeholders were filled with: values, an expression of the target, or one thing here and
   * another there.
   */
  readonly filled: Map<string, Filling>;
  /** Transformations of names that applied to the rule, in order. */
  readonly renamings: (readonly [ProcessingItem, FieldTransformation])[];
  /** Which items were applied: the same for rules that are named alike. */
  trail: string;
  /**
   * Names that pipelines say no public source proves, whether the rule has them or not; by file.
   */
  readonly unproved: Map<SourceFile, readonly string[]>;
  /** What the pipelines have made of it. */
  readonly work: Work;
  /** A transformation of field names applies to the rule. */
  renames: boolean;
}

export type Filling = readonly Pattern[] | 'expression' | 'several';

/** Notes what a placeholder of the rule is filled with. */
export function noteFilling(
  { filled }: RuleInProcess,
  name: string,
  filling: readonly Pattern[] | 'expression',
): void {
  const before = filled.get(name);
  filled.set(name, before === undefined || isSameFilling(before, filling) ? filling : 'several');
}

/** Values are alternatives: their order is no difference. */
export const isSameFilling = (a: Filling, b: Filling): boolean => fillingKey(a) === fillingKey(b);

const fillingKey = (filling: Filling): string =>
  typeof filling === 'string'
    ? filling
    : [...new Set(filling.map((one) => JSON.stringify(one)))].sort().join();

/** Every name of a field that stands for another now, and every name that another was given. */
export function isMapped(rule: RuleInProcess, field: string): boolean {
  if (rule.mappings.has(field)) return true;
  for (const targets of rule.mappings.values()) if (targets.has(field)) return true;
  return false;
}
