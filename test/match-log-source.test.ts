import { describe, expect, test } from 'vitest';
import { logSourceOf } from '../src/event/log-source.ts';
import { withSigmaNames } from '../src/event/sigma-view.ts';
import type { Event } from '../src/match/event.ts';
import type { LogSource } from '../src/sigma/rule/rule.ts';

const windows = (
  Channel: string | undefined,
  EventID: number | string,
  Provider_Name?: string,
): Event => ({
  EventID,
  ...(Channel === undefined ? {} : { Channel }),
  ...(Provider_Name === undefined ? {} : { Provider_Name }),
});
const sysmon = (id: number): Event =>
  windows('Microsoft-Windows-Sysmon/Operational', id, 'Microsoft-Windows-Sysmon');
const cloudTrail: Event = {
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateUser',
  awsRegion: 'us-east-1',
};
const zeek = (path: string): Event => ({ _path: path, ts: 1, uid: 'C1', 'id.orig_h': '10.0.0.1' });
const w3c: Event = { 'cs-method': 'GET', 'cs-uri-stem': '/a', 'sc-status': 200 };

/** `product/category/service`, with `-` for a part that is not there. */
function sourceOf(text: string): LogSource {
  const [product, category, service] = text
    .split('/')
    .map((part) => (part === '-' ? undefined : part));
  return {
    ...(product && { product }),
    ...(category && { category }),
    ...(service && { service }),
  };
}

describe('rules that an event is asked', () => {
  test.each<[string, Event, readonly string[], readonly string[]]>([
    [
      'Sysmon 1',
      sysmon(1),
      [
        'windows/-/-',
        'windows/process_creation/-',
        'Windows/Process_Creation/-',
        'windows/-/sysmon',
        '-/process_creation/-',
        'windows/own/-',
        'windows/-/own',
        '-/antivirus/-',
      ],
      [
        'linux/process_creation/-',
        'windows/image_load/-',
        'windows/-/security',
        'zeek/-/rdp',
        'cisco/-/aaa',
        'acme/-/-',
        'rpc_firewall/application/-',
        '-/proxy/-',
        '-/-/apache',
        'windows/process_creation/security',
      ],
    ],
    [
      'Sysmon 13',
      sysmon(13),
      ['windows/registry_set/-', 'windows/registry_event/-'],
      ['windows/registry_add/-', 'windows/registry_delete/-'],
    ],
    [
      'an id as a text',
      windows('Security', '4688', 'Microsoft-Windows-Security-Auditing'),
      ['windows/process_creation/-', 'windows/-/security'],
      ['windows/registry_set/-', 'windows/-/system'],
    ],
    [
      'no provider',
      windows('Security', 4657),
      ['windows/registry_set/-', 'windows/-/security'],
      ['linux/-/-', 'windows/process_creation/-', 'windows/-/application'],
    ],
    [
      'PowerShell Core',
      windows('PowerShellCore/Operational', 4104, 'PowerShellCore'),
      ['windows/ps_script/-', 'windows/-/powershell'],
      ['windows/ps_module/-', 'windows/-/powershell-classic'],
    ],
    [
      'another letter case',
      windows('MICROSOFT-WINDOWS-SYSMON/OPERATIONAL', 3, 'microsoft-windows-sysmon'),
      ['windows/network_connection/-'],
      ['windows/dns_query/-'],
    ],
    // events.md F5: an ETW trace without a channel
    [
      'no channel',
      windows(undefined, 6, 'Microsoft-Windows-RPC'),
      ['windows/-/-', 'windows/-/security'],
      ['zeek/-/rdp', 'windows/driver_load/-', 'windows/-/sysmon'],
    ],
    [
      'a trace of files',
      windows(undefined, 30, 'Microsoft-Windows-Kernel-File'),
      ['windows/file_access/-', 'windows/file_rename/-'],
      ['windows/file_event/-'],
    ],
    [
      'a channel of a collector',
      windows('ForwardedEvents', 1, 'Microsoft-Windows-Sysmon'),
      ['windows/process_creation/-', 'windows/-/sysmon'],
      ['windows/-/security', 'windows/file_event/-'],
    ],
    [
      'a channel and a provider that nobody knows',
      windows('WEC-Own', 4688, 'Collector'),
      ['windows/-/security', 'windows/process_creation/-'],
      ['linux/-/-', 'windows/-/sysmon'],
    ],
    [
      'Sysmon for Linux',
      windows('Linux-Sysmon/Operational', 1, 'Linux-Sysmon'),
      ['linux/process_creation/-', 'linux/-/sysmon', '-/process_creation/-', '-/file_event/-'],
      ['windows/process_creation/-', 'linux/-/auditd', 'zeek/-/-'],
    ],
    [
      'CloudTrail',
      cloudTrail,
      [
        'aws/-/cloudtrail',
        'AWS/-/CloudTrail',
        'aws/-/-',
        'aws/-/own',
        'acme/-/-',
        '-/own/-',
        '-/-/own',
      ],
      [
        'zeek/-/rdp',
        'cisco/-/aaa',
        'windows/-/-',
        '-/proxy/-',
        '-/dns/-',
        'azure/-/auditlogs',
        'jvm/application/-',
        '-/process_creation/-',
      ],
    ],
    [
      'Zeek dns',
      zeek('dns'),
      ['zeek/-/dns', 'zeek/-/-', '-/dns/-'],
      ['zeek/-/http', 'zeek/-/rdp', '-/proxy/-', 'windows/-/-', 'aws/-/cloudtrail'],
    ],
    [
      'Zeek http',
      zeek('http'),
      ['zeek/-/http', '-/proxy/-', '-/webserver/-'],
      ['zeek/-/dns', '-/dns/-'],
    ],
    [
      'Zeek without its path',
      { ts: 1, uid: 'C1', id_orig_h: '10.0.0.1' },
      ['zeek/-/http', 'zeek/-/rdp', '-/dns/-', '-/firewall/-'],
      ['aws/-/-', 'linux/-/-'],
    ],
    [
      'auditd',
      { type: 'SYSCALL', msg: 'audit(1.1:1)' },
      [
        'linux/-/auditd',
        'linux/-/-',
        'linux/process_creation/-',
        '-/process_creation/-',
        'linux/-/syslog',
        '-/-/audit',
      ],
      ['linux/-/sshd', '-/registry_set/-', 'macos/-/-', 'zeek/-/-'],
    ],
    [
      'Kubernetes',
      { apiVersion: 'audit.k8s.io/v1', kind: 'Event', verb: 'get' },
      ['kubernetes/-/audit', 'kubernetes/application/audit', '-/application/-'],
      ['github/-/audit', 'linux/-/-'],
    ],
    [
      'a log of a web server',
      w3c,
      [
        ...[
          '-/webserver/-',
          '-/proxy/-',
          '-/-/nginx',
          'windows/-/iis',
          '-/-/modsecurity',
          '-/application/-',
          'windows/webserver/-',
          'linux/webserver/-',
        ],
        ...[
          'linux/-/apache',
          'linux/webserver/apache',
          'linux/-/-',
          'cisco/proxy/-',
          'paloalto/proxy/-',
          'acme/proxy/-',
          'aws/proxy/-',
          'django/application/-',
        ],
        ...['macos/-/nginx', 'fortigate/-/own', 'azure/webserver/own', 'modsecurity/-/-'],
      ],
      [
        ...[
          'windows/-/-',
          'windows/process_creation/-',
          'linux/process_creation/-',
          'linux/-/auditd',
          'aws/-/cloudtrail',
          '-/dns/-',
          'aws/-/-',
        ],
        ...['linux/webserver/sshd', 'kubernetes/-/audit'],
      ],
    ],
    [
      "Corelight's reduced dns",
      zeek('dns_red'),
      ['zeek/-/dns', 'zeek/-/dns_red', '-/dns/-', '-/dns_query/-'],
      ['zeek/-/http', '-/proxy/-'],
    ],
    [
      "Corelight's reduced http",
      zeek('http_red'),
      ['zeek/-/http', '-/proxy/-', '-/webserver/-'],
      ['zeek/-/dns', '-/dns/-'],
    ],
    [
      'long connections',
      zeek('conn_long'),
      ['zeek/-/conn', '-/firewall/-', '-/network_connection/-'],
      ['zeek/-/http'],
    ],
    [
      'a log of Zeek whose name has such an end',
      zeek('smb_files'),
      ['zeek/-/smb_files'],
      ['zeek/-/files'],
    ],
    [
      'the RPC firewall',
      windows('RPCFW', 3, 'RPCFW'),
      ['rpc_firewall/application/-', 'windows/-/-', 'acme/-/-'],
      ['linux/-/-', 'cisco/-/aaa', 'windows/-/sysmon'],
    ],
    [
      'a program of another vendor in the log of applications',
      windows('Application', 7, 'Acme'),
      ['acme/antivirus/-', 'windows/-/application', '-/antivirus/-'],
      ['linux/-/-', 'windows/-/security'],
    ],
  ])('%s', (_, event, asked, others) => {
    const source = logSourceOf(withSigmaNames(event));
    expect(asked.filter((text) => source?.allows(sourceOf(text)) !== true)).toEqual([]);
    expect(others.filter((text) => source?.allows(sourceOf(text)) !== false)).toEqual([]);
  });

  test.each<[string, Event]>([
    ['fields of an unknown log', { Image: 'C:\\a.exe' }],
    ['an id without a channel and a provider', { EventID: 4625 }],
    ['an id and a provider of anyone', { event_id: 5, source_name: 'app' }],
    ['a channel of anyone', { event_id: 5, channel: 'app' }],
    ['ids that are not numbers', { event: { code: 'ExchangeItem', provider: 'Exchange' } }],
    ['a line of text', { _raw: 'x' }],
  ])('%s is asked all', (_, event) => {
    expect(logSourceOf(withSigmaNames(event))).toBeUndefined();
  });

  test('events of one origin have one key', () => {
    expect(logSourceOf(sysmon(1))?.key).toBe(logSourceOf({ ...sysmon(1), Image: 'x' })?.key);
    expect(logSourceOf(sysmon(1))?.key).not.toBe(logSourceOf(sysmon(3))?.key);
    expect(logSourceOf(zeek('dns'))?.key).not.toBe(logSourceOf(zeek('http'))?.key);
  });
});
