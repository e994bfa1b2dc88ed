import { BlockList, isIP } from 'node:net';

const BLOCK = /^([0-9a-fA-F:.]+)\/(\d{1,3})$/;

/**
 * A test of an address against a block `address/prefix` of either family; undefined when the text
 * is no such block.
 */
export function cidrTest(text: string): ((address: string) => boolean) | undefined {
  const [, network, prefixText] = BLOCK.exec(text) ?? [];
  const family = isIP(network ?? '');
  const prefix = Number(prefixText);
  if (network === undefined || family === 0 || prefix > (family === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, prefix, kind);
  return (address) => isIP(address) === family && list.check(address, kind);
}
