import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBag } from '../src/source/diagnostic.ts';
import { compileText, detectionOf, ruleText } from './compile.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { detectionDiagnostics, diagnosticsOf, marked, queryText, told } from './diagnostics.ts';
import { matches } from './matcher.ts';

/** Selections a, b, c ..., each true when the field of its name is 1. */
const selections = (...names: string[]): string =>
  names.map((name) => `${name}: { ${name}: 1 }`).join('\n');

function conditionText(condition: string, names: readonly string[]): string {
  return queryText(
    detectionOf(`${selections(...names)}\ncondition: ${condition}`).query,
  ).replaceAll('=1:number', '');
}

describe('meaning', () => {
  const abc = ['a', 'b', 'c'];
  const patterns = ['selection_one', 'selection_two', 'filter_one', 'keywords', '_private'];
  test.each<[condition: string, names: readonly string[], wanted: string]>([
    ['a', ['a'], 'a'],
    ['(a)', ['a'], 'a'],
    ['((a))', ['a'], 'a'],
    ['not a', ['a'], 'not(a)'],
    ['not not a', ['a'], 'a'],
    ['not (not a)', ['a'], 'a'],
    ['a and b', abc, 'and(a, b)'],
    ['a or b or c', abc, 'or(a, b, c)'],
    // or < and < not
    ['a or b and c', abc, 'or(a, and(b, c))'],
    ['a and b or c', abc, 'or(and(a, b), c)'],
    ['(a or b) and c', abc, 'and(or(a, b), c)'],
    ['not a or b', abc, 'or(not(a), b)'],
    ['not a and b', abc, 'and(not(a), b)'],
    ['not (a and b)', abc, 'not(and(a, b))'],
    ['a and not b or not c', abc, 'or(and(a, not(b)), not(c))'],
    ['a AND b OR NOT c', abc, 'or(and(a, b), not(c))'],
    ['  a   and\tb ', abc, 'and(a, b)'],
    ['(a)and(b)', abc, 'and(a, b)'],
    ['not(a or b)', abc, 'not(or(a, b))'],
    // x of
    ['1 of them', abc, 'or(a, b, c)'],
    ['any of them', abc, 'or(a, b, c)'],
    ['all of them', abc, 'and(a, b, c)'],
    ['ALL OF THEM', abc, 'and(a, b, c)'],
    ['1 of selection_*', patterns, 'or(selection_one, selection_two)'],
    ['all of selection_*', patterns, 'and(selection_one, selection_two)'],
    ['any of *_one', patterns, 'or(selection_one, filter_one)'],
    ['all of *_o*e', patterns, 'and(selection_one, filter_one)'],
    ['1 of *', patterns, 'or(selection_one, selection_two, filter_one, keywords)'],
    ['1 of them', patterns, 'or(selection_one, selection_two, filter_one, keywords)'],
    [
      'all of them and _private',
      patterns,
      'and(selection_one, selection_two, filter_one, keywords, _private)',
    ],
    ['1 of _*', patterns, '_private'],
    ['1 of keywords', patterns, 'keywords'],
    ['all of keywords', patterns, 'keywords'],
    ['1 of filter_*', patterns, 'filter_one'],
    [
      '1 of selection_* and not 1 of filter_*',
      patterns,
      'and(or(selection_one, selection_two), not(filter_one))',
    ],
    ['not 1 of selection_*', patterns, 'not(or(selection_one, selection_two))'],
    ['not all of selection_*', patterns, 'not(and(selection_one, selection_two))'],
    // names that look like words of the language
    ['1 of them', ['them', 'a'], 'or(them, a)'],
    ['notable or android', ['notable', 'android'], 'or(notable, android)'],
    ['all-x or a.b', ['all-x', 'a.b'], 'or(all-x, a.b)'],
  ])('%s over %j', (condition, names, wanted) => {
    expect(conditionText(condition, names)).toBe(wanted);
  });

  test('selections keep their own links: maps AND, lists OR', () => {
    const { query } = detectionOf(
      'one:\n  a: 1\n  b: [2, 3]\ntwo:\n  - x\n  - c: 4\ncondition: all of them',
    );
    expect(queryText(query)).toBe(
      'and(a=1:number, or(b=2:number, b=3:number), or(c=4:number, <keyword>=‹x›))',
    );
  });

  test('a list of conditions is linked with OR', () => {
    expect(conditionText('[a and b, not c]', abc)).toBe('or(and(a, b), not(c))');
    expect(conditionText('[a]', abc)).toBe('a');
  });

  test.each([
    ['folded', '>\n  a and\n  b'],
    ['folded, stripped', '>-\n  a\n  and b'],
    ['literal', '|\n  a\n  and\n  b'],
    ['plain over two lines', 'a\n  and b'],
    ['single quotes', "'a and b'"],
    ['double quotes', '"a and b"'],
    ['double quotes with an escape', '"a\\x20and b"'],
  ])('a condition written %s', (_, condition) => {
    expect(conditionText(condition, abc)).toBe('and(a, b)');
  });

  interface Tree {
    readonly text: (binding: number) => string;
    readonly value: (event: Readonly<Record<string, number>>) => boolean;
  }
  const names = ['s1', 's2', 's3', 'f1', 'f2', '_u'];
  const visible = names.filter((name) => !name.startsWith('_'));
  const leaf = fc.oneof(
    fc
      .constantFrom(...names)
      .map((name): Tree => ({ text: () => name, value: (event) => event[name] === 1 })),
    fc
      .tuple(
        fc.constantFrom('1', 'any', 'all'),
        fc.constantFrom('them', 's*', 'f*', '*1', 's?'.replace('?', '1')),
      )
      .map(([count, pattern]): Tree => {
        const chosen = visible.filter(
          (name) => pattern === 'them' || new RegExp(`^${pattern.replace('*', '.*')}$`).test(name),
        );
        const hits = (event: Readonly<Record<string, number>>) =>
          chosen.filter((name) => event[name] === 1).length;
        return {
          text: () => `${count} of ${pattern}`,
          value: (event) => (count === 'all' ? hits(event) === chosen.length : hits(event) > 0),
        };
      }),
  );
  const trees = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      tie('tree').map(
        (inner): Tree => ({
          text: () => `not ${inner.text(3)}`,
          value: (event) => !inner.value(event),
        }),
      ),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('tree'), { minLength: 2, maxLength: 3 }))
        .map(([kind, operands]): Tree => {
          const own = kind === 'or' ? 1 : 2;
          return {
            text: (binding) => {
              const text = operands.map((operand) => operand.text(own)).join(` ${kind} `);
              return binding > own ? `(${text})` : text;
            },
            value: (event) =>
              kind === 'or'
                ? operands.some((operand) => operand.value(event))
                : operands.every((operand) => operand.value(event)),
          };
        }),
    ),
  })).tree;

  test('any condition, printed with as few parentheses as it needs, has the truth table of its tree', () => {
    const events = Array.from({ length: 2 ** names.length }, (_, bits) =>
      Object.fromEntries(names.map((name, index) => [name, (bits >> index) & 1])),
    );
    fc.assert(
      fc.property(trees, (tree) => {
        const { query } = detectionOf(`${selections(...names)}\ncondition: ${tree.text(0)}`);
        for (const event of events)
          expect(matches(query, event), tree.text(0)).toBe(tree.value(event));
      }),
      { numRuns: 300 },
    );
  });
});

describe('errors', () => {
  test.each<[condition: string, wanted: string, hint: RegExp]>([
    ['selectoin', 'SIG031 8:14 there is no selection `selectoin`', /^Did you mean `selection`\?$/],
    ['Selection', 'SIG031 8:14 there is no selection `Selection`', /`selection`/],
    [
      'selection and fliter',
      'SIG031 8:28 there is no selection `fliter`',
      /The only selection is selection/,
    ],
    ['1 of select', 'SIG031 8:14 there is no selection `select`', /selection/],
    ['1 of filter*', 'SIG031 8:14 no selection matches `filter*`', /selection/],
    ['selection and (selection', 'SIG030 8:28 a parenthesis is not closed', /\)/],
    ['(selection', 'SIG030 8:14 a parenthesis is not closed', /\)/],
    ['selection)', 'SIG030 8:23 a parenthesis is closed that was not opened', /\(/],
    ['()', 'SIG030 8:15 `)` stands where a selection is wanted', /./],
    ['selection selection', 'SIG030 8:24 `and` or `or` is missing before `selection`', /./],
    ['selection not selection', 'SIG030 8:24 `and` or `or` is missing before `not`', /./],
    ['selection and', 'SIG030 8:27 the condition ends where a selection is wanted', /./],
    ['and selection', 'SIG030 8:14 `and` stands where a selection is wanted', /./],
    ['not', 'SIG030 8:17 the condition ends where a selection is wanted', /./],
    ['selection or or selection', 'SIG030 8:27 `or` stands where a selection is wanted', /./],
    ['of them', 'SIG030 8:14 `of` stands where a selection is wanted', /./],
    ['1 of', 'SIG030 8:18 `of` wants a selection, a pattern or `them`', /./],
    ['1 of (selection)', 'SIG030 8:19 `of` wants a selection, a pattern or `them`', /./],
    ['2 of them', 'SIG030 8:14 `2 of` is not part of Sigma', /1 of/],
    ['selection*', 'SIG030 8:14 `selection*` is a pattern', /1 of selection\*/],
    ['selection && selection', 'SIG030 8:24 `&&` is not part of Sigma', /`and`/],
    ['selection || selection', 'SIG030 8:24 `||` is not part of Sigma', /`or`/],
    ['"!selection"', 'SIG030 8:15 `!selection` is not a name of a selection', /`not selection`/],
    ["''", 'SIG030 8:14 the condition is empty', /./],
  ])('%s', (condition, wanted, hint) => {
    const bag = detectionDiagnostics(`selection: { a: 1 }\ncondition: ${condition}`);
    expect(told(bag)).toEqual([wanted]);
    expect(bag.list[0]?.hint).toMatch(hint);
  });

  test.each([
    ['folded', '>\n  selection and\n  nothing', '"nothing"', 10],
    ['literal', '|\n  selection\n  and nothing', '"nothing"', 10],
    ['over two lines', 'selection\n  and nothing', '"nothing"', 9],
    ['in single quotes', "'selection and nothing'", '"nothing"', 8],
    ['in double quotes over two lines', '"selection and\n  nothing"', '"nothing"', 9],
  ])('the place of an error in a condition written %s', (_, condition, under, line) => {
    const bag = detectionDiagnostics(`selection: { a: 1 }\ncondition: ${condition}`);
    expect(marked(bag)).toEqual([`SIG031 ${under}`]);
    expect(told(bag)[0]).toMatch(new RegExp(`^SIG031 ${line}:`));
  });

  test('each bad condition of a list is told', () => {
    expect(told(detectionDiagnostics('a: { a: 1 }\ncondition: [a and, b, (a]'))).toEqual([
      'SIG030 8:20 the condition ends where a selection is wanted',
      'SIG030 8:25 a parenthesis is not closed',
    ]);
    expect(told(detectionDiagnostics('a: { a: 1 }\ncondition: [a, b]'))).toEqual([
      'SIG031 8:18 there is no selection `b`',
    ]);
  });

  test.each([
    ['nothing', 'condition:', 'SIG011 8:12 a condition must be a text'],
    ['a number', 'condition: 1', 'SIG011 8:14 a condition must be a text'],
    ['a map', 'condition: { a: b }', 'SIG011 8:14 a condition must be a text'],
    ['an empty list', 'condition: []', 'SIG011 8:14 the list of conditions is empty'],
    ['a list in a list', 'condition: [[a]]', 'SIG011 8:15 a condition must be a text'],
  ])('a condition that is %s', (_, line, wanted) => {
    expect(told(detectionDiagnostics(`a: { a: 1 }\n${line}`))).toEqual([wanted]);
  });

  test('a selection that nothing uses is a warning; with an underscore it is not', () => {
    const bag = createBag();
    expect(compileText(ruleText(`${selections('a', 'b', '_c')}\ncondition: a`), bag)).toHaveLength(
      1,
    );
    expect(told(bag)).toEqual(['SIG032 8:3 selection `b` is never used in the condition']);
    expect(bag.list[0]?.severity).toBe('warning');
  });

  test('a misspelt name is told once, without the selection that it misses', () => {
    expect(
      told(detectionDiagnostics(`${selections('one', 'two')}\ncondition: one and tow`)),
    ).toEqual(['SIG031 9:22 there is no selection `tow`']);
  });

  test('`them` over private selections only', () => {
    expect(told(detectionDiagnostics('_a: { a: 1 }\ncondition: all of them'))[0]).toMatch(
      /^SIG031 8:14 `them` stands for no selection/,
    );
  });
});

describe('limits', () => {
  const nested = (depth: number) =>
    `a: { a: 1 }\ncondition: ${'('.repeat(depth)}a${')'.repeat(depth)}`;
  test('depth', () => {
    expect(told(detectionDiagnostics(nested(64)))).toEqual([]);
    expect(told(detectionDiagnostics(nested(65)))).toEqual([
      'SIG030 8:79 the condition is nested more than 64 deep',
    ]);
    expect(told(detectionDiagnostics(nested(9000)))).toEqual([
      'SIG030 8:79 the condition is nested more than 64 deep',
    ]);
    expect(
      told(detectionDiagnostics(`a: { a: 1 }\ncondition: ${'not '.repeat(4000)}a`))[0],
    ).toMatch(/nested more than 64 deep$/);
  });

  test('length', () => {
    const long = (count: number) =>
      `a: { a: 1 }\ncondition: ${new Array(count).fill('a').join(' or ')}`;
    expect(told(detectionDiagnostics(long(3000)))).toEqual([]);
    expect(told(detectionDiagnostics(long(5000)))).toEqual([
      'SIG030 8:14 the condition has 24996 characters, more than 20000',
    ]);
  });

  test('a short condition that names a long selection often', () => {
    const values = Array.from({ length: 20_000 }, (_, index) => index).join(', ');
    const text = `a: { a: [${values}] }\ncondition: ${new Array(3000).fill('a').join(' or ')}`;
    const started = cpuMilliseconds();
    expect(told(detectionDiagnostics(text))[0]).toMatch(
      /^SIG004 8:14 the condition mentions selections with more than 100000 values/,
    );
    expect(cpuMilliseconds() - started).toBeLessThan(3000);
  });
});

describe('hints on signs and words of other languages', () => {
  test.each([
    ['a -and b', 'Write `and`.'],
    ['a, b', 'Write `and` or `or` between selections.'],
    ['a b', 'Write `and` or `or` between selections.'],
    ['a + b', 'Write `and` or `or` between selections.'],
    ['a == true', 'Compare values in a selection, and name it here.'],
    [
      '1 of (a, b)',
      'Write `(a or b)` for selections that you list, or `1 of selection*` for those that are named alike.',
    ],
    ['all of', 'Write `all of them`, or `all of selection*` for those that are named alike.'],
    ['none of them', 'Write `not 1 of`.'],
    [
      '2 of them',
      'Use `1 of`, `any of` or `all of`. More than one of several is written out: `(a and b) or (a and c) or (b and c)`.',
    ],
  ])('%s', (condition, hint) => {
    expect(
      detectionDiagnostics(`a: {x: 1}\nb: {x: 2}\ncondition: ${condition}`).list.map(
        (one) => `${one.code} ${one.hint}`,
      ),
    ).toEqual([`SIG030 ${hint}`]);
  });
});

describe('documents of other tools', () => {
  test('a rule of Chainsaw is told once, and is not a filter', () => {
    const text =
      'title: T\ngroup: G\nkind: evtx\nlevel: high\nstatus: stable\ntimestamp: a\nfilter:\n  condition: x\n  x: {a: b}\n';
    expect(told(diagnosticsOf(text))).toEqual([
      'SIG005 1:1 the document is a rule of Chainsaw, and no filter of Sigma',
    ]);
  });

  test('a filter with an attribute of Chainsaw stays one, and takes its rules along', () => {
    const rule = ruleText('s: {a: b}\ncondition: s').replace('status', 'name: base\nstatus');
    const bag = createBag();
    expect(
      compileText(
        `${rule}---\ntitle: F\nkind: evtx\nfilter: {rules: [base], s: {b: c}, condition: not s}\n`,
        bag,
      ),
    ).toEqual([]);
    expect(told(bag).map((one) => one.slice(0, 6))).toEqual(['SIG010', 'SIG060']);
  });

  test('a filter that names one rule without a list is told how to', () => {
    const text =
      'title: F\nlogsource: {product: w}\nfilter:\n  rules: some\n  s: {a: b}\n  condition: not s\n';
    expect(diagnosticsOf(text).list.map((one) => one.hint)).toEqual([
      'Write a list, `rules: [some]`, or `rules: any` for every rule of the log source.',
    ]);
  });
});

describe('the old aggregations', () => {
  test.each([
    [
      'count() > 5',
      'type: event_count, rules: [<that name>], timespan: <how long>, condition: {gt: 5}',
    ],
    [
      'count() by User >= 10',
      'type: event_count, rules: [<that name>], group-by: [User], timespan: <how long>, condition: {gte: 10}',
    ],
    [
      'count(User) by Host, Domain < 3',
      'type: value_count, rules: [<that name>], group-by: [Host, Domain], timespan: <how long>, condition: {field: User, lt: 3}',
    ],
    [
      'COUNT( User ) BY Host <= 3',
      'type: value_count, rules: [<that name>], group-by: [Host], timespan: <how long>, condition: {field: User, lte: 3}',
    ],
    [
      'count(*) = 3',
      'type: event_count, rules: [<that name>], timespan: <how long>, condition: {eq: 3}',
    ],
    [
      'sum(Bytes) by Ip > 100',
      'type: value_sum, rules: [<that name>], group-by: [Ip], timespan: <how long>, condition: {field: Bytes, gt: 100}',
    ],
    [
      'avg(Bytes) > 1.5',
      'type: value_avg, rules: [<that name>], timespan: <how long>, condition: {field: Bytes, gt: 1.5}',
    ],
    [
      'min(Bytes) < 5',
      'type: value_percentile, rules: [<that name>], timespan: <how long>, condition: {field: Bytes, percentile: 0, lt: 5}',
    ],
    [
      'max(Bytes)>5',
      'type: value_percentile, rules: [<that name>], timespan: <how long>, condition: {field: Bytes, percentile: 100, gt: 5}',
    ],
    [
      'count by User gte 10',
      'type: event_count, rules: [<that name>], group-by: [User], timespan: <how long>, condition: {gte: 10}',
    ],
    [
      'count(distinct User) > 3',
      'type: value_count, rules: [<that name>], timespan: <how long>, condition: {field: User, gt: 3}',
    ],
    [
      'dc(User) by Host > 3',
      'type: value_count, rules: [<that name>], group-by: [Host], timespan: <how long>, condition: {field: User, gt: 3}',
    ],
    [
      'count() by User > 3 within 10m',
      'type: event_count, rules: [<that name>], group-by: [User], timespan: 10m, condition: {gt: 3}',
    ],
    [
      'near other and not third',
      'type: temporal, rules: [<their names>], group-by: [<field>], timespan: <how long>',
    ],
  ])('a | %s', (aggregation, correlation) => {
    const bag = detectionDiagnostics(`a: { a: 1 }\ncondition: a | ${aggregation}`);
    expect(told(bag)).toEqual([
      'SIG033 8:16 conditions with an aggregation are not part of Sigma any more',
    ]);
    expect(bag.list[0]?.hint).toContain(`correlation: {${correlation}}`);
  });

  test('the hint takes over the timeframe of the rule', () => {
    const bag = detectionDiagnostics('a: { a: 1 }\ntimeframe: 5m\ncondition: a | count() by b > 3');
    expect(told(bag).map((line) => line.slice(0, 11))).toEqual(['SIG033 9:16']);
    expect(bag.list[0]?.hint).toContain('timespan: 5m');
  });

  test('an aggregation that cannot be read has a hint all the same', () => {
    expect(detectionDiagnostics('a: { a: 1 }\ncondition: a | stats count').list[0]?.hint).toMatch(
      /correlation rule/,
    );
    expect(marked(detectionDiagnostics('a: { a: 1 }\ncondition: >\n  a |\n  count() > 5'))).toEqual(
      ['SIG033 "|\\n    count() > 5"'],
    );
  });

  test('what the hint says is a correlation that compiles', () => {
    for (const aggregation of [
      'count() by User >= 10',
      'count(User) by Host, Domain < 3',
      'sum(Bytes) by Ip > 100',
      'avg(Bytes) > 1',
      'min(x) < 5',
      'max(x) > 5',
    ]) {
      const { list } = detectionDiagnostics(
        `a: { a: 1 }\ntimeframe: 90s\ncondition: a | ${aggregation}`,
      );
      const written =
        /correlation: \{.*\}\}/.exec(list[0]?.hint ?? '')?.[0].replace('<that name>', 'base') ?? '';
      const base = ruleText('a: { a: 1 }\ncondition: a').replace('status', 'name: base\nstatus');
      const bag = createBag();
      const compiled = compileText(`${base}---\ntitle: C\nid: c\n${written}\n`, bag);
      expect(told(bag), aggregation).toEqual([]);
      expect(compiled.map(({ kind }) => kind)).toEqual(['detection', 'correlation']);
    }
  });
});
