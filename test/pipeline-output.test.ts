import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { conversionVars } from '../src/pipeline/run/process.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { ProcessingError } from '../src/work/processing-error.ts';
import { marked, told } from './diagnostics.ts';
import { compiledAfter, pipelineOf, ruleOf } from './pipeline-run.ts';

const attributes = `status: test
level: high
date: 2024/01/02
author: 'Zoë "Z" <z@example.org>'
tags: [attack.t1059, attack.execution]
references: ['https://example.org/a']
custom: { list: [1, b], deep: x }
`;

/** A query after the items under `postprocessing`, or what was reported of. */
function after(
  query: string,
  items: string,
  more = '',
  files: Readonly<Record<string, readonly string[]>> = {},
): string {
  const bag = createBag();
  const compiled = compiledAfter(
    ruleOf('a: b', attributes),
    `${more}postprocessing:\n${items}\n`,
    bag,
    files,
  );
  const apply = compiled?.processing?.postprocess;
  if (!apply || bag.list.length > 0) return told(bag).join('; ');
  try {
    return apply(query);
  } catch (error) {
    if (error instanceof ProcessingError) return error.message;
    throw error;
  }
}

const templated = (template: string, type = 'template', more = ''): string =>
  after('A="b"', `- { type: ${type}, template: ${JSON.stringify(template)} }`, more);

const templateFiles = {
  'templates/a.j2': ['<{{ query }}>\r', '{{ query }}', ''],
  'templates/below/b.j2': ['{{ pipeline.vars.team }}'],
  'templates/wrong.j2': ['{{ query }}', '{{ rule.titel }}'],
};
const fromFile = (name: string, path = 'templates'): string =>
  after(
    'q',
    `- { type: template, path: ${path}, template: ${name} }`,
    'vars: { team: blue }\n',
    templateFiles,
  );

const state =
  'vars: { team: blue }\ntransformations: [{ type: set_state, key: index, val: main }, { type: set_custom_attribute, attribute: own, value: 5 }]\n';

describe('postprocessing', () => {
  test.each([
    [
      'embed',
      "- { type: embed, prefix: 'index=x ', suffix: ' | table a' }",
      'index=x q="$&" | table a',
    ],
    ['embed before', "- { type: embed, prefix: '<' }", '<q="$&"'],
    ['replace', "- { type: replace, pattern: '(q)=', replacement: '$&\\1:' }", '$&q:"$&"'],
    [
      'a bad pattern',
      "- { type: replace, pattern: '[', replacement: '' }",
      /PIP001 2:29 `\[` is not a regular expression/,
    ],
    [
      'a bad replacement',
      "- { type: replace, pattern: q, replacement: '\\g<x>' }",
      /PIP001 2:45 the pattern has no group `x`/,
    ],
    [
      'json',
      `- { type: json, json_template: '{"a": "%QUERY%", "%QUERY%": ["%QUERY%", "x %QUERY%", 1.0, null, "é"]}' }`,
      '{"a": "q=\\"$&\\"", "%QUERY%": ["q=\\"$&\\"", "x %QUERY%", 1.0, null, "\\u00e9"]}',
    ],
    ['no json', "- { type: json, json_template: '{' }", /PIP001 2:32 `json_template` is not JSON/],
    [
      'nest',
      '- type: nest\n  items: [{ type: embed, prefix: "1" }, { type: embed, prefix: "2" }]',
      '21q="$&"',
    ],
    ['in order', '- { type: embed, prefix: "1" }\n- { type: embed, prefix: "2" }', '21q="$&"'],
    [
      'conditions',
      '- { type: embed, prefix: "1", rule_conditions: [{ type: logsource, product: linux }] }\n- { type: embed, prefix: "2", rule_conditions: [{ type: tag, tag: attack.t1059 }] }',
      '2q="$&"',
    ],
    ['no such type', '- { type: embd }', /PIP001 2:11 there is no `embd` here/],
    [
      'a fault in a nested item',
      '- { type: nest, items: [{ type: embed, prefx: x }] }',
      /PIP001 2:40 `embed` has no key `prefx`/,
    ],
  ])('%s', (_, items, wanted) => {
    const found = after('q="$&"', items);
    if (typeof wanted === 'string') expect(found).toBe(wanted);
    else expect(found).toMatch(wanted);
  });
});

describe('simple_template', () => {
  test.each([
    ['{rule.title}: {query}', 'Test: A="b"'],
    [
      '{rule.id} {rule.level} {rule.status} {rule.date}',
      '00000000-0000-4000-8000-000000000000 high test 2024-01-02',
    ],
    ['{rule.description}', 'None'],
    ['{rule.logsource.product}/{rule.logsource.service}', 'windows/None'],
    [
      '{rule.tags[1]} {rule.tags[0].name} {rule.references[0]}',
      'attack.execution t1059 https://example.org/a',
    ],
    [
      '{pipeline.state[index]} {pipeline.vars[team]} {rule.custom_attributes[own]} {rule.custom_attributes[custom][deep]}',
      'main blue 5 x',
    ],
    ['{{"q": "{query}"}}', '{"q": "A="b""}'],
    ['{rule.author!s:}', 'Zoë "Z" <z@example.org>'],
    [
      '{pipeline.state[none]}',
      "the template can't be filled in: the rule has nothing for `{pipeline.state[none]}` (simple_template, pipeline.yml:4)",
    ],
    ['{rule.custom_attributes[__proto__]}', /nothing for/],
    ['{rule.tags}', /a list is not text/],
    ['{rule.__class__}', /PIP001 6:45 `rule` has title, id, /],
    ['{rule.title.__class__.__mro__}', /the rule has nothing for/],
    ['{query.constructor}', /PIP001 .*`query` has no parts/],
    ['{query!r}', /PIP001 .*conversions and formats are not supported/],
    ['{rule.title:>9}', /PIP001 .*conversions and formats are not supported/],
    ['{0}', /PIP001 .*names nothing/],
    ['{pipeline.state.index}', /PIP001 .*are in brackets/],
    ['{backend}', /PIP001 .*is none of query, rule, pipeline/],
    ['a { b', /PIP001 6:47 a single brace/],
  ])('%s', (template, wanted) => {
    const found = after(
      'A="b"',
      `- { type: simple_template, template: '${template}' }`,
      state,
    ).replace(/PIP001 \d+:\d+/, (place) => place.replace(/\d+:/, '6:'));
    if (typeof wanted === 'string') expect(found).toBe(wanted);
    else
      expect(found).toMatch(
        wanted instanceof RegExp && /6:\d+/.test(wanted.source)
          ? new RegExp(wanted.source.replace(/6:\d+/, '6:\\d+'))
          : wanted,
      );
  });
});

describe('template', () => {
  test.each([
    ['{{ query }} by {{ rule.author }}', 'A="b" by Zoë "Z" <z@example.org>'],
    [
      '{{ rule.description }}|{{ rule.logsource.category }}|{{ pipeline.state.index }}|{{ pipeline.vars["team"] }}|{{ pipeline.state.no }}',
      'None|process_creation|main|blue|',
    ],
    [
      '{% for tag in rule.tags %}{{ loop.index }}:{{ tag }}{% if not loop.last %}, {% endif %}{% endfor %}',
      '1:attack.t1059, 2:attack.execution',
    ],
    ['{% for x in rule.falsepositives %}{{ x }}{% else %}none{% endfor %}', 'none'],
    ['{% if rule.level.name == "HIGH" %}H{% elif rule.level %}L{% else %}-{% endif %}', 'H'],
    [
      '{% if rule.description %}a{% elif "attack.t1059" in rule.tags and not rule.name %}b{% else %}c{% endif %}',
      'b',
    ],
    [
      '{{ rule.tags | join(", ") | upper }} {{ rule.title | lower }} {{ rule.tags | length }} {{ query | length }}',
      'ATTACK.T1059, ATTACK.EXECUTION test 2 5',
    ],
    [
      '{{ pipeline.state.no | default("d") }} {{ rule.name | default("d", true) }} {{ rule.name or "e" }}',
      'd d e',
    ],
    [
      '{{ query | tojson }} {{ rule.references | tojson }} {{ rule.author | tojson }}',
      '"A=\\"b\\"" ["https://example.org/a"] "Zo\\u00eb \\"Z\\" \\u003cz@example.org\\u003e"',
    ],
    [
      '{{ query | replace("b", "$&\'") }} {{ " x " | trim }}{{ rule.tags | first }}{{ rule.references | last }}',
      'A="$&\'" xattack.t1059https://example.org/a',
    ],
    [
      '{{ "a" ~ 1 ~ none }} {{ "x" if rule.level else "y" }} {{ rule.name is none }} {{ pipeline.state.no is defined }}',
      'a1None x True False',
    ],
    ['a  {%- if true -%}  b  {%- endif %}  {# c #}\n {#- d -#} c\n', 'ab  c'],
    [
      '{{ rule.custom_attributes.custom.list | join("+") }} {{ rule.custom_attributes.own }}',
      '1+b 5',
    ],
    ['{{ rule.custom_attributes.__proto__ }}{{ rule.custom_attributes.constructor }}', ''],
    [
      '{{ rule.tags[0] == "attack.t1059" }} {{ 1 == 1 }} {{ true != false }} {{ "b" not in query }}',
      'True True True False',
    ],
    ['{{ rule.tags[0].namespace }} {{ query[0] }}', 'attack A'],
    ['{{ "{{ }}" }} {{ "%}" }} {{ "a\\n" }}', '{{ }} %} a\n'],
    // what would need Python, or what only Python prints
    ['{{ rule.title.encode() }}', /PIP001 .*there is no `encode\(\)` here, only get, keys, /],
    ["{{ ''.__class__.__mro__ }}", /nothing that `__mro__` could be part of/],
    ['{{ rule.__class__ }}', /PIP001 .*`rule` has title/],
    ['{{ rule["detection"] }}', /PIP001 .*`rule` has title/],
    ['{{ rule }}', /PIP001 .*`rule` has title/],
    ['{{ rule.logsource }}', /PIP001 .*name one of its entries/],
    ['{{ pipeline.state }}', "{'index': 'main'}"],
    ['{{ config }}', /PIP001 .*there is no `config` here, only query, rule, pipeline/],
    ['{{ query | attr("x") }}', /PIP001 .*there is no filter `attr` here/],
    ['{{ query | replace("b") }}', /PIP001 .*takes other arguments/],
    ['{{ 1 ** 1 }}', /PIP001 .*`\*` is not supported here/],
    ['{% macro x() %}', /PIP001 .*`macro` is not supported here/],
    ['{% include "x" %}', /PIP001 .*`include` is not supported here/],
    ['{% if query %}x', /PIP001 .*never ended/],
    ['{% endif %}', /PIP001 .*`endif` is not supported here/],
    ['{% for a, b in rule.tags %}{% endfor %}', /what should be a list is not a list/],
    ['{{ query', /PIP001 .*not closed/],
    ['{# x', /PIP001 .*comment is not closed/],
    ['{{ rule.tags }}', /a list of these is not text; join it/],
    ['{{ rule.level == "high" }}', /compare `\|string` of it/],
    ['{{ rule.id | tojson }}', /`\|string` makes a text of it/],
  ])('%s', (template, wanted) => {
    const found = templated(template, 'template', state);
    if (typeof wanted === 'string') expect(found).toBe(wanted);
    else expect(found).toMatch(wanted);
  });

  test('faults stand at their places, in block texts too', () => {
    const bag = createBag();
    pipelineOf(
      'postprocessing:\n  - type: template\n    template: |\n      {{ query }}\n      {{ rule.titel }}\n',
      bag,
    );
    expect(told(bag)[0]).toMatch(/^PIP001 5:10 `rule` has title/);
    expect(marked(bag)).toEqual(['PIP001 "rule"']);
  });

  test.each([
    ['vars: x.py', /`vars` is refused: it would run a Python file/],
    ['autoescape: true', /`autoescape` is not supported/],
  ])('%s', (parameter, wanted) => {
    expect(after('q', `- { type: template, template: x, ${parameter} }`)).toMatch(wanted);
  });

  test.each([
    ['a.j2', '<q>\nq'],
    ['below/b.j2', 'blue'],
    ['none.j2', /^PIP001 3:48 `templates\/none\.j2` can't be read$/],
    ['wrong.j2', /^PIP001 3:48 wrong\.j2:2: `rule` has title/],
    // a name in `template:` is not a template then
    ["'{{ query }}'", /can't be read/],
  ])('from a file: %s', (name, wanted) => {
    const found = fromFile(name);
    if (typeof wanted === 'string') expect(found).toBe(wanted);
    else expect(found).toMatch(wanted);
  });

  test('from a file beside the pipeline', () => {
    expect(fromFile('templates/below/b.j2', "''")).toBe('blue');
  });

  test('loops in loops come to an end', () => {
    const bag = createBag();
    const list = `references: [${Array.from({ length: 400 }, (_, at) => `r${at}`).join(', ')}]\n`;
    const items = `- { type: template, template: '{% for a in rule.references %}{% for b in rule.references %}{{ b }}{% endfor %}{% endfor %}' }`;
    const apply = compiledAfter(ruleOf('a: b', list), `postprocessing:\n${items}\n`, bag)
      ?.processing?.postprocess;
    expect(() => apply?.('q')).toThrow('more than 100000 rounds');
  });
});

describe('finalizers', () => {
  const queries = ['a="é"', 'b: #\n'];
  const same = [new Map([['index', 'main']]), new Map([['index', 'main']])];
  const finalized = (
    items: string,
    states: readonly ReadonlyMap<string, unknown>[] = same,
  ): string => {
    const bag = createBag();
    const found =
      pipelineOf(`finalizers:\n${items}\n`, bag, {
        './all.j2': ['{{ pipeline.state.index }} {{ queries | length }}'],
      })?.finalizers ?? [];
    if (bag.list.length > 0) return told(bag).join('; ');
    const context = {
      vars: new Map([['team', 'blue']]),
      conversion: conversionVars('splunk'),
      states,
    };
    try {
      return found
        .reduce<readonly string[]>((texts, { apply }) => apply(texts, context), queries)
        .join('\n---\n');
    } catch (error) {
      if (error instanceof ProcessingError) return error.message;
      throw error;
    }
  };

  test.each([
    ['concat', '- { type: concat }', 'a="é"\nb: #\n'],
    [
      'concat with all',
      "- { type: concat, separator: ' OR ', prefix: '(', suffix: ')' }",
      '(a="é" OR b: #\n)',
    ],
    ['json', '- { type: json }', '["a=\\"\\u00e9\\"", "b: #\\n"]'],
    ['json, indented', '- { type: json, indent: 2 }', '[\n  "a=\\"\\u00e9\\"",\n  "b: #\\n"\n]'],
    [
      'template',
      "- { type: template, template: '{% for q in queries %}{{ loop.index }} {{ q | tojson }};{% endfor %}' }",
      '1 "a=\\"\\u00e9\\"";2 "b: #\\n";',
    ],
    [
      'template after json',
      "- { type: json }\n- { type: template, template: '<{{ queries }}>' }",
      '<["a=\\"\\u00e9\\"", "b: #\\n"]>',
    ],
    ['template from a file', '- { type: template, path: ., template: all.j2 }', 'main 2'],
    [
      'nested',
      '- type: nested\n  finalizers: [{ type: concat, separator: "|" }, { type: json }]',
      '"a=\\"\\u00e9\\"|b: #\\n"',
    ],
    [
      'concat of one text',
      '- { type: json }\n- { type: concat }',
      /PIP001 3:11 `concat` must be the first finalizer/,
    ],
    [
      'pipeline',
      "- { type: template, template: '{{ pipeline.vars.team }} {{ pipeline.state.index }} {{ pipeline.vars.backend }} {{ pipeline.vars.output_format }} {{ queries | length }}' }",
      'blue main splunk default 2',
    ],
    [
      'pipeline, nested',
      "- type: nested\n  finalizers: [{ type: template, template: '{{ pipeline.vars.team }}{{ pipeline.state.none }}' }]",
      'blue',
    ],
    [
      'no rule',
      "- { type: template, template: '{{ rule.title }}' }",
      /PIP001 2:35 there is no `rule` here, only queries/,
    ],
    ['no such type', '- { type: jsn }', /PIP001 2:11 there is no finalizer `jsn`/],
    ['no type', '- { indent: 2 }', /PIP001 2:3 the finalizer lacks its `type`/],
    [
      'no such key',
      '- { type: concat, seperator: x }',
      /PIP001 2:19 `concat` has no key `seperator`/,
    ],
    ['no files', '- { type: template, template: x, vars: y.py }', /`vars` is refused/],
  ])('%s', (_, items, wanted) => {
    if (typeof wanted === 'string') expect(finalized(items)).toBe(wanted);
    else expect(finalized(items)).toMatch(wanted);
  });

  test('a state that the rules do not share is an error', () => {
    const template = "- { type: template, template: '{{ pipeline.state.index }}' }";
    expect(finalized(template, [new Map([['index', 'a']]), new Map([['index', 'b']])])).toMatch(
      /the rules have different values of `pipeline.state.index`/,
    );
    expect(finalized(template, [new Map([['index', 'a']]), new Map()])).toMatch(/different values/);
  });

  test('yaml is read again as what it was', () => {
    expect(load(finalized('- { type: yaml, indent: 4 }'))).toEqual(queries);
  });
});
