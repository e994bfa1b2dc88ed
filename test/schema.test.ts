import { expect, test } from 'vitest';
import { nearest } from '../src/source/nearest.ts';
import { checkSchema } from '../src/source/schema/check-schema.ts';
import type { JsonSchema } from '../src/source/schema/json-schema.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';

test.each([
  ['selectoin', ['selection', 'filter'], 'selection'],
  ['Selection', ['selections', 'selection'], 'selection'],
  ['contians', ['contains', 'cidr'], 'contains'],
  ['al', ['all', 'any'], 'all'],
  ['xyz', ['all', 'any'], undefined],
  ['ab', ['cd', 'ef'], undefined],
  [
    'splunk-window',
    ['splunk-linux', 'splunk-windows-classic', 'splunk-windows-xml'],
    'splunk-windows-xml',
  ],
  ['Windows-s', ['windows', 'windows-sysmon'], 'windows-sysmon'],
  ['selection', ['selections', 'selection'], 'selection'],
  ['', ['a'], undefined],
  ['a', [], undefined],
  ['x'.repeat(1000), ['x'], undefined],
])('the nearest to %s in %o is %s', (name, candidates, found) =>
  expect(nearest(name, candidates)).toBe(found),
);

const pairSchema: JsonSchema = {
  oneOf: [
    { type: 'string', maxLength: 2 },
    {
      type: 'object',
      required: ['k'],
      additionalProperties: false,
      properties: { k: { const: 1 } },
    },
  ],
};
test.each([
  ['ab', []],
  ['abc', ['it must have at most 2 characters, not 3']],
  ['{ k: 1 }', []],
  ['{ k: 2 }', ['`k` must be 1, not `2`']],
  ['{}', ['it lacks the key `k`']],
  ['[]', ['it must be a string or a map, not a list']],
  ['{ __proto__: 1, k: 1 }', ['it has no key `__proto__`']],
  ['{ constructor: 1, k: 1 }', ['it has no key `constructor`']],
])('schema: the branch of the value’s type says what is wrong with %s', (text, messages) => {
  const [node] = parseYaml({ path: 'x.yml', text }).documents;
  if (!node) throw new Error('nothing read');
  expect(checkSchema(pairSchema, node, 'PCK001', 'it').map((one) => one.message)).toEqual(messages);
});
