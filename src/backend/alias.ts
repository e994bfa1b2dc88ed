import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import { type Place, refused } from './backend.ts';

/**
 * The one field that `name` means: itself, or an alias that is the same field in every rule.
 * `grouping` names what can't group by more.
 */
export function singleField(
  rule: CorrelationRule,
  name: string,
  place: Place,
  grouping: string,
): string {
  const alias = rule.aliases.find((known) => known.name === name);
  const named = new Set(alias?.fields.values() ?? [name]);
  const [only] = named;
  if (named.size !== 1 || only === undefined) {
    throw refused(
      place,
      `\`${name}\` is another field in each rule (${[...named].join(', ')}), and ` +
        `${grouping} by one`,
      'Normalise the field before indexing.',
    );
  }
  const fields = rule.alternatives?.get(only);
  if (!fields) return only;
  throw refused(
    place,
    `a pipeline maps \`${only}\` to ${fields.length} fields (${fields.join(', ')}), and ` +
      `${grouping} by one`,
    'Map it to one field.',
  );
}
