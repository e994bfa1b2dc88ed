import { words } from '../source/words.ts';
import { windowsCategory } from './windows/log.ts';

/**
 * Products, services and categories that public Sigma rules use. Any other name may be somebody's
 * own.
 */
export const knownProducts = words(`
  windows linux macos aws azure gcp m365 okta onelogin github bitbucket zeek kubernetes
  cisco juniper huawei fortigate fortios paloalto
  opencanary rpc_firewall qualys django jvm nodejs python ruby_on_rails spring sql velocity
`);
export const knownServices = words(`
  cloudtrail audit auditd auth clamav cron cups guacamole modsecurity sshd sudo sysmon
  syslog vsftpd apache nginx iis netflow
  conn dce_rpc dhcp dns files ftp http kerberos notice ntlm rdp smb_files smb_mapping
  smtp ssh ssl weird x509
`);
const knownCategories = words('antivirus application database dns firewall proxy webserver');

export const isKnownCategory = (category: string): boolean =>
  knownCategories.has(category) || windowsCategory(category) !== undefined;
