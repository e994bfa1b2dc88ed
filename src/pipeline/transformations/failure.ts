import { type SettledItem, settledItems } from '../../query/settled.ts';
import { plural } from '../../source/plural.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { lookup, type YamlMapping } from '../../source/yaml/tree.ts';
import { ProcessingFailure } from '../../work/processing-failure.ts';
import type { TransformationDefinition } from '../definition.ts';
import { isMapped, type RuleInProcess } from '../rule-in-process.ts';

const message: JsonSchema = {
  type: 'string',
  minLength: 1,
  description: "Why the rule can't be converted.",
};

/** Names told of one rule. */
const maximumNames = 20;

/** Transformations that refuse a rule. */
export const failureDefinitions = {
  rule_failure: {
    parameters: { message },
    required: ['message'],
    create: (item) => {
      const text = messageOf(item);
      return {
        kind: 'rule',
        apply: () => {
          throw new ProcessingFailure(text);
        },
      };
    },
  },
  detection_item_failure: {
    parameters: { message },
    required: ['message'],
    create: (item) => {
      const text = messageOf(item);
      return {
        kind: 'item',
        apply: ({ file, span }) => {
          throw new ProcessingFailure(text, { file, span });
        },
      };
    },
  },
  strict_field_mapping_failure: {
    parameters: {},
    create: () => ({ kind: 'rule', apply: refuseUnmapped }),
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

function messageOf(item: YamlMapping): string {
  const node = lookup(item, 'message');
  return node?.kind === 'scalar' ? node.text : '';
}

/** Points at the first item of a field that no mapping has given or taken a name. */
function refuseUnmapped(rule: RuleInProcess): void {
  const unmapped = new Map<string, SettledItem>();
  for (const part of rule.parts)
    for (const { body } of part.searches.values())
      for (const item of settledItems(body)) {
        const { field } = item;
        if (field !== undefined && !unmapped.has(field) && !isMapped(rule, field))
          unmapped.set(field, item);
      }
  const [first] = unmapped.values();
  if (!first) return;
  const names = [...unmapped.keys()];
  const listed = `${names.slice(0, maximumNames).join(', ')}${names.length > maximumNames ? ', ...' : ''}`;
  const hint =
    'Add them to a mapping of the pipeline; a field that keeps its name is mapped to itself.';
  throw new ProcessingFailure(
    `no mapping for the ${plural(names.length, 'field')} ${listed}`,
    { file: first.file, span: first.span },
    hint,
  );
}
