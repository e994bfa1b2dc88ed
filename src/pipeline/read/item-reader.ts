import { type LogSource, sourceParts } from '../../sigma/rule/rule.ts';
import { nearestHint } from '../../source/nearest.ts';
import {
  lookup,
  textOfScalar,
  type YamlMapping,
  type YamlNode,
  type YamlPair,
} from '../../source/yaml/tree.ts';
import { fieldConditions } from '../conditions/field-condition.ts';
import { itemConditions } from '../conditions/item-condition.ts';
import { ruleConditions } from '../conditions/rule-condition.ts';
import type {
  ItemParameters,
  PipelineEnvironment,
  TransformationDefinition,
} from '../definition.ts';
import { textOf } from '../parameters.ts';
import type { PipelineItem, ProcessingItem } from '../pipeline.ts';
import { orReport, type PipelineDiagnostics, PipelineError } from '../pipeline-error.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { conditionsIn, linkedTest } from './condition-expression.ts';
import { type ConditionKind, conditionKeys, readConditionSet } from './condition-set.ts';
import { type EntryKind, fitsSchema, startOf, type TypedEntry, typedEntry } from './typed-entry.ts';

/** Reading of the items of one file. */
export interface ItemReading extends PipelineDiagnostics {
  readonly environment: PipelineEnvironment;
  /** Number of the next item of the file, from 1. */
  readonly nextNumber: () => number;
}

/** What processing and postprocessing items have in common. */
export interface ItemHead<D> {
  readonly item: PipelineItem;
  readonly definition: D;
  readonly mapping: YamlMapping;
}

/** Of one file, with nested ones; the largest known pipelines have some 300. */
const maximumItems = 3000;

/** pySigma takes these from its caller alone and ignores them in a pipeline's text. */
const callersOwn = ['allow_template_vars', 'vars_allowed_paths'];
const externalSources = 'allow_external_sources';

const refused: ReadonlyMap<string, string> = new Map([
  ['command_placeholders', 'would run a command'],
  ['http_placeholders', 'would fetch a URL'],
]);

/** Undefined after diagnostics. */
export function readItemHead<D extends ItemParameters>(
  reading: ItemReading,
  node: YamlNode,
  definitions: Readonly<Record<string, D>>,
  kinds: readonly ConditionKind[] = ['rule'],
): ItemHead<D> | undefined {
  const number = reading.nextNumber();
  if (number > maximumItems) {
    if (number === maximumItems + 1) reportTooManyItems(reading, node);
    return undefined;
  }
  // whatever is wrong with the type, conditions are read: one run reports all errors
  const conditions =
    node.kind === 'mapping' ? readConditionSet(reading, node, 'rule', ruleConditions) : undefined;
  const entry = orReport(reading, () => typedEntry(node, definitions, itemKind(definitions)));
  if (!entry || !conditions || !fitsParameters(reading, entry, kinds)) return undefined;
  const { mapping, type, definition } = entry;
  const applies = linkedTest(
    conditions,
    (condition) => (rule: RuleInProcess, _: undefined) => condition(rule),
  );
  const conditionNodes = nodesOfRuleConditions(mapping);
  return {
    item: {
      id: textOf(mapping, 'id') || `#${number}`,
      type: type.text,
      appliesTo: (rule) => applies(rule, undefined),
      bySourceOnly: conditionNodes.every(isLogSourceCondition),
      sources: conditionNodes.filter(isLogSourceCondition).map(sourceNamedBy),
      file: reading.file,
      span: { start: mapping.start, end: mapping.end },
    },
    definition,
    mapping,
  };
}

function reportTooManyItems({ file, bag }: ItemReading, node: YamlNode): void {
  bag.add(file, {
    code: 'PIP001',
    message: `the pipeline has more than ${maximumItems} items`,
    span: node,
    hint: 'Split it by log source.',
  });
}

const itemKind = (definitions: Readonly<Record<string, unknown>>): EntryKind => ({
  noun: 'item',
  untypedAt: startOf,
  unknownType: (type) => {
    const reason = refused.get(type.text);
    return reason === undefined
      ? new PipelineError(
          `there is no \`${type.text}\` here`,
          type,
          nearestHint(type.text, Object.keys(definitions)),
        )
      : new PipelineError(
          `\`${type.text}\` is refused: it ${reason}`,
          type,
          'Use value_placeholders with `vars`, or file_placeholders.',
        );
  },
});

function nodesOfRuleConditions(item: YamlMapping): readonly YamlNode[] {
  const node = lookup(item, 'rule_conditions');
  if (node?.kind === 'sequence') return node.items;
  return node?.kind === 'mapping' ? node.pairs.map(({ value }) => value) : [];
}

const isLogSourceCondition = (condition: YamlNode): boolean =>
  textOfScalar(lookup(condition, 'type')) === 'logsource';

function sourceNamedBy(condition: YamlNode): LogSource {
  const parts = sourceParts.map((part) => [part, textOfScalar(lookup(condition, part))] as const);
  return Object.fromEntries(parts.filter(([, text]) => text));
}

/** False after diagnostics about an item's keys. */
function fitsParameters(
  reading: ItemReading,
  { type, definition, mapping }: TypedEntry<ItemParameters>,
  kinds: readonly ConditionKind[],
): boolean {
  const { parameters, required } = definition;
  // these must not be shown among the keys that an item may have
  const foreign = mapping.pairs.filter(
    ({ key }) =>
      (key.text === externalSources || callersOwn.includes(key.text)) &&
      !Object.hasOwn(parameters, key.text),
  );
  const own = { ...mapping, pairs: mapping.pairs.filter((pair) => !foreign.includes(pair)) };
  const properties = {
    ...parameters,
    type: {},
    id: { type: ['string', 'number', 'null'] },
    ...Object.assign({}, ...kinds.map(conditionKeys)),
  };
  const fits = fitsSchema(reading, { type, mapping: own }, properties, required);
  for (const pair of foreign) reportForeignKey(reading, pair);
  return fits && !foreign.some(({ key }) => key.text === externalSources);
}

function reportForeignKey({ file, bag }: ItemReading, { key }: YamlPair): void {
  const hint = 'Remove the key.';
  if (key.text === externalSources)
    bag.add(file, {
      code: 'PIP001',
      message: `\`${key.text}\` is refused: pipelines run no commands and fetch nothing`,
      span: key,
      hint,
    });
  else
    bag.add(file, {
      code: 'PIP005',
      message: `\`${key.text}\` has no effect in a pipeline's file`,
      span: key,
      hint,
    });
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
    head && orReport(reading, () => head.definition.create(head.mapping, reading.environment));
  if (!transformation) return undefined;
  const itemHolds = linkedTest(items, (condition) => condition);
  const fieldOfItemHolds = linkedTest(fields, ({ ofItem }) => ofItem);
  return {
    ...head.item,
    transformation,
    appliesToItem: (item, rule) => itemHolds(item, rule) && fieldOfItemHolds(item, rule),
    fieldNames: conditionsIn(fields).flatMap(({ names = [] }) => names),
    appliesToField: linkedTest(fields, ({ ofField }) => ofField),
  };
}
