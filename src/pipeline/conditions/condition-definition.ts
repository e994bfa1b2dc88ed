import { type PythonRegex, pythonRegex } from '../../python-regex/regex.ts';
import type { SettledItem } from '../../query/settled.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { lookup, type YamlMapping } from '../../source/yaml/tree.ts';
import { PipelineError } from '../definition.ts';
import type { RuleInProcess } from '../rule-in-process.ts';

/** A kind of condition: what it takes beside `type`, and how it is made of that. */
export interface ConditionDefinition<C> {
  readonly parameters: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
  /** Throws {@link PipelineError} where the parameters fit the schema and still make no sense. */
  readonly create: (condition: YamlMapping) => C;
}

export type ConditionDefinitions<C> = Readonly<Record<string, ConditionDefinition<C>>>;

export type RuleCondition = (rule: RuleInProcess) => boolean;
export type ItemCondition = (item: SettledItem, rule: RuleInProcess) => boolean;

/**
 * Asked of a detection item it looks at the item's field and at the fields that its values refer
 * to.
 */
export interface FieldCondition {
  readonly ofItem: ItemCondition;
  readonly ofField: (field: string | undefined, rule: RuleInProcess) => boolean;
}

/** The text of a parameter that the schema has checked; undefined where it is missing or empty. */
export function textOf(condition: YamlMapping, name: string): string | undefined {
  const node = lookup(condition, name);
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}

/** Python's regular expression in a text, wrong where it stands. */
export function regexAt(
  text: string,
  span: { readonly start: number; readonly end: number },
): PythonRegex {
  try {
    return pythonRegex(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new PipelineError(
      `\`${text}\` is no regular expression: ${error.message}`,
      span,
      "Patterns of pipelines are regular expressions of Python's `re`.",
    );
  }
}
