import { causesOf } from '../../query/absent-fields.ts';
import { type Truth, truthOf } from '../../query/three-valued.ts';
import type { Item, Query } from '../../query/tree.ts';
import { ipv4Bytes, ipv6Bytes, parseAddressBlock } from '../../sigma/value/cidr.ts';
import { ANY, literalText, type Pattern } from '../../sigma/value/pattern.ts';
import { refused } from '../backend.ts';
import type { Dialect, Printed } from './dialect.ts';
import type { StringItem } from './strings.ts';
import { escapedField, quoted } from './text.ts';

const single = (text: string): Printed => ({ text, clauses: 1 });

/**
 * A text in a field of the type ip, which holds only addresses: the server refuses queries for
 * other texts, and wildcards.
 */
export function printAddressText(item: StringItem, name: string, dialect: Dialect): Printed {
  const field = escapedField(name);
  const pattern: Pattern =
    item.test.kind === 'string' ? item.test.pattern : [String(item.test.value)];
  const literal = literalText(pattern);
  if (literal?.includes('/') && parseAddressBlock(literal)) {
    const message =
      `\`${literal}\` as a plain value is a text, which no address equals, and \`${name}\` has ` +
      `the type ip in ${dialect.name}, which would read it as a network`;
    throw refused(item, message, `Write \`${name}|cidr\` for the addresses of the network.`);
  }
  if (literal !== undefined)
    return isAddress(literal)
      ? single(`${field}:${quoted(literal)}`)
      : single(dialect.alone(dialect.nothing));
  if (pattern.length === 1 && pattern[0] === ANY) return single(`_exists_:${field}`);
  const block = blockOf(pattern);
  if (block !== undefined) return single(`${field}:"${block}"`);
  throw refused(
    item,
    `\`${name}\` has the type ip in ${dialect.name}, where no part of an address can be searched`,
    'Write the network with `cidr`.',
  );
}

/**
 * Refuses a query that no event can fulfil, because fields of the type ip would have to hold texts
 * that are not addresses.
 */
export function refuseAddressless(
  query: Query,
  { addressFields, name }: Pick<Dialect, 'addressFields' | 'name'>,
): void {
  if (addressFields.length === 0) return;
  const truth = ({ field, test }: Item): Truth => {
    if (field === undefined || !addressFields.includes(field)) return undefined;
    if (test.kind === 'number') return isAddress(String(test.value)) ? undefined : false;
    const literal = test.kind === 'string' ? literalText(test.pattern) : undefined;
    return literal === undefined || literal.includes('/') || isAddress(literal) ? undefined : false;
  };
  if (truthOf(query, truth) !== false) return;
  const [item] = causesOf(query, truth);
  if (item)
    throw refused(
      item,
      `the query can never be true: \`${item.field}\` has the type ip in ${name}, and no ` +
        'address equals this text',
      'Name an address, or write a network with `cidr`.',
    );
}

const isAddress = (text: string): boolean => (ipv4Bytes(text) ?? ipv6Bytes(text)) !== undefined;

/** The block of the addresses that start with whole numbers: `10.1.*`. */
function blockOf(pattern: Pattern): string | undefined {
  const [start, end] = pattern;
  if (pattern.length !== 2 || typeof start !== 'string' || end !== ANY || !start.endsWith('.'))
    return undefined;
  const octets = start.slice(0, -1).split('.');
  if (octets.length > 3) return undefined;
  return parseAddressBlock(`${[...octets, 0, 0, 0].slice(0, 4).join('.')}/${octets.length * 8}`)
    ?.text;
}
