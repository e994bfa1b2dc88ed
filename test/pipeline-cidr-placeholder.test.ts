import { expect, test } from 'vitest';
import { detectionComplaints, told } from './complaints.ts';
import { queryAfter } from './pipeline-run.ts';

const fill = '- { id: nets, type: value_placeholders }';

test('a pipeline fills the blocks of `expand|cidr`', () => {
  const query = queryAfter("ip|expand|cidr: '%nets%'", fill, 'vars: { nets: [10.0.0.0/8, 2001:db8::/32] }\n');
  expect(query).toContain('10.0.0.0/8');
  expect(query).not.toContain('‹');
});

test('a value that is no block is refused', () => {
  expect(queryAfter("ip|cidr|expand: '%nets%'", fill, 'vars: { nets: [nowhere] }\n')).toMatch(/^PIP002 .*no address block/);
});

test.each([
  ['a: { ip: 10.0.0.0/8 }\ncondition: a', ['SIG026']],
  ["a: { 'ip|neq': 'fe80::/10' }\ncondition: a", ['SIG026']],
  ['a: { ip: 10.0.0.0/99 }\ncondition: a', []],
  ["a: { 'path|contains': 10.0.0.0/8 }\ncondition: a", []],
  ["a: { 'ip|cidr': 10.0.0.0/8 }\ncondition: a", []],
  ['a: [10.0.0.0/8]\ncondition: a', []],
])('a network without cidr warns: %s', (detection, codes) => {
  expect(told(detectionComplaints(detection)).map((line) => line.slice(0, 6))).toEqual(codes);
});
