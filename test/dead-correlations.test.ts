import { describe, expect, test } from 'vitest';
import { neverTrue } from '../src/query/never-true.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compiledAfter } from './pipeline-run.ts';

describe('a correlation of rules of which one can never be true', () => {
  const state =
    '  - { type: set_state, key: unmapped_fields, val: absent, rule_conditions: [{ type: logsource, product: windows }] }\n';
  const pipeline = `transformations:\n  - { type: field_name_mapping, mapping: { Known: known } }\n${state}`;
  const part = (name: string, field: string, product = 'windows'): string =>
    `---\ntitle: ${name}\nname: ${name}\nlogsource: { product: ${product}, category: process_creation }\ndetection: { s: { ${field}: a }, condition: s }\n`;
  const fieldsOf = (correlation: string, parts: string): readonly string[] | undefined => {
    const bag = createBag();
    const compiled = compiledAfter(
      `title: C\ncorrelation: { timespan: 5m, ${correlation} }\n${parts}`,
      pipeline,
      bag,
    );
    expect(bag.list.filter(({ severity }) => severity === 'error')).toEqual([]);
    if (!compiled) throw new Error('the correlation was not compiled');
    return neverTrue(compiled)?.fields;
  };
  const three = part('alive', 'Known') + part('also', 'Known') + part('dead', 'Gone');

  test.each<[string, string, readonly string[] | undefined]>([
    ['[alive, dead]', '{ gte: 2 }', ['Gone']],
    ['[alive, dead]', '{ gt: 1 }', ['Gone']],
    ['[alive, dead]', '{ eq: 2 }', ['Gone']],
    ['[alive, dead]', '{ gte: 1 }', undefined],
    ['[alive, dead]', '{ lt: 2 }', undefined],
    ['[alive, also, dead]', '{ gte: 2 }', undefined],
    ['[alive, also, dead]', '{ gte: 3 }', ['Gone']],
  ])('temporal over %s with %s', (rules, condition, fields) => {
    expect(
      fieldsOf(
        `type: temporal, rules: ${rules}, group-by: [Known], condition: ${condition}`,
        three,
      ),
    ).toEqual(fields);
    if (condition !== '{ lt: 2 }')
      expect(
        fieldsOf(
          `type: temporal_ordered, rules: ${rules}, group-by: [Known], condition: ${condition}`,
          three,
        ),
      ).toEqual(fields);
  });

  test('an alias stands for a field that the events of its rule lack', () => {
    const alias = 'group-by: [who], aliases: { who: { alive: Known, also: Elsewhere } }';
    expect(fieldsOf(`type: temporal, rules: [alive, also], ${alias}`, three)).toEqual([
      'Elsewhere',
    ]);
    expect(
      fieldsOf(`type: temporal, rules: [alive, also], condition: { gte: 2 }, ${alias}`, three),
    ).toEqual(['Elsewhere']);
    expect(
      fieldsOf(`type: event_count, rules: [alive, also], condition: { gte: 2 }, ${alias}`, three),
    ).toBeUndefined();
    expect(
      fieldsOf(
        `type: event_count, rules: [alive, also], condition: { gte: 2 }, ${alias.replace('Known', 'Nowhere')}`,
        three,
      ),
    ).toEqual(['Elsewhere', 'Nowhere']);
    expect(
      fieldsOf(
        `type: temporal, rules: [alive, also], ${alias.replace('Elsewhere', 'Known')}`,
        three,
      ),
    ).toBeUndefined();
  });

  test('a field counts as missing only where the log source of the rule is known', () => {
    const mixed = part('alive', 'Known') + part('site', 'Anything', 'site');
    expect(
      fieldsOf(
        'type: event_count, rules: [alive, site], group-by: [Elsewhere], condition: { gte: 2 }',
        mixed,
      ),
    ).toBeUndefined();
    expect(fieldsOf('type: temporal, rules: [alive, site], group-by: [Elsewhere]', mixed)).toEqual([
      'Elsewhere',
    ]);
  });

  test('a name that a correlation below gives a field is there', () => {
    const inner = (field: string): string =>
      `---\ntitle: I\nname: inner\ncorrelation: { type: event_count, rules: [alive], group-by: [who], timespan: 5m, aliases: { who: { alive: ${field} } }, condition: { gte: 2 } }\n`;
    const outer = 'type: event_count, rules: [inner], group-by: [who], condition: { gte: 2 }';
    expect(fieldsOf(outer, inner('Known') + three)).toBeUndefined();
    expect(fieldsOf(outer, inner('Gone') + three)).toEqual(['Gone']);
  });
});
