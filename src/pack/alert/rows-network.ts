import type { AlertRow } from './row.ts';

const network = { domain: 'network', hours: 4 } as const;
const zeekEnds = { 'id.orig_h': 'system' } as const;

const zeek = (
  service: string,
  threatObjects: AlertRow['threatObjects'],
  shown: string,
): AlertRow => ({
  source: { product: 'zeek', service },
  entities: zeekEnds,
  threatObjects: { 'id.resp_h': 'ip_address', ...threatObjects },
  shown: `id.resp_p ${shown}`,
  ...network,
});

/** Web servers, proxies, firewalls, DNS, network devices, Zeek. */
export const networkRows: readonly AlertRow[] = [
  {
    source: { category: 'webserver' },
    entities: { '@host': 'system', 'c-ip|src_ip|cim.src': 'other' },
    threatObjects: { 'c-ip|src_ip|cim.src': 'ip_address' },
    shown:
      'cs-method cs-host cs-uri-stem cs-uri-query sc-status cs-user-agent cs-referer cs-username',
    ...network,
  },
  {
    source: { category: 'proxy' },
    entities: { 'c-ip|src_ip|cim.src': 'system', 'cs-username|cim.user': 'user' },
    threatObjects: { 'c-uri|cs-uri': 'url', 'cs-host|r-dns': 'domain', dst_ip: 'ip_address' },
    shown: 'cs-method c-useragent sc-status',
    ...network,
  },
  {
    source: { category: 'firewall' },
    entities: { src_ip: 'system', 'user|username': 'user' },
    threatObjects: { dst_ip: 'ip_address' },
    shown: 'src_port dst_port action',
    ...network,
  },
  {
    source: { category: 'dns' },
    entities: { 'src_ip|cim.src': 'system' },
    threatObjects: { query: 'domain' },
    shown: 'record_type answer',
    ...network,
  },
  {
    source: { service: 'netflow' },
    entities: { 'source.ip|src_ip': 'system' },
    threatObjects: { 'destination.ip|dst_ip': 'ip_address' },
    shown: 'destination.port',
    ...network,
  },
  zeek('dce_rpc', {}, 'operation endpoint named_pipe'),
  zeek('dns', { query: 'domain' }, 'answers qtype_name'),
  zeek('http', { 'uri|c-uri': 'url', host: 'domain' }, 'method status_code user_agent c-useragent'),
  zeek('kerberos', {}, 'client service request_type cipher'),
  zeek('rdp', {}, 'cookie result'),
  zeek('smb_files', { name: 'file_name' }, 'path action'),
  zeek('x509', {}, 'certificate.serial certificate.subject certificate.issuer'),
  ...['apache', 'nginx'].map(
    (service): AlertRow => ({
      source: { service },
      entities: { '@host': 'system' },
      shown: 'message',
      ...network,
    }),
  ),
  {
    source: { product: 'fortigate' },
    entities: { 'devname|@host': 'system', user: 'user' },
    threatObjects: { srcip: 'ip_address' },
    shown: 'action cfgpath cfgattr msg',
    ...network,
  },
  ...['cisco', 'fortios', 'huawei', 'juniper', 'paloalto'].map(
    (product): AlertRow => ({
      source: { product },
      entities: { '@host': 'system' },
      shown: 'message',
      ...network,
    }),
  ),
];
