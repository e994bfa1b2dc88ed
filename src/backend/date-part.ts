import type { TimeTest } from '../query/tree.ts';

/** The week of a date can't be read from its digits. */
export type DatePartTest = TimeTest & { readonly part: Exclude<TimeTest['part'], 'week'> };

/** The digits of an ISO 8601 date before and after a part. */
const around: Readonly<Record<DatePartTest['part'], readonly [string, string]>> = {
  year: ['', '-[0-9]{2}-[0-9]{2}'],
  month: ['[0-9]{4}-', '-[0-9]{2}'],
  day: ['[0-9]{4}-[0-9]{2}-', ''],
  hour: ['[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]', ':[0-9]{2}'],
  minute: ['[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:', ''],
};

/**
 * What an ISO 8601 date begins with whose part compares so, as it is written, whatever its time
 * zone. Undefined where no date does.
 */
export function datePartRegex({ part, operator, value }: DatePartTest): string | undefined {
  const digits = String(value).padStart(part === 'year' ? 4 : 2, '0');
  const numbers =
    operator === 'eq'
      ? [digits]
      : digitsBeyond(digits, operator.startsWith('g'), !operator.endsWith('e'));
  const [before, after] = around[part];
  return numbers.length === 0 ? undefined : `${before}(?:${numbers.join('|')})${after}`;
}

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
