import { describe, expect, test } from 'vitest';
import { parseJinja } from '../src/jinja/template.ts';
import { queryRoots } from '../src/pipeline/template/context.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { workOfRule } from '../src/work/work.ts';
import { told } from './diagnostics.ts';
import { compiledAfter, ruleOf } from './pipeline-run.ts';
import { unwrapped } from './result.ts';

const attributes = `status: test
level: high
date: 2024/01/02
author: Zoe
tags: [attack.t1059, attack.execution]
references: ['https://example.org/a']
custom: { list: [1, b], deep: x }
`;

const before = `vars: { team: blue }
transformations:
- { type: set_state, key: index, val: main }
- { type: set_custom_attribute, attribute: own, value: 5 }
`;

/** The query `A="b"` through a template of a pipeline, or why there is none. */
function filledIn(template: string): string {
  const bag = createBag();
  const items = `${before}postprocessing:\n- { type: template, template: ${JSON.stringify(template)} }\n`;
  const apply = compiledAfter(ruleOf('A: b', attributes), items, bag)?.processing?.postprocess;
  if (!apply) return told(bag).join('; ');
  try {
    return apply('A="b"');
  } catch (error) {
    return String(error);
  }
}

// what Jinja2 3.1.6 makes of these in pySigma 1.5.1, over the same rule and pipeline
describe('templates print what they print in pySigma', () => {
  test.each([
    ['{{ rule.title.upper() }}', 'TEST'],
    [`{{ rule.title${'.lower().upper()'.repeat(20)} }}`, 'TEST'],
    ['{{ pipeline.state }}', "{'index': 'main'}"],
    [
      "{{ pipeline.vars.team }} {{ pipeline.vars.get('none', 'd') }} {{ pipeline.state.get('index') }} {{ pipeline.vars.get('none') }}",
      'blue d main None',
    ],
    [
      '{{ 1 + 1 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 2 * 3 - 1 }}',
      '2 3 -4 1 2 5',
    ],
    ["{{ 'a' + 'b' }} {{ [1] + [2] }}", 'ab [1, 2]'],
    ['{% set x = 1 %}{{ x }}{% set x = x + 1 %}{{ x }}', '12'],
    ['{% set y %}a{{ query }}b{% endset %}[{{ y }}]', '[aA="b"b]'],
    [
      '{% if rule.level.name in ["HIGH", "CRITICAL"] %}{% set t = "TTP" %}{% else %}{% set t = "no" %}{% endif %}{{ t }}',
      'TTP',
    ],
    ['{% for i in [1,2,3] %}{% set t = i %}{{ t }}{% endfor %}', '123'],
    [
      '{% set t = 0 %}{% for i in [1,2,3] %}{% set t = t + i %}{{ t }},{% endfor %}{{ t }}',
      '1,2,3,0',
    ],
    [
      '{% set ns = namespace(n=0) %}{% for i in [1,2,3] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}',
      '6',
    ],
    ["{% for a, b in {'x': 1, 'y': 2}.items() %}{{ a }}={{ b }};{% endfor %}", 'x=1;y=2;'],
    ["{% for k in {'x': 1, 'y': 2} %}{{ k }}{% endfor %}", 'xy'],
    [
      "{% for t in rule.tags if t.namespace == 'attack' %}{{ loop.index }}/{{ loop.length }}{{ t.name }} {% endfor %}",
      '1/2t1059 2/2execution ',
    ],
    [
      '{% for t in rule.tags %}{{ loop.revindex }}{{ loop.previtem }}{{ loop.nextitem }}{% endfor %}',
      '2attack.execution1attack.t1059',
    ],
    [
      "{{ rule.references }} {{ [1, 'a', none, true, \"it's\"] }} {{ {'a': [1]} }}",
      "['https://example.org/a'] [1, 'a', None, True, \"it's\"] {'a': [1]}",
    ],
    ['{{ ["q\\"\'", \'q"\'] }}', "['q\"\\'', 'q\"']"],
    [
      "{{ ['\uff01', '\u{1f600}', '\u{1f601}'] | sort(reverse=true) | join }}",
      '\u{1f601}\u{1f600}\uff01',
    ],
    ['{{ rule.custom_attributes }}', "{'custom': {'list': [1, 'b'], 'deep': 'x'}, 'own': 5}"],
    [
      '{{ rule.date.strftime("%d.%m.%Y %B %b %y %H:%M:%S %%") }} {{ rule.date.isoformat() }}',
      '02.01.2024 January Jan 24 00:00:00 % 2024-01-02',
    ],
    [
      "{{ 'a\\nb\\n\\nc\\n' | indent(2) }}|{{ 'a\\nb' | indent(width=3, first=true) }}|{{ 'a\\n\\nb' | indent(1, true, true) }}|{{ 'a\\nb' | indent('>') }}",
      'a\n  b\n\n  c\n|   a\n   b| a\n \n b|a\n>b',
    ],
    [
      "{{ 'heLLo wOrld-foo (bar)' | title }} {{ 'heLLo' | capitalize }} {{ 'ab'.capitalize() }}",
      'Hello World-Foo (Bar) Hello Ab',
    ],
    [
      "{{ [3,1,2] | sort }} {{ ['b','A','c'] | sort }} {{ ['b','A','c'] | sort(reverse=true) }} {{ ['b','A','a'] | sort(case_sensitive=true) }}",
      "[1, 2, 3] ['A', 'b', 'c'] ['c', 'b', 'A'] ['A', 'a', 'b']",
    ],
    [
      "{{ ['a','A','b'] | unique | list }} {{ [1,2,3] | reverse | list }} {{ 'abc' | reverse }}",
      "['a', 'b'] [3, 2, 1] cba",
    ],
    [
      "{{ rule.tags | map(attribute='name') | join(',') }} {{ ['a','b'] | map('upper') | join }} {{ rule.tags | join('-', attribute='namespace') }}",
      't1059,execution AB attack-attack',
    ],
    [
      "{{ rule.tags | selectattr('namespace', 'equalto', 'attack') | map(attribute='name') | list }} {{ [0,1,2] | select('odd') | list }} {{ [0,1,2] | reject('odd') | list }} {{ [0, 1, ''] | select | list }}",
      "['t1059', 'execution'] [1] [0, 2] [1]",
    ],
    ["{{ rule.tags | rejectattr('name', 'eq', 't1059') | list | length }}", '1'],
    [
      "{{ {'b': 1, 'a': 2} | dictsort }} {{ {'b': 1} | items | list }}",
      "[('a', 2), ('b', 1)] [('b', 1)]",
    ],
    ["{{ {'b': 1, 'a': [true, none, 1.5]} | tojson }}", '{"a": [true, null, 1.5], "b": 1}'],
    [
      "{{ '42' | int }} {{ 'x' | int }} {{ 'x' | int(5) }} {{ 3.7 | int }} {{ 1.50 }}",
      '42 0 5 3 1.5',
    ],
    [
      "{{ 3 is divisibleby 3 }} {{ 3 is divisibleby(2) }} {{ 'a' is string }} {{ {} is mapping }} {{ [] is sequence }} {{ 3 is odd }} {{ 3 is not even }} {{ 1 is number }} {{ 'A' is upper }} {{ 'a' is lower }} {{ true is boolean }}",
      'True False True True True True True True True True True',
    ],
    [
      "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 'a' < 'b' }} {{ 'b' >= 'a' }} {{ 'a' in {'a': 1} }} {{ rule.references | length > 0 }}",
      'True False True True True True',
    ],
    [
      '{{ query[:3] }} {{ query[2:] }} {{ [1,2,3][1:] }} {{ [1,2,3][-1] }} {{ query[1:-1] }}',
      'A=" "b" [2, 3] 3 ="b',
    ],
    [
      "{{ 'a,b'.split(',') }} {{ ' a  b '.split() }} {{ ' x '.strip() }}| {{ 'xxaxx'.strip('x') }} {{ 'xa'.lstrip('x') }} {{ 'ax'.rstrip('x') }}",
      "['a', 'b'] ['a', 'b'] x| a a a",
    ],
    [
      "{{ 'abc'.startswith('a') }} {{ 'abc'.endswith('a') }} {{ 'abc'.replace('b', 'x') }} {{ ','.join(['a','b']) }}",
      'True False axc a,b',
    ],
    [
      '{{ range(3) | list }} {{ range(1, 3) | list }} {% for i in range(2) %}{{ i }}{% endfor %}',
      '[0, 1, 2] [1, 2] 01',
    ],
    ["{{ dict(a=1) }} {{ dict(a=1).a }} {{ {'k': {'l': 2}}.k.l }}", "{'a': 1} 1 2"],
    ['{{ (\'a\', \'b\')[1] }} {{ "a" "b" }} {{ (1) }}', 'b ab 1'],
    ['{% raw %}{{ x }} {% if %}{% endraw %}-{%- raw %} a {% endraw -%} b', '{{ x }} {% if %}- a b'],
    ['{% set a, b = [1, 2] %}{{ a }}{{ b }}{% set c = 1, 2 %}{{ c[1] }}', '122'],
    ['{{ rule.level.name.lower() }} {{ rule.status.name.lower() in ["test"] }}', 'high True'],
    [
      "{{ rule.custom_attributes.get('own') }} {{ rule.custom_attributes.get('no', []) }} {{ rule.custom_attributes['own'] }}",
      '5 [] 5',
    ],
    ["{% for v in rule.custom_attributes.get('no', []) %}x{% else %}e{% endfor %}", 'e'],
    [
      '{{ rule.custom_attributes.custom.list[0] + 1 }} {{ rule.custom_attributes.custom | length }}',
      '2 2',
    ],
    ['{{ -1 | string }} {{ 5 - -2 }} {{ "%s" }}', '-1 7 %s'],
    ['{{ query | upper | lower | trim | length }}', '5'],
  ])('%s', (template, text) => expect(filledIn(template)).toBe(text));
});

describe('refused where it is read', () => {
  test.each([
    ['{{ range }}', 'there is no `range` here, only query, rule, pipeline'],
    [
      '{% if false %}{% set later = 1 %}{% endif %}{{ other }}',
      'there is no `other` here, only query, rule, pipeline, later',
    ],
    ['{% for x in [1] %}{% set y = x %}{% endfor %}{{ y }}', 'there is no `y` here'],
    ['{{ query.format(1) }}', 'there is no `format()` here'],
    ['{{ query.__class__() }}', 'there is no `__class__()` here'],
    ['{{ [].append(1) }}', 'there is no `append()` here'],
    ['{{ query.replace("a") }}', '`replace` takes other arguments here: the arguments old, new'],
    ['{{ query.lower(1) }}', '`lower` takes other arguments here: no arguments'],
    [
      '{{ query | indent(depth=2) }}',
      '`indent` takes other arguments here: the arguments width, first, blank',
    ],
    ['{{ query | join("a", d="b") }}', 'takes other arguments here'],
    ['{{ query | default(boolean=true, "x") }}', '`x` is not supported here'],
    ['{{ query is callable }}', 'there is no test `callable` here, only defined, '],
    ['{{ 2.0 }}', '`2.0` is not supported here'],
    ['{{ 99999999999999999999 }}', '`99999999999999999999` is not supported here'],
    ['{{ {1: 2} }}', '`1` is not supported here'],
    ['{{ dict([1]) }}', '`dict` takes names with values here'],
    ['{% set rule.title = "x" %}', '`rule` is not supported here'],
    ['{% set a, b %}x{% endset %}', 'ends too early'],
    ['{% set a %}x', 'the block is never ended'],
    ['{% raw %}x', 'the block is never ended'],
    ['{% for x in [1] recursive %}{% endfor %}', '`recursive` is not supported here'],
    ['{% do x %}', '`do` is not supported here'],
    ['{% import "a" as b %}', '`import` is not supported here'],
    ['{{ lipsum() }}', 'there is no `lipsum` here'],
    ['{{ self }}', 'there is no `self` here'],
  ])('%s', (template, message) => {
    const said = filledIn(template);
    expect(said).toMatch(/^PIP001 /);
    expect(said).toContain(message);
  });
});

describe('refused where it is filled in', () => {
  test.each([
    ['{{ 1 + "a" }}', '`+` takes numbers, or texts alone'],
    ['{{ "a" * 3 }}', '`*` takes numbers'],
    ['{{ 1 // 0 }}', 'a division by zero'],
    ['{{ 9007199254740991 + 1 }}', 'a number grows beyond 2^53'],
    ['{{ 1 < "a" }}', '`<` takes numbers, or texts alone'],
    ['{{ -query }}', '`-` takes a number'],
    ['{{ [rule.level] }}', 'a list of these is not text'],
    ['{{ rule.tags | sort }}', '`<` takes numbers'],
    ['{{ rule.level.lower() }}', '`lower` is for texts'],
    ['{{ rule.title.get("a") }}', 'this is not a map'],
    ['{{ rule.title.strftime("%Y") }}', 'this is not a date'],
    ['{{ rule.date.strftime("%A") }}', '`%A` is not supported in a format of dates'],
    ['{{ rule.description.lower() }}', '`lower` is for texts'],
    ['{{ pipeline.state.no.lower() }}', 'there is nothing that `lower` could be part of'],
    ['{{ pipeline.state.no.more }}', 'there is nothing that `more` could be part of'],
    ['{% set a, b = [1] %}', "2 names can't take 1 values"],
    ['{% set x = 1 %}{% set x.y = 1 %}', '`x` is not a namespace'],
    ['{{ [1] | select("nonsense") }}', '`nonsense` is not a test that fits here'],
    ['{{ [1] | map("join", ",") }}', '`map` takes `attribute=`'],
    ['{{ [1] | map("nonsense") }}', '`map` takes `attribute=`'],
    ['{{ query.split("") }}', '`split` takes a text that is not empty'],
    ['{{ range(100000) }}', '`range` has more than 10000 numbers'],
    ['{{ query | indent(-1) }}', '`indent` takes a number of blanks'],
  ])('%s', (template, message) => expect(filledIn(template)).toContain(message));
});

describe('no template reaches beyond its values', () => {
  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'prototype'])(
    '%s',
    (name) => {
      for (const holder of [
        'rule.custom_attributes',
        'rule.custom_attributes.custom',
        'pipeline.vars',
        'pipeline.state',
        '{}',
        '[]',
        'dict()',
        'namespace()',
        '"a"',
        '1',
      ])
        for (const way of [
          `${holder}.${name}`,
          `${holder}["${name}"]`,
          `${holder}[["${name}"][0]]`,
          `${holder} | map(attribute="${name}") | first`,
        ])
          expect(filledIn(`[{{ ${way} }}]`), way).toMatch(
            /^\[\]$|what should be a list is not a list/,
          );
      expect(
        filledIn(
          `{% set ${name} = 1 %}{{ ${name} }}{% set ns = namespace(${name}=2) %}{{ ns.${name} }}`,
        ),
      ).toBe('12');
    },
  );
});

describe('what a template makes is bounded', () => {
  const lines = (count: number, line: string): string =>
    Array.from({ length: count }, () => line).join('');
  test.each([
    ['texts that double', `{% set x = "a" %}${lines(40, '{% set x = x + x %}')}`],
    ['joined texts that double', `{% set x = "a" %}${lines(40, '{% set x = x ~ x %}')}`],
    ['lists that double', `{% set x = [1] %}${lines(40, '{% set x = x + x %}')}`],
    [
      'lists in lists that are printed',
      `{% set x = [1] %}${lines(60, '{% set x = [x, x] %}')}{{ x }}`,
    ],
    [
      'lists in lists that are compared',
      `{% set x = [1] %}{% set y = [1] %}${lines(60, '{% set x = [x, x] %}{% set y = [y, y] %}')}{{ x == y }}`,
    ],
    [
      'lists in lists as JSON',
      `{% set x = [1] %}${lines(60, '{% set x = [x, x] %}')}{{ x | tojson }}`,
    ],
    [
      'maps in maps that are printed',
      `{% set x = {"a": 1} %}${lines(60, '{% set x = {"a": x, "b": x} %}')}{{ x }}`,
    ],
    [
      'blocks that are kept',
      `{% set x = "aaaaaaaa" %}${lines(40, '{% set x %}{{ x }}{{ x }}{% endset %}')}`,
    ],
    [
      'a namespace that grows',
      '{% set n = namespace(x="aaaaaaaa") %}{% for i in range(100) %}{% set n.x = n.x ~ n.x %}{% endfor %}',
    ],
    [
      'loops in loops',
      '{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}',
    ],
    [
      'loops that a condition empties',
      '{% for a in range(9999) %}{% for b in range(9999) if false %}{% endfor %}{% endfor %}',
    ],
    ['ranges in a loop', '{% for a in range(10000) %}{% set x = range(10000) %}{% endfor %}'],
    ['an indentation', '{{ "a\n" | indent(999999999) }}'],
    [
      'lists that nest',
      '{% set n = namespace(x=[]) %}{% for i in range(10000) %}{% for j in range(9) %}{% set n.x = [n.x] %}{% endfor %}{% endfor %}{{ n.x }}',
    ],
  ])('%s', (_, template) => {
    const render = unwrapped(parseJinja(template, queryRoots));
    expect(() => unwrapped(render(new Map(), workOfRule()))).toThrow(
      /beyond|more than|too deep in one another/,
    );
  });
});
