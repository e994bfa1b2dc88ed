import type { Event } from '../match/event.ts';
import type { EventSource } from '../match/event-source.ts';
import type { LogSource } from '../sigma/rule.ts';
import { windowsCategory } from './windows-log.ts';

/** What the form of an event tells of its log source, where the form is that of one product. */
interface FormSource {
  readonly holds: (event: Event) => boolean;
  /** In small letters. Rules without a product are asked where `categories` names their category. */
  readonly products: readonly string[];
  readonly services?: (event: Event) => readonly string[] | undefined;
  /** Rules of these products are asked where they name one of the services. */
  readonly onlyServices?: boolean;
  /** Of rules without a product. */
  readonly categories?: (event: Event) => readonly string[];
}

const has = (event: Event, ...names: readonly string[]): boolean => names.every((name) => event[name] !== undefined && event[name] !== null);
const textOf = (event: Event, name: string): string => (typeof event[name] === 'string' ? event[name] : '');

/** Sigma's categories by the logs of Zeek that are of them. */
const zeekCategories: Readonly<Record<string, readonly string[]>> = { dns: ['dns'], http: ['proxy', 'webserver'], conn: ['firewall'] };
const zeekPath = (event: Event): string => textOf(event, '_path').toLowerCase();

const formSources: readonly FormSource[] = [
  {
    holds: (event) => has(event, 'eventName', 'eventSource') && /\.amazonaws\.com$/.test(textOf(event, 'eventSource')),
    products: ['aws'],
    services: () => ['cloudtrail'],
  },
  {
    holds: (event) => has(event, 'uid') && (has(event, 'id.orig_h') || has(event, 'id_orig_h') || (has(event, '_path') && has(event, 'ts'))),
    products: ['zeek'],
    services: (event) => (zeekPath(event) === '' ? undefined : [zeekPath(event)]),
    categories: (event) => (zeekPath(event) === '' ? Object.values(zeekCategories).flat() : (zeekCategories[zeekPath(event)] ?? [])),
  },
  {
    holds: (event) => has(event, 'type') && textOf(event, 'msg').startsWith('audit('),
    products: ['linux'],
    services: () => ['auditd'],
  },
  {
    holds: (event) => /^linux-sysmon/i.test(textOf(event, 'Channel')) || /^linux-sysmon/i.test(textOf(event, 'Provider_Name')),
    products: ['linux'],
    services: () => ['sysmon'],
  },
  {
    holds: (event) => textOf(event, 'apiVersion').startsWith('audit.k8s.io/') && has(event, 'verb'),
    products: ['kubernetes'],
    services: () => ['audit'],
  },
  {
    holds: (event) => ['cs-method', 'cs-uri-stem', 'cs-uri-query', 'c-uri', 'sc-status', 'c-useragent'].filter((name) => has(event, name)).length > 1,
    products: ['windows'],
    onlyServices: true,
    services: () => ['apache', 'nginx', 'iis'],
    categories: () => ['proxy', 'webserver'],
  },
];

/** What Sigma's rules have for products, services and categories. Whatever else a rule names is asked of every form: it may be anyone's own. */
const knownProducts = new Set(
  (
    'windows linux macos aws azure gcp m365 okta onelogin github bitbucket zeek kubernetes cisco juniper huawei fortigate fortios paloalto ' +
    'opencanary rpc_firewall qualys django jvm nodejs python ruby_on_rails spring sql velocity'
  ).split(' '),
);
const knownServices = new Set(
  (
    'cloudtrail audit auditd auth clamav cron cups guacamole modsecurity sshd sudo sysmon syslog vsftpd apache nginx iis netflow ' +
    'conn dce_rpc dhcp dns files ftp http kerberos notice ntlm rdp smb_files smb_mapping smtp ssh ssl weird x509'
  ).split(' '),
);
const knownCategories = new Set(['antivirus', 'application', 'database', 'dns', 'firewall', 'proxy', 'webserver']);

const isKnownCategory = (category: string): boolean => knownCategories.has(category) || windowsCategory(category) !== undefined;

/** The rules that may be about an event whose form is that of one product; undefined for other events. */
export function formSource(event: Event): EventSource | undefined {
  const at = formSources.findIndex(({ holds }) => holds(event));
  const form = formSources[at];
  if (!form) return undefined;
  const services = form.services?.(event);
  const categories = form.categories?.(event) ?? [];
  return { key: JSON.stringify([at, services, categories]), allows: (rule) => allows(rule, form, services, categories) };
}

function allows(rule: LogSource, { products, onlyServices }: FormSource, services: readonly string[] | undefined, categories: readonly string[]): boolean {
  const product = rule.product?.toLowerCase();
  const category = rule.category?.toLowerCase();
  const service = rule.service?.toLowerCase();
  const fitting = service !== undefined && (services === undefined || services.includes(service) || !knownServices.has(service));
  if (product === undefined) return category === undefined ? fitting : categories.includes(category) || !isKnownCategory(category);
  if (!products.includes(product)) return !knownProducts.has(product);
  return fitting || (service === undefined && onlyServices !== true);
}
