import type { AlertRow } from './row.ts';

const machine = { 'Computer|cim.dest|@host': 'system' } as const;
const endpoint = { domain: 'endpoint', hours: 1 } as const;

const process: Omit<AlertRow, 'source'> = {
  entities: { ...machine, 'User|cim.user': 'user' },
  threatObjects: { Image: 'process', ParentImage: 'parent_process_name', Hashes: 'process_hash' },
  shown: 'CommandLine ParentCommandLine CurrentDirectory ProcessId ParentProcessId',
  ...endpoint,
};
const file: Omit<AlertRow, 'source'> = {
  entities: { ...machine, 'User|cim.user': 'user' },
  threatObjects: { TargetFilename: 'file_path', Image: 'process' },
  shown: 'ProcessId',
  ...endpoint,
};

/** Linux, macOS, and what runs on them. */
export const hostRows: readonly AlertRow[] = [
  {
    source: { product: 'linux', service: 'auditd' },
    entities: { '@host': 'system', 'auid|uid': 'user' },
    threatObjects: { exe: 'process' },
    shown: 'type comm key name SYSCALL a0 a1 a2 a3',
    ...endpoint,
  },
  {
    source: { product: 'linux', service: 'sudo' },
    entities: { '@host': 'system', 'USER|cim.user': 'user' },
    shown: 'COMMAND PWD TTY message',
    domain: 'access',
    hours: 1,
  },
  ...['auth', 'sshd', 'guacamole', 'vsftpd'].map(
    (service): AlertRow => ({
      source: { product: 'linux', service },
      entities: { '@host': 'system' },
      shown: 'message',
      domain: 'access',
      hours: 1,
    }),
  ),
  ...['linux', 'macos'].flatMap((product): readonly AlertRow[] => [
    { source: { product, category: 'process_creation' }, ...process },
    { source: { product, category: 'file_event' }, ...file },
    {
      source: { product, category: 'network_connection' },
      entities: { 'Computer|cim.src|@host': 'system', 'User|cim.user': 'user' },
      threatObjects: {
        DestinationIp: 'ip_address',
        DestinationHostname: 'domain',
        Image: 'process',
      },
      shown: 'SourceIp SourcePort DestinationPort Protocol Initiated',
      domain: 'network',
      hours: 1,
    },
    { source: { product }, entities: { '@host': 'system' }, shown: 'message', ...endpoint },
  ]),
  {
    source: { category: 'antivirus' },
    entities: { 'Computer|ComputerName|cim.dest|@relay': 'system', 'User|cim.user': 'user' },
    threatObjects: { Filename: 'file_path', Hashes: 'file_hash' },
    shown: 'Signature Action',
    domain: 'endpoint',
    hours: 4,
  },
  {
    source: { product: 'qualys' },
    entities: { 'host.ip|@relay': 'system' },
    shown: 'host.scan.vuln host.scan.vuln_name',
    domain: 'threat',
    hours: 24,
  },
  {
    source: { product: 'opencanary' },
    entities: { 'node_id|@relay': 'system' },
    threatObjects: { src_host: 'ip_address' },
    shown: 'logtype dst_port src_port logdata.USERNAME',
    domain: 'network',
    hours: 1,
  },
  {
    source: { product: 'rpc_firewall' },
    entities: { 'Computer|@relay': 'system' },
    threatObjects: { SourceAddress: 'ip_address' },
    shown: 'EventID InterfaceUuid OpNum',
    domain: 'network',
    hours: 1,
  },
  ...['database', 'application'].map(
    (category): AlertRow => ({
      source: { category },
      entities: { '@relay': 'system' },
      shown: 'message',
      domain: 'threat',
      hours: 1,
    }),
  ),
];
