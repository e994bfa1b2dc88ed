import type { CompiledCorrelation, CompiledRule } from '../../query/compile.ts';
import type { CorrelationRule, Threshold } from '../../sigma/correlation.ts';
import { growsWithEvents, isAbsence } from '../../sigma/threshold.ts';
import { Inexpressible, type Place, refused } from '../backend.ts';
import type { DataModel } from './data-model.ts';
import { decimal, evalField, searchField } from './text.ts';

/** The field that is 1 at an event which a rule matches, or at which a correlation is fulfilled. */
export type Marks = Map<CompiledRule, string>;

export const placeOf = (rule: CorrelationRule): Place => ({ file: rule.file, span: rule.typeSpan });

export function markOf(part: CompiledRule, marks: Marks): string {
  if (part.kind === 'detection') for (const [known, mark] of marks) if (known.rule === part.rule) return mark;
  return marks.get(part) ?? '';
}

/** True of the rows that a correlation is about; of those only that count something, for a count. */
export function isEvent({ rule, parts }: CompiledCorrelation, marks: Marks): string {
  const any = anyOf(inputsOf(parts, marks));
  if (rule.type !== 'value_count') return any;
  return `${parts.length === 1 ? any : `(${any})`} AND isnotnull(${counted(rule, placeOf(rule), false)})`;
}

/** The marks of the rules that it refers to, each once. */
export const inputsOf = (parts: readonly CompiledRule[], marks: Marks): readonly string[] => [...new Set(parts.map((inner) => markOf(inner, marks)))];
export const anyOf = (inputs: readonly string[]): string => inputs.map((input) => `${input}=1`).join(' OR ');

/** The marks of the correlations below, and the fields that the aliases stand for. */
export function addInner(part: CompiledCorrelation, marks: Marks, steps: string[], model?: DataModel): void {
  for (const inner of part.parts) if (inner.kind === 'correlation' && !marks.has(inner)) addCorrelation(inner, marks, steps, model, true);
  const { rule } = part;
  const place = placeOf(rule);
  for (const alias of rule.aliases) {
    const cases = part.parts.map((inner, index) => `${markOf(inner, marks)}=1, ${evalField(alias.fields.get(rule.rules[index]?.name ?? '') ?? '', place)}`);
    steps.push(`eval ${newFieldName(alias.name, place)}=case(${cases.join(', ')})`);
  }
}

/** `isInner`: another correlation looks at the marks. */
export function addCorrelation(part: CompiledCorrelation, marks: Marks, steps: string[], model?: DataModel, isInner = false): void {
  const { rule } = part;
  if (isInner && isAbsence(rule)) {
    throw refused(placeOf(rule), 'no event fulfils a correlation that looks for silence, so no other can build on it', 'Refer to its base rules.');
  }
  addInner(part, marks, steps, model);
  const inputs = inputsOf(part.parts, marks);
  const mark = `sigpack_m${new Set(marks.values()).size + 1}`;
  // an event that is in no group of this correlation has what another left
  const stale = [...marks.keys()].some(({ kind }) => kind === 'correlation');
  marks.set(part, mark);
  if (rule.type === 'temporal_ordered') {
    const ordered = part.parts.map((inner) => markOf(inner, marks));
    steps.push(...(stale ? [cleared(ordered.slice(1).map((_, index) => `sigpack_p${index + 1}`))] : []), ...orderedSteps(rule, ordered, mark));
    return;
  }
  const any = anyOf(inputs);
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
      `eval sigpack_v=if(${any}, ${counted(rule, placeOf(rule), model !== undefined)}, null())`,
      `${window} ${windowValue(rule)}(sigpack_v) AS sigpack_c${by}`,
    );
  }
  // a window holds all events of the moment at which it ends; what grows with events is seen at the last of them anyway
  if (isInner || !growsWithEvents(rule)) steps.push(`eventstats last(sigpack_c) AS sigpack_c BY _time${by.replace(/^ BY/, '')}`);
  const row = inputs.length === 1 ? any : `(${any})`;
  // of an event that is in no group, no rule is counted
  const inGroup = rule.type === 'temporal' && !growsWithEvents(rule) ? ['sigpack_c>0'] : [];
  steps.push(`eval ${mark}=if(${[row, ...inGroup, ...testsOf(rule, inputs.length)].join(' AND ')}, 1, null())`);
}

const cleared = (fields: readonly string[]): string => `eval ${fields.map((field) => `${field}=null()`).join(', ')}`;

/** The latest start of a chain of matches in order, carried from rule to rule: the tightest chain is found if there is one. */
function orderedSteps(rule: CorrelationRule, inputs: readonly string[], mark: string): readonly string[] {
  const all = inputs.length;
  if (rule.thresholds.some((threshold) => !(threshold.operator === 'gte' || threshold.operator === 'eq') || threshold.value !== all)) {
    throw refused(placeOf(rule), 'temporal_ordered is understood with all of its rules only', 'Remove the condition; every rule must match then.');
  }
  const by = groupClause(rule);
  const steps = inputs.flatMap((input, index) => {
    const start = index === 0 ? '_time' : `sigpack_p${index}`;
    const step = [`eval sigpack_s${index + 1}=if(${input}=1, ${start}, null())`];
    if (index < inputs.length - 1) step.push(`streamstats max(sigpack_s${index + 1}) AS sigpack_p${index + 1}${by}`);
    return step;
  });
  const places = inputs.map((input, index) => `${input}=1, ${index + 1}`).join(', ');
  return [
    // events of one time can be in order whichever way they come
    `eval sigpack_o=case(${places})`,
    'sort 0 _time sigpack_o',
    ...steps,
    `eval ${mark}=if(${inputs[all - 1]}=1 AND _time-sigpack_s${all}<${rule.timespan}, 1, null())`,
  ];
}

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', neq: '!=' } as const;

/** What the value of a window must fulfil; without a condition all of the rules must be there. */
export function testsOf({ thresholds }: CorrelationRule, rules: number): readonly string[] {
  const wanted: readonly Threshold[] = thresholds.length > 0 ? thresholds : [{ operator: 'gte', value: rules }];
  return wanted.map(({ operator, value }) => `sigpack_c${operators[operator]}${decimal(value)}`);
}

/** The function that makes the value of a window. */
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

/** Splunk's `perc` goes from 1 to 99. */
function percentile(percent: number): string {
  if (percent === 0) return 'min';
  return percent === 100 ? 'max' : `perc${percent}`;
}

/** `grouped`: a row stands for several events, as its `count` says. */
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
  return rule.type === 'value_count' ? combined(fields) : `tonumber(${fields[0]})${grouped ? '*count' : ''}`;
}

/** Several fields count by their combinations; null where one is missing. The length before a value says where it ends. */
const combined = (fields: readonly string[]): string =>
  fields.map((field, index) => (index === fields.length - 1 ? field : `len(${field}).":".${field}`)).join('.');

export function groupClause(rule: CorrelationRule): string {
  if (rule.groupBy.length === 0) return '';
  return ` BY ${rule.groupBy.map((field) => searchField(field, placeOf(rule))).join(' ')}`;
}

/** The name of a field that a search makes. */
export function newFieldName(name: string, place: Place): string {
  if (/^(?!sigpack_)[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new Inexpressible({
    message: `\`${name}\` can't be the name of an alias in Splunk`,
    file: place.file,
    span: place.span,
    hint: 'Use letters, digits and underscores, and no name that starts with sigpack_.',
  });
}
