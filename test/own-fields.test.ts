import { describe, expect, test } from 'vitest';
import { defaultTargetSettings, targets } from '../src/backend/registry.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compiledAfter, ruleOf } from './pipeline-run.ts';

/** What a target warns of; an empty pipeline leaves names alone. */
function warnings(target: string, lines: string, items = '[]'): readonly string[] {
  const compiled = compiledAfter(ruleOf(lines), `transformations: ${items}\n`, createBag());
  const conversion =
    compiled &&
    targets.find(({ name }) => name === target)?.convert(compiled, defaultTargetSettings);
  if (!conversion?.ok) throw new Error('the rule was not converted');
  return conversion.diagnostics
    .filter(({ message }) => message.startsWith('the field '))
    .map(({ code, message, span }) => `${code} ${span.start} ${message}`);
}

describe('a field with a name that the target has for something else', () => {
  test.each([
    [
      'splunk',
      'host: a.example',
      'the field `host` is one that Splunk gives every event by itself, whatever the rule means by it',
    ],
    [
      'splunk',
      'sourcetype: a',
      'the field `sourcetype` is one that Splunk gives every event by itself',
    ],
    ['splunk', 'index|gte: 3', 'the field `index` is one that Splunk'],
    ['splunk', '_time: x', 'the field `_time` is one that Splunk'],
    [
      'graylog',
      'source: a',
      'the field `source` is one that Graylog gives every message by itself',
    ],
    ['graylog', 'message|contains: a', 'the field `message` is one that Graylog'],
    ['graylog', 'gl2_source_input: a', 'the field `gl2_source_input` is one that Graylog'],
    [
      'es-qs',
      'host: a',
      'the field `host` is an object in the Elastic Common Schema, in which a query finds nothing',
    ],
    ['xpack-watcher', 'user: a', 'the field `user` is an object in the Elastic Common Schema'],
  ])('%s: %s', (target, lines, message) => {
    expect(warnings(target, lines)).toEqual([expect.stringContaining(message)]);
    expect(warnings(target, lines)[0]).toMatch(/^TGT002 \d+ /);
  });

  test.each([
    ['splunk', 'Host: a'],
    ['splunk', 'hostname: a'],
    ['graylog', 'host: a'],
    ['es-qs', 'host.name: a'],
    ['logpoint', 'host: a'],
    ['grep', 'host: a'],
  ])('%s has nothing against %s', (target, lines) => expect(warnings(target, lines)).toEqual([]));

  test.each([
    [
      'a pipeline that spells it out',
      'host: a',
      '[{ type: field_name_mapping, mapping: { host: host } }]',
      0,
    ],
    [
      'a pipeline that gives it to another field',
      'Computer: a',
      '[{ type: field_name_mapping, mapping: { Computer: host } }]',
      0,
    ],
    [
      'a pipeline that maps it elsewhere',
      'host: a',
      '[{ type: field_name_mapping, mapping: { host: dest } }]',
      0,
    ],
    [
      'a pipeline that asks for it by itself',
      'Image: a',
      '[{ type: add_condition, conditions: { index: main } }]',
      0,
    ],
    ['a pipeline that leaves all names', 'host: a', "[{ type: field_name_prefix, prefix: '' }]", 1],
    [
      'a pipeline for other fields',
      'host: a',
      '[{ type: field_name_mapping, mapping: { Image: path } }]',
      1,
    ],
  ])('in Splunk with %s', (_, lines, items, count) =>
    expect(warnings('splunk', lines, items)).toHaveLength(count),
  );

  test('is told once, however often it is asked for', () =>
    expect(warnings('splunk', 'host: [a, b, c]')).toHaveLength(1));
});
