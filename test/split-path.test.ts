import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createProcessor } from '../src/pipeline/run/process.ts';
import { createCombiner, createSettler } from '../src/query/compile.ts';
import type { Query } from '../src/query/tree.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { builtInPipeline } from './built-in-pipelines.ts';
import { told } from './diagnostics.ts';
import { matches } from './matcher.ts';
import { pipelineOf, queryAfter } from './pipeline-run.ts';

const pipelines = [
  builtInPipeline('windows-security-registry'),
  builtInPipeline('windows-security'),
];

/** What the pipelines make of a registry rule, or the diagnostics. */
function audited(lines: string): Query | readonly string[] {
  const bag = createBag();
  const text = `title: T\nlogsource: { product: windows, category: registry_set }\ndetection:\n  s:\n    ${lines.replaceAll('\n', '\n    ')}\n  condition: s\n`;
  const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
  const [rule] = collection.rules;
  const settled = rule && createSettler(collection, { placeholders: new Map(), bag })(rule);
  const processed = settled && createProcessor(pipelines, { bag })(settled);
  const compiled = processed && createCombiner(bag)(processed);
  return compiled?.kind === 'detection' ? compiled.query : told(bag);
}

const event = (ObjectName: string, ObjectValueName: string, NewValue = '1') => ({
  EventID: 4657,
  OperationType: '%%1905',
  ObjectName,
  ObjectValueName,
  NewValue,
});
const run = event(
  '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run',
  'Evil',
  'C:\\evil.exe',
);
const lsa = event(
  '\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Control\\Lsa',
  'Notification Packages',
);
const excluded = event(
  '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths',
  'C:\\Temp',
);

describe('registry rules in event 4657', () => {
  test.each<[string, object, boolean]>([
    ['TargetObject|contains: CurrentVersion\\Run', run, true],
    ['TargetObject|contains: \\CurrentVersion\\Run\\', run, true],
    ['TargetObject|endswith: \\Run\\Evil', run, true],
    ['TargetObject|endswith: \\CurrentVersion\\Run', run, false],
    ['TargetObject: HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\Evil', run, true],
    ['TargetObject|startswith: HKLM\\Software\\', run, true],
    ['TargetObject|startswith: HKU\\Software\\', run, false],
    ['TargetObject|contains: evil', run, true],
    ['TargetObject|contains: other', run, false],
    ['TargetObject|contains|all: [\\CurrentVersion\\, \\Run\\Ev, il]', run, true],
    ['TargetObject|contains|all: [\\CurrentVersion\\, \\RunOnce\\Ev]', run, false],
    ['TargetObject|neq: HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\Evil', run, false],
    ['TargetObject|neq: HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\Other', run, true],
    ['TargetObject|exists: true', run, true],
    ['TargetObject: null', run, false],
    ['TargetObject|endswith: \\Run\\Ev??', run, true],
    ['TargetObject|endswith: \\Run\\Ev?', run, false],
    ['TargetObject|endswith: \\CurrentVersion\\R??\\Evil', run, true],
    ['TargetObject|contains: \\CurrentControlSet\\Control\\Lsa\\Notification', lsa, true],
    ['TargetObject|contains: \\Control\\Lsa\\Security Packages', lsa, false],
    ["TargetObject|endswith: Packages\nDetails: 'DWORD (0x00000001)'", lsa, true],
    [
      "TargetObject|endswith: Packages\nDetails: 'DWORD (0x0000000a)'",
      { ...lsa, NewValue: '10' },
      true,
    ],
    ["TargetObject|endswith: Packages\nDetails: '(Empty)'", { ...lsa, NewValue: '-' }, true],
    ['TargetObject|endswith: Evil\nDetails|contains: evil.exe', run, true],
    // texts that no number of Sysmon's has
    [
      "TargetObject|endswith: Evil\nDetails|contains: '(A;;0x1;;;SY)'",
      { ...run, NewValue: 'D:(A;;0x1;;;SY)' },
      true,
    ],
    [
      "TargetObject|endswith: Evil\nDetails|endswith: '00000429'",
      { ...run, NewValue: '00000429' },
      true,
    ],
    ["TargetObject|endswith: Evil\nDetails|startswith: '0x1'", { ...run, NewValue: '0x1f' }, true],
    // a name of a value that holds backslashes
    ['TargetObject|endswith: \\Exclusions\\Paths\\C:\\Temp', excluded, true],
    ['TargetObject|endswith: \\Temp', excluded, true],
    ['TargetObject|contains: \\Exclusions\\Paths\\', excluded, true],
    ['TargetObject|contains: \\Paths\\C:\\', excluded, true],
    ['TargetObject|contains: \\Paths\\D:\\', excluded, false],
    ['TargetObject|endswith: \\Paths\\C??Temp', excluded, true],
    [
      'TargetObject: HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths\\C:\\Temp',
      excluded,
      true,
    ],
    [
      'TargetObject|neq: HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths\\C:\\Temp',
      excluded,
      false,
    ],
  ])('%j on %j: %j', (lines, given, expected) => {
    const query = audited(lines);
    if (!('kind' in query)) throw new Error(query.join('; '));
    expect(matches(query, { ...given })).toBe(expected);
  });

  test.each<readonly [string, string]>([
    [
      "Details: 'Binary Data'",
      'the rule asks for data in the words of Sysmon, which audit events do not have',
    ],
    ...[
      'contains: 0x00000001',
      'startswith: DWORD',
      'contains: qword',
      'startswith: DW',
      'endswith: 0001)',
      "contains: '(Empty)'",
      'startswith: Bin',
      "contains: '(0x0'",
    ].map(
      (details) => [`Details|${details}`, 'the rule asks for data in the words of Sysmon'] as const,
    ),
    [
      `TargetObject: '${'\\a'.repeat(100)}'`,
      'more than 64 places where the path may be taken apart',
    ],
    ['TargetObject|re: Run.*Evil', 'only texts with wildcards can be taken apart'],
  ])('%s is refused', (lines, message) => {
    const diagnostics = audited(lines);
    expect(diagnostics).toContainEqual(expect.stringMatching(new RegExp(`^PIP002 .*${message}`)));
  });
});

const splitting = pipelineOf('transformations:\n  - { type: split_path, parent: K, name: N }\n');

/** The query of a pattern as it is written, and of its two parts. */
function asWrittenAndSplit(text: string): readonly [Query, Query] {
  if (!splitting) throw new Error('the pipeline was not read');
  const bag = createBag();
  const rule = `title: T\nlogsource: { product: windows }\ndetection: { s: { P: '${text}' }, condition: s }\n`;
  const collection = collect(readDocuments({ path: 'rule.yml', text: rule }, bag).documents, bag);
  const [first] = collection.rules;
  const settled = first && createSettler(collection, { placeholders: new Map(), bag })(first);
  const whole = settled && createCombiner(bag)(settled);
  const split = settled && createProcessor([splitting], { bag })(settled);
  const parts = split && createCombiner(bag)(split);
  if (whole?.kind !== 'detection' || parts?.kind !== 'detection')
    throw new Error(told(bag).join('; '));
  return [whole.query, parts.query];
}

test('every text that a path matches is found in its two parts, and no other', () => {
  const letters = ['a', '\\', '*', '?'];
  let patterns = [''];
  for (let length = 0; length < 4; length++)
    patterns = patterns.flatMap((text) => letters.map((letter) => text + letter));
  const keys = ['a', 'aa', '\\a', 'a\\a', 'a\\'];
  const names = ['', 'a', 'aa', 'a\\a', '\\a'];
  let asked = 0;
  for (const text of new Set(
    patterns.map((one) => one.replace(/\*+/g, '*').replaceAll('\\', '\\\\')),
  )) {
    const [whole, parts] = asWrittenAndSplit(text);
    for (const K of keys)
      for (const N of names) {
        asked++;
        expect([text, K, N, matches(parts, { K, N })]).toEqual([
          text,
          K,
          N,
          matches(whole, { P: `${K}\\${N}` }),
        ]);
      }
  }
  expect(asked).toBeGreaterThan(1000);
});

test('a name may hold backslashes', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', '\\'), { minLength: 1, maxLength: 5 })
    .map((letters) => letters.join(''));
  // pieces of the path itself, so that many of the patterns match
  const made = fc.record({
    K: path,
    N: fc.oneof(fc.constant(''), path),
    cut: fc.infiniteStream(fc.constantFrom('', '', '?', '*', 'b')),
  });
  let matched = 0;
  fc.assert(
    fc.property(made, ({ K, N, cut }) => {
      const whole = `${K}\\${N}`;
      const text = [...whole]
        .map((letter) => {
          const wild = cut.next().value;
          return wild === '' ? letter.replace('\\', '\\\\') : wild;
        })
        .join('');
      const [asked, parts] = asWrittenAndSplit(text);
      const holds = matches(asked, { P: whole });
      if (holds) matched++;
      expect([text, K, N, matches(parts, { K, N })]).toEqual([text, K, N, holds]);
    }),
    { numRuns: 400 },
  );
  expect(matched).toBeGreaterThan(50);
});

test('other fields stay as they are', () => {
  expect(
    queryAfter(
      'Image: a',
      '  - { type: split_path, parent: K, name: N, field_name_conditions: [{ type: include_fields, fields: [P] }] }',
    ),
  ).toBe('Image=‹a›');
});
