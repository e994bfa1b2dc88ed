import { hash } from 'node:crypto';

/**
 * Splits a list so that an entry that is added changes one part, or splits it in two: by the bits
 * of a digest of each id, as far as needed.
 *
 * @param entries - With ids that differ.
 * @param made - What is made of a part; undefined if the part is too large.
 * @returns By name: the bits without the zeros at their end, so that one of two halves keeps the
 *   name of the whole. Entries that are too large by themselves are in no part.
 */
export function stableParts<Entry extends { readonly id: string }, Made>(
  entries: readonly Entry[],
  made: (part: readonly Entry[]) => Made | undefined,
): ReadonlyMap<string, Made> {
  const parts = new Map<string, Made>();
  const withBits = entries
    .map((entry) => ({ entry, bits: bitsOf(entry.id) }))
    .sort((one, other) => (one.entry.id < other.entry.id ? -1 : 1));
  const split = (list: typeof withBits, prefix: string): void => {
    if (list.length === 0) return;
    const whole = made(list.map(({ entry }) => entry));
    if (whole !== undefined) {
      parts.set(prefix.replace(/0+$/, ''), whole);
      return;
    }
    if (list.length === 1) return;
    if (prefix.length === digestBits) throw new RangeError('two entries have one id');
    for (const bit of ['0', '1'])
      split(
        list.filter(({ bits }) => bits[prefix.length] === bit),
        prefix + bit,
      );
  };
  split(withBits, '');
  return parts;
}

const digestBits = 256;

const bitsOf = (id: string): string =>
  [...hash('sha256', id, 'hex')]
    .map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0'))
    .join('');
