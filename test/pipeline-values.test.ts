import { describe, expect, test } from 'vitest';
import { defaultTargetSettings, targets } from '../src/backend/registry.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { told } from './diagnostics.ts';
import { compiledAfter, queryAfter, ruleOf } from './pipeline-run.ts';
import { splunk } from './registered.ts';

describe('replace_string', () => {
  test.each([
    [
      'every match',
      'a: x-y-z',
      "- { type: replace_string, regex: '-', replacement: _ }",
      'a=‹x_y_z›',
    ],
    [
      'wildcards are written out',
      "a|startswith: 'C:\\Users\\'",
      "- { type: replace_string, regex: '^C:', replacement: '*' }",
      'a=*‹\\Users\\›*',
    ],
    [
      'a wildcard is what is replaced',
      'a|contains: b',
      "- { type: replace_string, regex: '^\\*', replacement: '' }",
      'a=‹b›*',
    ],
    [
      'what has no match stays',
      "a: 'x\\\\*'",
      '- { type: replace_string, regex: q, replacement: r }',
      'a=‹x\\›*',
    ],
    [
      'escaped wildcards stay escaped',
      "a: 'x\\*-\\?'",
      "- { type: replace_string, regex: '-', replacement: '' }",
      'a=‹x*?›',
    ],
    [
      'groups',
      'a: user@host',
      "- { type: replace_string, regex: '(.*)@(?P<h>.*)', replacement: '\\g<h>\\\\\\1' }",
      'a=‹host\\user›',
    ],
    [
      "JavaScript's own signs",
      'a: xyz',
      "- { type: replace_string, regex: y, replacement: '$&$1' }",
      'a=‹x$&$1z›',
    ],
    [
      'numbers become texts',
      'a: [12, true]',
      "- { type: replace_string, regex: '1', replacement: '' }",
      'or(a=‹2›, a=true:boolean)',
    ],
    [
      'skip_special',
      "a: '*x*'",
      "- { type: replace_string, regex: '.', replacement: '*', skip_special: true }",
      'a=*‹*›*',
    ],
    [
      'interpret_special',
      "a: 'x y'",
      "- { type: replace_string, regex: ' ', replacement: '*', skip_special: true, interpret_special: true }",
      'a=‹x›*‹y›',
    ],
    [
      'cased texts stay cased',
      'a|cased: X-y',
      "- { type: replace_string, regex: '-', replacement: _ }",
      'a==‹X_y›',
    ],
    [
      'a bad pattern',
      'a: x',
      "- { type: replace_string, regex: '(', replacement: '' }",
      /PIP001 2:34 `\(` is not a regular expression/,
    ],
    [
      'a bad replacement',
      'a: x',
      "- { type: replace_string, regex: x, replacement: '\\2' }",
      /PIP001 .* no group/,
    ],
  ])('%s', (_, lines, items, wanted) => {
    if (typeof wanted === 'string') expect(queryAfter(lines, items)).toBe(wanted);
    else expect(queryAfter(lines, items)).toMatch(wanted);
  });
});

describe('other changes of values', () => {
  test.each([
    [
      'map_string',
      'a: [one, two, three]',
      '- { type: map_string, mapping: { one: 1st, two: [2nd, 2*], constructor: x } }',
      'or(a=‹1st›, a=‹2nd›, a=‹2›*, a=‹three›)',
    ],
    [
      'map_string takes whole values as written',
      "a|contains: one\nb: 'o\\*'",
      "- { type: map_string, mapping: { one: x, '*one*': y, 'o\\*': z } }",
      'and(a=‹y›, b=‹z›)',
    ],
    [
      'map_string to nothing drops',
      'a: [one, two]',
      '- { type: map_string, mapping: { one: [] } }',
      'a=‹two›',
    ],
    [
      'set_value text',
      'a: [1, x]\nb|windash: -f',
      '- { type: set_value, value: y*, field_name_conditions: [{ type: include_fields, fields: [b] }] }',
      'and(or(a=1:number, a=‹x›), b=‹y›*)',
    ],
    ['set_value number', 'a: x', '- { type: set_value, value: 5 }', 'a=5:number'],
    ['set_value null', 'a: x', '- { type: set_value, value: null }', 'a=null'],
    ['set_value truth', 'a: x', '- { type: set_value, value: false }', 'a=false:boolean'],
    ['set_value of exists', 'a|exists: false', '- { type: set_value, value: x }', 'a=‹x›'],
    ['set_value force str', 'a: x', '- { type: set_value, value: 5, force_type: str }', 'a=‹5›'],
    [
      'set_value force num',
      'a: x',
      "- { type: set_value, value: '5', force_type: num }",
      'a=5:number',
    ],
    [
      'set_value no number',
      'a: x',
      '- { type: set_value, value: x, force_type: num }',
      'PIP001 2:29 `x` is not a number',
    ],
    [
      'set_value null by force',
      'a: x',
      '- { type: set_value, value: null, force_type: str }',
      'PIP001 2:29 null can be no `force_type`',
    ],
    [
      'convert_type str',
      'a: [5, x, 1.5]',
      '- { type: convert_type, target_type: str }',
      'or(a=‹5›, a=‹x›, a=‹1.5›)',
    ],
    [
      'convert_type num',
      "a: ['5', -7, '18446744073709551616']",
      '- { type: convert_type, target_type: num }',
      'or(a=5:number, a=-7:number, a=18446744073709551616:bigint)',
    ],
    [
      'convert_type of no number',
      'a: x',
      '- { type: convert_type, target_type: num }',
      'PIP002 6:5 the value `x` is not a number (convert_type, pipeline.yml:2)',
    ],
    ['case lower', "a: 'AbC*D'", '- { type: case }', 'a=‹abc›*‹d›'],
    ['case upper', 'a|cased: aß', '- { type: case, method: upper }', 'a==‹ASS›'],
    [
      'case snake',
      'a: [EventLogName, ID]',
      '- { type: case, method: snake_case }',
      'or(a=‹event_log_name›, a=‹i_d›)',
    ],
    [
      'case of no kind',
      'a: x',
      '- { type: case, method: title }',
      'PIP001 2:25 `method` must be one of lower, upper, snake_case, not `title`',
    ],
    ['regex plain', "a: 'x.y*'", '- { type: regex, method: plain }', 'a=/^x\\.y/s'],
    ['regex flag', "a: '?x'", '- { type: regex, method: ignore_case_flag }', 'a=/^.x$/is'],
    ['regex brackets', 'a: [a1é, 5]', '- { type: regex }', 'or(a=/^[aA]1[éÉ]$/s, a=5:number)'],
    ['regex of an empty text', "a: ''", '- { type: regex }', 'a=‹›'],
    ['regex of a wildcard', "a: '*'", '- { type: regex, method: plain }', 'a=/.*/s'],
    [
      'regex with a placeholder',
      "a|expand: '%p%'",
      '- { type: regex }',
      /PIP002 6:5 the placeholder `%p%` can't be part of a regular expression/,
    ],
  ])('%s', (_, lines, items, wanted) => {
    if (typeof wanted === 'string') expect(queryAfter(lines, items)).toBe(wanted);
    else expect(queryAfter(lines, items)).toMatch(wanted);
  });

  test('the numbers of others are left alone by what takes texts', () => {
    expect(queryAfter('a: 5', '- { type: map_string, mapping: { 5: x } }')).toBe('a=5:number');
  });
});

describe('hashes_fields', () => {
  const md5 = '0'.repeat(32);
  const sha1 = '1'.repeat(40);
  const all = 'valid_hash_algos: [MD5, SHA1]';
  test.each([
    [
      'by name',
      `Hashes|contains: ['MD5=${md5}', 'sha1=${sha1}', 'MD5|abc']`,
      all,
      `or(MD5=‹${md5}›, MD5=‹abc›, SHA1=‹${sha1}›)`,
    ],
    [
      'by length',
      `Hash: ['${md5}', '*${sha1}*']`,
      `${all}, field_prefix: File`,
      `or(FileMD5=‹${md5}›, FileSHA1=‹${sha1}›)`,
    ],
    [
      'one field for all',
      `Hashes: ['${md5}', 'SHA1=1']`,
      `${all}, field_prefix: hash, drop_algo_prefix: true`,
      `or(hash=‹${md5}›, hash=‹1›)`,
    ],
    ['others are left out', `Hashes: ['${md5}', 'IMPHASH=5']`, all, `MD5=‹${md5}›`],
    [
      'none is left',
      `Hashes: IMPHASH=5`,
      all,
      'PIP002 6:5 no value is a hash of MD5, SHA1 (hashes_fields, pipeline.yml:2)',
    ],
    ['other fields', `md5: '${md5}'`, all, `md5=‹${md5}›`],
    [
      'fields by name',
      `h: 'MD5=1'\nHashes: x`,
      `${all}, field_to_parse: [h]`,
      'and(MD5=‹1›, Hashes=‹x›)',
    ],
    ['numbers stay', 'Hashes: [5, MD5=1]', all, 'or(Hashes=5:number, Hashes=‹MD5=1›)'],
    ['all of them', `Hashes|contains|all: ['MD5=1', 'SHA1=2']`, all, 'and(MD5=‹1›, SHA1=‹2›)'],
    ['none of them', `Hashes|neq: ['MD5=1', 'SHA1=2']`, all, 'and(not(MD5=‹1›), not(SHA1=‹2›))'],
    [
      'nothing to name a field by',
      'Hashes: x',
      `${all}, drop_algo_prefix: true`,
      'PIP001 2:75 drop_algo_prefix without a field_prefix leaves no name',
    ],
  ])('%s', (_, lines, parameters, wanted) => {
    expect(queryAfter(lines, `- { type: hashes_fields, ${parameters} }`)).toBe(wanted);
  });
});

describe('extract_fields', () => {
  const regex = "regex: '(?P<type>[A-Za-z]+):(?P<value>.*)'";
  test.each([
    ['a field a group', 'a: Dword:007', regex, 'and(type=‹Dword›, value=‹007›)'],
    [
      'prefix and numbers',
      'a: [Dword:7, Str:1.5]',
      `${regex}, field_prefix: reg`,
      'or(and(reg.type=‹Dword›, reg.value=7:number), and(reg.type=‹Str›, reg.value=1.5:number))',
    ],
    ['null and nothing', "a: ['x:None', 'y:']", regex, 'or(and(type=‹x›, value=null), type=‹y›)'],
    ['what does not match is dropped', 'a: [x:1, y]', regex, 'and(type=‹x›, value=1:number)'],
    [
      'or kept',
      'a: [x:1, y]',
      `${regex}, preserve_unmatched: true`,
      'or(and(type=‹x›, value=1:number), a=‹y›)',
    ],
    ['without a match the item stays', 'a: [x, y]', regex, 'or(a=‹x›, a=‹y›)'],
    ['numbers stay', 'a: [x:1, 5]', regex, 'or(a=‹x:1›, a=5:number)'],
    ['all', 'a|all: [x:1, y:2]', regex, 'and(type=‹x›, value=1:number, type=‹y›, value=2:number)'],
    [
      'none',
      'a|neq: [x:1, y:2]',
      regex,
      'and(or(not(type=‹x›), not(value=1:number)), or(not(type=‹y›), not(value=2:number)))',
    ],
    ['no group', 'a: x', 'regex: x', 'PIP001 2:34 the regular expression has no named group'],
  ])('%s', (_, lines, parameters, wanted) => {
    expect(queryAfter(lines, `- { type: extract_fields, ${parameters} }`)).toBe(wanted);
  });
});

describe('placeholders', () => {
  const value = "a|expand: 'x%admins%y%hosts%'";
  const vars =
    'vars: { admins: [root, 5, 1.5], hosts: h*, empty: [], map: { a: 1 }, flag: true }\n';
  test.each([
    ['wildcards', value, '- { type: wildcard_placeholders }', 'a=‹x›*‹y›*'],
    [
      'only some wildcards',
      value,
      '- { type: wildcard_placeholders, include: [admins] }\n- { type: value_placeholders, exclude: [admins] }',
      'a=‹x›*‹yh›*',
    ],
    [
      'values multiply',
      value,
      '- { type: value_placeholders }',
      'or(a=‹xrooty›‹h›*, a=‹x5y›‹h›*, a=‹x1.5y›‹h›*)'.replaceAll('›‹', ''),
    ],
    [
      'values beside others',
      "a|expand: ['%admins%', z]",
      '- { type: value_placeholders }',
      'or(a=‹root›, a=‹5›, a=‹1.5›, a=‹z›)',
    ],
    ['truth', "a|expand: '%flag%'", '- { type: value_placeholders }', 'a=‹True›'],
    [
      'no value',
      "a|expand: '%nobody%'",
      '- { type: value_placeholders }',
      'PIP002 6:5 the placeholder `%nobody%` has no value (value_placeholders, pipeline.yml:3)',
    ],
    [
      'no such thing as a prototype',
      "a|expand: '%constructor%'",
      '- { type: value_placeholders }',
      /PIP002 .*`%constructor%` has no value/,
    ],
    [
      'an empty list',
      "a|expand: '%empty%'",
      '- { type: value_placeholders }',
      /PIP002 .*`%empty%` is empty/,
    ],
    [
      'a map',
      "a|expand: '%map%'",
      '- { type: value_placeholders }',
      /PIP002 .*`%map%` is neither text nor number/,
    ],
    [
      'both lists',
      value,
      '- { type: value_placeholders, include: [a], exclude: [b] }',
      'PIP001 3:54 `include` and `exclude` exclude each other',
    ],
    [
      'a file',
      "a|expand: '%p%'",
      "- { type: file_placeholders, path: list.txt, filter: '^[^#]' }",
      'or(a=‹one›, a=‹two›*)',
    ],
    [
      'no file',
      "a|expand: '%p%'",
      '- { type: file_placeholders, path: ../x }',
      "PIP001 3:36 `../x` can't be read",
    ],
    [
      'a file of another kind',
      "a|expand: '%p%'",
      '- { type: file_placeholders, path: list.txt, format: xml }',
      'PIP001 3:54 `format` must be one of plaintext, csv, json, yaml, not `xml`',
    ],
    [
      'a command',
      value,
      '- { type: command_placeholders, cmd: ls }',
      /PIP001 3:11 `command_placeholders` is refused: it would run a command/,
    ],
    [
      'a URL',
      value,
      '- { type: http_placeholders, url: x }',
      /PIP001 3:11 `http_placeholders` is refused: it would fetch a URL/,
    ],
    [
      'left over',
      "a|expand: '%p%'",
      '- { type: value_placeholders, exclude: [p] }',
      'SIG024 6:15 placeholder `%p%` has no value',
    ],
  ])('%s', (_, lines, items, wanted) => {
    const found = queryAfter(lines, items, vars, { 'list.txt': [' one ', '', '#no', 'two*'] });
    if (typeof wanted === 'string') expect(found).toBe(wanted);
    else expect(found).toMatch(wanted);
  });

  test('a product beyond all measure is refused', () => {
    const many = `vars: { p: [${Array.from({ length: 150 }, (_, at) => at).join(', ')}] }\n`;
    expect(queryAfter("a|expand: '%p%%p%'", '- { type: value_placeholders }', many)).toContain(
      'more than 10000 values of one',
    );
  });
});

describe('query_expression_placeholders', () => {
  const lookup =
    "- { type: query_expression_placeholders, expression: '[| inputlookup {id} | rename user as {field}]', mapping: { admins: admin_list.csv } }";
  const printedBy = (target: string, lines: string, items: string): string => {
    const bag = createBag();
    const compiled = compiledAfter(ruleOf(lines), `transformations:\n${items}\n`, bag);
    const found =
      compiled &&
      targets.find(({ name }) => name === target)?.convert(compiled, defaultTargetSettings);
    if (!found) return told(bag).join('; ');
    return found.ok
      ? found.value.queries.join('; ')
      : found.error.map(({ code, message }) => `${code} ${message}`).join('; ');
  };
  const plain = "- { type: query_expression_placeholders, expression: '{field} in {{list}} {id}' }";

  test.each([
    [
      'splunk',
      "User|expand: '%admins%'\nImage: x",
      lookup,
      /\[\| inputlookup admin_list\.csv \| rename user as User\]/,
    ],
    ['splunk', "User|expand: '%admins%'\nImage: x", plain, /\(User in \{list\} admins\)/],
    [
      'splunk',
      "User|expand: '%admins%'\nImage|re: x",
      lookup,
      /^\[\| inputlookup .*\| where match\('Image'/s,
    ],
    ['es-qs', "win-user|expand: '%admins%'", plain, /\(win\\-user in \{list\} admins\)/],
    ['graylog', "User|expand: '%admins%'", plain, /\(User in \{list\} admins\)/],
    ['logpoint', "User|expand: '%admins%'", plain, /\(User in \{list\} admins\)/],
    ['grep', "User|expand: '%admins%'", plain, /TGT001 grep knows no query expressions/],
    [
      'splunk',
      "'%a\"b%|expand': x\nUser|expand: '%a\"]b%'",
      plain,
      /PIP002 .*can't be in a query expression/,
    ],
    [
      'splunk',
      "'us \"er|expand': '%admins%'",
      plain,
      /TGT001 the field `us "er` can't be in the query expression/,
    ],
    ['splunk', "User|expand: 'x%admins%'", plain, /PIP002 .*can't be part of a value/],
    [
      'splunk',
      "User|expand: '%admins%'",
      "- { type: query_expression_placeholders, expression: '{field.__class__}' }",
      /PIP001 2:54 `expression` takes \{field\} and \{id\} alone/,
    ],
    [
      'splunk',
      "User|expand: '%admins%'",
      "- { type: query_expression_placeholders, expression: x, mapping: { admins: 'a]b' } }",
      /PIP001 .*`a\]b` can't be/,
    ],
  ])('%s: %s', (target, lines, items, wanted) => {
    expect(printedBy(target, lines, items)).toMatch(wanted);
  });

  test('beside what the search command can not say, it is refused', () => {
    const bag = createBag();
    const text =
      "title: T\nid: 00000000-0000-4000-8000-000000000000\nlogsource: { product: windows }\ndetection:\n  a: { User|expand: '%admins%' }\n  b: { Image|re: x }\n  condition: a or b\n";
    const compiled = compiledAfter(text, `transformations:\n${lookup}\n`, bag);
    const found = compiled && splunk.convert(compiled, defaultTargetSettings);
    expect(found?.ok === false && found.error.map(({ message }) => message)).toEqual([
      'a query expression of a pipeline belongs to the search command, and this part of the rule needs `where`',
    ]);
  });
});
