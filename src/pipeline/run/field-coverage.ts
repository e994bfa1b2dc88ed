import type { NamedField } from '../../query/processing.ts';
import { refersToFields, type SettledDetection, type SettledItem } from '../../query/settled.ts';
import { type CorrelationRule, eventFieldsOf } from '../../sigma/correlation/correlation.ts';
import type { FieldTransformation } from '../pipeline.ts';
import { isMapped, type RuleInProcess } from '../rule-in-process.ts';
import { forEachItem } from '../settled-parts.ts';

/** What pipelines that rename fields make of those of a rule. */
export interface FieldCoverage {
  /** Fields that still have the names of the rule, which no pipeline chose for the target. */
  readonly asWritten: ReadonlySet<string>;
  /**
   * Fields that no pipeline maps, sorted; empty where no transformation of names applies to the
   * rule.
   */
  readonly unmapped: readonly string[];
  /** The unmapped fields that no event has; undefined where no pipeline knows all fields. */
  readonly absent?: readonly string[];
  /** Whether no event of the log source has a field of that name; undefined like `absent`. */
  readonly lacks?: (field: string) => boolean;
  /** False for a rule with fields to which no transformation of names applies. */
  readonly known: boolean;
}

/** `given`: names that only the product has, see {@link givenNames}. */
export function fieldCoverage(done: RuleInProcess, given: ReadonlySet<string>): FieldCoverage {
  const fields = new Set<string>();
  for (const part of done.parts) addFieldsOf(part, fields);
  if (done.rule.kind === 'correlation')
    for (const field of correlationFields(done.rule)) fields.add(field);
  const asWritten = new Set(
    [...fields].filter((field) => !done.chosen.has(field) && !done.produced.has(field)),
  );
  if (!done.renames) return { asWritten, unmapped: [], known: fields.size === 0 };
  const unmapped: string[] = [];
  for (const field of fields)
    if (!done.produced.has(field) && !isMapped(done, field)) unmapped.push(field);
  const coverage = { asWritten, unmapped: unmapped.sort(), known: true };
  const test = lackTest(done, given);
  if (!test) return coverage;
  const added = addedFields(done);
  const lacks = (field: string): boolean =>
    !done.produced.has(field) && !isMapped(done, field) && !added.has(field) && test(field);
  return { ...coverage, absent: unmapped.filter(lacks), lacks };
}

/** Whether no event has an unmapped field; undefined where no pipeline knows all fields. */
export function lackTest(
  { state }: RuleInProcess,
  given: ReadonlySet<string>,
): ((field: string) => boolean) | undefined {
  const lacking = state.get(unmappedState);
  if (Array.isArray(lacking)) return (field) => lacking.includes(field);
  if (lacking !== 'absent') return undefined;
  const own = state.get(ownState);
  const names: readonly unknown[] = Array.isArray(own) ? own : [];
  return (field) => !given.has(field) && !names.some((name) => isNamedBy(field, name));
}

const isNamedBy = (field: string, name: unknown): boolean =>
  typeof name === 'string' &&
  (name.endsWith('*') ? field.startsWith(name.slice(0, -1)) : field === name);

/** Names that pipelines give to fields, except those that rules use: for these, mappings decide. */
export function givenNames(fields: readonly FieldTransformation[]): ReadonlySet<string> {
  const sources = new Set(fields.flatMap((field) => field.sources ?? []));
  return new Set(
    fields.flatMap((field) => field.targets ?? []).filter((name) => !sources.has(name)),
  );
}

/**
 * What pipelines make of the fields that settings name. Fields of the rule, and names that its
 * mappings give, are known to exist.
 */
export function namedFields(
  done: RuleInProcess,
  given: ReadonlySet<string>,
): ReadonlyMap<string, NamedField> {
  const lacks = done.renames ? lackTest(done, given) : undefined;
  return new Map(
    Array.from(done.named, ([field, { names, mapped, spelled }]) => {
      const known = isMapped(done, field) || done.produced.has(field) || done.offered.has(field);
      const absent = !known && !mapped && lacks?.(field) === true;
      return [field, { names, absent, guessed: done.renames && !known && !spelled && !absent }];
    }),
  );
}

/**
 * State of a pipeline that knows all fields of the rule's log source. `absent`: no event has a
 * field that stays unmapped. A list: no event has these.
 */
const unmappedState = 'unmapped_fields';

/**
 * State of such a pipeline: fields that events have nonetheless, such as those that the store adds.
 * A `*` at the end means any rest.
 */
const ownState = 'own_fields';

/** Fields of items that pipelines add: events have them. */
function addedFields({ parts }: RuleInProcess): ReadonlySet<string> {
  const added = new Set<string>();
  for (const part of parts)
    forEachItem(part, ({ file, field }) => {
      if (file !== part.file && field !== undefined) added.add(field);
    });
  return added;
}

/** Without items that a pipeline added, which have the names that its author wants. */
function addFieldsOf(part: SettledDetection, fields: Set<string>): void {
  forEachItem(part, (item) => {
    if (item.file !== part.file) return;
    if (item.field !== undefined) fields.add(item.field);
    if (refersToFields(item)) for (const field of fieldsReferredTo(item)) fields.add(field);
  });
}

const fieldsReferredTo = ({ values }: SettledItem): readonly string[] =>
  values.flatMap(({ tests }) =>
    tests.flatMap((test) => (test.kind === 'field' ? [test.other] : [])),
  );

function correlationFields({ aliases, groupBy, valueFields }: CorrelationRule): readonly string[] {
  const names = new Set(aliases.map(({ name }) => name));
  const own = [...groupBy, ...valueFields].filter((field) => !names.has(field));
  return [...own, ...aliases.flatMap(eventFieldsOf)];
}
