import { didYouMean, editDistance, nearest } from '../../source/nearest.ts';
import { modifierRoles } from './modifier.ts';

/** Words of other tools and habits, without underscores and hyphens, with the hint for each. */
const otherWords: readonly (readonly [words: string, hint: string])[] = [
  ['in any anyof oneof or', 'A list already means any of its values: remove the modifier.'],
  ['and allof', didYouMean('all')],
  [
    'eq equal equals is exact ==',
    'Values are compared whole without a modifier: remove the modifier.',
  ],
  [
    'wildcard like glob pattern',
    'Values may hold `*` and `?` without a modifier: remove the modifier.',
  ],
  ['not ne isnot notequal notequals notin notcontains !=', 'Use neq, or `not` in the condition.'],
  ['regex regexp rx pcre match matches', didYouMean('re')],
  ['iregex iregexp regexi ire rei', didYouMean('re|i')],
  ['beginswith begins begin starts start prefix', didYouMean('startswith')],
  ['ends end suffix', didYouMean('endswith')],
  ['includes include has substring', didYouMean('contains')],
  [
    'icontains istartswith iendswith nocase caseinsensitive',
    'Texts match in either letter case already; `cased` makes letter case count.',
  ],
  ['case casesensitive', didYouMean('cased')],
  ['ip subnet network netmask cidrmatch', didYouMean('cidr')],
  ['exist notnull isnotnull present', `${didYouMean('exists')} It takes true or false.`],
  ['null isnull missing empty', 'Write `exists: false`, or `null` as the value.'],
  ['greater greaterthan above >', didYouMean('gt')],
  ['ge greaterorequal greaterthanorequal min >=', didYouMean('gte')],
  ['less lessthan below <', didYouMean('lt')],
  ['le lessorequal lessthanorequal max <=', didYouMean('lte')],
  ['field equalsfield fieldequals', didYouMean('fieldref')],
  ['endswithfield fieldendswith', didYouMean('fieldref|endswith')],
  ['startswithfield fieldstartswith', didYouMean('fieldref|startswith')],
  ['containsfield fieldcontains', didYouMean('fieldref|contains')],
];

/** A hint for a modifier that Sigma does not have; undefined if none is near. */
export function modifierHint(name: string): string | undefined {
  const word = name.trim().toLowerCase().replace(/[_-]/g, '');
  const known = otherWords.find(([words]) => ` ${words} `.includes(` ${word} `));
  if (word !== '' && known) return known[1];
  // flags of one letter would be near any short word
  const near = nearest(
    word,
    [...modifierRoles.keys()].filter((one) => one.length > 1),
  );
  return near !== undefined && editDistance(word, near) <= Math.max(1, Math.floor(word.length / 3))
    ? didYouMean(near)
    : undefined;
}
