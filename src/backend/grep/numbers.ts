import type { CompareOperator } from '../../query/tree.ts';
import { digitsBeyond } from '../date-part.ts';

/**
 * The numbers, as decimal text without leading zeros, that compare so with a whole number of zero
 * or more. Only `gte` and `lte` include `edge`.
 */
export function comparedNumbers(operator: CompareOperator, value: number | bigint): string {
  const digits = String(value);
  const up = operator === 'gt' || operator === 'gte';
  const whole = up
    ? [`[1-9][0-9]{${digits.length},}`]
    : digits.length > 1
      ? [`[0-9]{1,${digits.length - 1}}`]
      : [];
  const fraction = '(?:\\.[0-9]+)?';
  const beyond = [...whole, ...digitsBeyond(digits, up, true)].map((text) => `${text}${fraction}`);
  const edge = {
    gt: [`${digits}\\.[0-9]*[1-9][0-9]*`],
    gte: [`${digits}${fraction}`],
    lt: [],
    lte: [`${digits}(?:\\.0+)?`],
  }[operator];
  return `(?:${[...(up ? [] : [`-[0-9]+${fraction}`]), ...edge, ...beyond].join('|')})`;
}
