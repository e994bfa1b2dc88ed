import type { SourceFile, Span } from '../source/span.ts';
import { lookup, type YamlMapping, type YamlNode } from '../source/yaml.ts';
import type { Reader } from './attribute.ts';
import {
  type Alias,
  type CorrelationRule,
  type CorrelationType,
  correlationTypes,
  type LostCorrelation,
  type RuleReference,
  type Threshold,
  type ThresholdOperator,
} from './correlation.ts';
import { readHead } from './head.ts';
import { isImpossible } from './threshold.ts';

const operators = new Set<string>(['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] satisfies ThresholdOperator[]);
const isOperator = (name: string): name is ThresholdOperator => operators.has(name);
const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const attributes = new Set(['type', 'rules', 'aliases', 'group-by', 'timespan', 'condition', 'generate', 'field']);

/** A correlation rule from a document that has `correlation:`. Undefined after a fatal complaint. */
export function readCorrelationRule(reader: Reader): CorrelationRule | undefined {
  const head = readHead(reader);
  const node = reader.attributes.get('correlation');
  if (node?.kind !== 'mapping') {
    complain(reader, node ?? reader.anchor, '`correlation` must be a map');
    return undefined;
  }
  for (const { key } of node.pairs) {
    if (!attributes.has(key.text))
      complain(reader, key, `\`${key.text}\` is no attribute of a correlation`, `A correlation has ${[...attributes].slice(0, 7).join(', ')}.`);
  }
  const typeNode = lookup(node, 'type');
  const written = writtenTypes.find((name) => typeNode?.kind === 'scalar' && typeNode.value === name);
  if (!written)
    complain(reader, typeNode ?? node.pairs[0]?.key ?? node, 'the correlation type is missing or unknown', `Use one of ${writtenTypes.join(', ')}.`);
  const rules = readReferences(reader, node);
  const timespan = readTimespan(reader, node);
  const condition = readCondition(reader, node, lookup(node, 'field'));
  const groupBy = readTexts(reader, grouping(lookup(node, 'group-by')), 'group-by');
  const aliases = readAliases(reader, lookup(node, 'aliases'));
  const generate = readFlag(reader, lookup(node, 'generate') ?? reader.attributes.get('generate'));
  if (!head || !written || !rules || timespan === undefined || !condition || !groupBy || !aliases) return undefined;

  if (!suitsType(reader, node, written, rules, condition)) return undefined;
  return {
    kind: 'correlation',
    ...head,
    type: written === median ? 'value_percentile' : written,
    typeSpan: typeNode ?? node,
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

/** Of the next specification; pySigma has it. It is the percentile of 50. */
const median = 'value_median';
const writtenTypes = [...correlationTypes, median] as const;

/** What is left of a correlation with errors. */
export function lostCorrelation(file: SourceFile, document: YamlMapping): LostCorrelation {
  const node = lookup(document, 'correlation');
  const rules = lookup(node, 'rules');
  const items = rules?.kind === 'sequence' ? rules.items : rules ? [rules] : [];
  const generate = lookup(node, 'generate') ?? lookup(document, 'generate');
  return {
    kind: 'lost',
    file,
    references: items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : [])),
    generate: generate?.kind === 'scalar' && generate.value === true,
  };
}

/** What each type needs beyond what all have. */
function suitsType(reader: Reader, node: YamlMapping, type: CorrelationType | typeof median, rules: readonly RuleReference[], condition: Condition): boolean {
  const typePlace = lookup(node, 'type') ?? node;
  const place = lookup(node, 'condition') ?? typePlace;
  const refuse = (span: Span, message: string, hint: string): boolean => {
    complain(reader, span, message, hint);
    return false;
  };
  const ofRules = type === 'temporal' || type === 'temporal_ordered';
  if (ofRules && rules.length < 2) return refuse(typePlace, `a ${type} correlation needs two rules or more`, 'Name every rule that must match under `rules`.');
  if (isImpossible(type === median ? 'value_percentile' : type, rules.length, condition.thresholds)) {
    const most = ofRules ? ` It counts the rules that match, and there are ${rules.length}.` : '';
    return refuse(place, 'no number can fulfil all criteria of the condition', `Correct the numbers; \`lt: 1\` looks for silence.${most}`);
  }
  if (ofRules) return true;
  const a = type === 'event_count' ? 'an' : 'a';
  if (condition.thresholds.length === 0) return refuse(place, `${a} ${type} correlation needs a condition`, 'Add `condition:` with `gte: <number>`.');
  if (type === 'event_count') return true;
  if (condition.fields.length === 0) return refuse(place, `a ${type} correlation needs the field that it looks at`, 'Add `field:` to the condition.');
  if (type === 'value_count') return true;
  if (condition.fields.length > 1) return refuse(place, `a ${type} correlation looks at one field`, 'Leave one field under `field`.');
  if (type === median && condition.percentile !== undefined) return refuse(place, 'value_median is the percentile of 50', 'Remove `percentile`.');
  if (type !== 'value_percentile' || condition.percentile !== undefined) return true;
  return refuse(place, 'a value_percentile correlation needs the percentile', 'Add `percentile: 95` (0 to 100) to the condition.');
}

function complain(reader: Reader, span: Span, message: string, hint?: string): undefined {
  reader.bag.add(reader.file, { code: 'SIG050', message, span, ...(hint === undefined ? {} : { hint }) });
  return undefined;
}

function readReferences(reader: Reader, node: YamlMapping): readonly RuleReference[] | undefined {
  const rules = lookup(node, 'rules');
  const items = rules?.kind === 'sequence' ? rules.items : rules ? [rules] : [];
  const references: RuleReference[] = [];
  const seen = new Set<string>();
  for (const item of items) {
    if (item.kind !== 'scalar' || item.value === null) return complain(reader, item, 'a reference must be the id or name of a rule');
    if (seen.has(item.text)) return complain(reader, item, `\`${item.text}\` is named twice`, 'Name each rule once.');
    seen.add(item.text);
    references.push({ name: item.text, start: item.start, end: item.end });
  }
  return references.length > 0
    ? references
    : complain(reader, rules ?? node.pairs[0]?.key ?? node, 'the correlation names no rules', 'Add `rules:` with ids or names.');
}

function readTimespan(reader: Reader, node: YamlMapping): number | undefined {
  const span = lookup(node, 'timespan');
  const match = span?.kind === 'scalar' ? /^(\d{1,6})([smhdw])$/.exec(span.text) : null;
  const seconds = match ? Number(match[1]) * (secondsOf[match[2] ?? ''] ?? 0) : 0;
  if (seconds > 0) return seconds;
  const hint =
    span?.kind === 'scalar' && /^\d+[My]$/.test(span.text)
      ? 'Months and years are for pySigma and the next specification, and not all of one length: write days, such as `timespan: 30d`.'
      : 'Write `timespan: 15m` (s, m, h or d).';
  return complain(reader, span ?? node.pairs[0]?.key ?? node, 'the timespan is missing or not a number with a unit', hint);
}

interface Condition {
  readonly thresholds: readonly Threshold[];
  readonly fields: readonly string[];
  readonly percentile: number | undefined;
}

function readCondition(reader: Reader, correlation: YamlMapping, outerField: YamlNode | undefined): Condition | undefined {
  const node = lookup(correlation, 'condition');
  const outer = outerField ? readTexts(reader, outerField, 'field') : [];
  if (!node) return outer && { thresholds: [], fields: outer, percentile: undefined };
  if (node.kind !== 'mapping') return complainOfCondition(reader, node);
  const thresholds: Threshold[] = [];
  let fields = outer;
  let percentile: number | undefined;
  for (const { key, value } of node.pairs) {
    if (key.text === 'field') {
      fields = readTexts(reader, value, 'field');
      continue;
    }
    const number = value.kind === 'scalar' && typeof value.value === 'number' ? value.value : undefined;
    if (!isOperator(key.text) && key.text !== 'percentile')
      return complain(reader, key, `\`${key.text}\` is no criterion of a condition`, 'Use gt, gte, lt, lte, eq or neq (and field, percentile).');
    if (number === undefined)
      return complain(reader, value.end > value.start ? value : key, `\`${key.text}\` must be a number`, `Write \`${key.text}: 10\`, without quotes.`);
    if (isOperator(key.text)) thresholds.push({ operator: key.text, value: number });
    else if (number >= 0 && number <= 100) percentile = number;
    else return complain(reader, value, `a percentile is a number from 0 to 100, not ${number}`, 'Correct the number.');
  }
  return fields && { thresholds, fields, percentile };
}

function complainOfCondition(reader: Reader, node: YamlNode): undefined {
  const isExpression = node.kind === 'scalar' && /[a-z_]/i.test(node.text);
  const hint = isExpression
    ? 'Expressions over rules (extended conditions) are for pySigma and the next specification: name the rules that must all match under `rules`, or filter them.'
    : 'Write `condition:` with `gte: 10` below it.';
  return complain(reader, node, 'the condition of a correlation must be a map', hint);
}

function readTexts(reader: Reader, node: YamlNode | undefined, name: string): readonly string[] | undefined {
  if (!node) return [];
  const items = node.kind === 'sequence' ? node.items : [node];
  const texts: string[] = [];
  for (const item of items) {
    if (item.kind !== 'scalar' || item.value === null || item.text === '') return complain(reader, item, `\`${name}\` must be a field name or a list of them`);
    texts.push(item.text);
  }
  return texts;
}

/** `group-by: null`, in any of YAML's spellings, is no grouping. */
const grouping = (node: YamlNode | undefined): YamlNode | undefined => (node?.kind === 'scalar' && node.value === null ? undefined : node);

function readAliases(reader: Reader, node: YamlNode | undefined): readonly Alias[] | undefined {
  if (!node) return [];
  if (node.kind !== 'mapping') return complain(reader, node, '`aliases` must be a map');
  const aliases: Alias[] = [];
  for (const { key, value } of node.pairs) {
    if (value.kind !== 'mapping') return complain(reader, value, `alias \`${key.text}\` must map each rule to a field`);
    const fields = new Map<string, string>();
    const references: RuleReference[] = [];
    for (const pair of value.pairs) {
      if (pair.value.kind !== 'scalar' || pair.value.value === null || pair.value.text === '')
        return complain(reader, pair.value, 'an alias names one field a rule');
      fields.set(pair.key.text, pair.value.text);
      references.push({ name: pair.key.text, start: pair.key.start, end: pair.key.end });
    }
    aliases.push({ name: key.text, fields, references, span: { start: key.start, end: key.end } });
  }
  return aliases;
}

function readFlag(reader: Reader, node: YamlNode | undefined): boolean {
  if (!node) return false;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  complain(reader, node, '`generate` must be true or false');
  return false;
}
