import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parseYaml } from '../../src/source/yaml/parse.ts';
import { toPlain } from '../../src/source/yaml/tree.ts';
import { shared } from './corpus.ts';

const folder = join(import.meta.dirname, '..', '..', 'rules');
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const schemaOf = (name: string) =>
  ajv.compile(JSON.parse(readFileSync(join(shared, 'spec', name), 'utf8')));
const schemas = {
  correlation: schemaOf('sigma-correlation-rules-schema.json'),
  filter: schemaOf('sigma-filters-schema.json'),
  detection: schemaOf('sigma-detection-rule-schema.json'),
};

/**
 * The configuration of the pack, and a rule that is older than the specification: a tactic with
 * `_`, a date with `/`.
 */
const others = ['sigpack.yml', 'windows/dhcp-callout-dll-failed.yml'];
const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (path) => /(?<!\.test)\.yml$/.test(path) && !others.includes(path),
);

test.each(paths)('%s fits the schemas of the specification', (path) => {
  const text = readFileSync(join(folder, path), 'utf8');
  const documents = parseYaml({ path, text }).documents.map((node) =>
    JSON.parse(JSON.stringify(toPlain(node))),
  );
  expect(documents.length).toBeGreaterThan(0);
  for (const document of documents) {
    const validate =
      schemas[
        'correlation' in document ? 'correlation' : 'filter' in document ? 'filter' : 'detection'
      ];
    validate(document);
    expect(validate.errors).toBeNull();
  }
});
