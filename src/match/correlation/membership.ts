import type { CompiledCorrelation } from '../../query/compile.ts';
import type { CorrelationRule } from '../../sigma/correlation/correlation.ts';
import type { EventView } from '../event.ts';
import { fieldReader } from './field.ts';

/** Values of the fields of a group, in the order of `group-by`. */
export type GroupKey = readonly string[];

/** An event at which a correlation is fulfilled, for one of its groups. */
export interface CorrelationHit {
  /** Values of the `group-by` fields, in their order; empty without any. */
  readonly group: GroupKey;
}

/** An event in a group: one entry, even if it fulfils several rules there. */
export interface Membership {
  readonly group: GroupKey;
  /** Which of the rules the event fulfils in this group. */
  readonly fulfilled: readonly boolean[];
  /** Values of the counted fields in the event, as combinations of one value of each. */
  readonly values: readonly (readonly string[])[];
}

/** Bound of the groups, and of the combinations, of one event: lists in several fields multiply. */
const maximumProduct = 1000;

/**
 * The groups of an event: for each rule that it fulfils, by the fields that the aliases have for
 * this rule. Empty if the event lacks a field.
 */
export function membershipsOf(
  compiled: CompiledCorrelation,
  view: EventView,
): (hits: readonly (readonly CorrelationHit[])[]) => readonly Membership[] {
  const readings = readingsOf(compiled, view);
  return (hits) => {
    const drafts = new Map<string, Draft>();
    for (const reading of readings) {
      const rules = reading.rules.filter((rule) => hits[rule]?.length);
      const [first] = rules;
      if (first === undefined) continue;
      for (const hit of reading.ofHit ? (hits[first] ?? []) : alone)
        addTo(drafts, reading, { rules, hit, all: hits.length });
    }
    return [...drafts.values()].map(({ values, ...draft }) => ({
      ...draft,
      values: [...values.values()].flat(),
    }));
  };
}

interface Draft {
  readonly group: GroupKey;
  readonly fulfilled: boolean[];
  /** By the fields that they come from, since the same fields count once. */
  readonly values: Map<string, readonly (readonly string[])[]>;
}

const alone: readonly CorrelationHit[] = [{ group: [] }];

/** The rules that an event fulfils, of `all` rules, and a hit of theirs. */
interface Found {
  readonly rules: readonly number[];
  readonly hit: CorrelationHit;
  readonly all: number;
}

function addTo(
  drafts: Map<string, Draft>,
  { group, counted, countedFields, ofHit }: Reading,
  { rules, hit, all }: Found,
): void {
  const values = counted.length === 0 ? [] : productOf(counted.map((read) => read(hit)));
  for (const one of productOf(group.map((read) => [...new Set(read(hit))]))) {
    const key = JSON.stringify(one);
    const draft = drafts.get(key) ?? {
      group: one,
      fulfilled: Array.from({ length: all }, () => false),
      values: new Map(),
    };
    for (const rule of rules) draft.fulfilled[rule] = true;
    draft.values.set(ofHit ? countedFields + JSON.stringify(values) : countedFields, values);
    drafts.set(key, draft);
  }
}

function productOf(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  let product: (readonly string[])[] = [[]];
  for (const list of lists)
    product = product
      .flatMap((before) => list.map((value) => [...before, value]))
      .slice(0, maximumProduct);
  return product;
}

type Read = (hit: CorrelationHit) => readonly string[];

/** How the fields of a correlation are read from the events of some of its rules. */
interface Reading {
  readonly rules: number[];
  readonly group: readonly Read[];
  readonly counted: readonly Read[];
  readonly countedFields: string;
  /** Whether an alias of a correlation below is read: then each of its hits is separate. */
  readonly ofHit: boolean;
}

/** One reading for all rules that read the same fields. */
function readingsOf({ rule, parts }: CompiledCorrelation, view: EventView): readonly Reading[] {
  const readings = new Map<string, Reading>();
  for (const [index, { name: reference }] of rule.rules.entries()) {
    const inner = parts[index]?.rule;
    let ofHit = false;
    const sourceOf = (name: string): Source => {
      const alias = rule.aliases.find((known) => known.name === name);
      const field = alias?.fields.get(reference) ?? name;
      if (!alias?.below?.has(reference) || inner?.kind !== 'correlation')
        return { text: field, read: fieldTexts(rule, view, field) };
      ofHit = true;
      const place = inner.groupBy.indexOf(field);
      return { text: `${index} ${field}`, read: ({ group }) => group.slice(place, place + 1) };
    };
    const [group, counted] = [rule.groupBy.map(sourceOf), rule.valueFields.map(sourceOf)];
    const countedFields = JSON.stringify(counted.map(({ text }) => text));
    const key = JSON.stringify([ofHit, group.map(({ text }) => text), countedFields]);
    const known = readings.get(key);
    if (known) known.rules.push(index);
    else
      readings.set(key, {
        rules: [index],
        group: group.map(({ read }) => read),
        counted: counted.map(({ read }) => read),
        countedFields,
        ofHit,
      });
  }
  return [...readings.values()];
}

interface Source {
  readonly text: string;
  readonly read: Read;
}

function fieldTexts(rule: CorrelationRule, view: EventView, field: string): Read {
  const values = fieldReader(rule, view, field);
  return () => values().map(({ text }) => text);
}
