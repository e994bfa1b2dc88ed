import { splunkSearch } from '../src/backend/splunk/splunk.ts';
import type { CompiledDetection } from '../src/query/compile.ts';
import { compileSpl, searchStageOnly } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { matches } from './matcher.ts';

/** Events that tell themselves apart in what a search finds. */
export const numbered = (list: readonly Event[]): readonly Event[] =>
  list.map((event, index) => ({ ...event, sigpack_n: index }));

/**
 * Where the search of a rule, run by the independent reader of SPL, finds other events than the
 * rule means. Under both readings of a missing field, since Splunk's documents leave that open.
 */
export function splunkDisagreements(
  { rule, query }: Pick<CompiledDetection, 'rule' | 'query'>,
  over: readonly Event[],
  cloudSafe: boolean,
): readonly string[] {
  const conversion = splunkSearch(query, 'index=*', { cloudSafe });
  if (!conversion.ok) return [`${rule.title}: ${conversion.error[0]?.message}`];
  const found: string[] = [];
  const wanted = over.filter((event) => matches(query, event));
  // without a where stage there is no null to read in two ways
  const readings = conversion.value.includes(' | where ')
    ? (['unknown', 'false'] as const)
    : (['unknown'] as const);
  for (const nulls of readings) {
    const hits = new Set(
      compileSpl(conversion.value, { nulls })
        .run(over)
        .map((row) => row.sigpack_n),
    );
    const agree = hits.size === wanted.length && wanted.every((event) => hits.has(event.sigpack_n));
    if (!agree)
      found.push(
        `${rule.title} (${nulls}): ${hits.size} hits, ${wanted.length} wanted: ${conversion.value.slice(0, 300)}`,
      );
  }
  const superset = searchStageOnly(conversion.value);
  if (!wanted.every((event) => superset(event)))
    found.push(`${rule.title}: the search stage drops events: ${conversion.value.slice(0, 300)}`);
  return found;
}
