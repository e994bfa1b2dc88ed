import { EvaluationError } from './error.ts';
import { Address } from './value.ts';

/**
 * Guava's `InetAddresses.forString`; undefined where it throws. An IPv4 address within IPv6
 * (`::ffff:1.2.3.4`) is one of IPv4, and a zone is not accepted.
 */
export function addressOf(text: string): Address | undefined {
  const four = ipv4(text);
  if (four) return new Address(four);
  const six = ipv6(text);
  if (!six) return undefined;
  const mapped = six.slice(0, 10).every((byte) => byte === 0) && six[10] === 255 && six[11] === 255;
  return new Address(mapped ? six.slice(12) : six);
}

function ipv4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  const bytes = parts.map((part) => (/^(?:0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return parts.length === 4 && bytes.every((byte) => byte < 256) ? bytes : undefined;
}

function ipv6(text: string): readonly number[] | undefined {
  const tail = /^(.*:)([^:]*\.[^:]*)$/s.exec(text);
  const four = tail ? ipv4(tail[2] ?? '') : undefined;
  if (tail && !four) return undefined;
  const groups = four ? `${tail?.[1]}${pair(four[0], four[1])}:${pair(four[2], four[3])}` : text;
  const halves = groups.split('::');
  if (halves.length > 2 || !groups.includes(':')) return undefined;
  const lists = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (!lists.flat().every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const missing = 8 - lists.flat().length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const zeros = Array.from({ length: halves.length === 2 ? missing : 0 }, () => '0');
  return [...(lists[0] ?? []), ...zeros, ...(lists[1] ?? [])].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

const pair = (a = 0, b = 0): string => (a * 256 + b).toString(16);

const numberOf = (bytes: readonly number[]): bigint =>
  bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

/** The server's `IpSubnet.contains`: it compares numbers, whatever the address's version. */
export function isInSubnet(cidr: string, { bytes }: Address): boolean {
  const found = /^(.+)\/(\d+)$/.exec(cidr);
  const network = found ? addressOf(found[1] ?? '') : undefined;
  if (!found || !network) throw new EvaluationError(`${cidr} is not a network`);
  const rest = BigInt(network.bytes.length * 8 - Number(found[2]));
  const first = (numberOf(network.bytes) >> rest) << rest;
  const number = numberOf(bytes);
  return number >= first && number < first + (1n << rest);
}
