import { describe, expect, test } from 'vitest';
import { readConfig } from '../src/index.ts';
import { configSchema } from '../src/pack/config/schema.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { checkSchema } from '../src/source/schema/check-schema.ts';
import type { JsonSchema } from '../src/source/schema/json-schema.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';

/** A place where the schema lists words, and the file with a value there. */
interface Place {
  readonly path: string;
  readonly word: string;
  readonly file: (value: string) => string;
}

const resolved = (schema: JsonSchema): JsonSchema => {
  const root: JsonSchema = configSchema;
  const name = schema.$ref?.replace('#/$defs/', '');
  return name === undefined ? schema : resolved(root.$defs?.[name] ?? {});
};

const takesList = (schema: JsonSchema): boolean => resolved(schema).type === 'array';

/** Every place with an enum or a constant, lists and branches included. */
function places(given: JsonSchema, path: string, file: Place['file']): readonly Place[] {
  const schema = resolved(given);
  const words = schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
  const here = words.slice(0, 1).map((word) => ({ path, word: String(word), file }));
  const { properties = {}, additionalProperties, items, anyOf, oneOf } = schema;
  const constants = Object.entries(properties).flatMap(([key, { const: value }]) =>
    value === undefined ? [] : [[key, String(value)] as const],
  );
  const within = (key: string, inner: JsonSchema): readonly Place[] =>
    places(inner, path === '' ? key : `${path}.${key}`, (value) => {
      const others = constants.flatMap(([name, word]) =>
        name === key ? [] : [`${name}: ${word}`],
      );
      return file(`{ ${[...others, `${key}: ${value}`].join(', ')} }`);
    });
  const branches = anyOf ?? oneOf ?? [];
  return [
    ...here,
    ...Object.entries(properties).flatMap(([key, inner]) => within(key, inner)),
    ...(typeof additionalProperties === 'object' ? within('some', additionalProperties) : []),
    ...(items ? places(items, `${path}[0]`, (value) => file(`[${value}]`)) : []),
    ...(branches.some(takesList) ? branches.filter(takesList) : branches).flatMap((branch) =>
      places(branch, path, file),
    ),
  ];
}

const all = [
  ...new Map(places(configSchema, '', (value) => value).map((one) => [one.path, one])).values(),
];

function said(text: string) {
  const bag = createBag();
  const file = { path: 'sigpack.yml', text };
  readConfig(file, bag);
  return bag.list.map(({ message, hint, span: { start } }) => ({ message, hint, start }));
}

test('the schema lists words in many places', () => {
  expect(all.length).toBeGreaterThan(80);
  expect(all.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'splunk.grouping',
      'splunk.correlation',
      'graylog.mode',
      'failOn',
      'targets[0]',
      'select.levels[0]',
      'defaults.splunk.output',
      'release.bump.query',
      'installs.some.kind',
      'severities.SIG031',
    ]),
  );
});

describe('where the schema lists words', () => {
  test.each(all)('a list or a map is no word: $path', ({ path, word, file }) => {
    const lists = [`[${word}]`, '[]', `[${word}, ${word}]`];
    // a map of what detections must have
    for (const value of path === 'enable' ? lists : [...lists, `{ ${word}: ${word} }`]) {
      const text = file(value);
      const start = text.indexOf(value);
      const found = said(text).filter((one) => one.start === start);
      expect([value, found.map(({ message }) => message)]).toEqual([
        value,
        [expect.stringMatching(/^`.+` must be .+, not a (?:list|map)$/)],
      ]);
      expect(found[0]?.message).toContain(`\`${path}\``);
      expect(found[0]?.hint).toBeTruthy();
    }
  });
});

test('says what to write', () => {
  expect(said('splunk: { grouping: [none] }\n')).toEqual([
    {
      message: '`splunk.grouping` must be one of none, log-source, not a list',
      hint: 'Write one of them, without brackets or dashes.',
      start: 'splunk: { grouping: '.length,
    },
  ]);
  expect(said('installs: { a: { kind: [graylog] } }\n')[0]?.message).toMatch(
    /^`installs\.a\.kind` must be one of .*graylog.*, not a list$/,
  );
});

test.each([
  ['grouping: log-source\n', 'the file has no key `grouping`', 'Write it under `splunk`.'],
  [
    'defaults: { grouping: log-source }\n',
    '`defaults` has no key `grouping`',
    'Write it under `splunk`.',
  ],
  [
    'interval: 5m\n',
    'the file has no key `interval`',
    'Write it under `defaults` or `elasticsearch`.',
  ],
  ['rule: [rules]\n', 'the file has no key `rule`', 'Did you mean `rules`?'],
])('a key that has its place elsewhere: %s', (text, message, hint) => {
  expect(said(text).map((one) => [one.message, one.hint])).toEqual([[message, hint]]);
});

test('a branch of words does not answer for a list', () => {
  const [node] = parseYaml({ path: 'x.yml', text: '[5]' }).documents;
  if (!node) throw new Error('nothing read');
  const schema: JsonSchema = {
    anyOf: [{ enum: ['all', 'none'] }, { type: 'array', items: { type: 'string' } }],
  };
  expect(checkSchema(schema, node, 'PCK001', 'it').map(({ message }) => message)).toEqual([
    '`[0]` must be a string, not `5`',
  ]);
});
