import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { csvRows } from '../src/source/csv/csv-rows.ts';
import { ruleText } from './compile.ts';
import { queryAfter } from './pipeline-run.ts';
import { sigpack } from './sigpack.ts';

const files = {
  'list.txt': [' one ', '', '#no', 'two*'],
  'hosts.csv': ['name,ip,note', 'a,10.0.0.1,"x, ""y"""', 'b,10.0.0.2', 'c', '', 'd,,z'],
  'plain.csv': ['a;b,1', 'c,2'],
  'hosts.json': [
    '{"hosts": [{"ip": "10.0.0.1", "up": true}, {"ip": null}, {"ip": "10.0.0.3", "port": 80.5}], "a b": {"c.d": ["x"]}, "__proto__": ["own"]}',
  ],
  'hosts.yaml': ['hosts:', '  - ip: 10.0.0.1', '  - ip: 10.0.0.2'],
  'broken.json': ['{'],
  'empty.csv': ['ip'],
};

const filled = (parameters: string): string =>
  queryAfter("a|expand: '%p%'", `- { type: file_placeholders, ${parameters} }`, '', files);

// values as pySigma 1.5.1 takes them; empty ones it keeps, and we leave out
describe('values come from', () => {
  test.each([
    ['lines', "path: list.txt, filter: '^[^#]'", 'or(a=‹one›, a=‹two›*)'],
    [
      'a column by name',
      'path: hosts.csv, format: csv, csv_column: ip',
      'or(a=‹10.0.0.1›, a=‹10.0.0.2›)',
    ],
    [
      'a column by number',
      'path: hosts.csv, format: csv, csv_column: 0',
      'or(a=‹a›, a=‹b›, a=‹c›, a=‹d›)',
    ],
    [
      'cells with quotes',
      'path: hosts.csv, format: csv, csv_column: note',
      'or(a=‹x, "y"›, a=‹z›)',
    ],
    [
      'a table without a header',
      'path: plain.csv, format: csv, csv_column: 1, csv_has_header: false',
      'or(a=‹1›, a=‹2›)',
    ],
    [
      'a column with a filter',
      "path: hosts.csv, format: csv, csv_column: ip, filter: '2$'",
      'a=‹10.0.0.2›',
    ],
    [
      'JSON',
      "path: hosts.json, format: json, jq_expression: '.hosts[].ip'",
      'or(a=‹10.0.0.1›, a=‹10.0.0.3›)',
    ],
    [
      'JSON behind a bar',
      "path: hosts.json, format: json, jq_expression: '.hosts | .[] | .ip'",
      'or(a=‹10.0.0.1›, a=‹10.0.0.3›)',
    ],
    [
      'an entry of JSON',
      "path: hosts.json, format: json, jq_expression: '.hosts[-1].port'",
      'a=‹80.5›',
    ],
    ['a truth value', "path: hosts.json, format: json, jq_expression: '.hosts[0].up'", 'a=‹True›'],
    ['odd names', `path: hosts.json, format: json, jq_expression: '."a b"["c.d"][]'`, 'a=‹x›'],
    [
      'a name that objects have',
      "path: hosts.json, format: json, jq_expression: '.__proto__[]'",
      'a=‹own›',
    ],
    [
      'what may be missing',
      "path: hosts.json, format: json, jq_expression: '.[].c[]?, '",
      /is not supported here/,
    ],
    [
      'steps that may fail',
      "path: hosts.json, format: json, jq_expression: '.hosts[].ip[]?'",
      /has no values/,
    ],
    [
      'YAML',
      "path: hosts.yaml, format: yaml, jq_expression: '.hosts[].ip'",
      'or(a=‹10.0.0.1›, a=‹10.0.0.2›)',
    ],
  ])('%s', (_, parameters, wanted) => {
    if (typeof wanted === 'string') expect(filled(parameters)).toBe(wanted);
    else expect(filled(parameters)).toMatch(wanted);
  });

  test.each([
    ['path: hosts.csv, format: csv', '`csv` needs `csv_column`'],
    ['path: hosts.csv, format: csv, csv_column: IP', 'there is no column `IP`'],
    [
      'path: hosts.csv, format: csv, csv_column: ip, csv_has_header: false',
      'a column without a header has no name',
    ],
    ['path: hosts.csv, format: csv, csv_column: -1', '`csv_column` must be at least 0'],
    ['path: empty.csv, format: csv, csv_column: ip', '`empty.csv` has no values'],
    ['path: hosts.json, format: json', '`json` needs `jq_expression`'],
    ["path: hosts.json, format: json, jq_expression: '.hosts'", '`jq_expression`: it finds a list'],
    [
      "path: hosts.json, format: json, jq_expression: '.hosts[]'",
      '`jq_expression`: it finds a map',
    ],
    ["path: hosts.json, format: json, jq_expression: '.hosts.ip'", '`ip` is asked of a list'],
    ["path: hosts.json, format: json, jq_expression: 'hosts'", '`hosts` is not supported here'],
    [
      "path: hosts.json, format: json, jq_expression: '.hosts[] | select(.up) | .ip'",
      'is not supported here',
    ],
    ["path: hosts.json, format: json, jq_expression: '.constructor'", '`hosts.json` has no values'],
    ["path: broken.json, format: json, jq_expression: '.a'", 'the file is not JSON'],
    ["path: broken.json, format: yaml, jq_expression: '.a'", 'the file is not YAML'],
    ['path: none.txt', "`none.txt` can't be read"],
  ])('%s: %s', (parameters, message) => expect(filled(parameters)).toContain(message));
});

test('rows of CSV are those of Python', () => {
  expect(csvRows('a,b\r\n"c\nd",e\r\rf"g",h\n"i"j,"k\n')).toEqual([
    ['a', 'b'],
    ['c\nd', 'e'],
    ['f"g"', 'h'],
    ['ij', 'k\n'],
  ]);
  expect(csvRows('a,\n,\n""\n')).toEqual([['a', ''], ['', ''], ['']]);
  expect(csvRows('')).toEqual([]);
  expect(csvRows('a,')).toEqual([['a', '']]);
});

describe('a pipeline reads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-files-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'pipelines', 'lists'), { recursive: true });
  mkdirSync(join(folder, 'pipelines2'));
  writeFileSync(join(folder, 'rule.yml'), ruleText("a: { 'f|expand': '%p%' }\ncondition: a"));
  writeFileSync(join(folder, 'pipelines', 'lists', 'in.txt'), '\ufeffinside\n');
  writeFileSync(join(folder, 'out.txt'), 'outside\n');
  writeFileSync(join(folder, 'pipelines2', 'out.txt'), 'outside\n');
  symlinkSync(join(folder, 'out.txt'), join(folder, 'pipelines', 'link.txt'));
  symlinkSync(folder, join(folder, 'pipelines', 'up'));
  writeFileSync(join(folder, 'pipelines', '..inside.txt'), 'dots\n');

  const converted = async (path: string) => {
    writeFileSync(
      join(folder, 'pipelines', 'p.yml'),
      `transformations: [{ type: file_placeholders, path: '${path}' }]`,
    );
    const { stdout, stderr } = await sigpack(
      ['convert', '-t', 'es-qs', '-p', 'pipelines/p.yml', 'rule.yml'],
      { cwd: folder },
    );
    return stdout + stderr;
  };

  test.each([
    ['lists/in.txt', 'f:"inside"'],
    ['./lists/../lists/in.txt', 'f:"inside"'],
    ['..inside.txt', 'f:"dots"'],
  ])('%s', async (path, wanted) => expect(await converted(path)).toContain(wanted));

  test.each([
    '../out.txt',
    '../pipelines2/out.txt',
    'lists/../../out.txt',
    join(folder, 'out.txt'),
    'link.txt',
    'up/out.txt',
    '..',
    '/etc/passwd',
    '../none.txt',
  ])('nothing outside its folder: %s', async (path) => {
    const said = await converted(path);
    expect(said).toContain("is outside the pipeline's folder");
    expect(said).not.toContain('outside"');
  });

  test.each([
    ['..', 'out.txt'],
    ['lists', '../../out.txt'],
    [folder, 'out.txt'],
    ['.', 'link.txt'],
  ])('no template outside its folder: %s, %s', async (path, template) => {
    writeFileSync(
      join(folder, 'pipelines', 'p.yml'),
      `finalizers: [{ type: template, path: '${path}', template: '${template}' }]`,
    );
    const { stdout, stderr } = await sigpack(
      ['convert', '-t', 'es-qs', '-p', 'pipelines/p.yml', 'rule.yml'],
      { cwd: folder },
    );
    expect({ stdout, stderr }).toEqual({
      stdout: '',
      stderr: expect.stringContaining("is outside the pipeline's folder"),
    });
  });

  test('no folder', async () =>
    expect(await converted('lists')).toContain("`lists` can't be read"));
});
