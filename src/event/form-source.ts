import type { Event } from '../match/event.ts';
import type { EventSource } from '../match/event-source.ts';
import type { LogSource } from '../sigma/rule/rule.ts';
import { isKnownCategory, knownProducts, knownServices } from './known-log-sources.ts';

/** The log source of events whose form only one product, or a family of them, writes. */
interface FormSource {
  readonly holds: (event: Event) => boolean;
  /** In lower case. Rules without a product are asked if `categories` has their category. */
  readonly products: readonly string[];
  readonly services?: (event: Event) => readonly string[] | undefined;
  /**
   * Many products write the form: rules of any product are asked if they name one of the services
   * or categories, rules of Windows only then.
   */
  readonly shared?: boolean;
  /** Of rules without a product. */
  readonly categories?: (event: Event) => readonly string[];
}

const has = (event: Event, ...names: readonly string[]): boolean =>
  names.every((name) => event[name] !== undefined && event[name] !== null);
const textOf = (event: Event, name: string): string =>
  typeof event[name] === 'string' ? event[name] : '';

/** Sigma's categories by log of Zeek. */
const zeekCategories: Readonly<Record<string, readonly string[]>> = {
  dns: ['dns', 'dns_query'],
  http: ['proxy', 'webserver'],
  conn: ['firewall', 'network_connection'],
};
const zeekPath = (event: Event): string => textOf(event, '_path').toLowerCase();
/** The log that one of Corelight's reduced or aggregated logs is derived from. */
const zeekLog = (event: Event): string => zeekPath(event).replace(/_(?:red|agg|long|alarm)$/, '');

/** Categories of events of a host, whatever product a rule names. */
const hostCategories = [
  'process_creation',
  'process_termination',
  'process_access',
  'process_tampering',
  'network_connection',
  'dns_query',
  'raw_access_thread',
  'file_access',
  'file_change',
  'file_delete',
  'file_event',
  'file_rename',
  'sysmon_error',
  'sysmon_status',
] as const;

const formSources: readonly FormSource[] = [
  {
    holds: (event) =>
      has(event, 'eventName', 'eventSource') &&
      /\.amazonaws\.com$/.test(textOf(event, 'eventSource')),
    products: ['aws'],
    services: () => ['cloudtrail'],
  },
  {
    holds: (event) =>
      has(event, 'uid') &&
      (has(event, 'id.orig_h') ||
        has(event, 'id_orig_h') ||
        (has(event, '_path') && has(event, 'ts'))),
    products: ['zeek'],
    services: (event) => (zeekPath(event) === '' ? undefined : [zeekPath(event), zeekLog(event)]),
    categories: (event) =>
      zeekPath(event) === ''
        ? Object.values(zeekCategories).flat()
        : (zeekCategories[zeekLog(event)] ?? []),
  },
  {
    holds: (event) => has(event, 'type') && textOf(event, 'msg').startsWith('audit('),
    products: ['linux'],
    // without the audit daemon, the kernel writes to the system's log
    services: () => ['auditd', 'audit', 'syslog'],
    categories: () => hostCategories,
  },
  {
    holds: (event) =>
      /^linux-sysmon/i.test(textOf(event, 'Channel')) ||
      /^linux-sysmon/i.test(textOf(event, 'Provider_Name')),
    products: ['linux'],
    services: () => ['sysmon', 'syslog'],
    categories: () => hostCategories,
  },
  {
    holds: (event) => textOf(event, 'apiVersion').startsWith('audit.k8s.io/') && has(event, 'verb'),
    products: ['kubernetes'],
    services: () => ['audit'],
    categories: () => ['application'],
  },
  {
    holds: (event) =>
      ['cs-method', 'cs-uri-stem', 'cs-uri-query', 'c-uri', 'sc-status', 'c-useragent'].filter(
        (name) => has(event, name),
      ).length > 1,
    products: [
      'windows',
      'linux',
      'macos',
      'cisco',
      'juniper',
      'huawei',
      'fortigate',
      'fortios',
      'paloalto',
    ],
    shared: true,
    services: () => ['apache', 'nginx', 'iis', 'modsecurity'],
    categories: () => ['proxy', 'webserver', 'application', 'firewall'],
  },
];

/** The rules that may be about an event, by its form; undefined if the form shows no product. */
export function formSource(event: Event): EventSource | undefined {
  const at = formSources.findIndex(({ holds }) => holds(event));
  const form = formSources[at];
  if (!form) return undefined;
  const services = form.services?.(event);
  const categories = form.categories?.(event) ?? [];
  return {
    key: JSON.stringify([at, services, categories]),
    allows: (rule) => allows(rule, form, services, categories),
  };
}

function allows(
  rule: LogSource,
  { products, shared }: FormSource,
  services: readonly string[] | undefined,
  categories: readonly string[],
): boolean {
  const product = rule.product?.toLowerCase();
  const category = rule.category?.toLowerCase();
  const service = rule.service?.toLowerCase();
  const fitsService =
    service !== undefined &&
    (services === undefined || services.includes(service) || !knownServices.has(service));
  const namesCategory = category !== undefined && categories.includes(category);
  if (
    shared === true &&
    (service === undefined
      ? namesCategory
      : services?.includes(service) === true || (namesCategory && fitsService))
  )
    return true;
  const fitsCategory = category === undefined || namesCategory || !isKnownCategory(category);
  if (product === undefined) return category === undefined ? fitsService : fitsCategory;
  if (!products.includes(product)) return !knownProducts.has(product);
  return (
    fitsService ||
    (service === undefined && (shared !== true || (fitsCategory && product !== 'windows')))
  );
}
