import type { LogSource } from '../sigma/rule/rule.ts';
import type { SourceFile } from '../source/span.ts';

/**
 * What a processing pipeline says of a rule beside its changes to it. Values are plain YAML data.
 */
export interface Processing {
  /** Of `set_state`. */
  readonly state: ReadonlyMap<string, unknown>;
  /** Of `set_custom_attribute`. */
  readonly attributes: ReadonlyMap<string, unknown>;
  /** Fields whose names no pipeline has a say on, sorted. */
  readonly unmapped: readonly string[];
  /**
   * Fields that are called as the rule calls them, since no pipeline gives them that name for the
   * target.
   */
  readonly asWritten?: ReadonlySet<string>;
  /**
   * Fields of the rule that no event of the product has; undefined where no pipeline says that it
   * knows all fields of the log source.
   */
  readonly absent?: readonly string[];
  /** Files of the pipelines: items that stand in one were added by it. */
  readonly pipelineFiles?: ReadonlySet<SourceFile>;
  /** Whether no event of the log source has a field of that name; undefined like {@link absent}. */
  readonly lacks?: (field: string) => boolean;
  /** Names of the target that no public source proves, by pipeline. */
  readonly unproved?: readonly UnprovedNames[];
  /** Fields that the settings of the rule name. */
  readonly named?: ReadonlyMap<string, NamedField>;
  /**
   * What the product calls the fields that the log source is known by; those that it does not have
   * are missing. One map for many rules.
   */
  readonly usual?: ReadonlyMap<string, readonly string[]>;
  /**
   * A category or service that the pipelines do not know of a product whose others they tell apart.
   */
  readonly strange?: {
    readonly part: string;
    readonly name: string;
    readonly product: string;
    readonly near?: string;
  };
  /** False where the pipelines rename fields, but none of this rule's log source. */
  readonly known: boolean;
  /**
   * Changes the text of a query after a backend made it; throws what it can't do. Undefined: no
   * pipeline asks for that.
   */
  readonly postprocess?: (query: string) => string;
  /** The log source as written, where the rule is a detection. */
  readonly logsource?: LogSource;
}

/** Names of one pipeline that a rule was given and that no public source proves. */
export interface UnprovedNames {
  /** Name of the pipeline's file without its ending. */
  readonly pipeline: string;
  readonly names: readonly string[];
}

/** A field that something beside the rule names. */
export interface NamedField {
  /** What the pipelines call it; several where it stands for several. */
  readonly names: readonly string[];
  /** No event of the product has it. */
  readonly absent: boolean;
  /** No pipeline spells the name out, so that it may be misspelled. */
  readonly guessed: boolean;
}
