import { describe, expect, it } from 'vitest';
import { addressRegex } from '../src/backend/lucene/address.ts';
import { parseAddressBlock } from '../src/sigma/value/cidr.ts';

/** The regular expressions for addresses use nothing that JavaScript reads otherwise. */
function matcher(text: string): RegExp | undefined {
  const block = parseAddressBlock(text);
  const regex = block && addressRegex({ kind: 'cidr', ...block });
  return regex === undefined ? undefined : new RegExp(`^(?:${regex})$`);
}

describe('address blocks as Lucene regular expressions', () => {
  const cases: readonly [block: string, inside: readonly string[], outside: readonly string[]][] = [
    [
      '10.0.0.0/8',
      ['10.0.0.1', '10.255.255.255'],
      ['11.0.0.0', '110.1.1.1', '10.256.0.1', '10.1.1'],
    ],
    ['172.16.0.0/12', ['172.16.0.0', '172.31.9.9'], ['172.15.0.0', '172.32.0.0']],
    ['192.168.1.77/32', ['192.168.1.77'], ['192.168.1.7', '192.168.1.770']],
    ['0.0.0.0/0', ['1.2.3.4'], ['::1']],
    [
      '2001:db8::/32',
      ['2001:db8::', '2001:DB8::1', '2001:0db8:0:1::2'],
      ['2001:db9::1', '2001:db80::1'],
    ],
    [
      '2603:1017::/48',
      ['2603:1017::', '2603:1017::5', '2603:1017:0:1::5', '2603:1017:0000::1'],
      ['2603:1017:1::', '2603:1018::'],
    ],
    [
      '2603:1006::/40',
      ['2603:1006::', '2603:1006:ff::1', '2603:1006:0:1::'],
      ['2603:1006:100::1', '2603:1007::'],
    ],
    [
      '2620:1ec:8f0::/46',
      ['2620:1ec:8f0::1', '2620:1ec:8f3:1::', '2620:1ec:08f2::'],
      ['2620:1ec:8f4::', '2620:1ec:8e0::', '2620:1ec:8f00::'],
    ],
    [
      'fe80::/10',
      ['fe80::1', 'febf::1', 'FE80::1', 'fe80::a00:27ff:fe4e:66a1%12', 'fe80::1%eth0.1'],
      ['fec0::1', 'fe7f::1', 'fec0::1%1', 'fe80::1%'],
    ],
    ['fe80::1/128', ['fe80::1', 'fe80::1%12'], ['fe80::2', 'fe80::2%12', 'fe80::12']],
    ['fd00::/8', ['fd00::1'], ['fd00::1%1']],
    ['::1/128', ['::1', '0:0:0:0:0:0:0:1'], ['::2', '1::1']],
    [
      '2620:1ec:4::152/128',
      ['2620:1ec:4::152', '2620:1ec:4:0:0:0:0:152', '2620:1ec:4:0::0:152'],
      ['2620:1ec:4::153', '2620:1ec::152'],
    ],
    [
      '2001:db8:1:2:3:4:5:6/127',
      ['2001:db8:1:2:3:4:5:6', '2001:DB8:1:2:3:4:0005:7', '2001:db8:1:2:3:4:0.5.0.7'],
      ['2001:db8:1:2:3:4:5:8', '2001:db8:1:2:3:4:5:6:'],
    ],
    [
      'fe80::/64',
      ['fe80::1:2:3:4', 'fe80::', 'fe80:0::0:1:2:3:4', 'fe80::1%12'],
      ['fe80::5:1:2:3:4', 'fe80:0:0:5::', 'fe80::5:1:2:1.2.3.4'],
    ],
    [
      '2001:db8::/80',
      ['2001:db8::6:7:8', '2001:db8::1.2.3.4'],
      ['2001:db8::5:6:7:8', '2001:db8:0:0:5::'],
    ],
    [
      '2001:db8::/70',
      ['2001:db8::3ff:6:7:8', '2001:db8:0:0::7:8'],
      ['2001:db8::400:6:7:8', '2001:db8::5:3ff:6:7:8'],
    ],
    ['::ffff:1.2.3.4/128', ['::ffff:1.2.3.4', '0::ffff:102:0304'], ['::ffff:1.2.3.5']],
    ['::/96', ['::1.2.3.4', '0::', '::1'], ['::1:0:0']],
    ['::/0', ['::1', '2001:db8::', 'fe80::1%12'], ['10.0.0.1', '2001:db8::1%1']],
  ];
  it.each(cases)('%s', (block, inside, outside) => {
    const regex = matcher(block);
    expect(inside.filter((address) => !regex?.test(address))).toEqual([]);
    expect(outside.filter((address) => regex?.test(address))).toEqual([]);
  });

  it('is refused where zeros stand before the end of the network', () => {
    expect(matcher('2001:0:0:1::/64')).toBeUndefined();
  });
});
