import {
  type CompiledCorrelation,
  type CompiledDetection,
  rulesBelow,
} from '../../../query/compile.ts';
import type { CorrelationRule } from '../../../sigma/correlation/correlation.ts';
import { isAbsence } from '../../../sigma/correlation/threshold.ts';
import { sourceOf } from './alias-fields.ts';
import { alsoField, type Making, type Marks, markOf, numberOf } from './marks.ts';

/** The correlations whose number changes if an event counts twice. */
const sums = (rule: CorrelationRule): boolean =>
  /^(event_count|value_(sum|avg|percentile))$/.test(rule.type) && !isAbsence(rule);

/**
 * An event that several rules match is one row for each of them. Finds, for the mark of a rule, the
 * rules before it whose events it may share, so that a correlation counts an event once. `share`:
 * whether the events of two rules come from the same place.
 */
export function alsoAsked(
  root: CompiledCorrelation,
  marks: Marks,
  share: (one: CompiledDetection, other: CompiledDetection) => boolean,
): ReadonlyMap<string, ReadonlySet<string>> {
  const also = new Map<string, Set<string>>();
  for (const part of countingOnce(root)) {
    for (const { earlier, later } of pairsOf(part, marks)) {
      if (!share(earlier.part, later.part)) continue;
      const known = also.get(later.mark) ?? new Set();
      also.set(later.mark, known.add(earlier.mark));
    }
  }
  return also;
}

/** The correlations of a chain that need each event once: what others count, too. */
function countingOnce(root: CompiledCorrelation): readonly CompiledCorrelation[] {
  const correlations = rulesBelow(root).filter((part) => part.kind === 'correlation');
  const isCounted = correlations.some(({ rule }) => sums(rule));
  return correlations.filter(
    (part) =>
      sums(part.rule) || (isCounted && part !== root && part.rule.type !== 'temporal_ordered'),
  );
}

interface Side {
  readonly part: CompiledDetection;
  readonly index: number;
  readonly mark: string;
}

interface Pair {
  readonly earlier: Side;
  readonly later: Side;
}

/** Pairs without those that count different fields: these are counted independently. */
function pairsOf(correlation: CompiledCorrelation, marks: Marks): readonly Pair[] {
  const { rule } = correlation;
  const counted = (side: Side): string =>
    rule.valueFields.map((name) => fieldOf(rule, side, name, marks)).join('\n');
  return allPairsOf(correlation, marks).filter(
    ({ earlier, later }) => counted(earlier) === counted(later),
  );
}

/** Pairs of the searches of a correlation. */
function allPairsOf({ parts }: CompiledCorrelation, marks: Marks): readonly Pair[] {
  const sides = parts.flatMap((part, index) =>
    part.kind === 'detection' ? [{ part, index, mark: markOf(part, marks) }] : [],
  );
  const sorted = sides.toSorted((one, other) => numberOf(one.mark) - numberOf(other.mark));
  return sorted.flatMap((later, at) =>
    sorted
      .slice(0, at)
      .filter((earlier) => earlier.mark !== later.mark)
      .map((earlier) => ({ earlier, later })),
  );
}

function fieldOf(rule: CorrelationRule, { part, index }: Side, name: string, marks: Marks): string {
  const alias = rule.aliases.find((known) => known.name === name);
  return alias ? sourceOf(rule, part, index, alias, marks) : name;
}

/**
 * True of a row whose event is in the same group as another row of it, in which it counts;
 * undefined if there is no such row.
 */
export function repeated(part: CompiledCorrelation, { marks, also }: Making): string | undefined {
  const { rule } = part;
  const terms = pairsOf(part, marks).flatMap(({ earlier, later }) => {
    if (!also.get(later.mark)?.has(earlier.mark)) return [];
    const fields = rule.groupBy.map(
      (name) => [fieldOf(rule, earlier, name, marks), fieldOf(rule, later, name, marks)] as const,
    );
    const same = fields.flatMap(([one, other]) => (one === other ? [] : [` AND ${one}=${other}`]));
    return [`(${later.mark}=1 AND ${alsoField(earlier.mark)}=1${same.join('')})`];
  });
  return terms.length === 0 ? undefined : terms.join(' OR ');
}

/**
 * The correlations of a chain in which an event may count more than once, because it has several
 * rows and no row shows that they are one event. `isOnePlace`: whether two rules look at the same
 * events.
 */
export function countedTwice(
  root: CompiledCorrelation,
  { marks, also }: Pick<Making, 'marks' | 'also'>,
  isOnePlace: (one: CompiledDetection, other: CompiledDetection) => boolean,
): readonly CompiledCorrelation[] {
  return countingOnce(root).filter((part) => {
    const { rule, parts } = part;
    if (parts.length > 1 && parts.some(({ kind }) => kind === 'correlation')) return true;
    const known = new Set(pairsOf(part, marks).map(pairKey));
    return allPairsOf(part, marks).some((pair) => {
      const { earlier, later } = pair;
      if (!isOnePlace(earlier.part, later.part)) return false;
      const isApart = (name: string): boolean =>
        fieldOf(rule, earlier, name, marks) !== fieldOf(rule, later, name, marks);
      if (known.has(pairKey(pair)))
        return (
          !also.get(later.mark)?.has(earlier.mark) ||
          (part !== root && !keepsApart(root, part, rule.groupBy.filter(isApart)))
        );
      return part !== root;
    });
  });
}

const pairKey = ({ earlier, later }: Pair): string => `${earlier.index} ${later.index}`;

/** Whether the groups of all correlations above are as fine as those that the fields make. */
const keepsApart = (
  root: CompiledCorrelation,
  part: CompiledCorrelation,
  fields: readonly string[],
): boolean =>
  rulesBelow(root).every((above) => {
    if (above.kind === 'detection' || !above.parts.includes(part)) return true;
    const { aliases, groupBy, rules } = above.rule;
    const reference = rules[above.parts.indexOf(part)]?.name ?? '';
    const kept = aliases.flatMap(({ name, fields: named, below }) =>
      below?.has(reference) && groupBy.includes(name) ? (named.get(reference) ?? []) : [],
    );
    return fields.length === 0 || (above === root && fields.every((field) => kept.includes(field)));
  });
