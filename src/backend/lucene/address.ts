import type { CidrTest } from '../../query/tree.ts';
import { holdsLinkLocal } from '../../sigma/value/cidr.ts';
import { ipv4Regex } from './ipv4-regex.ts';
import { ipv6Regex } from './ipv6-regex.ts';

/**
 * The addresses of a block as a Lucene regular expression over their text; undefined where their
 * spellings can't be listed.
 */
export function addressRegex(test: CidrTest): string | undefined {
  if (test.version === 4) return ipv4Regex(test);
  const text = ipv6Regex(test);
  if (text === undefined || !holdsLinkLocal(test)) return text;
  return test.prefix < 10
    ? `(${text}|[fF][eE][89abAB][0-9a-fA-F]:[0-9a-fA-F:.]*${zone})`
    : `${text}(${zone})?`;
}

/** Of a link-local address: its network interface. */
const zone = '%[0-9A-Za-z._\\-]+';
