import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectionOf } from './compile.ts';
import { compared, type IngestedRule, ingested } from './ingest-agreement.ts';
import { runs } from './thoroughness.ts';

/** Literals that overlap, contain each other, or have signs that some layer could take for its own. */
const words = [
  'a',
  'ab',
  'abc',
  'bc',
  'cab',
  'cmd.exe',
  '\\cmd.exe',
  'C:\\cmd.exe',
  'whoami',
  'who',
  'ami /all',
  '-enc ',
  ' /c',
  '$1',
  '\\u0041',
  '"quoted"',
  "it's",
  '(x|y)',
  '[z]',
  '^.+$',
  'ä',
  'ß',
  'ſ',
  'K',
  '\u212a',
  'İ',
  'ı',
  '1',
  '01',
  '4688',
  'true',
  'é\u0301',
  '\t',
  '=1 ',
];
const word = fc.constantFrom(...words);
const wild = fc.oneof(
  word,
  fc.tuple(word, word).map(([a, b]) => `${a}*${b}`),
  word.map((text) => `*${text}*`),
  word.map((text) => `${text}?`),
);
const regexes = [
  'a+b',
  '^C:.*exe$',
  '(?i)who',
  '\\bami\\b',
  '[^a]b',
  'ab|bc',
  '(?=a)ab',
  '\\d{2}',
  '^$',
  'c*$',
];
const fields = ['a', 'b', 'c', 'end', 'x.y', 'EventID'];
const field = fc.constantFrom(...fields);

const item: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: line(
      [
        '',
        '|contains',
        '|startswith',
        '|endswith',
        '|contains|all',
        '|cased',
        '|cased|contains',
        '|neq',
        '|windash|contains',
      ],
      wild,
    ),
  },
  { weight: 2, arbitrary: line(['|re', '|re|i', '|re|m', '|re|s'], fc.constantFrom(...regexes)) },
  {
    weight: 1,
    arbitrary: line(
      ['|cidr'],
      fc.constantFrom(
        '10.0.0.0/8',
        '::/8',
        '::/96',
        '::ffff:0:0/95',
        '::ffff:0:0/96',
        '::ffff:10.0.0.0/104',
        '192.168.1.0/24',
        'fe80::/10',
        'ff00::/8',
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(field, fc.constantFrom('lt', 'lte', 'gt', 'gte'), fc.constantFrom(1, 4688, -2, 1.5))
      .map(([name, how, number]) => `'${name}|${how}': ${number}`),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(field, fc.boolean()).map(([name, is]) => `'${name}|exists': ${is}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(field, field, fc.constantFrom('', '|startswith', '|endswith', '|contains'))
      .map(([one, two, how]) => `'${one}|fieldref${how}': ${two}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(field, fc.constantFrom('null', '1', '4688', 'true', "''", '-2', '1.5'))
      .map(([name, value]) => `'${name}': ${value}`),
  },
);

function line(modifiers: readonly string[], value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(field, fc.constantFrom(...modifiers), fc.array(value, { minLength: 1, maxLength: 4 }))
    .map(([name, modifier, values]) => `'${name}${modifier}': ${JSON.stringify(values)}`);
}

const condition = fc.constantFrom(
  's1',
  'not s1',
  's1 and s2',
  's1 or s2',
  's1 and not s2',
  's1 and not 1 of s*',
  'all of s*',
  '(s1 or s2) and not s3',
  'not (s1 and not s2) or s3',
  's3 and (s1 or not s2)',
);

const detection = fc
  .tuple(
    fc.array(
      fc.uniqueArray(item, {
        minLength: 1,
        maxLength: 3,
        selector: (text) => text.split(':', 1)[0],
      }),
      { minLength: 3, maxLength: 3 },
    ),
    condition,
  )
  .map(([parts, expression]) =>
    [
      ...parts.map((items, at) => `s${at + 1}: { ${items.join(', ')} }`),
      `condition: ${expression}`,
    ].join('\n'),
  );

const upper = (text: string): string => text.toUpperCase();
const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(word, { minLength: 1, maxLength: 3 }).map((list) => list.join('')),
  },
  {
    weight: 2,
    arbitrary: fc.array(word, { minLength: 1, maxLength: 2 }).map((list) => upper(list.join(' '))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '10.1.2.3',
      '192.168.1.255',
      '::1',
      'fe80::1%2',
      '010.1.2.3',
      '10.1.2',
      '::10.0.0.1',
      '::ffff:10.0.0.1',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(1, 4688, 1.5, -2, 0) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '1.0',
      '1e3',
      '+1',
      ' 4688 ',
      'x'.repeat(300),
      'a\nb',
      'ab\r\n',
    ),
  },
);
const event = fc.dictionary(field, value, { maxKeys: fields.length });

/** Those that compile and that pipeline rules can express, each with an id of its own. */
function rulesOf(detections: readonly string[]): readonly IngestedRule[] {
  const compiled = detections.flatMap((text, at) => {
    try {
      const made = detectionOf(text);
      return [{ ...made, rule: { ...made.rule, id: `rule-${at}` } }];
    } catch {
      return [];
    }
  });
  return ingested(compiled).rules;
}

test('random rules find what they mean in random events, all in one plan', () => {
  let asked = 0;
  let pairs = 0;
  fc.assert(
    fc.property(
      fc.array(detection, { minLength: 1, maxLength: 12 }),
      fc.array(event, { minLength: 1, maxLength: 12 }),
      (detections, events) => {
        const rules = rulesOf(detections);
        const { wrong, hits } = compared(
          rules,
          events,
          ({ id }) => detections[Number(id.slice(5))] ?? id,
        );
        asked += rules.length;
        pairs += hits;
        expect(wrong).toEqual([]);
      },
    ),
    {
      numRuns: runs(600),
      // two characters that copies of fields do not keep are two
      // addresses of IPv4 within IPv6 are numbers of 32 bits
      examples: [
        [["s: { 'b|fieldref': x.y }\ncondition: s"], [{ b: '\u212a', 'x.y': 'İ' }]],
        [
          ["s: { 'b|cidr': '::ffff:10.0.0.0/104' }\ncondition: s"],
          [{ b: '::FFFF:10.0.0.1' }, { b: '0:0:0:0:0:ffff:a00:1' }, { b: '::ffff:11.0.0.1' }],
        ],
        [["s: { 'b|cidr': '::/96' }\ncondition: s"], [{ b: '::ffff:10.0.0.1' }, { b: '::1' }]],
      ],
    },
  );
  // most of them compile, and a good part of the pairs is meant
  expect(asked).toBeGreaterThan(runs(600) * 4);
  expect(pairs).toBeGreaterThan(asked);
});
