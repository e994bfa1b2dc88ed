import type { SettledBody, SettledItem, SettledValue } from '../query/settled.ts';
import type { Test } from '../query/tree.ts';
import { shaped } from '../sigma/pattern.ts';
import { applyToCorrelation } from './apply-correlation.ts';
import type { FieldTransformation, ProcessingItem } from './pipeline.ts';
import { rebuiltParts } from './rebuild.ts';
import type { RuleInProcess } from './rule-in-process.ts';
import { spreadFields } from './spread-fields.ts';

/** Gives fields their new names wherever they stand: in items, field references, the list of fields, groups of correlations. */
export function applyFieldNames(item: ProcessingItem, transformation: FieldTransformation, rule: RuleInProcess): void {
  rule.renames = true;
  const rename = (field: string): readonly string[] | undefined => {
    const names = item.appliesToField(field, rule) ? transformation.map(field, rule) : undefined;
    if (names) trackName(rule, field, names, item.id);
    return names;
  };
  rule.parts = rebuiltParts(rule.parts, (settled) => renamedItem(item, transformation, settled, rule, rename));
  const fields = rule.rule.fields.flatMap((field) => rename(field) ?? [field]);
  rule.rule = { ...rule.rule, fields };
  if (rule.rule.kind === 'correlation') rule.rule = applyToCorrelation(rule.rule, rename);
}

type Rename = (field: string) => readonly string[] | undefined;

function renamedItem(item: ProcessingItem, { map }: FieldTransformation, settled: SettledItem, rule: RuleInProcess, rename: Rename): SettledBody {
  if (!item.appliesToItem(settled, rule)) return settled;
  const referring = renamedReferences(settled, rename);
  const names = settled.field === undefined ? keywordNames(item, map, rule) : rename(settled.field);
  if (!names) return referring === settled ? settled : { ...referring, applied: withId(settled, item.id) };
  const marked: SettledItem = { ...(settled.field === undefined ? contained(referring) : referring), applied: withId(settled, item.id) };
  const [only] = names;
  return names.length === 1 && only !== undefined ? { ...marked, field: only } : spreadFields(marked, names);
}

function keywordNames(item: ProcessingItem, map: FieldTransformation['map'], rule: RuleInProcess): readonly string[] | undefined {
  const names = item.appliesToField(undefined, rule) ? map(undefined, rule) : undefined;
  // the names count as given, though they stand for no other
  if (names) rule.mappings.set('', new Set([...(rule.mappings.get('') ?? []), ...names]));
  return names;
}

/** A keyword stands anywhere in the event, so it stands anywhere in the field that is searched in its place. */
function contained(settled: SettledItem): SettledItem {
  const wrap = (test: Test): Test => (test.kind === 'string' ? { ...test, pattern: shaped(test.pattern, 'contains') } : test);
  return { ...settled, values: settled.values.map((value) => ({ ...value, tests: value.tests.map(wrap) })) };
}

function renamedReferences(settled: SettledItem, rename: Rename): SettledItem {
  let changed = false;
  const values = settled.values.map((value): SettledValue => {
    if (!value.tests.some((test) => test.kind === 'field')) return value;
    const tests = value.tests.flatMap((test): readonly Test[] => {
      const names = test.kind === 'field' ? rename(test.other) : undefined;
      if (test.kind !== 'field' || !names) return [test];
      changed = true;
      return names.map((other) => ({ ...test, other }));
    });
    return { ...value, tests };
  });
  return changed ? { ...settled, values } : settled;
}

function withId({ applied }: SettledItem, id: string): ReadonlySet<string> {
  return new Set([...(applied ?? []), id]);
}

function trackName(rule: RuleInProcess, field: string, names: readonly string[], id: string): void {
  const known = rule.mappings.get(field) ?? new Set();
  for (const name of names) known.add(name);
  rule.mappings.set(field, known);
  if (names.length === 1 && names[0] === field) return;
  const ids = new Set([...(rule.fieldsApplied.get(field) ?? []), id]);
  for (const name of names) rule.fieldsApplied.set(name, ids);
}
