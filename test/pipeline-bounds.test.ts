import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJinja } from '../src/jinja/template.ts';
import { queryRoots } from '../src/pipeline/template/context.ts';
import { backtracking } from '../src/python-regex/backtracking/machine.ts';
import { pythonRegex } from '../src/python-regex/regex.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { ProcessingError } from '../src/work/processing-error.ts';
import { growingText, type Work, workOfRule } from '../src/work/work.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { told } from './diagnostics.ts';
import { compiledAfter, pipelineOf, queryAfter, ruleOf } from './pipeline-run.ts';
import { unwrapped } from './result.ts';
import { runs } from './thoroughness.ts';

const times = (count: number, item: string): string =>
  Array.from({ length: count }, () => item).join('\n');
const inARow = (count: number, item: string): string => item.repeat(count);
const longest = 1024 * 1024;
const grows = new RegExp(
  `^the text grows beyond ${longest} characters \\((?:replace|simple_template|template|json|embed|nest), pipeline\\.yml:\\d+\\)$`,
);
const makes = /the pipelines make more than 500000 entries of the rule/;

/** The query after postprocessing, or why there is none. */
function processed(query: string, items: string): string {
  const bag = createBag();
  const apply = compiledAfter(ruleOf('a: b'), `postprocessing:\n${items}\n`, bag)?.processing
    ?.postprocess;
  if (!apply) return told(bag).join('; ');
  try {
    return apply(query);
  } catch (error) {
    if (error instanceof ProcessingError) return error.message;
    throw error;
  }
}

describe('a query', () => {
  test.each([
    [
      'replacements that repeat what they find',
      times(30, `- { type: replace, pattern: '(.)', replacement: '${'\\1'.repeat(64)}' }`),
    ],
    [
      'one replacement of many references',
      `- { type: replace, pattern: '(.+)', replacement: '${'\\1'.repeat(200_000)}' }`,
    ],
    [
      'a pattern with look-around',
      times(30, `- { type: replace, pattern: '(?=(.))', replacement: '${'\\1'.repeat(64)}' }`),
    ],
    [
      'simple templates',
      times(30, "- { type: simple_template, template: '{query}{query}{query}{query}' }"),
    ],
    ['templates', times(30, "- { type: template, template: '{{ query }}{{ query }}{{ query }}' }")],
    ['concatenation', times(30, "- { type: template, template: '{{ query ~ query ~ query }}' }")],
    ['joined characters', times(3, "- { type: template, template: '{{ query|join(query) }}' }")],
    [
      'replacements in templates',
      `- { type: template, template: "{{ query${"|replace('a', 'aaaaaaaaaaaaaaaa')".repeat(30)} }}" }`,
    ],
    [
      'replacements of nothing',
      `- { type: template, template: "{{ query${"|replace('', query)".repeat(30)} }}" }`,
    ],
    [
      'JSON in JSON',
      times(40, `- { type: json, json_template: '{"a": "%QUERY%", "b": "%QUERY%"}' }`),
    ],
    ['quotes in quotes', `- { type: template, template: "{{ query${'|tojson'.repeat(60)} }}" }`],
    [
      'long prefixes',
      `- &long { type: embed, prefix: '${'x'.repeat(300_000)}' }\n${times(30, '- *long')}`,
    ],
    [
      'a nest of all',
      `- type: nest\n  items: [${inARow(30, '{ type: nest, items: [{ type: simple_template, template: "{query}{query}" }] },')}]`,
    ],
  ])('grows to a bound: %s', (_, items) => {
    expect(processed('a"b\\c ', items)).toMatch(grows);
  });

  test('may be as long as the bound', () => {
    expect(
      processed(
        'a'.repeat(longest / 4),
        "- { type: simple_template, template: '{query}{query}{query}{query}' }",
      ),
    ).toHaveLength(longest);
  });

  test('is read for a bounded time, if many items read it', () => {
    const items = times(2900, "- { type: embed, prefix: '' }");
    expect(processed('a'.repeat(longest / 2), items)).toMatch(makes);
  });

  test('is read for a bounded time, if a template reads it in loops', () => {
    const bag = createBag();
    const tags = `tags: [${Array.from({ length: 3000 }, (_, index) => `a.b${index}`).join(', ')}]\n`;
    const template = '{% for a in rule.tags %}{% if query == query %}{% endif %}{% endfor %}';
    const apply = compiledAfter(
      ruleOf('a: b', tags),
      `postprocessing: [{ type: template, template: '${template}' }]\n`,
      bag,
    )?.processing?.postprocess;
    expect(() => apply?.('a'.repeat(longest / 2))).toThrow(makes);
  });

  const long = 'a'.repeat(20_000);
  const lists = `[${times(100, `'${long}',`).replaceAll('\n', '')}]`;
  test.each([
    ['the length of a literal', `{% if '${long}'|length == 1 %}{% endif %}`],
    ['a literal that is true', `{{ '' if '${long}' else '' }}`],
    ['what is stripped of a literal', `{{ '${long}'.strip('a') }}`],
    ['a short part of a long text', `{{ '${long}'[:0] }}`],
    ['what a filter hands on', `{% set z = (l|first)[0] %}`],
    ['the ends of what filters hand on', `{% if (l|first).endswith(l|last) %}{% endif %}`],
    ['attributes', `{% set z = l|map(attribute='0') %}`],
  ])('is read for a bounded time, if loops read %s', (_, body) => {
    const template = `{% set l = ['${long}'] %}{% for i in range(5000) %}${body}{% endfor %}`;
    expect(processed('', `- { type: template, template: ${JSON.stringify(template)} }`)).toMatch(
      makes,
    );
  });

  test.each([
    ['sorted', '|sort'],
    ['of no double', '|unique'],
    ['trimmed', "|map('trim')"],
    ['as numbers', "|map('int')"],
    ['in lower case', "|select('lower')"],
  ])('is read for a bounded time, if loops read the texts of a list: %s', (_, filter) => {
    const template = `{% set l = ${lists} %}{% for i in range(1000) %}{{ (l${filter})[:0]|join }}{% endfor %}`;
    expect(processed('', `- { type: template, template: ${JSON.stringify(template)} }`)).toMatch(
      makes,
    );
  });

  test('is read for a bounded time, if loops do nothing', () => {
    const loops = `{% set r = range(1000) %}${'{% for i in r %}{% endfor %}'.repeat(100)}`;
    const item = `- { type: template, template: ${JSON.stringify(loops)} }`;
    expect(processed('', times(100, item))).toMatch(makes);
  });

  test.each([
    ['tags', `tags: [${Array.from({ length: 3000 }, (_, at) => `a.b${at}`).join(', ')}]\n`, 'tags'],
    [
      'attributes of its own',
      Array.from({ length: 2000 }, (_, at) => `x${at}: 1\n`).join(''),
      'custom_attributes',
    ],
  ])('is made for a bounded time, if loops read %s of the rule', (_, lines, name) => {
    const template = `{% for i in range(10000) %}{% if rule.${name} %}{% endif %}{% endfor %}`;
    const items = `postprocessing: [{ type: template, template: '${template}' }]\n`;
    const apply = compiledAfter(ruleOf('a: b', lines), items, createBag())?.processing?.postprocess;
    const start = cpuMilliseconds();
    expect(() => apply?.('')).toThrow(makes);
    expect(cpuMilliseconds() - start).toBeLessThan(3000);
  });

  test('takes no longer, the more names a loop could read', () => {
    const timeWith = (names: number): number => {
      const sets = Array.from({ length: names }, (_, index) => `{% set a${index} = 1 %}`).join('');
      const loops = `{% set r = range(1000) %}${'{% for i in r %}{% endfor %}'.repeat(20)}`;
      const start = cpuMilliseconds();
      expect(processed('', `- { type: template, template: ${JSON.stringify(sets + loops)} }`)).toBe(
        '',
      );
      return cpuMilliseconds() - start;
    };
    timeWith(10);
    expect(timeWith(2000)).toBeLessThan(500 + 3 * timeWith(10));
  });

  test('is stripped of many characters in a bounded time', () => {
    const template = `{{ '${'a'.repeat(200_000)}'.strip('${'b'.repeat(200_000)}a') }}x`;
    expect(processed('', `- { type: template, template: "${template}" }`)).toBe('x');
  });

  test('is read for a bounded time, if each search of a pattern reads it to its end', () => {
    let read = 0;
    const work: Work = {
      ...workOfRule(),
      characters: (count) => {
        read += count;
      },
    };
    unwrapped(unwrapped(pythonRegex('a*b|a')).replacer('c'))('a'.repeat(1000), work);
    expect(read).toBeGreaterThan((1000 * 1000) / 2);
    read = 0;
    unwrapped(unwrapped(pythonRegex('ab?')).replacer('c'))('a'.repeat(1000), work);
    expect(read).toBeLessThan(10 * 1000);
  });
});

describe('a rule', () => {
  const ten = '[A, B, C, D, E, F, G, H, I, J]';
  const each = ten.replaceAll(/\w/g, (name) => `${name}: ${ten}`).replaceAll(/^\[(.*)\]$/g, '{$1}');
  test.each([
    [
      'one name to many, over and over',
      'A: x',
      times(12, `- { type: field_name_mapping, mapping: { A: [A, A, A, A, A, A, A, A, A, A] } }`),
    ],
    ['names of names', 'A: x', times(12, `- { type: field_name_mapping, mapping: ${each} }`)],
    [
      'fields that values refer to',
      'x|fieldref: A',
      times(12, `- { type: field_name_mapping, mapping: ${each} }`),
    ],
    [
      'values',
      'a|all: [A, B]',
      times(12, `- { type: map_string, mapping: { A: ${ten.replaceAll(/\w/g, 'A')} } }`),
    ],
    [
      'long values',
      'a: A',
      times(30, `- { type: replace_string, regex: '(.)', replacement: '${'\\1'.repeat(64)}' }`),
    ],
    [
      'a nest',
      'A: x',
      times(
        3,
        `- { type: nest, items: [${inARow(5, `{ type: field_name_mapping, mapping: ${each} },`)}] }`,
      ),
    ],
  ])('grows to a bound: %s', (_, lines, items) => {
    expect(queryAfter(lines, items)).toMatch(
      /(?:^|; )PIP002 1:8 (?:the pipelines make more than 500000 entries of the rule|the text grows beyond)/,
    );
  });

  test('has its list of fields bounded', () => {
    const bag = createBag();
    compiledAfter(
      ruleOf('b: x', 'fields: [A]\n'),
      `transformations:\n${times(12, `- { type: field_name_mapping, mapping: ${each} }`)}\n`,
      bag,
    );
    expect(told(bag)[0]).toMatch(makes);
  });

  test('takes conditions that many items add one after the other', () => {
    const found = queryAfter(
      'A: x',
      times(2500, '- { type: add_condition, conditions: { B: y } }'),
    );
    expect(found).toMatch(/^(?:and\(|PIP002 1:8 the pipelines make more than)/);
  });
});

describe('a pipeline', () => {
  test('has a bounded number of items, nested ones counted', () => {
    const bag = createBag();
    const items = times(
      60,
      `- { type: nest, items: [${inARow(59, '{ type: drop_detection_item },')}] }`,
    );
    expect(pipelineOf(`transformations:\n${items}\n`, bag)).toBeUndefined();
    expect(told(bag)).toEqual([
      expect.stringMatching(/^PIP001 \d+:\d+ the pipeline has more than 3000 items/),
    ]);
  });

  test.each([
    [
      'brackets',
      `{{ ${'('.repeat(20_000)}query${')'.repeat(20_000)} }}`,
      'a block has more than 500 names and signs',
    ],
    ['not', `{{ ${'not '.repeat(20_000)}query }}`, 'a block has more than 500 names and signs'],
    [
      'filters',
      `{{ query${'|upper'.repeat(20_000)} }}`,
      'a block has more than 500 names and signs',
    ],
    [
      'choices',
      `{{ ${'query if query else '.repeat(20_000)}query }}`,
      'a block has more than 500 names and signs',
    ],
    [
      'quotes that are not closed',
      `{{ '${"\\'".repeat(10_000)}`,
      'a block has more than 500 names and signs',
    ],
    [
      'conditions',
      '{% if query %}'.repeat(20_000),
      'blocks stand more than 50 deep in one another',
    ],
    [
      'loops',
      '{% for a in rule.tags %}'.repeat(20_000),
      'blocks stand more than 50 deep in one another',
    ],
  ])('holds no template of endless depth: %s', (_, template, message) => {
    const bag = createBag();
    pipelineOf(`postprocessing: [{ type: template, template: ${JSON.stringify(template)} }]`, bag);
    expect(told(bag)).toEqual([expect.stringMatching(new RegExp(`^PIP001 1:\\d+ ${message}`))]);
  });

  test('a template that is not too deep is read', () => {
    const deep = `{{ ${'('.repeat(200)}query${')'.repeat(200)} }}${'{% if query %}'.repeat(50)}x${'{% endif %}'.repeat(50)}`;
    expect(processed('q', `- { type: template, template: ${JSON.stringify(deep)} }`)).toBe('qx');
  });
});

describe('the output of finalizers', () => {
  const many = Array.from({ length: 100 }, (_, index) => `a"${index}`);
  test.each([
    ['JSON in JSON', times(60, '- { type: json }'), ['"'.repeat(12_000_000)]],
    [
      'templates',
      `- { type: concat }\n${times(60, "- { type: template, template: '{{ queries ~ queries }}' }")}`,
      many,
    ],
    ['separators', `- { type: concat, separator: '${'x'.repeat(1_000_000)}' }`, many],
  ])('grows to a bound: %s', (_, items, queries) => {
    const pipeline = pipelineOf(`finalizers:\n${items}\n`);
    const [finalizer] = pipeline?.finalizers ?? [];
    const run = (): unknown =>
      finalizer?.apply(queries, { vars: new Map(), conversion: new Map(), states: [] });
    expect(run).toThrow(/^the text grows beyond 33554432 characters/);
  });
});

describe('a regular expression', () => {
  const bomb = `${'a'.repeat(60)}!`;
  test.each([
    ['look-ahead', '(?!x)(a+)+$'],
    ['look-behind', '(?<!x)(a+)+$'],
    ['a back-reference', '(a)(?:a|a\\1|aa)*$'],
    ['alternatives', '(?!x)(?:a|a|aa)*$'],
    ['inside look-ahead', '(?=(?:a|a)*$)'],
    ['a class that RE2 has not', '^(?:[\\Wa]|a|aa)*(?:b|(?<!!)$)'],
    ['counts', '(?!x)(?:a{1,3}){1,40}$'],
  ])('takes a bounded number of steps: %s', (_, pattern) => {
    const regex = unwrapped(pythonRegex(pattern));
    expect(() => regex.finds(bomb, workOfRule())).toThrow(ProcessingError);
    expect(regex.finds('aaa', workOfRule())).toBe(true);
  });

  test('is no larger, written out, than it may be', () => {
    expect(() => unwrapped(pythonRegex('(?!x)(?:(?:a{900}){900}){900}'))).toThrow(
      'the pattern takes more than 50000 steps written out',
    );
    expect(() => unwrapped(pythonRegex(`(?!x)${'('.repeat(5000)}a${')'.repeat(5000)}`))).toThrow(
      'the pattern has more than 200 groups in groups',
    );
  });

  test.each([
    [
      'condition',
      "- { type: drop_detection_item, field_name_conditions: [{ type: include_fields, fields: ['(?!x)(a+)+$'], mode: re }] }",
    ],
    ['value', "- { type: replace_string, regex: '(?!x)(a+)+$', replacement: '' }"],
    ['extraction', "- { type: extract_fields, regex: '(?!x)(?P<b>a+)+$' }"],
  ])('is told as a fault of the rule: %s', (_, items) => {
    expect(queryAfter(`${bomb}: ${bomb}`, items)).toMatch(
      /^PIP002 1:8 a regular expression takes too many steps \(\w+, pipeline\.yml:2\)/,
    );
  });

  // each text takes fewer steps than one may take
  const many = Array.from({ length: 3000 }, (_, index) => `${'a'.repeat(11)}${index}`);
  test.each([
    [
      'condition of fields',
      "- { type: drop_detection_item, field_name_conditions: [{ type: include_fields, fields: ['^(?=(?:a|a)*b)x'], mode: re }] }",
    ],
    [
      'condition of values',
      "- { type: drop_detection_item, detection_item_conditions: [{ type: match_string, cond: any, pattern: '^(?=(?:a|a)*b)x' }] }",
    ],
    ['value', "- { type: replace_string, regex: '^(?=(?:a|a)*b)x', replacement: y }"],
    ['extraction', "- { type: extract_fields, regex: '^(?=(?:a|a)*b)(?P<b>x)' }"],
  ])('takes a bounded number of steps for all of a rule: %s', (_, items) => {
    const lines = many.map((text) => `${text}: [${text}]`).join('\n');
    expect(queryAfter(lines, items)).toMatch(
      /^PIP002 1:8 the pipelines make more than 500000 entries of the rule/,
    );
  });

  test('takes a bounded number of steps for all of a file', () => {
    const bag = createBag();
    const text =
      "transformations: [{ type: file_placeholders, path: list.txt, filter: '^(?=(?:a|a)*b)x' }]";
    expect(pipelineOf(text, bag, { 'list.txt': many })).toBeUndefined();
    expect(told(bag)).toEqual([
      expect.stringMatching(
        /^PIP001 1:\d+ the pipelines make more than 500000 entries of the file/,
      ),
    ]);
  });

  test('of a file is told as a fault of the pipeline', () => {
    const bag = createBag();
    const text =
      "transformations: [{ type: file_placeholders, path: list.txt, filter: '(?!x)(a+)+$' }]";
    expect(pipelineOf(text, bag, { 'list.txt': [bomb] })).toBeUndefined();
    expect(told(bag)).toEqual([
      expect.stringMatching(/^PIP001 1:\d+ a regular expression takes too many steps/),
    ]);
  });

  test('finds what RegExp finds', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '[ab]',
      '[^a]',
      '(?=a)',
      '(?!b)',
      '(?<=a)',
      '(?<!b)',
      '(?<=ab?)',
      '(a|b)',
      '(?:a|ab)',
      '(?:)',
      '(b*)',
      '\\u{61}',
      '[^]',
    );
    const repeat = fc.constantFrom(
      '',
      '',
      '',
      '*',
      '+',
      '?',
      '*?',
      '+?',
      '??',
      '{2}',
      '{1,2}',
      '{0,2}?',
      '{1,}',
    );
    const looks = (part: string): boolean => /^\(\?<?[=!]/.test(part);
    const branch = fc
      .array(fc.tuple(atom, repeat), { minLength: 1, maxLength: 5 })
      .map((parts) =>
        parts.map(([part, sign]) => (looks(part) ? `(?:${part})` : part) + sign).join(''),
      );
    const pattern = fc.oneof(
      branch,
      fc.tuple(branch, branch).map(([a, b]) => `(?:${a}|${b})${a.length % 2 ? '*' : ''}`),
    );
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom('a', 'b', 'A', '😀'), maxLength: 8 }),
        fc.boolean(),
        (source, text, ignoreCase) => {
          const machine = backtracking(source, ignoreCase)(Array.from(text));
          const found = machine.find(0, false);
          const expected = new RegExp(source, ignoreCase ? 'vi' : 'v').exec(text);
          const place = expected && Array.from(text.slice(0, expected.index)).length;
          expect(found?.slice(0, 2)).toEqual(
            expected && place !== null
              ? [place, place + Array.from(expected[0]).length]
              : undefined,
          );
        },
      ),
      { seed: 16, numRuns: runs(2000) },
    );
  });
});

test('a literal of a template may be as long as a file', () => {
  const long = 'a'.repeat(9 * longest);
  const template = unwrapped(parseJinja(`{% if "${long}" %}x{% endif %}`, queryRoots));
  const work: Work = { ...workOfRule(), characters: () => undefined };
  expect(unwrapped(template(new Map(), work))).toBe('x');
});

test('work is counted, and a text is refused before it is made', () => {
  let characters = 0;
  const work: Work = {
    longest: 10,
    entries: () => undefined,
    characters: (count) => {
      characters += count;
    },
  };
  const text = growingText(work);
  text.add('12345');
  expect(() => text.add('678901')).toThrow('the text grows beyond 10 characters');
  expect([text.text(), characters]).toEqual(['12345', 5]);
  const template = unwrapped(parseJinja('{{ query|replace("a", "bbbbbbbb") }}', queryRoots));
  expect(() => template(new Map([['query', 'aa']]), work)).toThrow(ProcessingError);
  expect(characters).toBeLessThan(50);
});
