import type { CorrelationRule } from '../sigma/correlation.ts';
import { type Place, refused } from './backend.ts';

/** The one field that `name` stands for: itself, or an alias that is the same field in every rule. `grouping` says who can't do with more. */
export function singleField(rule: CorrelationRule, name: string, place: Place, grouping: string): string {
  const fields = new Set(rule.aliases.find((alias) => alias.name === name)?.fields.values() ?? [name]);
  const [only] = fields;
  if (fields.size === 1 && only !== undefined) return only;
  throw refused(place, `alias \`${name}\` is another field in each rule, and ${grouping} by one`, 'Normalise the field before indexing.');
}
