import type { CorrelationRule } from '../sigma/correlation.ts';
import { fieldReader } from './correlation-field.ts';
import type { EventView } from './event.ts';

/** Values of the fields of a group, in the order of `group-by`. */
export type GroupKey = readonly string[];

/** An event at which a correlation is fulfilled, for one of its groups. */
export interface CorrelationHit {
  /** Values of the `group-by` fields, in their order; empty without any. */
  readonly group: GroupKey;
}

/** An event in a group: once, however many of the rules it fulfils there. */
export interface Membership {
  readonly group: GroupKey;
  /** Which of the rules the event fulfils in this group. */
  readonly fulfilled: readonly boolean[];
  /** What the event has in the fields that are counted, as combinations of one value each. */
  readonly values: readonly (readonly string[])[];
}

/** More groups of one event than this are not looked at, and no more combinations of values: lists in several fields multiply. */
const maximumProduct = 1000;

/** The groups that an event belongs to: for each rule that it fulfils, by the fields that aliases name for this rule. None where it lacks a field. */
export function membershipsOf(rule: CorrelationRule, view: EventView): (fulfilled: readonly boolean[]) => readonly Membership[] {
  const readings = readingsOf(rule, view);
  return (fulfilled) => {
    const found = new Map<string, Draft>();
    for (const reading of readings) addTo(found, reading, fulfilled);
    return [...found.values()].map(({ values, ...draft }) => ({ ...draft, values: [...values.values()].flat() }));
  };
}

interface Draft {
  readonly group: GroupKey;
  readonly fulfilled: boolean[];
  /** By the fields that they come from: those of one field count once. */
  readonly values: Map<string, readonly (readonly string[])[]>;
}

function addTo(found: Map<string, Draft>, { rules, group, counted, countedFields }: Reading, fulfilled: readonly boolean[]): void {
  const here = rules.filter((rule) => fulfilled[rule]);
  if (here.length === 0) return;
  const values = counted.length === 0 ? [] : productOf(counted.map((read) => read()));
  for (const one of productOf(group.map((read) => [...new Set(read())]))) {
    const key = JSON.stringify(one);
    const draft = found.get(key) ?? { group: one, fulfilled: fulfilled.map(() => false), values: new Map() };
    for (const rule of here) draft.fulfilled[rule] = true;
    draft.values.set(countedFields, values);
    found.set(key, draft);
  }
}

function productOf(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  let product: (readonly string[])[] = [[]];
  for (const list of lists) product = product.flatMap((before) => list.map((value) => [...before, value])).slice(0, maximumProduct);
  return product;
}

type Read = () => readonly string[];

/** The fields that stand for those of the correlation in the events of some of its rules. */
interface Reading {
  readonly rules: number[];
  readonly group: readonly Read[];
  readonly counted: readonly Read[];
  readonly countedFields: string;
}

/** One for all rules without aliases, else one for all that have the same fields. */
function readingsOf(rule: CorrelationRule, view: EventView): readonly Reading[] {
  const readings = new Map<string, Reading>();
  for (const [index, { name: reference }] of rule.rules.entries()) {
    const fieldOf = (name: string): string => rule.aliases.find((alias) => alias.name === name)?.fields.get(reference) ?? name;
    const [groupFields, countedFields] = [rule.groupBy.map(fieldOf), rule.valueFields.map(fieldOf)];
    const key = JSON.stringify([groupFields, countedFields]);
    const known = readings.get(key);
    if (known) known.rules.push(index);
    else {
      const read = (name: string): Read => {
        const values = fieldReader(rule, view, name);
        return () => values().map(({ text }) => text);
      };
      const [group, counted] = [groupFields.map(read), countedFields.map(read)];
      readings.set(key, { rules: [index], group, counted, countedFields: JSON.stringify(countedFields) });
    }
  }
  return [...readings.values()];
}
