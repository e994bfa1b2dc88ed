import { ipv4Bytes, ipv6Bytes, parseAddressBlock } from '../../sigma/cidr.ts';
import { ANY, literalText, type Pattern } from '../../sigma/pattern.ts';
import { refused } from '../backend.ts';
import type { Dialect, Printed } from './dialect.ts';
import type { StringItem } from './strings.ts';
import { escapedField, quoted } from './text.ts';

const single = (text: string): Printed => ({ text, clauses: 1 });

/** A text in a field of the type ip, which holds addresses alone: the server refuses a query for another text, and wildcards. */
export function printAddressText(item: StringItem, name: string, dialect: Dialect): Printed {
  const field = escapedField(name);
  const pattern: Pattern = item.test.kind === 'string' ? item.test.pattern : [String(item.test.value)];
  const literal = literalText(pattern);
  if (literal !== undefined) return isAddress(literal) ? single(`${field}:${quoted(literal)}`) : single(dialect.alone(dialect.nothing));
  if (pattern.length === 1 && pattern[0] === ANY) return single(`_exists_:${field}`);
  const block = blockOf(pattern);
  if (block !== undefined) return single(`${field}:"${block}"`);
  throw refused(item, `\`${name}\` has the type ip in ${dialect.name}, where no part of an address can be searched`, 'Write the network with `cidr`.');
}

const isAddress = (text: string): boolean => (ipv4Bytes(text) ?? ipv6Bytes(text)) !== undefined;

/** The block of the addresses that start with whole numbers: `10.1.*`. */
function blockOf(pattern: Pattern): string | undefined {
  const [start, end] = pattern;
  if (pattern.length !== 2 || typeof start !== 'string' || end !== ANY || !start.endsWith('.')) return undefined;
  const octets = start.slice(0, -1).split('.');
  if (octets.length > 3) return undefined;
  return parseAddressBlock(`${[...octets, 0, 0, 0].slice(0, 4).join('.')}/${octets.length * 8}`)?.text;
}
