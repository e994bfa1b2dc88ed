import type { PackDetection } from '../model/detection.ts';

/**
 * Event field that makes the key unique if the message identifies nobody: keys of missing values
 * would all be the same.
 */
export const nobodyField = 'sigpack_nobody';

/** Fields that are in every message of their machine. */
const withMachine: ReadonlySet<string | undefined> = new Set(['windows', 'linux', 'macos']);

/**
 * The template of that field for a key of these fields; undefined if every message has one of them.
 */
export function nobodyTemplate(
  keys: readonly string[],
  { alert, logSources }: PackDetection,
): string | undefined {
  const machines =
    alert?.entities.filter(({ type, relayed }) => type === 'system' && !relayed) ?? [];
  const always = (field: string): boolean =>
    field === 'source' || logSources.every(({ product }) => withMachine.has(product));
  const isNamed = machines.some(({ field }) => keys.includes(field) && always(field));
  const named = keys.filter((field) => field !== 'source');
  if (isNamed || named.length === 0) return undefined;
  return named.reduceRight(
    (otherwise, field) => `\${if source.${field}}no\${else}${otherwise}\${end}`,
    `\${source.gl2_message_id}`,
  );
}
