import type { CidrTest } from '../../query/tree.ts';
import { holdsLinkLocal } from '../../sigma/cidr.ts';

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';

/** The addresses of a block as a Lucene regular expression over their text; undefined where their spellings can't be listed. */
export function addressRegex(test: CidrTest): string | undefined {
  if (test.version === 4) return ipv4Regex(test);
  const text = ipv6Regex(test);
  if (text === undefined || !holdsLinkLocal(test)) return text;
  return test.prefix < 10 ? `(${text}|[fF][eE][89abAB][0-9a-fA-F]:[0-9a-fA-F:.]*${zone})` : `${text}(${zone})?`;
}

/** Of a link-local address: its network interface. */
const zone = '%[0-9A-Za-z._\\-]+';

function ipv4Regex({ bytes, prefix }: CidrTest): string {
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

const hex = (value: number): string => {
  const digits = value.toString(16);
  return `0{0,${4 - digits.length}}${[...digits].map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit)).join('')}`.replace(
    '0{0,0}',
    '',
  );
};

/** Blocks whose network groups are not zero (but for the last ones), single addresses, and the block of all. */
function ipv6Regex({ bytes, prefix }: CidrTest): string | undefined {
  if (prefix === 0) return '[0-9a-fA-F:.]*:[0-9a-fA-F:.]*';
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0));
  if (prefix === 128) return singleAddress(groups);
  const whole = Math.floor(prefix / 16);
  const bits = prefix % 16;
  const fixed = groups.slice(0, whole);
  const zeros = fixed.length - fixed.findLastIndex((group) => group !== 0) - 1;
  const head = fixed.slice(0, fixed.length - zeros);
  const partial = bits === 0 ? '' : partialGroup(groups[whole] ?? 0, bits);
  if ((head.length === 0 && zeros > 0) || head.includes(0) || partial === undefined || (zeros > 0 && bits > 0)) return undefined;
  return `${head.map((group) => `${hex(group)}:`).join('')}${zeroGroups(zeros)}${partial}[0-9a-fA-F:.]*`;
}

/** Zero groups at the network's end: written out, or `::` stands for what is left of them. */
const zeroGroups = (count: number): string => (count === 0 ? '' : `(:|0{1,4}:${zeroGroups(count - 1)})`);

/** Every spelling of the zeros of an address: written out, or any run of them as `::`. */
function singleAddress(groups: readonly number[]): string {
  const zeros = groups.findIndex((group) => group !== 0);
  const rest = zeros === -1 ? [] : groups.slice(zeros);
  if (rest.includes(0)) return listedSpellings(groups);
  if (zeros === 0) return rest.map(hex).join(':');
  // digits and colons of a valid address that are all zero
  return rest.length === 0 ? '[0:]*:[0:]*' : `[0:]*:${rest.map(hex).join(':')}`;
}

function listedSpellings(groups: readonly number[]): string {
  const forms = [groups.map(hex).join(':')];
  for (let start = 0; start < 8; start++) {
    for (let end = start + 1; end <= 8 && groups[end - 1] === 0; end++) {
      forms.push(`${groups.slice(0, start).map(hex).join(':')}::${groups.slice(end).map(hex).join(':')}`);
    }
  }
  return `(${forms.join('|')})`;
}

/** The group in which the prefix ends and its colon; undefined where its spellings can't be listed. */
function partialGroup(value: number, bits: number): string | undefined {
  const free = 16 - bits;
  const open = Math.ceil(free / 4);
  // zero bits: the group is short, or `::` stands for it
  if (value === 0) return free % 4 === 0 ? `(:|0{0,${4 - open}}[0-9a-fA-F]{1,${open}}:)` : undefined;
  const digits = value.toString(16);
  const fixed = [...digits.slice(0, digits.length - open)].map(eitherCase).join('');
  const zeros = digits.length < 4 ? `0{0,${4 - digits.length}}` : '';
  if (free % 4 === 0) return `${zeros}${fixed}[0-9a-fA-F]{${open}}:`;
  const low = Number.parseInt(digits.at(-open) ?? '0', 16);
  const choices = Array.from({ length: 2 ** (free % 4) }, (_, index) => (low + index).toString(16)).flatMap((digit) =>
    /[a-f]/.test(digit) ? [digit, digit.toUpperCase()] : [digit],
  );
  return `${zeros}${fixed}[${choices.join('')}]${open === 1 ? '' : `[0-9a-fA-F]{${open - 1}}`}:`;
}

const eitherCase = (digit: string): string => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit);
