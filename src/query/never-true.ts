import { holdsOfNothing } from '../sigma/threshold.ts';
import { absentFieldsOf, causesOf, truthWithout } from './absent-fields.ts';
import type { CompiledCorrelation, CompiledDetection, CompiledRule } from './compile.ts';
import { detectionsBelow } from './compile.ts';
import { truthOf } from './three-valued.ts';
import type { Item } from './tree.ts';

/** Why no event of the product can fulfil a rule: the first item that asks for a field that the product lacks, and all such fields. */
export interface NeverTrue {
  /** Sorted. */
  readonly fields: readonly string[];
  /** Undefined: the group or the condition of a correlation asks for the field. */
  readonly item?: Item;
  /** A correlation that waits for silence, which there always is: it is true of every window. */
  readonly silence?: true;
}

/** Undefined for a rule that some event may fulfil, as far as fields tell, and for products that no pipeline describes. */
export function neverTrue(compiled: CompiledRule): NeverTrue | undefined {
  return compiled.kind === 'detection' ? deadDetection(compiled) : deadCorrelation(compiled, new Map());
}

function deadDetection({ query, processing }: CompiledDetection): NeverTrue | undefined {
  const absent = new Set(processing?.absent);
  const truth = (item: Item) => truthWithout(item, absent);
  if (absent.size === 0 || truthOf(query, truth) !== false) return undefined;
  const items = causesOf(query, truth);
  const [item] = items;
  return { fields: absentFieldsOf(items, absent), ...(item ? { item } : {}) };
}

/** `known`: correlations may share parts level upon level. */
function deadCorrelation(compiled: CompiledCorrelation, known: Map<CompiledRule, NeverTrue | undefined>): NeverTrue | undefined {
  if (known.has(compiled)) return known.get(compiled);
  const dead = compiled.parts.map((part) => (part.kind === 'detection' ? deadDetection(part) : deadCorrelation(part, known)));
  const found = dead.filter((one) => one !== undefined);
  const { type, thresholds, groupBy, valueFields } = compiled.rule;
  // a temporal correlation without a condition waits for all of its rules
  const needsAll = (type === 'temporal' || type === 'temporal_ordered') && thresholds.length === 0;
  const [first] = found;
  let result: NeverTrue | undefined;
  if (first && (needsAll || found.length === dead.length)) {
    const { silence, ...cause } = first;
    // silence below is an event that there always is
    const always = holdsOfNothing(compiled.rule) !== (silence === true);
    result = { ...cause, fields: sorted(found.flatMap(({ fields }) => fields)), ...(always ? { silence: true } : {}) };
  } else if (detectionsBelow(compiled).every(({ processing }) => processing?.absent !== undefined)) {
    const missing = [...groupBy, ...valueFields].filter((field) => compiled.processing?.absent?.includes(field));
    if (missing.length > 0) result = { fields: sorted(missing) };
  }
  known.set(compiled, result);
  return result;
}

const sorted = (fields: readonly string[]): readonly string[] => [...new Set(fields)].sort();
