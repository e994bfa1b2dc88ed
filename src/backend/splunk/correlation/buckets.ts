import type { CompiledCorrelation } from '../../../query/compile.ts';
import { holdsOfNothing, isAbsence } from '../../../sigma/correlation/threshold.ts';
import { placeOfType } from '../../backend.ts';
import {
  addInner,
  allOf,
  counted,
  groupClause,
  testsOf,
  windowValue,
} from './correlation-marks.ts';
import { inputsOf, type Making } from './marks.ts';

/**
 * Fixed windows can't express an order, what another correlation makes of them, or windows without
 * events.
 */
export function fitsBuckets({ rule, parts }: CompiledCorrelation): boolean {
  const flat = parts.every(({ kind }) => kind === 'detection');
  const silence = rule.groupBy.length === 0 ? holdsOfNothing(rule) : isAbsence(rule);
  return flat && rule.type !== 'temporal_ordered' && !silence;
}

/**
 * Windows of one timespan after another, counted by `stats`, which keeps no events. The run in
 * whose time a window ends decides on it.
 */
export function addBuckets(part: CompiledCorrelation, making: Making, lead: number): void {
  const { rule } = part;
  const { marks, steps, model } = making;
  const rows = addInner(part, making);
  const inputs = inputsOf(part.parts, marks);
  const by = groupClause(rule);
  const bucket = `eval sigpack_b=floor(_time/${rule.timespan})*${rule.timespan}`;
  const seen = 'count AS sigpack_n max(_time) AS sigpack_t';
  const groups = ` BY sigpack_b${by.replace(/^ BY/, '')}`;
  if (rule.type === 'temporal') {
    const found = inputs.map((input, index) => `max(${input}) AS sigpack_w${index + 1}`).join(' ');
    const count = inputs.map((_, index) => `coalesce(sigpack_w${index + 1}, 0)`).join('+');
    steps.push(bucket, `stats ${found} ${seen}${groups}`, `eval sigpack_c=${count}`);
  } else {
    steps.push(
      `eval sigpack_v=if(${allOf(rows)}, ` +
        `${counted(rule, placeOfType(rule), model !== undefined)}, null())`,
      bucket,
      `stats ${windowValue(rule)}(sigpack_v) AS sigpack_c ${seen}${groups}`,
    );
  }
  const end = `sigpack_b+${rule.timespan}`;
  const inRun = [`${end}>info_min_time+${lead}`, `${end}<=info_max_time`];
  steps.push(
    'addinfo',
    `where ${[...testsOf(rule, inputs.length), ...inRun].join(' AND ')}`,
    `stats max(sigpack_t) AS _time sum(sigpack_n) AS sigpack_hits${by}`,
  );
  if (by === '') steps.push('where sigpack_hits>0');
}
