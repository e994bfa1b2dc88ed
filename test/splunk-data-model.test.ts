import { describe, expect, it, test } from 'vitest';
import type { CompiledDetection } from '../src/query/compile.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileText, detectionOf } from './compile.ts';
import {
  cimPipeline,
  isModelled,
  modelDisagreements,
  modelledRules,
  searchOf,
} from './data-model.ts';
import { runSpl } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { ruleSetCollection } from './rule-set.ts';
import { detectionsOfRuleSet, isFlat } from './rule-set-events.ts';

const inModel = (
  detection: CompiledDetection,
  model: unknown,
  more: readonly (readonly [string, unknown])[] = [],
): CompiledDetection => ({
  ...detection,
  processing: {
    state: new Map([['data_model_set', model], ...more]),
    attributes: new Map(),
    unmapped: [],
    known: true,
  },
});

const selection = (item: string, condition = 'selection') =>
  detectionOf(`selection:\n  ${item}\ncondition: ${condition}`);
const head =
  '| tstats summariesonly=false fillnull_value="unknown" count min(_time) AS firstTime max(_time) AS lastTime FROM datamodel=Endpoint.Processes';
const tail = ' | rename Processes.* AS *';

describe('searches of a data model', () => {
  test.each([
    [
      "Processes.process: 'a*b'",
      'selection',
      ' WHERE Processes.process="a*b" BY _time span=1s Processes.process',
    ],
    [
      'Processes.process: [a, b]',
      'not selection',
      ' WHERE NOT Processes.process IN ("a", "b") BY _time span=1s Processes.process',
    ],
    [
      "Processes.process: 'a?b'",
      'selection',
      ' WHERE Processes.process="a*b" BY _time span=1s Processes.process | where match(\'Processes.process\', "(?is)^a.b\\\\z")',
    ],
    [
      'Processes.user: null',
      'selection',
      ' WHERE (NOT Processes.user=* OR Processes.user="unknown") BY _time span=1s Processes.user',
    ],
    [
      'Processes.dest|cidr: 10.0.0.0/8',
      'selection',
      ' WHERE Processes.dest=* BY _time span=1s Processes.dest | where cidrmatch("10.0.0.0/8", \'Processes.dest\')',
    ],
  ])('%s, %s', (item, condition, expected) => {
    expect(searchOf(inModel(selection(item, condition), 'Endpoint.Processes'))).toBe(
      `${head}${expected}${tail}`,
    );
  });

  test.each([[['Processes.dest', 'host']], [{ 'Processes.dest': null, host: null }]])(
    'has the columns of the state fields: %j',
    (fields) => {
      expect(
        searchOf(
          inModel(selection('Processes.user: a'), 'Endpoint.Processes', [['fields', fields]]),
        ),
      ).toBe(
        `${head} WHERE Processes.user="a" BY _time span=1s Processes.dest host Processes.user${tail}`,
      );
    },
  );

  it('has one column where the state fields is a text', () => {
    expect(
      searchOf(
        inModel(selection('Processes.user: a'), 'Endpoint.Processes', [
          ['fields', 'Processes.dest'],
        ]),
      ),
    ).toContain('span=1s Processes.dest Processes.user |');
  });

  it('names a data set below the root by its node', () => {
    expect(searchOf(inModel(selection('Web.url: a'), 'Web.Web.Proxy'))).toContain(
      'FROM datamodel=Web.Web WHERE nodename=Web.Proxy Web.url="a" BY _time span=1s Web.url | rename Web.* AS *',
    );
  });

  test.each([
    ['Processes.process: a', 'Endpoint.Processes where x=1', 'is not a data model of Splunk'],
    ['Processes.process: a', 'A`b`', 'is not a data model of Splunk'],
    ['Processes.process: a', 5, 'is not a data model of Splunk'],
    [
      'Description: a',
      'Endpoint.Processes',
      'the data model Endpoint.Processes has no field `Description`',
    ],
    ['"Processes.a b": a', 'Endpoint.Processes', 'has no field'],
    ['"Processes.a) OR (b": a', 'Endpoint.Processes', 'has no field'],
    ['Registry.action: a', 'Endpoint.Processes', 'has no field'],
  ])('refuses %s in %s', (item, model, message) =>
    expect(searchOf(inModel(selection(item), model))).toContain(message),
  );

  it('refuses keywords', () => {
    expect(
      searchOf(
        inModel(detectionOf('keywords:\n  - abc\ncondition: keywords'), 'Endpoint.Processes'),
      ),
    ).toContain('no text to find keywords in');
  });

  it('keeps hostile values in their place', () => {
    const values = ['a" BY x | delete', 'a`b`', 'x\\', 'by', 'a\n| delete', '$x$', '[search *]'];
    for (const value of values) {
      const search = searchOf(
        inModel(
          selection(`Processes.process: ${JSON.stringify(value.replaceAll('\\', '\\\\'))}`),
          'Endpoint.Processes',
        ),
      );
      const events = [value, `${value}y`].map(
        (process, at): Event => ({
          datamodel: 'Endpoint.Processes',
          _time: at,
          'Processes.process': process,
        }),
      );
      expect(runSpl(search, events).map((row) => row.process)).toEqual([value]);
    }
  });
});

describe('correlations over a data model', () => {
  const rules = (type: string, more: string) =>
    compileText(`title: A
name: a
logsource: { product: windows }
detection: { s: { Processes.process: a }, condition: s }
---
title: B
name: b
logsource: { product: windows }
detection: { s: { Processes.process: b }, condition: s }
---
title: Outer
name: outer
correlation: { type: ${type}, ${more}, group-by: [Processes.dest], timespan: 5m }
`).find((rule) => rule.rule.name === 'outer');
  const over = (type: string, more: string): string => {
    const outer = rules(type, more);
    if (outer?.kind !== 'correlation') throw new Error('the correlation does not compile');
    return searchOf({
      ...outer,
      parts: outer.parts.map((part) =>
        part.kind === 'detection' ? inModel(part, 'Endpoint.Processes') : part,
      ),
    });
  };

  it('counts the events of a row', () => {
    const event = (_time: number, dest: string): Event => ({
      _time,
      datamodel: 'Endpoint.Processes',
      'Processes.process': 'A',
      'Processes.dest': dest,
    });
    const events = [event(0.1, 'x'), event(0.2, 'x'), event(9, 'x'), event(0, 'y'), event(1, 'y')];
    expect(
      runSpl(
        over('event_count', 'rules: [a], condition: {gte: 3}'),
        events,
        {},
        { earliest: -86_400, latest: 86_400 },
      ).map((row) => row.dest),
    ).toEqual(['x']);
  });

  it('refuses several searches', () =>
    expect(over('temporal', 'rules: [a, b]')).toContain('takes no `tstats`'));
});

describe('the built-in pipeline', () => {
  const { collection, placeholders } = ruleSetCollection();
  const rules = modelledRules(collection, placeholders, createBag());
  const eventIds: Readonly<Record<string, number>> = {
    process_creation: 1,
    file_event: 11,
    file_delete: 23,
    registry_add: 12,
    registry_set: 13,
  };

  it('is read without a diagnostic', () => {
    const faults = createBag();
    cimPipeline(faults);
    expect(faults.list.map(({ message }) => message)).toEqual([]);
  });

  it('finds in the models what the rules of the rule set find in their events', () => {
    let compared = 0;
    const wrong: unknown[] = [];
    const entries = new Map(detectionsOfRuleSet().map((entry) => [entry.rule.rule.id, entry]));
    for (const rule of rules.filter(isModelled)) {
      const entry = entries.get(rule.written.rule.id);
      const EventID = eventIds[rule.written.rule.logsource.category ?? ''];
      if (!entry || EventID === undefined) continue;
      const own = entry.hits
        .filter(isFlat)
        .slice(0, 2)
        .map((event): Event => ({ ...event, EventID }));
      const differing = own.length === 0 ? [] : modelDisagreements(rule, own);
      if (differing.length > 0) wrong.push([entry.path, rule.search, ...differing]);
      compared++;
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(5);
  });
});
