import {
  type CompiledCorrelation,
  type CompiledDetection,
  type CompiledRule,
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
  const correlations = rulesBelow(root).filter((part) => part.kind === 'correlation');
  const isCounted = correlations.some(({ rule }) => sums(rule));
  for (const part of correlations) {
    // what others count has to be fulfilled once at an event
    if (!(sums(part.rule) || (isCounted && part !== root && part.rule.type !== 'temporal_ordered')))
      continue;
    for (const { earlier, later } of pairsOf(part, marks)) {
      if (!share(earlier.part, later.part)) continue;
      const known = also.get(later.mark) ?? new Set();
      also.set(later.mark, known.add(earlier.mark));
    }
  }
  return also;
}

interface Side {
  readonly part: CompiledDetection;
  readonly index: number;
  readonly mark: string;
}

/**
 * Pairs of the rules of a correlation, without those that count different fields: these are counted
 * independently.
 */
function pairsOf(
  { rule, parts }: CompiledCorrelation,
  marks: Marks,
): readonly { readonly earlier: Side; readonly later: Side }[] {
  const sides = parts.flatMap((part, index) =>
    part.kind === 'detection' ? [{ part, index, mark: markOf(part, marks) }] : [],
  );
  const sorted = sides.toSorted((one, other) => numberOf(one.mark) - numberOf(other.mark));
  const counted = (side: Side): string =>
    sums(rule) ? rule.valueFields.map((name) => fieldOf(rule, side, name, marks)).join('\n') : '';
  return sorted.flatMap((later, at) =>
    sorted
      .slice(0, at)
      .filter((earlier) => earlier.mark !== later.mark && counted(earlier) === counted(later))
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
 * Whether a correlation counts both what a correlation below finds and what another rule finds: no
 * row shows whether they are one event.
 */
export const countsBeside = ({ rule, parts }: CompiledCorrelation): boolean =>
  sums(rule) && parts.length > 1 && parts.some(({ kind }: CompiledRule) => kind === 'correlation');
