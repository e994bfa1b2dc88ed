import {
  refersToFields,
  type SettledBody,
  type SettledItem,
  type SettledValue,
} from '../../query/settled.ts';
import { isUnfilled, type Test } from '../../query/tree.ts';
import { shaped } from '../../sigma/value/pattern.ts';
import { withAppliedId } from '../applied-ids.ts';
import type { FieldTransformation, ProcessingItem } from '../pipeline.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { rebuiltParts } from '../settled-parts.ts';
import { applyToCorrelation } from './apply-correlation.ts';
import { spreadFields } from './spread-fields.ts';

/**
 * Renames fields everywhere in a rule: in items, field references, its list of fields, and the
 * groups of a correlation.
 */
export function applyFieldNames(
  item: ProcessingItem,
  transformation: FieldTransformation,
  rule: RuleInProcess,
): void {
  rule.renames = true;
  rule.renamings.push([item, transformation]);
  const rename = (field: string): readonly string[] | undefined => {
    const names = item.appliesToField(field, rule) ? transformation.map(field, rule) : undefined;
    if (names) {
      rule.work.entries(names.length);
      trackName(rule, field, names, item.id);
      for (const name of names) if (name !== field || transformation.targets) rule.chosen.add(name);
    }
    return names;
  };
  rule.parts = rebuiltParts(rule.parts, (settled) =>
    renamedItem(item, transformation, settled, rule, rename),
  );
  if (rule.rule.fields.length > 0)
    rule.rule = {
      ...rule.rule,
      fields: rule.rule.fields.flatMap((field) => rename(field) ?? [field]),
    };
  if (rule.named.size > 0) applyToNamed(item, transformation, rule);
  if (rule.rule.kind === 'correlation') rule.rule = applyToCorrelation(rule.rule, rename);
}

/** A name that no event has: a transformation that renames it renames any field. */
const anyName = '\u0000';

function applyToNamed(
  item: ProcessingItem,
  transformation: FieldTransformation,
  rule: RuleInProcess,
): void {
  for (const name of transformation.targets ?? []) rule.offered.add(name);
  const takesAny = renamedBy([anyName], item, transformation, rule) !== undefined;
  for (const [field, known] of rule.named) {
    const names = renamedBy(known.names, item, transformation, rule);
    if (names) rule.named.set(field, { names, mapped: true, spelled: known.spelled || !takesAny });
  }
}

/**
 * What a transformation makes of the names of a field that no item of the rule has; undefined where
 * it renames none of them.
 */
export function renamedBy(
  names: readonly string[],
  item: ProcessingItem,
  { map }: FieldTransformation,
  rule: RuleInProcess,
): readonly string[] | undefined {
  const mapped = names.map((name) =>
    item.appliesToField(name, rule) ? map(name, rule) : undefined,
  );
  if (mapped.every((targets) => targets === undefined)) return undefined;
  const renamed = [...new Set(mapped.flatMap((targets, at) => targets ?? names[at] ?? []))];
  rule.work.entries(renamed.length);
  return renamed;
}

type Rename = (field: string) => readonly string[] | undefined;

function renamedItem(
  item: ProcessingItem,
  { map }: FieldTransformation,
  settled: SettledItem,
  rule: RuleInProcess,
  rename: Rename,
): SettledBody {
  if (!item.appliesToItem(settled, rule)) return settled;
  const referring = renamedReferences(settled, rename);
  const names = settled.field === undefined ? keywordNames(item, map, rule) : rename(settled.field);
  if (!names && referring === settled) return settled;
  const applied = withAppliedId(settled.applied, item.id);
  if (!names) return { ...referring, applied };
  const widened = settled.field === undefined ? contained(referring) : referring;
  const [only] = names;
  return names.length === 1 && only !== undefined
    ? { ...widened, field: only, applied }
    : spreadFields({ ...widened, applied }, names);
}

function keywordNames(
  item: ProcessingItem,
  map: FieldTransformation['map'],
  rule: RuleInProcess,
): readonly string[] | undefined {
  const names = item.appliesToField(undefined, rule) ? map(undefined, rule) : undefined;
  // the names count as given, though they replace no other
  if (names) {
    rule.work.entries(names.length);
    rule.mappings.set('', new Set([...(rule.mappings.get('') ?? []), ...names]));
  }
  return names;
}

/** A keyword may be anywhere in an event, so it may be anywhere in the field searched instead. */
function contained(settled: SettledItem): SettledItem {
  const wrap = (test: Test): Test =>
    test.kind === 'string' && !isUnfilled(test)
      ? { ...test, pattern: shaped(test.pattern, 'contains') }
      : test;
  return {
    ...settled,
    values: settled.values.map((value) => ({ ...value, tests: value.tests.map(wrap) })),
  };
}

function renamedReferences(settled: SettledItem, rename: Rename): SettledItem {
  if (!refersToFields(settled)) return settled;
  let changed = false;
  const values = settled.values.map((value): SettledValue => {
    if (!value.tests.some(isFieldTest)) return value;
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

const isFieldTest = (test: Test): boolean => test.kind === 'field';

function trackName(rule: RuleInProcess, field: string, names: readonly string[], id: string): void {
  const known = rule.mappings.get(field);
  if (known) for (const name of names) known.add(name);
  else rule.mappings.set(field, new Set(names));
  if (names.length === 1 && names[0] === field) return;
  const ids = withAppliedId(rule.fieldsApplied.get(field), id);
  for (const name of names) rule.fieldsApplied.set(name, ids);
}
