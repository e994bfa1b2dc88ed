import type { LogSource } from '../../sigma/rule/rule.ts';
import { nearestHint } from '../../source/nearest.ts';
import { checkSchema } from '../../source/schema/check-schema.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import {
  lookup,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../../source/yaml/tree.ts';
import { fieldConditions } from '../conditions/field-condition.ts';
import { itemConditions } from '../conditions/item-condition.ts';
import { ruleConditions } from '../conditions/rule-condition.ts';
import {
  type PipelineEnvironment,
  PipelineError,
  type TransformationDefinition,
} from '../definition.ts';
import type { PipelineItem, ProcessingItem } from '../pipeline.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { linkedTest } from './condition-expression.ts';
import {
  type ConditionKind,
  conditionKeys,
  type Reasons,
  readConditionSet,
  told,
} from './condition-set.ts';

/** Reading of the items of one file. */
export interface ItemReading extends Reasons {
  readonly environment: PipelineEnvironment;
  /** Number of the next item of the file, from 1. */
  readonly nextNumber: () => number;
}

/** What an item of some type takes beside what all items do. */
export interface ItemParameters {
  readonly parameters: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** What an item of any kind starts with. */
export interface ItemHead<D> {
  readonly item: PipelineItem;
  readonly definition: D;
  readonly node: YamlMapping;
}

/**
 * Items of one file, those of nested ones included; the largest pipelines that are known have some
 * 300.
 */
const mostItems = 3000;

/** pySigma takes these from its caller alone and leaves out what a pipeline's text says. */
const callersOwn = ['allow_template_vars', 'vars_allowed_paths'];
const sources = 'allow_external_sources';

const refused: ReadonlyMap<string, string> = new Map([
  ['command_placeholders', 'would run a command'],
  ['http_placeholders', 'would fetch a URL'],
]);

/** The parts of an item that processing and postprocessing share; undefined after diagnostics. */
export function readItemHead<D extends ItemParameters>(
  reading: ItemReading,
  node: YamlNode,
  definitions: Readonly<Record<string, D>>,
  kinds: readonly ConditionKind[] = ['rule'],
): ItemHead<D> | undefined {
  const number = reading.nextNumber();
  if (number > mostItems) {
    if (number === mostItems + 1)
      reading.bag.add(reading.file, {
        code: 'PIP001',
        message: `the pipeline has more than ${mostItems} items`,
        span: node,
        hint: 'Split it by log source.',
      });
    return undefined;
  }
  // conditions are looked at whatever is wrong with the type: all errors are told in one run
  const conditions =
    node.kind === 'mapping' ? readConditionSet(reading, node, 'rule', ruleConditions) : undefined;
  const found = told(reading, () => typeOf(node, definitions));
  if (!found || !conditions) return undefined;
  const { type, definition, mapping } = found;
  if (!fits(reading, found, kinds)) return undefined;
  const applies = linkedTest(
    conditions,
    (condition) => (rule: RuleInProcess, _: undefined) => condition(rule),
  );
  const id = lookup(mapping, 'id');
  const name = id?.kind === 'scalar' && id.value !== null ? id.text : '';
  return {
    item: {
      id: name === '' ? `#${number}` : name,
      type: type.text,
      appliesTo: (rule) => applies(rule, undefined),
      bySourceOnly: conditionNodes(mapping).every(
        (condition) => scalarText(lookup(condition, 'type')) === 'logsource',
      ),
      sources: conditionNodes(mapping).flatMap(sourceNamedBy),
      file: reading.file,
      span: { start: mapping.start, end: mapping.end },
    },
    definition,
    node: mapping,
  };
}

function conditionNodes(item: YamlMapping): readonly YamlNode[] {
  const node = lookup(item, 'rule_conditions');
  if (node?.kind === 'sequence') return node.items;
  return node?.kind === 'mapping' ? node.pairs.map(({ value }) => value) : [];
}

function sourceNamedBy(condition: YamlNode): readonly LogSource[] {
  if (scalarText(lookup(condition, 'type')) !== 'logsource') return [];
  const named = (['product', 'category', 'service'] as const).map(
    (part) => [part, scalarText(lookup(condition, part))] as const,
  );
  return [Object.fromEntries(named.filter(([, text]) => text !== ''))];
}

const scalarText = (node: YamlNode | undefined): string =>
  node?.kind === 'scalar' ? node.text : '';

/** False after diagnostics about an item's own keys. */
function fits(
  { file, bag }: ItemReading,
  { type, definition, mapping }: FoundType<ItemParameters>,
  kinds: readonly ConditionKind[],
): boolean {
  const { parameters, required = [] } = definition;
  const properties = {
    ...parameters,
    type: {},
    id: { type: ['string', 'number', 'null'] },
    ...Object.assign({}, ...kinds.map(conditionKeys)),
  };
  const schema: JsonSchema = { type: 'object', properties, required, additionalProperties: false };
  // those are no keys of the item's own and must not be shown among them
  const foreign = mapping.pairs.filter(
    ({ key }) =>
      (key.text === sources || callersOwn.includes(key.text)) &&
      !Object.hasOwn(parameters, key.text),
  );
  const own = { ...mapping, pairs: mapping.pairs.filter((pair) => !foreign.includes(pair)) };
  const diagnostics = [...checkSchema(schema, own, 'PIP001', `\`${type.text}\``)];
  for (const { key } of foreign) {
    const span = { start: key.start, end: key.end };
    const hint = 'Remove the key.';
    if (key.text === sources)
      diagnostics.push({
        code: 'PIP001',
        message: `\`${sources}\` is refused: pipelines run no commands and fetch nothing`,
        span,
        hint,
      });
    else
      bag.add(file, {
        code: 'PIP005',
        message: `\`${key.text}\` has no effect in a pipeline's file`,
        span,
        hint,
      });
  }
  for (const diagnostic of diagnostics) bag.add(file, diagnostic);
  return diagnostics.length === 0;
}

interface FoundType<D> {
  readonly type: YamlScalar;
  readonly definition: D;
  readonly mapping: YamlMapping;
}

function typeOf<D>(node: YamlNode, definitions: Readonly<Record<string, D>>): FoundType<D> {
  if (node.kind !== 'mapping')
    throw new PipelineError('an item must be a map', node, 'Write its `type` and what that takes.');
  const type = lookup(node, 'type');
  const names = Object.keys(definitions);
  if (type?.kind !== 'scalar' || type.value === null)
    throw new PipelineError(
      'the item lacks its `type`',
      { start: node.start, end: node.start },
      `Known: ${names.join(', ')}.`,
    );
  const definition = Object.hasOwn(definitions, type.text) ? definitions[type.text] : undefined;
  if (definition) return { type, definition, mapping: node };
  const why = refused.get(type.text);
  if (why !== undefined)
    throw new PipelineError(
      `\`${type.text}\` is refused: it ${why}`,
      type,
      'Use value_placeholders with `vars`, or file_placeholders.',
    );
  throw new PipelineError(`there is no \`${type.text}\` here`, type, nearestHint(type.text, names));
}

/** A processing item with its conditions; undefined after diagnostics. */
export function readProcessingItem(
  reading: ItemReading,
  node: YamlNode,
  definitions: Readonly<Record<string, TransformationDefinition>>,
): ProcessingItem | undefined {
  const head = readItemHead(reading, node, definitions, ['rule', 'detection_item', 'field_name']);
  if (node.kind !== 'mapping') return undefined;
  const items = readConditionSet(reading, node, 'detection_item', itemConditions);
  const fields = readConditionSet(reading, node, 'field_name', fieldConditions);
  const transformation =
    head && told(reading, () => head.definition.create(head.node, reading.environment));
  if (!transformation) return undefined;
  const itemHolds = linkedTest(items, (condition) => condition);
  const fieldOfItemHolds = linkedTest(fields, ({ ofItem }) => ofItem);
  return {
    ...head.item,
    transformation,
    appliesToItem: (item, rule) => itemHolds(item, rule) && fieldOfItemHolds(item, rule),
    appliesToField: linkedTest(fields, ({ ofField }) => ofField),
  };
}
