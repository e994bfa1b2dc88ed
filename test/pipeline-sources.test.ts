import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unprovedNames } from '../src/pipeline/unproved.ts';
import { builtInPipeline, pipelineFolder } from './built-in-pipelines.ts';
import { citedItems, markedNames, uncitedItems } from './pipeline-sources.ts';
import { update } from './update.ts';

const files = readdirSync(pipelineFolder).sort();
const textOf = (file: string): string => readFileSync(join(pipelineFolder, file), 'utf8');
const bySource = new URL('pipeline-names.txt', import.meta.url);

describe('every item of a built-in pipeline cites a source, or gives names that are marked as unproved', () => {
  test.each(files)('%s', (file) => {
    expect(citedItems(textOf(file)).length).toBeGreaterThan(0);
    expect(uncitedItems(textOf(file))).toEqual([]);
  });

  const item = (id: string, to: string): string =>
    `  - id: ${id}\n    type: field_name_mapping\n    mapping:\n      a: ${to}\n    rule_conditions:\n      - { type: logsource, product: x }\n`;
  const marks = `  - id: marks\n    type: set_state\n    key: unproved_names\n    val: [guessed, 'sourcetype="x"']\n`;

  test.each([
    ['a source above it', `  # Source: here\n${item('one', 'b')}`, []],
    [
      'a source above the item before it',
      `  # Source: here\n${item('one', 'b')}${item('two', 'c')}`,
      [],
    ],
    ['a blank line between', `  # Source: here\n${item('one', 'b')}\n${item('two', 'c')}`, ['two']],
    ['no source', item('one', 'b'), ['one']],
    ['a source that is empty', `  # Source:\n${item('one', 'b')}`, ['one']],
    ['a marked name', item('one', 'guessed') + marks, []],
    ['a marked name and another one', item('one', '[guessed, b]') + marks, ['one']],
  ])('with %s', (_, items, uncited) => {
    expect(uncitedItems(`name: T\ntransformations:\n${items}`)).toEqual(uncited);
  });

  test('marked search terms count where the scope has them', () => {
    const scope = `  - id: one\n    type: set_state\n    key: splunk_scope\n    val: 'index=a sourcetype="x"'\n`;
    expect(uncitedItems(`name: T\ntransformations:\n${scope}${marks}`)).toEqual([]);
    expect(
      uncitedItems(`name: T\ntransformations:\n${scope.replace('"x"', '"y"')}${marks}`),
    ).toEqual(['one']);
  });
});

/** What each pipeline takes from which source. */
function namesBySource(): string {
  const lines = files.flatMap((file) => {
    const groups = new Map<string, Set<string>>();
    for (const { silent, sources, names } of citedItems(textOf(file))) {
      if (silent || names.length === 0) continue;
      const source = sources.length === 0 ? 'marked as unproved' : sources.join('; ');
      const group = groups.get(source) ?? new Set();
      groups.set(source, group);
      for (const name of names) group.add(name);
    }
    return Array.from(
      groups,
      ([source, names]) =>
        `${file.replace(/\.yml$/, '')}: ${source}\n  ${[...names].sort().join(' | ')}\n`,
    );
  });
  return lines.join('');
}

test('no name is new under a source: look it up there first, then write pipeline-names.txt anew with UPDATE=1', () => {
  if (update) writeFileSync(bySource, namesBySource());
  expect(namesBySource().split('\n')).toEqual(readFileSync(bySource, 'utf8').split('\n'));
});

describe('names that are marked', () => {
  test.each(files)('%s gives them', (file) => {
    const names = citedItems(textOf(file)).flatMap((item) => item.names);
    expect(
      markedNames(textOf(file)).filter(
        (marked) =>
          !names.some((name) => name === marked || (name.includes('="') && name.includes(marked))),
      ),
    ).toEqual([]);
  });

  test.each(files)('%s has them where sigpack reads them', (file) => {
    expect(unprovedNames(builtInPipeline(file.replace(/\.yml$/, '')).items)).toEqual(
      [...new Set(markedNames(textOf(file)))].sort(),
    );
  });
});
