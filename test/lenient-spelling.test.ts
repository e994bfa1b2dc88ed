import { describe, expect, test } from 'vitest';
import { nameKeys } from '../src/pack/naming/name-text.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { independentFiles } from '../src/sigma/collection/lone-rule.ts';
import { timespanText } from '../src/sigma/rule/aggregation.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileText, ruleText } from './compile.ts';
import {
  detectionDiagnostics,
  diagnosticsOf,
  queryText,
  selectionQuery,
  told,
} from './diagnostics.ts';

/** The one rule of a text, as read. */
function headOf(text: string) {
  const [rule] = readDocuments({ path: 'rule.yml', text }, createBag()).documents;
  if (rule?.kind !== 'detection') throw new Error('no rule was read');
  return rule;
}

const withLine = (line: string): string =>
  `title: T\nid: a\nlogsource: {product: w}\n${line}\ndetection:\n  s: {a: b}\n  condition: s\n`;

describe('keys in any letter case', () => {
  const shouted = `TITLE: Shouted
Id: 11111111-0000-4000-8000-000000000000
Name: shouted
STATUS: Test
Level: HIGH
Tags: [attack.execution]
LogSource: {Product: windows, CATEGORY: process_creation}
Detection:
  Selection: {Image: x}
  Condition: Selection
`;

  test('a rule with them is the rule that is meant', () => {
    const rule = headOf(shouted);
    expect(rule).toMatchObject({
      title: 'Shouted',
      id: '11111111-0000-4000-8000-000000000000',
      name: 'shouted',
      status: 'test',
      level: 'high',
      tags: ['attack.execution'],
      logsource: { product: 'windows', category: 'process_creation' },
    });
    expect([...rule.detection.searches.keys()]).toEqual(['Selection']);
    const bag = diagnosticsOf(shouted);
    expect([...new Set(bag.list.map(({ code, severity }) => `${code} ${severity}`))]).toEqual([
      'SIG017 info',
    ]);
    expect(told(bag)[0]).toBe('SIG017 1:1 `TITLE` is read as `title`');
  });

  test('the key as Sigma has it comes first, and the other is what it was', () => {
    expect(headOf(withLine('Title: Other')).title).toBe('T');
    expect(told(diagnosticsOf(withLine('Title: Other')))).toEqual([
      'SIG016 4:1 `Title` is not an attribute of Sigma',
    ]);
  });

  test('a selection may have the name of a key in another letter case', () => {
    const bag = createBag();
    const [rule] = compileText(
      ruleText('Condition: {a: x}\nTimeframe: {b: z}\ncondition: Condition and Timeframe'),
      bag,
    );
    expect(rule?.kind === 'detection' && queryText(rule.query)).toBe('and(a=‹x›, b=‹z›)');
    expect(told(bag)).toEqual([]);
  });

  test('a correlation and a filter', () => {
    const bag = createBag();
    const compiled = compileText(
      `${shouted}---
Title: Many
id: c
Correlation: {Type: Event_Count, Rules: [shouted], Group-By: [User], TimeSpan: 5m, Generate: Yes, Condition: {GTE: 3}}
---
Title: Not ours
LogSource: {product: windows}
Filter: {Rules: ANY, Ours: {User: admin}, Condition: not Ours}
`,
      bag,
    );
    expect(bag.list.filter(({ code }) => code !== 'SIG017')).toEqual([]);
    expect(compiled[0]?.kind === 'detection' && queryText(compiled[0].query)).toBe(
      'and(Image=‹x›, not(User=‹admin›))',
    );
    expect(compiled[1]?.kind === 'correlation' && compiled[1].rule).toMatchObject({
      type: 'event_count',
      groupBy: ['User'],
      generate: true,
    });
  });

  test('a correlation at fault takes its rules along', () => {
    const text = `${shouted}---\ntitle: Many\nCORRELATION: {Type: nonsense, Rules: [shouted], timespan: 5m}\n`;
    const { documents } = readDocuments({ path: 'rule.yml', text }, createBag());
    expect(documents.map((one) => (one.kind === 'lost' ? one.references : one.kind))).toEqual([
      'detection',
      ['shouted'],
    ]);
  });

  test('files that are read by themselves are told apart by them too', () => {
    const rule =
      'Title: A\nID: abc\nName: base\nlogsource: {product: w}\nDetection:\n  s: {a: b}\n  condition: s\n';
    const referring =
      'title: C\ncorrelation: {type: event_count, rules: [base], timespan: 5m, condition: {gte: 3}}\n';
    expect([...independentFiles([rule, referring], nameKeys('')).keys()]).toEqual([]);
    expect([...independentFiles([rule, rule], nameKeys('')).keys()]).toEqual([]);
    expect([
      ...independentFiles(
        [rule, 'Title: F\nLogsource: {product: w}\nFILTER: {rules: any}\n'],
        nameKeys(''),
      ).keys(),
    ]).toEqual([]);
    expect([...independentFiles([rule], nameKeys('')).keys()]).toEqual([0]);
  });
});

describe('words for a status and a level', () => {
  test.each([
    ['status: TEST', 'test', undefined],
    ['status: testing', 'test', undefined],
    ['status: Production', 'stable', undefined],
    ['status: prod', 'stable', undefined],
    ['status: wip', undefined, undefined],
    ['level: Info', undefined, 'informational'],
    ['level: crit', undefined, 'critical'],
    ['level: moderate', undefined, 'medium'],
    ['level: severe', undefined, undefined],
  ])('%s', (line, status, level) => {
    const rule = headOf(withLine(line));
    expect([rule.status, rule.level]).toEqual([status, level]);
  });
});

describe('tags', () => {
  test.each([
    ['attack.T1059.001', 'attack.t1059.001'],
    ['ATTACK.Execution', 'attack.execution'],
    ['attack.Initial Access', 'attack.initial-access'],
    ['attack.credential_access', 'attack.credential_access'],
    ['attack:t1059/001', 'attack.t1059.001'],
    ['attack_t1059_001', 'attack.t1059.001'],
    ['attack-t1059.001', 'attack.t1059.001'],
    ['t1059.001', 'attack.t1059.001'],
    ['mitre.attack.t1059', 'attack.t1059'],
    ['T1059.001', 'attack.t1059.001'],
    ['G0007', 'attack.g0007'],
    ['CVE-2021-44228', 'cve.2021-44228'],
    ['cve.2021.44228', 'cve.2021.44228'],
    ['TLP:RED', 'tlp.red'],
    ['Detection.Threat-Hunting', 'detection.threat-hunting'],
    ['car.2013-05-009', 'car.2013-05-009'],
    ['custom.Some_Thing', 'custom.some_thing'],
    // no namespace says what these are
    ['T1059 PowerShell', 'T1059 PowerShell'],
    ['malware', 'malware'],
  ])('%s', (written, meant) => {
    expect(headOf(withLine(`tags: ['${written}']`)).tags).toEqual([meant]);
    const codes = diagnosticsOf(withLine(`tags: ['${written}']`)).list.map(({ code }) => code);
    expect(codes).toEqual(
      written === meant ? (/^[a-z]+\./.test(written) ? [] : ['SIG012']) : ['SIG017'],
    );
  });

  test('several in one text, and several authors', () => {
    const rule = headOf(withLine("tags: 'attack.execution, attack.T1059,'\nauthor: [Ann, Ben]"));
    expect([rule.tags, rule.author]).toEqual([['attack.execution', 'attack.t1059'], 'Ann, Ben']);
    expect(told(diagnosticsOf(withLine('tags: attack.execution, attack.t1059')))).toEqual([
      'SIG017 4:1 tags with commas between them are read as several',
    ]);
  });

  test.each(['attack.t1059.1', 'attack.t105', 'attack.1059', 'attack.g7'])(
    '%s gives no mapping, which is said',
    (tag) => {
      expect(told(diagnosticsOf(withLine(`tags: [${tag}]`)))).toEqual([
        `SIG012 4:8 tag \`${tag}\` names nothing of ATT&CK, and gives no mapping`,
      ]);
    },
  );
});

describe('modifiers', () => {
  test.each([
    ['a|EndsWith: x', 'a=*‹x›', 'SIG017 8:7 modifier `EndsWith` is read as `endswith`'],
    ['a|re|ignorecase: x', 'a=/x/i', 'SIG017 8:10 modifier `ignorecase` is read as `i`'],
    ['a|re|multiline: x', 'a=/x/m', 'SIG017 8:10 modifier `multiline` is read as `m`'],
    ['a|re|DotAll: x', 'a=/x/s', 'SIG017 8:10 modifier `DotAll` is read as `s`'],
    [
      'a|contains | all: [x, z]',
      'and(a=*‹x›*, a=*‹z›*)',
      'SIG017 8:7 modifier `contains ` is read as `contains`',
    ],
    ['a |contains: x', 'a=*‹x›*', 'SIG017 8:5 field `a ` is read without the blank before `|`'],
    ['a|exists: yes', 'a exists', 'SIG017 8:15 the text `yes` is read as `true`'],
    ['a|exists: No', 'not(a exists)', 'SIG017 8:15 the text `No` is read as `false`'],
    ["a|exists: 'TRUE'", 'a exists', 'SIG017 8:15 the text `TRUE` is read as `true`'],
    ['a|exists: off', 'not(a exists)', 'SIG017 8:15 the text `off` is read as `false`'],
  ])('%s', (line, query, diagnostic) => {
    expect(queryText(selectionQuery(line))).toBe(query);
    expect(told(detectionDiagnostics(`selection:\n  ${line}\ncondition: selection`))[0]).toBe(
      diagnostic,
    );
  });

  test.each([
    ['in', 'A list already means any of its values: remove the modifier.'],
    ['any', 'A list already means any of its values: remove the modifier.'],
    ['startwith', 'Did you mean `startswith`?'],
    ['start_with', 'Did you mean `startswith`?'],
    ['begins-with', 'Did you mean `startswith`?'],
    ['Ends_With', 'Did you mean `endswith`?'],
    ['iregex', 'Did you mean `re|i`?'],
    ['regexp', 'Did you mean `re`?'],
    ['equals', 'Values are compared whole without a modifier: remove the modifier.'],
    ['wildcard', 'Values may hold `*` and `?` without a modifier: remove the modifier.'],
    ['>=', 'Did you mean `gte`?'],
    ['less_than', 'Did you mean `lt`?'],
    ['subnet', 'Did you mean `cidr`?'],
    ['endswithfield', 'Did you mean `fieldref|endswith`?'],
    ['not_contains', 'Use neq, or `not` in the condition.'],
    ['icontains', 'Texts match in either letter case already; `cased` makes letter case count.'],
    ['base64_offset', 'Did you mean `base64offset`?'],
    ['xor', 'See the table of modifiers in docs/sigma.md.'],
  ])('what %s is in Sigma', (name, hint) => {
    expect(
      detectionDiagnostics(`s:\n  'a|${name}': x\ncondition: s`).list.map(
        (one) => `${one.code} ${one.hint}`,
      ),
    ).toEqual([`SIG020 ${hint}`]);
  });
});

describe('`timeframe` without an aggregation', () => {
  test.each(['sel', 'sel and not (a or b)', '1 of sel'])(
    'is passed over where one selection is looked for: %s',
    (condition) => {
      const bag = detectionDiagnostics(
        `sel: {a: x}\na: {b: x}\nb: {c: x}\ntimeframe: 5m\ncondition: ${condition}`,
      );
      expect(told(bag).filter((one) => !one.startsWith('SIG032'))).toEqual([
        'SIG034 10:3 `timeframe` changes nothing: the condition looks at one event at a time',
      ]);
      expect(bag.list.find(({ code }) => code === 'SIG034')?.hint).toContain('timespan: 5m');
    },
  );

  test.each(['sel and a', 'sel or a', '1 of them', 'all of s*'])(
    'is an error where several are: %s',
    (condition) => {
      const bag = detectionDiagnostics(
        `sel: {a: x}\na: {b: x}\ntimeframe: 5m\ncondition: ${condition}`,
      );
      expect(told(bag)).toEqual([
        'SIG033 9:3 `timeframe` over several selections means several events, and a condition looks at one at a time',
      ]);
      expect(bag.list[0]?.hint).toContain(
        'correlation: {type: temporal, rules: [<their names>], group-by: [<field>], timespan: 5m}',
      );
    },
  );
});

describe('log sources in another letter case', () => {
  test('stay as written, and say what that means', () => {
    const text = withLine('level: low').replace('product: w', 'product: Windows');
    expect(headOf(text).logsource).toEqual({ product: 'Windows' });
    expect(told(diagnosticsOf(text))).toEqual([
      'SIG012 3:22 product `Windows` is not the same as `windows` for pipelines and filters: log sources of Sigma are lower case',
    ]);
  });
});

describe('parts of a rule in the wrong place', () => {
  const hints = (text: string) =>
    diagnosticsOf(text).list.map(({ code, hint }) => `${code} ${hint}`);
  test.each([
    [
      'title: T\ndetection:\n  logsource: {product: w}\n  s: {a: b}\n  condition: s\n',
      'SIG010 Move it to the first column, with what stands below it.',
    ],
    [
      'title: T\nlogsource: {products: w}\ndetection:\n  s: {a: b}\n  condition: s\n',
      'SIG010 Did you mean `product`?',
    ],
    [
      'title: T\nlogsource: {product: w}\ndetection:\n  - s: {a: b}\n  - condition: s\n',
      'SIG011 Write the selections and `condition:` as keys below `detection:`, without a `-` before them.',
    ],
    [
      'title: T\nlogsource: {product: w}\ns: {a: b}\ncondition: s\n',
      'SIG005 Put the selections and `condition:` below `detection:`, indented.',
    ],
    [
      'title: T\nlogsource: {product: w}\ndetection:\n  s:\n  a: b\n  condition: s\n',
      'SIG015 Give it at least one field or keyword, indented deeper than its name.',
    ],
    [
      'title: T\nid: a\nlogsource: {product: w}\ndetection:\n  s: {a: b}\n  condition: them\n',
      'SIG031 Write `1 of them` or `all of them`.',
    ],
  ])('%s', (text, hint) => {
    expect(hints(text).filter((one) => !one.startsWith('SIG042'))[0]).toBe(hint);
  });
});

test.each([
  ['15m', '15m'],
  ['15min', '15m'],
  ['15 minutes', '15m'],
  ['1hour', '1h'],
  ['2 weeks', '2w'],
  ['300', '<how long>'],
  ['3M', '<how long>'],
  ['soon', '<how long>'],
])('a timeframe of %s is hinted at as the timespan %s', (timeframe, expected) =>
  expect(timespanText(timeframe)).toBe(expected),
);
