import type { AlertRow } from './row.ts';

const machine = { 'Computer|@relay': 'system' } as const;
const machineAndUser = { ...machine, 'User|SubjectUserName|cim.user': 'user' } as const;
const image = { Image: 'process' } as const;

type Rest = Omit<AlertRow, 'source'>;
const endpoint = { domain: 'endpoint', hours: 1 } as const;
const category = (name: string, rest: Rest): AlertRow => ({
  source: { product: 'windows', category: name },
  ...rest,
});
const service = (name: string, rest: Rest): AlertRow => ({
  source: { product: 'windows', service: name },
  ...rest,
});
const categories = (names: string, rest: Rest): readonly AlertRow[] =>
  names.split(' ').map((name) => category(name, rest));
const services = (names: string, rest: Rest): readonly AlertRow[] =>
  names.split(' ').map((name) => service(name, rest));

const registry: Rest = {
  entities: machineAndUser,
  threatObjects: { TargetObject: 'registry_path', ...image },
  shown: 'Details EventType ProcessId',
  ...endpoint,
};
const file: Rest = {
  entities: machineAndUser,
  threatObjects: { 'TargetFilename|FileName': 'file_path', ...image },
  shown: 'SourceFilename Hashes ProcessId',
  ...endpoint,
};
const powershell: Rest = {
  entities: machine,
  shown: 'ScriptBlockText Payload ContextInfo Data Path ScriptBlockId HostApplication',
  ...endpoint,
};
const twoProcesses: Rest = {
  entities: { ...machine, 'SourceUser|User': 'user' },
  threatObjects: { SourceImage: 'process', TargetImage: 'process' },
  shown:
    'TargetUser GrantedAccess CallTrace StartModule StartFunction SourceProcessId TargetProcessId',
  ...endpoint,
};

/** Windows, by the categories of Sysmon and PowerShell and by its event logs. */
export const windowsRows: readonly AlertRow[] = [
  category('process_creation', {
    entities: machineAndUser,
    threatObjects: { Image: 'process', ParentImage: 'parent_process_name', Hashes: 'process_hash' },
    shown:
      'CommandLine ParentCommandLine OriginalFileName CurrentDirectory IntegrityLevel ' +
      'ProcessId ParentProcessId',
    ...endpoint,
  }),
  ...categories(
    'registry_add registry_delete registry_event registry_rename registry_set',
    registry,
  ),
  ...categories(
    'file_access file_block_executable file_block_shredding file_change file_delete ' +
      'file_delete_detected file_event file_executable_detected file_rename',
    file,
  ),
  category('create_stream_hash', {
    ...file,
    threatObjects: { TargetFilename: 'file_path', Hash: 'file_hash', ...image },
    shown: 'Contents',
  }),
  ...categories(
    'ps_script ps_module ps_classic_start ps_classic_provider_start ps_classic_script',
    powershell,
  ),
  category('image_load', {
    entities: machineAndUser,
    threatObjects: { ImageLoaded: 'file_path', Hashes: 'file_hash', ...image },
    shown: 'OriginalFileName Company Signed Signature SignatureStatus ProcessId',
    ...endpoint,
  }),
  category('driver_load', {
    entities: machine,
    threatObjects: { ImageLoaded: 'file_path', Hashes: 'file_hash' },
    shown: 'Signed Signature SignatureStatus',
    ...endpoint,
  }),
  category('network_connection', {
    entities: {
      'Computer|SourceIp|SourceAddress|cim.src|@relay': 'system',
      'User|cim.user': 'user',
    },
    threatObjects: {
      'DestinationIp|DestAddress': 'ip_address',
      DestinationHostname: 'domain',
      'Image|Application': 'process',
    },
    shown: 'SourceIp SourcePort DestinationPort Protocol Initiated',
    domain: 'network',
    hours: 1,
  }),
  category('dns_query', {
    entities: { 'Computer|cim.src|@relay': 'system', User: 'user' },
    threatObjects: { 'QueryName|cim.query': 'domain', ...image },
    shown: 'QueryResults QueryStatus ProcessId',
    domain: 'network',
    hours: 1,
  }),
  ...categories('process_access create_remote_thread', twoProcesses),
  category('pipe_created', {
    entities: machineAndUser,
    threatObjects: image,
    shown: 'PipeName EventType ProcessId',
    ...endpoint,
  }),
  category('wmi_event', {
    entities: machineAndUser,
    threatObjects: { Destination: 'command' },
    shown: 'Name EventNamespace Query Consumer Filter Operation',
    ...endpoint,
  }),
  ...categories(
    'clipboard_capture process_tampering process_termination raw_access_thread sysmon_error ' +
      'sysmon_status',
    {
      entities: machineAndUser,
      threatObjects: image,
      shown: 'Type Device State Description ProcessId',
      ...endpoint,
    },
  ),
  service('security', {
    entities: { ...machine, 'TargetUserName|cim.user': 'user', SubjectUserName: 'user' },
    threatObjects: {
      'IpAddress|cim.src': 'ip_address',
      'ProcessName|NewProcessName': 'process',
      ServiceFileName: 'service',
    },
    shown:
      'EventID LogonType WorkstationName SubjectDomainName TargetDomainName ObjectName ' +
      'ShareName RelativeTargetName ServiceName TaskName Status',
    domain: 'access',
    hours: 1,
  }),
  service('system', {
    entities: machine,
    threatObjects: { ServiceName: 'service', ImagePath: 'command' },
    shown: 'EventID Provider_Name AccountName StartType param1 param2',
    ...endpoint,
  }),
  service('windefend', {
    entities: { ...machine, User: 'user' },
    threatObjects: { Path: 'file_path', ProcessName: 'process' },
    shown: 'EventID ThreatName SeverityName NewValue OldValue',
    ...endpoint,
  }),
  service('sysmon', {
    entities: machineAndUser,
    threatObjects: image,
    shown: 'EventID CommandLine TargetFilename Description',
    ...endpoint,
  }),
  ...services('powershell powershell-classic', {
    ...powershell,
    shown: `EventID ${powershell.shown}`,
  }),
  service('taskscheduler', {
    entities: { ...machine, 'UserName|UserContext': 'user' },
    threatObjects: { Path: 'file_path' },
    shown: 'EventID TaskName',
    ...endpoint,
  }),
  service('bits-client', {
    entities: { ...machine, 'User|jobOwner': 'user' },
    threatObjects: { RemoteName: 'url', LocalName: 'file_path', processPath: 'process' },
    shown: 'EventID jobTitle',
    ...endpoint,
  }),
  service('wmi', {
    entities: { ...machine, User: 'user' },
    shown: 'EventID Operation Query Provider PossibleCause',
    ...endpoint,
  }),
  service('ntlm', {
    entities: { ...machine, 'UserName|TargetUserName': 'user' },
    shown: 'EventID WorkstationName TargetName ProcessName',
    domain: 'access',
    hours: 1,
  }),
  service('openssh', {
    entities: machine,
    shown: 'EventID process payload',
    domain: 'access',
    hours: 1,
  }),
  service('terminalservices-localsessionmanager', {
    entities: { ...machine, User: 'user' },
    threatObjects: { Address: 'ip_address' },
    shown: 'EventID SessionID',
    domain: 'access',
    hours: 1,
  }),
  ...services('smbclient-security smbclient-connectivity smbserver-connectivity', {
    entities: { ...machine, UserName: 'user' },
    threatObjects: { 'RemoteAddress|ClientAddress|Address|ServerAddress': 'ip_address' },
    shown: 'EventID ServerName ShareName SigningUsed',
    domain: 'network',
    hours: 1,
  }),
  service('firewall-as', {
    entities: machine,
    threatObjects: { ApplicationPath: 'file_path', ModifyingApplication: 'process' },
    shown: 'EventID RuleName Action Direction',
    ...endpoint,
  }),
  ...services('dns-server dns-server-analytic dns-server-audit', {
    entities: machine,
    threatObjects: { QNAME: 'domain', Source: 'ip_address' },
    shown: 'EventID PropertyValues Zone',
    domain: 'network',
    hours: 4,
  }),
  service('dns-client', {
    entities: machine,
    threatObjects: { QueryName: 'domain' },
    shown: 'EventID QueryResults',
    domain: 'network',
    hours: 1,
  }),
  service('ldap', {
    entities: machine,
    shown: 'EventID SearchFilter DistinguishedName ProcessId',
    domain: 'access',
    hours: 1,
  }),
  // the other logs: their content differs from event to event, so an alert also shows the fields of
  // the rule
  {
    source: { product: 'windows' },
    entities: { ...machine, 'User|UserName': 'user' },
    shown: 'EventID Provider_Name',
    ...endpoint,
  },
];
