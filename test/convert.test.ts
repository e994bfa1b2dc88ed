import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { targets } from '../src/backend/registry.ts';
import { defaultTargetSettings } from '../src/backend/target.ts';
import { convert } from '../src/cli/convert.ts';
import { compileFolders } from './corpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-convert-'));
afterAll(() => rmSync(folder, { recursive: true }));
const seed = 'rules/windows/dhcp-callout-dll-failed.yml';

function queries(target: string, path = seed): readonly string[] {
  const [rule] = compileFolders([path]);
  const conversion = rule && targets.find(({ name }) => name === target)?.convert(rule, defaultTargetSettings);
  return conversion?.ok ? conversion.value.queries : [];
}

describe('the seed rule', () => {
  it.each([
    ['graylog', 'EventID:("1031" "1032" "1034")'],
    ['es-qs', 'EventID:("1031" "1032" "1034")'],
    ['splunk', 'EventID IN ("1031", "1032", "1034")'],
    ['grep', "grep -P '^(?:.*1031|.*1032|.*1034)'"],
    ['logpoint', 'EventID IN [1031, 1032, 1034]'],
  ])('%s', (target, query) => {
    expect(queries(target)).toEqual([query]);
  });

  it.each(targets.map(({ name }) => name))('%s has a query', (target) => {
    expect(queries(target).join('').length).toBeGreaterThan(10);
  });
});

describe('formats', () => {
  const [rule] = compileFolders([seed]);
  if (!rule) throw new Error('the seed rule does not compile');
  const printed = targets.flatMap((target) => {
    const conversion = target.convert(rule, defaultTargetSettings);
    return conversion.ok
      ? target.formats.map((format) => [`${target.name} ${format.name}`, format.print([{ rule: rule.rule, converted: conversion.value }])] as const)
      : [];
  });

  it.each(printed)('%s ends with a line break', (_name, text) => {
    expect(text).toMatch(/\S\n$/);
  });

  it.each(printed.filter(([name]) => name.endsWith('ndjson')))('%s is one JSON object a line', (_name, text) => {
    for (const line of text.trimEnd().split('\n')) expect(typeof JSON.parse(line)).toBe('object');
  });

  it('kibana-ndjson holds the query in its search source', () => {
    const text = printed.find(([name]) => name === 'es-qs kibana-ndjson')?.[1] ?? '';
    const source = JSON.parse(JSON.parse(text).attributes.kibanaSavedObjectMeta.searchSourceJSON);
    expect(source.query).toEqual({ query: 'EventID:("1031" "1032" "1034")', language: 'lucene' });
  });
});

describe('output', () => {
  it('mirrors the folders of the rules', () => {
    expect(convert(['rules'], { target: ['splunk', 'es-qs'], output: `${folder}/tree/`, verbose: false })).toBe(1);
    expect(readFileSync(join(folder, 'tree/es-qs/windows/dhcp-callout-dll-failed.txt'), 'utf8')).toBe('EventID:("1031" "1032" "1034")\n');
    expect(readdirSync(join(folder, 'tree/splunk')).sort()).toEqual(['linux', 'network', 'windows']);
  });

  it('writes one file with all rules', () => {
    expect(convert([seed], { target: ['splunk'], format: 'savedsearches', output: join(folder, 'one.conf'), verbose: false })).toBe(0);
    expect(readFileSync(join(folder, 'one.conf'), 'utf8')).toMatch(/^\[DHCP Server Error Failed Loading the CallOut DLL\]\nsearch = EventID IN /);
  });

  it.each([
    [{ target: ['spunk'] }, /no target spunk; there are/],
    [{ target: ['splunk'], format: 'xml' }, /splunk has no format xml; it has default/],
  ])('refuses %j', (options, message) => {
    expect(() => convert([seed], { ...options, verbose: false })).toThrow(message);
  });

  it('prints the sound rules beside a broken one', () => {
    const path = join(folder, 'broken.yml');
    writeFileSync(path, `${readFileSync(seed, 'utf8')}---\ntitle: Broken\nlogsource: {product: x}\ndetection: {s: {a|nope: 1}, condition: s}\n`);
    expect(convert([path], { target: ['graylog'], output: join(folder, 'some.txt'), verbose: false })).toBe(1);
    expect(readFileSync(join(folder, 'some.txt'), 'utf8')).toBe('EventID:("1031" "1032" "1034")\n');
  });
});
