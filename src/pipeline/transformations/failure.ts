import type { SettledItem } from '../../query/settled.ts';
import { plural } from '../../source/plural.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { ProcessingError } from '../../work/processing-error.ts';
import type { TransformationDefinition } from '../definition.ts';
import { textOf } from '../parameters.ts';
import { isMapped, type RuleInProcess } from '../rule-in-process.ts';
import { itemsOf } from '../settled-parts.ts';

const message: JsonSchema = {
  type: 'string',
  minLength: 1,
  description: "Why the rule can't be converted.",
};

/** Names that one message lists. */
const maximumNames = 20;

/** Transformations that refuse a rule. */
export const failureDefinitions = {
  rule_failure: {
    parameters: { message },
    required: ['message'],
    create: (item) => {
      const text = textOf(item, 'message') ?? '';
      return {
        kind: 'rule',
        apply: () => {
          throw new ProcessingError(text);
        },
      };
    },
  },
  detection_item_failure: {
    parameters: { message },
    required: ['message'],
    create: (item) => {
      const text = textOf(item, 'message') ?? '';
      return {
        kind: 'item',
        apply: ({ file, span }) => {
          throw new ProcessingError(text, { file, span });
        },
      };
    },
  },
  strict_field_mapping_failure: {
    parameters: {},
    create: () => ({ kind: 'rule', apply: refuseUnmapped }),
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

/** Points at the first item whose field no mapping knows, by its old name or by its new one. */
function refuseUnmapped(rule: RuleInProcess): void {
  const unmapped = new Map<string, SettledItem>();
  for (const item of rule.parts.flatMap(itemsOf)) {
    const { field } = item;
    if (field !== undefined && !unmapped.has(field) && !isMapped(rule, field))
      unmapped.set(field, item);
  }
  const [first] = unmapped.values();
  if (!first) return;
  const names = [...unmapped.keys()];
  const listed = names.slice(0, maximumNames).join(', ');
  const more = names.length > maximumNames ? ', ...' : '';
  throw new ProcessingError(
    `no mapping for the ${plural(names.length, 'field')} ${listed}${more}`,
    { file: first.file, span: first.span },
    'Add them to a mapping of the pipeline; a field that keeps its name is mapped to itself.',
  );
}
