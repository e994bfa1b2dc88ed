import { type CompiledCorrelation, type CompiledDetection, type CompiledRule, detectionsBelow, rulesBelow } from '../../query/compile.ts';
import { lookBackOf } from '../../query/look-back.ts';
import { or, type Query } from '../../query/tree.ts';
import type { CorrelationRule } from '../../sigma/correlation.ts';
import type { DetectionRule } from '../../sigma/rule.ts';
import { holdsOfNothing, isAbsence } from '../../sigma/threshold.ts';
import { type Conversion, converted, Inexpressible, type Remark } from '../backend.ts';
import { remarkOnSilentGroups } from '../silent-groups.ts';
import { bucketSteps, fitsBuckets } from './buckets.ts';
import { addCorrelation, addInner, groupClause, isEvent, type Marks, markOf, placeOf } from './correlation-marks.ts';
import { type DataModel, dataModelName, dataModelOf, dataModelSearch, modelFields, withoutDataSet } from './data-model.ts';
import { joinedFields } from './joined-fields.ts';
import { narrows } from './narrowing.ts';
import { silentGroups, silentWindows } from './silence.ts';
import { joinStages, type SplunkOptions, splunkStages } from './splunk.ts';

/** What stands before a detection's search, such as its index macro in backticks; empty for none. */
export type ScopeOf = (part: CompiledDetection) => string;

/**
 * SPL with true sliding windows: matches of all referenced rules in time order, each marked (`sigpack_m1`...), then `streamstats` looks back
 * over the timespan at every event. A correlation over correlations marks the events at which the inner one is fulfilled.
 * A window is open at its far end, as streamstats has it. Manual: Search Reference, "multisearch" and "streamstats".
 * Only windows that the search sees whole are decided on: their ends are a look-back and more after its start.
 */
export function splunkCorrelation(correlation: CompiledCorrelation, scopeOf: ScopeOf, options: SplunkOptions): Conversion<string> {
  return converted((remarks) => {
    const sources = leaves(correlation, scopeOf, options);
    const [model] = sources.flatMap((source) => source.model ?? []);
    const marks: Marks = new Map();
    const steps = [baseSearch(sources, marks, correlation.rule), ...joinedFields(correlation)];
    const lead = splunkLead(lookBackOf(correlation));
    if (usesBuckets(correlation, options, remarks)) steps.push(...bucketSteps(correlation, marks, lead, model));
    else addSliding(correlation, marks, steps, { model, lead, remarks });
    if (model) steps.push(withoutDataSet(model));
    return steps.join(' | ');
  });
}

interface Sliding {
  readonly model: DataModel | undefined;
  readonly lead: number;
  readonly remarks: Remark[];
}

function addSliding(correlation: CompiledCorrelation, marks: Marks, steps: string[], { model, lead, remarks }: Sliding): void {
  const { rule } = correlation;
  const by = groupClause(rule);
  const silence = by !== '' && isAbsence(rule);
  remarkOnSilentGroups(rule, placeOf(rule), remarks);
  // these bring the rows into an order of their own
  const sorts = silence || rule.type === 'temporal_ordered';
  if (!sorts || correlation.parts.some(({ kind }) => kind === 'correlation')) steps.push('sort 0 _time');
  if (silence) {
    remarks.push(silenceRemark(rule));
    addInner(correlation, marks, steps, model);
    steps.push(...silentGroups(rule, isEvent(correlation, marks), by, lead));
  } else {
    addCorrelation(correlation, marks, steps, model);
    const decided = `${markOf(correlation, marks)}=1 AND _time>=info_min_time+${lead}`;
    if (by === '' && holdsOfNothing(rule)) steps.push(...silentWindows(rule, isEvent(correlation, marks), decided, lead));
    else steps.push('addinfo', `where ${decided}`, `stats max(_time) AS _time count AS sigpack_hits${by}`);
    // stats without BY makes a row of nothing, which would alert
    if (by === '' && !holdsOfNothing(rule)) steps.push('where sigpack_hits>0');
  }
}

/** Whether fixed windows are wanted, and fit. Says what either way costs. */
function usesBuckets(correlation: CompiledCorrelation, { correlation: method }: SplunkOptions, remarks: Remark[]): boolean {
  const { rule } = correlation;
  const place = placeOf(rule);
  if (method === 'stats' && fitsBuckets(correlation)) {
    remarks.push({ code: 'TGT002', message: `\`stats\` looks at fixed windows of ${rule.timespan} s; what spreads over two of them is not seen`, ...place });
    return true;
  }
  if (method === 'stats') {
    const message = '`stats` has no order, no chains and no silence: this correlation is made with `streamstats`';
    remarks.push({ code: 'TGT003', message, ...place });
  }
  const broad = isAbsence(rule) ? undefined : detectionsBelow(correlation).find(({ query }) => !narrows(query));
  if (broad) {
    const message = `"${broad.rule.title}" finds every event of a kind, and \`streamstats\` forgets events where a window holds more than 10,000`;
    const hint = 'Narrow that rule, set `splunk.correlation: stats` in sigpack.yml, or raise max_stream_window in limits.conf.';
    remarks.push({ code: 'TGT006', message, hint, ...place });
  }
  return false;
}

/** Seconds that a search looks back before the first moment that it decides on: whole minutes, on which saved searches start and end. */
export const splunkLead = (lookBack: number): number => Math.ceil(lookBack / 60) * 60;

function silenceRemark(rule: CorrelationRule): Remark {
  const message = `a group that was seen before is found once, ${rule.timespan} s after its last event; one that was never seen is not known`;
  return { code: 'TGT003', message, ...placeOf(rule) };
}

interface Source {
  readonly parts: readonly CompiledRule[];
  readonly search: string;
  readonly model?: DataModel;
}

/** Every detection below the correlation once; those of a plain count are one search, so that an event that matches two rules counts once. */
function leaves(correlation: CompiledCorrelation, scopeOf: ScopeOf, options: SplunkOptions): readonly Source[] {
  const found = new Map<DetectionRule, CompiledDetection>();
  const visited = new Set<CompiledRule>();
  const visit = (part: CompiledRule): void => {
    // correlations may share parts level upon level: each is looked at once
    if (visited.has(part)) return;
    visited.add(part);
    if (part.kind === 'correlation') part.parts.forEach(visit);
    else if (!found.has(part.rule)) found.set(part.rule, part);
  };
  visit(correlation);
  const detections = [...found.values()];
  const [first] = detections;
  const counts = correlation.rule.type !== 'temporal' && correlation.rule.type !== 'temporal_ordered';
  const flat = correlation.parts.every((part) => part.kind === 'detection') && correlation.rule.aliases.length === 0;
  if (first && counts && flat && detections.every((part) => placeName(part, scopeOf) === placeName(first, scopeOf))) {
    return [sourceOf(first, correlation.parts, or(detections.map((part) => part.query)))];
  }
  return detections.map((part) => sourceOf(part, [part], part.query));

  function sourceOf(part: CompiledDetection, parts: readonly CompiledRule[], query: Query): Source {
    const model = dataModelOf(part);
    if (!model) return { parts, search: joinStages(splunkStages(query, options), scopeOf(part)) };
    return { parts, model, search: dataModelSearch(query, model, options, neededFields(correlation, model)) };
  }
}

function placeName(part: CompiledDetection, scopeOf: ScopeOf): string {
  const model = dataModelOf(part);
  return model ? `datamodel=${dataModelName(model)}` : scopeOf(part);
}

/** The fields of a correlation and of those below it. */
function neededFields(correlation: CompiledCorrelation, model: DataModel): readonly string[] {
  return rulesBelow(correlation).flatMap(({ rule }) => {
    if (rule.kind !== 'correlation') return [];
    const aliases = new Set(rule.aliases.map(({ name }) => name));
    const aliased = rule.aliases.flatMap(({ fields }) => [...fields.values()]);
    const named = [...rule.groupBy, ...rule.valueFields].filter((field) => !aliases.has(field)).concat(aliased);
    const fields = named.flatMap((field) => rule.alternatives?.get(field) ?? [field]);
    return modelFields(fields, model, placeOf(rule));
  });
}

function baseSearch(sources: readonly Source[], marks: Marks, correlation: CorrelationRule): string {
  const searches = sources.map((source, index) => {
    const mark = `sigpack_m${index + 1}`;
    for (const part of source.parts) marks.set(part, mark);
    return `${source.search} | eval ${mark}=1`;
  });
  const [only] = searches;
  const model = sources.find((source) => source.model);
  if (model && searches.length > 1) {
    throw new Inexpressible({
      message: "a correlation of several searches can't look into a data model, since `multisearch` takes no `tstats`",
      ...placeOf(correlation),
      hint: 'Leave the data model out for the rules of this correlation.',
    });
  }
  return searches.length === 1 && only !== undefined ? only : `| multisearch ${searches.map((search) => `[search ${search}]`).join(' ')}`;
}
