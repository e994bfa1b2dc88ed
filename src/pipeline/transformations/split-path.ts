import type { SettledBody, SettledItem, SettledValue } from '../../query/settled.ts';
import type { StringTest, Test } from '../../query/tree.ts';
import { ANY, isPlaceholder, joinParts, ONE, type Pattern } from '../../sigma/value/pattern.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import { ProcessingError } from '../../work/processing-error.ts';
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

/** Each split is an alternative in the query, about as long as the value. */
const maximumSplits = 64;

interface Fields {
  readonly parent: string;
  readonly name: string;
}

/**
 * Splits a path into two fields, as audit events have the key and the name of a registry value. Not
 * in pySigma.
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
  const itemFor = (field: string, only: Test): SettledItem => ({
    ...item,
    field,
    values: [{ ...value, tests: [only] }],
    link: 'or',
  });
  switch (test.kind) {
    // a value in the registry has a key: the name alone may be missing
    case 'null':
    case 'exists':
      return [itemFor(parent, test)];
    case 'string': {
      const splits = splitsOf(test.pattern);
      if (splits.length > maximumSplits) throw tooMany(item, value);
      return splits.map(([before, after]) => {
        const tests = [...partTest(parent, before, test), ...partTest(name, after, test)];
        return tests.length === 0
          ? itemFor(parent, { kind: 'exists' })
          : groupFor(
              item,
              'and',
              tests.map(([field, only]) => itemFor(field, only)),
            );
      });
    }
    default:
      throw new ProcessingError(
        `the events have the path in \`${parent}\` and \`${name}\`, ` +
          'and only texts with wildcards can be taken apart',
        { file: item.file, span: value.span },
        'Write the value with `contains`, `startswith` or `endswith`.',
      );
  }
}

const tooMany = ({ file }: SettledItem, { span }: SettledValue): ProcessingError =>
  new ProcessingError(
    `the value has more than ${maximumSplits} places where the path may be taken apart`,
    { file, span },
    'Write a shorter value: each backslash and wildcard is such a place.',
  );

const partTest = (
  field: string,
  pattern: Pattern,
  test: StringTest,
): readonly (readonly [string, Test])[] =>
  pattern.length === 1 && pattern[0] === ANY ? [] : [[field, { ...test, pattern }]];

/**
 * Every place in the pattern where the backslash between the two parts can be: a wildcard, or any
 * backslash, as the name may have some too.
 */
function splitsOf(pattern: Pattern): readonly (readonly [Pattern, Pattern])[] {
  const splits: (readonly [Pattern, Pattern])[] = [];
  for (const [at, part] of pattern.entries()) {
    if (isPlaceholder(part)) continue;
    const before = pattern.slice(0, at);
    const after = pattern.slice(at + 1);
    if (part === ANY) splits.push([joinParts([...before, ANY]), joinParts([ANY, ...after])]);
    else if (part === ONE) splits.push([before, after]);
    else
      for (let slash = part.indexOf('\\'); slash !== -1; slash = part.indexOf('\\', slash + 1))
        splits.push([
          joinParts([...before, part.slice(0, slash)]),
          joinParts([part.slice(slash + 1), ...after]),
        ]);
  }
  // every path has a backslash: the key alone is never the whole text
  if (splits.length === 0) return [[pattern, []]];
  const withKey = splits.filter(([before]) => before.length > 0);
  return withKey.length === 0 ? splits : withKey;
}
