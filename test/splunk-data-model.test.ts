import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { splunk } from '../src/backend/splunk/target.ts';
import { defaultTargetSettings } from '../src/backend/target.ts';
import { findRuleFiles, readSourceFile } from '../src/cli/rule-files.ts';
import { createProcessor } from '../src/pipeline/process.ts';
import { readPipeline } from '../src/pipeline/read-pipeline.ts';
import { type CompiledDetection, createCombiner, createSettler } from '../src/query/compile.ts';
import { collect } from '../src/sigma/collection.ts';
import { readDocuments } from '../src/sigma/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileText, detectionOf } from './compile.ts';
import { corpusFolders } from './corpus/corpus.ts';
import { runSpl } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { matches } from './matcher.ts';
import { mutations } from './mutations.ts';
import { plainEvent, windowsEvents } from './windows-events.ts';

const inModel = (detection: CompiledDetection, model: unknown): CompiledDetection => ({
  ...detection,
  processing: { state: new Map([['data_model_set', model]]), attributes: new Map(), unmapped: [], known: true },
});

function searchOf(compiled: Parameters<typeof splunk.convert>[0]): string {
  const conversion = splunk.convert(compiled, { ...defaultTargetSettings, splunk: { ...defaultTargetSettings.splunk, cloudSafe: true } });
  return conversion.ok ? conversion.value.queries.join('') : `refused: ${conversion.problems[0]?.message}`;
}

const selection = (item: string, condition = 'selection') => detectionOf(`selection:\n  ${item}\ncondition: ${condition}`);
const head = '| tstats summariesonly=false fillnull_value="unknown" count min(_time) AS firstTime max(_time) AS lastTime FROM datamodel=Endpoint.Processes';
const tail = ' | rename Processes.* AS *';

describe('searches of a data model', () => {
  test.each([
    ["Processes.process: 'a*b'", 'selection', ' WHERE Processes.process="a*b" BY _time span=1s Processes.process'],
    ['Processes.process: [a, b]', 'not selection', ' WHERE NOT Processes.process IN ("a", "b") BY _time span=1s Processes.process'],
    [
      "Processes.process: 'a?b'",
      'selection',
      ' WHERE Processes.process="a*b" BY _time span=1s Processes.process | where match(\'Processes.process\', "(?is)^a.b\\\\z")',
    ],
    ['Processes.user: null', 'selection', ' WHERE (NOT Processes.user=* OR Processes.user="unknown") BY _time span=1s Processes.user'],
    [
      'Processes.dest|cidr: 10.0.0.0/8',
      'selection',
      ' WHERE Processes.dest=* BY _time span=1s Processes.dest | where cidrmatch("10.0.0.0/8", \'Processes.dest\')',
    ],
  ])('%s, %s', (item, condition, expected) => {
    expect(searchOf(inModel(selection(item, condition), 'Endpoint.Processes'))).toBe(`${head}${expected}${tail}`);
  });

  it('names a data set below the root by its node', () => {
    expect(searchOf(inModel(selection('Web.url: a'), 'Web.Web.Proxy'))).toContain(
      'FROM datamodel=Web.Web WHERE nodename=Web.Proxy Web.url="a" BY _time span=1s Web.url | rename Web.* AS *',
    );
  });

  test.each([
    ['Processes.process: a', 'Endpoint.Processes where x=1', 'is no data model of Splunk'],
    ['Processes.process: a', 'A`b`', 'is no data model of Splunk'],
    ['Processes.process: a', 5, 'is no data model of Splunk'],
    ['Description: a', 'Endpoint.Processes', 'the data model Endpoint.Processes has no field `Description`'],
    ['"Processes.a b": a', 'Endpoint.Processes', 'has no field'],
    ['"Processes.a) OR (b": a', 'Endpoint.Processes', 'has no field'],
    ['Registry.action: a', 'Endpoint.Processes', 'has no field'],
  ])('refuses %s in %s', (item, model, message) => expect(searchOf(inModel(selection(item), model))).toContain(message));

  it('refuses keywords', () => {
    expect(searchOf(inModel(detectionOf('keywords:\n  - abc\ncondition: keywords'), 'Endpoint.Processes'))).toContain('no text to find keywords in');
  });

  it('keeps hostile values in their place', () => {
    const values = ['a" BY x | delete', 'a`b`', 'x\\', 'by', 'a\n| delete', '$x$', '[search *]'];
    for (const value of values) {
      const search = searchOf(inModel(selection(`Processes.process: ${JSON.stringify(value.replaceAll('\\', '\\\\'))}`), 'Endpoint.Processes'));
      const events = [value, `${value}y`].map((process, at): Event => ({ datamodel: 'Endpoint.Processes', _time: at, 'Processes.process': process }));
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
    return searchOf({ ...outer, parts: outer.parts.map((part) => (part.kind === 'detection' ? inModel(part, 'Endpoint.Processes') : part)) });
  };

  it('counts the events of a row', () => {
    const event = (_time: number, dest: string): Event => ({ _time, datamodel: 'Endpoint.Processes', 'Processes.process': 'A', 'Processes.dest': dest });
    const events = [event(0.1, 'x'), event(0.2, 'x'), event(9, 'x'), event(0, 'y'), event(1, 'y')];
    expect(runSpl(over('event_count', 'rules: [a], condition: {gte: 3}'), events).map((row) => row.dest)).toEqual(['x']);
  });

  it('refuses several searches', () => expect(over('temporal', 'rules: [a, b]')).toContain('takes no `tstats`'));
});

describe('the built-in pipeline', () => {
  const root = join(import.meta.dirname, '..');
  const path = join(root, 'pipelines', 'splunk-cim.yml');
  const faults = createBag();
  const pipeline = readPipeline({ path, text: readFileSync(path, 'utf8') }, faults, { readLines: () => undefined });
  const complaints = createBag();
  const documents = findRuleFiles(corpusFolders, complaints).flatMap((one) => {
    const file = readSourceFile(one, complaints);
    return file ? readDocuments(file, complaints).documents : [];
  });
  const collection = collect(documents, complaints);
  const options = { placeholders: new Map(), bag: createBag(), keepPlaceholders: true };
  const settle = createSettler(collection, options);
  const rejected = createBag();
  const process = createProcessor(pipeline ? [pipeline] : [], { bag: rejected });
  const combine = createCombiner(createBag());
  const rules = collection.rules.flatMap((rule) => {
    const settled = settle(rule);
    const processed = settled?.kind === 'detection' ? process(settled) : undefined;
    const written = settled && combine(settled);
    const compiled = processed && combine(processed);
    return written?.kind === 'detection' && compiled?.kind === 'detection' ? [{ written, compiled, search: searchOf(compiled) }] : [];
  });

  it('is read without a complaint', () => expect(faults.list.map(({ message }) => message)).toEqual([]));

  it('converts as many rules of the corpus as the docs say', () => {
    const counts = new Map<string, number>();
    for (const { compiled, search } of rules) {
      const model = String(compiled.processing?.state.get('data_model_set'));
      const key = search.startsWith('refused') ? 'no field' : model;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const { message } of rejected.list) {
      const reason = message.replace(/ \(\w+, .*\)$/, '');
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    const docs = readFileSync(join(root, 'docs', 'pipelines-cim.md'), 'utf8').replace(/ +/g, ' ');
    const documented = [...docs.matchAll(/^\| [^|]+ \| `?([^|`]+?)`? \| (\d+) \|$/gm)].map(([, key, count]): [string, number] => [key ?? '', Number(count)]);
    expect([...counts].sort()).toEqual(documented.sort());
  });

  const names: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'Endpoint.Processes': {
      CommandLine: 'process',
      Image: 'process_path',
      ParentImage: 'parent_process_path',
      ParentCommandLine: 'parent_process',
      OriginalFileName: 'original_file_name',
      CurrentDirectory: 'process_current_directory',
      IntegrityLevel: 'process_integrity_level',
      User: 'user',
      Hashes: 'process_hash',
    },
    'Endpoint.Registry': { TargetObject: 'registry_path', Details: 'registry_value_data', Image: 'process_path', User: 'user' },
    'Endpoint.Filesystem': { TargetFilename: 'file_path', Image: 'process_path', User: 'user' },
  };
  const actions: Readonly<Record<number, string>> = { 11: 'created', 12: 'created', 13: 'modified', 23: 'deleted' };

  /** As the add-on for Sysmon maps it. */
  function modelled(event: Event, model: string): Event {
    const set = model.split('.')[1] ?? '';
    const fields = Object.entries(names[model] ?? {}).flatMap(([sigma, cim]) =>
      event[sigma] === undefined ? [] : [[`${set}.${cim}`, String(event[sigma]).replace(/^DWORD \((.*)\)$/i, '$1')] as const],
    );
    return {
      ...Object.fromEntries(fields),
      [`${set}.action`]: String(event.EventType).startsWith('Delete') ? 'deleted' : actions[Number(event.EventID)],
      datamodel: model,
    };
  }

  it('finds in the models what the rules find in the events', () => {
    let compared = 0;
    const wrong: unknown[] = [];
    const recorded = windowsEvents().filter(({ channel }) => channel.includes('Sysmon'));
    for (const { written, compiled, search } of rules) {
      const model = String(compiled.processing?.state.get('data_model_set'));
      if (search.startsWith('refused') || names[model] === undefined) continue;
      const own = recorded
        .filter(({ ruleId }) => ruleId === written.rule.id)
        .slice(0, 2)
        .map((event) => plainEvent(event) as Event);
      if (own.length === 0) continue;
      const near = own
        .flatMap((event) => [event, ...mutations(event, written.query)])
        .map((event) => ({ ...event, EventID: own[0]?.EventID, EventType: own[0]?.EventType }));
      const wanted = near.flatMap((event, at) => (matches(written.query, event) ? [at] : []));
      const found = runSpl(
        search,
        near.map((event, at) => ({ ...modelled(event, model), _time: at })),
      ).map((row) => Number(row._time));
      const differs = near.flatMap((event, at) => (found.includes(at) === wanted.includes(at) ? [] : [event]));
      if (differs.length > 0) wrong.push([written.rule.title, search, ...differs]);
      compared++;
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(12);
  });
});
