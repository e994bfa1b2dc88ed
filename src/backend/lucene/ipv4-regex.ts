import type { CidrTest } from '../../query/tree.ts';

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';

/** A regular expression of the addresses in a block of IPv4. */
export function ipv4Regex({ bytes, prefix }: Pick<CidrTest, 'bytes' | 'prefix'>): string {
  const parts = bytes.map((byte, index) => {
    const free = Math.min(8, Math.max(0, (index + 1) * 8 - prefix));
    if (free === 0) return String(byte);
    return free === 8 ? octet : numberRange(byte, byte + 2 ** free - 1);
  });
  return parts.join('\\.');
}

/** Decimal numbers from `low` to `high`, without leading zeros. */
function numberRange(low: number, high: number): string {
  const numbers: string[] = [];
  for (let number = low; number <= high; ) {
    const tens = number % 10 === 0 && number + 9 <= high;
    const last = tens ? number + 9 : Math.min(high, number - (number % 10) + 9);
    const head = number >= 10 ? String(Math.floor(number / 10)) : '';
    numbers.push(number === last ? String(number) : `${head}[${number % 10}-${last % 10}]`);
    number = last + 1;
  }
  return numbers.length === 1 ? (numbers[0] ?? '') : `(${numbers.join('|')})`;
}
