import { createBag } from '../../source/diagnostic.ts';
import { nearest } from '../../source/nearest.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import {
  lookup,
  type YamlMapping,
  type YamlNode,
  type YamlPair,
  type YamlScalar,
} from '../../source/yaml/tree.ts';
import { note, type Reader } from '../rule/attribute.ts';
import { flagOf } from '../rule/flag.ts';
import { readHead } from '../rule/head.ts';
import { withKnownKeys } from '../rule/known-keys.ts';
import { modifierHint } from '../value/modifier-hint.ts';
import {
  type Alias,
  type CorrelationRule,
  correlationTypes,
  type LostCorrelation,
  type RuleReference,
  type Threshold,
  type ThresholdOperator,
} from './correlation.ts';
import { isExpression, namesMentioned, readExtended } from './extended-condition.ts';
import { isImpossible } from './threshold.ts';

const operators = new Set<string>([
  'gt',
  'gte',
  'lt',
  'lte',
  'eq',
  'neq',
] satisfies ThresholdOperator[]);
const criteria = new Set([...operators, 'field', 'percentile']);
const isOperator = (name: string): name is ThresholdOperator => operators.has(name);
const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const attributes = new Set([
  'type',
  'rules',
  'aliases',
  'group-by',
  'timespan',
  'condition',
  'generate',
  'field',
]);

/**
 * A correlation rule from a document that has `correlation:`. Undefined after a fatal diagnostic.
 */
export function readCorrelationRule(reader: Reader): CorrelationRule | undefined {
  const head = readHead(reader);
  const whole = reader.attributes.get('correlation');
  if (whole?.kind !== 'mapping') {
    report(reader, whole ?? reader.anchor, '`correlation` must be a map');
    return undefined;
  }
  const node = withKnownKeys(reader, whole, attributes);
  for (const { key } of node.pairs) {
    if (!attributes.has(key.text))
      report(
        reader,
        key,
        `\`${key.text}\` is no attribute of a correlation`,
        attributeHint(key.text),
      );
  }
  const written = readType(reader, node);
  const expression = lookup(node, 'condition');
  const extended = isExpression(expression)
    ? readExpression(reader, node, expression, written)
    : undefined;
  const rules =
    extended?.rules ?? (isExpression(expression) ? undefined : readReferences(reader, node));
  const timespan = readTimespan(reader, node);
  const condition =
    extended?.condition ??
    (isExpression(expression) ? undefined : readCondition(reader, node, lookup(node, 'field')));
  const groupBy = readTexts(reader, grouping(lookup(node, 'group-by')), 'group-by');
  const aliases = readAliases(reader, lookup(node, 'aliases'));
  const generate = readFlag(reader, lookup(node, 'generate') ?? reader.attributes.get('generate'));
  if (!head || !written || !rules || timespan === undefined || !condition || !groupBy || !aliases)
    return undefined;

  if (!suitsType(reader, node, written, rules, condition)) return undefined;
  return {
    kind: 'correlation',
    ...head,
    type: written === median ? 'value_percentile' : written,
    typeSpan: lookup(node, 'type') ?? node,
    rules,
    groupBy,
    timespan,
    thresholds: condition.thresholds,
    valueFields: condition.fields,
    percentile: condition.percentile ?? 50,
    aliases,
    generate,
  };
}

function readType(reader: Reader, node: YamlMapping): WrittenType | undefined {
  const typeNode = lookup(node, 'type');
  const written = writtenTypes.find(
    (name) => typeNode?.kind === 'scalar' && typeNode.text.trim().toLowerCase() === name,
  );
  if (written) return written;
  const near =
    typeNode?.kind === 'scalar'
      ? nearest(typeNode.text.replaceAll('-', '_'), writtenTypes)
      : undefined;
  const hint =
    near === undefined ? `Use one of ${writtenTypes.join(', ')}.` : `Did you mean \`${near}\`?`;
  return report(
    reader,
    typeNode ?? node.pairs[0]?.key ?? node,
    'the correlation type is missing or unknown',
    hint,
  );
}

const otherAttributes: readonly (readonly [words: RegExp, meant: string])[] = [
  [/^group_?by$|^by$/i, 'group-by'],
  [/^(?:time_?frame|time_?window|window|period|within|time)$/i, 'timespan'],
  [/^(?:rule|rule_?names|events)$/i, 'rules'],
  [/^alias$/i, 'aliases'],
  [/^(?:threshold|count|gte?|lte?|eq|neq)$/i, 'condition'],
];

function attributeHint(name: string): string {
  const meant =
    otherAttributes.find(([words]) => words.test(name))?.[1] ?? nearest(name, attributes);
  return meant === undefined
    ? `A correlation has ${[...attributes].slice(0, 7).join(', ')}.`
    : `Did you mean \`${meant}\`?`;
}

/**
 * The rules and the condition that an expression over rules comes to. Undefined after a diagnostic.
 */
function readExpression(
  reader: Reader,
  node: YamlMapping,
  expression: YamlScalar,
  type: WrittenType | undefined,
) {
  const read = readExtended(reader, expression);
  if ('message' in read)
    return report(reader, { start: read.start, end: read.end }, read.message, read.hint);
  if (type !== 'temporal' && (type !== 'temporal_ordered' || !read.all))
    return report(
      reader,
      expression,
      type === 'temporal_ordered'
        ? 'an order needs all of the rules'
        : 'an expression over rules needs the type temporal',
      type === 'temporal_ordered'
        ? 'Link them with `and`, or use the type temporal.'
        : 'Write `condition:` with `gte: 10` below it, or use the type temporal.',
    );
  const listed = lookup(node, 'rules') ? readReferences(reader, node) : read.rules;
  if (!listed) return undefined;
  const left =
    listed.find(({ name }) => !read.rules.some((one) => one.name === name)) ??
    read.rules.find(({ name }) => !listed.some((one) => one.name === name));
  if (left)
    return report(
      reader,
      { start: left.start, end: left.end },
      `\`${left.name}\` is not both under \`rules\` and in the condition`,
      'Name the same rules in both.',
    );
  const thresholds: readonly Threshold[] = read.all ? [] : [{ operator: 'gte', value: 1 }];
  note(
    reader,
    { start: expression.start, end: expression.end },
    `the expression is read as ${read.all ? 'all of the rules' : '`gte: 1` of the rules'}`,
    read.all
      ? 'Name the rules under `rules` and leave the condition out: the specification has no ' +
          'expressions here.'
      : 'Name the rules under `rules`, and write `condition: {gte: 1}`.',
  );
  return {
    rules: listed,
    condition: { thresholds, fields: [], percentile: undefined } satisfies Condition,
  };
}

/** Of the next specification; pySigma has it. It is the percentile of 50. */
const median = 'value_median';
const writtenTypes = [...correlationTypes, median] as const;
type WrittenType = (typeof writtenTypes)[number];

/** What is left of a correlation with errors. */
export function lostCorrelation(file: SourceFile, document: YamlMapping): LostCorrelation {
  const written = lookup(document, 'correlation');
  const node =
    written?.kind === 'mapping'
      ? withKnownKeys({ file, bag: createBag() }, written, attributes)
      : undefined;
  const rules = lookup(node, 'rules');
  const items = rules?.kind === 'sequence' ? rules.items : rules ? [rules] : [];
  const condition = lookup(node, 'condition');
  const generate = lookup(node, 'generate') ?? lookup(document, 'generate');
  return {
    kind: 'lost',
    file,
    references: [
      ...items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : [])),
      ...(isExpression(condition) ? namesMentioned(condition.text) : []),
    ],
    generate: generate?.kind === 'scalar' && flagOf(generate) === true,
  };
}

/** What each type needs beyond what all have. */
function suitsType(
  reader: Reader,
  node: YamlMapping,
  type: WrittenType,
  rules: readonly RuleReference[],
  condition: Condition,
): boolean {
  const typePlace = lookup(node, 'type') ?? node;
  const place = lookup(node, 'condition') ?? typePlace;
  const ofRules = type === 'temporal' || type === 'temporal_ordered';
  if (ofRules && rules.length < 2)
    return refuse(
      reader,
      typePlace,
      `a ${type} correlation needs two rules or more`,
      'Name every rule that must match under `rules`.',
    );
  if (
    isImpossible(type === median ? 'value_percentile' : type, rules.length, condition.thresholds)
  ) {
    const most = ofRules ? ` It counts the rules that match, and there are ${rules.length}.` : '';
    return refuse(
      reader,
      place,
      'no number can fulfil all criteria of the condition',
      `Correct the numbers; \`lt: 1\` looks for silence.${most}`,
    );
  }
  return ofRules || suitsCondition(reader, place, type, condition);
}

/** What a type that counts events or looks at a field needs of the condition. */
function suitsCondition(
  reader: Reader,
  place: Span,
  type: WrittenType,
  condition: Condition,
): boolean {
  const a = type === 'event_count' ? 'an' : 'a';
  if (condition.thresholds.length === 0)
    return refuse(
      reader,
      place,
      `${a} ${type} correlation needs a condition`,
      'Add `condition:` with `gte: <number>`.',
    );
  if (type === 'event_count') return true;
  if (condition.fields.length === 0)
    return refuse(
      reader,
      place,
      `a ${type} correlation needs the field that it looks at`,
      'Add `field:` to the condition.',
    );
  if (type === 'value_count') return true;
  if (condition.fields.length > 1)
    return refuse(
      reader,
      place,
      `a ${type} correlation looks at one field`,
      'Leave one field under `field`.',
    );
  if (type === median && condition.percentile !== undefined)
    return refuse(reader, place, 'value_median is the percentile of 50', 'Remove `percentile`.');
  if (type !== 'value_percentile' || condition.percentile !== undefined) return true;
  return refuse(
    reader,
    place,
    'a value_percentile correlation needs the percentile',
    'Add `percentile: 95` (0 to 100) to the condition.',
  );
}

function refuse(reader: Reader, span: Span, message: string, hint: string): false {
  report(reader, span, message, hint);
  return false;
}

function report(reader: Reader, span: Span, message: string, hint?: string): undefined {
  reader.bag.add(reader.file, {
    code: 'SIG050',
    message,
    span,
    ...(hint === undefined ? {} : { hint }),
  });
  return undefined;
}

function readReferences(reader: Reader, node: YamlMapping): readonly RuleReference[] | undefined {
  const rules = lookup(node, 'rules');
  const items = rules?.kind === 'sequence' ? rules.items : rules ? [rules] : [];
  const references: RuleReference[] = [];
  const seen = new Set<string>();
  for (const item of items) {
    if (item.kind !== 'scalar' || item.value === null)
      return report(reader, item, 'a reference must be the id or name of a rule');
    if (seen.has(item.text))
      return report(reader, item, `\`${item.text}\` is named twice`, 'Name each rule once.');
    seen.add(item.text);
    references.push({ name: item.text, start: item.start, end: item.end });
  }
  return references.length > 0
    ? references
    : report(
        reader,
        rules ?? node.pairs[0]?.key ?? node,
        'the correlation names no rules',
        'Add `rules:` with ids or names.',
      );
}

function readTimespan(reader: Reader, node: YamlMapping): number | undefined {
  const span = lookup(node, 'timespan');
  const match = span?.kind === 'scalar' ? /^(\d{1,6})([smhdw])$/.exec(span.text) : null;
  const seconds = match ? Number(match[1]) * (secondsOf[match[2] ?? ''] ?? 0) : 0;
  if (seconds > 0) return seconds;
  const hint =
    span?.kind === 'scalar' && /^\d+[My]$/.test(span.text)
      ? 'Months and years are for pySigma and the next specification, and not all of one ' +
        'length: write days, such as `timespan: 30d`.'
      : 'Write `timespan: 15m` (s, m, h or d).';
  return report(
    reader,
    span ?? node.pairs[0]?.key ?? node,
    'the timespan is missing or not a number with a unit',
    hint,
  );
}

interface Condition {
  readonly thresholds: readonly Threshold[];
  readonly fields: readonly string[];
  readonly percentile: number | undefined;
}

function readCondition(
  reader: Reader,
  correlation: YamlMapping,
  outerField: YamlNode | undefined,
): Condition | undefined {
  const node = lookup(correlation, 'condition');
  const outer = outerField ? readTexts(reader, outerField, 'field') : [];
  if (!node) return outer && { thresholds: [], fields: outer, percentile: undefined };
  if (node.kind !== 'mapping')
    return report(
      reader,
      node,
      'the condition of a correlation must be a map',
      'Write `condition:` with `gte: 10` below it.',
    );
  const thresholds: Threshold[] = [];
  let fields = outer;
  let percentile: number | undefined;
  for (const pair of withKnownKeys(reader, node, criteria).pairs) {
    const name = pair.key.text;
    if (name === 'field') {
      fields = readTexts(reader, pair.value, 'field');
      continue;
    }
    const number = readCriterion(reader, pair);
    if (number === undefined) return undefined;
    if (isOperator(name)) thresholds.push({ operator: name, value: number });
    else percentile = number;
  }
  return fields && { thresholds, fields, percentile };
}

/** The number of a threshold or of the percentile. Undefined after a diagnostic. */
function readCriterion(reader: Reader, { key, value }: YamlPair): number | undefined {
  const number = numberIn(reader, value);
  if (!isOperator(key.text) && key.text !== 'percentile')
    return report(
      reader,
      key,
      `\`${key.text}\` is no criterion of a condition`,
      criterionHint(key.text),
    );
  if (number === undefined)
    return report(
      reader,
      value.end > value.start ? value : key,
      `\`${key.text}\` must be a number`,
      `Write \`${key.text}: 10\`, without quotes.`,
    );
  if (isOperator(key.text) || (number >= 0 && number <= 100)) return number;
  return report(
    reader,
    value,
    `a percentile is a number from 0 to 100, not ${number}`,
    'Correct the number.',
  );
}

/** A number, also in quotes, as pySigma reads it. */
function numberIn(reader: Reader, node: YamlNode): number | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (typeof node.value === 'number') return node.value;
  if (node.plain || !/^\d{1,9}$/.test(node.text)) return undefined;
  note(
    reader,
    { start: node.start, end: node.end },
    `the text \`${node.text}\` is read as a number`,
    'Write the number without quotes.',
  );
  return Number(node.text);
}

function criterionHint(name: string): string {
  const hint = modifierHint(name);
  if (hint !== undefined && /`[gl]te?`/.test(hint)) return hint;
  return /^(?:=|==|equals?)$/.test(name)
    ? 'Did you mean `eq`?'
    : 'Use gt, gte, lt, lte, eq or neq (and field, percentile).';
}

function readTexts(
  reader: Reader,
  node: YamlNode | undefined,
  name: string,
): readonly string[] | undefined {
  if (!node) return [];
  const items = node.kind === 'sequence' ? node.items : [node];
  const texts: string[] = [];
  for (const item of items) {
    if (item.kind !== 'scalar' || item.value === null || item.text === '')
      return report(reader, item, `\`${name}\` must be a field name or a list of them`);
    texts.push(item.text);
  }
  return texts;
}

/** `group-by: null`, in any of YAML's spellings, is no grouping. */
const grouping = (node: YamlNode | undefined): YamlNode | undefined =>
  node?.kind === 'scalar' && node.value === null ? undefined : node;

function readAliases(reader: Reader, node: YamlNode | undefined): readonly Alias[] | undefined {
  if (!node) return [];
  if (node.kind !== 'mapping') return report(reader, node, '`aliases` must be a map');
  const aliases: Alias[] = [];
  for (const { key, value } of node.pairs) {
    if (value.kind !== 'mapping')
      return report(reader, value, `alias \`${key.text}\` must map each rule to a field`);
    const fields = new Map<string, string>();
    const references: RuleReference[] = [];
    for (const pair of value.pairs) {
      if (pair.value.kind !== 'scalar' || pair.value.value === null || pair.value.text === '')
        return report(reader, pair.value, 'an alias names one field a rule');
      fields.set(pair.key.text, pair.value.text);
      references.push({ name: pair.key.text, start: pair.key.start, end: pair.key.end });
    }
    aliases.push({ name: key.text, fields, references, span: { start: key.start, end: key.end } });
  }
  return aliases;
}

function readFlag(reader: Reader, node: YamlNode | undefined): boolean {
  if (!node) return false;
  const flag = node.kind === 'scalar' ? flagOf(node) : undefined;
  if (flag === undefined)
    report(
      reader,
      node,
      '`generate` must be true or false',
      'Write `generate: true`, without quotes.',
    );
  return flag ?? false;
}
