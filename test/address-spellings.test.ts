import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressPattern } from '../src/backend/grep/value.ts';
import { blockPatterns } from '../src/backend/logpoint/address.ts';
import { addressRegex } from '../src/backend/lucene/address.ts';
import { queryStringLimits } from '../src/backend/lucene/limits.ts';
import { addressBytes, networkMask, parseAddressBlock } from '../src/sigma/value/cidr.ts';
import { runs } from './thoroughness.ts';

/** Groups as addresses have them: many are zero, and some differ in a bit. */
const group = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
  fc.constantFrom(1, 0xa, 0xdb8, 0x8000),
);
const groups = fc.array(group, { minLength: 8, maxLength: 8 });
/** Zero groups at the end of the network alone: others are refused. */
const networkGroups = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 0xffff }), { maxLength: 8 }), groups)
  .map(([head, rest]) => [...head, ...rest].slice(0, 8));

/** What turns groups into one of their texts. */
const spelling = fc.record({
  padded: fc.boolean(),
  upper: fc.boolean(),
  embedded: fc.boolean(),
  from: fc.nat(7),
  to: fc.nat(8),
});
type Spelling = typeof spelling extends fc.Arbitrary<infer T> ? T : never;

function spelt(values: readonly number[], { padded, upper, embedded, from, to }: Spelling): string {
  const parts = values.map((value, at) =>
    padded && at % 2 === 0 ? value.toString(16).padStart(4, '0') : value.toString(16),
  );
  const [high = 0, low = 0] = values.slice(6);
  if (embedded) parts.splice(6, 2, [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.'));
  const end = Math.min(to, embedded ? 6 : 8);
  const short = from < end && values.slice(from, end).every((value) => value === 0);
  const text = short
    ? `${parts.slice(0, from).join(':')}::${parts.slice(end).join(':')}`
    : parts.join(':');
  return upper ? text.toUpperCase() : text;
}

const flipped = (values: readonly number[], bit: number): readonly number[] =>
  values.map((value, at) => (at === bit >> 4 ? value ^ (0x8000 >> (bit & 15)) : value));

describe('the addresses of a network, however they are written', () => {
  test('are those that the expression matches', () => {
    const judge = (
      network: readonly number[],
      prefix: number,
      address: readonly number[],
      as: Spelling,
    ) => {
      const block = parseAddressBlock(
        `${network.map((value) => value.toString(16)).join(':')}/${prefix}`,
      );
      const regex = block && addressRegex({ kind: 'cidr', ...block });
      if (!block || regex === undefined) return;
      expect(regex.length).toBeLessThanOrEqual(queryStringLimits.regexLength);
      const text = spelt(address, as);
      const bytes = addressBytes(6, text);
      const inside = bytes?.every(
        (byte, index) => (byte & networkMask(prefix, index)) === block.bytes[index],
      );
      expect(inside, text).toBeDefined();
      for (const printed of [regex, addressPattern({ kind: 'cidr', ...block })])
        expect({
          block: block.text,
          text,
          printed,
          inside: new RegExp(`^(?:${printed})$`).test(text),
        }).toEqual({ block: block.text, text, printed, inside });
    };
    fc.assert(
      fc.property(
        networkGroups,
        fc.nat(128),
        groups,
        fc.nat(8),
        fc.nat(127),
        fc.boolean(),
        spelling,
        (network, prefix, other, same, bit, near, as) => {
          judge(
            network,
            prefix,
            near ? flipped(network, bit) : [...network.slice(0, same), ...other.slice(same)],
            as,
          );
          judge(network, prefix, network, as);
        },
      ),
      { numRuns: runs(4000), seed: 15 },
    );
  });

  test('are found for networks of every length', () => {
    for (const network of ['2001:db8:1:2:3:4:5:6', 'fe80::', '2001:db8::', '::'])
      for (let prefix = 0; prefix <= 128; prefix++) {
        const block = parseAddressBlock(`${network}/${prefix}`);
        const regex = block && addressRegex({ kind: 'cidr', ...block });
        expect(`${network}/${prefix} ${new RegExp(`^(?:${regex})$`).test(network)}`).toBe(
          `${network}/${prefix} true`,
        );
      }
  });
});

test("LogPoint's lists of addresses have nothing behind the last group", () => {
  for (const [text, patterns] of [
    [
      '2001:db8:1:2:3:4:5:6/127',
      [
        '2001:db8:1:2:3:4:5:6',
        '2001:0db8:0001:0002:0003:0004:0005:0006',
        '2001:db8:1:2:3:4:5:7',
        '2001:0db8:0001:0002:0003:0004:0005:0007',
      ],
    ],
    ['2001:db8:1:2:3:4:5:0/112', ['2001:db8:1:2:3:4:5:*', '2001:0db8:0001:0002:0003:0004:0005:*']],
  ] as const) {
    const block = parseAddressBlock(text);
    expect(block && blockPatterns({ kind: 'cidr', ...block })).toEqual(patterns);
  }
});
