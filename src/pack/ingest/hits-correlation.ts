import {
  type Conversion,
  type Place,
  placeOfQuery,
  placeOfType,
  type TargetDiagnostic,
  unconverted,
} from '../../backend/backend.ts';
import { graylogCorrelation } from '../../backend/graylog/correlation.ts';
import { hitFields } from '../../backend/graylog/ingest/hit-fields.ts';
import { isCarried } from '../../backend/graylog/ingest/hits/hit-record.ts';
import { ingestCondition } from '../../backend/graylog/ingest/ingest-condition.ts';
import type { IngestRule } from '../../backend/graylog/ingest/ingest-rule.ts';
import { conditionText } from '../../backend/graylog/pipeline-rule/print.ts';
import type { CompiledCorrelation } from '../../query/compile.ts';
import type { Item } from '../../query/tree.ts';
import type { CorrelationRule } from '../../sigma/correlation/correlation.ts';
import { sigpackNamespace, uuidV5 } from '../../source/uuid.ts';
import type { PackConfig } from '../config/config.ts';
import type { PackDetection } from '../model/detection.ts';
import { ownId } from '../naming/detection-id.ts';
import { levelOf } from '../settings/selection.ts';
import { type IngestSearch, testedRule } from './tested-rule.ts';

/** A correlation as an aggregation over the hits of its rules. */
export function hitsCorrelation(
  { rule, parts }: CompiledCorrelation,
  { settings }: PackDetection,
  config: PackConfig,
): Conversion<IngestSearch> {
  const place = placeOfType(rule);
  const rules: IngestRule[] = [];
  const diagnostics: TargetDiagnostic[] = [];
  for (const part of parts) {
    if (part.kind !== 'detection') continue;
    const conversion = ingestCondition(part.query, placeOfQuery(part.rule), config.graylog);
    if (!conversion.ok) return conversion;
    diagnostics.push(...conversion.diagnostics);
    const { title, id: written } = part.rule;
    const named = {
      id: partId(title, written, conversion.value, config),
      title,
      level: levelOf(part.rule),
      alert: false,
    };
    rules.push(testedRule(part, conversion.value, named));
  }
  const isChained = rules.length < parts.length;
  const queries = isChained ? undefined : rules.map(({ id }) => hitsOf(id, place));
  const counted = countedRules(rule, rules);
  const aggregation = graylogCorrelation(counted, queries, config.graylog, settings.given?.delay);
  if (!aggregation.ok) return aggregation;
  const { groupBy, series } = aggregation.value;
  const value = counted === rule ? series.field : undefined;
  const fields = new Set([...groupBy, ...(value === undefined ? [] : [value])]);
  const lacking = [...fields].find((field) => !isCarried(field));
  if (lacking !== undefined)
    return unconverted(
      place,
      `hits do not carry the field \`${lacking}\` of their messages`,
      'Copy it under another name before the rules are tested.',
    );
  return {
    ok: true,
    value: {
      search: { kind: 'aggregation', ...aggregation.value },
      tested: rules.map((one) => ({ ...one, hitFields: [...fields] })),
    },
    diagnostics: [...diagnostics, ...aggregation.diagnostics],
  };
}

/**
 * A temporal correlation as a count of the rules that hit, which each hit names. One that refers to
 * a rule twice stays as it is.
 */
function countedRules(rule: CorrelationRule, rules: readonly IngestRule[]): CorrelationRule {
  if (rule.type !== 'temporal' || new Set(rules.map(({ id }) => id)).size < rules.length)
    return rule;
  const all = { operator: 'gte', value: rules.length } as const;
  return {
    ...rule,
    type: 'value_count',
    valueFields: [hitFields.rule],
    thresholds: rule.thresholds.length > 0 ? rule.thresholds : [all],
  };
}

/** A rule without an id that is not a detection by itself has one of what it says. */
const partId = (
  title: string,
  written: string | undefined,
  condition: IngestRule['condition'],
  { info }: PackConfig,
): string =>
  written === undefined
    ? uuidV5(sigpackNamespace, JSON.stringify([info.id, title, conditionText(condition)]))
    : ownId(written, info.id);

/** The hits of a rule, which ids name in one spelling. */
const hitsOf = (id: string, { file, span }: Place): Item => ({
  kind: 'item',
  field: hitFields.rule,
  test: { kind: 'string', pattern: [id], cased: true },
  file,
  span,
});
