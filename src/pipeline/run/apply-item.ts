import {
  type SettledBody,
  type SettledItem,
  type SettledValue,
  settledItems,
} from '../../query/settled.ts';
import { isUnfilled } from '../../query/tree.ts';
import { patternText } from '../../sigma/value/pattern.ts';
import { markedWith, withAppliedId } from '../applied-ids.ts';
import type { ItemTransformation, ProcessingItem, ValueTransformation } from '../pipeline.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { rebuiltParts } from '../settled-parts.ts';
import { applyFieldNames } from './apply-fields.ts';

/**
 * Applies one processing item to a rule if its conditions hold, and returns whether they do.
 * `holds`: that is known.
 */
export function applyItem(item: ProcessingItem, rule: RuleInProcess, holds = false): boolean {
  if (!holds && !item.appliesTo(rule)) return false;
  const { transformation } = item;
  switch (transformation.kind) {
    case 'rule':
      transformation.apply(rule);
      if (transformation.unproved)
        rule.unproved.set(item.file, [
          ...(rule.unproved.get(item.file) ?? []),
          ...transformation.unproved,
        ]);
      break;
    case 'item':
      rule.parts = rebuiltParts(rule.parts, (settled) =>
        applyToItem(item, transformation, settled, rule),
      );
      break;
    case 'value':
      rule.parts = rebuiltParts(rule.parts, (settled) =>
        applyToValues(item, transformation, settled, rule),
      );
      break;
    case 'field':
      applyFieldNames(item, transformation, rule);
      break;
    case 'nest':
      for (const inner of transformation.items) applyItem(inner, rule);
      break;
  }
  rule.applied.add(item.id);
  return true;
}

function applyToItem(
  item: ProcessingItem,
  { apply }: ItemTransformation,
  settled: SettledItem,
  rule: RuleInProcess,
): SettledBody {
  const replaced = item.appliesToItem(settled, rule) ? apply(settled, rule) : undefined;
  if (!replaced) return settled;
  for (const { field, values } of settledItems(replaced)) {
    rule.work.entries(1 + values.length);
    if (field !== undefined && field !== settled.field) rule.produced.add(field);
  }
  return markedWith(replaced, item.id);
}

function applyToValues(
  item: ProcessingItem,
  { apply, fills }: ValueTransformation,
  settled: SettledItem,
  rule: RuleInProcess,
): SettledItem {
  if (!item.appliesToItem(settled, rule)) return settled;
  let changed = false;
  const values = settled.values.flatMap((value): readonly SettledValue[] => {
    let replaces = false;
    const tests = value.tests.flatMap((test) => {
      const replaced = fills || !isUnfilled(test) ? apply(test, settled, rule) : undefined;
      if (!replaced) return [test];
      replaces = true;
      rule.work.entries(replaced.length);
      return replaced;
    });
    if (!replaces) return [value];
    changed = true;
    // conditions look at values one by one; under `all`, the new values stay alternatives of one
    if (settled.link === 'or' && !value.absent)
      return tests.map((test) => ({ ...value, tests: [test] }));
    return tests.length === 0 ? [] : [{ ...value, tests }];
  });
  return changed
    ? {
        ...settled,
        values: distinctValues(values),
        applied: withAppliedId(settled.applied, item.id),
      }
    : settled;
}

/** Several values of a rule can become the same. */
function distinctValues(values: readonly SettledValue[]): readonly SettledValue[] {
  const known = new Set<string>();
  return values.filter(({ tests }) => {
    const texts = tests.map((test) =>
      test.kind === 'string' && !isUnfilled(test)
        ? `${test.cased} ${patternText(test.pattern)}`
        : undefined,
    );
    if (texts.includes(undefined)) return true;
    const key = [...new Set(texts)].join('\n');
    return !known.has(key) && known.add(key);
  });
}
