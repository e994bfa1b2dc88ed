import { describe, expect, test } from 'vitest';
import { defaultTargetSettings, targets } from '../src/backend/registry.ts';
import { compileText } from './compile.ts';

interface Titled {
  readonly title: string;
  readonly id?: string;
  readonly status?: string;
}

/** What a format prints of rules with these titles and ids: in one file, or in a file each. */
function printed(target: string, format: string, rules: readonly Titled[], each = false): string {
  const found = targets.find(({ name }) => name === target);
  const entries = rules.map(({ title, id, status }, index) => {
    const text = `title: ${JSON.stringify(title)}\n${id === undefined ? '' : `id: ${id}\n`}${status === undefined ? '' : `status: ${status}\n`}logsource: { category: a }\ndetection: { s: { f: v${index} }, condition: s }\n`;
    const [compiled] = compileText(text);
    const conversion = compiled && found?.convert(compiled, defaultTargetSettings);
    if (!compiled || !conversion?.ok) throw new Error('the rule was not converted');
    return { rule: compiled.rule, converted: conversion.value };
  });
  const form = found?.formats.find(({ name }) => name === format);
  return (
    (each
      ? entries.map((entry) => form?.print([entry], entries)).join('')
      : form?.print(entries)) ?? ''
  );
}

const one = '11111111-aaaa-4111-8111-111111111111';
const two = '22222222-bbbb-4111-8111-111111111111';

describe('no two stanzas have one name', () => {
  test.each<[string, readonly Titled[], readonly string[]]>([
    [
      'one title',
      [
        { title: 'Shell', id: one },
        { title: 'Shell', id: two },
      ],
      ['Shell', 'Shell (22222222)'],
    ],
    [
      'a better status, last',
      [
        { title: 'Shell', id: one, status: 'deprecated' },
        { title: 'Shell', id: two },
        { title: 'Shell', id: two.replace('-bbbb', '-cccc'), status: 'stable' },
      ],
      ['Shell (11111111)', 'Shell (22222222)', 'Shell'],
    ],
    [
      'digits that are equal',
      [
        { title: 'Shell', id: one },
        { title: 'Shell', id: two },
        { title: 'Shell', id: two.replace('-bbbb', '-cccc') },
      ],
      ['Shell', 'Shell (22222222)', 'Shell (22222222cccc)'],
    ],
    [
      'another case',
      [
        { title: 'Shell', id: one },
        { title: 'SHELL', id: two },
      ],
      ['Shell', 'SHELL (22222222)'],
    ],
    [
      'brackets',
      [
        { title: 'A [x]', id: one },
        { title: 'A (x)', id: two },
      ],
      ['A (x)', 'A (x) (22222222)'],
    ],
    [
      'no ids',
      [{ title: 'Shell' }, { title: 'Shell' }, { title: 'Shell' }],
      ['Shell', 'Shell (2)', 'Shell (3)'],
    ],
    [
      'a name that is taken',
      [{ title: 'Shell (2)' }, { title: 'Shell' }, { title: 'Shell' }],
      ['Shell (2)', 'Shell', 'Shell (3)'],
    ],
    [
      'the stanza of all',
      [
        { title: 'Default', id: one },
        { title: 'stash', id: two },
      ],
      ['Default (detection)', 'stash (detection)'],
    ],
  ])('%s', (_, rules, names) => {
    const text = printed('splunk', 'savedsearches', rules);
    expect(printed('splunk', 'savedsearches', rules, true).replaceAll(/\n(?=\[)/g, '')).toBe(
      text.replaceAll(/\n\n?(?=\[)/g, ''),
    );
    expect(Array.from(text.matchAll(/^\[(.*)\]$/gm), ([, name]) => name)).toEqual(names);
    for (const index of rules.keys()) expect(text).toContain(`search = f="v${index}"`);
  });
});

describe('no two watches and no two saved objects have one id', () => {
  const rules: readonly Titled[] = [
    { title: 'A shell' },
    { title: 'A shell' },
    { title: 'Another', id: one },
  ];
  const idsIn = (text: string): readonly unknown[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);

  test('in files of their own', () => {
    for (const [target, format] of [
      ['es-qs', 'kibana-ndjson'],
      ['xpack-watcher', 'ndjson'],
    ] as const)
      expect(printed(target, format, rules, true)).toBe(printed(target, format, rules));
  });
  test('kibana-ndjson', () =>
    expect(idsIn(printed('es-qs', 'kibana-ndjson', rules))).toEqual([
      'A%20shell',
      'A%20shell-2',
      one,
    ]));
  test('watches as lines', () =>
    expect(idsIn(printed('xpack-watcher', 'ndjson', rules))).toEqual([
      'a-shell',
      'a-shell-2',
      one,
    ]));
  test('watches as an array', () => {
    expect(
      JSON.parse(printed('xpack-watcher', 'json', rules)).map(({ id }: { id: string }) => id),
    ).toEqual(['a-shell', 'a-shell-2', one]);
  });
  test('curl', () => {
    const text = printed('xpack-watcher', 'curl', rules);
    expect(Array.from(text.matchAll(/watch\/([^"]+)"/g), ([, id]) => id)).toEqual([
      'a-shell',
      'a-shell-2',
      one,
    ]);
    expect(printed('xpack-watcher', 'curl', rules, true)).toBe(text);
  });
});
