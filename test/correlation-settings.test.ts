import { describe, expect, test } from 'vitest';
import { xpackWatcher } from '../src/backend/xpack-watcher/xpack-watcher.ts';
import { targetSettings } from '../src/cli/conversion-settings.ts';
import { type PackConfig, readConfig } from '../src/pack/config.ts';
import { assemblePack, type Pack } from '../src/pack/pack.ts';
import { savedSearchSettings } from '../src/pack/splunk-savedsearch.ts';
import { collect } from '../src/sigma/collection.ts';
import { readDocuments } from '../src/sigma/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileText } from './compile.ts';
import { failedLogon } from './failed-logons.ts';

const correlation = (lines: string, sigpack = ''): string =>
  `${failedLogon}---\ntitle: Many\nstatus: test\ncorrelation: { rules: [failed], timespan: 1h, ${lines} }\n${sigpack && `sigpack: { ${sigpack} }\n`}`;

function configured(text: string): PackConfig {
  const bag = createBag();
  const config = readConfig({ path: 'sigpack.yml', text }, bag);
  if (!config) throw new Error(bag.list.map(({ message }) => message).join());
  return config;
}

/** A pack of the target, and what is said of settings. */
function built(target: 'splunk' | 'graylog', text: string, config = ''): { readonly pack: Pack; readonly said: readonly string[] } {
  const bag = createBag();
  const pack = assemblePack({
    collection: collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag),
    config: configured(`targets: [${target}]\n${config}`),
    bag,
  });
  return { pack, said: bag.list.filter(({ code }) => code === 'TGT007').map(({ message }) => message) };
}

/** The condition of the correlation's watch, and what is said of settings. */
function watched(text: string, config = ''): { readonly condition: unknown; readonly said: readonly string[] } {
  const rule = compileText(text).find(({ kind }) => kind === 'correlation');
  const conversion = rule && xpackWatcher.convert(rule, targetSettings(configured(config)));
  if (!conversion?.ok) throw new Error('no watch');
  const document = conversion.value.document as { readonly condition: unknown };
  return { condition: document.condition, said: conversion.remarks.filter(({ code }) => code === 'TGT007').map(({ message }) => message) };
}

const quantityOf = (pack: Pack): string | undefined => {
  const [one] = pack.splunk;
  return one && savedSearchSettings(one, pack.config.info).get('quantity');
};

describe('a threshold counts the groups of a correlation', () => {
  const ungrouped = [
    ['set by the rule', correlation('type: event_count, condition: { gte: 5 }', 'threshold: 3'), ''],
    ['meant for plain rules', correlation('type: event_count, condition: { gte: 5 }'), 'defaults: { threshold: 3 }'],
    ['of values', correlation('type: value_count, condition: { field: User, gte: 5 }', 'threshold: 2'), ''],
    ['of silence', correlation('type: event_count, condition: { lt: 1 }', 'threshold: 2'), ''],
  ] as const;

  test.each(ungrouped)('and without a group there is one: %s', (_, text, config) => {
    const { pack, said } = built('splunk', text, config);
    expect([quantityOf(pack), said]).toEqual(['0', [expect.stringContaining('without `group-by` there is one at most')]]);
    const watch = watched(text, config);
    expect(watch.condition).toHaveProperty('array_compare');
    expect(watch.said).toEqual([expect.stringContaining('without `group-by` there is one at most')]);
  });

  test('and with a group it is kept', () => {
    const text = correlation('type: event_count, group-by: [User], condition: { gte: 5 }', 'threshold: 3');
    const { pack, said } = built('splunk', text);
    expect([quantityOf(pack), said]).toEqual(['2', []]);
    expect(watched(text)).toMatchObject({ condition: { script: { params: { threshold: 3 } } }, said: [] });
  });

  test.each(['', 'group-by: [User], '])('which Graylog does not: %s', (group) => {
    const text = correlation(`type: event_count, ${group}condition: { gte: 5 }`, 'threshold: 3');
    expect(built('graylog', text).said).toEqual([expect.stringContaining('`threshold` does not apply to correlations')]);
    expect(built('graylog', correlation(`type: event_count, ${group}condition: { gte: 5 }`)).said).toEqual([]);
  });
});
