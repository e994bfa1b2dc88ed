import {
  type CompiledCorrelation,
  type CompiledDetection,
  type CompiledRule,
  detectionsBelow,
  rulesBelow,
} from '../../../query/compile.ts';
import { lookBackOf } from '../../../query/look-back.ts';
import { or, type Query } from '../../../query/tree.ts';
import { type CorrelationRule, eventFieldsOf } from '../../../sigma/correlation/correlation.ts';
import { holdsOfNothing, isAbsence } from '../../../sigma/correlation/threshold.ts';
import type { DetectionRule } from '../../../sigma/rule/rule.ts';
import {
  type Conversion,
  converted,
  diagnosticAt,
  placeOfType,
  Refusal,
  refused,
  type TargetDiagnostic,
} from '../../backend.ts';
import { reportSilentGroups } from '../../silent-groups.ts';
import {
  type DataModel,
  dataModelName,
  dataModelOf,
  dataModelSearch,
  modelFields,
  withoutDataSet,
} from '../data-model.ts';
import { joinStages, type SplunkOptions, splunkStages } from '../splunk.ts';
import { printWhere } from '../where-stage.ts';
import { addBuckets, fitsBuckets } from './buckets.ts';
import { addCorrelation, addInner, groupClause, isEvent } from './correlation-marks.ts';
import { alsoAsked, countedTwice } from './counted-once.ts';
import { joinedFields } from './joined-fields.ts';
import { alsoField, type Making, type Marks, markOf } from './marks.ts';
import { narrows } from './narrowing.ts';
import { silentGroups, silentWindows } from './silence.ts';

/**
 * What the search of a detection begins with, such as `index=windows` or an index macro in
 * backticks; empty for nothing.
 */
export type ScopeOf = (part: CompiledDetection) => string;

/**
 * Converts a correlation to SPL. The search takes the events of all its rules in the order of time
 * and marks each (`sigpack_m1`...); then `streamstats` looks back over the timespan at every event,
 * or, with `correlation: 'stats'`, one window follows another. Only windows that the search sees as
 * a whole count.
 *
 * @param correlation - The correlation with the rules that it refers to.
 * @param scopeOf - What the search of each detection begins with.
 * @param options - How the search is written.
 * @returns The search, or the refusals.
 * @example
 * import { collect, createBag, createCompiler, readDocuments, splunkCorrelation } from 'sigpack';
 *
 * const text = `title: Failed logon
 * name: failed
 * logsource: { product: windows, service: security }
 * detection: { selection: { EventID: 4625 }, condition: selection }
 * ---
 * title: Many failed logons
 * correlation: { type: event_count, rules: [failed], timespan: 1m, condition: { gte: 2 } }
 * `;
 * const bag = createBag();
 * const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
 * const compile = createCompiler(collection, { placeholders: new Map(), bag });
 * const [compiled] = collection.rules.filter(({ kind }) => kind === 'correlation').map(compile);
 * const conversion =
 *   compiled?.kind === 'correlation'
 *     ? splunkCorrelation(compiled, () => 'index=windows', { cloudSafe: true })
 *     : undefined;
 * conversion?.ok && conversion.value.split(' | ')[0]; // => 'index=windows EventID=4625'
 */
export function splunkCorrelation(
  correlation: CompiledCorrelation,
  scopeOf: ScopeOf,
  options: SplunkOptions,
): Conversion<string> {
  return converted((diagnostics) => {
    const sources = leaves(correlation, scopeOf, options);
    const [model] = sources.flatMap((source) => source.model ?? []);
    const marks = marksOf(sources);
    const isOnePlace = (one: CompiledDetection, other: CompiledDetection): boolean =>
      placeName(one, scopeOf) === placeName(other, scopeOf);
    const also = alsoAsked(
      correlation,
      marks,
      (one, other) => isOnePlace(one, other) && canBeAsked(one),
    );
    const steps = [
      baseSearch(sources, { marks, also }, correlation.rule),
      ...joinedFields(correlation),
    ];
    const making = { marks, steps, model, also };
    const lead = splunkLead(lookBackOf(correlation));
    for (const part of countedTwice(correlation, { marks, also }, isOnePlace))
      diagnostics.push(doubleDiagnostic(part));
    if (usesBuckets(correlation, options, diagnostics)) addBuckets(correlation, making, lead);
    else addSliding(correlation, making, lead, diagnostics);
    if (model) steps.push(withoutDataSet(model));
    return steps.join(' | ');
  });
}

function doubleDiagnostic({ rule, parts }: CompiledCorrelation): TargetDiagnostic {
  return diagnosticAt(
    'TGT002',
    placeOfType(rule),
    parts.some(({ kind }) => kind === 'correlation')
      ? 'an event at which a correlation below is fulfilled counts once more where another of ' +
          'the rules means it too'
      : 'an event that several of the rules mean counts once for each of them',
    'Refer to rules that do not mean the same events.',
  );
}

function addSliding(
  correlation: CompiledCorrelation,
  making: Making,
  lead: number,
  diagnostics: TargetDiagnostic[],
): void {
  const { rule } = correlation;
  const { marks, steps } = making;
  const by = groupClause(rule);
  const silence = by !== '' && isAbsence(rule);
  reportSilentGroups(rule, placeOfType(rule), diagnostics);
  // these sort the rows themselves
  const sorts = silence || rule.type === 'temporal_ordered';
  if (!sorts || correlation.parts.some(({ kind }) => kind === 'correlation'))
    steps.push('sort 0 _time');
  if (silence) {
    diagnostics.push(silenceDiagnostic(rule));
    addInner(correlation, making);
    steps.push(...silentGroups(rule, isEvent(correlation, marks), by, lead));
  } else {
    addCorrelation(correlation, making);
    const decided = `${markOf(correlation, marks)}=1 AND _time>=info_min_time+${lead}`;
    if (by === '' && holdsOfNothing(rule))
      steps.push(...silentWindows(rule, isEvent(correlation, marks), decided, lead));
    else
      steps.push(
        'addinfo',
        `where ${decided}`,
        `stats max(_time) AS _time count AS sigpack_hits${by}`,
      );
    // stats without BY makes a row of nothing, which would alert
    if (by === '' && !holdsOfNothing(rule)) steps.push('where sigpack_hits>0');
  }
}

/** Whether fixed windows are wanted, and fit. Reports what either way costs. */
function usesBuckets(
  correlation: CompiledCorrelation,
  { correlation: method }: SplunkOptions,
  diagnostics: TargetDiagnostic[],
): boolean {
  const { rule } = correlation;
  const place = placeOfType(rule);
  if (method === 'stats' && fitsBuckets(correlation)) {
    diagnostics.push(
      diagnosticAt(
        'TGT002',
        place,
        `\`stats\` looks at fixed windows of ${rule.timespan} s; what spreads over two of them ` +
          'is not seen',
      ),
    );
    return true;
  }
  if (method === 'stats') {
    const message =
      '`stats` has no order, no chains and no silence: this correlation is made with `streamstats`';
    diagnostics.push(diagnosticAt('TGT003', place, message));
  }
  const broad = isAbsence(rule)
    ? undefined
    : detectionsBelow(correlation).find(({ query }) => !narrows(query));
  if (broad) {
    const message =
      `"${broad.rule.title}" finds every event of a kind, and \`streamstats\` forgets events ` +
      'where a window holds more than 10,000';
    const hint =
      'Narrow that rule, set `splunk.correlation: stats` in sigpack.yml, or raise ' +
      'max_stream_window in limits.conf.';
    diagnostics.push(diagnosticAt('TGT006', place, message, hint));
  }
  return false;
}

/**
 * Seconds that a search looks back before the first moment that it decides on: whole minutes, on
 * which saved searches start and end.
 */
export const splunkLead = (lookBack: number): number => Math.ceil(lookBack / 60) * 60;

function silenceDiagnostic(rule: CorrelationRule): TargetDiagnostic {
  const message =
    `a group that was seen before is found once, ${rule.timespan} s after its last event; one ` +
    'that was never seen is not known';
  return { code: 'TGT003', message, ...placeOfType(rule) };
}

interface Source {
  readonly parts: readonly CompiledRule[];
  readonly search: string;
  readonly model?: DataModel;
}

/**
 * Every detection below the correlation once; those of a plain count are one search, so that an
 * event that matches two rules counts once.
 */
function leaves(
  correlation: CompiledCorrelation,
  scopeOf: ScopeOf,
  options: SplunkOptions,
): readonly Source[] {
  const found = new Map<DetectionRule, CompiledDetection>();
  const visited = new Set<CompiledRule>();
  const visit = (part: CompiledRule): void => {
    // correlations may share parts level upon level: each is visited once
    if (visited.has(part)) return;
    visited.add(part);
    if (part.kind === 'correlation') part.parts.forEach(visit);
    else if (!found.has(part.rule)) found.set(part.rule, part);
  };
  visit(correlation);
  const detections = [...found.values()];
  const [first] = detections;
  const counts =
    correlation.rule.type !== 'temporal' && correlation.rule.type !== 'temporal_ordered';
  // an alias that is one field in every rule needs no mark of the rule that an event fulfils
  const oneField = correlation.rule.aliases.every(
    ({ fields }) => new Set(fields.values()).size === 1,
  );
  const flat = correlation.parts.every((part) => part.kind === 'detection') && oneField;
  if (
    first &&
    counts &&
    flat &&
    detections.every((part) => placeName(part, scopeOf) === placeName(first, scopeOf))
  ) {
    return [sourceOf(first, correlation.parts, or(detections.map((part) => part.query)))];
  }
  return detections.map((part) => sourceOf(part, [part], part.query));

  function sourceOf(part: CompiledDetection, parts: readonly CompiledRule[], query: Query): Source {
    const model = dataModelOf(part);
    if (!model) return { parts, search: joinStages(splunkStages(query, options), scopeOf(part)) };
    return {
      parts,
      model,
      search: dataModelSearch(query, model, options, neededFields(correlation, model)),
    };
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
    const aliased = rule.aliases.flatMap(eventFieldsOf);
    const named = [...rule.groupBy, ...rule.valueFields]
      .filter((field) => !aliases.has(field))
      .concat(aliased);
    const fields = named.flatMap((field) => rule.alternatives?.get(field) ?? [field]);
    return modelFields(fields, model, placeOfType(rule));
  });
}

/** Whether `where` can express the rule: it can't express what belongs to the search command. */
function canBeAsked({ query }: CompiledDetection): boolean {
  try {
    printWhere(query);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const marksOf = (sources: readonly Source[]): Marks =>
  new Map(
    sources.flatMap(({ parts }, index) => parts.map((part) => [part, `sigpack_m${index + 1}`])),
  );

function baseSearch(
  sources: readonly Source[],
  { marks, also }: Pick<Making, 'marks' | 'also'>,
  correlation: CorrelationRule,
): string {
  const searches = sources.map(({ parts: [first], search }) => {
    const mark = first ? markOf(first, marks) : '';
    const others = [...marks].flatMap(([part, earlier]) =>
      part.kind === 'detection' && also.get(mark)?.has(earlier)
        ? [`${alsoField(earlier)}=if(${printWhere(part.query)}, 1, null())`]
        : [],
    );
    return `${search} | eval ${[`${mark}=1`, ...others].join(', ')}`;
  });
  const [only] = searches;
  const model = sources.find((source) => source.model);
  if (model && searches.length > 1) {
    throw refused(
      placeOfType(correlation),
      "a correlation of several searches can't look into a data model, since `multisearch` " +
        'takes no `tstats`',
      'Leave the data model out for the rules of this correlation.',
    );
  }
  return searches.length === 1 && only !== undefined
    ? only
    : `| multisearch ${searches.map((search) => `[search ${search}]`).join(' ')}`;
}
