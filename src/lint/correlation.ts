import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import type { Report } from './check.ts';

const grouped: ReadonlySet<string> = new Set([
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
]);

export function checkCorrelation(
  { type, typeSpan, groupBy }: CorrelationRule,
  report: Report,
): void {
  if (grouped.has(type) && groupBy.length === 0)
    report('LNT047', typeSpan, 'the correlation has no `group-by`');
}
