import type { CidrTest } from '../../query/tree.ts';

/**
 * Wildcard patterns for the texts of exactly the block's addresses; undefined where wildcards can't
 * distinguish them from others.
 */
export function blockPatterns(test: CidrTest): readonly string[] | undefined {
  return test.version === 4 ? ipv4Patterns(test) : ipv6Patterns(test);
}

function ipv4Patterns({ bytes, prefix }: CidrTest): readonly string[] | undefined {
  if (prefix === 0) return undefined;
  const whole = Math.floor(prefix / 8);
  const head = bytes.slice(0, whole).join('.');
  if (whole === 4) return [head];
  if (prefix % 8 === 0) return [`${head}.*`];
  const low = bytes[whole] ?? 0;
  const rest = whole === 3 ? '' : '.*';
  return Array.from(
    { length: 2 ** (8 - (prefix % 8)) },
    (_, index) => `${head === '' ? '' : `${head}.`}${low + index}${rest}`,
  );
}

/**
 * Single addresses in their three usual spellings, and blocks that wildcards or a short list of
 * groups can name.
 */
function ipv6Patterns({ bytes, prefix, text }: CidrTest): readonly string[] | undefined {
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0),
  );
  const short = groups.map((group) => group.toString(16));
  // a link-local address may have its zone behind it
  if (prefix === 128 && (bytes[0] ?? 0) === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80)
    return undefined;
  if (prefix === 128)
    return [
      ...new Set([text.slice(0, text.lastIndexOf('/')), short.join(':'), padded(groups).join(':')]),
    ];
  const first = short[0] ?? '';
  if (prefix >= 4 && prefix <= 16 && first.length === 4) return firstGroup(first, prefix);
  return listedGroups(groups, prefix);
}

const padded = (groups: readonly number[]): readonly string[] =>
  groups.map((group) => group.toString(16).padStart(4, '0'));

/** `?` would take a colon too, but then the address would be in 0::/8, which no host has. */
function firstGroup(first: string, prefix: number): readonly string[] {
  const nibbles = Math.ceil(prefix / 4);
  const start = Number.parseInt(first.slice(0, nibbles), 16);
  return Array.from(
    { length: 2 ** (nibbles * 4 - prefix) },
    (_, index) => `${(start + index).toString(16)}${'?'.repeat(4 - nibbles)}:*`,
  );
}

/**
 * Every value of the group in which the prefix ends, with and without leading zeros; undefined
 * where `::` may replace one, or there are many.
 */
function listedGroups(groups: readonly number[], prefix: number): readonly string[] | undefined {
  const whole = Math.ceil(prefix / 16) - 1;
  const free = (whole + 1) * 16 - prefix;
  const fixed = groups.slice(0, whole);
  const low = groups[whole] ?? 0;
  if (whole < 0 || free > 4 || low === 0 || fixed.includes(0)) return undefined;
  const rest = whole === 7 ? '' : ':*';
  const patterns = Array.from({ length: 2 ** free }, (_, index) => [...fixed, low + index]).flatMap(
    (head) => [
      `${head.map((group) => group.toString(16)).join(':')}${rest}`,
      `${padded(head).join(':')}${rest}`,
    ],
  );
  return [...new Set(patterns)];
}
