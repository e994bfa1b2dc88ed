import type { TestEvent } from './matcher.ts';

/** An event of Windows that a rule is to find. */
export interface WindowsEvent {
  readonly ruleId: string;
  readonly id: number;
  readonly channel: string;
  readonly provider: string;
  readonly computer: string;
  readonly data: Readonly<Record<string, string>>;
}

/** As Sigma names it. */
export const plainEvent = ({ id, channel, provider, computer, data }: WindowsEvent): TestEvent => ({
  ...data,
  EventID: id,
  Channel: channel,
  Provider_Name: provider,
  Computer: computer,
});

const prefixed = (prefix: string, data: WindowsEvent['data']): TestEvent =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [prefix + key, value]));

const splunkXml = ({ id, channel, provider, computer, data }: WindowsEvent): TestEvent => ({
  ...data,
  EventCode: id,
  Channel: channel,
  Name: `'${provider}'`,
  Computer: computer,
});

const nxlog = ({ id, channel, provider, computer, data }: WindowsEvent): TestEvent => ({
  ...data,
  EventType: 'INFO',
  EventID: id,
  Channel: channel,
  SourceName: provider,
  source: computer,
});

const winlogbeat = ({ id, channel, provider, computer, data }: WindowsEvent): TestEvent => ({
  ...prefixed('winlogbeat_winlog_event_data_', data),
  winlogbeat_event_code: String(id),
  winlogbeat_winlog_channel: channel,
  winlogbeat_winlog_provider_name: provider,
  winlogbeat_winlog_computer_name: computer,
});

const illuminateNames: Readonly<Record<string, string>> = {
  Image: 'process_path',
  NewProcessName: 'process_path',
  CommandLine: 'process_command_line',
  ParentImage: 'parent_process_path',
  ParentCommandLine: 'parent_process_command_line',
  IntegrityLevel: 'process_integrity_level',
  Description: 'process_description',
  DestinationHostname: 'destination_hostname',
  DestinationPort: 'destination_port',
  Protocol: 'network_transport',
  QueryName: 'query_request',
  TargetFilename: 'file_path',
  LogonType: 'windows_logon_type',
  TicketEncryptionType: 'windows_kerberos_encryption',
  Status: 'event_error_code',
};

const hashesOf = (data: WindowsEvent['data']): readonly (readonly [string, string])[] =>
  (data.Hashes ?? data.Hash ?? '').split(',').flatMap((one) => {
    const [name = '', value] = one.split('=');
    return value === undefined ? [] : [[name.toLowerCase(), value.toLowerCase()] as const];
  });

const illuminate = (event: WindowsEvent): TestEvent => ({
  ...winlogbeat(event),
  ...Object.fromEntries(
    Object.entries(event.data).flatMap(([key, value]) =>
      illuminateNames[key] === undefined ? [] : [[illuminateNames[key], value]],
    ),
  ),
  ...Object.fromEntries(hashesOf(event.data).map(([name, value]) => [`hash_${name}`, value])),
  event_code: event.id,
  event_log_name: event.channel.toLowerCase(),
});

/** What the ingest pipeline for Sysmon takes out of `winlog.event_data` and where it puts it. */
const ecsMoved: Readonly<Record<string, string>> = {
  Image: 'process.executable',
  SourceImage: 'process.executable',
  CommandLine: 'process.command_line',
  CurrentDirectory: 'process.working_directory',
  ParentImage: 'process.parent.executable',
  ParentCommandLine: 'process.parent.command_line',
  TargetFilename: 'file.path',
  ImageLoaded: 'file.path',
  PipeName: 'file.name',
  Protocol: 'network.transport',
  SourceIp: 'source.ip',
  SourcePort: 'source.port',
  DestinationIp: 'destination.ip',
  DestinationHostname: 'destination.domain',
  DestinationPort: 'destination.port',
  QueryName: 'dns.question.name',
  TargetObject: 'registry.path',
};
const ecsDescribed: Readonly<Record<string, string>> = {
  OriginalFileName: 'original_file_name',
  Company: 'company',
  Description: 'description',
  FileVersion: 'file_version',
  Product: 'product',
};
const removed = new Set(['User', 'Initiated', 'Details', 'Hashes', 'Hash', 'OriginalFileName']);

function ecs(event: WindowsEvent): TestEvent {
  const { id, channel, provider, computer, data } = event;
  const system = {
    'event.code': String(id),
    'winlog.channel': channel,
    'winlog.provider_name': provider,
    'winlog.computer_name': computer,
  };
  return {
    ...system,
    ...(channel.includes('Sysmon') ? ecsOfSysmon(event) : prefixed('winlog.event_data.', data)),
  };
}

function ecsOfSysmon({ id, data }: WindowsEvent): TestEvent {
  const event: Record<string, unknown> = {};
  const object = [6, 7, 15, 29].includes(id) ? 'file' : 'process';
  for (const [key, value] of Object.entries(data)) {
    if (value === '' || value === '-') continue;
    const described = ecsDescribed[key];
    if (!removed.has(key)) event[ecsMoved[key] ?? `winlog.event_data.${key}`] = value;
    if (described !== undefined) event[`${object}.pe.${described}`] = value;
  }
  for (const [name, value] of hashesOf(data))
    event[name === 'imphash' ? `${object}.pe.imphash` : `${object}.hash.${name}`] = value;
  return { ...event, ...ecsValues(data) };
}

/** Values that the ingest pipeline rewrites. */
function ecsValues({ User, Initiated, Details }: WindowsEvent['data']): TestEvent {
  const [domain, name] = (User ?? '').split('\\');
  const number = /^DWORD \((0x[0-9a-f]{8})\)$/i.exec(Details ?? '')?.[1];
  return {
    ...(name === undefined ? {} : { 'user.domain': domain, 'user.name': name }),
    ...(Initiated === undefined
      ? {}
      : { 'network.direction': Initiated === 'true' ? 'egress' : 'ingress' }),
    ...(Details === undefined
      ? {}
      : { 'registry.data.strings': number === undefined ? Details : String(Number(number)) }),
  };
}

/** An event as the product of a pipeline holds it. */
export const productEvents: Readonly<Record<string, (event: WindowsEvent) => TestEvent>> = {
  'splunk-windows-xml': splunkXml,
  'graylog-windows-nxlog': nxlog,
  'graylog-windows-winlogbeat': winlogbeat,
  'graylog-windows-illuminate': illuminate,
  'ecs-windows': ecs,
};
