import type { SettledRule } from '../../query/compile.ts';
import {
  type Alias,
  type CorrelationRule,
  eventFieldsOf,
} from '../../sigma/correlation/correlation.ts';
import { ProcessingError } from '../../work/processing-error.ts';

/** What the pipelines call a field in the events of a detection. */
type NamesIn = (field: string) => readonly string[];

/** A correlation before and after the pipelines. */
interface Correlation {
  readonly written: CorrelationRule;
  readonly done: CorrelationRule;
  /** The rules that it refers to, as written. */
  readonly parts: readonly SettledRule[];
  /** The same ones after the pipelines. */
  readonly processed: readonly SettledRule[];
}

/**
 * Pipelines may call one field by other names in other log sources, while a correlation went
 * through them with one name for all of its rules. Where the names differ, the field becomes an
 * alias, and each rule has its own in the aliases. A name that none of the rules has was meant for
 * the correlation, and stays. `namesIn`: what the pipelines make of some fields in a rule.
 */
export function nameByRule(
  correlation: Correlation,
  namesIn: (detection: SettledRule, fields: readonly string[]) => NamesIn,
): CorrelationRule {
  const { written, done, parts } = correlation;
  const aliased = new Set(written.aliases.map(({ name }) => name));
  const own = [...written.groupBy, ...written.valueFields].filter((field) => !aliased.has(field));
  const fields = [...new Set([...own, ...written.aliases.flatMap(eventFieldsOf)])];
  const leaves = new Set(parts.flatMap((part) => [...detectionsOf(part)]));
  if (leaves.size < 2 || fields.length === 0) return done;
  const names = new Map([...leaves].map((leaf) => [leaf, namesIn(leaf, fields)]));
  const differs = (field: string): boolean => textsOf(field, leaves, names).size > 1;
  if (!fields.some(differs)) return done;

  const alternatives = new Map(done.alternatives);
  const isOfRules = (field: string, name: string): boolean =>
    differs(field) &&
    textsOf(field, leaves, names).has(textOf(done.alternatives?.get(name) ?? [name]));
  const sourceOf = (field: string, index: number): string => {
    const below = detectionsOf(parts[index]);
    const texts = textsOf(field, below, names);
    if (texts.size > 1) throw severalNames(field, written.rules[index]?.name ?? '', texts);
    const [leaf] = below;
    const own = (leaf && names.get(leaf)?.(field)) ?? [field];
    const [only = field] = own;
    if (own.length === 1) return only;
    const known = alternatives.get(field) ?? own;
    // the name stands for all of them, so it can't be that of one field in another rule
    if (textOf(known) !== textOf(own) || textsOf(field, leaves, names).has(field))
      throw new ProcessingError(
        `the field \`${field}\` of the correlation would become several fields in one rule ` +
          'and another in the next',
        undefined,
        'Map it to one field in each of them.',
      );
    alternatives.set(field, own);
    return field;
  };

  const aliases = done.aliases.map((alias, at): Alias => {
    const before = written.aliases[at];
    const fieldsOf = Array.from(alias.fields, ([reference, name]): [string, string] => {
      const field = before?.fields.get(reference) ?? name;
      const index = written.rules.findIndex((rule) => rule.name === reference);
      return alias.below?.has(reference) || !isOfRules(field, name)
        ? [reference, name]
        : [reference, sourceOf(field, index)];
    });
    return { ...alias, fields: new Map(fieldsOf) };
  });
  const renamed = [...done.groupBy, ...done.valueFields];
  for (const [at, field] of [...written.groupBy, ...written.valueFields].entries()) {
    const name = renamed[at] ?? field;
    if (aliased.has(field) || !isOfRules(field, name)) continue;
    if (!aliases.some((known) => known.name === name))
      aliases.push(aliasOf(correlation, name, (index) => sourceOf(field, index)));
  }
  return { ...done, aliases, ...(alternatives.size > 0 && { alternatives }) };
}

/** The alias that a field of the correlation becomes. */
function aliasOf(
  { written, processed }: Correlation,
  name: string,
  sourceOf: (index: number) => string,
): Alias {
  const below = new Set<string>();
  const fields = written.rules.map(({ name: reference }, index): [string, string] => {
    if (!isGroupedBy(processed[index], name)) return [reference, sourceOf(index)];
    below.add(reference);
    return [reference, name];
  });
  return {
    name,
    fields: new Map(fields),
    references: written.rules,
    span: written.typeSpan,
    ...(below.size > 0 && { below }),
  };
}

/** Whether a correlation has an alias of that name in its group. */
const isGroupedBy = (settled: SettledRule | undefined, name: string): boolean =>
  settled?.kind === 'correlation' &&
  settled.rule.groupBy.includes(name) &&
  settled.rule.aliases.some((alias) => alias.name === name);

/** Every detection below a rule once: correlations may share parts at several levels. */
function detectionsOf(settled: SettledRule | undefined): ReadonlySet<SettledRule> {
  const visited = new Set<SettledRule>();
  const visit = (part: SettledRule): void => {
    if (visited.has(part)) return;
    visited.add(part);
    if (part.kind === 'correlation') part.parts.forEach(visit);
  };
  if (settled) visit(settled);
  return new Set([...visited].filter(({ kind }) => kind === 'detection'));
}

const textOf = (names: readonly string[]): string => names.join('\n');

/** The names of a field in the events of some rules, each as a text. */
const textsOf = (
  field: string,
  leaves: ReadonlySet<SettledRule>,
  names: ReadonlyMap<SettledRule, NamesIn>,
): ReadonlySet<string> =>
  new Set([...leaves].map((leaf) => textOf(names.get(leaf)?.(field) ?? [field])));

const severalNames = (
  field: string,
  reference: string,
  texts: ReadonlySet<string>,
): ProcessingError =>
  new ProcessingError(
    `the field \`${field}\` of the correlation has several names in the rules below ` +
      `\`${reference}\`: ${[...texts].map((text) => text.replaceAll('\n', ', ')).join('; ')}`,
    undefined,
    `Group \`${reference}\` by it, or give it one name in the pipelines.`,
  );
