import type { LogSource, SourcePart } from '../sigma/rule/rule.ts';
import type { SourceFile } from '../source/span.ts';

/**
 * What processing pipelines determine about a rule besides their changes to it. Values are plain
 * YAML data.
 */
export interface Processing {
  /** From `set_state`. */
  readonly state: ReadonlyMap<string, unknown>;
  /** From `set_custom_attribute`. */
  readonly attributes: ReadonlyMap<string, unknown>;
  /** Fields that no pipeline decides on, sorted. */
  readonly unmapped: readonly string[];
  /**
   * Fields that keep the name in the rule because no pipeline gives any field that name in the
   * target.
   */
  readonly asWritten?: ReadonlySet<string>;
  /**
   * Fields of the rule that no event of the product has; undefined if no pipeline knows all fields
   * of the log source.
   */
  readonly absent?: readonly string[];
  /** The field of the log source that may be meant by an absent one; undefined like `absent`. */
  readonly near?: (field: string) => string | undefined;
  /** Files of the pipelines. Items whose file is one of them were added by it. */
  readonly pipelineFiles?: ReadonlySet<SourceFile>;
  /** Whether no event of the log source has a field of that name; undefined like {@link absent}. */
  readonly lacks?: (field: string) => boolean;
  /** Names in the target that no public source proves, by pipeline. */
  readonly unproved?: readonly UnprovedNames[];
  /** Fields that the settings of the rule name. */
  readonly named?: ReadonlyMap<string, NamedField>;
  /**
   * The product's names for the usual fields of the log source, without those that it lacks. Rules
   * share the map.
   */
  readonly usual?: ReadonlyMap<string, readonly string[]>;
  readonly strange?: StrangeSource;
  /** Of a log source that is not {@link known}. */
  readonly nearSource?: NearSource;
  /** False if the pipelines rename fields, but none for this rule's log source. */
  readonly known: boolean;
  /**
   * Changes the text of a query after a backend printed it. Throws for what it can't do. Undefined
   * if no pipeline needs that.
   */
  readonly postprocess?: (query: string) => string;
  /** The log source as written, for detections. */
  readonly logsource?: LogSource;
}

/**
 * A category or service that the pipelines do not know, of a product of which they know others:
 * nothing narrows a search to its events.
 */
export interface StrangeSource {
  readonly part: 'category' | 'service';
  readonly name: string;
  readonly product: string;
  /** The known name that may be meant. */
  readonly near?: string;
}

/** A part of a log source that may be misspelled, and what may be meant. */
export interface NearSource {
  readonly part: SourcePart;
  readonly near: string;
}

/** Names that a pipeline gave a rule and that no public source proves. */
export interface UnprovedNames {
  /** The name of the pipeline's file without its extension. */
  readonly pipeline: string;
  readonly names: readonly string[];
}

/** A field that is named outside the rule. */
export interface NamedField {
  /** Its names in the pipelines; several if it is mapped to several. */
  readonly names: readonly string[];
  /** True if no event of the product has it. */
  readonly absent: boolean;
  /** True if no pipeline has the name, so that it may be misspelled. */
  readonly guessed: boolean;
}
