import { describe, expect, test } from 'vitest';
import type { PipelineEnvironment, TransformationDefinition } from '../src/pipeline/definition.ts';
import type { Pipeline, ProcessingItem } from '../src/pipeline/pipeline.ts';
import { PipelineError } from '../src/pipeline/pipeline-error.ts';
import { createProcessor } from '../src/pipeline/run/process.ts';
import { addConditionDefinitions } from '../src/pipeline/transformations/add-condition.ts';
import { dropItemDefinitions } from '../src/pipeline/transformations/drop-item.ts';
import { failureDefinitions } from '../src/pipeline/transformations/failure.ts';
import { fieldAffixDefinitions } from '../src/pipeline/transformations/field-affix.ts';
import { fieldMappingDefinitions } from '../src/pipeline/transformations/field-mapping.ts';
import { logSourceDefinitions } from '../src/pipeline/transformations/log-source.ts';
import { nestDefinitions } from '../src/pipeline/transformations/nest.ts';
import { ruleFieldsDefinitions } from '../src/pipeline/transformations/rule-fields.ts';
import { stateDefinitions } from '../src/pipeline/transformations/state.ts';
import { createCombiner, createSettler, type SettledDetectionRule } from '../src/query/compile.ts';
import { settledItems } from '../src/query/settled.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { checkSchema } from '../src/source/schema/check-schema.ts';
import { positionAt, type SourceFile } from '../src/source/span.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';
import { lookup, toPlain, type YamlMapping, type YamlNode } from '../src/source/yaml/tree.ts';
import { marked, queryText, told } from './diagnostics.ts';
import { noFiles } from './pipeline-run.ts';

const definitions: ReadonlyMap<string, TransformationDefinition> = new Map(
  Object.entries({
    ...fieldMappingDefinitions,
    ...fieldAffixDefinitions,
    ...ruleFieldsDefinitions,
    ...logSourceDefinitions,
    ...stateDefinitions,
    ...addConditionDefinitions,
    ...dropItemDefinitions,
    ...failureDefinitions,
    ...nestDefinitions,
  } satisfies Record<string, TransformationDefinition>),
);

/** What every item takes, as far as these tests use it. */
const ofEveryItem = {
  id: { type: 'string' },
  type: { type: 'string' },
  field_name_conditions: { type: 'array' },
} as const;

/** Throws the first fault. The only conditions are lists of `include_fields`. */
function readItem(node: YamlNode, file: SourceFile): ProcessingItem {
  if (node.kind !== 'mapping') throw new Error('an item is not a map');
  const type = String(toPlain(lookup(node, 'type') ?? node));
  const definition = definitions.get(type);
  if (!definition) throw new Error(`no transformation ${type}`);
  const schema = {
    properties: { ...ofEveryItem, ...definition.parameters },
    required: definition.required ?? [],
    additionalProperties: false,
  };
  const [diagnostic] = checkSchema(schema, node, 'PIP001', 'the item');
  if (diagnostic) throw new PipelineError(diagnostic.message, diagnostic.span, diagnostic.hint);
  const environment: PipelineEnvironment = {
    file,
    readText: noFiles,
    readItems: (nodes) => nodes.map((one) => readItem(one, file)),
  };
  const id = lookup(node, 'id');
  const names = includedFields(node);
  const appliesToField = (field: string | undefined): boolean =>
    names === undefined || (field !== undefined && names.has(field));
  const transformation = definition.create(node, environment);
  const item = {
    id: id ? String(toPlain(id)) : `#${node.start}`,
    type,
    transformation,
    file,
    span: node,
  };
  return {
    ...item,
    bySourceOnly: false,
    appliesTo: () => true,
    appliesToItem: ({ field }) => appliesToField(field),
    appliesToField,
  };
}

function includedFields(node: YamlMapping): ReadonlySet<string> | undefined {
  const conditions = lookup(node, 'field_name_conditions');
  if (conditions?.kind !== 'sequence') return undefined;
  const fields = lookup(conditions.items[0], 'fields');
  return new Set(fields ? (toPlain(fields) as readonly string[]) : []);
}

/** A pipeline of the items under `transformations:`. */
function pipelineOf(items: string): Pipeline {
  const file: SourceFile = { path: 'pipeline.yml', text: items };
  const bag = createBag();
  const [root] = parseYaml(file).documents;
  if (root?.kind !== 'sequence')
    throw new Error(`the pipeline can't be read: ${told(bag).join('; ')}`);
  const read = root.items.map((node) => {
    if (node.kind !== 'mapping') throw new Error('an item is a map');
    return readItem(node, file);
  });
  const none = {
    allowedBackends: new Set<string>(),
    vars: new Map<string, unknown>(),
    postprocessing: [],
    finalizers: [],
  };
  return { name: 'test', priority: 0, ...none, items: read, file };
}

const head =
  'title: Test\nlogsource: { product: windows, category: process_creation, definition: Audit it }\nfields: [a, b, a]\nid: 00000000-0000-4000-8000-000000000000\n';

function rulesOf(text: string): string {
  return `${head}detection:\n${text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
}

/** The first rule of a text after the items of a pipeline. */
function processed(
  detection: string,
  items: string,
  more = '',
  bag: DiagnosticBag = createBag(),
): SettledDetectionRule | undefined {
  const collection = collect(
    readDocuments({ path: 'rule.yml', text: `${rulesOf(detection)}${more}` }, bag).documents,
    bag,
  );
  const [rule] = collection.rules;
  const settled = rule && createSettler(collection, { placeholders: new Map(), bag })(rule);
  const done = settled && createProcessor([pipelineOf(items)], { bag })(settled);
  return done?.kind === 'detection' ? done : undefined;
}

function queryAfter(detection: string, items: string, more = ''): string {
  const bag = createBag();
  const done = processed(detection, items, more, bag);
  const compiled = done && createCombiner(bag)(done);
  return compiled?.kind === 'detection' ? queryText(compiled.query) : told(bag).join('; ');
}

const plain = 'selection: { a: 1, b: x }\ncondition: selection';
const keywords = "words: [one, '*two', 3]\ncondition: words";

describe('names of fields', () => {
  test.each([
    [
      'one to one',
      plain,
      '- { type: field_name_mapping, mapping: { a: EventCode } }',
      'and(EventCode=1:number, b=‹x›)',
    ],
    [
      'one to many',
      plain,
      '- { type: field_name_mapping, mapping: { b: [line, cmdline] } }',
      'and(a=1:number, or(line=‹x›, cmdline=‹x›))',
    ],
    ['one to none', plain, '- { type: field_name_mapping, mapping: { b: [] } }', 'a=1:number'],
    [
      'mapped to nothing',
      plain,
      '- { type: field_name_mapping, mapping: { b: } }',
      'and(a=1:number, b=‹x›)',
    ],
    [
      'swapped at once',
      plain,
      '- { type: field_name_mapping, mapping: { a: b, b: a } }',
      'and(b=1:number, a=‹x›)',
    ],
    [
      'names match in full and in their case',
      plain,
      '- { type: field_name_mapping, mapping: { A: c, ab: d } }',
      'and(a=1:number, b=‹x›)',
    ],
    [
      'one to many, all values in one field',
      'selection:\n  a|contains|all: [x, y]\ncondition: selection',
      '- { type: field_name_mapping, mapping: { a: [b, c] } }',
      'or(and(b=*‹x›*, b=*‹y›*), and(c=*‹x›*, c=*‹y›*))',
    ],
    [
      'keywords',
      keywords,
      '- { type: field_name_mapping, mapping: { null: message } }',
      'or(message=*‹one›*, message=*‹two›*, message=*‹3›*)',
    ],
    [
      'keywords to many',
      "words:\n  '|all': [one, two]\ncondition: words",
      '- { type: field_name_mapping, mapping: { ~: [message, raw] } }',
      'or(and(message=*‹one›*, message=*‹two›*), and(raw=*‹one›*, raw=*‹two›*))',
    ],
    [
      'a field called null is none',
      keywords,
      "- { type: field_name_mapping, mapping: { 'null': message } }",
      'or(<keyword>=‹one›, <keyword>=*‹two›, <keyword>=‹3›)',
    ],
    [
      'what other objects are made of',
      plain,
      '- { type: field_name_mapping, mapping: { constructor: c, __proto__: d } }',
      'and(a=1:number, b=‹x›)',
    ],
    [
      'prefixes, the first that fits',
      'selection: { win.a: 1, win.b.c: 2, d: 3 }\ncondition: selection',
      '- { type: field_name_prefix_mapping, mapping: { win.b: [q, r], win.: event., win.a: never } }',
      'and(event.a=1:number, or(q.c=2:number, r.c=2:number), d=3:number)',
    ],
    [
      'prefix',
      plain,
      '- { type: field_name_prefix, prefix: win. }',
      'and(win.a=1:number, win.b=‹x›)',
    ],
    [
      'suffix',
      plain,
      '- { type: field_name_suffix, suffix: .keyword }',
      'and(a.keyword=1:number, b.keyword=‹x›)',
    ],
    [
      'keywords have no prefix',
      keywords,
      '- { type: field_name_prefix, prefix: win. }',
      'or(<keyword>=‹one›, <keyword>=*‹two›, <keyword>=‹3›)',
    ],
    [
      'only some fields',
      plain,
      '- { type: field_name_suffix, suffix: .keyword, field_name_conditions: [{ type: include_fields, fields: [b] }] }',
      'and(a=1:number, b.keyword=‹x›)',
    ],
    [
      'field references',
      'selection:\n  a|fieldref: b\ncondition: selection',
      '- { type: field_name_mapping, mapping: { b: c } }',
      'a equals field c',
    ],
  ])('%s', (_, detection, items, expected) => expect(queryAfter(detection, items)).toBe(expected));

  test('the list of fields follows', () => {
    expect(
      processed(plain, '- { type: field_name_mapping, mapping: { a: [c, d], b: [] } }')?.rule
        .fields,
    ).toEqual(['c', 'd', 'c', 'd']);
  });
});

describe('the list of fields', () => {
  test.each([
    ['- { type: add_field, field: c }', ['a', 'b', 'a', 'c']],
    ['- { type: add_field, field: [c, d] }', ['a', 'b', 'a', 'c', 'd']],
    ['- { type: remove_field, field: b }', ['a', 'a']],
    ['- { type: remove_field, field: [a, z] }', ['b', 'a']],
    ['- { type: set_field, fields: [x, y] }', ['x', 'y']],
    ['- { type: set_field, fields: [] }', []],
  ])('%s', (items, expected) => expect(processed(plain, items)?.rule.fields).toEqual(expected));
});

describe('the log source and notes', () => {
  test.each([
    ['- { type: change_logsource, service: sysmon }', { service: 'sysmon' }],
    [
      '- { type: change_logsource, product: linux, category: network }',
      { product: 'linux', category: 'network' },
    ],
  ])('%s', (items, expected) =>
    expect(processed(plain, items)?.rule.logsource).toEqual({
      ...expected,
      definition: 'Audit it',
    }),
  );

  test('state and attributes are kept for conditions and targets', () => {
    const done = processed(
      plain,
      '- { type: set_state, key: index, val: [win, 2] }\n- { type: set_state, key: index, val: lin }\n- { type: set_custom_attribute, attribute: t, value: 5 }',
    );
    expect(done?.processing?.state).toEqual(new Map([['index', 'lin']]));
    expect(done?.processing?.attributes).toEqual(new Map([['t', 5]]));
  });
});

describe('conditions added to the rule', () => {
  const either = 'one: { a: 1 }\ntwo: { b: 2 }\ncondition: one or two';
  const add = (rest: string): string => `- { type: add_condition, ${rest} }`;
  test.each([
    ['a field', plain, add('conditions: { index: win }'), 'and(index=‹win›, a=1:number, b=‹x›)'],
    [
      'before all of the condition',
      either,
      add('conditions: { index: win }'),
      'and(index=‹win›, or(a=1:number, b=2:number))',
    ],
    [
      'only the selection is negated',
      either,
      add('negated: true, conditions: { index: win }'),
      'and(not(index=‹win›), or(a=1:number, b=2:number))',
    ],
    [
      'each of several conditions',
      'one: { a: 1 }\ntwo: { b: 2 }\ncondition: [one, two]',
      add('conditions: { index: win }'),
      'or(and(index=‹win›, a=1:number), and(index=‹win›, b=2:number))',
    ],
    [
      'modifiers, lists, null, keywords',
      'one: { a: 1 }\ncondition: one',
      add(
        'conditions: { "s|contains": [p, q], "n|gte": 5, "r|re": a.b, "c|cidr": 10.0.0.0/8, z: null, "e|exists": false, "|all": [k, l] }',
      ),
      'and(or(s=*‹p›*, s=*‹q›*), n gte 5:number, r=/a.b/, c in 10.0.0.0/8, z=null, not(e exists), <keyword>=‹k›, <keyword>=‹l›, a=1:number)',
    ],
    [
      'a list of maps and words',
      'one: { a: 1 }\ncondition: one',
      add('conditions: [{ index: win, s: x }, { index: lin }, word]'),
      'and(or(and(index=‹win›, s=‹x›), index=‹lin›, <keyword>=‹word›), a=1:number)',
    ],
    [
      '`them` passes over it',
      either.replace('one or two', '1 of them'),
      add('name: extra, conditions: { index: win }'),
      'and(index=‹win›, or(a=1:number, b=2:number))',
    ],
    [
      'so does `1 of _*`',
      '_one: { a: 1 }\n_two: { b: 2 }\nthree: { c: 3 }\ncondition: three and not 1 of _*',
      `${add('conditions: { index: win }')}\n${add('conditions: { index: lin }')}`,
      'and(index=‹lin›, index=‹win›, c=3:number, not(or(a=1:number, b=2:number)))',
    ],
    [
      'and `all of _*`',
      '_one: { a: 1 }\n_two: { b: 2 }\ncondition: all of _*',
      add('conditions: { i: w }'),
      'and(i=‹w›, a=1:number, b=2:number)',
    ],
    [
      'a name of the rule stays its own',
      plain,
      add('name: selection, conditions: { index: win }'),
      'and(index=‹win›, a=1:number, b=‹x›)',
    ],
    [
      'twice under one name',
      plain,
      `${add('name: extra, conditions: { i: w }')}\n${add('name: extra, conditions: { j: v }')}`,
      'and(j=‹v›, i=‹w›, a=1:number, b=‹x›)',
    ],
    [
      'later items change it too',
      plain,
      `${add('conditions: { index: win }')}\n- { type: field_name_suffix, suffix: _s }`,
      'and(index_s=‹win›, a_s=1:number, b_s=‹x›)',
    ],
    [
      'what is dropped of it',
      plain,
      `${add('negated: true, conditions: { i: w }')}\n- { type: drop_detection_item, field_name_conditions: [{ type: include_fields, fields: [i] }] }`,
      'and(a=1:number, b=‹x›)',
    ],
  ])('%s', (_, detection, items, expected) => expect(queryAfter(detection, items)).toBe(expected));

  test('only to the rule itself, not to its filters', () => {
    const filter =
      '---\ntitle: F\nlogsource: { product: windows }\nfilter:\n  rules: any\n  known: { c: 3 }\n  condition: not known\n';
    expect(queryAfter(plain, add('conditions: { index: win }'), filter)).toBe(
      'and(index=‹win›, a=1:number, b=‹x›, not(c=3:number))',
    );
  });

  test('later items know by its id what it added', () => {
    const done = processed(
      plain,
      '- { id: extra, type: add_condition, conditions: [{ index: win }, { index: lin }] }',
    );
    const items = [...(done?.parts[0]?.searches.values() ?? [])].flatMap(({ body }) => [
      ...settledItems(body),
    ]);
    expect(items.map(({ field, applied }) => `${field} ${[...(applied ?? [])].join()}`)).toEqual([
      'index extra',
      'index extra',
      'a ',
      'b ',
    ]);
  });

  test('a quantifier that would take it in is refused', () => {
    expect(
      queryAfter('_one: { a: 1 }\ncondition: 1 of _*e', add('conditions: { index: win }')),
    ).toMatch(/^PIP002 7:14 `_\*e` would stand for the condition that the pipeline adds/);
  });
});

describe('conditions with the log source in them', () => {
  const template = (value: string): string =>
    `- { type: add_condition, template: true, conditions: { index: ${value} } }`;
  const one = 'one: { a: 1 }\ncondition: one';
  test.each([
    [`'$product-\${category}_x'`, 'index=‹windows-process_creation_x›'],
    ["['$product', 5, fixed]", 'or(index=‹windows›, index=5:number, index=‹fixed›)'],
    [
      `'$$product $ \${product $other \${other} $Product $products $1'`,
      `index=‹$product $ \${product $other \${other} $Product $products $1›`,
    ],
  ])('%s', (value, expected) =>
    expect(queryAfter(one, template(value))).toBe(`and(${expected}, a=1:number)`),
  );

  test('not without `template`', () => {
    expect(queryAfter(one, "- { type: add_condition, conditions: { index: '$product' } }")).toBe(
      'and(index=‹$product›, a=1:number)',
    );
  });

  test('the log source as an earlier item left it', () => {
    expect(
      queryAfter(one, `- { type: change_logsource, service: sysmon }\n${template('$service')}`),
    ).toBe('and(index=‹sysmon›, a=1:number)');
  });

  test('a part that the log source lacks', () => {
    expect(queryAfter(one, template('$service'))).toBe(
      'PIP002 1:8 the condition to add holds $service, and the log source of the rule has no service (add_condition, pipeline.yml:1)',
    );
  });

  test.each([
    ['win*', 'index: $product'],
    ['win\\', 'index: $product'],
    ['(x|y)', "'index|re': ^$product"],
    ['a.b', "'index|re': ^$product"],
  ])('no part of it becomes an operator: %s', (product, condition) => {
    const change = `- { type: change_logsource, product: '${product}' }`;
    expect(
      queryAfter(
        one,
        `${change}\n- { type: add_condition, template: true, conditions: { ${condition} } }`,
      ),
    ).toContain(`the product \`${product}\` of the log source can't be in a condition`);
  });
});

describe('items left out', () => {
  const drop = (field: string): string =>
    `- { type: drop_detection_item, field_name_conditions: [{ type: include_fields, fields: [${field}] }] }`;
  test.each([
    ['an item', plain, 'a', 'b=‹x›'],
    ['a selection', 'one: { a: 1 }\ntwo: { b: 2 }\ncondition: one and not two', 'b', 'a=1:number'],
    ['an entry of a list', 'one: [{ a: 1, b: 2 }, { b: 3 }]\ncondition: one', 'b', 'a=1:number'],
    [
      'one of a quantifier',
      'one_a: { a: 1 }\none_b: { b: 2 }\ncondition: all of one_*',
      'b',
      'a=1:number',
    ],
  ])('%s', (_, detection, field, expected) =>
    expect(queryAfter(detection, drop(field))).toBe(expected),
  );

  test('a rule of which nothing is left is not a rule', () => {
    expect(queryAfter('one: { a: 1 }\ncondition: not one', drop('a'))).toBe(
      'PIP002 1:8 the pipelines dropped every item of the rule: what is left would match anything',
    );
  });
});

describe('refusals of a pipeline', () => {
  test.each([
    [
      '- { type: rule_failure, message: Not in our logs }',
      'PIP002 1:8 Not in our logs (rule_failure, pipeline.yml:1)',
      '"Test"',
    ],
    [
      '- { type: detection_item_failure, message: No b here, field_name_conditions: [{ type: include_fields, fields: [b] }] }',
      'PIP002 6:22 No b here (detection_item_failure, pipeline.yml:1)',
      '"b"',
    ],
    [
      '- { type: field_name_mapping, mapping: { a: c } }\n- { type: strict_field_mapping_failure }',
      'PIP002 6:22 no mapping for the field b (strict_field_mapping_failure, pipeline.yml:2)',
      '"b"',
    ],
    [
      '- { type: strict_field_mapping_failure }',
      'PIP002 6:16 no mapping for the fields a, b (strict_field_mapping_failure, pipeline.yml:1)',
      '"a"',
    ],
    [
      '- { type: field_name_mapping, mapping: { a: [c, d], b: b } }\n- { type: add_condition, conditions: { i: w } }\n- { type: strict_field_mapping_failure }',
      'PIP002 2:40 no mapping for the field i (strict_field_mapping_failure, pipeline.yml:3)',
      '"i"',
    ],
  ])('%s', (items, expected, place) => {
    const bag = createBag();
    expect(processed(plain, items, '', bag)).toBeUndefined();
    expect(told(bag)).toEqual([expected]);
    expect(marked(bag)).toEqual([`PIP002 ${place}`]);
  });

  test('nothing to refuse', () => {
    const items =
      '- { type: field_name_mapping, mapping: { a: [c, d], b: b } }\n- { type: field_name_prefix, prefix: e. }\n- { type: strict_field_mapping_failure }';
    expect(queryAfter(plain, items)).toBe('and(or(e.c=1:number, e.d=1:number), e.b=‹x›)');
  });
});

test('a nested pipeline runs in its order', () => {
  const items = [
    '- type: nest',
    '  items:',
    '    - { type: field_name_mapping, mapping: { a: c } }',
    '    - { type: nest, items: [{ type: field_name_prefix, prefix: e. }] }',
    '    - { type: set_state, key: done, val: true }',
  ].join('\n');
  expect(queryAfter(plain, items)).toBe('and(e.c=1:number, e.b=‹x›)');
  expect(processed(plain, items)?.processing?.state).toEqual(new Map([['done', true]]));
  expect(queryAfter(plain, '- { type: nest, items: [] }')).toBe('and(a=1:number, b=‹x›)');
});

describe('what a pipeline gets wrong, at its place in the pipeline', () => {
  test.each([
    [
      '- { type: field_name_transform, mapping: {}, transform_func: lower }',
      '1:62 field_name_transform takes a function of Python',
    ],
    ['- { type: field_name_mapping }', '1:3 the item lacks the key `mapping`'],
    [
      '- { type: field_name_mapping, mapping: { a: 5 } }',
      '1:45 `mapping.a` must be a string or a list or empty, not `5`',
    ],
    [
      '- { type: field_name_mapping, mapping: { a: [b, { c: d }] } }',
      '1:49 `mapping.a[1]` must be a string, not a map',
    ],
    ["- { type: field_name_mapping, mapping: { a: '' } }", '1:45 `mapping.a` must not be empty'],
    ['- { type: field_name_prefix_mapping, mapping: { null: b } }', '1:49 null is not a prefix'],
    ['- { type: field_name_prefix, suffix: b }', '1:30 the item has no key `suffix`'],
    ['- { type: drop_detection_item, message: b }', '1:32 the item has no key `message`'],
    ['- { type: strict_field_mapping_failure, message: b }', '1:41 the item has no key `message`'],
    ['- { type: set_field, fields: 5 }', '1:30 `fields` must be a string or a list, not `5`'],
    ['- { type: set_state, key: a }', '1:3 the item lacks the key `val`'],
    ['- { type: change_logsource }', '1:3 change_logsource gives no log source'],
    ['- { type: add_condition }', '1:3 the item lacks the key `conditions`'],
    ['- { type: add_condition, conditions: {} }', '1:38 the selection is an empty map'],
    [
      '- { type: add_condition, conditions: { "a|containz": b } }',
      '1:43 `containz` is not a modifier of Sigma',
    ],
    ['- { type: add_condition, conditions: { a: [b, { c: d }] } }', "1:47 a map can't be a value"],
    ['- { type: add_condition, conditions: { "a|re": "(b" } }', '1:49 invalid regular expression'],
    [
      '- { type: add_condition, template: true, conditions: { "a|containz": $product } }',
      '1:59 `containz` is not a modifier of Sigma',
    ],
    [
      '- { type: nest, items: [{ type: field_name_prefix }] }',
      '1:25 the item lacks the key `prefix`',
    ],
  ])('%s', (items, expected) => {
    try {
      pipelineOf(items);
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      const { line, column } = positionAt({ path: 'pipeline.yml', text: items }, error.span.start);
      expect(`${line}:${column} ${error.message}`).toContain(expected);
      expect(`${line}:${column} ${error.message}`.startsWith(expected)).toBe(true);
      return;
    }
    throw new Error('it was read');
  });
});
