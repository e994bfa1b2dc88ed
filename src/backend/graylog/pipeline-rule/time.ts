import type { TimeTest } from '../../../query/tree.ts';
import type { Condition } from './condition.ts';
import { combined } from './constant.ts';

/** The week of a date can't be read from its digits. */
export type DatePart = Exclude<TimeTest['part'], 'week'>;
export type DatePartTest = TimeTest & { readonly part: DatePart };

/** The digits of an ISO 8601 date before and after a part. */
const around: Readonly<Record<DatePart, readonly [string, string]>> = {
  year: ['', '-[0-9]{2}-[0-9]{2}'],
  month: ['[0-9]{4}-', '-[0-9]{2}'],
  day: ['[0-9]{4}-[0-9]{2}-', ''],
  hour: ['[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]', ':[0-9]{2}'],
  minute: ['[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:', ''],
};
const lengths = { year: 4, month: 2, day: 2, hour: 2, minute: 2 } as const;

/** A part of a date as written, compared with a number. */
export function timeCondition(field: string, test: DatePartTest): Condition {
  const { part } = test;
  const [before, after] = around[part];
  const length = lengths[part];
  const numbers: string[] = [];
  for (let number = 0; number < 10 ** length; number++)
    if (holds(number, test)) numbers.push(String(number).padStart(length, '0'));
  return combined(
    'or',
    numbers.length === 0
      ? []
      : [
          {
            kind: 'regex',
            field,
            spelling: 'written',
            pattern: `\\A${before}(?:${digits(numbers)})${after}`,
            needs: [],
            deep: false,
          },
        ],
  );
}

function holds(number: number, { operator, value }: TimeTest): boolean {
  switch (operator) {
    case 'eq':
      return number === value;
    case 'lt':
      return number < value;
    case 'lte':
      return number <= value;
    case 'gt':
      return number > value;
    case 'gte':
      return number >= value;
  }
}

/** Numbers of equal length, by their first digits. */
function digits(numbers: readonly string[]): string {
  if (numbers[0] === '') return '';
  const byFirst = new Map<string, string[]>();
  for (const number of numbers) {
    const first = number[0] ?? '';
    byFirst.set(first, [...(byFirst.get(first) ?? []), number.slice(1)]);
  }
  const byRest = new Map<string, string[]>();
  for (const [first, rests] of byFirst) {
    const rest = digits(rests);
    byRest.set(rest, [...(byRest.get(rest) ?? []), first]);
  }
  const parts = [...byRest].map(([rest, firsts]) =>
    firsts.length === 1 ? `${firsts[0]}${rest}` : `[${firsts.join('')}]${rest}`,
  );
  return parts.length === 1 ? (parts[0] ?? '') : `(?:${parts.join('|')})`;
}
