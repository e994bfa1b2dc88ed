import type { CidrTest } from '../../../query/tree.ts';
import { networkMask } from '../../../sigma/value/cidr.ts';
import type { Condition } from './condition.ts';
import { combined, negated } from './constant.ts';

/**
 * The server takes `::ffff:10.0.0.1` for an address of IPv4, and compares the numbers of addresses
 * whatever their version.
 */
export function networkCondition(field: string, test: CidrTest): Condition {
  const { version, bytes, prefix, text } = test;
  const network: Condition = {
    kind: 'network',
    field,
    network: text,
    form: version === 4 ? 'ipv4' : 'ipv6',
  };
  if (version === 4 || prefix <= 80 || bytes.slice(0, 10).some((byte) => byte !== 0))
    return network;
  const holdsMapped = [10, 11].every(
    (index) => bytes[index] === (0xff & networkMask(prefix, index)),
  );
  // no host has an address of 0.0.0.0/8
  if (!holdsMapped && prefix >= 104 && bytes[12] === 0) return network;
  const inside = `${bytes.slice(12).join('.')}/${Math.max(prefix - 96, 0)}`;
  const mapped: Condition = { kind: 'network', field, network: inside, form: 'mapped' };
  if (holdsMapped && prefix >= 96) return mapped;
  return holdsMapped
    ? combined('or', [network, mapped])
    : combined('and', [network, negated({ ...mapped, network: '0.0.0.0/0' })]);
}
