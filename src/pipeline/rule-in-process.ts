import type { SettledRule } from '../query/compile.ts';
import type { SettledDetection } from '../query/settled.ts';
import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import type { DetectionRule } from '../sigma/rule/rule.ts';
import type { SourceFile } from '../source/span.ts';
import { type Work, workOfRule } from '../work/work.ts';
import type { Filling } from './filling.ts';
import type { FieldTransformation, ProcessingItem } from './pipeline.ts';

/** What the pipelines call a field that settings name. */
export interface NameInProcess {
  readonly names: readonly string[];
  /** Some transformation renamed it, or confirmed its name. */
  readonly mapped: boolean;
  /** One of these takes certain names only. */
  readonly spelled: boolean;
}

/** One rule on its way through the pipelines; transformations assign to it. */
export interface RuleInProcess {
  rule: DetectionRule | CorrelationRule;
  /** The rule's own detection, then those of its filters; empty for correlations. */
  parts: readonly SettledDetection[];
  /** The rules that a correlation refers to, already processed; empty for detections. */
  readonly referenced: readonly SettledRule[];
  /** The same rules as written. */
  readonly written: readonly SettledRule[];
  /** Of all pipelines; later ones win. */
  readonly vars: ReadonlyMap<string, unknown>;
  /** What templates see of the conversion besides `vars`: the target and its format. */
  readonly conversion: ReadonlyMap<string, unknown>;
  readonly state: Map<string, unknown>;
  readonly attributes: Map<string, unknown>;
  /** Ids of the processing items that were applied to the rule. */
  readonly applied: Set<string>;
  /** By the present name of a field: the ids of the items that gave it this name. */
  readonly fieldsApplied: Map<string, ReadonlySet<string>>;
  /** By a former name of a field: the names that it was given. */
  readonly mappings: Map<string, Set<string>>;
  /** Fields that settings name. */
  readonly named: Map<string, NameInProcess>;
  /** Every name that the mappings which apply to the rule can give. */
  readonly offered: Set<string>;
  /** Names that a pipeline spells out or gives to another field: they are meant for the target. */
  readonly chosen: Set<string>;
  /**
   * Names that item transformations made: they count as mapped, but not for
   * strict_field_mapping_failure.
   */
  readonly produced: Set<string>;
  /** By name of the placeholder. */
  readonly fillings: Map<string, Filling>;
  /** Transformations of names that applied to the rule, in order. */
  readonly renamings: (readonly [ProcessingItem, FieldTransformation])[];
  /** Which items were applied, as a key: the same for rules whose fields are renamed alike. */
  trail: string;
  /** Names of the product that no public source proves, by file of the pipeline that lists them. */
  readonly unproved: Map<SourceFile, readonly string[]>;
  /** What the pipelines have made of it. */
  readonly work: Work;
  /** Some transformation of field names applies to the rule. */
  renames: boolean;
}

/** What the rules of one run have in common. */
export interface ProcessContext extends Pick<RuleInProcess, 'vars' | 'conversion'> {
  /** Fields that the settings of the rule name. */
  readonly named: Iterable<string>;
}

/** A rule before its first item. `referenced`: the rules below a correlation, already processed. */
export function startProcess(
  settled: SettledRule,
  referenced: readonly SettledRule[],
  { vars, conversion, named }: ProcessContext,
): RuleInProcess {
  return {
    rule: settled.rule,
    parts: settled.kind === 'detection' ? settled.parts : [],
    referenced,
    written: settled.kind === 'correlation' ? settled.parts : [],
    vars,
    conversion,
    state: new Map(),
    attributes: new Map(),
    applied: new Set(),
    fieldsApplied: new Map(),
    mappings: new Map(),
    named: new Map(
      Array.from(named, (name) => [name, { names: [name], mapped: false, spelled: false }]),
    ),
    offered: new Set(),
    chosen: new Set(),
    produced: new Set(),
    fillings: new Map(),
    renamings: [],
    trail: '',
    unproved: new Map(),
    work: workOfRule(),
    renames: false,
  };
}

/** Whether a mapping has given the field a name, or given its name to another. */
export function isMapped(rule: RuleInProcess, field: string): boolean {
  if (rule.mappings.has(field)) return true;
  for (const targets of rule.mappings.values()) if (targets.has(field)) return true;
  return false;
}
