import type { SettledItem } from '../../query/settled.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import type { RuleInProcess } from '../rule-in-process.ts';

/** One type of condition. */
export interface ConditionDefinition<C> {
  /** Besides `type`. */
  readonly parameters: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
  /** Throws {@link PipelineError} where the parameters fit the schema and still make no sense. */
  readonly create: (condition: YamlMapping) => C;
}

export type ConditionDefinitions<C> = Readonly<Record<string, ConditionDefinition<C>>>;

export type RuleCondition = (rule: RuleInProcess) => boolean;
export type ItemCondition = (item: SettledItem, rule: RuleInProcess) => boolean;

/** `ofItem` looks at the item's field and at the fields that its values refer to. */
export interface FieldCondition {
  readonly ofItem: ItemCondition;
  readonly ofField: (field: string | undefined, rule: RuleInProcess) => boolean;
  /** The fields that it lists; undefined for patterns of names and for other conditions. */
  readonly names?: readonly string[];
}
