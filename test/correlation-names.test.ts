import { describe, expect, test } from 'vitest';
import { splunkCorrelation } from '../src/backend/splunk/correlation/correlation.ts';
import { runSpl } from './judges/spl/spl.ts';
import { processedCorrelation } from './processed-correlation.ts';

const bases = ['windows', 'linux', 'macos']
  .map(
    (product) =>
      `title: Started on ${product}\nname: ${product}\nlogsource: { product: ${product} }\ndetection: { s: { on: ${product} }, condition: s }\n`,
  )
  .join('---\n');

const mapping = (product: string, names: string): string =>
  `  - { type: field_name_mapping, mapping: { ${names} }, rule_conditions: [{ type: logsource, product: ${product} }] }\n`;

const byProduct =
  mapping('windows', 'User: account, Host: host') + mapping('linux', 'User: login, Host: host');

/** Splunk's search for the last of some correlations after the items of a pipeline, or what is said. */
function searchOf(items: string, ...bodies: readonly string[]): string {
  const compiled = processedCorrelation(
    { bases, items, target: 'splunk' },
    bodies.map((body) => `timespan: 10s, ${body}`),
  );
  if (typeof compiled === 'string') return compiled;
  const conversion = splunkCorrelation(compiled, () => '', { cloudSafe: false });
  return conversion.ok ? conversion.value : conversion.error.map(({ message }) => message).join();
}

const events = [
  { _time: 1, on: 'windows', account: 'ann', host: 'h1' },
  { _time: 2, on: 'linux', login: 'ann', host: 'h1' },
  { _time: 3, on: 'linux', login: 'bob', host: 'h2' },
  { _time: 4, on: 'macos', User: 'bob', Host: 'h2' },
];
const found = (search: string, field: string) =>
  runSpl(search, events, {}, { earliest: -60, latest: 60 }).map((row) => row[field]);

describe('a field of a correlation that pipelines name by log source is', () => {
  test('in its group the one of each rule', () => {
    const temporal = 'type: temporal, rules: [windows, linux], group-by: [User]';
    expect(found(searchOf(byProduct, temporal), 'account')).toEqual(['ann']);
    const count =
      'type: event_count, rules: [linux, macos], group-by: [User], condition: { gte: 2 }';
    expect(found(searchOf(byProduct, count), 'login')).toEqual(['bob']);
  });

  test('what a condition counts', () => {
    const count = (value: number) =>
      `type: value_count, rules: [windows, linux, macos], condition: { field: User, eq: ${value} }`;
    expect(found(searchOf(byProduct, count(2)), 'sigpack_hits')).toEqual([2]);
    expect(found(searchOf(byProduct, count(3)), 'sigpack_hits')).toEqual([]);
  });

  test('in an alias the one of the rule that it is for', () => {
    const temporal =
      'type: temporal, rules: [linux, macos], group-by: [who], aliases: { who: { linux: User, macos: User } }';
    expect(found(searchOf(byProduct, temporal), 'who')).toEqual(['bob']);
  });

  test('what each rule has, however the items go on from names of the others', () => {
    const prefix =
      '  - { type: field_name_prefix, prefix: z_, rule_conditions: [{ type: logsource, product: linux }], field_name_conditions: [{ type: include_fields, fields: [account] }] }\n';
    const temporal = 'type: temporal, rules: [windows, linux], group-by: [User]';
    expect(found(searchOf(byProduct + prefix, temporal), 'z_account')).toEqual(['ann']);
  });

  test('not the name of another field of the group', () => {
    const items = mapping('macos', 'User: same, Host: same') + byProduct;
    const temporal = 'type: temporal, rules: [macos, linux], group-by: [User, Host]';
    expect(searchOf(items, temporal)).toContain(' BY User Host');
  });

  test('no event loses a field whose name stands for several in another rule', () => {
    const items = mapping('windows', 'User: [account, owner]') + mapping('linux', 'User: login');
    const temporal =
      'type: temporal, rules: [windows, macos], group-by: [who], aliases: { who: { windows: User, macos: User } }';
    expect(searchOf(items, temporal)).toContain('would become several fields');
  });

  test('no alias where the names are the same, or meant for the correlation', () => {
    const group = (field: string) =>
      `type: event_count, rules: [windows, linux], group-by: [${field}], condition: { gte: 2 }`;
    expect(searchOf(byProduct, group('Host'))).not.toContain('case(');
    const own =
      '  - { type: field_name_mapping, mapping: { User: anybody }, rule_conditions: [{ type: is_sigma_correlation_rule }] }\n';
    const search = searchOf(own + byProduct, group('User'));
    expect(search).toContain(' BY anybody');
    expect(search).not.toContain('case(');
  });

  test('known where an item refuses the correlation over one of the rules alone', () => {
    const refusal =
      '  - { type: rule_failure, message: refused, rule_conditions: { one: { type: is_sigma_correlation_rule }, two: { type: logsource, product: windows } }, rule_cond_expr: one and not two }\n';
    const temporal = 'type: temporal, rules: [windows, linux], group-by: [User]';
    expect(found(searchOf(refusal + byProduct, temporal), 'account')).toEqual(['ann']);
  });

  test('in a chain the one that the correlation below is grouped by', () => {
    const below = 'type: temporal, rules: [windows, linux], group-by: [User]';
    const above = 'type: temporal, rules: [r0, macos], group-by: [User]';
    const alike = byProduct.replace('login', 'User');
    expect(searchOf(alike, below, above)).toContain('case(sigpack_m4=1, sigpack_a4_1');
    const ungrouped = 'type: temporal, rules: [windows, linux]';
    expect(searchOf(byProduct, ungrouped, above)).toContain(
      'the field `User` of the correlation has several names in the rules below `r0`',
    );
  });

  test('refused where one name stands for several fields in one rule and is one in another', () => {
    const several = mapping('windows', 'User: [account, owner]');
    const temporal = (rule: string) =>
      `type: temporal, rules: [windows, ${rule}], group-by: [User]`;
    expect(searchOf(several, temporal('macos'))).toContain('would become several fields');
    const two = several + mapping('linux', 'User: login');
    expect(found(searchOf(two, temporal('linux')), 'User')).toEqual(['ann']);
  });
});
