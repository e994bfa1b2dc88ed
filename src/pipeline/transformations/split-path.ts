import type { SettledBody, SettledItem, SettledValue } from '../../query/settled.ts';
import type { StringTest, Test } from '../../query/tree.ts';
import { ANY, isPlaceholder, joinParts, ONE, type Pattern } from '../../sigma/value/pattern.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import { ProcessingFailure } from '../../work/processing-failure.ts';
import type { TransformationDefinition } from '../definition.ts';
import { textOf } from '../parameters.ts';
import type { ItemTransformation } from '../pipeline.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { groupFor } from './split-values.ts';

const field = (description: string) => ({ type: 'string', minLength: 1, description }) as const;

export const splitPathDefinitions = {
  split_path: {
    parameters: {
      parent: field('The field that holds the part before the backslash, which is never empty.'),
      name: field('The field that holds the part after it, which may hold backslashes.'),
    },
    required: ['parent', 'name'],
    create,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

/** Each is an alternative of the query, about as long as the value. */
const maximumSplits = 64;

interface Fields {
  readonly parent: string;
  readonly name: string;
}

/**
 * A path in two fields, as audit events have the key and the name of a registry value. Not in
 * pySigma.
 */
function create(item: YamlMapping): ItemTransformation {
  const fields: Fields = { parent: textOf(item, 'parent') ?? '', name: textOf(item, 'name') ?? '' };
  return { kind: 'item', apply: (settled, rule) => split(settled, fields, rule) };
}

function split(item: SettledItem, fields: Fields, rule: RuleInProcess): SettledBody {
  rule.renames = true;
  return groupFor(
    item,
    item.link,
    item.values.map((value) =>
      groupFor(
        item,
        'or',
        value.tests.flatMap((test) => alternatives(item, value, test, fields)),
      ),
    ),
  );
}

function alternatives(
  item: SettledItem,
  value: SettledValue,
  test: Test,
  { parent, name }: Fields,
): readonly SettledBody[] {
  const one = (given: string, tested: Test): SettledItem => ({
    ...item,
    field: given,
    values: [{ ...value, tests: [tested] }],
    link: 'or',
  });
  switch (test.kind) {
    // a value in the registry has a key: the name alone may be missing
    case 'null':
    case 'exists':
      return [one(parent, test)];
    case 'string': {
      const found = splits(test.pattern);
      if (found.length > maximumSplits) throw tooMany(item, value);
      return found.map(([before, after]) => {
        const tests = [...partTest(parent, before, test), ...partTest(name, after, test)];
        return tests.length === 0
          ? one(parent, { kind: 'exists' })
          : groupFor(
              item,
              'and',
              tests.map(([given, tested]) => one(given, tested)),
            );
      });
    }
    default:
      throw new ProcessingFailure(
        `the events have the path in \`${parent}\` and \`${name}\`, and only texts with ` +
          'wildcards can be taken apart',
        { file: item.file, span: value.span },
        'Write the value with `contains`, `startswith` or `endswith`.',
      );
  }
}

const tooMany = ({ file }: SettledItem, { span }: SettledValue): ProcessingFailure =>
  new ProcessingFailure(
    `the value has more than ${maximumSplits} places where the path may be taken apart`,
    { file, span },
    'Write a shorter value: each backslash and wildcard is such a place.',
  );

const partTest = (
  given: string,
  pattern: Pattern,
  test: StringTest,
): readonly (readonly [string, Test])[] =>
  pattern.length === 1 && pattern[0] === ANY ? [] : [[given, { ...test, pattern }]];

/**
 * Every way in which the backslash between the two parts can stand in the pattern, as the name may
 * hold backslashes too: as it is written, or in a wildcard.
 */
function splits(pattern: Pattern): readonly (readonly [Pattern, Pattern])[] {
  const found: (readonly [Pattern, Pattern])[] = [];
  for (const [at, part] of pattern.entries()) {
    if (isPlaceholder(part)) continue;
    const before = pattern.slice(0, at);
    const after = pattern.slice(at + 1);
    if (part === ANY) found.push([joinParts([...before, ANY]), joinParts([ANY, ...after])]);
    else if (part === ONE) found.push([before, after]);
    else
      for (let slash = part.indexOf('\\'); slash !== -1; slash = part.indexOf('\\', slash + 1))
        found.push([
          joinParts([...before, part.slice(0, slash)]),
          joinParts([part.slice(slash + 1), ...after]),
        ]);
  }
  // no path is without a backslash: the key alone never is the whole text
  if (found.length === 0) return [[pattern, []]];
  const withKey = found.filter(([before]) => before.length > 0);
  return withKey.length === 0 ? found : withKey;
}
