/**
 * Event log channels of Sigma's Windows services, from the taxonomy appendix of the Sigma
 * specification. Where the appendix has the name that Event Viewer shows (DNS Client Events, Kernel
 * Mode), this is the one in events. `PowerShellCore` is added: it writes the same events.
 */
const channelsOfService: Readonly<Record<string, string | readonly string[]>> = {
  application: 'Application',
  'application-experience': [
    'Microsoft-Windows-Application-Experience/Program-Telemetry',
    'Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant',
  ],
  applocker: [
    'Microsoft-Windows-AppLocker/EXE and DLL',
    'Microsoft-Windows-AppLocker/MSI and Script',
    'Microsoft-Windows-AppLocker/Packaged app-Deployment',
    'Microsoft-Windows-AppLocker/Packaged app-Execution',
  ],
  'appmodel-runtime': 'Microsoft-Windows-AppModel-Runtime/Admin',
  'appxdeployment-server': 'Microsoft-Windows-AppXDeploymentServer/Operational',
  'appxpackaging-om': 'Microsoft-Windows-AppxPackaging/Operational',
  bitlocker: 'Microsoft-Windows-BitLocker/BitLocker Management',
  'bits-client': 'Microsoft-Windows-Bits-Client/Operational',
  capi2: 'Microsoft-Windows-CAPI2/Operational',
  'certificateservicesclient-lifecycle-system':
    'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
  'codeintegrity-operational': 'Microsoft-Windows-CodeIntegrity/Operational',
  dhcp: 'Microsoft-Windows-DHCP-Server/Operational',
  'diagnosis-scripted': 'Microsoft-Windows-Diagnosis-Scripted/Operational',
  'dns-client': 'Microsoft-Windows-DNS-Client/Operational',
  'dns-server': 'DNS Server',
  'dns-server-analytic': 'Microsoft-Windows-DNSServer/Analytical',
  'dns-server-audit': 'Microsoft-Windows-DNSServer/Audit',
  'driver-framework': 'Microsoft-Windows-DriverFrameworks-UserMode/Operational',
  'firewall-as': 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall',
  'iis-configuration': 'Microsoft-IIS-Configuration/Operational',
  'kernel-shimengine': [
    'Microsoft-Windows-Kernel-ShimEngine/Operational',
    'Microsoft-Windows-Kernel-ShimEngine/Diagnostic',
  ],
  ldap: 'Microsoft-Windows-LDAP-Client/Debug',
  'lsa-server': 'Microsoft-Windows-LSA/Operational',
  'microsoft-servicebus-client': [
    'Microsoft-ServiceBus-Client/Operational',
    'Microsoft-ServiceBus-Client/Admin',
  ],
  'msexchange-management': 'MSExchange Management',
  ntfs: 'Microsoft-Windows-Ntfs/Operational',
  ntlm: 'Microsoft-Windows-NTLM/Operational',
  openssh: 'OpenSSH/Operational',
  powershell: ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'],
  'powershell-classic': 'Windows PowerShell',
  'printservice-admin': 'Microsoft-Windows-PrintService/Admin',
  'printservice-operational': 'Microsoft-Windows-PrintService/Operational',
  security: 'Security',
  'security-mitigations': [
    'Microsoft-Windows-Security-Mitigations/KernelMode',
    'Microsoft-Windows-Security-Mitigations/UserMode',
  ],
  sense: 'Microsoft-Windows-SENSE/Operational',
  'servicebus-client': [
    'Microsoft-ServiceBus-Client/Operational',
    'Microsoft-ServiceBus-Client/Admin',
  ],
  'shell-core': 'Microsoft-Windows-Shell-Core/Operational',
  'smbclient-connectivity': 'Microsoft-Windows-SmbClient/Connectivity',
  'smbclient-security': 'Microsoft-Windows-SmbClient/Security',
  'smbserver-connectivity': 'Microsoft-Windows-SMBServer/Connectivity',
  sysmon: 'Microsoft-Windows-Sysmon/Operational',
  system: 'System',
  taskscheduler: 'Microsoft-Windows-TaskScheduler/Operational',
  'terminalservices-localsessionmanager':
    'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
  vhdmp: 'Microsoft-Windows-VHDMP/Operational',
  windefend: 'Microsoft-Windows-Windows Defender/Operational',
  wmi: 'Microsoft-Windows-WMI-Activity/Operational',
};

export interface EventLog {
  readonly service: string;
  readonly eventIds: readonly number[];
}

/** Where Windows writes the events of a category. */
export type CategoryLog =
  | (EventLog & {
      readonly kind: 'channel';
      /** An audit event with the same information; `has`: the fields of the category in it. */
      readonly audit?: EventLog & { readonly has: ReadonlySet<string> };
    })
  | { readonly kind: 'etw'; readonly provider: string };

const inLog = (service: string, ...eventIds: number[]): CategoryLog => ({
  kind: 'channel',
  service,
  eventIds,
});
const sysmon = (...eventIds: number[]): CategoryLog => inLog('sysmon', ...eventIds);
const etw = (provider: string): CategoryLog => ({ kind: 'etw', provider });

function audited(
  eventIds: readonly number[],
  auditId: number,
  has: readonly string[],
): CategoryLog {
  return {
    kind: 'channel',
    service: 'sysmon',
    eventIds,
    audit: {
      service: 'security',
      eventIds: [auditId],
      has: new Set(['EventID', 'Computer', ...has]),
    },
  };
}

const auditedProcess = [
  'Image',
  'CommandLine',
  'ParentImage',
  'User',
  'LogonId',
  'ProcessId',
  'ParentProcessId',
  'IntegrityLevel',
];
const auditedRegistry = ['EventType', 'Image', 'TargetObject', 'Details', 'User', 'ProcessId'];
const auditedConnection = [
  'Image',
  'Protocol',
  'Initiated',
  'SourceIp',
  'SourcePort',
  'DestinationIp',
  'DestinationPort',
  'ProcessId',
];

const logOfCategory: Readonly<Record<string, CategoryLog>> = {
  process_creation: audited([1], 4688, auditedProcess),
  file_change: sysmon(2),
  network_connection: audited([3], 5156, auditedConnection),
  sysmon_status: sysmon(4, 16),
  process_termination: sysmon(5),
  driver_load: sysmon(6),
  image_load: sysmon(7),
  create_remote_thread: sysmon(8),
  raw_access_thread: sysmon(9),
  process_access: sysmon(10),
  file_event: sysmon(11),
  registry_add: audited([12], 4657, auditedRegistry),
  registry_delete: sysmon(12),
  registry_set: audited([13], 4657, auditedRegistry),
  registry_rename: sysmon(14),
  registry_event: audited([12, 13, 14], 4657, auditedRegistry),
  create_stream_hash: sysmon(15),
  pipe_created: sysmon(17, 18),
  wmi_event: sysmon(19, 20, 21),
  dns_query: sysmon(22),
  file_delete: sysmon(23, 26),
  clipboard_capture: sysmon(24),
  process_tampering: sysmon(25),
  file_delete_detected: sysmon(26),
  file_block_executable: sysmon(27),
  file_block_shredding: sysmon(28),
  file_executable_detected: sysmon(29),
  sysmon_error: sysmon(255),
  ps_module: inLog('powershell', 4103),
  ps_script: inLog('powershell', 4104),
  ps_classic_start: inLog('powershell-classic', 400),
  ps_classic_provider_start: inLog('powershell-classic', 600),
  ps_classic_script: inLog('powershell-classic', 800),
  file_access: etw('Microsoft-Windows-Kernel-File'),
  file_rename: etw('Microsoft-Windows-Kernel-File'),
};

/** Channels of a service; empty if it is unknown. */
export function windowsChannels(service: string): readonly string[] {
  const channels = Object.hasOwn(channelsOfService, service)
    ? channelsOfService[service]
    : undefined;
  return channels === undefined ? [] : typeof channels === 'string' ? [channels] : channels;
}

export const windowsCategory = (category: string): CategoryLog | undefined =>
  Object.hasOwn(logOfCategory, category) ? logOfCategory[category] : undefined;

/**
 * Categories whose events a Windows service writes under an id. Of the audit events, only 4688 has
 * as much as its category.
 */
export function categoriesOfEvent(service: string, eventId: number): readonly string[] {
  if (service === 'security') return eventId === 4688 ? ['process_creation'] : [];
  if (service !== 'sysmon') return [];
  return Object.entries(logOfCategory).flatMap(([category, log]) =>
    log.kind === 'channel' && log.service === service && log.eventIds.includes(eventId)
      ? [category]
      : [],
  );
}
