import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultTargetSettings, targets } from '../src/backend/registry.ts';
import { createProcessor } from '../src/pipeline/run/process.ts';
import { createCombiner, createSettler, type SettledRule } from '../src/query/compile.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { builtInPipeline, pipelineFolder } from './built-in-pipelines.ts';
import { matches } from './matcher.ts';
import { ruleSetCollection } from './rule-set.ts';
import { detectionsOfRuleSet, isFlat } from './rule-set-events.ts';
import { productEvents, type WindowsEvent } from './windows-events.ts';

const processorOf = (...names: readonly string[]) =>
  createProcessor(names.map(builtInPipeline), { bag: createBag() });

/** A rule for a log source that asks for fields, after pipelines. */
function processed(names: readonly string[], logsource: string, fields: readonly string[]) {
  const bag = createBag();
  const items = fields.map((field) => `    ${field}: x\n`).join('');
  const text = `title: T\nlogsource: { product: windows, ${logsource} }\ndetection:\n  s:\n${items}  condition: s\n`;
  const collection = collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag);
  const settle = createSettler(collection, { placeholders: new Map(), bag });
  const settled = collection.rules.flatMap((rule) => settle(rule) ?? [])[0];
  return settled && processorOf(...names)(settled);
}

/** Fields of a rule of a log source that stay as they are. */
const unmapped = (...of: Parameters<typeof processed>): readonly string[] =>
  [...(processed(...of)?.processing?.unmapped ?? ['nothing was processed'])].sort();

describe('with Sysmon no field stays unmapped that the product has', () => {
  const process = [
    'Image',
    'CommandLine',
    'ParentImage',
    'ParentCommandLine',
    'User',
    'IntegrityLevel',
    'OriginalFileName',
    'CurrentDirectory',
  ];
  const products = [
    'splunk-windows-xml',
    'splunk-windows-classic',
    'graylog-windows-nxlog',
    'graylog-windows-winlogbeat',
    'graylog-windows-illuminate',
  ];

  test.each([...products, 'ecs-windows', 'logpoint-windows'])('%s', (name) => {
    const names = ['windows-sysmon', name];
    expect(unmapped(names, 'category: process_creation', [...process, 'GrandParentImage'])).toEqual(
      ['GrandParentImage'],
    );
    expect(unmapped(names, 'category: registry_set', ['TargetObject', 'Details', 'Image'])).toEqual(
      [],
    );
    expect(
      unmapped(names, 'category: file_event', ['TargetFilename', 'Image', 'CommandLine']),
    ).toEqual(['CommandLine']);
    expect(
      unmapped(names, 'category: network_connection', [
        'DestinationIp',
        'DestinationPort',
        'Initiated',
        'ParentImage',
      ]),
    ).toEqual(['ParentImage']);
  });
});

const { collection, placeholders } = ruleSetCollection();
const settle = createSettler(collection, {
  placeholders,
  bag: createBag(),
  keepPlaceholders: true,
});
const windowsRules: readonly SettledRule[] = collection.rules.flatMap((rule) =>
  rule.kind === 'detection' &&
  rule.logsource.product === 'windows' &&
  rule.file.path.includes('rule-set/windows/')
    ? (settle(rule) ?? [])
    : [],
);

describe('where the events are', () => {
  test.each(['splunk-windows-xml', 'splunk-windows-classic'])(
    '%s names the log of every rule but those that no event log has',
    (name) => {
      const process = processorOf('windows-sysmon', name);
      const refused: string[] = [];
      const without = windowsRules.flatMap((rule) => {
        const processed = process(rule);
        if (!processed) refused.push(rule.rule.title);
        const scope = processed ? processed.processing?.state.get('splunk_scope') : 'refused';
        const { category, service } = rule.kind === 'detection' ? rule.rule.logsource : {};
        return typeof scope === 'string' && scope !== '' ? [] : [category ?? service ?? 'windows'];
      });
      expect(windowsRules.length).toBeGreaterThan(40);
      // it leaves out events with an empty path, which the text of a message does not show
      expect(refused).toEqual(
        name === 'splunk-windows-classic'
          ? ['Library Refused by Code Integrity in a System Process']
          : [],
      );
      expect(
        [...new Set(without)].filter((source) => !['file_access', 'file_rename'].includes(source)),
      ).toEqual([]);
    },
  );
});

/** Kinds of events of Sysmon that `productEvents` knows all fields of. */
const knownIds = new Set([1, 3, 7, 8, 10, 11, 13]);

/** The event as a log has it; undefined for those that `productEvents` does not know whole. */
function asWindowsEvent(event: Readonly<Record<string, unknown>>): WindowsEvent | undefined {
  const {
    EventID: id,
    Channel: channel,
    Provider_Name: provider = 'P',
    Computer: computer = 'C',
    ...rest
  } = event;
  if (
    typeof id !== 'number' ||
    !knownIds.has(id) ||
    channel !== 'Microsoft-Windows-Sysmon/Operational'
  )
    return undefined;
  const data = Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) =>
      value === null ? [] : [[name, String(value)]],
    ),
  );
  return { ruleId: '', id, channel, provider: String(provider), computer: String(computer), data };
}

describe('rules find their events by the names of the product', () => {
  const combine = createCombiner(createBag());
  const own = new Map(
    detectionsOfRuleSet().map(({ rule, hits }) => [
      rule.rule.title,
      hits.filter(isFlat).flatMap((event) => asWindowsEvent(event) ?? []),
    ]),
  );

  test.each(Object.entries(productEvents))('%s', (name, productEvent) => {
    const process = processorOf('windows-sysmon', name);
    let found = 0;
    const missed = windowsRules.flatMap((rule) => {
      const processed = process(rule);
      const compiled = processed && combine(processed);
      if (
        compiled?.kind !== 'detection' ||
        processed?.processing?.unmapped.length ||
        compiled.rule.logsource.category === undefined
      )
        return [];
      return (own.get(rule.rule.title) ?? []).flatMap((event) => {
        found++;
        return matches(compiled.query, productEvent(event))
          ? []
          : [`${rule.rule.title} (${event.channel} ${event.id})`];
      });
    });
    expect(missed).toEqual([]);
    expect(found).toBeGreaterThan(15);
  });
});

test('audit events: what 4688 does not have is reported', () => {
  const names = ['windows-security', 'splunk-windows-xml'];
  const lacking = [
    'Company',
    'CurrentDirectory',
    'GrandParentImage',
    'Hashes',
    'OriginalFileName',
    'ParentCommandLine',
    'ParentUser',
    'Product',
    'User',
  ];
  expect(
    unmapped(names, 'category: process_creation', [
      'Image',
      'CommandLine',
      'ParentImage',
      ...lacking,
    ]),
  ).toEqual(lacking);
});

test.each([
  ['service: application', 'AppName', 'application="x"'],
  ['service: application', 'Data', 'msg="x" OR data="x"'],
  ['service: application', 'Message', 'msg="x" OR message="x"'],
  ['service: security', 'ClientProcessId', 'process_id="x"'],
  ['service: security', 'FileName', 'file="x"'],
  ['service: taskscheduler', 'UserName', 'user="x" OR user_name="x"'],
  ['category: network_connection', 'SourceIsIpv6', 'is_source_ipv6="x" OR source_is_ipv6="x"'],
])("LogPoint's names: %s %s", (logsource, field, wanted) => {
  const rule = processed(['windows-sysmon', 'logpoint-windows'], logsource, [field]);
  const compiled = rule && createCombiner(createBag())(rule);
  const conversion =
    compiled &&
    targets.find(({ name }) => name === 'logpoint')?.convert(compiled, defaultTargetSettings);
  expect(conversion?.ok ? conversion.value.queries.join('\n') : conversion).toContain(wanted);
});

test('the docs list every Windows pipeline', () => {
  const docs = readFileSync(
    join(pipelineFolder, '..', 'docs', 'pipelines-windows.md'),
    'utf8',
  ).replace(/ +/g, ' ');
  const names = readdirSync(pipelineFolder).flatMap((file) =>
    /windows/.test(file) ? [file.replace(/\.yml$/, '')] : [],
  );
  expect(names.filter((name) => !docs.includes(`| \`${name}\` |`))).toEqual([]);
});
