import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splunkCorrelation } from '../src/backend/splunk/correlation/correlation.ts';
import { correlatorOf } from '../src/match/correlation/correlation.ts';
import type { CompiledCorrelation } from '../src/query/compile.ts';
import { compileText } from './compile.ts';
import { runSpl } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { runs } from './thoroughness.ts';

const bases = `
title: A
name: a
logsource: { product: windows }
detection: { s: { id: 1 }, condition: s }
---
title: B
name: b
logsource: { product: windows }
detection: { s: { id: 2 }, condition: s }
---
title: C
name: c
logsource: { product: windows }
detection: { s: { tag|contains: x }, condition: s }
`;

function correlation(...bodies: readonly string[]): CompiledCorrelation {
  const documents = bodies.map(
    (body, index) => `---\ntitle: R${index}\nname: r${index}\ncorrelation: { ${body} }\n`,
  );
  const found = compileText(`${bases}${documents.join('')}`).find(
    ({ rule }) => rule.name === `r${bodies.length - 1}`,
  );
  if (found?.kind !== 'correlation') throw new Error('no correlation');
  return found;
}

/** Groups that the correlation alerts on, by ours. */
function groups(compiled: CompiledCorrelation, events: readonly Event[]): readonly string[] {
  const made = correlatorOf(compiled);
  if (!made.ok) throw new Error(made.error);
  return [
    ...new Set(
      events.flatMap((event) =>
        made.value(event, Number(event._time) * 1000).map(({ group }) => group.join('|')),
      ),
    ),
  ].sort();
}

const who = 'aliases: { who: { a: user, c: peer } }';
const innerAlias = (name: string): string =>
  `type: event_count, rules: [a, c], group-by: [${name}], timespan: 10s, condition: { gte: 2 }, aliases: { ${name}: { a: peer, c: user } }`;

const kinds: readonly (readonly string[])[] = [
  ['type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: { gte: 3 }'],
  [
    'type: event_count, rules: [a, c], group-by: [user], timespan: 10s, condition: { gt: 1, lte: 3 }',
  ],
  ['type: event_count, rules: [a], timespan: 5s, condition: { eq: 2 }'],
  [
    'type: value_count, rules: [a, b], group-by: [user], timespan: 10s, condition: { field: host, gte: 2 }',
  ],
  [
    'type: value_sum, rules: [a], group-by: [user], timespan: 10s, condition: { field: size, gt: 9 }',
  ],
  [
    'type: value_avg, rules: [a], group-by: [user], timespan: 10s, condition: { field: size, lt: 4 }',
  ],
  ['type: temporal, rules: [a, b], group-by: [user], timespan: 10s'],
  ['type: temporal, rules: [a, b, c], group-by: [user], timespan: 20s, condition: { gte: 2 }'],
  ['type: temporal_ordered, rules: [a, b], group-by: [user], timespan: 10s'],
  ['type: temporal_ordered, rules: [a, b, c], group-by: [user], timespan: 20s'],
  [
    'type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: { gte: 2 }',
    'type: temporal, rules: [r0, b], group-by: [user], timespan: 20s',
  ],
  // an event may be one of `c` and of another
  [`type: temporal, rules: [a, c], group-by: [who], timespan: 10s, ${who}`],
  [`type: temporal_ordered, rules: [c, a], group-by: [who], timespan: 10s, ${who}`],
  [
    `type: event_count, rules: [a, c], group-by: [who], timespan: 10s, condition: { gte: 3 }, ${who}`,
  ],
  [
    `type: event_count, rules: [a, c], group-by: [who, host], timespan: 10s, condition: { eq: 2 }, ${who}`,
  ],
  [
    `type: value_count, rules: [a, c], group-by: [host], timespan: 10s, condition: { field: who, gte: 2 }, ${who}`,
  ],
  [
    `type: value_sum, rules: [a, c], group-by: [who], timespan: 10s, condition: { field: size, gt: 12 }, ${who}`,
  ],
  [
    'type: value_sum, rules: [a, c], group-by: [user], timespan: 10s, condition: { field: n, gt: 12 }, aliases: { n: { a: size, c: count } }',
  ],
  [
    `type: value_avg, rules: [a, c], group-by: [who], timespan: 10s, condition: { field: n, lt: 3 }, aliases: { n: { a: size, c: count }, who: { a: user, c: peer } }`,
  ],
  [
    'type: event_count, rules: [a, c], group-by: [name], timespan: 10s, condition: { gte: 3 }, aliases: { name: { a: user, c: user } }',
  ],
  [
    'type: temporal, rules: [a, c], group-by: [user, peer], timespan: 20s, aliases: { user: { a: user, c: peer }, peer: { a: peer, c: user } }',
  ],
  [
    'type: event_count, rules: [a, c], group-by: [user, peer], timespan: 20s, condition: { gte: 2 }, aliases: { user: { a: user, c: peer }, peer: { a: peer, c: user } }',
  ],
  // with a correlation below
  [
    'type: event_count, rules: [a, c], group-by: [user], timespan: 10s, condition: { gte: 2 }',
    'type: temporal, rules: [r0, b], group-by: [user], timespan: 20s',
  ],
  [
    'type: temporal, rules: [a, c], group-by: [user], timespan: 10s',
    'type: event_count, rules: [r0], group-by: [user], timespan: 20s, condition: { gte: 2 }',
  ],
  [innerAlias('user'), 'type: temporal_ordered, rules: [r0, b], group-by: [user], timespan: 20s'],
  [
    innerAlias('name'),
    'type: temporal, rules: [r0, b], group-by: [who], timespan: 20s, aliases: { who: { r0: name, b: user } }',
  ],
  [innerAlias('host'), 'type: temporal, rules: [r0, b], group-by: [user], timespan: 20s'],
  [
    innerAlias('host'),
    'type: value_count, rules: [r0], group-by: [user], timespan: 20s, condition: { field: host, gte: 2 }',
  ],
  [
    innerAlias('user'),
    'type: event_count, rules: [r0], group-by: [user], timespan: 20s, condition: { gte: 2 }',
    'type: temporal, rules: [r1, b], group-by: [user], timespan: 20s',
  ],
  // a window without events fulfils the one below, but is no event for the other
  [
    'type: event_count, rules: [a], timespan: 5s, condition: { lt: 2 }',
    'type: event_count, rules: [r0], group-by: [user], timespan: 10s, condition: { gte: 2 }',
  ],
  // an event without the field of the group is in none
  [
    'type: temporal, rules: [a, b], group-by: [host], timespan: 10s, condition: { gte: 0 }',
    'type: event_count, rules: [r0], group-by: [user], timespan: 10s, condition: { gte: 2 }',
  ],
  // one event fulfils all of them
  [
    'type: event_count, rules: [a], timespan: 5s, condition: { gte: 1 }',
    'type: temporal_ordered, rules: [r0, c, a], group-by: [user], timespan: 10s',
  ],
  // the rules count different fields
  [
    'type: value_count, rules: [a, c], group-by: [host], timespan: 10s, condition: { field: who, gte: 2 }, aliases: { who: { a: user, c: peer } }',
    'type: event_count, rules: [r0], group-by: [host], timespan: 10s, condition: { gte: 1 }',
  ],
];

const event = fc.record(
  {
    gap: fc.integer({ min: 1, max: 6 }),
    id: fc.constantFrom(1, 1, 2, 3),
    user: fc.constantFrom('ann', 'bob'),
    host: fc.constantFrom('h1', 'h2', 'h3'),
    size: fc.integer({ min: 0, max: 9 }),
    tag: fc.constantFrom('xx', 'y'),
    peer: fc.constantFrom('ann', 'bob'),
    count: fc.integer({ min: 0, max: 9 }),
  },
  { requiredKeys: ['gap', 'id'] },
);

describe('what a correlation alerts on is what its SPL does', () => {
  test.each(kinds)('%s', (...bodies) => {
    const compiled = correlation(...bodies);
    const by = compiled.rule.groupBy;
    const conversion = splunkCorrelation(compiled, () => '', { cloudSafe: false });
    if (!conversion.ok) throw new Error('no search');
    fc.assert(
      fc.property(fc.array(event, { maxLength: 14 }), (made) => {
        let time = 0;
        const events = made.map(({ gap, ...fields }): Event => {
          time += gap;
          return { ...fields, _time: time };
        });
        const rows = runSpl(conversion.value, events, {}, { earliest: -3600, latest: 3600 });
        expect(groups(compiled, events)).toEqual(
          [...new Set(rows.map((row) => by.map((field) => String(row[field])).join('|')))].sort(),
        );
      }),
      { numRuns: runs(150) },
    );
  });
});

describe('a correlation', () => {
  test('fires at each event at which it is fulfilled, and starts with nothing', () => {
    const compiled = correlation(
      'type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: { gte: 2 }',
    );
    const fired = () => {
      const made = correlatorOf(compiled);
      return [0, 5, 9, 30].map((time) =>
        made.ok ? made.value({ id: 1, user: 'ann' }, time * 1000).length : -1,
      );
    };
    expect(fired()).toEqual([0, 1, 1, 0]);
    expect(fired()).toEqual([0, 1, 1, 0]);
  });

  test('with a history that is not known leaves windows undecided that it has not seen whole', () => {
    const fired = (body: string, history: 'empty' | 'unknown') => {
      const made = correlatorOf(correlation(body), { history });
      return [0, 5, 9, 10, 30].map((time) =>
        made.ok ? made.value({ id: 1, size: 5 }, time * 1000).length : -1,
      );
    };
    const few = 'type: event_count, rules: [a], timespan: 10s, condition: { lt: 4 }';
    expect(fired(few, 'empty')).toEqual([1, 1, 1, 1, 2]);
    expect(fired(few, 'unknown')).toEqual([0, 0, 0, 1, 2]);
    const mean = 'type: value_avg, rules: [a], timespan: 10s, condition: { field: size, gte: 5 }';
    expect(fired(mean, 'unknown')).toEqual([0, 0, 0, 1, 1]);
    const many = 'type: event_count, rules: [a], timespan: 10s, condition: { gte: 2 }';
    expect(fired(many, 'unknown')).toEqual([0, 1, 1, 1, 0]);
  });

  test('that looks for silence fires once for each, at the next event of all', () => {
    const silence = (by: string, events: readonly Event[]) => {
      const made = correlatorOf(
        correlation(`type: event_count, rules: [a], ${by}timespan: 10s, condition: { lt: 1 }`),
      );
      return events.map((event) =>
        made.ok
          ? made.value(event, Number(event._time) * 1000).map(({ group }) => group.join())
          : [],
      );
    };
    const ann = (_time: number): Event => ({ _time, id: 1, user: 'ann' });
    const other = (_time: number): Event => ({ _time, id: 3, user: 'bob' });
    expect(
      silence('group-by: [user], ', [
        ann(0),
        other(9),
        other(10),
        other(11),
        other(30),
        ann(31),
        ann(50),
      ]),
    ).toEqual([[], [], [], ['ann'], [], [], ['ann']]);
    expect(silence('', [other(0), other(11), ann(12), ann(22), ann(33)])).toEqual([
      [],
      [''],
      [],
      [],
      [''],
    ]);
  });

  test('that looks for silence has no other above it', () => {
    const made = correlatorOf(
      correlation(
        'type: event_count, rules: [a], timespan: 10s, condition: { lt: 1 }',
        'type: temporal, rules: [r0, b], timespan: 20s',
      ),
    );
    expect(made).toMatchObject({ ok: false, error: expect.stringContaining('silence') });
  });

  test('groups by the first of the fields that a pipeline made of one', () => {
    const compiled = correlation(
      'type: event_count, rules: [a], group-by: [who], timespan: 10s, condition: { gte: 2 }',
    );
    const events: readonly Event[] = [
      { _time: 0, id: 1, user: 'ann' },
      { _time: 1, id: 1, account: 'ann', user: 'eve' },
      { _time: 2, id: 1, account: 'bob' },
    ];
    const several = {
      ...compiled,
      rule: { ...compiled.rule, alternatives: new Map([['who', ['account', 'user']]]) },
    };
    expect(groups(several, events)).toEqual(['ann']);
    const conversion = splunkCorrelation(several, () => '', { cloudSafe: false });
    const rows = conversion.ok
      ? runSpl(conversion.value, events, {}, { earliest: -60, latest: 60 })
      : [];
    expect(rows.map(({ who }) => who)).toEqual(['ann']);
  });

  test('has a group for each value of a list', () => {
    const compiled = correlation(
      'type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: { gte: 2 }',
    );
    const made = correlatorOf(compiled);
    if (!made.ok) throw new Error(made.error);
    made.value({ id: 1, user: ['ann', 'bob'] }, 0);
    expect(made.value({ id: 1, user: 'bob' }, 1)).toEqual([{ group: ['bob'] }]);
  });

  const perRule = 'aliases: { ip: { a: src, c: dest } }, timespan: 10s';
  const both = { tag: 'x', id: 1 };

  test.each<[string, string, readonly Event[], readonly string[]]>([
    [
      'a value under an alias',
      `type: value_count, rules: [a, c], group-by: [host], condition: { field: ip, gte: 2 }, ${perRule}`,
      [
        { id: 1, src: '1' },
        { tag: 'x', dest: '2' },
      ],
      ['h'],
    ],
    [
      'a value under an alias, once',
      `type: value_count, rules: [a, c], group-by: [host], condition: { field: ip, gte: 2 }, ${perRule}`,
      [
        { id: 1, src: '1' },
        { tag: 'x', src: '2', dest: '1' },
      ],
      [],
    ],
    [
      'a sum under an alias',
      `type: value_sum, rules: [a, c], group-by: [host], condition: { field: ip, gte: 9 }, ${perRule}`,
      [
        { id: 1, src: 4, dest: 1 },
        { tag: 'x', src: 1, dest: 5 },
      ],
      ['h'],
    ],
    [
      'a sum over both fields of an event that fulfils both rules',
      `type: value_sum, rules: [a, c], group-by: [host], condition: { field: ip, eq: 9 }, ${perRule}`,
      [{ ...both, src: 4, dest: 5 }],
      ['h'],
    ],
    [
      'a sum over the one field of an event that fulfils both rules',
      'type: value_sum, rules: [a, c], group-by: [host], condition: { field: n, eq: 4 }, aliases: { n: { a: src, c: src } }, timespan: 10s',
      [{ ...both, src: 4 }],
      ['h'],
    ],
    [
      'the field of each rule that an event fulfils',
      `type: temporal, rules: [a, c], group-by: [ip], ${perRule}`,
      [
        { id: 1, src: '1', dest: '5' },
        { ...both, src: '9', dest: '1' },
      ],
      ['1'],
    ],
    [
      'that field, in order',
      `type: temporal_ordered, rules: [a, c], group-by: [ip], ${perRule}`,
      [
        { id: 1, src: '1', dest: '5' },
        { ...both, src: '9', dest: '1' },
      ],
      ['1'],
    ],
    [
      'nothing of the other way round',
      `type: temporal_ordered, rules: [c, a], group-by: [ip], ${perRule}`,
      [
        { id: 1, src: '1', dest: '5' },
        { ...both, src: '9', dest: '1' },
      ],
      [],
    ],
    [
      'an event of both groups',
      `type: event_count, rules: [a, c], group-by: [ip], condition: { gte: 2 }, ${perRule}`,
      [
        { ...both, src: '1', dest: '2' },
        { id: 1, src: '2' },
      ],
      ['2'],
    ],
    [
      'an event of two rules once a group',
      `type: event_count, rules: [a, c], group-by: [ip], condition: { gte: 2 }, ${perRule}`,
      [{ ...both, src: '1', dest: '1' }],
      [],
    ],
    [
      'each value of a list',
      'type: value_count, rules: [a], group-by: [host], condition: { field: ip, gte: 3 }, timespan: 10s',
      [{ id: 1, ip: ['1', '2', '2', '3'] }],
      ['h'],
    ],
    [
      'combinations with each value of a list',
      'type: value_count, rules: [a], group-by: [host], condition: { field: [ip, port], eq: 4 }, timespan: 10s',
      [{ id: 1, ip: ['1', '2'], port: [80, 443] }],
      ['h'],
    ],
    [
      'a sum over a list',
      'type: value_sum, rules: [a], group-by: [host], condition: { field: n, eq: 120 }, timespan: 10s',
      [{ id: 1, n: [60, 60] }],
      ['h'],
    ],
    [
      'a mean over a list',
      'type: value_avg, rules: [a], group-by: [host], condition: { field: n, eq: 20 }, timespan: 10s',
      [
        { id: 1, n: [10, 40, 'none'] },
        { id: 1, n: 10 },
      ],
      ['h'],
    ],
    [
      'a median over a list',
      'type: value_median, rules: [a], group-by: [host], condition: { field: n, eq: 40 }, timespan: 10s',
      [{ id: 1, n: [10, 40, 50] }],
      ['h'],
    ],
  ])('counts %s', (_, body, events, expected) => {
    const timed = events.map((one, index): Event => ({ _time: index, host: 'h', ...one }));
    expect(groups(correlation(body), timed)).toEqual(expected);
  });

  test('takes the field of the rule that an alias names', () => {
    const compiled = correlation(
      'type: temporal, rules: [a, b], aliases: { who: { a: user, b: account } }, group-by: [who], timespan: 10s',
    );
    expect(
      groups(compiled, [
        { _time: 0, id: 1, user: 'ann' },
        { _time: 1, id: 2, account: 'bob' },
        { _time: 2, id: 2, account: 'ann' },
      ]),
    ).toEqual(['ann']);
  });

  test('of a percentile takes what lies so far between the values', () => {
    const compiled = correlation(
      'type: value_percentile, rules: [a], timespan: 10s, condition: { field: size, percentile: 50, gte: 5 }',
    );
    expect(
      groups(
        compiled,
        [1, 5, 9].map((size, time) => ({ _time: time, id: 1, size })),
      ),
    ).toEqual(['']);
    expect(
      groups(
        compiled,
        [1, 2, 9].map((size, time) => ({ _time: time, id: 1, size })),
      ),
    ).toEqual([]);
    // the median of four is in the middle of two
    expect(
      groups(
        compiled,
        [1, 4, 6, 9].map((size, time) => ({ _time: time, id: 1, size })),
      ),
    ).toEqual(['']);
  });

  test("over a rule that can't be matched is refused with the reason", () => {
    const [, , , made] = compileText(
      `${bases}---\ntitle: R\nname: r\ncorrelation: { type: event_count, rules: [d], timespan: 1m, condition: { gte: 1 } }\n---\ntitle: D\nname: d\nlogsource: { product: windows }\ndetection: { s: { a|re: '(?=x)y' }, condition: s }\n`,
    );
    if (made?.kind !== 'correlation') throw new Error('no correlation');
    expect(correlatorOf(made)).toMatchObject({
      ok: false,
      error: expect.stringContaining('looks around'),
    });
  });
});

describe('an order of a part of the rules', () => {
  const ordered = (condition: string) =>
    correlatorOf(correlation(`type: temporal_ordered, rules: [a, b], timespan: 10s${condition}`));

  test.each([
    ', condition: { gte: 1 }',
    ', condition: { lt: 2 }',
    ', condition: { gte: 0, neq: 2 }',
  ])('is refused, as in the targets: %s', (condition) => {
    expect(ordered(condition)).toEqual({
      ok: false,
      error: expect.stringContaining('temporal_ordered is understood with all of its rules only'),
    });
  });

  test('is refused below another correlation', () => {
    const chain = correlation(
      'type: temporal_ordered, rules: [a, b], timespan: 10s, condition: { gte: 1 }',
      'type: event_count, rules: [r0], timespan: 10s, condition: { gte: 1 }',
    );
    expect(correlatorOf(chain).ok).toBe(false);
  });

  test.each(['', ', condition: { gte: 2 }', ', condition: { eq: 2 }'])(
    'is none with all of them: %s',
    (condition) => expect(ordered(condition).ok).toBe(true),
  );
});
