import { expect, expectTypeOf, test } from 'vitest';
import { type FromSchema, fromSchema } from '../src/source/schema/from-schema.ts';
import type { JsonSchema } from '../src/source/schema/json-schema.ts';
import { list, map, text } from '../src/source/schema/schema-builder.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['kind'],
  properties: {
    kind: { const: 'disk' },
    level: { $ref: '#/$defs/level' },
    count: { type: 'integer' },
    on: { type: 'boolean' },
    value: { type: ['string', 'number', 'null'] },
    names: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    entries: list(map({ field: text('Field.'), note: text('Note.') }, 'Entry.', ['field']), 'All.'),
    byName: { type: 'object', additionalProperties: { type: 'number' } },
    open: { type: 'object' },
    any: { description: 'Whatever.' },
  },
  $defs: { level: { enum: ['low', 'high'] } },
} as const satisfies JsonSchema;

interface Fitting {
  readonly kind: 'disk';
  readonly level?: 'low' | 'high';
  readonly count?: number;
  readonly on?: boolean;
  readonly value?: string | number | null;
  readonly names?: string | readonly string[];
  readonly entries?: readonly { readonly field: string; readonly note?: string }[];
  readonly byName?: Readonly<Record<string, number>>;
  readonly open?: Readonly<Record<string, unknown>>;
  readonly any?: unknown;
}

test('the type of what fits a schema has its keys and their types', () => {
  expectTypeOf<FromSchema<typeof schema>>().branded.toEqualTypeOf<Fitting>();
  expectTypeOf<FromSchema<JsonSchema>>().toBeUnknown();
});

test('a wrong key, a wrong value and a missing key do not compile', () => {
  const values: readonly FromSchema<typeof schema>[] = [
    { kind: 'disk', level: 'low', entries: [{ field: 'a' }] },
    // @ts-expect-error: no such key
    { kind: 'disk', levels: 'low' },
    // @ts-expect-error: no such level
    { kind: 'disk', level: 'middle' },
    // @ts-expect-error: lacks `kind`
    { count: 1 },
    // @ts-expect-error: lacks `field`
    { kind: 'disk', entries: [{ note: 'a' }] },
    // @ts-expect-error: not a number
    { kind: 'disk', byName: { a: 'b' } },
  ];
  const [first] = values;
  expect(first?.level).toBe('low');
  // @ts-expect-error: no such key
  expect(first?.levels).toBeUndefined();
  // @ts-expect-error: no such property to require
  map({ field: text('Field.') }, 'Entry.', ['fields']);
});

test('a tree that fits is read, another one reported', () => {
  const read = (yaml: string) => {
    const [node] = parseYaml({ path: 'a.yml', text: yaml }).documents;
    return node && fromSchema(schema, node, 'PCK001');
  };
  expect(read('{ kind: disk, count: 2 }')).toEqual({ ok: true, value: { kind: 'disk', count: 2 } });
  expect(read('{ kind: disk, counts: 2 }')).toMatchObject({
    ok: false,
    error: [{ code: 'PCK001', hint: 'Did you mean `count`?' }],
  });
});
