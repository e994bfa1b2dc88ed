import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { initFiles, initTemplates } from '../../src/cli/command/init/project-files.ts';
import { parseYaml } from '../../src/source/yaml/parse.ts';
import { toPlain } from '../../src/source/yaml/tree.ts';
import { shared } from './corpus.ts';

const templates = new Map(
  initTemplates.map((name) => [
    name,
    readFileSync(join(import.meta.dirname, '..', '..', 'templates', name), 'utf8'),
  ]),
);
const schema = JSON.parse(
  readFileSync(join(shared, 'spec', 'sigma-detection-rule-schema.json'), 'utf8'),
);

test('the starter rule fits the schema of the specification', () => {
  const files = initFiles(
    {
      id: 'acme',
      title: 'Acme',
      description: '',
      author: 'A',
      package: '1.2.3',
      answers: new Map(),
    },
    { templates },
  );
  const rules = files.filter(({ path }) => /^rules\/.*(?<!\.test)\.yml$/.test(path));
  expect(rules).toHaveLength(1);
  for (const { path, content } of rules) {
    const [root] = parseYaml({ path, text: String(content) }).documents;
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    if (!root) throw new Error('the rule is empty');
    validate(JSON.parse(JSON.stringify(toPlain(root))));
    expect(validate.errors).toBeNull();
  }
});
