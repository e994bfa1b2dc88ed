import { describe, expect, it } from 'vitest';
import { splunkCorrelation } from '../src/backend/splunk/correlation/correlation.ts';
import { compileText } from './compile.ts';
import { runSpl, type TimeRange } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';

const bases = `
title: Failed login
name: failed
logsource: { product: windows, service: security }
detection:
  selection: { EventID: 4625 }
  condition: selection
---
title: Login
name: login
logsource: { product: windows, service: security }
detection:
  selection: { EventID: 4624 }
  condition: selection
---
title: Network
name: network
logsource: { product: zeek, service: conn }
detection:
  selection: { action|re: '^all.w$' }
  condition: selection
`;

function search(correlation: string): string {
  const text = `${bases}---\ntitle: Outer\nname: outer\ncorrelation:\n${correlation
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
  return searchOf(text);
}

function searchOf(text: string): string {
  const outer = compileText(text).find((rule) => rule.rule.name === 'outer');
  if (outer?.kind !== 'correlation') throw new Error('the correlation does not compile');
  const conversion = splunkCorrelation(outer, ({ rule }) => `index=${rule.logsource.product}`, {
    cloudSafe: true,
  });
  if (!conversion.ok)
    throw new Error(conversion.error.map((problem) => problem.message).join('; '));
  return conversion.value;
}

/** Long enough before the events that every window is seen whole. */
const day: TimeRange = { earliest: -86_400, latest: 86_400 };
const run = (spl: string, events: readonly Event[], range = day) => runSpl(spl, events, {}, range);

const failed = (_time: number, user = 'ann', more: object = {}): Event => ({
  _time,
  index: 'windows',
  EventID: 4625,
  User: user,
  ...more,
});
const login = (_time: number, user = 'ann'): Event => ({
  _time,
  index: 'windows',
  EventID: 4624,
  User: user,
});
const network = (_time: number, source: string): Event => ({
  _time,
  index: 'zeek',
  action: 'allow',
  src: source,
});
const count = (condition: string) =>
  `type: event_count\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: ${condition}`;

describe('correlations in SPL', () => {
  const cases: readonly [
    name: string,
    correlation: string,
    events: readonly Event[],
    groups: readonly unknown[],
  ][] = [
    [
      'event_count within the span',
      count('{gte: 3}'),
      [failed(0), failed(100), failed(299)],
      ['ann'],
    ],
    ['event_count not over the span', count('{gte: 3}'), [failed(0), failed(200), failed(301)], []],
    [
      'event_count slides over any fixed bucket',
      count('{gte: 3}'),
      [failed(290), failed(300), failed(310)],
      ['ann'],
    ],
    [
      'event_count apart for each group',
      count('{gte: 3}'),
      [failed(0), failed(1, 'bob'), failed(2)],
      [],
    ],
    ['event_count of other events', count('{gte: 3}'), [failed(0), login(1), failed(2)], []],
    ['event_count range', count('{gt: 1, lte: 2}'), [failed(0), failed(1)], ['ann']],
    [
      'event_count without the group field',
      count('{gte: 2}'),
      [
        { _time: 0, index: 'windows', EventID: 4625 },
        { _time: 1, index: 'windows', EventID: 4625 },
      ],
      [],
    ],
    [
      'event_count over two rules counts an event once',
      'type: event_count\nrules: [failed, login]\ngroup-by: [User]\ntimespan: 5m\ncondition: {gte: 2}',
      [failed(0), login(1)],
      ['ann'],
    ],
    [
      'value_count',
      'type: value_count\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: {field: Host, gte: 2}',
      [failed(0, 'ann', { Host: 'a' }), failed(1, 'ann', { Host: 'b' })],
      ['ann'],
    ],
    [
      'value_count of one value',
      'type: value_count\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: {field: Host, gte: 2}',
      [failed(0, 'ann', { Host: 'a' }), failed(1, 'ann', { Host: 'a' })],
      [],
    ],
    [
      'value_sum',
      'type: value_sum\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: {field: bytes, gt: 10}',
      [failed(0, 'ann', { bytes: 6 }), failed(1, 'ann', { bytes: 5 })],
      ['ann'],
    ],
    [
      'value_avg',
      'type: value_avg\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: {field: bytes, gte: 6}',
      [failed(0, 'ann', { bytes: 2 }), failed(1, 'ann', { bytes: 4 })],
      [],
    ],
    [
      'value_percentile',
      'type: value_percentile\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: {field: bytes, percentile: 50, gte: 4}',
      [failed(0, 'ann', { bytes: 4 }), failed(1, 'ann', { bytes: 4 })],
      ['ann'],
    ],
    [
      'temporal in any order',
      'type: temporal\nrules: [failed, login]\ngroup-by: [User]\ntimespan: 5m',
      [login(0), failed(100)],
      ['ann'],
    ],
    [
      'temporal with one rule only',
      'type: temporal\nrules: [failed, login]\ngroup-by: [User]\ntimespan: 5m',
      [failed(0), failed(100)],
      [],
    ],
    [
      'temporal_ordered in order',
      'type: temporal_ordered\nrules: [failed, login]\ngroup-by: [User]\ntimespan: 5m',
      [failed(0), login(100)],
      ['ann'],
    ],
    [
      'temporal_ordered out of order',
      'type: temporal_ordered\nrules: [failed, login]\ngroup-by: [User]\ntimespan: 5m',
      [login(0), failed(100)],
      [],
    ],
    [
      'temporal_ordered with the nearest start',
      'type: temporal_ordered\nrules: [failed, login]\ngroup-by: [User]\ntimespan: 5m',
      [failed(0), failed(400), login(500)],
      ['ann'],
    ],
    [
      'temporal_ordered too late',
      'type: temporal_ordered\nrules: [failed, login]\ngroup-by: [User]\ntimespan: 5m',
      [failed(0), login(400)],
      [],
    ],
    [
      'aliases across log sources',
      'type: temporal\nrules: [failed, network]\naliases:\n  ip: {failed: IpAddress, network: src}\ngroup-by: [ip]\ntimespan: 1m',
      [
        failed(0, 'ann', { IpAddress: '10.1.1.1' }),
        network(30, '10.1.1.1'),
        network(31, '10.2.2.2'),
      ],
      ['10.1.1.1'],
    ],
  ];
  it('holds all events of the moment at which a window ends, whichever way they come', () => {
    const found = (correlation: string, events: readonly Event[]) =>
      run(search(correlation), events).map((row) => row.User);
    const three = [failed(5), failed(5), failed(5)];
    expect(found(count('{eq: 3}'), three)).toEqual(['ann']);
    expect(found(count('{eq: 2}'), three)).toEqual([]);
    expect(found(count('{lt: 3}'), three)).toEqual([]);
    const ordered =
      'type: temporal_ordered\nrules: [failed, login]\ngroup-by: [User]\ntimespan: 5m';
    expect(found(ordered, [login(5), failed(5)])).toEqual(['ann']);
    expect(found(ordered, [failed(5), login(5)])).toEqual(['ann']);
    expect(found(ordered, [login(5), failed(6)])).toEqual([]);
  });

  it('counts no event twice but where rows can not tell, which it says', () => {
    const compiled = (body: string) =>
      compileText(
        `${bases}---\ntitle: Inner\nname: inner\ncorrelation: { type: event_count, rules: [failed], group-by: [who], timespan: 5m, aliases: { who: { failed: User } }, condition: { gte: 2 } }\n---\ntitle: Outer\nname: outer\ncorrelation: { timespan: 5m, ${body} }\n`,
      ).find((rule) => rule.rule.name === 'outer');
    const said = (body: string) => {
      const outer = compiled(body);
      if (outer?.kind !== 'correlation') throw new Error('the correlation does not compile');
      const conversion = splunkCorrelation(outer, () => '', { cloudSafe: true });
      return conversion.ok
        ? conversion.diagnostics
            .filter(({ code }) => code === 'TGT002')
            .map(({ message }) => message)
        : conversion.error.map(({ message }) => message);
    };
    const twice =
      'an event at which a correlation below is fulfilled counts once more where another of the rules means it too';
    expect(said('type: event_count, rules: [inner, login], condition: { gte: 2 }')).toEqual([
      twice,
    ]);
    expect(said('type: value_sum, rules: [inner, login], condition: { field: n, gte: 2 }')).toEqual(
      [twice],
    );
    expect(
      said('type: value_count, rules: [inner, login], condition: { field: n, gte: 2 }'),
    ).toEqual([]);
    expect(said('type: event_count, rules: [inner], condition: { gte: 2 }')).toEqual([]);
    const rows = 'is one field for `inner` and another for `failed`, which look at the same events';
    expect(said('type: temporal, rules: [inner, failed], group-by: [who]')).toEqual([
      `\`who\` ${rows}`,
    ]);
    expect(
      said(
        'type: temporal, rules: [inner, failed], group-by: [n], aliases: { n: { inner: User, failed: Host } }',
      ),
    ).toEqual([`\`n\` ${rows}`]);
    expect(
      said(
        'type: temporal, rules: [inner, failed], group-by: [n], aliases: { n: { inner: User, failed: User } }',
      ),
    ).toEqual([]);
  });

  it('decides on the windows that the search sees whole', () => {
    const found = (condition: string, events: readonly Event[], earliest: number) =>
      run(search(count(condition)), events, { earliest, latest: 3600 }).map(({ _time }) => _time);
    const five = [0, 60, 120, 180, 240].map((time) => failed(time));
    expect(found('{lt: 5}', five, -300)).toEqual([180]);
    expect(found('{lt: 5}', five, -120)).toEqual([180]);
    expect(found('{lt: 5}', five, -60)).toEqual([]);
    // what a run before has told is not told again
    expect(found('{gte: 3}', five, -180)).toEqual([240]);
    expect(found('{gte: 5}', five, -60)).toEqual([240]);
    expect(found('{gte: 5}', five, 0)).toEqual([]);
  });

  it('tells combinations of values apart, whatever signs are in them', () => {
    const spl = search(
      'type: value_count\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: {field: [Host, Port], gte: 2}',
    );
    const of = (...pairs: readonly (readonly [string, string])[]) =>
      run(
        spl,
        pairs.map(([Host, Port], time) => failed(time, 'ann', { Host, Port })),
      ).length;
    expect(of(['a', 'b'], ['a', 'b'])).toBe(0);
    expect(of(['a::b', 'c'], ['a', 'b::c'])).toBe(1);
    expect(of(['1', '2:3'], ['1:2', '3'])).toBe(1);
    expect(of(['11:', ''], ['1', '1:'])).toBe(1);
  });

  it.each([
    ['EventID: 4624', true],
    ['EventID: [4624, 4625]\n    Channel: Security', true],
    ['EventID: 4624\n    User|exists: true', true],
    ['EventID: 4624\n    LogonType: 10', false],
    ['EventID: 4624\n    User|neq: bob', false],
  ])('warns where a base rule finds every event of a kind: %s', (selection, broad) => {
    const base = `title: Base\nname: base\nlogsource: { product: windows }\ndetection:\n  s:\n    ${selection}\n  condition: s\n`;
    const over = (lines: string) =>
      `${base}---\ntitle: Outer\nname: outer\ncorrelation: { rules: [base], timespan: 5m, ${lines} }\n`;
    const codes = (lines: string, method: 'streamstats' | 'stats') => {
      const outer = compileText(over(lines)).find((rule) => rule.rule.name === 'outer');
      const made =
        outer?.kind === 'correlation'
          ? splunkCorrelation(outer, () => '', { cloudSafe: true, correlation: method })
          : undefined;
      return made?.ok ? made.diagnostics.map(({ code }) => code) : ['none'];
    };
    const many = 'type: event_count, group-by: [User], condition: { gte: 3 }';
    expect(codes(many, 'streamstats')).toEqual(broad ? ['TGT006'] : []);
    expect(codes(many, 'stats')).toEqual(['TGT002']);
    // silence is found whatever the number of events
    expect(
      codes('type: event_count, group-by: [User], condition: { lt: 1 }', 'streamstats'),
    ).toEqual(['TGT003']);
    expect(codes('type: event_count, condition: { lt: 3 }', 'stats')).toEqual(
      broad ? ['TGT003', 'TGT006'] : ['TGT003'],
    );
  });

  it('leaves nothing of a correlation to an event that is in no group of the next', () => {
    const spl = searchOf(`${bases}---
title: By user
name: by_user
correlation: { type: event_count, rules: [failed], group-by: [User], timespan: 5m, condition: { gte: 2 } }
---
title: By host
name: by_host
correlation: { type: event_count, rules: [failed], group-by: [Host], timespan: 5m, condition: { gte: 2 } }
---
title: Outer
name: outer
correlation: { type: temporal, rules: [by_user, by_host], group-by: [User], timespan: 5m }
`);
    expect(run(spl, [failed(0), failed(1)])).toEqual([]);
    expect(
      run(spl, [failed(0, 'ann', { Host: 'h' }), failed(1, 'ann', { Host: 'h' })]),
    ).toHaveLength(1);
  });

  it('counts no rule of an event that is in no group', () => {
    const spl = searchOf(`${bases}---
title: One of two
name: one
correlation: { type: temporal, rules: [failed, login], group-by: [User], timespan: 5m, condition: { lt: 2 } }
---
title: Outer
name: outer
correlation: { type: event_count, rules: [one], group-by: [Host], timespan: 5m, condition: { gte: 2 } }
`);
    const at = (_time: number): Event => ({ _time, index: 'windows', EventID: 4625, Host: 'h' });
    expect(run(spl, [at(0), at(1)])).toEqual([]);
    expect(
      run(
        spl,
        [0, 1].map((time) => ({ ...at(time), User: 'ann' })),
      ),
    ).toHaveLength(1);
  });

  it('takes the least and the greatest for the percentiles that Splunk has no word for', () => {
    const found = (percentile: number, condition: string) =>
      run(
        search(
          `type: value_percentile\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: {field: n, percentile: ${percentile}, ${condition}}`,
        ),
        [failed(0, 'ann', { n: 3 }), failed(1, 'ann', { n: 1 }), failed(2, 'ann', { n: 2 })],
      ).map(({ _time }) => _time);
    expect(found(0, 'lte: 1')).toEqual([2]);
    expect(found(0, 'gt: 1')).toEqual([0]);
    expect(found(100, 'gte: 3')).toEqual([2]);
  });

  it('leaves nothing of an inner correlation to an event that is in no group of the outer one', () => {
    const spl = searchOf(`${bases}---
title: Few
name: few
correlation: { type: event_count, rules: [failed], timespan: 5m, condition: { gte: 3 } }
---
title: Middle
name: middle
correlation: { type: event_count, rules: [few], group-by: [User], timespan: 5m, condition: { gte: 3 } }
---
title: Outer
name: outer
correlation: { type: event_count, rules: [middle], group-by: [Host], timespan: 5m, condition: { gte: 1 } }
`);
    const at = (_time: number): Event => ({ _time, index: 'windows', EventID: 4625, Host: 'h' });
    // without a user no event is in a group of the middle one
    expect(run(spl, [at(0), at(1), at(2), at(3), at(4)])).toEqual([]);
    expect(
      run(
        spl,
        [0, 1, 2, 3, 4].map((time) => ({ ...at(time), User: 'ann' })),
      ),
    ).toHaveLength(1);
  });

  it('says of what a count builds on where an event counts more than once', () => {
    const said = (middle: string, last: string) => {
      const compiled = compileText(
        `${bases}---\ntitle: Inner\nname: inner\ncorrelation: { type: event_count, rules: [failed], timespan: 5m, condition: { gte: 2 } }\n---\ntitle: Middle\nname: middle\ncorrelation: { timespan: 5m, ${middle} }\n---\ntitle: Outer\nname: outer\ncorrelation: { timespan: 5m, ${last} }\n`,
      ).find(({ rule }) => rule.name === 'outer');
      if (compiled?.kind !== 'correlation') throw new Error('the correlation does not compile');
      const conversion = splunkCorrelation(compiled, () => '', { cloudSafe: true });
      return conversion.ok
        ? conversion.diagnostics.filter(({ code }) => code === 'TGT002')
        : conversion.error;
    };
    const counted = 'type: event_count, rules: [middle], condition: { gte: 2 }';
    const aliases = 'aliases: { who: { failed: User, login: Host } }';
    const grouped = `type: temporal, rules: [failed, login], group-by: [who], ${aliases}`;
    const above = [
      {
        message: 'an event that several of the rules mean counts once for each of them',
      },
    ];
    expect(said('type: temporal, rules: [inner, login]', counted)).toMatchObject([
      { message: expect.stringContaining('counts once more') },
    ]);
    expect(said(grouped, counted)).toMatchObject(above);
    expect(
      said(
        `type: value_count, rules: [failed, login], condition: { field: who, gte: 2 }, ${aliases}`,
        counted,
      ),
    ).toMatchObject(above);
    // nothing is counted, an event counts once, or in groups of its own
    expect(said(grouped, 'type: temporal, rules: [middle, network]')).toEqual([]);
    expect(said('type: temporal, rules: [failed, login]', counted)).toEqual([]);
    expect(
      said(
        grouped,
        'type: event_count, rules: [middle], group-by: [name], aliases: { name: { middle: who } }, condition: { gte: 2 }',
      ),
    ).toEqual([]);
  });

  it('finds silence inside a chain only at its end', () => {
    const chain = (last: string) => `${bases}---
title: Silent
name: silent
correlation: { type: event_count, rules: [failed], group-by: [User], timespan: 5m, condition: { lt: 1 } }
---
title: Outer
name: outer
correlation: { type: ${last}, group-by: [User], timespan: 10m }
`;
    expect(() => searchOf(chain('temporal, rules: [silent, login]'))).toThrow(
      'no event fulfils a correlation that looks for silence',
    );
  });

  it.each(cases)('%s', (_name, correlation, events, groups) => {
    const rows = run(search(correlation), events);
    const field = correlation.includes('aliases') ? 'ip' : 'User';
    expect(rows.map((row) => row[field])).toEqual(groups);
  });

  it('chains: many failures, then a login', () => {
    const text = `${bases}---
title: Many
name: many
correlation: { type: event_count, rules: [failed], group-by: [User], timespan: 5m, condition: { gte: 3 } }
---
title: Outer
name: outer
correlation: { type: temporal_ordered, rules: [many, login], group-by: [User], timespan: 10m }
`;
    const spl = searchOf(text);
    expect(run(spl, [failed(0), failed(1), failed(2), login(60)]).map((row) => row.User)).toEqual([
      'ann',
    ]);
    expect(run(spl, [failed(0), failed(1), login(60)])).toEqual([]);
    expect(run(spl, [login(0), failed(1), failed(2), failed(3)])).toEqual([]);
  });

  it('without a group a search that finds nothing gives no row', () => {
    const spl = search('type: event_count\nrules: [failed]\ntimespan: 5m\ncondition: {gte: 2}');
    expect(run(spl, [failed(0)])).toEqual([]);
    expect(run(spl, [failed(0), failed(1, 'bob')])).toHaveLength(1);
  });

  it('keeps the scope of every base rule', () => {
    const spl = search('type: temporal\nrules: [failed, network]\ngroup-by: [User]\ntimespan: 1m');
    expect(spl).toContain('[search index=windows EventID=4625');
    expect(spl).toContain('[search index=zeek');
  });
});
