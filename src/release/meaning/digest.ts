import { createHash } from 'node:crypto';
import type { CompiledRule } from '../../query/compile.ts';
import type { CorrelationRule } from '../../sigma/correlation/correlation.ts';
import { sortedJson } from '../../source/sorted-json.ts';
import { normalForm } from './normal-form.ts';

/** The first 32 hexadecimal digits of the SHA-256 of the value as JSON with sorted keys. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(sortedJson(value)).digest('hex').slice(0, 32);

/** Digest of the meaning of a rule: the same for conditions with the same normal form. */
export function conditionDigest(compiled: CompiledRule): string {
  if (compiled.kind === 'detection') return digestOf(normalForm(compiled.query).key);
  const known = correlationDigests.get(compiled);
  if (known !== undefined) return known;
  const digest = digestOf([correlationTerms(compiled.rule), compiled.parts.map(conditionDigest)]);
  correlationDigests.set(compiled, digest);
  return digest;
}

/** A cache: correlations may share parts on several levels. */
const correlationDigests = new WeakMap<CompiledRule, string>();

/** What a correlation asks of the hits of its rules, by names for readers. */
export function correlationTerms({
  type,
  groupBy,
  timespan,
  thresholds,
  valueFields,
  percentile,
  aliases,
}: CorrelationRule): Readonly<Record<string, unknown>> {
  return {
    type,
    'group-by': groupBy,
    timespan,
    condition: thresholds.map(({ operator, value }) => `${operator} ${value}`),
    ...(valueFields.length > 0 ? { field: valueFields } : {}),
    ...(type === 'value_percentile' ? { percentile } : {}),
    ...(aliases.length > 0
      ? { aliases: aliases.map(({ name, fields }) => [name, ...fields]) }
      : {}),
  };
}
