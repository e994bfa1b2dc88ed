import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSourceFile } from '../src/cli/files/rule-files.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import type { LogSource } from '../src/sigma/rule/rule.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { builtInLogSources, logSourcesOf, logSourcesWithoutRule } from './log-sources.ts';
import { findRuleFiles } from './rule-files.ts';

function logSourcesOfRuleSet(): readonly LogSource[] {
  const bag = createBag();
  return findRuleFiles([join(import.meta.dirname, 'rule-set')], bag)
    .flatMap((path) => readSourceFile(path, bag) ?? [])
    .flatMap((file) => readDocuments(file, bag).documents)
    .flatMap((document) => (document.kind === 'detection' ? [document.logsource] : []));
}

describe('log sources of pipelines', () => {
  const pipeline = (conditions: string, more = ''): string => `
transformations:
  - { type: set_state, key: a, val: b${more}, rule_conditions: ${conditions} }`;

  test('are those that conditions name, once, also in maps and in nested items', () => {
    const one = '{ type: logsource, product: windows, category: image_load }';
    const two = '{ type: logsource, service: sshd }';
    const nested = `\ntransformations:\n  - type: nest\n    items:\n      - { type: drop_detection_item, rule_conditions: [{ type: logsource, category: dns }] }`;
    const { named } = logSourcesOf([
      pipeline(`[${one}, ${two}]`),
      pipeline(`{ a: ${one}, b: { type: tag, tag: attack.t1059 } }`),
      nested,
    ]);
    expect(named).toEqual([
      { service: 'sshd' },
      { category: 'dns' },
      { category: 'image_load', product: 'windows' },
    ]);
  });

  test('lack a rule when none is as specific', () => {
    const known = logSourcesOf([
      pipeline(
        '[{ type: logsource, product: linux }, { type: logsource, product: linux, service: cron }]',
      ),
    ]);
    expect(logSourcesWithoutRule(known, [{ product: 'linux', service: 'cron' }])).toEqual([]);
    expect(logSourcesWithoutRule(known, [{ product: 'linux' }])).toEqual(['-/linux/cron']);
    expect(logSourcesWithoutRule(known, [{ service: 'cron' }])).toEqual([
      '-/linux/-',
      '-/linux/cron',
    ]);
  });

  test('have one by the log source that a pipeline gives a rule', () => {
    const change = `
transformations:
  - { type: change_logsource, service: sysmon, rule_conditions: [{ type: logsource, category: dns_query }] }`;
    const known = logSourcesOf([change, pipeline('[{ type: logsource, service: sysmon }]')]);
    expect(logSourcesWithoutRule(known, [{ category: 'dns_query' }])).toEqual([]);
    expect(logSourcesWithoutRule(known, [{ category: 'image_load' }])).toEqual([
      '-/-/sysmon',
      'dns_query/-/-',
    ]);
  });
});

test('the rule set has a rule for every log source of the built-in pipelines', () => {
  const known = builtInLogSources();
  expect(known.named.length).toBeGreaterThan(150);
  expect(logSourcesWithoutRule(known, logSourcesOfRuleSet())).toEqual([]);
});
