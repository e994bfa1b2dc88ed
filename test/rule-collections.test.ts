import { describe, expect, it } from 'vitest';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { compileText } from './compile.ts';
import { placed, queryText } from './diagnostics.ts';

const id = '11111111-1111-4111-8111-111111111111';
/** A document that goes into each rule behind it. */
const global = `action: global\ntitle: G\nid: ${id}\nname: g\ndetection: { s: { A: 1 }, condition: s }\n`;
/** A document that becomes a rule with the global one. */
const service = (name: string, more = ''): string =>
  `---\nlogsource: { product: windows, service: ${name} }\n${more}`;

/** Title, log source and query of each rule. */
function rulesOf(text: string, bag: DiagnosticBag = createBag()): readonly string[] {
  return compileText(text, bag).flatMap((rule) => {
    if (rule.kind !== 'detection') return [];
    const { title, logsource } = rule.rule;
    return [
      `${title} (${[logsource.product, logsource.category, logsource.service].filter(Boolean).join('/')}): ${queryText(rule.query).replaceAll(':number', '')}`,
    ];
  });
}

function told(text: string): readonly string[] {
  const bag = createBag();
  readDocuments({ path: 'x.yml', text }, bag);
  return bag.list.filter(({ code }) => code !== 'SIG042').map(placed);
}

// what pySigma 1.5 makes of each was looked at beside
describe('a collection of Sigma 1 is read as pySigma reads it', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'a global document goes into each rule after it',
      `action: global
title: G
detection: { condition: selection }
---
logsource: { product: windows, service: security }
detection: { selection: { EventID: 1 } }
---
logsource: { product: windows, service: system }
detection: { selection: { EventID: 2 } }
`,
      ['G (windows/security): EventID=1', 'G (windows/system): EventID=2'],
    ],
    [
      'it is merged at any depth, and what it says counts',
      `action: global
title: G
logsource: { product: windows }
detection:
  selection: { A: 1, L: [a, b] }
  condition: selection
---
title: T
logsource: { category: process_creation }
detection:
  selection: { A: 9, B: 2, L: [z] }
  condition: other
  _other: { C: 3 }
`,
      ['G (windows/process_creation): and(A=1, B=2, or(L=‹a›, L=‹b›))'],
    ],
    [
      'a repeat goes into the rule before, the global document in it',
      `action: global
level: high
logsource: { product: windows }
---
title: One
detection: { s: { A: 1 }, condition: s }
---
action: repeat
title: Two
detection: { s: { B: 2 } }
---
action: repeat
title: Three
detection: { s: { A: 7 } }
`,
      ['One (windows): A=1', 'Two (windows): and(A=1, B=2)', 'Three (windows): and(A=7, B=2)'],
    ],
    [
      'a repeat after a global document is a rule of both',
      'action: global\ntitle: G\nlogsource: { product: p }\n---\naction: repeat\ndetection: { s: { A: 1 }, condition: s }\n',
      ['G (p): A=1'],
    ],
    [
      'keys in another letter case are merged with those that they are read as',
      `action: global
Title: G
Detection: { s: { A: 1 }, condition: s and t }
---
logsource: { product: p }
detection: { t: { B: 2 } }
---
action: repeat
LogSource: { service: q }
DETECTION: { t: { C: 3 } }
`,
      ['G (p): and(A=1, B=2)', 'G (p/q): and(A=1, B=2, C=3)'],
    ],
    [
      'reset forgets the global document, a second one replaces it',
      `action: global
title: G
logsource: { product: p }
---
detection: { s: { A: 1 }, condition: s }
---
action: reset
---
title: Alone
logsource: { product: q }
detection: { s: { A: 2 }, condition: s }
---
action: global
title: H
---
logsource: { product: r }
detection: { s: { A: 3 }, condition: s }
---
Action: none of Sigma
title: Own
logsource: { product: s }
detection: { s: { A: 4 }, condition: s }
---
action: global
logsource: { product: t }
---
title: Last
detection: { s: { A: 5 }, condition: s }
`,
      ['G (p): A=1', 'Alone (q): A=2', 'H (r): A=3', 'H (s): A=4', 'Last (t): A=5'],
    ],
    [
      'correlations and filters stay as they are',
      `action: global
title: G
logsource: { product: p }
---
name: base
detection: { s: { A: 1 }, condition: s }
---
title: F
logsource: { product: p }
filter: { rules: any, f: { B: 2 }, condition: not f }
---
title: C
correlation: { type: event_count, rules: [base], timespan: 5m, condition: { gte: 3 }, generate: true }
`,
      ['G (p): and(A=1, not(B=2))'],
    ],
    [
      'another `action` is an attribute of its own',
      `title: T\naction: block\nlogsource: { product: p }\ndetection: { s: { A: 1 }, condition: s }\n`,
      ['T (p): A=1'],
    ],
  ])('%s', (_, text, wanted) => {
    const bag = createBag();
    expect(rulesOf(text, bag)).toEqual(wanted);
    expect(bag.list.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  const rest = 'logsource: { product: p }\ndetection: { s: { A: 1 }, condition: s }\n';
  it.each<[string, string, readonly string[]]>([
    [
      'tells once that it is one, and what is wrong with the global document',
      `action: global\ntitle: G\nstatus: old\n---\n${rest}---\n${rest}`,
      [
        '1:9 info SIG072 3 documents of a collection are read as 2 rules',
        '3:9 warning SIG012 `old` is not a status: the detection has none, and is installed switched off by default',
      ],
    ],
    [
      'points at the document that a key comes from',
      `action: global\ntitle: G\nlevel: big\n---\n${rest}tags: [x]\n`,
      [
        '1:9 info SIG072 2 documents of a collection are read as 1 rule',
        '3:8 warning SIG012 `big` is not a level: the rule counts as medium',
        '7:8 warning SIG012 tag `x` is not of the form namespace.name',
      ],
    ],
    [
      'refuses a document that nothing is made of',
      `title: T\n${rest}---\naction: global\ntitle: Lost\n${rest}`,
      [
        '5:9 info SIG072 2 documents of a collection are read as 1 rule',
        '5:9 error SIG005 no rule follows that this document goes into',
      ],
    ],
    [
      'refuses what stands beside reset, and actions that there are not',
      `action: reset\ntitle: T\n---\naction: repaet\ntitle: T\n${rest}`,
      [
        '1:9 info SIG072 2 documents of a collection are read as no rules',
        '2:1 error SIG005 a document with `action: reset` holds nothing else',
        '4:9 error SIG005 a collection has no such action',
      ],
    ],
    [
      'refuses a map in the place of a text',
      `action: global\ntitle: G\ndetection: { s: { B: 1 } }\n---\nlogsource: { product: p }\ndetection: { s: x, condition: s }\n`,
      [
        '1:9 info SIG072 2 documents of a collection are read as no rules',
        '3:14 error SIG005 a map cannot go into a value that is not a map',
        '1:9 error SIG005 no rule follows that this document goes into',
      ],
    ],
    [
      'refuses a rule that a repeat behind the global document would change',
      `action: global\nlogsource: { product: p }\n---\naction: repeat\ntitle: R\ndetection: { s: { A: 1 }, condition: s }\n---\ntitle: T\ndetection: { t: { A: 1 }, condition: t }\n`,
      [
        '1:9 info SIG072 3 documents of a collection are read as 1 rule',
        '8:1 error SIG005 a document with `action: repeat` stands right behind the global one and would go into this rule too',
      ],
    ],
  ])('%s', (_, text, wanted) => {
    expect([...told(text)].sort()).toEqual([...wanted].sort());
  });

  it('is left out whole where a document can not be read, which may be the one that goes into all', () => {
    const text = `action: global\ntitle: "G\n---\ntitle: T\n${rest}---\ntitle: C\ncorrelation: { type: event_count, rules: [b], timespan: 5m, condition: { gte: 3 } }\n`;
    const bag = createBag();
    const { documents, count } = readDocuments({ path: 'x.yml', text }, bag, { named: false });
    expect(documents.map(({ kind }) => kind)).toEqual(['correlation']);
    expect(count).toBe(3);
    expect(bag.list.map(({ code, message }) => `${code} ${message.replace(/,.*/, '')}`)).toEqual([
      expect.stringContaining('SIG002 '),
      'SIG005 another document of this collection is left out with what cannot be read',
    ]);
  });

  it('has a bound for what it becomes', () => {
    const values = `[${'x, '.repeat(2000)}x]`;
    const text = `action: global\ntitle: G\nlogsource: { product: p }\ndetection: { s: { A: ${values} }, condition: s }\n${'---\nlevel: high\n'.repeat(2000)}`;
    const bag = createBag();
    const { documents } = readDocuments({ path: 'x.yml', text }, bag);
    expect(documents.length).toBeLessThan(250);
    expect(bag.list.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(
      ['SIG004'],
    );
  });
});

describe('ids and names in a collection', () => {
  const idsOf = (text: string): readonly (readonly [string | undefined, string | undefined])[] => {
    const bag = createBag();
    const { rules } = collect(readDocuments({ path: 'x.yml', text }, bag).documents, bag);
    expect(bag.list.filter(({ severity }) => severity === 'error')).toEqual([]);
    return rules.map((rule) => [rule.id, rule.name]);
  };

  it('of one document that goes into several are told apart: the first keeps them', () => {
    expect(idsOf(`${global}${service('a')}${service('b')}${service('a')}`)).toEqual([
      [id, 'g'],
      ['6c5cb7c8-35aa-5bed-bab1-9cdb308bf04f', 'g-2'],
      ['9c443bcf-13ff-55c3-825b-51ccaabf4559', 'g-3'],
    ]);
  });

  it('hang on the log source, and not on what stands between', () => {
    const before = new Set(
      idsOf(`${global}${service('a')}${service('b')}${service('c')}`).map(([one]) => one),
    );
    const after = idsOf(`${global}${service('a')}${service('x')}${service('c')}`).map(
      ([one]) => one,
    );
    expect(after.filter((one) => before.has(one))).toHaveLength(2);
  });

  it('that a document has itself are kept', () => {
    const own = '22222222-2222-4222-8222-222222222222';
    expect(
      idsOf(`${global}${service('a', `id: ${own}\n`)}${service('b', 'name: mine\n')}`),
    ).toEqual([
      [own, 'g'],
      [id, 'mine'],
    ]);
  });

  it('of a repeated rule are its own too', () => {
    const [first, second] = idsOf(
      `title: T\nid: ${id}\nlogsource: { product: p }\ndetection: { s: { A: 1 }, condition: s }\n---\naction: repeat\ndetection: { s: { A: 2 } }\n`,
    );
    expect(first?.[0]).toBe(id);
    expect(second?.[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-5/);
  });
});

describe('a filter reaches all rules that a global document gave', () => {
  const filter = (reference: string, more = ''): string =>
    `---\ntitle: F\nlogsource: { product: windows${more} }\nfilter: { rules: [${reference}], f: { B: 2 }, condition: not f }\n`;
  const filtered = (name: string): string => `G (windows/${name}): and(A=1, not(B=2))`;

  it.each([
    ['its id', filter(id.toUpperCase())],
    ['its name', filter('g')],
  ])('%s', (_, written) => {
    const text = `${global}${service('a')}${service('b', 'id: 22222222-2222-4222-8222-222222222222\nname: own\n')}${service('c')}${written}`;
    expect(rulesOf(text)).toEqual([filtered('a'), filtered('b'), filtered('c')]);
  });

  it('with a log source that fits', () => {
    expect(rulesOf(`${global}${service('a')}${service('b')}${filter(id, ', service: b')}`)).toEqual(
      ['G (windows/a): A=1', filtered('b')],
    );
  });
});
