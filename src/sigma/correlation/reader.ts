import { lookup, type YamlMapping, type YamlNode } from '../../source/yaml/tree.ts';
import type { Reader } from '../rule/attribute.ts';
import { flagOf } from '../rule/flag.ts';
import { readHead } from '../rule/head.ts';
import { withKnownKeys } from '../rule/known-keys.ts';
import { attributeHint, attributes } from './attributes.ts';
import { readCondition } from './condition-reader.ts';
import type { CorrelationRule } from './correlation.ts';
import { isExpression, readExpression } from './extended-condition.ts';
import { readTexts } from './field-names.ts';
import { readAliases, readReferences } from './reference-reader.ts';
import { report } from './report.ts';
import { typeError } from './type-check.ts';
import { median, readType } from './type-reader.ts';

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Reads a correlation rule from a document that has `correlation:`. Undefined after a fatal
 * diagnostic.
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
        `\`${key.text}\` is not an attribute of a correlation`,
        attributeHint(key.text),
      );
  }
  const type = readType(reader, node);
  const expression = lookup(node, 'condition');
  const extended = isExpression(expression)
    ? readExpression(reader, node, expression, type)
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
  if (!head || !type || !rules || timespan === undefined || !condition || !groupBy || !aliases)
    return undefined;

  const misfit = typeError(node, type, rules, condition);
  if (misfit) return report(reader, misfit.span, misfit.message, misfit.hint);
  return {
    kind: 'correlation',
    ...head,
    type: type === median ? 'value_percentile' : type,
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

/** `group-by: null`, in any spelling of YAML, means no grouping. */
const grouping = (node: YamlNode | undefined): YamlNode | undefined =>
  node?.kind === 'scalar' && node.value === null ? undefined : node;

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
