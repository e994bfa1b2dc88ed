import type { SettledBody, SettledItem } from '../query/settled.ts';
import type { Test } from '../query/tree.ts';
import type { LogSource } from '../sigma/rule/rule.ts';
import type { SourceFile, Span } from '../source/span.ts';
import type { RuleInProcess } from './rule-in-process.ts';
import type { FinalizerContext } from './template/context.ts';

/** A processing pipeline, which is applied to each rule before its query is made. */
export interface Pipeline {
  readonly name: string;
  /** Lower ones run first. */
  readonly priority: number;
  /** The targets it is for; empty: all. */
  readonly allowedBackends: ReadonlySet<string>;
  /** Values of placeholders: plain YAML data. */
  readonly vars: ReadonlyMap<string, unknown>;
  readonly items: readonly ProcessingItem[];
  readonly postprocessing: readonly PostprocessingItem[];
  readonly finalizers: readonly Finalizer[];
  readonly file: SourceFile;
}

/** What items of all kinds have in common. */
export interface PipelineItem {
  /** As written, or `#` and the item's number in the file. */
  readonly id: string;
  /** Name of the transformation: `field_name_mapping`. */
  readonly type: string;
  readonly appliesTo: (rule: RuleInProcess) => boolean;
  /** Whether it applies depends on the log source alone. */
  readonly bySourceOnly: boolean;
  /** Log sources that its conditions name. */
  readonly sources?: readonly LogSource[];
  readonly file: SourceFile;
  readonly span: Span;
}

export interface ProcessingItem extends PipelineItem {
  readonly transformation: Transformation;
  /** By `detection_item_conditions` and `field_name_conditions` together. */
  readonly appliesToItem: (item: SettledItem, rule: RuleInProcess) => boolean;
  /** By `field_name_conditions` alone: for names in field lists, groups and field references. */
  readonly appliesToField: (field: string | undefined, rule: RuleInProcess) => boolean;
  /** Fields that its `field_name_conditions` name, whether it applies to them or not. */
  readonly fieldNames?: readonly string[];
}

export type Transformation =
  | RuleTransformation
  | ItemTransformation
  | FieldTransformation
  | ValueTransformation
  | Nest;

/** Changes the rule as a whole: its log source, its list of fields, its state. */
export interface RuleTransformation {
  readonly kind: 'rule';
  /** Names of the product that no public source proves, as the pipeline lists them. */
  readonly unproved?: readonly string[];
  readonly apply: (rule: RuleInProcess) => void;
}

/** Replaces detection items. Undefined: the item stays as it is. An empty group: it is dropped. */
export interface ItemTransformation {
  readonly kind: 'item';
  readonly apply: (item: SettledItem, rule: RuleInProcess) => SettledBody | undefined;
}

/** Renames fields everywhere in a rule. Undefined: the field stays as it is. */
export interface FieldTransformation {
  readonly kind: 'field';
  /** Every name that it may give, where that is known. */
  readonly targets?: readonly string[];
  /** Every name that it replaces, where that is known. */
  readonly sources?: readonly string[];
  readonly map: (field: string | undefined, rule: RuleInProcess) => readonly string[] | undefined;
}

/** Replaces values. Undefined: the test stays as it is; an empty list: the value is dropped. */
export interface ValueTransformation {
  readonly kind: 'value';
  /**
   * It fills placeholders. Other transformations leave values alone that are not texts before that:
   * address blocks and regular expressions.
   */
  readonly fills?: true;
  readonly apply: (
    test: Test,
    item: SettledItem,
    rule: RuleInProcess,
  ) => readonly Test[] | undefined;
}

export interface Nest {
  readonly kind: 'nest';
  readonly items: readonly ProcessingItem[];
}

/** Changes the text of a query. */
export interface PostprocessingItem extends PipelineItem {
  readonly apply: (query: string, rule: RuleInProcess) => string;
}

/** Makes one text of all queries. */
export interface Finalizer {
  readonly type: string;
  readonly span: Span;
  readonly apply: (queries: readonly string[], context: FinalizerContext) => readonly string[];
}
