import { type CompiledCorrelation, type CompiledDetection, type CompiledRule, rulesBelow } from '../../query/compile.ts';
import { or, type Query } from '../../query/tree.ts';
import type { CorrelationRule, Threshold } from '../../sigma/correlation.ts';
import type { DetectionRule } from '../../sigma/rule.ts';
import { type Conversion, converted, Inexpressible, type Place } from '../backend.ts';
import { type DataModel, dataModelName, dataModelOf, dataModelSearch, modelFields, withoutDataSet } from './data-model.ts';
import { joinStages, type SplunkOptions, splunkStages } from './splunk.ts';
import { decimal, evalField, searchField } from './text.ts';

/** What stands before a detection's search, such as its index macro in backticks; empty for none. */
export type ScopeOf = (part: CompiledDetection) => string;

/**
 * SPL with true sliding windows: matches of all referenced rules in time order, each marked (`sigpack_m1`...), then `streamstats` looks back
 * over the timespan at every event. A correlation over correlations marks the events at which the inner one is fulfilled.
 * A window is open at its far end, as streamstats has it. Manual: Search Reference, "multisearch" and "streamstats".
 */
export function splunkCorrelation(correlation: CompiledCorrelation, scopeOf: ScopeOf, options: SplunkOptions): Conversion<string> {
  return converted(() => {
    const sources = leaves(correlation, scopeOf, options);
    const marks = new Map<CompiledRule, string>();
    const steps = [baseSearch(sources, marks, correlation.rule), 'sort 0 _time'];
    const [model] = sources.flatMap((source) => source.model ?? []);
    addCorrelation(correlation, marks, steps, model);
    const mark = markOf(correlation, marks);
    const by = groupClause(correlation.rule);
    steps.push(`where ${mark}=1`, `stats max(_time) AS _time count AS sigpack_hits${by}`);
    // stats without BY makes a row of nothing, which would alert
    if (by === '') steps.push('where sigpack_hits>0');
    if (model) steps.push(withoutDataSet(model));
    return steps.join(' | ');
  });
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
    return modelFields([...rule.groupBy, ...rule.valueFields].filter((field) => !aliases.has(field)).concat(aliased), model, placeOf(rule));
  });
}

function baseSearch(sources: readonly Source[], marks: Map<CompiledRule, string>, correlation: CorrelationRule): string {
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

function markOf(part: CompiledRule, marks: ReadonlyMap<CompiledRule, string>): string {
  if (part.kind === 'detection') for (const [known, mark] of marks) if (known.rule === part.rule) return mark;
  return marks.get(part) ?? '';
}

function addCorrelation(part: CompiledCorrelation, marks: Map<CompiledRule, string>, steps: string[], model?: DataModel): void {
  for (const inner of part.parts) if (inner.kind === 'correlation' && !marks.has(inner)) addCorrelation(inner, marks, steps, model);
  const { rule } = part;
  const place = placeOf(rule);
  const inputs = [...new Set(part.parts.map((inner) => markOf(inner, marks)))];
  const mark = `sigpack_m${new Set(marks.values()).size + 1}`;
  marks.set(part, mark);
  for (const alias of rule.aliases) {
    const cases = part.parts.map((inner, index) => `${markOf(inner, marks)}=1, ${evalField(alias.fields.get(rule.rules[index]?.name ?? '') ?? '', place)}`);
    steps.push(`eval ${aliasName(alias.name, place)}=case(${cases.join(', ')})`);
  }
  const any = inputs.map((input) => `${input}=1`).join(' OR ');
  const row = inputs.length === 1 ? any : `(${any})`;
  const window = `streamstats time_window=${rule.timespan}s`;
  const by = groupClause(rule);
  switch (rule.type) {
    case 'temporal_ordered':
      steps.push(
        ...orderedSteps(
          rule,
          part.parts.map((inner) => markOf(inner, marks)),
          mark,
        ),
      );
      return;
    case 'temporal': {
      const seen = inputs.map((input, index) => `max(${input}) AS sigpack_w${index + 1}`).join(' ');
      const count = inputs.map((_, index) => `coalesce(sigpack_w${index + 1}, 0)`).join('+');
      const wanted = rule.thresholds.length > 0 ? rule.thresholds : [{ operator: 'gte' as const, value: inputs.length }];
      steps.push(`${window} ${seen}${by}`, `eval sigpack_c=${count}`, markStep(mark, row, wanted));
      return;
    }
    default:
      steps.push(
        `eval sigpack_v=if(${any}, ${counted(rule, place, model !== undefined)}, null())`,
        `${window} ${aggregate(rule)}(sigpack_v) AS sigpack_c${by}`,
        markStep(mark, row, rule.thresholds),
      );
  }
}

/** The latest start of a chain of matches in order, carried from rule to rule: the tightest chain is found if there is one. */
function orderedSteps(rule: CorrelationRule, inputs: readonly string[], mark: string): readonly string[] {
  const all = inputs.length;
  if (rule.thresholds.some((threshold) => !(threshold.operator === 'gte' || threshold.operator === 'eq') || threshold.value !== all)) {
    throw new Inexpressible({
      message: 'temporal_ordered is understood with all of its rules only',
      ...placeOf(rule),
      hint: 'Remove the condition; every rule must match then.',
    });
  }
  const by = groupClause(rule);
  const steps = inputs.flatMap((input, index) => {
    const start = index === 0 ? '_time' : `sigpack_p${index}`;
    const step = [`eval sigpack_s${index + 1}=if(${input}=1, ${start}, null())`];
    if (index < inputs.length - 1) step.push(`streamstats max(sigpack_s${index + 1}) AS sigpack_p${index + 1}${by}`);
    return step;
  });
  steps.push(`eval ${mark}=if(${inputs[all - 1]}=1 AND _time-sigpack_s${all}<${rule.timespan}, 1, null())`);
  return steps;
}

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', neq: '!=' } as const;

function markStep(mark: string, row: string, thresholds: readonly Threshold[]): string {
  const tests = thresholds.map((threshold) => `sigpack_c${operators[threshold.operator]}${decimal(threshold.value)}`);
  return `eval ${mark}=if(${[row, ...tests].join(' AND ')}, 1, null())`;
}

function aggregate(rule: CorrelationRule): string {
  const functions = {
    event_count: 'sum',
    value_count: 'dc',
    value_sum: 'sum',
    value_avg: 'avg',
    value_percentile: `perc${rule.percentile}`,
    temporal: 'sum',
    temporal_ordered: 'sum',
  };
  return functions[rule.type];
}

/** `grouped`: a row stands for several events, as its `count` says. */
function counted(rule: CorrelationRule, place: Place, grouped: boolean): string {
  if (rule.type === 'event_count') return grouped ? 'count' : '1';
  if (grouped && (rule.type === 'value_avg' || rule.type === 'value_percentile')) {
    throw new Inexpressible({
      message: `${rule.type} is not counted over a data model, whose rows stand for several events`,
      file: place.file,
      span: place.span,
      hint: 'Leave the data model out for the rules of this correlation.',
    });
  }
  const fields = rule.valueFields.map((field) => evalField(field, place));
  // several fields count by their combinations; null where one is missing
  return rule.type === 'value_count' ? fields.join('."::".') : `tonumber(${fields[0]})${grouped ? '*count' : ''}`;
}

function groupClause(rule: CorrelationRule): string {
  if (rule.groupBy.length === 0) return '';
  return ` BY ${rule.groupBy.map((field) => searchField(field, placeOf(rule))).join(' ')}`;
}

function aliasName(name: string, place: Place): string {
  if (/^(?!sigpack_)[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new Inexpressible({
    message: `\`${name}\` can't be the name of an alias in Splunk`,
    file: place.file,
    span: place.span,
    hint: 'Use letters, digits and underscores, and no name that starts with sigpack_.',
  });
}

const placeOf = (rule: CorrelationRule): Place => ({ file: rule.file, span: rule.typeSpan });
