import { readFileSync } from 'node:fs';
import { readTestFile } from '../src/rule-test/test-file.ts';
import type { DetectionRule } from '../src/sigma/rule/rule.ts';
import { createBag } from '../src/source/diagnostic.ts';
import type { WindowsEvent } from './windows-events.ts';

/** Sysmon's id of a category's events, and the logs of services. */
const sysmonIds = new Map([
  ['process_creation', 1],
  ['registry_set', 13],
]);
const channels = new Map([
  ['security', 'Security'],
  ['system', 'System'],
  ['windefend', 'Microsoft-Windows-Windows Defender/Operational'],
  ['dhcp', 'Microsoft-Windows-DHCP-Server/Operational'],
]);

/**
 * The events of the tests of a rule for Windows as a log has them, and whether the rule is to find
 * each.
 */
export function windowsEvents(rule: DetectionRule): readonly (readonly [WindowsEvent, boolean])[] {
  const { category = '', service = '' } = rule.logsource;
  const path = rule.file.path.replace(/\.yml$/, '.test.yml');
  return readTestFile({ path, text: readFileSync(path, 'utf8') }, createBag()).flatMap(
    ({ expected, source }) =>
      source.kind !== 'inline'
        ? []
        : source.events.map(({ event }) => {
            const {
              EventID: id = sysmonIds.get(category),
              Provider_Name: provider = 'P',
              ...rest
            } = event;
            const data = Object.fromEntries(
              Object.entries(rest).map(([name, value]) => [name, String(value)]),
            );
            const channel = channels.get(service) ?? 'Microsoft-Windows-Sysmon/Operational';
            return [
              {
                ruleId: '',
                id: Number(id),
                channel,
                provider: String(provider),
                computer: 'C',
                data,
              },
              expected.kind !== 'none',
            ] as const;
          }),
  );
}
