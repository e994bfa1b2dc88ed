import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { createBag } from '../../src/source/diagnostic.ts';
import { parseYaml, toPlain } from '../../src/source/yaml.ts';
import { shared } from './corpus.ts';

test('the starter rule fits the schema of the specification', () => {
  const path = join(import.meta.dirname, '..', '..', 'templates', 'init', 'rule.yml');
  const [root] = parseYaml({ path, text: readFileSync(path, 'utf8') }, createBag());
  const schema = JSON.parse(readFileSync(join(shared, 'spec', 'sigma-detection-rule-schema.json'), 'utf8'));
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  if (!root) throw new Error('the rule is empty');
  validate(JSON.parse(JSON.stringify(toPlain(root))));
  expect(validate.errors).toBeNull();
});
