import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventDefinitions } from '../src/pack/graylog/event-definition.ts';
import { alertPack, alertRule } from './alert-packs.ts';
import { update } from './update.ts';

/** Log sources with a selection that rules of them make. */
const sources: readonly (readonly [string, string])[] = [
  ['product: windows, category: process_creation', "'Image|endswith': '\\cmd.exe'"],
  ['product: windows, category: registry_set', "'TargetObject|contains': '\\Run\\'"],
  ['product: windows, category: file_event', "'TargetFilename|endswith': '.exe'"],
  ['product: windows, category: network_connection', "DestinationIp: '203.0.113.9'"],
  ['product: windows, category: dns_query', 'QueryName: a.example'],
  ['product: windows, category: image_load', "'ImageLoaded|endswith': '\\a.dll'"],
  ['product: windows, category: process_access', "'TargetImage|endswith': '\\lsass.exe'"],
  ['product: windows, category: ps_script', "'ScriptBlockText|contains': Invoke"],
  ['product: windows, service: security', 'EventID: 4625'],
  ['product: windows, service: system', 'EventID: 7045, Provider_Name: Service Control Manager'],
  ['product: windows, service: taskscheduler', 'EventID: 129'],
  ['product: linux, category: process_creation', "'Image|endswith': /curl"],
  ['product: linux, service: auditd', 'type: EXECVE'],
  ['product: macos, category: process_creation', "'Image|endswith': /curl"],
  ['category: webserver', "'cs-uri-query|contains': select"],
  ['category: proxy', "'c-uri|contains': /x"],
  ['category: firewall', 'dst_port: 445'],
  ['category: dns', 'query: a.example'],
  ['category: antivirus', "'Signature|contains': Mimikatz"],
  ['product: aws, service: cloudtrail', 'eventName: StopLogging'],
  ['product: azure, service: signinlogs', 'ResultType: 50057'],
  ['product: azure, service: auditlogs', "Category: 'Policy'"],
  ['product: m365, service: audit', 'Operation: New-InboxRule'],
  ['product: gcp, service: gcp.audit', "'gcp.audit.method_name|endswith': .Delete"],
  ['product: okta, service: okta', 'eventType: user.session.start'],
  ['product: github, service: audit', 'action: repo.create'],
  ['product: kubernetes, service: audit', 'verb: create'],
  ['product: zeek, service: dns', 'query: a.example'],
  ['product: cisco, service: duo', 'event_type: x'],
  ['product: unheard_of', 'SomeField: x'],
];
const choices = [
  ['splunk', 'none'],
  ['splunk', 'splunk'],
  ['splunk', 'splunk-classic'],
  ['splunk', 'splunk-audit'],
  ['splunk', 'splunk-cim'],
  ['graylog', 'none'],
  ['graylog', 'graylog'],
  ['graylog', 'graylog-nxlog'],
  ['graylog', 'graylog-illuminate'],
] as const;

const root = `${join(import.meta.dirname, '..')}/`;
const golden = join(import.meta.dirname, 'packs', 'alert-table.txt');
const typed = (list: readonly { readonly field: string; readonly type: string }[]): string =>
  list.map(({ field, type }) => `${field} (${type})`).join(', ');

function linesOf(source: string, selection: string): readonly string[] {
  const lines = choices.map(([target, pipeline]) => {
    const { pack, bag } = alertPack(
      target,
      pipeline,
      alertRule(source, selection),
      `pipelines: {}`,
    );
    const detection = (pack.splunk[0] ?? pack.graylog[0])?.detection;
    if (!detection?.alert)
      return `  ${target}, ${pipeline}: ${bag.list.find(({ target: of }) => of === target)?.message.replace(root, '') ?? 'no detection'}`;
    const { alert, settings } = detection;
    const [definition] = pack.graylog.flatMap((one) =>
      eventDefinitions(one, pack.config.info, { minimumServerVersion: '6.0', streamIds: [] }),
    );
    const keys = definition ? definition.data.key_spec : (settings.suppress?.fields ?? []);
    return [
      `  ${target}, ${pipeline}: ${settings.splunk.securityDomain}, ${settings.suppress?.period} s by ${keys.join(', ')}`,
      `    entities: ${typed(alert.entities)}`,
      `    threat objects: ${typed(alert.threatObjects)}`,
      `    shown: ${alert.shown.join(', ')}`,
    ].join('\n');
  });
  return [source, ...lines];
}

test('what an alert of each log source is about, in each product; UPDATE=1 writes it anew', () => {
  const text = `${sources.flatMap(([source, selection]) => linesOf(source, selection)).join('\n')}\n`;
  if (update) writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
});
