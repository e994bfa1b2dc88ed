export interface AddressBlock {
  readonly version: 4 | 6;
  readonly bytes: readonly number[];
  readonly prefix: number;
  readonly text: string;
}

/** True for a network, but not for a single address. */
export const isNetwork = (text: string): boolean =>
  text.includes('/') && parseAddressBlock(text) !== undefined;

/**
 * Parses `10.0.0.0/8` or `2001:db8::/32`; a single address is a block of one. Host bits are
 * cleared. Undefined for anything else.
 */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const [address = '', length, ...rest] = text.trim().split('/');
  const bytes = address.includes(':') ? ipv6Bytes(address) : ipv4Bytes(address);
  if (!bytes || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length)))
    return undefined;
  const bits = bytes.length * 8;
  const prefix = length === undefined ? bits : Number(length);
  if (prefix > bits) return undefined;
  const network = bytes.map((byte, index) => byte & networkMask(prefix, index));
  const version = bytes.length === 4 ? 4 : 6;
  return {
    version,
    bytes: network,
    prefix,
    text: `${version === 4 ? network.join('.') : ipv6Text(network)}/${prefix}`,
  };
}

/** A mask of the bits of byte `index` that belong to the network. */
export function networkMask(prefix: number, index: number): number {
  const bits = Math.min(8, Math.max(0, prefix - index * 8));
  return (0xff << (8 - bits)) & 0xff;
}

/**
 * The bytes of an address as events write it: a link-local one may name its zone, as in
 * `fe80::1%12`.
 */
export function addressBytes(version: 4 | 6, text: string): readonly number[] | undefined {
  if (version === 4) return ipv4Bytes(text);
  return ipv6Bytes(
    text.includes('%')
      ? text.replace(/^(fe[89ab][0-9a-f]:[0-9a-f:.]*)%[0-9a-z._-]+$/i, '$1')
      : text,
  );
}

/** True if the block has link-local addresses (fe80::/10). */
export function holdsLinkLocal({
  version,
  bytes,
  prefix,
}: Pick<AddressBlock, 'version' | 'bytes' | 'prefix'>): boolean {
  const bits = Math.min(prefix, 10);
  return (
    version === 6 &&
    [0xfe, 0x80].every(
      (byte, index) =>
        (byte & networkMask(bits, index)) === ((bytes[index] ?? 0) & networkMask(bits, index)),
    )
  );
}

export function ipv4Bytes(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (
    parts.length !== 4 ||
    !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)
  )
    return undefined;
  return parts.map(Number);
}

export function ipv6Bytes(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : groupsOf(half)));
  // an embedded IPv4 address may only be at the end
  if (halves.length === 2 && halves[0]?.includes('.')) return undefined;
  const [head, tail = []] = groups;
  if (!head || groups.some((group) => group === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [
    ...head,
    ...new Array<number>(halves.length === 2 ? missing : 0).fill(0),
    ...(tail ?? []),
  ];
  return all.flatMap((group) => [group >> 8, group & 0xff]);
}

function groupsOf(text: string): readonly number[] | undefined {
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  const embedded = last.includes('.') ? ipv4Bytes(last) : undefined;
  if (last.includes('.') && !embedded) return undefined;
  const hex = embedded ? parts.slice(0, -1) : parts;
  if (!hex.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const groups = hex.map((part) => Number.parseInt(part, 16));
  if (embedded)
    groups.push(
      ((embedded[0] ?? 0) << 8) | (embedded[1] ?? 0),
      ((embedded[2] ?? 0) << 8) | (embedded[3] ?? 0),
    );
  return groups;
}

/** Canonical text (RFC 5952), with the longest run of zero groups shortened. */
function ipv6Text(bytes: readonly number[]): string {
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2)
    groups.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.start === -1) return groups.join(':');
  return (
    `${groups.slice(0, best.start).join(':')}::` +
    `${groups.slice(best.start + best.length).join(':')}`
  );
}
