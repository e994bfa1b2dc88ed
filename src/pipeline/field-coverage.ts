import { type SettledDetection, settledItems } from '../query/settled.ts';
import type { CorrelationRule } from '../sigma/correlation.ts';
import { isMapped, type RuleInProcess } from './rule-in-process.ts';

/** What pipelines that rename fields make of those of a rule. */
export interface FieldCoverage {
  /** Fields whose names no pipeline has a say on, sorted; none where no transformation of names applies to the rule. */
  readonly unmapped: readonly string[];
  /** False for a rule with fields to which no transformation of names applies. */
  readonly known: boolean;
}

export function fieldCoverage(done: RuleInProcess): FieldCoverage {
  const fields = new Set(done.parts.flatMap((part) => [...fieldsOf(part)]));
  if (done.rule.kind === 'correlation') for (const field of correlationFields(done.rule)) fields.add(field);
  if (!done.renames) return { unmapped: [], known: fields.size === 0 };
  return { unmapped: [...fields].filter((field) => !done.produced.has(field) && !isMapped(done, field)).sort(), known: true };
}

function* fieldsOf({ file, searches }: SettledDetection): Generator<string> {
  for (const { body } of searches.values()) {
    for (const item of settledItems(body)) {
      // what a pipeline adds is named as its author wants it
      if (item.file !== file) continue;
      if (item.field !== undefined) yield item.field;
      for (const { tests } of item.values) for (const test of tests) if (test.kind === 'field') yield test.other;
    }
  }
}

function correlationFields({ aliases, groupBy, valueFields }: CorrelationRule): readonly string[] {
  const names = new Set(aliases.map(({ name }) => name));
  return [...groupBy, ...valueFields].filter((field) => !names.has(field));
}
