import { describe, expect, test } from 'vitest';
import { createProcessor } from '../../src/pipeline/run/process.ts';
import { createCombiner, createSettler, type SettledRule } from '../../src/query/compile.ts';
import { collect } from '../../src/sigma/collection/collection.ts';
import type { LogSource } from '../../src/sigma/rule/rule.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { builtInPipeline } from '../built-in-pipelines.ts';
import { matches } from '../matcher.ts';
import { plainEvent, productEvents } from '../windows-events.ts';
import { corpusDocuments } from './compiled-corpus.ts';
import { windowsEvents } from './recorded-events.ts';

const bag = createBag();
const collection = collect(corpusDocuments(), bag);
const settle = createSettler(collection, { placeholders: new Map(), bag, keepPlaceholders: true });
const windowsRules: readonly SettledRule[] = collection.rules.flatMap((rule) =>
  rule.kind === 'detection' && rule.logsource.product === 'windows' ? (settle(rule) ?? []) : [],
);

const sourceOf = ({ category, service }: LogSource): string => category ?? service ?? 'windows';

/** `file_event: CommandLine ParentImage`, sorted, of all Windows rules of the corpus. */
function unmapped(names: readonly string[]): readonly string[] {
  const process = createProcessor(names.map(builtInPipeline), { bag: createBag() });
  const found = new Map<string, Set<string>>();
  for (const rule of windowsRules) {
    const processed = process(rule);
    if (rule.kind !== 'detection' || !processed?.processing) continue;
    for (const field of processed.processing.unmapped) {
      const source = sourceOf(rule.rule.logsource);
      found.set(source, (found.get(source) ?? new Set()).add(field));
    }
  }
  return [...found].map(([source, fields]) => `${source}: ${[...fields].sort().join(' ')}`).sort();
}

/** Of which docs/pipelines-windows.md says why. */
const noProductHas = [
  'create_remote_thread: SourceCommandLine SourceParentImage TargetParentProcessId',
  'file_access: FileName Image ParentImage',
  'file_event: CommandLine IntegrityLevel ParentCommandLine ParentImage',
  'file_rename: Image SourceFilename TargetFilename',
  'image_load: CommandLine',
  'network_connection: CommandLine ParentImage',
  'process_access: SourceCommandLine',
  'process_creation: GrandParentImage',
];

describe('with Sysmon no field of the corpus stays unmapped that the product has', () => {
  test.each([
    'splunk-windows-xml',
    'graylog-windows-winlogbeat',
    'graylog-windows-illuminate',
    'ecs-windows',
    'logpoint-windows',
  ])('%s', (name) => {
    expect(unmapped(['windows-sysmon', name])).toEqual(noProductHas);
  });

  test('graylog-windows-nxlog', () => {
    const own = [
      'registry_add: EventType',
      'registry_delete: EventType',
      'registry_event: EventType',
      'system: Binary',
    ];
    expect(unmapped(['windows-sysmon', 'graylog-windows-nxlog'])).toEqual(
      [...noProductHas, ...own].sort(),
    );
  });

  test('splunk-windows-classic', () => {
    const own = [
      'appxdeployment-server: ErrorCode Flags',
      'codeintegrity-operational: RequestedPolicy',
      'firewall-as: Action',
      'lsa-server: SidList',
      'printservice-admin: ErrorCode',
      'security: ClientProcessId ParentProcessId TargetName',
      'smbserver-connectivity: EncyptionUsed SigningUsed',
      'system: Binary ProcessId param3',
    ];
    expect(unmapped(['windows-sysmon', 'splunk-windows-classic'])).toEqual(
      [...noProductHas, ...own].sort(),
    );
  });
});

describe('where the events are', () => {
  test.each(['splunk-windows-xml', 'splunk-windows-classic'])(
    '%s names the log of every rule but those that no event log has',
    (name) => {
      const process = createProcessor(['windows-sysmon', name].map(builtInPipeline), {
        bag: createBag(),
      });
      const without = windowsRules.flatMap((rule) => {
        const processed = process(rule);
        const scope = processed?.processing?.state.get('splunk_scope');
        // undefined: a rule whose placeholder has no value
        return processed && rule.kind === 'detection' && (typeof scope !== 'string' || scope === '')
          ? [sourceOf(rule.rule.logsource)]
          : [];
      });
      expect([...new Set(without)].sort()).toEqual(['file_access', 'file_rename']);
    },
  );
});

describe('rules find their recorded events by the names of the product', () => {
  const byId = new Map(windowsRules.map((rule) => [rule.rule.id, rule]));
  const combine = createCombiner(createBag());
  const recorded = windowsEvents().flatMap((event) => {
    const rule = byId.get(event.ruleId);
    const written = rule && combine(rule);
    return rule && written?.kind === 'detection' && matches(written.query, plainEvent(event))
      ? [{ event, rule }]
      : [];
  });

  test('there are enough of them', () => expect(recorded.length).toBeGreaterThan(130));

  test.each(Object.entries(productEvents))('%s', (name, productEvent) => {
    const process = createProcessor(['windows-sysmon', name].map(builtInPipeline), {
      bag: createBag(),
    });
    const missed = recorded.flatMap(({ event, rule }) => {
      const processed = process(rule);
      const compiled = processed && combine(processed);
      const found = compiled?.kind === 'detection' && matches(compiled.query, productEvent(event));
      return found || processed?.processing?.unmapped.length
        ? []
        : [`${rule.rule.title} (${event.channel} ${event.id})`];
    });
    expect(missed).toEqual([]);
  });
});

test('audit events: what 4688 does not have is reported', () => {
  const lists = unmapped(['windows-security', 'splunk-windows-xml']);
  expect(lists.find((line) => line.startsWith('process_creation'))).toBe(
    'process_creation: Company CurrentDirectory Description FileVersion GrandParentImage Hashes OriginalFileName ParentCommandLine ParentUser Product User',
  );
  expect(lists.find((line) => line.startsWith('registry_set'))).toBe(
    'registry_set: Details TargetObject User',
  );
});
