import { describe, expect, test } from 'vitest';
import {
  type CompiledCorrelation,
  type CompiledRule,
  createCompiler,
  logSourcesOf,
} from '../src/query/compile.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { correlationTypes } from '../src/sigma/correlation/correlation.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { compileText } from './compile.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { diagnosticsOf, marked, queryText, told } from './diagnostics.ts';
import { matches } from './matcher.ts';

const rule = (name: string, selection = `${name}: 1`, logsource = 'product: windows') =>
  `title: ${name} rule\nid: id-${name}\nname: ${name}\nlogsource: { ${logsource} }\ndetection:\n  s: { ${selection} }\n  condition: s\n`;
const bases = `${rule('failed')}---\n${rule('login')}---\n`;

/**
 * A correlation over `failed` and `login`; its `correlation:` stands on line 19 of the text, its
 * attributes start at 20:3.
 */
const withBases = (lines: string, more = ''): string =>
  `${bases}title: Outer\nid: outer\n${more}correlation:\n${indent(lines)}`;
const indent = (lines: string): string => lines.replace(/^(?=.)/gm, '  ').concat('\n');

function outer(lines: string, more = ''): CompiledCorrelation['rule'] {
  const bag = createBag();
  const compiled = compileText(withBases(lines, more), bag).find(
    ({ rule: { id } }) => id === 'outer',
  );
  if (compiled?.kind !== 'correlation') throw new Error(told(bag).join('\n'));
  return compiled.rule;
}

const rest = 'rules: [failed, login]\ngroup-by: [User]\ntimespan: 5m';

describe('correlations as written', () => {
  test.each([
    ['event_count', 'condition: { gte: 10 }', [], [['gte', 10]]],
    ['value_count', 'condition: { gte: 10, field: Host }', ['Host'], [['gte', 10]]],
    ['value_count', 'condition: { gt: 10, field: [Host, User] }', ['Host', 'User'], [['gt', 10]]],
    ['temporal', '', [], []],
    ['temporal', 'condition: { gte: 2 }', [], [['gte', 2]]],
    ['temporal_ordered', '', [], []],
    ['value_sum', 'condition: { gt: 1.5, field: Bytes }', ['Bytes'], [['gt', 1.5]]],
    ['value_avg', 'condition: { lt: -5, field: Bytes }', ['Bytes'], [['lt', -5]]],
    [
      'value_percentile',
      'condition: { gt: 10, field: Bytes, percentile: 99 }',
      ['Bytes'],
      [['gt', 10]],
    ],
  ])('%s with %s', (type, condition, fields, thresholds) => {
    const correlation = outer(`type: ${type}\n${rest}\n${condition}`);
    expect(correlation.type).toBe(type);
    expect(correlation.rules.map(({ name }) => name)).toEqual(['failed', 'login']);
    expect(correlation.groupBy).toEqual(['User']);
    expect(correlation.timespan).toBe(300);
    expect(correlation.valueFields).toEqual(fields);
    expect(correlation.thresholds.map(({ operator, value }) => [operator, value])).toEqual(
      thresholds,
    );
    expect(correlation.percentile).toBe(type === 'value_percentile' ? 99 : 50);
    expect(correlation.generate).toBe(false);
  });

  test('the seven types of the specification', () => {
    expect([...correlationTypes].sort()).toEqual([
      'event_count',
      'temporal',
      'temporal_ordered',
      'value_avg',
      'value_count',
      'value_percentile',
      'value_sum',
    ]);
  });

  test.each([
    ['temporal', '[failed, login]', '{ gte: 2 }'],
    ['temporal', '[failed, login]', '{ lt: 1 }'],
    ['temporal', '[failed, login]', '{ neq: 3 }'],
    ['value_avg', '[failed]', '{ gt: 4, lt: 5, field: a }'],
    ['value_sum', '[failed]', '{ gt: 4, neq: 5, field: a }'],
    ['value_percentile', '[failed]', '{ eq: -1.5, lte: 0, field: a, percentile: 9 }'],
    ['value_avg', '[failed]', '{ lt: -1.7e308, field: a }'],
  ])('a condition that some number fulfils: %s of %s with %s', (type, rules, condition) => {
    expect(
      outer(`type: ${type}\nrules: ${rules}\ntimespan: 5m\ncondition: ${condition}`).type,
    ).toBe(type);
  });

  test('ranges and all operators', () => {
    const thresholds = (condition: string) =>
      outer(`type: event_count\n${rest}\ncondition: ${condition}`).thresholds.map(
        ({ operator, value }) => `${operator} ${value}`,
      );
    expect(thresholds('{ gt: 100, lte: 200 }')).toEqual(['gt 100', 'lte 200']);
    for (const operator of ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'])
      expect(thresholds(`{ ${operator}: 3 }`)).toEqual([`${operator} 3`]);
  });

  test.each([
    ['30s', 30],
    ['90m', 5400],
    ['1h', 3600],
    ['7d', 604_800],
  ])('a timespan of %s', (timespan, seconds) => {
    expect(
      outer(`type: temporal\nrules: [failed, login]\ngroup-by: User\ntimespan: ${timespan}`)
        .timespan,
    ).toBe(seconds);
  });

  test('rules by id, one rule as a text, no group', () => {
    const correlation = outer(
      'type: event_count\nrules: id-failed\ntimespan: 1m\ncondition: { gt: 1 }',
    );
    expect([correlation.rules.map(({ name }) => name), correlation.groupBy]).toEqual([
      ['id-failed'],
      [],
    ]);
  });

  test.each(['null', '~', '', 'Null'])('group-by: %s is not a grouping', (groupBy) => {
    expect(
      outer(
        `type: event_count\nrules: failed\ntimespan: 1m\ngroup-by: ${groupBy}\ncondition: { gt: 1 }`,
      ).groupBy,
    ).toEqual([]);
  });

  test('generate inside of the correlation, and beside it', () => {
    expect(outer(`type: temporal\n${rest}\ngenerate: true`).generate).toBe(true);
    expect(outer(`type: temporal\n${rest}`, 'generate: true\n').generate).toBe(true);
  });
});

describe('aliases', () => {
  const aliased = (aliases: string, rules = '[failed, login]') =>
    `type: temporal\nrules: ${rules}\ngroup-by: [ip]\ntimespan: 5m\naliases:\n  ip: ${aliases}`;
  const fields = (lines: string) =>
    outer(lines).aliases.map(({ name, fields: map }) => [
      name,
      ...[...map].map(([key, field]) => `${key}=${field}`),
    ]);

  test('of each rule by its name', () => {
    expect(fields(aliased('{ failed: source.ip, login: destination.ip }'))).toEqual([
      ['ip', 'failed=source.ip', 'login=destination.ip'],
    ]);
  });

  test('of a rule by its name where the correlation refers to its id, and the other way round', () => {
    expect(fields(aliased('{ failed: a, id-login: b }', '[id-failed, login]'))).toEqual([
      ['ip', 'id-failed=a', 'login=b'],
    ]);
  });

  test.each([
    [
      'a rule that it is not about',
      '{ failed: a, login: b, other: c }',
      'SIG050 25:32 `other` is not among the rules of this correlation',
    ],
    ['no field for one rule', '{ failed: a }', 'SIG050 25:5 alias `ip` names no field for `login`'],
    [
      'null for a field',
      '{ failed: a, login: null }',
      'SIG050 25:29 an alias names one field per rule',
    ],
    [
      'a list of fields',
      '{ failed: [a], login: b }',
      'SIG050 25:19 an alias names one field per rule',
    ],
    ['a text', 'a', 'SIG050 25:9 alias `ip` must map each rule to a field'],
  ])('%s', (_, aliases, wanted) => {
    expect(told(diagnosticsOf(withBases(aliased(aliases))))).toEqual([wanted]);
  });
});

describe('what is wrong with a correlation', () => {
  const lines = (changes: Readonly<Record<string, string | undefined>>) => {
    const all: Record<string, string | undefined> = {
      type: 'event_count',
      rules: '[failed]',
      'group-by': '[User]',
      timespan: '5m',
      condition: '{ gte: 3 }',
      ...changes,
    };
    return Object.entries(all)
      .flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]))
      .join('\n');
  };
  test.each<[string, Readonly<Record<string, string | undefined>>, readonly string[]]>([
    ['no type', { type: undefined }, ['SIG050 20:3 the correlation type is missing or unknown']],
    [
      'an unknown type',
      { type: 'event_counts' },
      ['SIG050 20:9 the correlation type is missing or unknown'],
    ],
    ['no rules', { rules: undefined }, ['SIG050 20:3 the correlation names no rules']],
    ['an empty list of rules', { rules: '[]' }, ['SIG050 21:10 the correlation names no rules']],
    ['a rule named twice', { rules: '[failed, failed]' }, ['SIG050 21:19 `failed` is named twice']],
    [
      'a rule named by name and id',
      { rules: '[failed, id-failed]' },
      ['SIG050 21:19 `id-failed` and `failed` are the same rule'],
    ],
    [
      'a map among the rules',
      { rules: '[{ a: b }]' },
      ['SIG050 21:11 a reference must be the id or name of a rule'],
    ],
    [
      'a rule that does not exist',
      { rules: '[failed, logn]' },
      ['SIG051 21:19 no rule has the id or name `logn`'],
    ],
    ['itself', { rules: '[outer]' }, ['SIG052 21:11 `outer` leads back to this correlation']],
    [
      'null among the fields of a group',
      { 'group-by': '[User, null]' },
      ['SIG050 22:20 `group-by` must be a field name or a list of them'],
    ],
    [
      'no timespan',
      { timespan: undefined },
      ['SIG050 20:3 the timespan is missing or not a number with a unit'],
    ],
    [
      'a timespan of no unit',
      { timespan: '300' },
      ['SIG050 23:13 the timespan is missing or not a number with a unit'],
    ],
    [
      'a timespan with a capital unit',
      { timespan: '5M' },
      ['SIG050 23:13 the timespan is missing or not a number with a unit'],
    ],
    [
      'a timespan of nothing',
      { timespan: '0m' },
      ['SIG050 23:13 the timespan is missing or not a number with a unit'],
    ],
    [
      'no condition',
      { condition: undefined },
      ['SIG050 20:9 an event_count correlation needs a condition'],
    ],
    [
      'a condition without a threshold',
      { type: 'value_count', condition: '{ field: a }' },
      ['SIG050 24:14 a value_count correlation needs a condition'],
    ],
    [
      'a condition that is a text',
      { condition: 'gte 3' },
      ['SIG050 24:14 the condition of a correlation must be a map'],
    ],
    [
      'an unknown criterion',
      { condition: '{ ge: 3 }' },
      ['SIG050 24:16 `ge` is not a criterion of a condition'],
    ],
    [
      'a threshold that is a text',
      { condition: "{ gte: 'three' }" },
      ['SIG050 24:21 `gte` must be a number'],
    ],
    [
      'a threshold that is nothing',
      { condition: '{ gte: }' },
      ['SIG050 24:16 `gte` must be a number'],
    ],
    [
      'no field',
      { type: 'value_count' },
      ['SIG050 24:14 a value_count correlation needs the field that it looks at'],
    ],
    [
      'two fields to add up',
      { type: 'value_sum', condition: '{ gt: 1, field: [a, b] }' },
      ['SIG050 24:14 a value_sum correlation looks at one field'],
    ],
    [
      'no percentile',
      { type: 'value_percentile', condition: '{ gt: 1, field: a }' },
      ['SIG050 24:14 a value_percentile correlation needs the percentile'],
    ],
    [
      'a percentile out of range',
      { type: 'value_percentile', condition: '{ gt: 1, field: a, percentile: 101 }' },
      ['SIG050 24:45 a percentile is a number from 0 to 100, not 101'],
    ],
    [
      'a percentile of a median',
      { type: 'value_median', condition: '{ gt: 1, field: a, percentile: 9 }' },
      ['SIG050 24:14 value_median is the percentile of 50'],
    ],
    [
      'bounds that shut out each other',
      { condition: '{ gt: 5, lt: 4 }' },
      ['SIG050 24:14 no number can fulfil all criteria of the condition'],
    ],
    [
      'bounds with no whole number between',
      { condition: '{ gt: 1, lt: 2 }' },
      ['SIG050 24:14 no number can fulfil all criteria of the condition'],
    ],
    [
      'fewer than none',
      { type: 'value_count', condition: '{ lt: 0, field: a }' },
      ['SIG050 24:14 no number can fulfil all criteria of the condition'],
    ],
    [
      'more rules than there are',
      { type: 'temporal', rules: '[failed, login]', condition: '{ gte: 3 }' },
      ['SIG050 24:14 no number can fulfil all criteria of the condition'],
    ],
    [
      'more rules in order than there are',
      { type: 'temporal_ordered', rules: '[failed, login]', condition: '{ gt: 2 }' },
      ['SIG050 24:14 no number can fulfil all criteria of the condition'],
    ],
    [
      'a part of a rule',
      { type: 'temporal', rules: '[failed, login]', condition: '{ gt: 1, lt: 2 }' },
      ['SIG050 24:14 no number can fulfil all criteria of the condition'],
    ],
    [
      'a mean between bounds that shut out each other',
      { type: 'value_avg', condition: '{ gt: 5, lt: 4, field: a }' },
      ['SIG050 24:14 no number can fulfil all criteria of the condition'],
    ],
    [
      'a sum that is two numbers',
      { type: 'value_sum', condition: '{ eq: 1, gte: 1.5, field: a }' },
      ['SIG050 24:14 no number can fulfil all criteria of the condition'],
    ],
    [
      'a median that is a number and is not',
      { type: 'value_median', condition: '{ eq: 1, neq: 1, field: a }' },
      ['SIG050 24:14 no number can fulfil all criteria of the condition'],
    ],
    [
      'one rule in a temporal one with a condition',
      { type: 'temporal', condition: '{ gte: 2 }' },
      ['SIG050 20:9 a temporal correlation needs two rules or more'],
    ],
    [
      'one rule in a temporal one',
      { type: 'temporal', condition: undefined },
      ['SIG050 20:9 a temporal correlation needs two rules or more'],
    ],
    [
      'a group that is a map',
      { 'group-by': '{ a: b }' },
      ['SIG050 22:13 `group-by` must be a field name or a list of them'],
    ],
    ['aliases that are a list', { aliases: '[a]' }, ['SIG050 25:12 `aliases` must be a map']],
    [
      'generate that is a text',
      { generate: 'always' },
      ['SIG050 25:13 `generate` must be true or false'],
    ],
    [
      'an unknown attribute',
      { groupby: '[a]' },
      ['SIG050 25:3 `groupby` is not an attribute of a correlation'],
    ],
  ])('%s', (_, changes, wanted) => {
    const bag = diagnosticsOf(withBases(lines(changes)));
    expect(told(bag)).toEqual(wanted);
    expect(bag.list.every(({ hint, severity }) => hint !== '' && severity === 'error')).toBe(true);
  });

  test.each<[string, Readonly<Record<string, string | undefined>>]>([
    [
      'an expression over rules',
      { type: 'temporal', rules: '[failed, login]', condition: 'failed and not login' },
    ],
    ['months', { timespan: '2M' }],
    ['years', { timespan: '1y' }],
  ])('%s: the hint says where the form exists', (_, changes) => {
    const [diagnostic, ...more] = diagnosticsOf(withBases(lines(changes))).list;
    expect(diagnostic?.hint).toContain('pySigma and the next specification');
    expect(more).toEqual([]);
  });

  test('an expression with one operator is what the specification can say', () => {
    const all = outer(
      'type: temporal\ntimespan: 5m\ngroup-by: [User]\ncondition: failed AND login',
    );
    expect([all.rules.map(({ name }) => name), all.thresholds]).toEqual([['failed', 'login'], []]);
    const any = outer(
      'type: temporal\ntimespan: 5m\nrules: [failed, login]\ncondition: login or (failed or login)',
    );
    expect([any.rules.map(({ name }) => name), any.thresholds]).toEqual([
      ['failed', 'login'],
      [{ operator: 'gte', value: 1 }],
    ]);
    expect(
      outer('type: temporal_ordered\ntimespan: 5m\ncondition: login and failed').rules.map(
        ({ name }) => name,
      ),
    ).toEqual(['login', 'failed']);
    const bag = diagnosticsOf(
      withBases('type: temporal\ntimespan: 5m\ncondition: failed and login'),
    );
    expect(told(bag)).toEqual(['SIG017 22:14 the expression is read as all of the rules']);
  });

  test.each([
    [
      'type: temporal\ncondition: failed and (login or other)',
      'SIG050 21:14 a correlation of Sigma asks for all of its rules, or for some number of them',
    ],
    [
      'type: temporal_ordered\ncondition: failed or login',
      'SIG050 21:14 an order needs all of the rules',
    ],
    [
      'type: event_count\ncondition: failed and login',
      'SIG050 21:14 an expression over rules needs the type temporal',
    ],
    [
      'type: temporal\nrules: [failed]\ncondition: failed and login',
      'SIG050 22:25 `login` is not both under `rules` and in the condition',
    ],
    [
      'type: temporal\ncondition: failed and and login',
      'SIG050 21:25 `and` stands where a selection is wanted',
    ],
    [
      'type: event_count\nrules: [failed]\ncondition: count > 5',
      'SIG050 22:14 the condition of a correlation must be a map',
    ],
  ])('an expression that can not be: %s', (attributes, wanted) => {
    expect(told(diagnosticsOf(withBases(`${attributes}\ntimespan: 5m`)))).toEqual([wanted]);
  });

  test('an expression at fault takes the rules along that only it names', () => {
    const { documents } = readDocuments(
      {
        path: 'r.yml',
        text: withBases('type: temporal\ntimespan: 5m\ncondition: failed and not login'),
      },
      createBag(),
    );
    expect(documents.flatMap((one) => (one.kind === 'lost' ? one.references : []))).toEqual([
      'failed',
      'login',
    ]);
  });

  test.each([
    ['type: event-count', 'Did you mean `event_count`?'],
    ['group_by: [User]', 'Did you mean `group-by`?'],
    ['window: 5m', 'Did you mean `timespan`?'],
    ['timeframe: 5m', 'Did you mean `timespan`?'],
    ['threshold: 5', 'Did you mean `condition`?'],
    ['ruls: [failed]', 'Did you mean `rules`?'],
    ['condition: { ">=": 5 }', 'Did you mean `gte`?'],
    ['condition: { min: 5 }', 'Did you mean `gte`?'],
    ['condition: { "==": 5 }', 'Did you mean `eq`?'],
    ['condition: { foo: 5 }', 'Use gt, gte, lt, lte, eq or neq (and field, percentile).'],
  ])('the hint on %s', (line, hint) => {
    const given = {
      type: 'event_count',
      rules: '[failed]',
      timespan: '5m',
      condition: '{ gte: 5 }',
    };
    const rest = Object.entries(given).filter(([name]) => !line.startsWith(`${name}:`));
    const { list } = diagnosticsOf(
      withBases(`${line}\n${rest.map(([name, value]) => `${name}: ${value}`).join('\n')}`),
    );
    expect(list.map((one) => one.hint)).toEqual([hint]);
  });

  test('a threshold in quotes is the number, as for pySigma', () => {
    const text = `type: event_count\n${rest}\ncondition: { gte: '3' }`;
    expect(outer(text).thresholds).toEqual([{ operator: 'gte', value: 3 }]);
    expect(told(diagnosticsOf(withBases(text)))).toEqual([
      'SIG017 24:21 the text `3` is read as a number',
    ]);
  });

  test('a median is the percentile of 50', () => {
    const { type, percentile } = outer(
      lines({ type: 'value_median', condition: '{ gt: 1, field: a }' }),
    );
    expect([type, percentile]).toEqual(['value_percentile', 50]);
  });

  test.each<[string, Readonly<Record<string, string | undefined>>, string]>([
    ['an unknown type', { type: 'event_cuont' }, ''],
    ['an expression over rules', { type: 'temporal', condition: 'failed and not login' }, ''],
    ['a rule that is missing', { rules: '[failed, login, missing]' }, ''],
    ['no timespan', { timespan: '5' }, ''],
    ['a name that is taken', {}, 'name: failed\n'],
    ['a date where a map belongs', {}, 'sigpack: 2026-01-01\n'],
    ['a key that appears twice', { timespan: '5m\ntimespan: 6m' }, ''],
    ['no title', {}, 'title: [a]\n'],
  ])('with %s it takes the rules along that only serve it', (_, changes, more) => {
    const standing = (extra: string): readonly string[] => {
      const bag = createBag();
      const text = `${withBases(lines({ rules: '[failed, login]', ...changes }), more)}${extra}`;
      const collection = collect(
        readDocuments(
          {
            path: 'r.yml',
            text: more.startsWith('title') ? text.replace('title: Outer\n', '') : text,
          },
          bag,
        ).documents,
        bag,
      );
      expect(bag.list.length).toBeGreaterThan(0);
      return collection.rules
        .filter((one) => collection.standsAlone(one))
        .map(({ name = '' }) => name);
    };
    expect(standing('')).toEqual([]);
    expect(standing('generate: true\n')).toEqual(['failed', 'login']);
    expect(standing(`---\n${rule('other')}`)).toEqual(['other']);
  });

  test('not a map', () => {
    expect(told(diagnosticsOf('title: T\nid: t\ncorrelation: [a]\n'))).toEqual([
      'SIG050 3:14 `correlation` must be a map',
    ]);
  });

  test('the nearest name of the same file is the hint', () => {
    expect(diagnosticsOf(withBases(lines({ rules: '[faild]' }))).list[0]?.hint).toBe(
      'Did you mean `failed`?',
    );
  });

  test('a rule at fault takes the correlation with it', () => {
    const text = `${rule('bad', 'x|gt: y')}---\ntitle: C\nid: c\ncorrelation:\n  type: event_count\n  rules: [bad]\n  timespan: 1m\n  condition: { gt: 1 }\n`;
    expect(told(diagnosticsOf(text)).map((line) => line.slice(0, 11))).toEqual([
      'SIG006 6:14',
      'SIG022 6:14',
      'SIG053 13:1',
    ]);
  });
});

const temporal = (name: string, rules: string, more = '') =>
  `title: ${name}\nid: id-${name}\nname: ${name}\ncorrelation:\n  type: temporal\n  rules: [${rules}]\n  group-by: [a]\n  timespan: 1m\n${more}`;

describe('chains', () => {
  const compileAll = (text: string): { compiled: readonly CompiledRule[]; bag: DiagnosticBag } => {
    const bag = createBag();
    return { compiled: compileText(text, bag), bag };
  };

  test('a correlation over a correlation, in any order of the documents', () => {
    const { compiled, bag } = compileAll(
      `${temporal('top', 'middle, login')}---\n${temporal('middle', 'failed, login')}---\n${bases}`,
    );
    expect(told(bag)).toEqual([]);
    const top = compiled[0];
    if (top?.kind !== 'correlation') throw new Error('not compiled');
    expect(top.parts.map((part) => [part.kind, part.rule.name])).toEqual([
      ['correlation', 'middle'],
      ['detection', 'login'],
    ]);
    expect(logSourcesOf(top)).toEqual([{ product: 'windows' }]);
  });

  test('a circle of two, and a correlation that leads into it', () => {
    const { compiled, bag } = compileAll(
      `${bases}${temporal('x', 'y, login')}---\n${temporal('y', 'x, login')}---\n${temporal('z', 'x, login')}`,
    );
    expect(compiled.map(({ rule: { name } }) => name)).toEqual(['failed', 'login']);
    expect(told(bag)).toEqual([
      'SIG052 22:11 `y` leads back to this correlation',
      'SIG052 31:11 `x` leads back to this correlation',
      'SIG053 40:11 `x` could not be compiled',
    ]);
  });

  test('a chain of a few is read, one of many thousands is refused', () => {
    const chain = (length: number) =>
      bases +
      Array.from({ length }, (_, index) =>
        temporal(`c${index}`, index + 1 < length ? `c${index + 1}, login` : 'failed, login'),
      ).join('---\n');
    expect(told(compileAll(chain(30)).bag)).toEqual([]);
    const { bag } = compileAll(chain(8000));
    expect(told(bag)).toContain('SIG052 22:11 `c1` starts a chain of more than 32 correlations');
    expect(bag.list.every(({ code }) => code === 'SIG052' || code === 'SIG053')).toBe(true);
  });

  test('rules that only serve a correlation do not stand alone', () => {
    const standing = (more: string) => {
      const bag = createBag();
      const collection = collect(
        readDocuments(
          {
            path: 'r.yml',
            text: `${bases}${rule('third')}---\n${temporal('top', 'failed, login', more)}`,
          },
          bag,
        ).documents,
        bag,
      );
      return collection.rules.filter((one) => collection.standsAlone(one)).map(({ name }) => name);
    };
    expect(standing('')).toEqual(['third', 'top']);
    expect(standing('  generate: true\n')).toEqual(['failed', 'login', 'third', 'top']);
  });

  test('the example of the specification', () => {
    const text = `title: Failed logins followed by a login
id: b180ead8-d58f-40b2-ae54-c8940995b9b6
status: experimental
date: 2023-06-16
correlation:
    type: temporal_ordered
    rules:
        - many_failed
        - login
    group-by:
        - User
    timespan: 10m
level: high
---
title: Many failed
id: a8418a5a-5fc4-46b5-b23b-6c73beb19d41
name: many_failed
correlation:
    type: event_count
    rules:
        - failed
    group-by:
        - User
    timespan: 10m
    condition:
        gte: 10
---
${bases.slice(0, -4)}`;
    const { compiled, bag } = compileAll(text);
    expect(told(bag)).toEqual([]);
    expect(compiled.map(({ kind }) => kind)).toEqual([
      'correlation',
      'correlation',
      'detection',
      'detection',
    ]);
  });
});

describe('filters', () => {
  const filter = (
    rules: string,
    logsource = 'product: windows',
    lines = '  selection: { User|startswith: adm_ }\n  condition: not selection\n',
  ) =>
    `title: Admins\nid: filter\nlogsource: { ${logsource} }\nfilter:\n  rules: ${rules}\n${lines}`;
  const queries = (text: string) => {
    const bag = createBag();
    const found = compileText(text, bag).map((compiled) =>
      compiled.kind === 'detection' ? queryText(compiled.query) : compiled.kind,
    );
    return { found, told: told(bag) };
  };
  const plain = ['failed=1:number', 'login=1:number'];
  const filtered = 'not(User=‹adm_›*)';

  test.each([
    ['by name', '[failed]', [`and(failed=1:number, ${filtered})`, plain[1]]],
    ['by id', '[id-login]', [plain[0], `and(login=1:number, ${filtered})`]],
    ['by both, once', '[failed, id-failed]', [`and(failed=1:number, ${filtered})`, plain[1]]],
    ['any', 'any', [`and(failed=1:number, ${filtered})`, `and(login=1:number, ${filtered})`]],
    [
      'an empty list',
      '[]',
      [`and(failed=1:number, ${filtered})`, `and(login=1:number, ${filtered})`],
    ],
  ])('named %s', (_, rules, wanted) => {
    expect(queries(bases + filter(rules))).toEqual({ found: wanted, told: [] });
    expect(queries(`${filter(rules)}---\n${bases.slice(0, -4)}`).found).toEqual(wanted);
  });

  test('its condition is joined as it is written', () => {
    const [compiled] = compileText(bases + filter('[failed]'));
    if (compiled?.kind !== 'detection') throw new Error('not compiled');
    expect(matches(compiled.query, { failed: 1, User: 'bob' })).toBe(true);
    expect(matches(compiled.query, { failed: 1, User: 'ADM_bob' })).toBe(false);
    const positive = '  selection: { User: bob }\n  condition: selection\n';
    expect(queries(bases + filter('[failed]', 'product: windows', positive)).found[0]).toBe(
      'and(failed=1:number, User=‹bob›)',
    );
  });

  test.each([
    ['product: windows', 'product: windows, service: security', true],
    ['product: windows, service: security', 'product: windows', false],
    ['product: windows, service: security', 'product: windows, service: security', true],
    ['product: linux', 'product: windows', false],
    ['category: process_creation', 'product: windows, category: process_creation', true],
  ])('a filter of { %s } on a rule of { %s }: %s', (own, other, reaches) => {
    const { found, told: diagnostics } = queries(
      `${rule('failed', 'failed: 1', other)}---\n${filter('any', own)}`,
    );
    expect(found).toEqual([reaches ? `and(failed=1:number, ${filtered})` : 'failed=1:number']);
    expect(diagnostics).toEqual(
      reaches ? [] : ['SIG061 9:8 no rule with the log source of this filter was loaded'],
    );
  });

  test('each rule that it names and does not reach is a warning at its place', () => {
    const text = `${bases}${temporal('top', 'failed, login')}---\n${filter('[failed, nobody, top]')}`;
    expect(queries(text).told).toEqual([
      'SIG061 30:19 no rule has the id or name `nobody`',
      'SIG061 30:27 `top` is a correlation',
    ]);
    expect(queries(bases + filter('[failed]', 'product: linux')).told).toEqual([
      'SIG061 21:11 `failed` has another log source than this filter',
    ]);
    expect(diagnosticsOf(bases + filter('[nobody]')).list.map(({ severity }) => severity)).toEqual([
      'warning',
    ]);
  });

  test('filters of several documents add up', () => {
    const second = filter(
      'any',
      'product: windows',
      '  x: { Host: a }\n  condition: not x\n',
    ).replace('id: filter', 'id: second');
    expect(queries(`${bases}${filter('[failed]')}---\n${second}`).found[0]).toBe(
      `and(failed=1:number, ${filtered}, not(Host=‹a›))`,
    );
  });

  test('it reaches the rules below a correlation', () => {
    const compiled = compileText(
      `${bases}${temporal('top', 'failed, login')}---\n${filter('[failed]')}`,
    ).find(({ kind }) => kind === 'correlation');
    if (compiled?.kind !== 'correlation') throw new Error('not compiled');
    const [part] = compiled.parts;
    expect(part?.kind === 'detection' && queryText(part.query)).toBe(
      `and(failed=1:number, ${filtered})`,
    );
  });

  test('a fault in a filter is told once, in the filter, and at each rule that is lost by it', () => {
    const lines = '  selection: { User|gt: adm_ }\n  condition: not selection\n';
    const { found, told: diagnostics } = queries(bases + filter('any', 'product: windows', lines));
    expect(found).toEqual([]);
    expect(diagnostics).toEqual([
      'SIG022 22:25 `gt` takes a number, not the text `adm_`',
      'SIG060 1:8 the filter "Admins" (rule.yml) has an error',
      'SIG060 9:8 the filter "Admins" (rule.yml) has an error',
    ]);
  });

  test.each([
    [
      'rules that are not a list',
      `title: Admins\nlogsource: { product: windows }\nfilter:\n  rules: failed\n  selection: { a: b }\n  condition: selection\n`,
      [],
    ],
    [
      'rules that are null',
      `title: Admins\nlogsource: { product: windows }\nfilter:\n  rules:\n  selection: { a: b }\n  condition: selection\n`,
      [],
    ],
    [
      'no condition',
      `title: Admins\nlogsource: { product: windows }\nfilter:\n  rules: [failed]\n  selection: { a: b }\n`,
      ['login=1:number'],
    ],
    [
      'no log source',
      `title: Admins\nfilter:\n  rules: [failed]\n  selection: { a: b }\n  condition: selection\n`,
      ['login=1:number'],
    ],
    [
      'no title',
      `logsource: { product: windows }\nfilter:\n  rules: [login]\n  selection: { a: b }\n  condition: selection\n`,
      ['failed=1:number'],
    ],
    [
      'a key that appears twice',
      `title: Admins\nlogsource: { product: windows }\nfilter:\n  rules: [failed]\n  s: { a: b, a: c }\n  condition: s\n`,
      ['login=1:number'],
    ],
    ['no map', `title: Admins\nlogsource: { product: linux }\nfilter: x\n`, plain],
    [
      'nothing that says what it reaches',
      `title: Admins\nfilter:\n  rules: []\n  selection: { a: b }\n  condition: selection\n`,
      plain,
    ],
  ])('a filter that can not be read leaves its rules out: %s', (_, text, wanted) => {
    const { found, told: diagnostics } = queries(bases + text);
    expect(found).toEqual(wanted);
    expect(diagnostics.filter((line) => line.includes('has an error'))).toHaveLength(
      2 - wanted.length,
    );
    expect(diagnostics.length).toBeGreaterThan(2 - wanted.length);
  });

  test('a selection that a filter leaves unused is told once', () => {
    const lines = '  a: { User: x }\n  b: { User: z }\n  condition: not a\n';
    expect(queries(bases + filter('any', 'product: windows', lines)).told).toEqual([
      'SIG032 23:3 selection `b` is never used in the condition',
    ]);
  });

  test.each([
    ['no rules', '  selection: { a: b }\n  condition: selection\n', 'SIG060 5:3 `rules` must list'],
    [
      'null for rules',
      '  rules: null\n  selection: { a: b }\n  condition: selection\n',
      'SIG060 5:10 `rules` must list',
    ],
    [
      'null among the rules',
      '  rules: [failed, null]\n  selection: { a: b }\n  condition: selection\n',
      'SIG060 5:10 `rules` must list',
    ],
    [
      'one rule as a text',
      '  rules: failed\n  selection: { a: b }\n  condition: selection\n',
      'SIG060 5:10 `rules` must list',
    ],
    [
      'no condition',
      '  rules: any\n  selection: { a: b }\n',
      'SIG010 5:3 required attribute `condition` is missing',
    ],
    [
      'no selection',
      '  rules: any\n  condition: selection\n',
      'SIG013 5:3 the filter has no selection',
    ],
  ])('%s', (_, lines, wanted) => {
    const [diagnostic, ...more] = told(
      diagnosticsOf(`title: F\nid: f\nlogsource: { product: w }\nfilter:\n${lines}`),
    );
    expect(diagnostic?.slice(0, wanted.length)).toBe(wanted);
    expect(more).toEqual([]);
  });

  test('no condition: the hint says where it belongs', () => {
    const { list } = diagnosticsOf(
      'title: F\nid: f\nlogsource: { product: w }\nfilter:\n  rules: any\n  s: { a: b }\n',
    );
    expect(list.map(({ code, hint }) => [code, hint])).toEqual([
      ['SIG010', 'Add `condition:` inside `filter:`, indented as the selections are.'],
    ]);
  });

  test('a slip in the name of an attribute', () => {
    const filter = (more: string): string =>
      `title: F\nid: f\nlogsource: { product: w }\n${more}filter:\n  rules: any\n  s: { a: b }\n  condition: s\n`;
    expect(told(diagnosticsOf(filter('descripton: x\n')))).toContain(
      'SIG016 4:1 `descripton` is not an attribute of Sigma',
    );
    expect(told(diagnosticsOf(filter('x-owner: x\n'))).join()).not.toContain('SIG016');
  });

  test('not a map, no log source', () => {
    expect(told(diagnosticsOf('title: F\nid: f\nlogsource: { product: w }\nfilter: x\n'))).toEqual([
      'SIG060 4:9 `filter` must be a map',
    ]);
    expect(
      marked(
        diagnosticsOf('title: F\nid: f\nfilter:\n  rules: any\n  s: { a: b }\n  condition: s\n'),
      ),
    ).toEqual(['SIG010 "title"']);
  });

  test('many filters on many rules are compiled once each', () => {
    const bag = createBag();
    const text = Array.from({ length: 200 }, (_, index) => rule(`r${index}`))
      .concat(
        Array.from({ length: 200 }, (_, index) =>
          filter('any').replace('id: filter', `id: filter-${index}`),
        ),
      )
      .join('---\n');
    const collection = collect(readDocuments({ path: 'r.yml', text }, bag).documents, bag);
    const compile = createCompiler(collection, { placeholders: new Map(), bag });
    const started = cpuMilliseconds();
    for (const one of collection.rules) compile(one);
    expect(cpuMilliseconds() - started).toBeLessThan(1000);
    expect(bag.list).toEqual([]);
  });
});
