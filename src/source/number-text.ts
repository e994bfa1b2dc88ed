import { plural } from './plural.ts';

/**
 * A whole number with separators of thousands: `12,345`. Intl's formatters give the same, and take
 * as long to load as a whole report takes.
 */
export const numberText = (value: number): string =>
  String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 rule`, `3,000 rules`. */
export const countedText = (count: number, one: string, many?: string): string =>
  `${numberText(count)} ${plural(count, one, many)}`;
