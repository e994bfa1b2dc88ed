import {
  type CompiledCorrelation,
  type CompiledRule,
  detectionsBelow,
} from '../../../query/compile.ts';
import type { CorrelationRule, Threshold } from '../../../sigma/correlation/correlation.ts';
import {
  growsWithEvents,
  holdsOfNothing,
  isAbsence,
} from '../../../sigma/correlation/threshold.ts';
import { type Place, placeOfType, refused } from '../../backend.ts';
import { decimal, evalField, searchField } from '../text.ts';
import { aliasSteps, ownFieldSteps, withOwnFields } from './alias-fields.ts';
import { repeated } from './counted-once.ts';
import { anyOf, inputsOf, type Making, type Marks, markOf } from './marks.ts';

/**
 * True of the rows that a correlation is about; for a count, only of those that count something.
 */
export function isEvent({ rule, parts }: CompiledCorrelation, marks: Marks): string {
  const any = anyOf(inputsOf(parts, marks));
  if (rule.type !== 'value_count') return any;
  return (
    `${parts.length === 1 ? any : `(${any})`} AND isnotnull(` +
    `${counted(rule, placeOfType(rule), false)})`
  );
}

/** The marks of the correlations below. */
function addBelow(part: CompiledCorrelation, making: Making): void {
  for (const inner of part.parts)
    if (inner.kind === 'correlation' && !making.marks.has(inner)) addMark(inner, making, true);
}

/**
 * True of the rows that count. Where an event has several rows in a group, only the first of them
 * counts.
 */
function countedRows(part: CompiledCorrelation, making: Making): readonly string[] {
  const any = anyOf(inputsOf(part.parts, making.marks));
  const twice = repeated(part, making);
  if (twice === undefined) return [any];
  making.steps.push(`eval sigpack_d=if(${twice}, 1, null())`);
  return [any, 'isnull(sigpack_d)'];
}

/** OR has a lower precedence than AND. */
export const allOf = (conditions: readonly string[]): string =>
  conditions
    .map((one) => (conditions.length > 1 && one.includes(' OR ') ? `(${one})` : one))
    .join(' AND ');

/**
 * The commands before a correlation that no other reads: the marks of those below, and its aliases.
 * Returns what is true of the rows that count.
 */
export function addInner(part: CompiledCorrelation, making: Making): readonly string[] {
  addBelow(part, making);
  const rows = countedRows(part, making);
  making.steps.push(...aliasSteps(part, making.marks));
  return rows;
}

/** The mark of a correlation that no other reads. */
export const addCorrelation = (part: CompiledCorrelation, making: Making): void =>
  addMark(part, making, false);

function addMark(part: CompiledCorrelation, making: Making, isInner: boolean): void {
  const { marks, steps, model } = making;
  if (isInner && isAbsence(part.rule)) {
    throw refused(
      placeOfType(part.rule),
      'no event fulfils a correlation that looks for silence, so no other can build on it',
      'Refer to its base rules.',
    );
  }
  addBelow(part, making);
  const mark = `sigpack_m${new Set(marks.values()).size + 1}`;
  const rows = isInner ? countedRows(part, making) : addInner(part, making);
  if (isInner) steps.push(...ownFieldSteps(part, mark, marks));
  const { rule } = isInner ? withOwnFields(part, mark) : part;
  const inputs = inputsOf(part.parts, marks);
  // an event that is in no group of this correlation has what another left
  const stale = [...marks.keys()].some(({ kind }) => kind === 'correlation');
  marks.set(part, mark);
  if (rule.type === 'temporal_ordered') {
    const ordered = part.parts.map((inner) => markOf(inner, marks));
    steps.push(
      ...(stale ? [cleared(ordered.slice(1).map((_, index) => `sigpack_p${index + 1}`))] : []),
      ...orderedSteps({ ...part, rule }, ordered, mark),
    );
    return;
  }
  const by = groupClause(rule);
  const window = `streamstats time_window=${rule.timespan}s`;
  if (rule.type === 'temporal') {
    const seen = inputs.map((input, index) => `max(${input}) AS sigpack_w${index + 1}`).join(' ');
    const count = inputs.map((_, index) => `coalesce(sigpack_w${index + 1}, 0)`).join('+');
    if (stale) steps.push(cleared(inputs.map((_, index) => `sigpack_w${index + 1}`)));
    steps.push(`${window} ${seen}${by}`, `eval sigpack_c=${count}`);
  } else {
    if (stale) steps.push(cleared(['sigpack_c']));
    steps.push(
      `eval sigpack_v=if(${allOf(rows)}, ` +
        `${counted(rule, placeOfType(rule), model !== undefined)}, null())`,
      `${window} ${windowValue(rule)}(sigpack_v) AS sigpack_c${by}`,
    );
  }
  // a window holds all events of the moment at which it ends; what grows with events is seen at the
  // last of them anyway
  if (isInner || !growsWithEvents(rule))
    steps.push(`eventstats last(sigpack_c) AS sigpack_c BY _time${by.replace(/^ BY/, '')}`);
  // at an event that is in no group, no rule is counted
  const inGroup =
    rule.type === 'temporal' && (!growsWithEvents(rule) || holdsOfNothing(rule))
      ? ['sigpack_c>0']
      : [];
  steps.push(
    `eval ${mark}=if(${allOf([...rows, ...inGroup, ...testsOf(rule, inputs.length)])}, 1, null())`,
  );
}

const cleared = (fields: readonly string[]): string =>
  `eval ${fields.map((field) => `${field}=null()`).join(', ')}`;

/**
 * The latest start of a chain of matches in order, passed on from rule to rule. This finds the
 * tightest chain if there is a chain.
 */
function orderedSteps(
  { rule, parts }: CompiledCorrelation,
  inputs: readonly string[],
  mark: string,
): readonly string[] {
  const all = inputs.length;
  if (
    rule.thresholds.some(
      (threshold) =>
        !(threshold.operator === 'gte' || threshold.operator === 'eq') || threshold.value !== all,
    )
  ) {
    throw refused(
      placeOfType(rule),
      'temporal_ordered is understood with all of its rules only',
      'Remove the condition; every rule must match then.',
    );
  }
  const by = groupClause(rule);
  const group = by.replace(/^ BY/, '');
  // a row that fulfils two of the rules has one place among those of its time
  const isShared = sharesRows(parts);
  const steps = inputs.flatMap((input, index) => {
    const [last, latest] = [`sigpack_s${index + 1}`, `sigpack_p${index + 1}`];
    const start = index === 0 ? '_time' : `sigpack_p${index}`;
    const step = [`eval ${last}=if(${input}=1, ${start}, null())`];
    if (index === inputs.length - 1) return step;
    step.push(`streamstats max(${last}) AS ${latest}${by}`);
    if (isShared) step.push(`eventstats max(${latest}) AS ${latest} BY _time${group}`);
    return step;
  });
  const places = inputs.map((input, index) => `${input}=1, ${index + 1}`).join(', ');
  return [
    // events with the same time are in order either way
    `eval sigpack_o=case(${places})`,
    'sort 0 _time sigpack_o',
    ...steps,
    `eval ${mark}=if(${inputs[all - 1]}=1 AND _time-sigpack_s${all}<${rule.timespan}, 1, null())`,
  ];
}

/** Whether one detection is below several of the rules. */
function sharesRows(parts: readonly CompiledRule[]): boolean {
  const below = parts.flatMap((part) => detectionsBelow(part).map(({ rule }) => rule));
  return new Set(below).size < below.length;
}

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', neq: '!=' } as const;

/**
 * What the value of a window must fulfil; without a condition, all of the rules must have matched.
 */
export function testsOf({ thresholds }: CorrelationRule, rules: number): readonly string[] {
  const wanted: readonly Threshold[] =
    thresholds.length > 0 ? thresholds : [{ operator: 'gte', value: rules }];
  return wanted.map(({ operator, value }) => `sigpack_c${operators[operator]}${decimal(value)}`);
}

/** The function for the value of a window. */
export function windowValue(rule: CorrelationRule): string {
  const functions = {
    event_count: 'sum',
    value_count: 'dc',
    value_sum: 'sum',
    value_avg: 'avg',
    value_percentile: percentile(rule.percentile),
    temporal: 'sum',
    temporal_ordered: 'sum',
  };
  return functions[rule.type];
}

/** Splunk's `perc` takes 1 to 99. */
function percentile(percent: number): string {
  if (percent === 0) return 'min';
  return percent === 100 ? 'max' : `perc${percent}`;
}

/** `grouped`: a row is several events, as many as its `count`. */
export function counted(rule: CorrelationRule, place: Place, grouped: boolean): string {
  if (rule.type === 'event_count') return grouped ? 'count' : '1';
  if (grouped && (rule.type === 'value_avg' || rule.type === 'value_percentile')) {
    throw refused(
      place,
      `${rule.type} is not counted over a data model, whose rows stand for several events`,
      'Leave the data model out for the rules of this correlation.',
    );
  }
  const fields = rule.valueFields.map((field) => evalField(field, place));
  return rule.type === 'value_count'
    ? combined(fields)
    : `tonumber(${fields[0]})${grouped ? '*count' : ''}`;
}

/**
 * The combinations of several fields are counted; null where one is missing. The length before a
 * value marks where it ends.
 */
const combined = (fields: readonly string[]): string =>
  fields
    .map((field, index) => (index === fields.length - 1 ? field : `len(${field}).":".${field}`))
    .join('.');

export function groupClause(rule: CorrelationRule): string {
  if (rule.groupBy.length === 0) return '';
  return ` BY ${rule.groupBy.map((field) => searchField(field, placeOfType(rule))).join(' ')}`;
}
