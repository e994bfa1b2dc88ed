/** Event log channels of Sigma's Windows services. */
const channelOfService: Readonly<Record<string, string>> = {
  application: 'Application',
  'appmodel-runtime': 'Microsoft-Windows-AppModel-Runtime/Admin',
  'appxdeployment-server': 'Microsoft-Windows-AppXDeploymentServer/Operational',
  'appxpackaging-om': 'Microsoft-Windows-AppxPackaging/Operational',
  'bits-client': 'Microsoft-Windows-Bits-Client/Operational',
  capi2: 'Microsoft-Windows-CAPI2/Operational',
  'certificateservicesclient-lifecycle-system': 'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
  'codeintegrity-operational': 'Microsoft-Windows-CodeIntegrity/Operational',
  dhcp: 'Microsoft-Windows-DHCP-Server/Operational',
  'diagnosis-scripted': 'Microsoft-Windows-Diagnosis-Scripted/Operational',
  'dns-client': 'Microsoft-Windows-DNS Client Events/Operational',
  'dns-server': 'DNS Server',
  'driver-framework': 'Microsoft-Windows-DriverFrameworks-UserMode/Operational',
  'firewall-as': 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall',
  'iis-configuration': 'Microsoft-IIS-Configuration/Operational',
  ldap: 'Microsoft-Windows-LDAP-Client/Debug',
  'lsa-server': 'Microsoft-Windows-LSA/Operational',
  'msexchange-management': 'MSExchange Management',
  ntlm: 'Microsoft-Windows-NTLM/Operational',
  openssh: 'OpenSSH/Operational',
  powershell: 'Microsoft-Windows-PowerShell/Operational',
  'powershell-classic': 'Windows PowerShell',
  security: 'Security',
  'security-mitigations': 'Microsoft-Windows-Security-Mitigations/UserMode',
  'shell-core': 'Microsoft-Windows-Shell-Core/Operational',
  'smbclient-security': 'Microsoft-Windows-SmbClient/Security',
  'smbserver-connectivity': 'Microsoft-Windows-SMBServer/Connectivity',
  sysmon: 'Microsoft-Windows-Sysmon/Operational',
  system: 'System',
  taskscheduler: 'Microsoft-Windows-TaskScheduler/Operational',
  'terminalservices-localsessionmanager': 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
  windefend: 'Microsoft-Windows-Windows Defender/Operational',
  wmi: 'Microsoft-Windows-WMI-Activity/Operational',
};

export interface CategoryLog {
  readonly service: string;
  readonly eventIds: readonly number[];
}

const sysmon = (...eventIds: number[]): CategoryLog => ({ service: 'sysmon', eventIds });

/** Where Windows writes the events of Sigma's categories. */
const logOfCategory: Readonly<Record<string, CategoryLog>> = {
  process_creation: sysmon(1),
  file_change: sysmon(2),
  network_connection: sysmon(3),
  sysmon_status: sysmon(4, 16),
  process_termination: sysmon(5),
  driver_load: sysmon(6),
  image_load: sysmon(7),
  create_remote_thread: sysmon(8),
  raw_access_thread: sysmon(9),
  process_access: sysmon(10),
  file_event: sysmon(11),
  registry_add: sysmon(12),
  registry_delete: sysmon(12),
  registry_set: sysmon(13),
  registry_rename: sysmon(14),
  registry_event: sysmon(12, 13, 14),
  create_stream_hash: sysmon(15),
  pipe_created: sysmon(17, 18),
  wmi_event: sysmon(19, 20, 21),
  dns_query: sysmon(22),
  file_delete: sysmon(23, 26),
  clipboard_capture: sysmon(24),
  process_tampering: sysmon(25),
  file_block_executable: sysmon(27),
  file_block_shredding: sysmon(28),
  file_executable_detected: sysmon(29),
  sysmon_error: sysmon(255),
  ps_module: { service: 'powershell', eventIds: [4103] },
  ps_script: { service: 'powershell', eventIds: [4104] },
  ps_classic_start: { service: 'powershell-classic', eventIds: [400] },
  ps_classic_provider_start: { service: 'powershell-classic', eventIds: [600] },
  ps_classic_script: { service: 'powershell-classic', eventIds: [800] },
};

export const windowsChannel = (service: string): string | undefined => (Object.hasOwn(channelOfService, service) ? channelOfService[service] : undefined);

export const windowsCategory = (category: string): CategoryLog | undefined => (Object.hasOwn(logOfCategory, category) ? logOfCategory[category] : undefined);
