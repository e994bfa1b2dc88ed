import { describe, expect, test } from 'vitest';
import { createBag } from '../src/source/diagnostic.ts';
import { detectionDiagnostics, told } from './diagnostics.ts';
import { compiledAfter, queryAfter, ruleOf } from './pipeline-run.ts';

const fill = '- { id: nets, type: value_placeholders }';

test('a pipeline fills the blocks of `expand|cidr`', () => {
  const query = queryAfter(
    "ip|expand|cidr: '%nets%'",
    fill,
    'vars: { nets: [10.0.0.0/8, 2001:db8::/32] }\n',
  );
  expect(query).toContain('10.0.0.0/8');
  expect(query).not.toContain('‹');
});

test('a value that is not a block is refused', () => {
  expect(queryAfter("ip|cidr|expand: '%nets%'", fill, 'vars: { nets: [nowhere] }\n')).toMatch(
    /^PIP002 .*not an address block/,
  );
});

test.each([
  ['a: { ip: 10.0.0.0/8 }\ncondition: a', ['SIG026']],
  ["a: { 'ip|neq': 'fe80::/10' }\ncondition: a", ['SIG026']],
  ['a: { ip: 10.0.0.0/99 }\ncondition: a', []],
  ["a: { 'path|contains': 10.0.0.0/8 }\ncondition: a", []],
  ["a: { 'ip|cidr': 10.0.0.0/8 }\ncondition: a", []],
  ['a: [10.0.0.0/8]\ncondition: a', []],
])('a network without cidr warns: %s', (detection, codes) => {
  expect(told(detectionDiagnostics(detection)).map((line) => line.slice(0, 6))).toEqual(codes);
});

describe('a network that a pipeline gives a placeholder', () => {
  const warnings = (
    field: string,
    values: string,
    value = '%nets%',
    more = '',
  ): readonly string[] => {
    const bag = createBag();
    const pipeline = `vars: { nets: [${values}] }\ntransformations:\n${fill}\n`;
    compiledAfter(ruleOf(`${field}: '${value}'${more}`), pipeline, bag);
    return bag.list.map(
      ({ code, message, file, span }) =>
        `${code} ${file.text.slice(span.start, span.end)} ${message.split(' ')[0]}`,
    );
  };

  test('warns where the item lacks `cidr`', () =>
    expect(warnings('ip|expand', 'a, 10.0.0.0/8')).toEqual(["SIG026 '%nets%' `10.0.0.0/8`"]));
  test('warns under `neq`, too', () =>
    expect(warnings('ip|expand|neq', 'fe80::/10')).toEqual(["SIG026 '%nets%' `fe80::/10`"]));
  test('is right under `cidr`', () => expect(warnings('ip|expand|cidr', '10.0.0.0/8')).toEqual([]));
  test('is not a network where only a part of a text is filled', () =>
    expect(warnings('path|expand|contains', '10.0.0.0/8')).toEqual([]));
  test('is one where a part of it is filled', () => {
    expect(warnings('ip|expand', '10.0.0.0, 10.1.0.0', '%nets%/8')).toEqual([
      "SIG026 '%nets%/8' `10.0.0.0/8`",
    ]);
    expect(warnings('ip|expand', '8, 16', '10.0.0.0/%nets%')).toEqual([
      "SIG026 '10.0.0.0/%nets%' `10.0.0.0/8`",
    ]);
  });
  test('is not a value of another item that is the same text', () => {
    const other = "\nother|cased: '10.0.0.0/8'\npath|startswith: '10.0.0.0/8'";
    expect(warnings('ip|expand', '10.0.0.0/8', '%nets%', other)).toEqual([
      "SIG026 '%nets%' `10.0.0.0/8`",
    ]);
    expect(warnings('ip|expand|cidr', '10.0.0.0/8', '%nets%', other)).toEqual([]);
  });
  test('is none where case counts, as with values of sigpack.yml', () =>
    expect(warnings('ip|expand|cased', '10.0.0.0/8')).toEqual([]));
  test('is none as a plain text', () => expect(warnings('ip|expand', 'a/b, 10.0.0.1')).toEqual([]));
});
