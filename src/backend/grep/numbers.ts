import type { CompareOperator } from '../../query/tree.ts';

/**
 * Whole numbers with as many digits as `digits`, from it up or from it down; without it where
 * `strict`.
 */
export function digitsBeyond(digits: string, up: boolean, strict: boolean): readonly string[] {
  const found: string[] = strict ? [] : [digits];
  for (let at = digits.length - 1; at >= 0; at--) {
    const digit = Number(digits[at]);
    if (digit === (up ? 9 : 0)) continue;
    const [low, high] = up ? [digit + 1, 9] : [0, digit - 1];
    const rest = digits.length - at - 1;
    found.push(
      `${digits.slice(0, at)}${low === high ? low : `[${low}-${high}]`}` +
        `${rest === 0 ? '' : `[0-9]${rest === 1 ? '' : `{${rest}}`}`}`,
    );
  }
  return found;
}

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
