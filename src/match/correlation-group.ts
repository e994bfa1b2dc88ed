import type { CorrelationRule } from '../sigma/correlation.ts';
import { type EventView, type FieldSlot, fieldSlot, valuesOf } from './event.ts';

/** Values of the fields of a group, in the order of `group-by`. */
export type GroupKey = readonly string[];

/** More groups of one event than this are not looked at: lists in several fields multiply. */
const maximumGroups = 1000;

/**
 * The groups that an event belongs to, given which of the rules it fulfils: one, or one for each value of a list. None where it lacks a field.
 * An alias is the field of the first rule that the event fulfils.
 */
export function groupKeysOf(rule: CorrelationRule, view: EventView): (fulfilled: readonly boolean[]) => readonly GroupKey[] {
  const fields = rule.groupBy.map((name): readonly FieldSlot[] | FieldSlot => {
    const alias = rule.aliases.find((candidate) => candidate.name === name);
    return alias ? rule.rules.map((reference) => fieldSlot(view, alias.fields.get(reference.name) ?? '')) : fieldSlot(view, name);
  });
  return (fulfilled) => {
    let groups: GroupKey[] = [[]];
    for (const field of fields) {
      const slot = 'read' in field ? field : field[fulfilled.indexOf(true)];
      const values = slot ? [...new Set(valuesOf(view, slot).map(({ text }) => text))] : [];
      groups = groups.flatMap((group) => values.map((value) => [...group, value])).slice(0, maximumGroups);
    }
    return groups;
  };
}
