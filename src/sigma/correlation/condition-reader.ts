import { didYouMean } from '../../source/nearest.ts';
import { lookup, type YamlMapping, type YamlNode, type YamlPair } from '../../source/yaml/tree.ts';
import type { Reader } from '../rule/attribute.ts';
import { note } from '../rule/attribute.ts';
import { withKnownKeys } from '../rule/known-keys.ts';
import { modifierHint } from '../value/modifier-hint.ts';
import type { Threshold, ThresholdOperator } from './correlation.ts';
import { readTexts } from './field-names.ts';
import { report } from './report.ts';

const operators = new Set<string>([
  'gt',
  'gte',
  'lt',
  'lte',
  'eq',
  'neq',
] satisfies ThresholdOperator[]);
/** The keys of the condition of a correlation. */
export const criteria: ReadonlySet<string> = new Set([...operators, 'field', 'percentile']);
const isOperator = (name: string): name is ThresholdOperator => operators.has(name);

/** The condition of a correlation: thresholds, the fields that they are about, and a percentile. */
export interface Condition {
  readonly thresholds: readonly Threshold[];
  readonly fields: readonly string[];
  readonly percentile: number | undefined;
}

/**
 * Reads the condition of a correlation; undefined after a diagnostic. `outerField` is a `field`
 * next to the condition, as in pySigma.
 */
export function readCondition(
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

/** The number of a threshold or a percentile; undefined after a diagnostic. */
function readCriterion(reader: Reader, { key, value }: YamlPair): number | undefined {
  const number = numberIn(reader, value);
  if (!isOperator(key.text) && key.text !== 'percentile')
    return report(
      reader,
      key,
      `\`${key.text}\` is not a criterion of a condition`,
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

/** A number, also in quotes, like pySigma. */
function numberIn(reader: Reader, node: YamlNode): number | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (typeof node.value === 'number') return node.value;
  if (node.plain || !/^\d{1,9}$/.test(node.text)) return undefined;
  note(
    reader,
    node,
    `the text \`${node.text}\` is read as a number`,
    'Write the number without quotes.',
  );
  return Number(node.text);
}

function criterionHint(name: string): string {
  const hint = modifierHint(name);
  if (hint !== undefined && /`[gl]te?`/.test(hint)) return hint;
  return /^(?:=|==|equals?)$/.test(name)
    ? didYouMean('eq')
    : 'Use gt, gte, lt, lte, eq or neq (and field, percentile).';
}
