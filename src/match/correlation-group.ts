import type { CorrelationRule } from '../sigma/correlation.ts';
import { fieldReader } from './correlation-field.ts';
import type { EventView } from './event.ts';

/** Values of the fields of a group, in the order of `group-by`. */
export type GroupKey = readonly string[];

/** More groups of one event than this are not looked at: lists in several fields multiply. */
const maximumGroups = 1000;

/**
 * The groups that an event belongs to, given which of the rules it fulfils: one, or one for each value of a list. None where it lacks a field.
 * An alias is the field of the first rule that the event fulfils.
 */
export function groupKeysOf(rule: CorrelationRule, view: EventView): (fulfilled: readonly boolean[]) => readonly GroupKey[] {
  const fields = rule.groupBy.map((name) => {
    const alias = rule.aliases.find((candidate) => candidate.name === name);
    if (!alias) return fieldReader(rule, view, name);
    const perRule = rule.rules.map((reference) => fieldReader(rule, view, alias.fields.get(reference.name) ?? ''));
    return (fulfilled: readonly boolean[]) => perRule[fulfilled.indexOf(true)]?.() ?? [];
  });
  return (fulfilled) => {
    let groups: GroupKey[] = [[]];
    for (const read of fields) {
      const values = [...new Set(read(fulfilled).map(({ text }) => text))];
      groups = groups.flatMap((group) => values.map((value) => [...group, value])).slice(0, maximumGroups);
    }
    return groups;
  };
}
