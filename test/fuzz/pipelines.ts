import fc from 'fast-check';
import { anyValue, damaged, fewTexts, lines, listOf, mapOf, text, yaml } from './texts.ts';

const field = fewTexts('Image', 'User', 'CommandLine', 'EventID', 'a').map(yaml);
const texts = text.map(yaml);
const regex = fewTexts('a', '(.)', '(?!x)(a+)+$', '(?P<b>.*)', '[', '(a)\\1', '\\W+', '.*').map(
  yaml,
);
const replacement = fewTexts('', '\\1', '\\1\\1\\1\\1', 'x', '\\g<b>', '\\').map(yaml);
const template = fewTexts(
  '{{ query }}',
  '{query}',
  '{{ rule.title }}',
  "{{ query|replace('a','aa') }}",
  '{% for t in rule.tags %}{{ t }}{% endfor %}',
  '{% if %}',
  '{{ query ~ query }}',
  '%QUERY%',
).map(yaml);
const names = fewTexts('User', 'x', 'Image').map((one) => one.replaceAll('|', ''));

const parameters: Readonly<Record<string, fc.Arbitrary<string>>> = {
  field_name_mapping: mapOf(names, fc.oneof(field, listOf(field))).map((map) => `mapping: ${map}`),
  field_name_prefix_mapping: mapOf(names, field).map((map) => `mapping: ${map}`),
  field_name_prefix: texts.map((one) => `prefix: ${one}`),
  field_name_suffix: texts.map((one) => `suffix: ${one}`),
  drop_detection_item: fc.constant(''),
  add_condition: fc
    .tuple(mapOf(names, texts), fc.boolean())
    .map(([map, negated]) => `conditions: ${map}, negated: ${negated}`),
  change_logsource: fc.constant('product: linux'),
  replace_string: fc.tuple(regex, replacement).map(([a, b]) => `regex: ${a}, replacement: ${b}`),
  value_placeholders: fc.constant(''),
  wildcard_placeholders: fc.constant(''),
  query_expression_placeholders: texts.map((one) => `expression: ${one}`),
  map_string: mapOf(text, listOf(texts)).map((map) => `mapping: ${map}`),
  set_state: fc.tuple(texts, anyValue).map(([key, val]) => `key: ${key}, val: ${val}`),
  regex: fc.constantFrom('', 'method: plain'),
  set_value: texts.map((one) => `value: ${one}`),
  convert_type: fc.constantFrom('target_type: str', 'target_type: num'),
  case: fc.constantFrom('method: lower', 'method: upper'),
  hashes_fields: fc.constant('valid_hash_algos: [MD5, SHA1]'),
  extract_fields: regex.map((one) => `regex: ${one}`),
  split_path: fc.tuple(field, field).map(([a, b]) => `parent: ${a}, name: ${b}`),
  rule_failure: texts.map((one) => `message: ${one}`),
  command_placeholders: texts.map((one) => `command: ${one}`),
};
const postprocessing: Readonly<Record<string, fc.Arbitrary<string>>> = {
  embed: fc.tuple(texts, texts).map(([a, b]) => `prefix: ${a}, suffix: ${b}`),
  simple_template: template.map((one) => `template: ${one}`),
  template: template.map((one) => `template: ${one}`),
  json: fc.constantFrom('json_template: \'{"q": "%QUERY%"}\'', 'json_template: x'),
  replace: fc.tuple(regex, replacement).map(([a, b]) => `pattern: ${a}, replacement: ${b}`),
};
const finalizers: Readonly<Record<string, fc.Arbitrary<string>>> = {
  concat: texts.map((one) => `separator: ${one}`),
  json: fc.constant('indent: 2'),
  yaml: fc.constant(''),
  template: fewTexts('{{ queries|join(",") }}', '{% for q in queries %}{{ q }}{% endfor %}').map(
    (one) => `template: ${yaml(one)}`,
  ),
};

const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.constantFrom(
    ', rule_conditions: [{ type: logsource, product: windows }]',
    ', field_name_conditions: [{ type: include_fields, fields: [Image] }]',
  ),
  fc
    .tuple(regex, regex)
    .map(
      ([a, b]) =>
        `, detection_item_conditions: [{ type: match_string, cond: any, pattern: ${a} }, { type: match_string, cond: all, pattern: ${b} }]`,
    ),
);
const itemOf = (
  kinds: Readonly<Record<string, fc.Arbitrary<string>>>,
  more: fc.Arbitrary<string>,
): fc.Arbitrary<string> =>
  fc.oneof(
    ...Object.entries(kinds).map(([type, own]) =>
      fc
        .tuple(own, more)
        .map(
          ([parts, condition]) =>
            `{ type: ${type}${parts === '' ? '' : `, ${parts}`}${condition} }`,
        ),
    ),
  );

/** A processing pipeline as a stranger may write it. */
export const hostilePipeline: fc.Arbitrary<string> = damaged(
  lines({
    name: texts,
    priority: fc.constantFrom('1', '-1', 'x'),
    vars: mapOf(fewTexts('a', 'net', 'b'), listOf(texts)),
    transformations: listOf(itemOf(parameters, conditions), 5),
    postprocessing: listOf(itemOf(postprocessing, fc.constant('')), 3),
    finalizers: listOf(itemOf(finalizers, fc.constant('')), 2),
  }).map((made) => (made === '' ? 'transformations: []\n' : made)),
);
