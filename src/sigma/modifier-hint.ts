import { editDistance, nearest } from '../source/nearest.ts';
import { modifierRoles } from './modifier.ts';

const meant = (name: string): string => `Did you mean \`${name}\`?`;

/** Words of other tools and habits, without underscores and hyphens, and what Sigma has for them. */
const otherWords: readonly (readonly [words: string, hint: string])[] = [
  ['in any anyof oneof or list values', 'A list already means any of its values: remove the modifier.'],
  ['and allof every', 'Did you mean `all`? It asks for every value of the list.'],
  ['eq equal equals is exact exactly ==', 'Values are compared whole without a modifier: remove the modifier.'],
  ['wildcard like glob pattern', 'Values may hold `*` and `?` without a modifier: remove the modifier.'],
  ['not ne isnot notequal notequals notin notcontains notstartswith notendswith != <>', 'Use neq, or `not` in the condition.'],
  ['regex regexp rx pcre match matches', meant('re')],
  ['iregex iregexp regexi ire rei', meant('re|i')],
  ['beginswith begins begin starts start prefix', meant('startswith')],
  ['ends end suffix', meant('endswith')],
  ['contain includes include has substring', meant('contains')],
  ['icontains istartswith iendswith iequals nocase caseinsensitive insensitive', 'Texts match in either letter case already; `cased` makes letter case count.'],
  ['case casesensitive sensitive cs exactcase', meant('cased')],
  ['ip ipv4 ipv6 subnet network netmask cidrmatch iprange inet', meant('cidr')],
  ['exist notnull isnotnull present', 'Did you mean `exists`? It takes true or false.'],
  ['null isnull missing empty', 'Write `exists: false`, or `null` as the value.'],
  ['greater greaterthan more above over >', meant('gt')],
  ['ge greaterorequal greaterthanorequal greaterequal min atleast >=', meant('gte')],
  ['less lessthan below under <', meant('lt')],
  ['le lessorequal lessthanorequal lessequal max atmost <=', meant('lte')],
  ['field equalsfield fieldequals', meant('fieldref')],
  ['endswithfield fieldendswith', meant('fieldref|endswith')],
  ['startswithfield fieldstartswith', meant('fieldref|startswith')],
  ['containsfield fieldcontains', meant('fieldref|contains')],
  ['unicode', 'Did you mean `wide`? It stands before base64 or base64offset.'],
  ['placeholder', meant('expand')],
  ['count near', 'Counting is for correlation rules; see the Sigma correlation rules specification.'],
];

/** What to write in place of a modifier that Sigma does not have; undefined where nothing is near. */
export function modifierHint(name: string): string | undefined {
  const word = name.trim().toLowerCase().replace(/[_-]/g, '');
  const known = otherWords.find(([words]) => ` ${words} `.includes(` ${word} `));
  if (word !== '' && known) return known[1];
  // flags of one letter are near to any short word
  const near = nearest(
    word,
    [...modifierRoles.keys()].filter((one) => one.length > 1),
  );
  return near !== undefined && editDistance(word, near) <= Math.max(1, Math.floor(word.length / 3)) ? meant(near) : undefined;
}
