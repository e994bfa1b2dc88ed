import { describe, expect, test } from 'vitest';
import { createBag } from '../src/source/diagnostic.ts';
import { queryText, told } from './diagnostics.ts';
import { compiledAfter, pipelineOf, queryAfter, ruleOf } from './pipeline-run.ts';

// Habits of pipelines that other people run with pySigma 1.5.1, each in a text of our own.

describe('a text stands for a list of itself', () => {
  test.each([
    ['include_fields', '{ type: include_fields, fields: A }', 'and(x=‹1›, AB=‹2›)'],
    ['exclude_fields', '{ type: exclude_fields, fields: A }', 'and(A=‹1›, y=‹2›)'],
    [
      'include_fields of an expression',
      '{ type: include_fields, fields: "A$", mode: re }',
      'and(x=‹1›, AB=‹2›)',
    ],
  ])('%s', (_, condition, wanted) =>
    expect(
      queryAfter(
        'A: "1"\nAB: "2"',
        `- { type: field_name_mapping, mapping: { A: x, AB: y }, field_name_conditions: [${condition}] }`,
      ),
    ).toBe(wanted),
  );

  test.each([
    [
      'value_placeholders',
      '- { type: value_placeholders, include: p }\n- { type: wildcard_placeholders }',
      'and(a=‹v›, b=*)',
    ],
    [
      'wildcard_placeholders',
      '- { type: wildcard_placeholders, exclude: p }\n- { type: value_placeholders }',
      'and(a=‹v›, b=*)',
    ],
  ])('%s', (_, items, wanted) =>
    expect(queryAfter("a|expand: '%p%'\nb|expand: '%pp%'", items, 'vars: { p: v }\n')).toBe(wanted),
  );

  test('hashes_fields', () => {
    const items =
      '- { type: hashes_fields, valid_hash_algos: MD5, field_prefix: File, field_to_parse: Sums }';
    expect(queryAfter('Sums|contains: MD5=d41d8cd98f00b204e9800998ecf8427e', items)).toBe(
      'FileMD5=‹d41d8cd98f00b204e9800998ecf8427e›',
    );
  });

  test('allowed_backends', () =>
    expect(pipelineOf('allowed_backends: splunk')?.allowedBackends).toEqual(new Set(['splunk'])));

  test('set_field', () => {
    const compiled = compiledAfter(
      ruleOf('a: b'),
      'transformations: [{ type: set_field, fields: one }]',
      createBag(),
    );
    expect(compiled?.rule).toMatchObject({ fields: ['one'] });
  });
});

describe('priority', () => {
  test.each([
    ['"20"', 20],
    ["' -5 '", -5],
    ['1.5', 1.5],
  ])('%s', (text, priority) => expect(pipelineOf(`priority: ${text}`)?.priority).toBe(priority));

  test.each(['""', '"1e3"', '"20a"', 'true', '[1]'])('%s is none', (text) => {
    const bag = createBag();
    expect(pipelineOf(`priority: ${text}`, bag)).toBeUndefined();
    expect(told(bag)[0]).toContain('`priority` must be a number');
  });
});

describe('the operator between conditions', () => {
  const mapped = (op: string, ...conditions: readonly string[]): string =>
    queryAfter(
      'A: "1"',
      `- { type: field_name_mapping, mapping: { A: x }, field_name_cond_op: ${op}, field_name_conditions: [${conditions.join(', ')}] }`,
    );
  const fits = '{ type: include_fields, fields: [A] }';
  const fails = '{ type: include_fields, fields: [B] }';

  test.each(['any', 'all', 'OR', 'AND', 'or', 'and', 'null'])(
    '%s makes no difference to a single condition',
    (op) => {
      expect(mapped(op, fits)).toBe('x=‹1›');
      expect(mapped(op, fails)).toBe('A=‹1›');
    },
  );

  test.each(['all', 'AND', 'and'])('%s wants all of them', (op) =>
    expect(mapped(op, fits, fails)).toBe('A=‹1›'),
  );

  test.each(['any', 'OR', 'Or'])(
    '%s means one thing to its author and another to pySigma',
    (op) => {
      expect(mapped(op, fits, fails)).toMatch(
        `\`field_name_cond_op\` must be \`and\` or \`or\`; pySigma takes \`${op}\` for \`and\``,
      );
    },
  );

  test.each(['rule', 'detection_item', 'field_name'])('is told of for %s conditions', (kind) => {
    const bag = createBag();
    const two =
      kind === 'rule'
        ? '{ type: is_sigma_rule }, { type: is_sigma_correlation_rule }'
        : '{ type: processing_state, key: a, val: 1 }, { type: processing_state, key: b, val: 1 }';
    pipelineOf(
      `transformations: [{ type: set_state, key: a, val: 1, ${kind}_cond_op: any, ${kind}_conditions: [${two}] }]`,
      bag,
    );
    expect(told(bag)).toEqual(
      kind === 'rule'
        ? [expect.stringContaining('`rule_cond_op` must be')]
        : [expect.stringMatching(/cond_op` must be|has no key/)],
    );
  });
});

describe('keys that are not pySigma’s', () => {
  test.each([
    [
      'transformations: [{ type: set_state, key: a, value: b }]',
      '`set_state` has no key `value`',
      'Did you mean `val`?',
    ],
    [
      'transformations: [{ type: field_name_mapping, mapping: {}, prepend: x }]',
      '`field_name_mapping` has no key `prepend`',
      'Known: mapping, ',
    ],
    ['sources: [a]', 'a pipeline has no key `sources`', 'Known: name, '],
    ['include: a.yml', 'a pipeline has no key `include`', 'Known: name, '],
  ])('%s', (text, message, hint) => {
    const bag = createBag();
    expect(pipelineOf(text, bag)).toBeUndefined();
    expect(bag.list).toContainEqual(
      expect.objectContaining({ message, hint: expect.stringContaining(hint) }),
    );
  });
});

test('a condition without a field is added as a keyword', () => {
  for (const key of ['null', '~', '""'])
    expect(
      queryAfter('A: "1"', `- { type: add_condition, conditions: { ${key}: word, b: "2" } }`),
    ).toMatch(/‹word›.*b=‹2›.*A=‹1›/);
});

test('a template makes a document of the rule, by its level, date and attributes', () => {
  const template = `{%- set kind = "Hunting" %}
{%- if rule.level and rule.level.name in ["HIGH", "CRITICAL"] %}{%- set kind = "TTP" %}{%- endif %}
{%- set day = rule.modified if rule.modified else rule.date %}
name: {{ rule.title }}
date: '{{ day.strftime("%Y-%m-%d") if day else "none" }}'
type: {{ kind }}
state: {{ "production" if rule.status.name.lower() in ["test", "stable"] else rule.status.name.lower() }}
search: |
  {{ query | indent(2) }}
{%- if rule.custom_attributes.get("source_key") %}
data:
{%- for source in pipeline.vars.sources.get(rule.custom_attributes.get("source_key"), []) %}
  - {{ source }}
{%- endfor %}
{%- endif %}
{%- if rule.falsepositives and rule.falsepositives | length > 0 %} never {%- endif %}
team: {{ pipeline.state.get("team", "none") }} {{ pipeline.vars.get("region", "anywhere") }}`;
  const pipeline = `vars:
  sources: { start: [one, two] }
transformations:
- { type: set_custom_attribute, attribute: source_key, value: start }
postprocessing:
- type: template
  template: ${JSON.stringify(template)}
`;
  const bag = createBag();
  const compiled = compiledAfter(
    ruleOf('a: b', 'status: test\nlevel: high\ndate: 2024-05-06\n'),
    pipeline,
    bag,
  );
  expect(told(bag)).toEqual([]);
  expect(compiled?.processing?.postprocess?.('a\nb')).toBe(
    "\nname: Test\ndate: '2024-05-06'\ntype: TTP\nstate: production\nsearch: |\n  a\n  b\ndata:\n  - one\n  - two\nteam: none anywhere",
  );
});

test('a finalizer asks for the state with a default', () => {
  const finalizers = `finalizers:\n- { type: concat }\n- type: template\n  template: "{{ pipeline.state.get('when', 'today') }} {{ pipeline.vars.team }}: {{ queries }}"\n`;
  const pipeline = pipelineOf(`vars: { team: blue }\n${finalizers}`);
  const context = { vars: pipeline?.vars ?? new Map(), conversion: new Map(), states: [new Map()] };
  expect(pipeline?.finalizers.map(({ apply }) => apply(['a', 'b'], context))).toEqual([
    ['today blue: a\nb'],
  ]);
});

test('a query after a pipeline is still the rule', () => {
  const compiled = compiledAfter(
    ruleOf('a: b'),
    'priority: "3"\nallowed_backends: splunk\ntransformations: []\n',
    createBag(),
  );
  expect(compiled?.kind === 'detection' && queryText(compiled.query)).toBe('a=‹b›');
});
