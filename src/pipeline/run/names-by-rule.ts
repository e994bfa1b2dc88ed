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

/** A detection before and after the pipelines. */
export interface ProcessedLeaf {
  readonly written: SettledRule;
  readonly processed: SettledRule;
}

/**
 * Pipelines may call one field by other names in other log sources, while a correlation goes
 * through them with all of its rules at once, and gets one name. Where that is not the name for
 * each of the rules alone, the field becomes an alias, and each rule has its own in the aliases.
 *
 * @param namesIn - What the pipelines call some fields in a correlation over one rule alone.
 */
export function nameByRule(
  correlation: Correlation,
  namesIn: (leaf: ProcessedLeaf, fields: readonly string[]) => NamesIn,
): CorrelationRule {
  const { written, done, parts, processed } = correlation;
  const aliased = new Set(written.aliases.map(({ name }) => name));
  const own = new Map<string, string>();
  for (const key of ['groupBy', 'valueFields'] as const)
    for (const [at, field] of written[key].entries())
      if (!aliased.has(field)) own.set(field, done[key][at] ?? field);
  const fields = [...new Set([...own.keys(), ...written.aliases.flatMap(eventFieldsOf)])];
  const leaves = leavesOf(parts, processed);
  if (leaves.size < 2 || fields.length === 0) return done;
  const sources = createSources(
    correlation,
    new Map([...leaves].map(([leaf, both]) => [leaf, namesIn(both, fields)])),
  );

  const aliases = done.aliases.map((alias, at): Alias => {
    const named = Array.from(alias.fields, ([reference, name]): [string, string] => {
      if (alias.below?.has(reference)) return [reference, name];
      const field = written.aliases[at]?.fields.get(reference) ?? name;
      const index = written.rules.findIndex((rule) => rule.name === reference);
      return [
        reference,
        sources.isOne(field, name) ? sources.keep(name) : sources.of(field, index),
      ];
    });
    return { ...alias, fields: new Map(named) };
  });
  /** By a field as written: the alias that it becomes. */
  const renamed = new Map<string, string>();
  for (const [field, name] of own) {
    if (sources.isOne(field, name)) {
      sources.keep(name);
      continue;
    }
    const isTaken = [...own].some(([other, known]) => other !== field && known === name);
    const free = isTaken
      ? freeName(field, [...aliased, ...own.values(), ...renamed.values()])
      : name;
    renamed.set(field, free);
    aliases.push(aliasOf(correlation, free, (index) => sources.of(field, index)));
  }
  const nameOf = (field: string): string => renamed.get(field) ?? own.get(field) ?? field;
  const { alternatives: _, ...rest } = done;
  const alternatives = sources.alternatives();
  return {
    ...rest,
    aliases,
    groupBy: written.groupBy.map(nameOf),
    valueFields: written.valueFields.map(nameOf),
    ...(alternatives.size > 0 && { alternatives }),
  };
}

interface Sources {
  /** Whether the rules have one name for a field, and the correlation got it. */
  readonly isOne: (field: string, name: string) => boolean;
  /** The name that the correlation got, which may stand for several. */
  readonly keep: (name: string) => string;
  /** The name of a field in the events of a rule that is referred to. */
  readonly of: (field: string, index: number) => string;
  /** What the names stand for that are several fields. */
  readonly alternatives: () => ReadonlyMap<string, readonly string[]>;
}

function createSources(
  { written, done, parts }: Correlation,
  names: ReadonlyMap<SettledRule, NamesIn>,
): Sources {
  const several = new Map<string, readonly string[]>();
  const single = new Set<string>();
  const all = new Set(names.keys());
  const gotten = (name: string): readonly string[] => done.alternatives?.get(name) ?? [name];
  const take = (name: string, meant: readonly string[]): string => {
    const [only = name] = meant;
    if (meant.length === 1) {
      single.add(only);
      return only;
    }
    if (textOf(several.get(name) ?? meant) !== textOf(meant)) throw severalOrOne(name);
    several.set(name, meant);
    return name;
  };
  return {
    isOne: (field, name) => {
      const texts = textsOf(field, all, names);
      return texts.size === 1 && texts.has(textOf(gotten(name)));
    },
    keep: (name) => take(name, gotten(name)),
    of: (field, index) => {
      const below = new Set(leavesOf(parts.slice(index, index + 1), []).keys());
      const texts = textsOf(field, below, names);
      if (texts.size > 1) throw severalNames(field, written.rules[index]?.name ?? '', texts);
      const [leaf] = below;
      return take(field, (leaf && names.get(leaf)?.(field)) ?? [field]);
    },
    alternatives: () => {
      // such a name is given to events, and would hide the field of this name
      for (const name of several.keys()) if (single.has(name)) throw severalOrOne(name);
      return several;
    },
  };
}

const severalOrOne = (field: string): ProcessingError =>
  new ProcessingError(
    `the field \`${field}\` of the correlation would become several fields in one rule and ` +
      'another in the next',
    undefined,
    'Map it to one field in each of them.',
  );

/** The field as written, unless it is the name of something else. */
function freeName(field: string, taken: readonly string[]): string {
  if (!taken.includes(field)) return field;
  throw new ProcessingError(
    `two fields of the correlation would become one in some of its rules, and \`${field}\` ` +
      'another in the rest',
    undefined,
    'Map them to different names.',
  );
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

/** Every detection below some rules once: correlations may share parts at several levels. */
function leavesOf(
  parts: readonly SettledRule[],
  processed: readonly SettledRule[],
): ReadonlyMap<SettledRule, ProcessedLeaf> {
  const leaves = new Map<SettledRule, ProcessedLeaf>();
  const visited = new Set<SettledRule>();
  const visit = (written: SettledRule, made: SettledRule): void => {
    if (visited.has(written)) return;
    visited.add(written);
    if (written.kind === 'detection') leaves.set(written, { written, processed: made });
    else
      for (const [at, part] of written.parts.entries())
        visit(part, (made.kind === 'correlation' && made.parts[at]) || part);
  };
  for (const [at, part] of parts.entries()) visit(part, processed[at] ?? part);
  return leaves;
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
