import type { CidrTest } from '../../query/tree.ts';
import { ipv4Regex } from './ipv4-regex.ts';

/**
 * A network's groups: some that are not zero, then `zeros`, then perhaps the one in which the
 * prefix ends.
 */
interface Network {
  readonly head: readonly string[];
  readonly zeros: number;
  readonly partial: Partial | undefined;
  /** Number of the groups behind those. */
  readonly free: number;
}

interface Partial {
  readonly text: string;
  readonly mayBeZero: boolean;
}

const zero = '0{1,4}';
const anyGroup = '[0-9a-fA-F]{1,4}';
/** The rest of any valid address. */
const anyRest = '[0-9a-fA-F:.]*';
const embedded = '[0-9.]{7,15}';

/**
 * Matches those valid addresses that are in the block: in either letter case, with and without
 * leading zeros, with `::` for any run of zeros, with an IPv4 address at the end. Undefined for
 * blocks whose network has a zero group before another one, except single addresses.
 */
export function ipv6Regex({ bytes, prefix }: CidrTest): string | undefined {
  if (prefix === 0) return `${anyRest}:${anyRest}`;
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0),
  );
  const tail = prefix > 96 ? ipv4Regex({ bytes: bytes.slice(12), prefix: prefix - 96 }) : undefined;
  if (prefix === 128) return singleAddress(groups, tail ?? '');
  const whole = Math.floor(prefix / 16);
  const bits = prefix % 16;
  const network = networkOf(
    groups.slice(0, whole),
    bits === 0 ? undefined : partialGroup(groups[whole] ?? 0, 16 - bits),
    8 - Math.ceil(prefix / 16),
  );
  if (network === undefined) return undefined;
  const mixed =
    tail === undefined
      ? undefined
      : networkOf(groups.slice(0, 6), { text: tail, mayBeZero: false }, 0);
  return alternatives([...spellings(network), ...(mixed ? spellings(mixed) : [])]);
}

function networkOf(
  fixed: readonly number[],
  partial: Partial | undefined,
  free: number,
): Network | undefined {
  const length = fixed.findLastIndex((group) => group !== 0) + 1;
  const head = fixed.slice(0, length);
  return head.includes(0)
    ? undefined
    : { head: head.map(hex), zeros: fixed.length - length, partial, free };
}

/**
 * All groups of the network written out, or `::` for some of its zeros. An address can have `::`
 * only once, so the groups behind it count.
 */
function spellings({ head, zeros, partial, free }: Network): readonly string[] {
  const written = [
    ...head,
    ...new Array<string>(zeros).fill(zero),
    ...(partial ? [partial.text] : []),
  ].join(':');
  const forms = [free === 0 ? written : `${written}:${anyRest}`];
  const rests = shortenedRests(zeros, partial, free);
  if (rests.length === 0) return forms;
  const before = partial?.mayBeZero ? zeros : zeros - 1;
  return [...forms, `${zerosAfter(head.join(':'), before)}::${alternatives(rests)}`];
}

/** The groups and up to `most` zeros behind them. */
function zerosAfter(groups: string, most: number): string {
  if (groups !== '') return `${groups}${times(`:${zero}`, 0, most)}`;
  return most > 0 ? `(${zero}${times(`:${zero}`, 0, most - 1)})?` : '';
}

/** Up to `most` zeros and the groups behind them. */
function zerosBefore(groups: string, most: number): string {
  return groups === '' ? zerosAfter('', most) : `${times(`${zero}:`, 0, most)}${groups}`;
}

/** What may follow the `::`. */
function shortenedRests(
  zeros: number,
  partial: Partial | undefined,
  free: number,
): readonly string[] {
  const rests: string[] = [];
  if (partial ? partial.mayBeZero : zeros > 0) rests.push(upTo(free));
  if (partial && zeros > 0)
    rests.push(
      `${times(`${zero}:`, 0, zeros - 1)}${partial.text}${free === 0 ? '' : `:${exactly(free)}`}`,
    );
  if (!partial && zeros > 1) rests.push(`${times(`${zero}:`, 1, zeros - 1)}${exactly(free)}`);
  return rests;
}

/** So many groups, of which the last two may be an IPv4 address. */
const exactly = (count: number): string =>
  count < 2
    ? times(anyGroup, count, count)
    : `${times(`${anyGroup}:`, count - 2, count - 2)}(${anyGroup}:${anyGroup}|${embedded})`;

const upTo = (count: number): string => {
  if (count === 0) return '';
  return count === 1
    ? `(${anyGroup})?`
    : `(${times(`${anyGroup}:`, 0, count - 2)}((${anyGroup}:)?${anyGroup}|${embedded}))?`;
};

function times(text: string, min: number, max: number): string {
  if (max === 0) return '';
  if (max === 1) return min === 1 ? text : `(${text})?`;
  return `(${text}){${min === max ? max : `${min},${max}`}}`;
}

const alternatives = (texts: readonly string[]): string =>
  texts.length === 1 ? (texts[0] ?? '') : `(${texts.join('|')})`;

/**
 * Every spelling of the zeros of an address: written out, or any run of them as `::`. `tail`: its
 * end as an IPv4 address.
 */
function singleAddress(groups: readonly number[], tail: string): string {
  const zeros = groups.findIndex((group) => group !== 0);
  const rest = zeros === -1 ? [] : groups.slice(zeros);
  const mixed = [...groups.slice(0, 6), tail];
  if (rest.includes(0))
    return alternatives([...listedSpellings(groups), ...listedSpellings(mixed)]);
  if (zeros === 0) return alternatives([groups.map(hex).join(':'), mixed.map(groupText).join(':')]);
  // digits and colons of a valid address that are all zero
  const ends = [
    rest.length === 0 ? '[0:]*' : rest.map(hex).join(':'),
    [...(zeros === -1 ? [] : mixed.slice(zeros, 6)), tail].map(groupText).join(':'),
  ];
  return `[0:]*:${alternatives(ends)}`;
}

const groupText = (group: number | string): string =>
  typeof group === 'number' ? hex(group) : group;

/** All groups written out, and `::` in each run of zeros. */
function listedSpellings(groups: readonly (number | string)[]): readonly string[] {
  const forms = [groups.map(groupText).join(':')];
  for (let start = 0; start < groups.length; ) {
    let end = start;
    while (groups[end] === 0) end++;
    const most = end - start - 1;
    const before = groups.slice(0, start).map(groupText).join(':');
    const after = groups.slice(end).map(groupText).join(':');
    if (end > start) forms.push(`${zerosAfter(before, most)}::${zerosBefore(after, most)}`);
    start = end + 1;
  }
  return forms;
}

/** The group in which the prefix ends: `free` of its bits may be anything. */
function partialGroup(value: number, free: number): Partial {
  const open = Math.ceil(free / 4);
  const digits = value === 0 ? '0'.repeat(open) : value.toString(16);
  const zeros = digits.length < 4 ? `0{0,${4 - digits.length}}` : '';
  const fixed = [...digits.slice(0, digits.length - open)].map(eitherCase).join('');
  // a group of zero bits is short
  const short = value === 0;
  if (free % 4 === 0)
    return {
      text: `${zeros}${fixed}[0-9a-fA-F]{${short && open > 1 ? '1,' : ''}${open}}`,
      mayBeZero: short,
    };
  const low = Number.parseInt(digits.at(-open) ?? '0', 16);
  const choices = Array.from({ length: 2 ** (free % 4) }, (_, index) =>
    (low + index).toString(16),
  ).flatMap((digit) => (/[a-f]/.test(digit) ? [digit, digit.toUpperCase()] : [digit]));
  const more =
    open === 1 ? '' : `${short ? '?' : ''}[0-9a-fA-F]{${short && open > 2 ? '1,' : ''}${open - 1}}`;
  return { text: `${zeros}${fixed}[${choices.join('')}]${more}`, mayBeZero: short };
}

const hex = (value: number): string => {
  const digits = value.toString(16);
  return (
    `${digits.length === 4 ? '' : `0{0,${4 - digits.length}}`}` +
    `${[...digits].map(eitherCase).join('')}`
  );
};

const eitherCase = (digit: string): string =>
  /[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit;
