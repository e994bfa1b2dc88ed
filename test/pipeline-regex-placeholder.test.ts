import { expect, test } from 'vitest';
import { queryAfter } from './pipeline-run.ts';

const fill = '- { id: v, type: value_placeholders }';
const vars = "vars: { b: [1.2, 'a.*', 'x\\*'] }\n";

test('a pipeline fills the placeholders of an expression, with values as they are', () => {
  expect(queryAfter("f|re|i|expand: '^%b%$'", fill, vars)).toBe(
    'or(f=/^1.2$/i, f=/^a.*$/i, f=/^x\\*$/i)',
  );
});

test('`wildcard_placeholders` makes any text of it', () => {
  expect(queryAfter("f|re|expand: '^%b%x'", '- { id: w, type: wildcard_placeholders }', '')).toBe(
    'f=/^.*x/',
  );
});

test.each([
  ['{ id: r, type: replace_string, regex: f, replacement: g }'],
  ['{ id: c, type: case, method: upper }'],
  ['{ id: m, type: map_string, mapping: { "^%b%$": z } }'],
  ['{ id: x, type: regex }'],
])('what changes texts leaves an expression alone, filled or not: %s', (item) => {
  expect(queryAfter("f|re|expand: '^%b%$'", `- ${item}\n${fill}`, 'vars: { b: [foo] }\n')).toBe(
    'f=/^foo$/',
  );
});

test('what is not an expression with its values is refused', () => {
  expect(queryAfter("f|re|expand: '(%b%'", fill, vars)).toMatch(
    /^PIP002 6:5 a placeholder’s value makes no regular expression, `\(1\.2`: the group is not closed/,
  );
});

test('no expression of a query stands in a regular expression, and none is left without a value', () => {
  expect(
    queryAfter(
      "f|re|expand: '%b%'",
      "- { id: q, type: query_expression_placeholders, expression: '{field} in {id}' }",
      '',
    ),
  ).toMatch(/^PIP002/);
  expect(queryAfter("f|re|expand: '%b%'", '- { id: c, type: case, method: upper }', '')).toBe(
    'SIG024 6:18 placeholder `%b%` has no value',
  );
});
