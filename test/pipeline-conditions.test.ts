import { describe, expect, test } from 'vitest';
import { createBag } from '../src/source/diagnostic.ts';
import { conditionsOf, fieldsOfItems, preparedRule } from './pipeline-conditions.ts';
import { compiledAfter } from './pipeline-run.ts';

const ruleText = String.raw`title: Test
id: 5F0D5A5E-1F3C-4C5A-8E2D-3A6B7C8D9E0F
status: test
level: high
author: me
date: 2023/01/02
tags: [attack.t1059, attack.execution]
fields: [Image]
custom: abc
score: 7.5
count: 5
parts: [one, two]
logsource: { product: windows, category: process_creation }
detection:
  selection:
    Image|endswith: '\cmd.exe'
    EventID: [4688, 1]
    Hash|re: 'a+'
    Cased|cased: 'Abc'
    Empty: ''
    Nil: null
    Flag: true
    Path: 'C:\Win\*x'
    Mixed: ['abc', 'abd', 5]
    Other|fieldref: Image
    Dash|windash: '-a b'
    Left|expand: '%who%'
    Net|cidr: 10.0.0.0/8
    There|exists: true
  keywords: ['key*', 'plain']
  condition: selection or keywords
`;
const rule = preparedRule(ruleText);

/** The answers are pySigma 1.5.1's, but where a comment says otherwise. */
const ofRules: readonly (readonly [conditions: string, holds: boolean])[] = [
  ['rule_conditions: [{type: logsource, product: windows}]', true],
  ['rule_conditions: [{type: logsource, product: windows, category: process_creation}]', true],
  ['rule_conditions: [{type: logsource, product: linux}]', false],
  ['rule_conditions: [{type: logsource, service: sysmon}]', false],
  ['rule_conditions: [{type: logsource, product: windows, service: null}]', true],
  ['rule_conditions: [{type: contains_detection_item, field: EventID, value: 4688}]', true],
  ["rule_conditions: [{type: contains_detection_item, field: EventID, value: '4688'}]", false],
  ['rule_conditions: [{type: contains_detection_item, field: EventID, value: true}]', false],
  [
    String.raw`rule_conditions: [{type: contains_detection_item, field: Image, value: '*\cmd.exe'}]`,
    true,
  ],
  [
    String.raw`rule_conditions: [{type: contains_detection_item, field: Image, value: '\cmd.exe'}]`,
    false,
  ],
  [
    String.raw`rule_conditions: [{type: contains_detection_item, field: Image, value: '*\CMD.exe'}]`,
    false,
  ],
  ["rule_conditions: [{type: contains_detection_item, field: Cased, value: 'Abc'}]", false],
  ["rule_conditions: [{type: contains_detection_item, field: 'Nil', value: null}]", true],
  ['rule_conditions: [{type: contains_detection_item, field: Flag, value: true}]', true],
  ['rule_conditions: [{type: contains_detection_item, field: Flag, value: 1}]', false],
  ["rule_conditions: [{type: contains_detection_item, field: Empty, value: ''}]", true],
  ["rule_conditions: [{type: contains_detection_item, field: Left, value: '%who%'}]", false],
  ["rule_conditions: [{type: contains_detection_item, field: Dash, value: '-a b'}]", false],
  ['rule_conditions: [{type: contains_detection_item, field: null, value: plain}]', false],
  ['rule_conditions: [{type: contains_field, field: Image}]', true],
  ['rule_conditions: [{type: contains_field, field: image}]', false],
  ['rule_conditions: [{type: contains_field, field: null}]', false],
  ['rule_conditions: [{type: is_sigma_rule}]', true],
  ['rule_conditions: [{type: is_sigma_correlation_rule}]', false],
  ['rule_conditions: [{type: tag, tag: attack.t1059}]', true],
  ['rule_conditions: [{type: tag, tag: attack.T1059}]', true],
  ['rule_conditions: [{type: tag, tag: attack.T1060}]', false],
  ['rule_conditions: [{type: processing_item_applied, processing_item_id: first}]', true],
  ['rule_conditions: [{type: processing_item_applied, processing_item_id: other}]', false],
  ['rule_conditions: [{type: processing_state, key: s, val: 5}]', true],
  ["rule_conditions: [{type: processing_state, key: s, val: '5'}]", false],
  ['rule_conditions: [{type: processing_state, key: s, val: 5, op: ne}]', false],
  ['rule_conditions: [{type: processing_state, key: s, val: 4, op: gt}]', true],
  ['rule_conditions: [{type: processing_state, key: s, val: 5, op: gte}]', true],
  ['rule_conditions: [{type: processing_state, key: s, val: 5, op: lt}]', false],
  ['rule_conditions: [{type: processing_state, key: s, val: 5.0, op: lte}]', true],
  ['rule_conditions: [{type: processing_state, key: none, val: 5, op: ne}]', false],
  ['rule_conditions: [{type: rule_attribute, attribute: title, value: Test}]', true],
  ['rule_conditions: [{type: rule_attribute, attribute: title, value: test, op: ne}]', true],
  [
    'rule_conditions: [{type: rule_attribute, attribute: id, value: 5f0d5a5e-1f3c-4c5a-8e2d-3a6b7c8d9e0f}]',
    true,
  ],
  ['rule_conditions: [{type: rule_attribute, attribute: level, value: high}]', true],
  ['rule_conditions: [{type: rule_attribute, attribute: level, value: MEDIUM, op: gte}]', true],
  ['rule_conditions: [{type: rule_attribute, attribute: level, value: critical, op: gte}]', false],
  [
    'rule_conditions: [{type: rule_attribute, attribute: status, value: experimental, op: gt}]',
    true,
  ],
  ['rule_conditions: [{type: rule_attribute, attribute: status, value: stable, op: gte}]', false],
  ["rule_conditions: [{type: rule_attribute, attribute: date, value: '2023-01-02'}]", true],
  [
    "rule_conditions: [{type: rule_attribute, attribute: date, value: '2023-01-03', op: gte}]",
    false,
  ],
  [
    'rule_conditions: [{type: rule_attribute, attribute: tags, value: attack.execution, op: in}]',
    true,
  ],
  [
    'rule_conditions: [{type: rule_attribute, attribute: tags, value: attack.execution, op: not_in}]',
    false,
  ],
  ['rule_conditions: [{type: rule_attribute, attribute: tags, value: attack.execution}]', false],
  ['rule_conditions: [{type: rule_attribute, attribute: fields, value: Image, op: ne}]', true],
  ['rule_conditions: [{type: rule_attribute, attribute: custom, value: abc}]', true],
  ['rule_conditions: [{type: rule_attribute, attribute: score, value: 7, op: gt}]', true],
  ["rule_conditions: [{type: rule_attribute, attribute: score, value: '7.5'}]", true],
  // pySigma's comparison of whole numbers always holds
  ['rule_conditions: [{type: rule_attribute, attribute: count, value: 6}]', false],
  ['rule_conditions: [{type: rule_attribute, attribute: parts, value: two, op: in}]', true],
  ['rule_conditions: [{type: rule_attribute, attribute: absent, value: x, op: ne}]', false],
  ['rule_conditions: [{type: rule_attribute, attribute: taxonomy, value: sigma}]', true],
  ['rule_conditions: [{type: is_sigma_rule}, {type: logsource, product: linux}]', false],
  [
    '{rule_conditions: [{type: is_sigma_rule}, {type: logsource, product: linux}], rule_cond_op: or}',
    true,
  ],
  ['{rule_conditions: [{type: is_sigma_rule}], rule_cond_not: true}', false],
  ['{rule_conditions: [{type: logsource, product: linux}], rule_cond_not: true}', true],
  [
    '{rule_conditions: {a: {type: is_sigma_rule}, b: {type: logsource, product: linux}}, rule_cond_op: or}',
    true,
  ],
  ['{rule_conditions: [], rule_cond_not: true}', true],
  ['{rule_conditions: {}, rule_cond_op: or}', true],
  [
    '{rule_conditions: {t: {type: is_sigma_rule}, f: {type: is_sigma_correlation_rule}}, rule_cond_expr: t and not f}',
    true,
  ],
  [
    '{rule_conditions: {t: {type: is_sigma_rule}, f: {type: is_sigma_correlation_rule}}, rule_cond_expr: t and f}',
    false,
  ],
  [
    '{rule_conditions: {t: {type: is_sigma_rule}, f: {type: is_sigma_correlation_rule}}, rule_cond_expr: t or f and f}',
    true,
  ],
  [
    '{rule_conditions: {t: {type: is_sigma_rule}, f: {type: is_sigma_correlation_rule}}, rule_cond_expr: (t or f) and f}',
    false,
  ],
  [
    '{rule_conditions: {t: {type: is_sigma_rule}, f: {type: is_sigma_correlation_rule}}, rule_cond_expr: not f and t}',
    true,
  ],
  [
    '{rule_conditions: {t: {type: is_sigma_rule}, f: {type: is_sigma_correlation_rule}}, rule_cond_expr: not (f or t)}',
    false,
  ],
  [
    '{rule_conditions: {t: {type: is_sigma_rule}, f: {type: is_sigma_correlation_rule}}, rule_cond_expr: not not f or t, rule_cond_not: true}',
    false,
  ],
];

test.each(ofRules)('%s: %s', (conditions, holds) => {
  expect(conditionsOf(conditions).appliesTo(rule)).toBe(holds);
});

/** The fields of the items that they hold for, in order. */
const ofItems: readonly (readonly [conditions: string, fields: string])[] = [
  ["detection_item_conditions: [{type: match_string, cond: any, pattern: 'ab[cd]'}]", 'Mixed'],
  ["detection_item_conditions: [{type: match_string, cond: all, pattern: 'ab'}]", ''],
  ["detection_item_conditions: [{type: match_string, cond: any, pattern: 'bc'}]", ''],
  [
    "detection_item_conditions: [{type: match_string, cond: all, pattern: '^.*$', negate: true}]",
    'EventID Hash Nil Flag Other Dash NetIp There',
  ],
  [
    "detection_item_conditions: [{type: match_string, cond: any, pattern: 'ab', negate: true}]",
    'Image EventID Hash Cased Empty Nil Flag Path Mixed Other Dash Left NetIp There keywords',
  ],
  [
    String.raw`detection_item_conditions: [{type: match_string, cond: any, pattern: '\*\\cmd'}]`,
    'Image',
  ],
  [
    String.raw`detection_item_conditions: [{type: match_string, cond: any, pattern: 'C:\\Win\\\*x$'}]`,
    'Path',
  ],
  ["detection_item_conditions: [{type: match_string, cond: any, pattern: '%who%'}]", 'Left'],
  ["detection_item_conditions: [{type: match_string, cond: any, pattern: '.*a b'}]", ''],
  ["detection_item_conditions: [{type: match_string, cond: any, pattern: '$'}]", 'Empty'],
  ['detection_item_conditions: [{type: match_value, cond: any, value: 4688}]', 'EventID'],
  ['detection_item_conditions: [{type: match_value, cond: all, value: 4688}]', ''],
  ["detection_item_conditions: [{type: match_value, cond: any, value: '4688'}]", ''],
  ['detection_item_conditions: [{type: match_value, cond: any, value: abc}]', 'Mixed'],
  ['detection_item_conditions: [{type: match_value, cond: any, value: Abc}]', 'Cased'],
  ['detection_item_conditions: [{type: match_value, cond: any, value: true}]', 'EventID Flag'],
  ['detection_item_conditions: [{type: match_value, cond: any, value: 1}]', 'EventID'],
  ['detection_item_conditions: [{type: match_value, cond: any, value: null}]', ''],
  ["detection_item_conditions: [{type: match_value, cond: any, value: ''}]", 'Empty'],
  ["detection_item_conditions: [{type: match_value, cond: any, value: 'key*'}]", 'keywords'],
  ['detection_item_conditions: [{type: contains_wildcard, cond: any}]', 'Image keywords'],
  ['detection_item_conditions: [{type: contains_wildcard, cond: all}]', 'Image'],
  ['detection_item_conditions: [{type: is_null, cond: all}]', 'Nil'],
  [
    'detection_item_conditions: [{type: processing_state, key: s, val: 5}]',
    'Image EventID Hash Cased Empty Nil Flag Path Mixed Other Dash Left NetIp There keywords',
  ],
  ['detection_item_conditions: [{type: processing_state, key: s, val: 6}]', ''],
  [
    'detection_item_conditions: [{type: processing_item_applied, processing_item_id: map}]',
    'NetIp',
  ],
  ['{detection_item_conditions: [], detection_item_cond_not: true}', ''],
  ['{detection_item_conditions: [], detection_item_cond_op: or}', ''],
  [
    '{detection_item_conditions: [{type: is_null, cond: any}, {type: contains_wildcard, cond: any}], detection_item_cond_op: or}',
    'Image Nil keywords',
  ],
  [
    '{detection_item_conditions: [{type: is_null, cond: any}, {type: contains_wildcard, cond: any}], detection_item_cond_op: or, detection_item_cond_not: true}',
    'EventID Hash Cased Empty Flag Path Mixed Other Dash Left NetIp There',
  ],
  [
    '{detection_item_conditions: {n: {type: is_null, cond: any}, w: {type: contains_wildcard, cond: any}}, detection_item_cond_expr: n or not w}',
    'EventID Hash Cased Empty Nil Flag Path Mixed Other Dash Left NetIp There',
  ],
];

test.each(ofItems)('%s: %s', (conditions, fields) => {
  const item = conditionsOf(conditions);
  expect(fieldsOfItems(item, rule).join(' ')).toBe(fields);
  expect(item.appliesToField('Image', rule)).toBe(true);
});

/** The fields of the items, and the names in lists and references, that they hold for. */
const ofFields: readonly (readonly [conditions: string, fields: string, names: string])[] = [
  [
    'field_name_conditions: [{type: include_fields, fields: [Image, Flag]}]',
    'Image Flag Other',
    'Image Flag',
  ],
  [
    'field_name_conditions: [{type: exclude_fields, fields: [Image, Flag]}]',
    'EventID Hash Cased Empty Nil Path Mixed Other Dash Left NetIp There keywords',
    'Net NetIp keywords',
  ],
  [
    "field_name_conditions: [{type: include_fields, fields: ['^I', 'a'], mode: re}]",
    'Image Other',
    'Image',
  ],
  [
    "field_name_conditions: [{type: exclude_fields, fields: ['.*a'], mode: re}]",
    'EventID Empty Nil Mixed Other Left NetIp There keywords',
    'Net NetIp keywords',
  ],
  ['field_name_conditions: [{type: include_fields, fields: []}]', '', ''],
  ['field_name_conditions: [{type: processing_state, key: s, val: 5, op: ne}]', '', ''],
  [
    'field_name_conditions: [{type: processing_item_applied, processing_item_id: map}]',
    'NetIp',
    'NetIp',
  ],
  [
    '{field_name_conditions: [{type: include_fields, fields: [Image]}], field_name_cond_not: true}',
    'EventID Hash Cased Empty Nil Flag Path Mixed Dash Left NetIp There keywords',
    'Net NetIp Flag keywords',
  ],
  ['{field_name_conditions: [], field_name_cond_not: true}', '', ''],
  [
    '{field_name_conditions: {a: {type: include_fields, fields: [Image, Flag]}, b: {type: include_fields, fields: [Flag]}}, field_name_cond_expr: a and not b}',
    'Image Other',
    'Image',
  ],
  [
    '{field_name_conditions: [{type: include_fields, fields: [Mixed]}, {type: include_fields, fields: [Path]}], field_name_cond_op: or}',
    'Path Mixed',
    '',
  ],
  [
    '{field_name_conditions: [{type: include_fields, fields: [Path, Mixed]}], detection_item_conditions: [{type: match_value, cond: any, value: 5}]}',
    'Mixed',
    '',
  ],
];

test.each(ofFields)('%s: %s', (conditions, fields, names) => {
  const item = conditionsOf(conditions);
  expect(fieldsOfItems(item, rule).join(' ')).toBe(fields);
  const asked = ['Image', 'Net', 'NetIp', 'Flag', undefined];
  expect(
    asked
      .filter((name) => item.appliesToField(name, rule))
      .map((name) => name ?? 'keywords')
      .join(' '),
  ).toBe(names);
});

test('a keyword is not a field: only exclusion holds for it', () => {
  expect(
    conditionsOf('field_name_conditions: [{type: exclude_fields, fields: [a]}]').appliesToField(
      undefined,
      rule,
    ),
  ).toBe(true);
  expect(
    conditionsOf(
      "field_name_conditions: [{type: include_fields, fields: ['.*'], mode: re}]",
    ).appliesToField(undefined, rule),
  ).toBe(false);
});

describe('correlations', () => {
  const correlation = `
title: Outer
correlation: { type: event_count, rules: [inner], group-by: [user, host], timespan: 1h, condition: { gte: 5 } }
level: low
`;
  const inner = `
title: Inner
name: inner
correlation: { type: event_count, rules: [failed], group-by: [user], timespan: 1h, condition: { gte: 5 }, generate: true }
level: low
`;
  const failed = `
title: Failed login
name: failed
logsource: { product: windows, service: security }
detection:
  selection: { EventID: 4625 }
  condition: selection
`;
  const outer = preparedRule([failed, inner, correlation].join('---'));

  test.each([
    ['{type: is_sigma_correlation_rule}', true],
    ['{type: is_sigma_rule}', false],
    ['{type: logsource, service: security}', true],
    ['{type: logsource, service: sysmon}', false],
    ['{type: contains_field, field: EventID}', true],
    ['{type: contains_field, field: Image}', false],
    ['{type: contains_detection_item, field: EventID, value: 4625}', true],
    ['{type: contains_detection_item, field: EventID, value: 4624}', false],
    ['{type: rule_attribute, attribute: level, value: low}', true],
    ['{type: rule_attribute, attribute: group_by, value: host, op: in}', true],
    ['{type: rule_attribute, attribute: generate, value: true}', false],
  ])('%s: %s', (condition, holds) => {
    expect(conditionsOf(`rule_conditions: [${condition}]`).appliesTo(outer)).toBe(holds);
  });
});

test('a log source that a pipeline has changed holds for a correlation as written, too', () => {
  const fields = `
  - id: fields
    type: field_name_mapping
    mapping: { Image: NewProcessName }
    rule_conditions: [{ type: logsource, category: process_creation }]`;
  const log = `
  - id: log
    type: change_logsource
    product: windows
    service: security
    rule_conditions: [{ type: logsource, category: process_creation }]`;
  const text = `
title: Programs
correlation: { type: value_count, rules: [started], group-by: [Image], timespan: 5m, condition: { field: Image, gte: 5 } }
---
title: Started
name: started
logsource: { product: windows, category: process_creation }
detection: { s: { Image: x }, condition: s }
`;
  const correlation = compiledAfter(text, `transformations:${fields}${log}`, createBag())?.rule;
  expect(
    correlation?.kind === 'correlation' && [correlation.groupBy, correlation.valueFields],
  ).toEqual([['NewProcessName'], ['NewProcessName']]);
});

test('the items of filters are items of the rule', () => {
  const filter = `
title: Filter
logsource: { product: windows, category: process_creation }
filter:
  rules: [5F0D5A5E-1F3C-4C5A-8E2D-3A6B7C8D9E0F]
  selection: { Filtered: x }
  condition: not selection
`;
  const filtered = preparedRule([ruleText, filter].join('---'));
  const item = conditionsOf('rule_conditions: [{type: contains_field, field: Filtered}]');
  expect([item.appliesTo(rule), item.appliesTo(filtered)]).toEqual([false, true]);
});

test('what an earlier item set wins over what the rule says', () => {
  const set = { ...rule, attributes: new Map<string, unknown>([['custom', 'set']]) };
  const item = conditionsOf(
    'rule_conditions: [{type: rule_attribute, attribute: custom, value: set}]',
  );
  expect([item.appliesTo(rule), item.appliesTo(set)]).toEqual([false, true]);
});

/** pySigma stops with an error, too. */
test.each([
  [
    '{type: processing_state, key: s, val: x, op: lt}',
    "the state `s` can't be compared by `lt`: a number and a string have no order",
  ],
  [
    "{type: rule_attribute, attribute: modified, value: '2023-01-02', op: ne}",
    "the rule's `modified` is missing and can't be compared",
  ],
  [
    '{type: rule_attribute, attribute: custom, value: abc, op: gt}',
    "the rule's `custom` is a text, which has no `gt`",
  ],
  [
    '{type: rule_attribute, attribute: score, value: many}',
    "the rule's `score` is a number and can't be compared with `many`",
  ],
])("%s can't be asked of the rule", (condition, message) => {
  expect(() => conditionsOf(`rule_conditions: [${condition}]`).appliesTo(rule)).toThrow(message);
});

describe('what the text of the rule itself does not say', () => {
  const body = 'logsource: { product: windows }\ndetection: { s: { a: 1 }, condition: s }\n';
  const collection = `action: global\ntitle: G\ntaxonomy: own\ncustom: abc\nseen: 2024-01-02\n---\n${body}`;
  const repeated = `title: T\ntaxonomy: other\ncustom: abc\n${body}---\naction: repeat\ntaxonomy: own\nseen: 2024-01-02\n`;
  const otherCase = `Title: T\nTaxonomy: own\ncustom: abc\nseen: 2024-01-02\n${body}`;

  test.each([
    ['of a global document', collection],
    ['of a document that is repeated', repeated],
    ['of a key in another letter case', otherCase],
  ])('holds too: %s', (_, text) => {
    const prepared = preparedRule(text);
    const holds = (attribute: string, value: string) =>
      conditionsOf(
        `rule_conditions: [{type: rule_attribute, attribute: ${attribute}, value: '${value}'}]`,
      ).appliesTo(prepared);
    expect([holds('taxonomy', 'own'), holds('custom', 'abc'), holds('seen', '2024-01-02')]).toEqual(
      [true, true, true],
    );
  });

  test('is seen by templates', () => {
    const template = '{{ rule.taxonomy }} {{ rule.custom_attributes }}';
    const pipeline = `postprocessing: [{ type: template, template: ${JSON.stringify(template)} }]\n`;
    const printed = (text: string) =>
      compiledAfter(text, pipeline, createBag())?.processing?.postprocess?.('');
    expect([
      printed(collection.replace(/seen.*\n/, '')),
      printed(otherCase.replace(/seen.*\n/, '')),
    ]).toEqual(["own {'custom': 'abc'}", "own {'custom': 'abc'}"]);
  });
});

test('the last value of a rule may stand in brackets', () => {
  const text =
    'title: T\ncustom: abc\nlogsource: { product: windows }\ndetection: { s: { a: 1 }, condition: s }\n';
  const item = conditionsOf(
    'rule_conditions: [{type: rule_attribute, attribute: custom, value: abc}]',
  );
  expect(
    [text, `---\n${text}`, `# first\n---\n  ${text.trimEnd().replaceAll('\n', '\n  ')}\n`].map(
      (one) => item.appliesTo(preparedRule(one)),
    ),
  ).toEqual([true, true, true]);
});
