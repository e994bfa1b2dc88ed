import type { Level, LogSource, Status } from '../../../sigma/rule/rule.ts';
import type { Condition } from '../pipeline-rule/condition.ts';

/** A field that may name the entity of a hit, and what kind of entity it names. */
export interface EntityField {
  readonly name: string;
  /** `user`, `system` or another word; the hit's `sigma_entity_type`. */
  readonly type: string;
}

/** A rule as a plan of pipelines takes it: when it hits, and what its hits carry. */
export interface IngestRule {
  /** Unique in the pack: the rule's own id, else the pack's UUID v5. */
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly status?: Status;
  /** Short names such as `defense-evasion`. */
  readonly tactics: readonly string[];
  /** Such as `T1059.001`. */
  readonly techniques: readonly string[];
  /** False for a rule that only correlations count. */
  readonly alert: boolean;
  /**
   * The hit's `sigma_group`: which event definition raises its alert. Undefined for what most
   * rules of its level have.
   */
  readonly group?: string;
  /** To the original rule. */
  readonly link?: string;
  /** By priority: the first that a message has names the entity. */
  readonly entityFields: readonly EntityField[];
  /** Fields of the message that its hits carry under the same names. */
  readonly hitFields: readonly string[];
  /** Of the rule, for names and for how rules share their gates. */
  readonly logSource: LogSource;
  /** What `ingestCondition` made of the rule's query, after pipelines. */
  readonly condition: Condition;
}

/** What a plan of pipelines needs to know about the pack and the server. */
export interface IngestOptions {
  /** What the names of pipelines and pipeline rules start with. */
  readonly pack: string;
  /** The title of the stream that hits go to. */
  readonly detectionsStream: string;
}
