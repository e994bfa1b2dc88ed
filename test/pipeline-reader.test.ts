import { expect, test } from 'vitest';
import type { TransformationDefinition } from '../src/pipeline/definition.ts';
import { PipelineError } from '../src/pipeline/pipeline-error.ts';
import { readPipeline } from '../src/pipeline/read-pipeline.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { lookup } from '../src/source/yaml/tree.ts';
import { told } from './diagnostics.ts';
import { mark } from './pipeline-conditions.ts';
import { noFiles } from './pipeline-run.ts';

const definitions: Readonly<Record<string, TransformationDefinition>> = {
  mark,
  take: {
    parameters: { fields: { type: 'array', items: { type: 'string' } }, flag: { type: 'boolean' } },
    required: ['fields'],
    create: (item) => {
      const fields = lookup(item, 'fields');
      if (fields?.kind === 'sequence' && fields.items.length === 0)
        throw new PipelineError('no fields', fields, 'Name one.');
      return { kind: 'rule', apply: () => undefined };
    },
  },
  nest: {
    parameters: { items: { type: 'array' } },
    create: (item, environment) => {
      const items = lookup(item, 'items');
      const nodes =
        items?.kind === 'sequence'
          ? items.items.flatMap((node) => (node.kind === 'mapping' ? [node] : []))
          : [];
      return { kind: 'nest', items: environment.readItems(nodes) };
    },
  },
};

const read = (text: string, bag: DiagnosticBag = createBag(), path = 'pipelines/mine.yml') =>
  readPipeline({ path, text }, bag, { readText: noFiles, definitions });

test('a pipeline with all that it can hold', () => {
  const bag = createBag();
  const pipeline = read(
    `name: Mine
priority: 20
allowed_backends: [splunk, graylog]
vars:
  admins: [root, 5]
  nested: { a: null }
transformations:
  - id: first
    type: mark
  - type: nest
    id: ''
    items:
      - type: mark
      - { id: 7, type: mark }
  - type: take
    fields: &fields [a, b]
    flag: yes
  - { type: take, fields: *fields, flag: Off }
postprocessing: []
finalizers: []
`,
    bag,
  );
  expect(told(bag)).toEqual([]);
  expect(pipeline).toMatchObject({
    name: 'Mine',
    priority: 20,
    allowedBackends: new Set(['splunk', 'graylog']),
  });
  expect(pipeline?.vars.get('admins')).toEqual(['root', 5]);
  expect(pipeline?.vars.get('nested')).toEqual({ a: null });
  expect(pipeline?.items.map(({ id, type }) => `${id} ${type}`)).toEqual([
    'first mark',
    '#2 nest',
    '#5 take',
    '#6 take',
  ]);
  const nest = pipeline?.items[1]?.transformation;
  expect(nest?.kind === 'nest' && nest.items.map(({ id }) => id)).toEqual(['#3', '7']);
  const [first] = pipeline?.items ?? [];
  expect(first?.file.text.slice(first.span.start, first.span.end)).toBe(
    'id: first\n    type: mark',
  );
});

test.each([
  ['pipelines/sysmon.yml', 'sysmon'],
  ['a.b.yaml', 'a.b'],
  ['plain', 'plain'],
])('the file %s gives a pipeline without a name the name %s', (path, name) => {
  expect(read('vars: {}', createBag(), path)).toMatchObject({
    name,
    priority: 0,
    allowedBackends: new Set(),
    vars: new Map(),
    items: [],
  });
});

test('what YAML 1.1 reads otherwise is warned of, and the pipeline is read', () => {
  const bag = createBag();
  expect(
    read('vars: { mode: 010, since: 2024-01-01, yes: no, quoted: "no" }\n', bag)?.vars,
  ).toEqual(
    new Map<string, unknown>([
      ['mode', 10],
      ['since', '2024-01-01'],
      ['yes', false],
      ['quoted', 'no'],
    ]),
  );
  expect(told(bag)).toEqual([
    'SIG006 1:15 `010` is a number in YAML 1.2 and may be something else in YAML 1.1',
    'SIG006 1:27 `2024-01-01` is a text in YAML 1.2 and may be something else in YAML 1.1',
  ]);
});

test("what pySigma leaves out of a pipeline's text is warned of", () => {
  const bag = createBag();
  expect(
    read('transformations:\n  - { type: mark, allow_template_vars: true }\n', bag)?.items,
  ).toHaveLength(1);
  expect(told(bag)).toEqual([
    "PIP005 2:19 `allow_template_vars` has no effect in a pipeline's file",
  ]);
});

/** `line:column message | hint` of each diagnostic, all PIP001 but where a code stands before. */
function faults(text: string): readonly string[] {
  const bag = createBag();
  expect(read(text, bag)).toBeUndefined();
  return told(bag).map((line, at) => `${line.replace(/^PIP001 /, '')} | ${bag.list[at]?.hint}`);
}

test.each([
  ['', '1:1 the file is empty | See docs/pipelines.md for what a processing pipeline can hold.'],
  [
    'a: 1\n---\nb: 2',
    '3:1 the file has more than one YAML document | See docs/pipelines.md for what a processing pipeline can hold.',
  ],
  [
    '[]',
    '1:1 a pipeline must be a map, not a list | See docs/pipelines.md for what a processing pipeline can hold.',
  ],
  [
    'transformation: []',
    '1:1 a pipeline has no key `transformation` | Did you mean `transformations`?',
  ],
  [
    'priority: high',
    '1:11 `priority` must be a number, not a string | Pipelines of lower priority run first.',
  ],
  [
    'vars: [a]',
    '1:7 `vars` must be a map, not a list | A map from names of placeholders to their values.',
  ],
  [
    'allowed_backends: { a: b }',
    '1:19 `allowed_backends` must be a string or a list, not a map | A list of targets.',
  ],
  [
    'transformations:\n',
    '1:1 `transformations` is empty, it must be a list | Give it a value or remove the key.',
  ],
  ['a: [', 'SIG002'],
])('the pipeline %j has an error', (text, fault) => {
  expect(faults(text)).toEqual([
    expect.stringMatching(`^${fault.replace(/[[\]().*?|\\]/g, '\\$&')}`),
  ]);
});

/** `| ...`: whatever the hint is. */
const hinted = (fault: string): unknown =>
  fault.endsWith(' | ...') ? expect.stringContaining(fault.slice(0, -3)) : fault;

test.each([
  ['mark', '2:5 an item must be a map | Write its `type` and what that takes.'],
  ['{ id: a }', '2:5 the item lacks its `type` | Known: mark, take, nest.'],
  ['{ type: marc }', '2:13 there is no `marc` here | Did you mean `mark`?'],
  ['{ type: toString }', '2:13 there is no `toString` here | Known: mark, take, nest.'],
  [
    '{ type: mark, feilds: [] }',
    '2:19 `mark` has no key `feilds` | Known: type, id, rule_conditions, rule_cond_op, rule_cond_not, rule_cond_expr, detection_item_conditions, detection_item_cond_op, detection_item_cond_not, detection_item_cond_expr, field_name_conditions, field_name_cond_op, field_name_cond_not, field_name_cond_expr.',
  ],
  [
    '{ type: take }',
    '2:5 `take` lacks the key `fields` | See docs/pipelines.md for what a processing pipeline can hold.',
  ],
  [
    '{ type: take, fields: [5] }',
    "2:28 `fields[0]` must be a string, not `5` | Quote the value: '5'",
  ],
  ['{ type: take, fields: [] }', '2:27 no fields | Name one.'],
  [
    '{ type: nest, items: [{ type: marc }] }',
    '2:35 there is no `marc` here | Did you mean `mark`?',
  ],
  [
    '{ type: command_placeholders }',
    '2:13 `command_placeholders` is refused: it would run a command | Use value_placeholders with `vars`, or file_placeholders.',
  ],
  [
    '{ type: http_placeholders }',
    '2:13 `http_placeholders` is refused: it would fetch a URL | Use value_placeholders with `vars`, or file_placeholders.',
  ],
  [
    '{ type: mark, allow_external_sources: true }',
    '2:19 `allow_external_sources` is refused: pipelines run no commands and fetch nothing | Remove the key.',
  ],
  [
    '{ type: mark, rule_conditions: logsource }',
    '2:36 `rule_conditions` must be a list or a map, not a string | ...',
  ],
  [
    '{ type: mark, rule_cond_op: xor }',
    '2:33 `rule_cond_op` must be `and` or `or`; pySigma takes `xor` for `and` | Write `or` where one of the conditions suffices, `and` where all of them must hold.',
  ],
  [
    '{ type: mark, rule_cond_op: [or] }',
    '2:33 `rule_cond_op` must be a string or empty, not a list | ...',
  ],
  ['{ type: mark, rule_cond_not: 1 }', '2:34 `rule_cond_not` must be true or false, not `1` | ...'],
])('the item %s has an error', (item, fault) => {
  expect(faults(`transformations:\n  - ${item}\n`)).toEqual([hinted(fault)]);
});

test.each([
  [
    'rule_conditions: [logsource]',
    '3:23 a condition must be a map | Write its `type` and what that takes.',
  ],
  ['rule_conditions: [{ product: windows }]', '3:23 the condition lacks its `type` | ...'],
  [
    'rule_conditions: [{ type: logsorce, product: a }]',
    '3:31 there is no condition `logsorce` here | Did you mean `logsource`?',
  ],
  [
    'rule_conditions: [{ type: include_fields, fields: [a] }]',
    '3:31 there is no condition `include_fields` here | ...',
  ],
  [
    'rule_conditions: [{ type: logsource, produkt: windows }]',
    '3:42 `logsource` has no key `produkt` | Did you mean `product`?',
  ],
  [
    'rule_conditions: [{ type: logsource }]',
    '3:23 `logsource` names no log source | Give it a category, a product or a service.',
  ],
  [
    'rule_conditions: [{ type: contains_field }]',
    '3:23 `contains_field` lacks the key `field` | ...',
  ],
  [
    'rule_conditions: [{ type: tag, tag: attack }]',
    '3:23 `attack` is not a tag | Tags are of the form namespace.name, such as attack.t1059.',
  ],
  [
    'rule_conditions: [{ type: processing_state, key: a, val: 1, op: in }]',
    '3:69 `op` must be one of eq, ne, gte, gt, lte, lt, not `in` | ...',
  ],
  [
    'rule_conditions: [{ type: rule_attribute, attribute: level, value: hihg }]',
    '3:72 `hihg` is not a level | Did you mean `high`?',
  ],
  [
    'rule_conditions: [{ type: rule_attribute, attribute: date, value: soon }]',
    '3:71 `soon` is not a date | Write dates as YYYY-MM-DD.',
  ],
  [
    'rule_conditions: [{ type: rule_attribute, attribute: title, value: a, op: gt }]',
    '3:79 `title` is a text, which has no `gt` | Use eq or ne.',
  ],
  [
    'rule_conditions: [{ type: rule_attribute, attribute: logsource, value: a }]',
    "3:58 `logsource` is a map and can't be compared | Use the condition `logsource`.",
  ],
  [
    'rule_conditions: [{ type: rule_attribute, attribute: level, value: low, op: in }]',
    '3:81 `level` is not a list and has no `in` | ...',
  ],
  [
    'detection_item_conditions: [{ type: match_string, pattern: a }]',
    '3:33 `match_string` lacks the key `cond` | Must any or all values match?',
  ],
  [
    'detection_item_conditions: [{ type: is_null, cond: some }]',
    '3:56 `cond` must be one of any, all, not `some` | ...',
  ],
  [
    "detection_item_conditions: [{ type: match_string, cond: any, pattern: '(a' }]",
    /^3:75 `\(a` is not a regular expression: /,
  ],
  [
    "field_name_conditions: [{ type: include_fields, fields: [a, '[b'], mode: re }]",
    /^3:65 `\[b` is not a regular expression: /,
  ],
  [
    'field_name_conditions: [{ type: include_fields, fields: 5 }]',
    '3:61 `fields` must be a string or a list, not `5` | ...',
  ],
  [
    'field_name_conditions: [{ type: include_fields, fields: [a], mode: regex }]',
    '3:72 `mode` must be one of plain, re, not `regex` | ...',
  ],
])('the condition %s has an error', (condition, fault) => {
  const [found, ...more] = faults(`transformations:\n  - type: mark\n    ${condition}\n`);
  expect(more).toEqual([]);
  if (typeof fault === 'string') expect(found).toEqual(hinted(fault));
  else expect(found).toMatch(fault);
});

const conditions =
  'rule_conditions: { one: { type: is_sigma_rule }, two: { type: is_sigma_rule } }';

test.each([
  [
    'rule_cond_expr: one and tow or two',
    '4:29 no condition has the id `tow` | Did you mean `two`?',
  ],
  [
    'rule_cond_expr: not one',
    '3:54 `rule_cond_expr` does not use the condition `two` | Use it in the expression, or remove it.',
  ],
  ["rule_cond_expr: ''", '4:21 the expression is empty | ...'],
  ['rule_cond_expr: one and', '4:28 the expression ends where a condition is wanted | ...'],
  ['rule_cond_expr: one two', '4:25 `and` or `or` is missing before `two` | ...'],
  ['rule_cond_expr: one AND two', '4:25 `AND` must be in lower case | Write `and`.'],
  ['rule_cond_expr: NOT one', '4:21 `NOT` must be in lower case | Write `not`.'],
  ['rule_cond_expr: (one or two', '4:21 a parenthesis is not closed | Add the missing `)`.'],
  [
    'rule_cond_expr: one or two)',
    '4:31 a parenthesis is closed that was not opened | Remove it, or add the missing `(`.',
  ],
  ['rule_cond_expr: one or or two', '4:28 `or` stands where a condition is wanted | ...'],
  ['rule_cond_expr: one && two', '4:25 `&` is not part of expressions | ...'],
  [
    'rule_cond_expr: one and two\n    rule_cond_op: and',
    '4:21 `rule_cond_expr` and `rule_cond_op` exclude each other | Remove `rule_cond_op`.',
  ],
])('the expression in %s has an error', (lines, fault) => {
  expect(faults(`transformations:\n  - type: mark\n    ${conditions}\n    ${lines}\n`)).toEqual([
    hinted(fault),
  ]);
});

test('an expression needs a map of conditions', () => {
  const message =
    '4:21 `rule_cond_expr` needs `rule_conditions` as a map | Give each condition an id: a map from ids to conditions.';
  expect(
    faults(
      'transformations:\n  - type: mark\n    rule_conditions: [{ type: is_sigma_rule }]\n    rule_cond_expr: one\n',
    ),
  ).toEqual([message]);
  expect(faults('transformations:\n  - type: mark\n    id: a\n    rule_cond_expr: one\n')).toEqual([
    message,
  ]);
});

test('an expression too deep is refused, not followed', () => {
  const deep = `${'not '.repeat(100)}one`;
  expect(
    faults(
      `transformations:\n  - type: mark\n    rule_conditions: { one: { type: is_sigma_rule } }\n    rule_cond_expr: ${deep}\n`,
    )[0],
  ).toMatch('the expression is nested more than 64 deep');
});

test('all faults of a file are told in one run', () => {
  const text = `priority: high
color: red
transformations:
  - type: marc
    rule_conditions: [{ type: logsorce }]
    field_name_conditions: [{ type: exclude_fields }]
  - type: take
    field: [a]
    detection_item_conditions: [{ type: is_null }]
  - { type: nest, items: [{ type: mark, rule_cond_op: xor }] }
`;
  expect(faults(text).map((line) => line.split(' | ')[0])).toEqual([
    '1:11 `priority` must be a number, not a string',
    '2:1 a pipeline has no key `color`',
    '5:31 there is no condition `logsorce` here',
    '4:11 there is no `marc` here',
    '6:29 `exclude_fields` lacks the key `fields`',
    '8:5 `take` has no key `field`',
    '7:5 `take` lacks the key `fields`',
    '9:33 `is_null` lacks the key `cond`',
    '10:55 `rule_cond_op` must be `and` or `or`; pySigma takes `xor` for `and`',
  ]);
});
