import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import type { Tell } from './check.ts';

const grouped: ReadonlySet<string> = new Set([
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
]);

export function checkCorrelation({ type, typeSpan, groupBy }: CorrelationRule, tell: Tell): void {
  if (grouped.has(type) && groupBy.length === 0)
    tell('LNT047', typeSpan, 'the correlation has no `group-by`');
}
