import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConditionPart } from '../src/docs/condition/condition-part.ts';
import { conditionParts } from '../src/docs/condition/condition-parts.ts';
import { correlationSentence, durationText } from '../src/docs/condition/correlation-sentence.ts';
import { createRelations } from '../src/docs/site/relations.ts';
import { sigmaTokens } from '../src/docs/site/sigma-tokens.ts';
import { createSlugs } from '../src/docs/slug.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileText, detectionOf, loginRules } from './compile.ts';
import { cpuMilliseconds } from './cpu-time.ts';

/** A part on one line: `all(Image ends with [\a.exe], not(...))`. */
function lineOf(part: ConditionPart | undefined): string {
  if (!part) return '';
  if (part.kind !== 'test') return `${part.kind}(${part.parts.map(lineOf).join(', ')})`;
  const values = part.values.length === 0 ? '' : ` [${part.values.join(` ${part.link} `)}]`;
  return `${part.field ?? '*'} ${part.operation}${values}`;
}

const shown = (detection: string): string => lineOf(conditionParts(detectionOf(detection).query));

describe('the condition of a page', () => {
  it.each([
    ["A: 'x'", 'A is [x]'],
    ["A: ['x', 'y']", 'A is [x any y]'],
    ["A|contains: 'x'", 'A contains [x]'],
    ["A|contains|all: ['x', 'y']", 'A contains [x all y]'],
    ["A|startswith: 'x'", 'A starts with [x]'],
    ["A|endswith: ['x', 'y']", 'A ends with [x any y]'],
    ["A|endswith|cased: 'x'", 'A ends with (same letter case) [x]'],
    ["A: 'a*b?c'", 'A matches [a*b?c]'],
    ["A: ''", 'A is empty'],
    ["A: '*'", 'A is present'],
    ['A: null', 'A is absent'],
    ['A|exists: true', 'A is present'],
    ['A: 5', 'A is [5]'],
    ['A|gte: 5', 'A is at least [5]'],
    ['A|lt: 5', 'A is less than [5]'],
    ["A|re: 'a.+b'", 'A matches the regular expression [a.+b]'],
    ["A|re|i: 'a.+b'", 'A matches the regular expression [(?i)a.+b]'],
    ["A|cidr: '10.0.0.0/8'", 'A is in the network [10.0.0.0/8]'],
    ['A|fieldref: B', 'A is the same as the field [B]'],
  ])('%s', (item, expected) => {
    expect(shown(`selection:\n  ${item}\ncondition: selection`)).toBe(expected);
  });

  it('keeps how selections are combined', () => {
    expect(
      shown(
        [
          'image:',
          "  - Image|endswith: ['\\a.exe', '\\b.exe']",
          '  - OriginalFileName: a.exe',
          'command:',
          "  CommandLine|contains: ' -x '",
          '  User: null',
          'filter_a:',
          '  Parent: p',
          'filter_b:',
          '  Parent: q',
          '  User: u',
          'condition: image and command and not 1 of filter_*',
        ].join('\n'),
      ),
    ).toBe(
      'all(any(Image ends with [\\a.exe any \\b.exe], OriginalFileName is [a.exe]), ' +
        'CommandLine contains [ -x ], User is absent, ' +
        'none(Parent is [p], all(Parent is [q], User is [u])))',
    );
  });

  it('takes a hundred thousand values in one go, each once', () => {
    const operands = Array.from({ length: 100_000 }, (_, index) => ({
      kind: 'item' as const,
      field: 'A',
      test: { kind: 'number' as const, value: index % 90_000 },
      file: { path: 'r.yml', text: '' },
      span: { start: 0, end: 0 },
    }));
    const started = cpuMilliseconds();
    const part = conditionParts({ kind: 'or', operands });
    expect(cpuMilliseconds() - started).toBeLessThan(1500);
    expect(part?.kind === 'test' && part.values.length).toBe(90_000);
  });

  it('says of keywords that the whole event is searched', () => {
    expect(shown("keywords:\n  - 'a b'\n  - c\ncondition: keywords")).toBe(
      '* contains [a b any c]',
    );
  });
});

it.each([
  [
    'event_count',
    'condition: { gte: 10 }\n  group-by: [User]',
    'At least 10 matches of its rules within 5 minutes, for each value of User.',
  ],
  [
    'value_count',
    'condition: { gt: 3, lte: 9, field: Host }',
    'More than 3 and at most 9 different values of Host within 5 minutes.',
  ],
  [
    'temporal',
    'group-by: [User, Host]',
    'A match of each of its rules within 5 minutes, for each combination of User, Host.',
  ],
  [
    'temporal_ordered',
    'group-by: [User]',
    'A match of each of its rules, in their order, within 5 minutes, for each value of User.',
  ],
  [
    'value_percentile',
    'condition: { gt: 500, field: Bytes, percentile: 91 }',
    'Percentile 91 of Bytes of more than 500 within 5 minutes.',
  ],
])('a correlation in a sentence: %s', (type, lines, expected) => {
  const text = `${loginRules}
---
title: Many
correlation:
  type: ${type}
  rules: [failed, login]
  timespan: 5m
  ${lines}
`;
  const rule = compileText(text).find(({ kind }) => kind === 'correlation')?.rule;
  expect(rule?.kind === 'correlation' ? correlationSentence(rule) : rule).toBe(expected);
});

it.each([
  [1, '1 second'],
  [90, '90 seconds'],
  [60, '1 minute'],
  [7200, '2 hours'],
  [86_400, '1 day'],
])('%i seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

describe('the colours of a rule', () => {
  const kindsOf = (line: string): readonly (readonly [string, string])[] =>
    (sigmaTokens(line)[0] ?? []).map(({ kind, text }) => [kind, text] as const);

  it.each([
    [
      "    Image|endswith: '\\a''s.exe' # why",
      [
        ['mark', '    '],
        ['key', 'Image|endswith'],
        ['mark', ':'],
        ['plain', ' '],
        ['string', "'\\a''s.exe'"],
        ['plain', ' '],
        ['comment', '# why'],
      ],
    ],
    [
      '  - a#b',
      [
        ['mark', '  - '],
        ['plain', 'a#b'],
      ],
    ],
    ['# all', [['comment', '# all']]],
    [
      "it's: x",
      [
        ['key', "it's"],
        ['mark', ':'],
        ['plain', ' x'],
      ],
    ],
  ] as const)('%s', (line, expected) => {
    expect(kindsOf(line)).toEqual(expected);
  });

  it('are those of text in a block', () => {
    expect(
      sigmaTokens('description: |\n  a: b\n  c\nstatus: test').map((line) => line[0]?.kind),
    ).toEqual(['key', 'string', 'string', 'key']);
  });

  it('leave the text as it is, whatever it is', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '- ',
      "'",
      '"',
      '#',
      '\\',
      '|',
      '\n',
      '{',
      ',',
      'key: ',
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (text) => {
          const joined = sigmaTokens(text).map((line) => line.map((token) => token.text).join(''));
          expect(joined.join('\n')).toBe(text);
        },
      ),
    );
  });
});

describe('the relations of a rule', () => {
  const ids = ['a', 'b', 'c', 'd'].map((digit) => `0000000${digit}-0000-4000-8000-000000000000`);
  const rule = (title: string, id: string | undefined, more: string): string =>
    `title: ${title}\nid: ${id}\n${more}logsource: { product: windows }\ndetection: { s: { A: 1 }, condition: s }\n`;
  const text = [
    rule(
      'Alpha',
      ids[0],
      `related:\n  - id: ${ids[3]}\n    type: similar\ntags: [attack.t1059.001]\n`,
    ),
    rule(
      'Bravo',
      ids[1],
      `related: [{ id: ${ids[2]}, type: similar }]\ntags: [attack.t1059.001, attack.t1003]\n`,
    ),
    rule('charlie', ids[2], 'tags: [attack.t1059.001]\n'),
    rule('Delta', ids[3], `related:\n  # id: ${ids[1]}\ntags: [attack.t1003]\n`),
    `title: Both\nname: both\ncorrelation: { type: temporal, rules: [${ids[0]}, ${ids[1]}], timespan: 1m }\n`,
  ].join('---\n');
  const bag = createBag();
  const collection = collect(readDocuments({ path: 'r.yml', text }, bag).documents, bag);
  const relationsOf = createRelations(collection, createSlugs(collection.rules));
  const found = (title: string) => {
    const one = collection.rules.find((candidate) => candidate.title === title);
    if (!one) throw new Error(title);
    const { named, correlations, parts, alerts, techniques } = relationsOf(one);
    return {
      named: named.map((other) => other.title),
      correlations: correlations.map((other) => other.title),
      parts: parts.map((other) => other.title),
      alerts,
      techniques: techniques.map(({ id, total, previous, next, rules }) => [
        id,
        total,
        previous?.title,
        next?.title,
        rules.map((other) => other.title).join(),
      ]),
    };
  };

  it('are those that it names, on both sides', () => {
    expect(found('Alpha').named).toEqual(['Delta']);
    expect(found('Delta').named).toEqual(['Alpha']);
    expect(found('Bravo').named).toEqual(['charlie']);
    expect(found('charlie').named).toEqual(['Bravo']);
  });

  it('are the correlations that use it, and the rules that a correlation uses', () => {
    expect(found('Bravo')).toMatchObject({ correlations: ['Both'], parts: [], alerts: false });
    expect(found('Both')).toMatchObject({
      correlations: [],
      parts: ['Alpha', 'Bravo'],
      alerts: true,
    });
  });

  it('are the rules of each technique, by title and in a circle', () => {
    expect(found('Bravo').techniques).toEqual([
      ['T1003', 2, 'Delta', 'Delta', 'Delta'],
      ['T1059.001', 3, 'Alpha', 'charlie', 'charlie,Alpha'],
    ]);
    expect(found('Alpha').techniques).toEqual([
      ['T1059.001', 3, 'charlie', 'Bravo', 'Bravo,charlie'],
    ]);
  });
});
