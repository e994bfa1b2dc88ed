import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import { holdsOfNothing, passesAll } from '../sigma/correlation/threshold.ts';
import { fieldSpan } from '../sigma/rule/detection-items.ts';
import type { DetectionRule } from '../sigma/rule/rule.ts';
import type { Span } from '../source/span.ts';
import { absentFieldsOf, causesOf, truthWithout } from './absent-fields.ts';
import type { CompiledCorrelation, CompiledDetection, CompiledRule } from './compile.ts';
import { detectionsBelow } from './compile.ts';
import { truthOf } from './three-valued.ts';
import type { Item } from './tree.ts';

/**
 * Why no event of the product can fulfil a rule: the first item that uses a field which the product
 * lacks, and all such fields.
 */
export interface NeverTrue {
  /** Sorted. */
  readonly fields: readonly string[];
  /** Undefined if the group or the condition of a correlation uses the field. */
  readonly item?: Item;
  /** The name of the field there, where its place is known. */
  readonly fieldSpan?: Span;
  /** What may be meant by it. */
  readonly near?: string;
  /**
   * True for a correlation that waits for silence: as there is always silence, it is true of every
   * window.
   */
  readonly silence?: true;
}

/**
 * Undefined for a rule that some event may fulfil as far as its fields show, and for products that
 * no pipeline describes.
 */
export function neverTrue(compiled: CompiledRule): NeverTrue | undefined {
  return compiled.kind === 'detection'
    ? deadDetection(compiled)
    : deadCorrelation(compiled, new Map());
}

function deadDetection({ rule, query, processing }: CompiledDetection): NeverTrue | undefined {
  if (!processing?.absent?.length) return undefined;
  const absent = new Set(processing.absent);
  const truth = (item: Item) => truthWithout(item, absent);
  if (truthOf(query, truth) !== false) return undefined;
  const items = causesOf(query, truth);
  const [item] = items;
  const fields = absentFieldsOf(items, absent);
  if (!item) return { fields };
  const [field = ''] = absentFieldsOf([item], absent);
  const place = placeOfField(rule, item, field);
  const near = place && processing.near?.(field);
  return {
    fields,
    item,
    ...(place ? { fieldSpan: place } : {}),
    ...(near === undefined ? {} : { near }),
  };
}

/** `fieldref` has a field as its value. A filter's item is pointed at by its value. */
function placeOfField(rule: DetectionRule, item: Item, field: string): Span | undefined {
  const { file, span, test } = item;
  if (file !== rule.file) return undefined;
  if (item.field === field) return fieldSpan(file, rule.detection, field, span);
  return test.kind === 'field' ? span : undefined;
}

/** `known`: correlations may share parts at several levels. */
function deadCorrelation(
  compiled: CompiledCorrelation,
  known: Map<CompiledRule, NeverTrue | undefined>,
): NeverTrue | undefined {
  if (known.has(compiled)) return known.get(compiled);
  const missing = compiled.parts.map((part, index) => missingFields(compiled, part, index));
  const dead = compiled.parts.map((part, index): NeverTrue | undefined => {
    const fields = missing[index] ?? [];
    if (fields.length > 0) return { fields: sorted(fields) };
    return part.kind === 'detection' ? deadDetection(part) : deadCorrelation(part, known);
  });
  const found = dead.filter((one) => one !== undefined);
  const [first] = found;
  let result: NeverTrue | undefined;
  if (first && !canDoWith(compiled.rule, dead.length - found.length)) {
    const { silence, ...cause } = first;
    // silence below is an event that there always is. A group needs events, and there are none
    const { rule } = compiled;
    const counted =
      rule.groupBy.length === 0 &&
      (needsNoValue(rule) || missing.every((fields) => fields.length === 0));
    const always = counted && holdsOfNothing(rule) !== (silence === true);
    result = {
      ...cause,
      fields: sorted(found.flatMap(({ fields }) => fields)),
      ...(always ? { silence: true } : {}),
    };
  }
  known.set(compiled, result);
  return result;
}

/** Whether so many of its rules may be enough for a correlation. */
function canDoWith({ type, rules, thresholds }: CorrelationRule, living: number): boolean {
  if (living === 0 || living === rules.length) return living > 0;
  if (type !== 'temporal' && type !== 'temporal_ordered') return true;
  // without a condition it waits for all of its rules
  if (thresholds.length === 0) return false;
  return Array.from({ length: living + 1 }, (_, count) => count).some((count) =>
    passesAll(count, thresholds),
  );
}

/**
 * True if the condition holds without a value of the field, so that events without it count too.
 */
const needsNoValue = (rule: CorrelationRule): boolean =>
  rule.type === 'value_count' && holdsOfNothing(rule);

/**
 * Fields of its groups and its condition that no event of a part has, so that the events do not
 * count. A group needs no values where none is enough.
 */
function missingFields(
  { rule, processing }: CompiledCorrelation,
  part: CompiledRule,
  index: number,
): readonly string[] {
  const absent = processing?.absent;
  if (!absent || absent.length === 0) return [];
  const reference = rule.rules[index]?.name ?? '';
  const aliases = new Map(rule.aliases.map((alias) => [alias.name, alias]));
  const counted =
    !rule.type.startsWith('value_') || (rule.groupBy.length > 0 && needsNoValue(rule))
      ? []
      : rule.valueFields;
  const own = [...rule.groupBy, ...counted].flatMap((field) => {
    const alias = aliases.get(field);
    if (alias?.below?.has(reference)) return [];
    return alias ? (alias.fields.get(reference) ?? []) : field;
  });
  const below = detectionsBelow(part);
  return own.filter(
    (field) =>
      absent.includes(field) && below.every((one) => one.processing?.lacks?.(field) === true),
  );
}

const sorted = (fields: readonly string[]): readonly string[] => [...new Set(fields)].sort();
